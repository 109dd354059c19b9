/*
 * What a run cost (--stats): time by phase, work done and work spared, memory.
 *
 * Whoever does a part of the work says when it begins and ends; a part that begins within another is shown as a part of
 * it. Nobody knows whether it is asked for: all of this takes NULL for no, and then does nothing.
 *
 *	stats_begin(stats, "rules");
 *	...
 *	stats_end(stats);
 *
 * Times are nanoseconds: by the clock, and of the processors. Those of worker processes are summed up over all of them,
 * so that they may be more by the clock than the run took.
 */
#ifndef ASYNCLINT_STATS_H
#define ASYNCLINT_STATS_H

#include "table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct stats_time {
	int64_t wall, cpu;
};

struct stats_phase {
	const char *name; /* good as long as the stats are */
	uint32_t depth;   /* 0: a part of the run; 1: of the last phase before it with a smaller depth; ... */
	bool in_workers;
	struct stats_time time;
};

/* Zero-initialise. */
struct stats {
	TABLE(struct stats_phase) phases;   /* in the order in which they began */
	TABLE(uint32_t) open;               /* phases that have not ended */
	uint32_t parsed, cached, failed;    /* units */
	uint64_t bytes_read, bytes_written; /* of the cache */
	uint32_t findings;
};

/* Since some moment: only differences mean anything. Of this process. */
struct stats_time stats_now(void);

/* Time between two moments. */
struct stats_time stats_between(struct stats_time from, struct stats_time to);

void stats_begin(struct stats *stats, const char *name);

/* Ends the phase that began last. */
void stats_end(struct stats *stats);

/* Adds time that worker processes took for a part of the phase that began last. */
void stats_add(struct stats *stats, const char *name, struct stats_time time);

/* A table for people. Parts that took too little to be worth a line are summed up in one. */
void stats_print(const struct stats *stats, FILE *out);

/* All of it for programs: times in microseconds, memory in bytes. */
void stats_print_json(const struct stats *stats, FILE *out);

void stats_release(struct stats *stats);

#endif
