/*
 * Facts that were made before, and what was found in them, kept in a directory of files.
 *
 * Whether facts are still right is asked of contents, never of times: an entry is found by its command, the content of
 * its main file and what makes facts (the tool, libclang), and is good if every file it includes has the content it had
 * and every #include still finds the file it found (dependencies.h). Of one main file under one command there are a few
 * entries, so that going back to another branch's headers parses nothing.
 *
 * Many processes may use one directory at once: an entry is written to a file of its own and renamed into place, so it
 * is seen whole or not at all, and is never changed afterwards. Nothing here fails a run: what cannot be read is a
 * miss, and the first thing that cannot be written is kept to be told (cache_trouble()).
 *
 * Paths beneath the project's root are told by their place in it: two checkouts share their entries.
 */
#ifndef ASYNCLINT_CACHE_H
#define ASYNCLINT_CACHE_H

#include "command.h"
#include "facts.h"

struct cache;

struct cache_options {
	const char *directory; /* made if need be */
	const char *root;      /* of the project: absolute, resolved */
	const char *maker;     /* what makes the facts: another text, other entries */
	uint64_t limit;        /* bytes; the entries not used for longest go first. UINT64_MAX: nothing goes */
};

struct cache_counts {
	uint32_t hits, misses, stored;
	uint64_t bytes_read, bytes_written;
};

/* NULL if the directory cannot be used, with the reason in *error (arena). The strings must stay. */
struct cache *cache_open(const struct cache_options *options, struct arena *arena, const char **error);

/* The facts of the command, mapped (facts_free()), or NULL. Damaged entries are removed and noted in cache_damaged().
 */
struct facts *cache_find(struct cache *cache, const struct command *command, struct arena *arena);

/* Keeps facts that the command has just given, as facts_write() made them of `facts`: unless a file has been changed
   since the facts were made. */
void cache_store(struct cache *cache, const struct command *command, const struct facts *facts, const void *bytes,
		 uint64_t size);

/* What cache_store_result() kept under the key (arena), and its size; or NULL. */
const void *cache_find_result(struct cache *cache, const uint64_t key[2], size_t *size, struct arena *arena);

/* Keeps any bytes under a key: a hash of all that they depend on beside what makes facts. */
void cache_store_result(struct cache *cache, const uint64_t key[2], const void *bytes, size_t size);

struct cache_counts cache_counts(const struct cache *cache);

/* Whether the directory is on a network file system. There a mapped file can be taken away from under its reader, so
   entries are read instead: slower, and more memory. */
bool cache_is_remote(const struct cache *cache);

/* Why nothing more is stored, or NULL. */
const char *cache_trouble(const struct cache *cache);

/* The i-th damaged entry that was met, or NULL: one line that names it and says what is wrong. */
const char *cache_damaged(const struct cache *cache, uint32_t i);

/* Removes what is beyond the limit, if anything was stored. `cache` may be NULL. */
void cache_close(struct cache *cache);

#endif
