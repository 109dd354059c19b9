/*
 * What a compiler's command line does, as far as asynclint-cc and asynclint-ld go by it: compiles one C file to an
 * object file, or links. Everything else (preprocessing, assembling, several sources at once, other languages, asking
 * for the version) is none of the two.
 *
 * Strings only, but for response files, which are read, and libraries, which are looked for in the line's own folders.
 */
#ifndef ASYNCLINT_COMPILER_LINE_H
#define ASYNCLINT_COMPILER_LINE_H

#include "arena.h"

#include <stdint.h>

enum compiler_task { COMPILER_DOES_ELSE, COMPILER_COMPILES, COMPILER_LINKS };

struct compiler_line {
	enum compiler_task task;
	const char *source, *object; /* of what compiles: as named; the object may follow from the source */
	/* Of what links: files in their order, NULL-terminated. A library that -l names is one of them where a folder
	   of -L has an archive of it, and no shared library. Sources that are compiled on the way are among them. */
	const char *const *inputs;
	uint32_t input_count;
};

/* `words` start with the compiler's name, or with a launcher such as ccache before it; NULL-terminated. */
struct compiler_line compiler_line_read(const char *const *words, struct arena *arena);

#endif
