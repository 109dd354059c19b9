/*
 * Runs git: the program itself, as only it knows its repositories. No shell, and nothing to type in.
 *
 * It runs in the directory that it is asked about, and finds the repository from there: what a hook's environment says
 * of another place (GIT_DIR, GIT_INDEX_FILE ...) is not handed on.
 */
#ifndef ASYNCLINT_GIT_H
#define ASYNCLINT_GIT_H

#include "arena.h"

#include <stddef.h>

/* Runs `git -C directory arguments...` (NULL-terminated). Returns what it printed, with a NUL behind it, and its size
   in *size (arena). NULL if it could not be run or ended with another status than 0: *error is then the reason: what
   git said first, "" if it said nothing. */
char *git_run(const char *directory, const char *const *arguments, size_t *size, struct arena *arena,
	      const char **error);

#endif
