/*
 * The library that parses: loaded when the first unit is parsed, and not before.
 *
 * The program is not linked against libclang. To load it and the LLVM beneath it costs about 17 ms a process, more than
 * all else that a run does whose facts are all at hand; and a program whose libclang was taken away can still join
 * facts and explain its rules. It is loaded once, into the process that forks the workers, before the first fork: they
 * then share its relocated pages.
 *
 * Where it is was found when asynclint was configured (cmake/FindLibClang.cmake). If the file is not there any more,
 * the dynamic linker is asked for the library of the same soname, which has the same interface.
 *
 * libclang_functions.h has what is in it; only src/walk*.c need that.
 */
#ifndef ASYNCLINT_LIBCLANG_H
#define ASYNCLINT_LIBCLANG_H

#include "arena.h"

#include <stdbool.h>

/* Loads the library unless that is done already; it stays until the process ends. False with a message in *error
   (arena) that names what was tried. */
bool libclang_load(struct arena *arena, const char **error);

/* Which library it is or would be, in words for a cache's key: resolved path, size, and time of last change in
   nanoseconds. Does not load it where the configured file is in its place. */
const char *libclang_identity(struct arena *arena);

#endif
