/*
 * Patterns of paths, as .gitignore has them (gitignore(5), PATTERN FORMAT), without its negation.
 *
 * A pattern is relative to a directory. One with a '/' that is not its last character speaks of the path from there;
 * one without, of any file or directory beneath. '*' and '?' stop at '/', which "**" does not; '/' at the end means a
 * directory. What matches a directory matches all that is in it.
 */
#ifndef ASYNCLINT_GLOB_H
#define ASYNCLINT_GLOB_H

#include "table.h"

#include <stdbool.h>

struct glob {
	const char *directory; /* absolute, resolved */
	const char *pattern;
};

typedef TABLE(struct glob) globs;

/* What is wrong with the pattern: "cannot be negated"; NULL if nothing is. */
const char *glob_check(const char *pattern);

/* Whether the pattern is about that path, which is absolute and resolved. */
bool glob_matches(const struct glob *glob, const char *path);

/* Whether any of them is. */
bool globs_match(const globs *list, const char *path);

#endif
