#include "inputs.h"

#include "cache.h"
#include "console.h"
#include "io.h"
#include "libclang.h"
#include "paths.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* --cache, or the place that the XDG base directory specification names; NULL if the user has no home. */
static const char *cache_directory(struct inputs *inputs, const struct options *options)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (options->cache)
		return path_join(inputs->directory, options->cache, &inputs->arena);
	if (base && base[0] == '/')
		return arena_printf(&inputs->arena, "%s/asynclint", base);
	return home && home[0] == '/' ? arena_printf(&inputs->arena, "%s/.cache/asynclint", home) : NULL;
}

/* Of the program's own file; 0 where that is not to be had. */
static uint64_t hash_of_program(void)
{
	int file = io_open("/proc/self/exe");
	struct stat status;
	uint64_t hash = 0;
	if (file >= 0 && fstat(file, &status) == 0) {
		void *text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
		if (text != MAP_FAILED) {
			hash = XXH3_64bits(text, (size_t)status.st_size);
			munmap(text, (size_t)status.st_size);
		}
	}
	if (file >= 0)
		close(file);
	return hash;
}

/* What facts depend on beside the sources. The program is told by its content: while it is being developed, versions
   stay and facts change; where it is built again as it was, facts stay good. */
static const char *maker_of_facts(struct arena *arena)
{
	return arena_printf(arena, "asynclint %s, facts %u, %016llx, %s", ASYNCLINT_VERSION, FACTS_VERSION,
			    (unsigned long long)hash_of_program(), libclang_identity(arena));
}

void inputs_open_cache(struct inputs *inputs, const struct options *options)
{
	const char *directory = options->no_cache ? NULL : cache_directory(inputs, options), *error = NULL;
	if (!directory)
		return;
	struct cache_options how = {
	    .directory = directory,
	    .root = inputs->root,
	    .maker = maker_of_facts(&inputs->arena),
	    .limit = options->cache_size,
	};
	inputs->tells_of_cache = !options->launched || options->cache || options->verbose;
	inputs->cache = cache_open(&how, &inputs->arena, &error);
	if (!inputs->cache && inputs->tells_of_cache)
		console_warning("%s", error);
}

void inputs_close_cache(struct inputs *inputs, bool verbose)
{
	struct cache *cache = inputs->cache;
	if (!cache)
		return;
	inputs->cache = NULL;
	struct cache_counts counts = cache_counts(cache);
	if (inputs->stats) {
		inputs->stats->cached = counts.hits;
		inputs->stats->bytes_read = counts.bytes_read;
		inputs->stats->bytes_written = counts.bytes_written;
	}
	const char *damaged;
	for (uint32_t i = 0; verbose && (damaged = cache_damaged(cache, i)); i++)
		console_note("%s", damaged);
	if (verbose && cache_is_remote(cache))
		console_note("cache: on a network file system, so it is read and not mapped");
	if (verbose)
		console_note("cache: %u units found, %u not, %u stored", counts.hits, counts.misses, counts.stored);
	if (cache_trouble(cache) && inputs->tells_of_cache)
		console_warning("%s", cache_trouble(cache));
	cache_close(cache);
}
