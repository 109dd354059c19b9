/*
 * What changed in the project, as git knows it (--changed, --since).
 *
 * A file has changed if its text in the working tree is not that of the commit one compares with, staged or not, or if
 * git neither tracks nor ignores it. Of a submodule, what differs from the commit that the project records of it.
 * A renamed file is a new one, and a deleted one is gone: nothing can be reported in it. A repository that lies inside
 * but is no submodule is another project, and is not looked into.
 *
 * Which of the changed files are part of a unit, only the units' inclusions tell: changes_mark().
 */
#ifndef ASYNCLINT_CHANGES_H
#define ASYNCLINT_CHANGES_H

#include "arena.h"
#include "facts.h"
#include "intern.h"
#include "table.h"

#include <stdbool.h>

/* Zero-initialise. */
struct changes {
	struct intern names;  /* of the changed files of any kind, as facts name them; "" is none of them */
	TABLE(bool) in_units; /* by the ids of the names: whether it is part of a unit */
};

/* Finds what changed beneath and around `root`, a directory in the working tree of a repository: since the commit where
   HEAD and `revision` parted, or since HEAD if that is NULL. False if that cannot be told, with a message in *error
   (arena). To be given back with changes_release() in any case. */
bool changes_read(const char *root, const char *revision, struct arena *arena, struct changes *changes,
		  const char **error);

/* Notes that the file is part of a unit, if it has changed at all. */
void changes_mark(struct changes *changes, const char *file);

/* The same for the main file of a unit and all that it includes. */
void changes_mark_unit(struct changes *changes, const struct facts *unit);

/* Whether the changed file of that id is of concern: source text of C, or part of a unit whatever its name is. */
bool changes_concern(const struct changes *changes, uint32_t id);

void changes_release(struct changes *changes);

#endif
