/*
 * What the facts of a unit depend on beside its command: the content of every file it includes, and that each #include
 * in them still finds the file it found then.
 *
 * A new header can take another's place: `#include <config.h>` that was found in the second directory of the search
 * path is found in the first one as soon as there is one. So what counts of an include is how it resolves: which
 * directory of the search path is the first to have the name. Every file is read once in a run, every path asked for
 * once; that makes the check of hundreds of units with hundreds of headers each a matter of milliseconds.
 *
 * Known limits: names that macros make, frameworks, and other default directories than this system's.
 */
#ifndef ASYNCLINT_DEPENDENCIES_H
#define ASYNCLINT_DEPENDENCIES_H

#include "command.h"
#include "facts.h"

#include <stdbool.h>
#include <stdint.h>

/* What has been read in this run: a file that changes meanwhile is seen as it was first seen. */
struct dependencies;

/* `root` is the project's: paths beneath it are told by their place in it, so that two checkouts agree. It must stay.
 */
struct dependencies *dependencies_new(const char *root);
void dependencies_free(struct dependencies *dependencies);

/* XXH3 of the file's content (path absolute); false if it cannot be read. */
bool dependencies_content(struct dependencies *dependencies, const char *path, uint64_t *hash);

/* A hash of how the includes of all files of the unit resolve today under the command. False if a file has another
   content than the facts say, or none: then the facts are out of date. */
bool dependencies_hash(struct dependencies *dependencies, const struct command *command, const struct facts *facts,
		       uint64_t *hash);

#endif
