/*
 * A JSON file whose mistakes can be told by their place.
 *
 * cJSON keeps no positions. What stands where is found by counting: the values of a text come in the order in which
 * the tree holds them, a value before what it contains.
 */
#ifndef ASYNCLINT_JSON_FILE_H
#define ASYNCLINT_JSON_FILE_H

#include "arena.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* From json_file_read() on, until json_file_release(). */
struct json_file {
	const char *path; /* as it was named */
	const char *text; /* with blanks in place of comments */
	cJSON *root;
};

/* Reads the file, in which C's and C++'s comments may stand. False with "path:line:column: ..." in *error (arena). */
bool json_file_read(struct json_file *file, const char *path, struct arena *arena, const char **error);

/* "path:line:column: message" for one of the file's values (arena). */
const char *json_file_message(const struct json_file *file, const cJSON *value, struct arena *arena, const char *format,
			      ...) __attribute__((format(printf, 4, 5)));

void json_file_release(struct json_file *file);

/* "path:line:column: message" for the place `at` in the text (arena). */
const char *json_message_at(const char *path, const char *text, const char *at, const char *message,
			    struct arena *arena);

#endif
