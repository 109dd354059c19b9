/*
 * The line of source that a message speaks of, with a mark beneath, as gcc and clang show it:
 *
 *	   12 |         poll(fds, 1, -1);
 *	      |         ^~~~~~~~~~~~~~~~
 */
#ifndef ASYNCLINT_SNIPPET_H
#define ASYNCLINT_SNIPPET_H

#include "finding.h"

#include <stdio.h>

/* The file that was read last. Zero-initialise. */
struct snippet_source {
	struct arena arena;
	const char *path; /* NULL: none yet */
	const char *text; /* NULL: could not be read */
	size_t size;
};

/* Prints the line of the location out of the file at `path`, marked from its column to its end. Prints nothing if the
   file cannot be read, has no such line, or the line is too long to be read by people. Widths are those of the current
   locale (wcwidth). */
void snippet_print(struct snippet_source *source, const char *path, const struct location *location, FILE *out);

void snippet_release(struct snippet_source *source);

#endif
