/*
 * JSON, written as it comes: nothing is built in memory, and keys stand in the order in which they were written.
 *
 *	struct json_writer json = {.out = stdout};
 *	json_object(&json, NULL);
 *	json_string(&json, "rule", finding->rule);
 *	json_array(&json, "path");
 *	json_end(&json);
 *	json_end(&json);
 *
 * A key is NULL inside an array and for the outermost value. What is written is valid JSON in valid UTF-8 whatever
 *bytes the strings hold: what is not UTF-8 becomes U+FFFD (utf8.h). Whether writing went well, ferror(out) tells.
 */
#ifndef ASYNCLINT_JSON_WRITER_H
#define ASYNCLINT_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH = 16 };

/* Set `out`, zero the rest. */
struct json_writer {
	FILE *out;
	bool embedded; /* in a page of HTML: '<' is escaped, so that no string can end the element that it stands in;
			  and without layout */
	unsigned depth;
	char closing[JSON_DEPTH];       /* of each open object or array */
	unsigned count[JSON_DEPTH + 1]; /* of what each holds so far */
	bool yaml;                      /* is to be read as YAML, in which no line begins with a tab */
};

void json_object(struct json_writer *json, const char *key);
void json_array(struct json_writer *json, const char *key);

/* Closes the innermost object or array; the outermost one is followed by a line feed. */
void json_end(struct json_writer *json);

/* A string, or null for NULL. */
void json_string(struct json_writer *json, const char *key, const char *text);
void json_number(struct json_writer *json, const char *key, uint64_t number);
void json_bool(struct json_writer *json, const char *key, bool value);

#endif
