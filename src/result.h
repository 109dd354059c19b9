/*
 * What analysis found, as bytes: findings, the map and what was not understood, to be kept for the next run (cache.h).
 *
 * Analysis is a function of the facts, the models and the options: where all of them are the same, so is what it finds.
 * result_key() is a hash of them; bytes kept under it are read back instead of finding all of it again.
 */
#ifndef ASYNCLINT_RESULT_H
#define ASYNCLINT_RESULT_H

#include "analysis.h"

/* A hash of all that analysis depends on, and of whether a map is asked for. With `partial` as in allow.h. The order of
 * the units counts. */
void result_key(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		const struct analysis_options *options, bool partial, uint64_t key[2]);

/* Returns bytes (arena) and their number: the findings, after findings_finish(), and what analysis and suppressions
   told of coverage; and the map, unless it is NULL. */
const void *result_write(const struct findings *findings, const struct coverage *coverage, const struct map *map,
			 struct arena *arena, size_t *size);

/* Fills empty findings, and an empty map unless it is NULL, with what result_write() made bytes of, and adds to
   coverage. The map's strings are the findings' then. The bytes may be anything: false if they are not a result, and
   nothing has changed. */
bool result_read(const void *bytes, size_t size, struct findings *findings, struct coverage *coverage, struct map *map);

#endif
