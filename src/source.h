/*
 * Source text by line: for what shows lines and for what counts columns.
 */
#ifndef ASYNCLINT_SOURCE_H
#define ASYNCLINT_SOURCE_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file that was read last: whoever asks in the order of files reads each once. Zero-initialise. */
struct source {
	struct arena arena;
	const char *path; /* NULL: none yet */
	const char *text; /* NULL: could not be read */
	size_t size;
};

/* A line without its end; in the memory of its source. */
struct source_line {
	const char *text;
	size_t size;
};

/* Makes the file at `path` the one that was read: source->text has its bytes. False if it cannot be read, is no regular
   file or is larger than any source. */
bool source_read(struct source *source, const char *path);

/* Finds a line (from 1) of the file at `path`. False if the file cannot be read or has fewer lines. The line holds
 * until another file is asked for. */
bool source_find_line(struct source *source, const char *path, uint32_t number, struct source_line *line);

void source_release(struct source *source);

#endif
