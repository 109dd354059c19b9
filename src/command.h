/*
 * How one file is compiled: the unit of work. compdb.h makes commands, walk.h runs them.
 */
#ifndef ASYNCLINT_COMMAND_H
#define ASYNCLINT_COMMAND_H

#include "table.h"

struct command {
	const char *file;             /* absolute, resolved path of the main file */
	const char *directory;        /* absolute: where relative arguments start */
	const char *const *arguments; /* for libclang: no compiler name, no -c, no -o, no input file; NULL-terminated */
	uint32_t argument_count;
	/* What was dropped although it may matter (compdb_dropped_flags()): NULL-terminated, or NULL for nothing. */
	const char *const *dropped_flags;
};

struct commands {
	TABLE(struct command) list;
};

#endif
