/*
 * The facts of many units as files in one directory: what one machine has made of its part of a program, to be joined
 * with the parts of others.
 *
 * The facts of src/net.c are in DIR/src/net.c.facts; where it is compiled by several commands, those of the second in
 * DIR/src/net.c.2.facts. A name depends on nothing but the file and its commands, so parts that were made on several
 * machines can be copied into one directory, and what is made again takes the place of what there was. Nothing is ever
 * taken out: a directory that is kept has facts of files that are no more.
 */
#ifndef ASYNCLINT_FACTS_FILES_H
#define ASYNCLINT_FACTS_FILES_H

#include "arena.h"
#include "facts.h"
#include "intern.h"
#include "table.h"

#include <stdbool.h>

/* The directory that is being written. */
struct facts_files {
	const char *directory;
	struct arena *arena;
	struct intern units;         /* main files that were saved */
	TABLE(uint32_t) saved_units; /* by their ids: how often */
};

/* Makes the directory if need be. False on failure, with a message in *error (arena). To be ended in any case. */
bool facts_files_begin(struct facts_files *files, const char *directory, struct arena *arena, const char **error);

/* Facts of one main file are to come in the order of its commands. False on failure, with a message in *error. */
bool facts_files_save(struct facts_files *files, const struct facts *facts, const char **error);

void facts_files_end(struct facts_files *files);

typedef TABLE(const char *) facts_names;

/* Appends all files of facts in the directory and those beneath, in order of name (arena). False if some of it cannot be
   read, or it has none, with a message in *error (arena). */
bool facts_files_list(const char *directory, facts_names *names, struct arena *arena, const char **error);

#endif
