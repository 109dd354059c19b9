/*
 * Where a suppression comment can be put, so that it speaks of a line (allow.h).
 *
 * Above the line, with its indentation. A line that continues another one by a backslash, or begins within a comment or
 * a string, cannot have a line of its own above it: there it goes to the end of the line, unless that is within a
 * comment or a string as well.
 */
#ifndef ASYNCLINT_ALLOW_PLACE_H
#define ASYNCLINT_ALLOW_PLACE_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

struct allow_place {
	size_t offset;   /* in the text, in bytes */
	uint32_t column; /* in the line, in bytes, from 1 */
	bool own_line;
	bool goes_on;            /* a backslash follows, which a blank keeps apart */
	const char *indentation; /* of the line: in the text, indentation_size bytes */
	size_t indentation_size;
	const char *line_end;
};

/* Finds the place for a line (from 1) of the text. Returns NULL, or why there is none. */
const char *allow_place_find(const char *text, size_t size, uint32_t line, struct allow_place *place);

/* The text to be put there (arena). `rules`: "a, b". */
const char *allow_place_comment(const struct allow_place *place, const char *rules, const char *reason,
				struct arena *arena);

#endif
