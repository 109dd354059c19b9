/*
 * From the files that are linked to the facts of what was compiled to them.
 *
 * asynclint-cc writes the facts of a unit beside its object file: a.o has a.o.facts (linked_facts_path()). They are
 * tied together by content, the object's hash stands in its facts: facts of an older object are never taken for those
 * of a newer one, and the members of a static library, which have lost their path, find theirs by name and hash among
 * the facts files of a few folders.
 */
#ifndef ASYNCLINT_LINKED_H
#define ASYNCLINT_LINKED_H

#include "arena.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise; linked_release(). Strings are the arena's that linked_find() was given. */
struct linked {
	TABLE(const char *) facts;   /* files, each once, in the order of what is linked */
	TABLE(const char *) without; /* objects that have no facts: "start.o", "libz.a(inflate.o)" */
	uint32_t sources;            /* how many of those are sources that are compiled on the way */
};

const char *linked_facts_path(const char *object, struct arena *arena);

/* The hash of the file's content, never 0; 0 if it cannot be read. */
uint64_t linked_hash(const char *object);

/* Goes through the files of a link (NULL-terminated): object files, static libraries with all their members, and
   sources that are compiled on the way, which have no facts. Shared libraries and linker scripts are not linked in.
   `folders` (NULL-terminated) are searched, with all beneath them, for the facts of libraries' members that are not
   beneath the library's own folder. */
void linked_find(struct linked *linked, const char *const *inputs, const char *const *folders, struct arena *arena);

void linked_release(struct linked *linked);

#endif
