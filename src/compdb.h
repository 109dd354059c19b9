/*
 * compile_commands.json → commands.
 *
 * A database says how each file is compiled. What it says is for a compiler; here it becomes what libclang takes:
 * response files expanded, launchers (ccache, distcc) and the compiler's name dropped, output and dependency options
 * dropped, flags that clang does not know dropped (and counted).
 */
#ifndef ASYNCLINT_COMPDB_H
#define ASYNCLINT_COMPDB_H

#include "arena.h"
#include "command.h"

#include <stdbool.h>

/* Looks for compile_commands.json in `start` and its parents, in each also in build, builddir, out and cmake-build-*.
   Returns the directory that holds it (arena, absolute), or NULL. */
const char *compdb_find(const char *start, struct arena *arena);

/* The nearest parent of `start`, or itself, that holds .git or .asynclint.json (absolute, resolved); NULL for none. */
const char *compdb_marked_root(const char *start, struct arena *arena);

/* The directory that paths are shown relative to: the marked one; else, if `database_directory` is one of the build
   folders named above, its parent; else itself. Absolute, resolved. */
const char *compdb_root(const char *database_directory, struct arena *arena);

/* Arguments put before and after those of every command, as they are (clang-tidy's --extra-arg-before and --extra-arg).
   NULL-terminated lists, or NULL. */
struct compdb_options {
	const char *const *extra_arguments_before;
	const char *const *extra_arguments;
};

/* Appends the commands of all entries for C files, in the order of the database. An entry that would be parsed exactly
   as an earlier one is dropped; others for the same file are units of their own. Entries for other languages are left
   out; a file that does not exist is not. False when the database cannot be read, with a message in *error (arena) that
   names the file and, for broken JSON, line and column, else the entry; nothing is appended then. */
bool compdb_load(const char *directory, const struct compdb_options *options, struct arena *arena,
		 struct commands *commands, const char **error);

/* Appends a command for `file` from `arguments` as given after `--` on the command line (NULL-terminated), which may
   start with the compiler's name. Relative paths start in the working directory. */
void compdb_fixed(const char *file, const char *const *arguments, const struct compdb_options *options,
		  struct arena *arena, struct commands *commands);

/* The words of a command line behind the compiler's name, response files expanded (NULL-terminated; arena). *compiler
   is that name, or NULL if the line starts with a flag. */
const char *const *compdb_words(const char *const *line, struct arena *arena, const char **compiler);

/* What was dropped although it may matter: flags unknown to clang, response files that cannot be read, compilers for
   targets unknown to clang. Each once, in order of first appearance (NULL-terminated; arena). */
const char *const *compdb_dropped_flags(const struct commands *commands, struct arena *arena);

#endif
