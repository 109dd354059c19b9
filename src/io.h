/*
 * Reading, writing and making all of something: the system's calls may do part of it, or be interrupted.
 */
#ifndef ASYNCLINT_IO_H
#define ASYNCLINT_IO_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Opens a regular file for reading; -1 with errno set for what is none or cannot be opened. To open a pipe would wait
   for whoever writes into it. */
int io_open(const char *path);

/* Returns how many bytes were read, fewer than `size` only at the end; -1 with errno set on failure. */
ssize_t io_read(int file, void *bytes, size_t size);

/* False with errno set on failure. */
bool io_write(int file, const void *bytes, size_t size);

/* Makes the directory and those above it, if they are not there. False with errno set on failure. */
bool io_make_directories(const char *path, struct arena *arena);

#endif
