/*
 * A file that is written is there as a whole or not at all.
 */
#ifndef ASYNCLINT_REPLACE_FILE_H
#define ASYNCLINT_REPLACE_FILE_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Puts a new file in the place of an old one, with the old one's permissions, in one step: whoever opens it meanwhile
   sees one of the two. A symbolic link is followed; a pipe or a device is written to. False with errno set on failure;
   then the old file is as it was, and nothing else is left. */
bool replace_file(const char *path, const void *bytes, size_t size, struct arena *arena);

#endif
