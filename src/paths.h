/*
 * Paths as people read them. Strings only, but for path_resolve().
 */
#ifndef ASYNCLINT_PATHS_H
#define ASYNCLINT_PATHS_H

#include "arena.h"

#include <stdbool.h>

/* The absolute path without symbolic links, "." and "..", of a file that exists; NULL with errno set if it does not. */
char *path_resolve(const char *path, struct arena *arena);

/* `path` itself if it is absolute, else `directory`/`path`. */
const char *path_join(const char *directory, const char *path, struct arena *arena);

/* The way to `path` from `directory`, both absolute and resolved: with "../" where it has to climb, and `path` as it is
   where the two share no folder. */
const char *path_relative(const char *path, const char *directory, struct arena *arena);

/* The facts' name of an absolute, resolved path: relative to the project root if it lies beneath it, else the path as
 * it is. */
const char *path_in_root(const char *path, const char *root);

/* Whether both files lie in the same directory. */
bool same_directory(const char *a, const char *b);

#endif
