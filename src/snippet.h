/*
 * The line of source that a message speaks of, with a mark beneath, as gcc and clang show it:
 *
 *	   12 |         poll(fds, 1, -1);
 *	      |         ^~~~~~~~~~~~~~~~
 */
#ifndef ASYNCLINT_SNIPPET_H
#define ASYNCLINT_SNIPPET_H

#include "finding.h"
#include "source.h"

#include <stdio.h>

/* Prints the line of the location out of the file at `path`, marked from its column to its end. Prints nothing if the
   file cannot be read, has no such line, or the line is too long to be read by people. Of what is wider than `width`
   columns (0: not known, all of it) the part around the mark is shown, so that no line wraps and the mark stands
   beneath what it marks. Widths of characters are those of the current locale (wcwidth). */
void snippet_print(struct source *source, const char *path, const struct location *location, unsigned width, FILE *out);

#endif
