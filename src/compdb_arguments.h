/*
 * What a compiler's argument means to a parser. Strings only: no files, no state.
 *
 * A database is written for whatever compiler builds the project; clang takes most of its flags, ignores some and
 * refuses to parse at all for others (a foreign -march, a gcc-only flag). So flags are let through by a list of those
 * that change what the source means: macros, header search, language, target, sizes and layout of types.
 */
#ifndef ASYNCLINT_COMPDB_ARGUMENTS_H
#define ASYNCLINT_COMPDB_ARGUMENTS_H

#include "arena.h"

#include <stdbool.h>

enum argument_kind {
	ARGUMENT_INPUT,      /* not a flag: a file, or the value of one */
	ARGUMENT_KEEP,       /* changes what the source means */
	ARGUMENT_TARGET,     /* the same, and names the target */
	ARGUMENT_TARGET_ABI, /* to keep if the target is named: clang refuses it for targets that it is not made for */
	ARGUMENT_RESOURCE_DIR, /* to keep: says where clang's own headers are */
	ARGUMENT_LANGUAGE,     /* -x */
	ARGUMENT_DROP,         /* nothing to a parser: warnings, optimisation, output, linking */
	ARGUMENT_UNKNOWN,      /* may change what the source means, but clang does not take it */
	ARGUMENT_END,          /* --: only input follows */
};

struct argument {
	enum argument_kind kind;
	bool value_follows; /* the next argument belongs to it */
};

struct argument argument_classify(const char *argument);

/* Whether a command's word only leads to the compiler: ccache, `env`, an assignment of env, `sh` before `libtool`, and
   what starts with '-' after those. */
bool argument_is_launcher(const char *word);

/* Whether the compiler of that name or path takes a .c file for C++: g++, clang++-19, c++. */
bool argument_is_cxx_compiler(const char *compiler);

/* Whether the compiler (NULL: not known) takes the file for C: by the language that -x names, else by its name. */
bool argument_is_c(const char *file, const char *language, const char *compiler);

/* The target that the compiler's name implies: "aarch64-linux-gnu" for /bin/aarch64-linux-gnu-gcc-12. NULL for none. */
const char *argument_implied_target(const char *compiler, struct arena *arena);

/* Whether clang knows the target's processor. */
bool argument_target_is_known(const char *target);

#endif
