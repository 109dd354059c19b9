/*
 * One model file: JSON text to entries. Only models.c needs this; what the entries mean is models.h's.
 *
 * All or nothing: the entries of a file go on the shelves when everything in it was good, so that a mistake at its end
 * does not leave half a library behind.
 */
#ifndef ASYNCLINT_MODEL_FILE_H
#define ASYNCLINT_MODEL_FILE_H

#include "models.h"
#include "table.h"

/* What models speak of, each by name. */
enum shelf_kind { FUNCTIONS, TYPES, CALLBACK_TYPES, FIELDS, WORLDS, WOULD_BLOCK, SHELVES };

struct model_entry {
	enum shelf_kind shelf;
	const char *name, *library;
	const void *item; /* struct model_function, _type, _slot or _world in the arena; NULL: the name says all */
};

struct model_file {
	struct arena *arena; /* for all that is read, and for the message */
	const char *path;    /* for messages */
	const char *error;   /* "FILE: where: what", if parsing failed */
	uint64_t hash;       /* XXH3 of its text */
	bool says_reentrant; /* the file says whether its world nests */
	TABLE(struct model_entry) entries;
};

/* Adds what `text`, with a NUL at `length`, says. False, with file->error, if it is not valid JSON or no valid model.
 */
bool model_file_parse(struct model_file *file, const char *text, size_t length);
void model_file_release(struct model_file *file);

#endif
