/*
 * One translation unit: AST in, facts out. The only place where a cursor is seen.
 */
#ifndef ASYNCLINT_WALK_H
#define ASYNCLINT_WALK_H

#include "arena.h"
#include "command.h"
#include "facts.h"
#include "prefix.h"
#include "stats.h"

/* What stays the same for all units that one worker walks. */
struct walker;

/* libclang_load() comes first. `root` is the absolute, resolved path of the project: paths beneath it are noted
 * relative to it. */
struct walker *walker_new(const char *root);
void walker_free(struct walker *walker);

/* Parses the command's file and notes its facts in `arena`. A unit with errors has facts and `troubles`. NULL when
   there is nothing at all to note (file unreadable, libclang gave up), with a message in *error (arena). A prefix,
   which may be NULL and else lives as long as the walker, saves time where it is not the first with it, and changes
   nothing.
   */
struct facts *walk_unit(struct walker *walker, const struct command *command, const struct prefix *prefix,
			struct arena *arena, const char **error);

/* Text that stands for what a file holds: an editor's, not yet saved. */
struct overlay {
	const char *path; /* absolute, resolved */
	const char *text; /* followed by a NUL */
	size_t size;
};

/* The same for a unit that is being edited: what stays the same from one call to the next is not parsed again. A walker
   is for one such command. */
struct facts *walk_live(struct walker *walker, const struct command *command, const struct overlay *overlays,
			uint32_t count, struct arena *arena, const char **error);

/* What the last walk_unit() took: libclang's parse, and all that came after it. */
struct walk_times {
	struct stats_time parse, walk;
};

struct walk_times walker_times(const struct walker *walker);

/* "clang version 19.1.7 ...": what libclang says of itself. Loads it; why it cannot be loaded, if that is so. */
const char *walk_libclang_version(struct arena *arena);

#endif
