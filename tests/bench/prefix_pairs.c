/*
 * What prefixes save over a compile database, and whether they change anything: every unit is walked as it stands and
 * behind its prefix, one after the other, and the facts are compared byte by byte.
 *
 *	cmake --build build --target prefix_pairs && build/tests/prefix_pairs DATABASE_DIR ROOT
 *
 * Times are CPU time of this process, without the writing of facts. Exit status 1 if facts of a unit differ.
 */
#include "compdb.h"
#include "libclang.h"
#include "walk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct pairs {
	struct commands commands;
	struct prefix_plan plan;
	struct walker *walkers[2]; /* as it stands, behind its prefix */
	double all[2], shared[2];  /* seconds: of all units, of those with a prefix */
	uint32_t shared_count, differing;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void walk_pair(struct pairs *pairs, uint32_t unit)
{
	struct arena arena = {0};
	const struct command *command = &pairs->commands.list.items[unit];
	const struct prefix *prefix = pairs->plan.list[unit];
	const void *bytes[2] = {NULL, NULL};
	uint64_t sizes[2] = {0, 0};
	for (uint32_t turn = 0; turn < 2; turn++) {
		uint32_t way = (turn + unit) % 2; /* whoever is first finds colder caches */
		const char *error = NULL;
		double begin = now();
		const struct facts *facts =
		    walk_unit(pairs->walkers[way], command, way ? prefix : NULL, &arena, &error);
		double seconds = now() - begin;
		pairs->all[way] += seconds;
		pairs->shared[way] += prefix ? seconds : 0;
		if (facts)
			bytes[way] = facts_write(facts, &arena, &sizes[way]);
	}
	pairs->shared_count += prefix != NULL;
	if (sizes[0] != sizes[1] || (sizes[0] && memcmp(bytes[0], bytes[1], sizes[0]) != 0)) {
		printf("%s: the facts differ\n", command->file);
		pairs->differing++;
	}
	arena_release(&arena);
}

static void *walk_pairs(void *context)
{
	struct pairs *pairs = context;
	for (uint32_t i = 0; i < pairs->commands.list.count; i++)
		walk_pair(pairs, i);
	return NULL;
}

static void make_plan(struct pairs *pairs, struct arena *arena)
{
	uint32_t count = pairs->commands.list.count;
	uint32_t *units = arena_alloc(arena, count * sizeof(*units));
	for (uint32_t i = 0; i < count; i++)
		units[i] = i;
	prefix_plan(&pairs->commands, units, count, &pairs->plan);
}

int main(int count, char **arguments)
{
	static struct pairs pairs;
	struct arena arena = {0};
	const char *error = "usage: prefix_pairs DATABASE_DIR ROOT";
	if (count != 3 || !compdb_load(arguments[1], &(struct compdb_options){0}, &arena, &pairs.commands, &error) ||
	    !libclang_load(&arena, &error)) {
		fprintf(stderr, "%s\n", error);
		return 2;
	}
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	make_plan(&pairs, &arena);
	pairs.walkers[0] = walker_new(arguments[2]);
	pairs.walkers[1] = walker_new(arguments[2]);
	pthread_attr_t attributes;
	pthread_t thread;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, (size_t)512 << 20);
	pthread_create(&thread, &attributes, walk_pairs, &pairs);
	pthread_join(thread, NULL);
	printf("%u units: %.2f s as they stand, %.2f s behind prefixes: %.3f\n", pairs.commands.list.count,
	       pairs.all[0], pairs.all[1], pairs.all[1] / pairs.all[0]);
	printf("%u units with a prefix: %.2f s, %.2f s\n%u units differ\n", pairs.shared_count, pairs.shared[0],
	       pairs.shared[1], pairs.differing);
	return pairs.differing ? 1 : 0;
}
