/*
 * Commands → facts, in worker processes.
 *
 * What the cache has is not parsed. For the rest, few long-lived workers, forked after libclang is loaded: a process
 * per unit would pay libclang's start-up each time, and threads would die together. A worker that crashes or stalls
 * costs the unit it had; another takes its place. Results come in any order and are put back into that of the commands,
 * so the number of jobs never shows.
 */
#ifndef ASYNCLINT_UNITS_H
#define ASYNCLINT_UNITS_H

#include "cache.h"
#include "command.h"
#include "facts.h"
#include "stats.h"

#include <stdbool.h>

struct unit {
	const struct command *command;
	struct facts *facts; /* NULL if there are none */
	const char *error;   /* then why: one line, names the file */
};

struct units {
	struct arena arena;      /* holds the facts */
	TABLE(struct unit) list; /* one per command, in their order */
};

struct units_options {
	const char *root;    /* project root: absolute, resolved */
	struct cache *cache; /* asked first, and given what was parsed; or NULL */
	uint32_t jobs;       /* worker processes; 0: as many as processors */
	uint32_t timeout;    /* seconds for one unit; 0: no limit */
	struct stats *stats; /* is told what it takes; or NULL */
	uint64_t memory;     /* bytes that a worker may take for one unit; 0: no limit */
	/* Called in the parent after each unit, for progress; may be NULL. */
	void (*progress)(void *context, uint32_t done, uint32_t total, const char *file);
	void *context;
};

/* Makes the facts of every command. What went wrong with one stands in its unit's error; false only if libclang cannot
   be loaded, with a message in *error (arena of the units). */
bool units_collect(const struct commands *commands, const struct units_options *options, struct units *units,
		   const char **error);

void units_release(struct units *units);

#endif
