/*
 * What a text includes: the names in its #include lines, without preprocessing it.
 *
 * Every line counts, whether it is compiled or not, and so does __has_include(): who asks wants to know what the
 * meaning of the text can depend on. A name that a macro makes (`#include CONFIG_H`) is not seen.
 */
#ifndef ASYNCLINT_INCLUDES_H
#define ASYNCLINT_INCLUDES_H

#include <stdbool.h>
#include <stddef.h>

struct include_name {
	const char *name; /* in the text, not ended by NUL */
	size_t length;
	bool quoted; /* "name", which is first looked for beside the file */
	bool next;   /* #include_next: looked for behind the directory that the file itself was found in */
};

/* Finds the first name at or behind `at` in the text from `text` to `end`. Returns where to go on, or NULL if there is
   none. */
const char *includes_next(const char *text, const char *at, const char *end, struct include_name *found);

#endif
