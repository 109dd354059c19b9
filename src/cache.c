#include "cache.h"

#include "dependencies.h"
#include "io.h"
#include "paths.h"
#include "signals.h"
#include "table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Raised whenever the layout of an entry changes; the facts in it have a version of their own. */
#define ENTRY_MAGIC "asyncl 1"

#define TEMPORARY_PREFIX "new-"

/* Entries of one main file under one command, for headers of several states. */
enum { VARIANTS = 4 };

/* A use is noted in an entry's time only once in a while: a run should read the cache, not write it. Seconds. */
enum { USE_IS_NEWS_AFTER = 3600 };

/* What another run left half-written is removed after this many seconds. */
enum { ABANDONED_AFTER = 3600 };

/* An entry is this, then the bytes of the facts or of the result. */
struct entry_header {
	char magic[8];
	uint64_t check; /* of facts dependencies_hash(), of a result the hash of its bytes */
	uint64_t key[2];
};

_Static_assert(sizeof(struct entry_header) % 8 == 0, "facts begin at a multiple of 8");

struct cache {
	struct cache_options options;
	struct arena arena;
	struct dependencies *dependencies;
	int directory;
	bool remote;
	const char *trouble;
	TABLE(const char *) damaged;
	struct cache_counts counts;
	time_t now;
};

/* Where an entry is kept, in the cache's directory: "ab/cdef...-0" for the facts of variant 0, "ab/cdef...-r" for a
   result. */
struct entry_name {
	char text[2 + 1 + 30 + 1 + 1 + 1];
};

static struct entry_name entry_name(const uint64_t key[2], char kind)
{
	struct entry_name name;
	snprintf(name.text, sizeof(name.text), "%02x/%014llx%016llx-%c", (unsigned)(key[0] >> 56),
		 (unsigned long long)(key[0] << 8 >> 8), (unsigned long long)key[1], kind);
	return name;
}

static struct entry_name facts_name(const uint64_t key[2], uint32_t variant)
{
	return entry_name(key, (char)('0' + variant));
}

static struct entry_name result_name(const uint64_t key[2])
{
	return entry_name(key, 'r');
}

/* Tells backup programs to leave the directory out: https://bford.info/cachedir/ */
static void tag(const struct cache *cache)
{
	static const char text[] = "Signature: 8a477f597d28d172789f06886806bc55\n"
				   "# This directory holds facts that asynclint can make again.\n";
	int file = openat(cache->directory, "CACHEDIR.TAG", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return;
	if (!io_write(file, text, sizeof(text) - 1))
		unlinkat(cache->directory, "CACHEDIR.TAG", 0);
	close(file);
}

static bool is_on_network(int directory)
{
	struct statfs status;
	if (fstatfs(directory, &status) != 0)
		return true;
	switch ((unsigned long)status.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case V9FS_MAGIC:
	case FUSE_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

struct cache *cache_open(const struct cache_options *options, struct arena *arena, const char **error)
{
	int directory = -1;
	if (io_make_directories(options->directory, arena))
		directory = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) {
		*error = arena_printf(arena, "cannot use the cache '%s': %s", options->directory, strerror(errno));
		return NULL;
	}
	struct cache *cache = calloc(1, sizeof(*cache));
	if (!cache)
		arena_out_of_memory();
	cache->options = *options;
	cache->directory = directory;
	cache->remote = is_on_network(directory);
	cache->dependencies = dependencies_new(options->root);
	cache->now = time(NULL);
	return cache;
}

/* Strings are told apart by their end: "a", "bc" is not "ab", "c". */
static void hash_text(XXH3_state_t *state, const char *text)
{
	XXH3_128bits_update(state, text, strlen(text) + 1);
}

/* The length of the option in front of a path that is joined to it, or of one that takes its path as the next argument.
 */
static size_t path_option(const char *argument)
{
	static const char *const options[] = {"-I", "-isystem", "-iquote", "-idirafter", "-include", "-imacros"};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (strncmp(argument, options[i], strlen(options[i])) == 0)
			return strlen(options[i]);
	return 0;
}

/* As path_in_root(), but the root too is told by its place in itself. */
static const char *place_in_root(const char *path, const char *root)
{
	return strcmp(path, root) == 0 ? "." : path_in_root(path, root);
}

/* Only where an argument is a path, the project's root is left out of it: what a macro says may get into the facts. */
static void hash_arguments(XXH3_state_t *state, const struct command *command, const char *root)
{
	bool is_path = false;
	for (uint32_t i = 0; i < command->argument_count; i++) {
		const char *argument = command->arguments[i];
		size_t option = is_path ? 0 : path_option(argument);
		bool has_path = is_path || (option && argument[option]);
		const char *path = argument + option, *shown = has_path ? place_in_root(path, root) : path;
		XXH3_128bits_update(state, argument, option);
		XXH3_128bits_update(state, shown == path ? "=" : "/", 1);
		hash_text(state, shown);
		is_path = option && !argument[option];
	}
}

/* False if the main file cannot be read. */
static bool make_key(struct cache *cache, const struct command *command, uint64_t key[2])
{
	uint64_t content;
	if (!dependencies_content(cache->dependencies, command->file, &content))
		return false;
	static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH"};
	const char *root = cache->options.root;
	XXH3_state_t state;
	XXH3_128bits_reset(&state);
	hash_text(&state, cache->options.maker);
	hash_text(&state, place_in_root(command->directory, root));
	hash_text(&state, path_in_root(command->file, root));
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *value = getenv(variables[i]);
		hash_text(&state, value ? value : "");
	}
	hash_arguments(&state, command, root);
	XXH3_128bits_update(&state, &content, sizeof(content));
	XXH128_hash_t hash = XXH3_128bits_digest(&state);
	key[0] = hash.high64;
	key[1] = hash.low64;
	return true;
}

static void note_damaged(struct cache *cache, const char *name, const char *reason)
{
	const char *note =
	    arena_printf(&cache->arena, "removed from the cache: '%s/%s': %s", cache->options.directory, name, reason);
	table_add(&cache->damaged, note);
	unlinkat(cache->directory, name, 0);
}

/* The whole file; NULL if it cannot be had. Either `arena` or, if *mapped, a mapping of `size` bytes holds it. */
static const char *read_entry(const struct cache *cache, int file, size_t size, struct arena *arena, bool *mapped)
{
	*mapped = !cache->remote;
	if (*mapped) {
		void *mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
		return mapping == MAP_FAILED ? NULL : mapping;
	}
	char *bytes = arena_alloc(arena, size);
	return io_read(file, bytes, size) == (ssize_t)size ? bytes : NULL;
}

/* An entry as it was found. */
struct found_entry {
	struct entry_header header;
	const char *bytes; /* behind the header */
	size_t size;       /* of them */
	void *mapping;     /* what holds them, or NULL: an arena does */
};

static void let_go(const struct found_entry *entry)
{
	if (entry->mapping)
		munmap(entry->mapping, entry->size + sizeof(entry->header));
}

/* What is in an open file. False with *damage if it is not what was written, without it if it cannot be had. */
static bool read_found(const struct cache *cache, int file, const uint64_t key[2], struct found_entry *entry,
		       struct arena *arena, const char **damage)
{
	struct stat status;
	if (fstat(file, &status) != 0)
		return false;
	size_t size = (size_t)status.st_size;
	if (size <= sizeof(entry->header)) {
		*damage = "too short";
		return false;
	}
	bool mapped;
	const char *bytes = read_entry(cache, file, size, arena, &mapped);
	if (!bytes)
		return false;
	memcpy(&entry->header, bytes, sizeof(entry->header));
	entry->bytes = bytes + sizeof(entry->header);
	entry->size = size - sizeof(entry->header);
	entry->mapping = mapped ? (void *)bytes : NULL;
	if (memcmp(entry->header.magic, ENTRY_MAGIC, sizeof(entry->header.magic)) != 0 ||
	    memcmp(entry->header.key, key, sizeof(entry->header.key)) != 0) {
		*damage = "not the entry that its name says";
		let_go(entry);
		return false;
	}
	if (cache->now - status.st_mtime > USE_IS_NEWS_AFTER)
		futimens(file, NULL);
	return true;
}

/* Opens and reads the entry; *exists tells whether there is one. Damage is noted. */
static bool find_entry(struct cache *cache, struct entry_name name, const uint64_t key[2], struct found_entry *entry,
		       bool *exists, struct arena *arena)
{
	int file = openat(cache->directory, name.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const char *damage = NULL;
	*exists = file >= 0;
	if (!*exists)
		return false;
	bool found = read_found(cache, file, key, entry, arena, &damage);
	close(file);
	if (damage)
		note_damaged(cache, name.text, damage);
	return found;
}

/* The facts of an entry if there is one and it is up to date. */
static struct facts *find_variant(struct cache *cache, const struct command *command, const uint64_t key[2],
				  uint32_t variant, bool *exists, struct arena *arena)
{
	struct found_entry entry;
	struct entry_name name = facts_name(key, variant);
	const char *damage;
	if (!find_entry(cache, name, key, &entry, exists, arena))
		return NULL;
	struct facts *facts = facts_read(entry.bytes, entry.size, "entry", arena, &damage);
	uint64_t resolution;
	if (!facts)
		note_damaged(cache, name.text, damage);
	if (!facts || !dependencies_hash(cache->dependencies, command, facts, &resolution) ||
	    resolution != entry.header.check) {
		let_go(&entry);
		return NULL;
	}
	facts->mapping = entry.mapping;
	facts->mapping_size = entry.size + sizeof(entry.header);
	cache->counts.bytes_read += facts->mapping_size;
	return facts;
}

struct facts *cache_find(struct cache *cache, const struct command *command, struct arena *arena)
{
	uint64_t key[2];
	struct facts *facts = NULL;
	bool exists = make_key(cache, command, key);
	for (uint32_t variant = 0; variant < VARIANTS && exists && !facts; variant++)
		facts = find_variant(cache, command, key, variant, &exists, arena);
	if (facts)
		cache->counts.hits++;
	else
		cache->counts.misses++;
	return facts;
}

static bool is_earlier(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* The first variant that there is no entry of, else the one not used for longest. */
static struct entry_name free_name(const struct cache *cache, const uint64_t key[2])
{
	struct entry_name oldest = facts_name(key, 0);
	struct timespec oldest_time = {0};
	for (uint32_t variant = 0; variant < VARIANTS; variant++) {
		struct entry_name name = facts_name(key, variant);
		struct stat status;
		if (fstatat(cache->directory, name.text, &status, AT_SYMLINK_NOFOLLOW) != 0)
			return name;
		if (variant == 0 || is_earlier(&status.st_mtim, &oldest_time)) {
			oldest = name;
			oldest_time = status.st_mtim;
		}
	}
	return oldest;
}

/* The first failure is the one to tell; after it nothing more is tried. */
static void note_trouble(struct cache *cache)
{
	if (!cache->trouble)
		cache->trouble = arena_printf(&cache->arena, "cannot write to the cache '%s': %s",
					      cache->options.directory, strerror(errno));
}

/* Renames the file, making the folder of the entry if it is the first one in it. */
static bool put_in_place(const struct cache *cache, const char *temporary, struct entry_name name)
{
	if (renameat(cache->directory, temporary, cache->directory, name.text) == 0)
		return true;
	char folder[] = {name.text[0], name.text[1], '\0'};
	if (errno != ENOENT || (mkdirat(cache->directory, folder, 0777) != 0 && errno != EEXIST))
		return false;
	return renameat(cache->directory, temporary, cache->directory, name.text) == 0;
}

static bool write_entry(const struct cache *cache, struct entry_name name, const struct entry_header *header,
			const void *bytes, uint64_t size)
{
	char temporary[64];
	/* In containers and on other machines processes have equal numbers, and what one of them left must not hinder.
	 */
	struct timespec time;
	clock_gettime(CLOCK_REALTIME, &time);
	snprintf(temporary, sizeof(temporary), TEMPORARY_PREFIX "%ld-%lld.%09ld", (long)getpid(),
		 (long long)time.tv_sec, time.tv_nsec);
	int file = openat(cache->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return false;
	bool written = io_write(file, header, sizeof(*header)) && io_write(file, bytes, size);
	int reason = errno;
	if (close(file) != 0 && written) {
		reason = errno;
		written = false;
	}
	if (written && put_in_place(cache, temporary, name))
		return true;
	reason = written ? errno : reason;
	unlinkat(cache->directory, temporary, 0);
	errno = reason;
	return false;
}

static bool keep(struct cache *cache, struct entry_name name, const struct entry_header *header, const void *bytes,
		 uint64_t size)
{
	if (!cache->counts.bytes_written)
		tag(cache);
	sigset_t before = signals_hold();
	bool written = write_entry(cache, name, header, bytes, size);
	signals_let(before);
	if (written)
		cache->counts.bytes_written += sizeof(*header) + size;
	else
		note_trouble(cache);
	return written;
}

void cache_store(struct cache *cache, const struct command *command, const struct facts *facts, const void *bytes,
		 uint64_t size)
{
	struct entry_header header = {.magic = ENTRY_MAGIC};
	if (!cache->trouble && make_key(cache, command, header.key) &&
	    dependencies_hash(cache->dependencies, command, facts, &header.check) &&
	    keep(cache, free_name(cache, header.key), &header, bytes, size))
		cache->counts.stored++;
}

/* Results of other makers are others, as facts are. */
static void make_result_key(const struct cache *cache, const uint64_t of_result[2], uint64_t key[2])
{
	const char *maker = cache->options.maker;
	for (int i = 0; i < 2; i++)
		key[i] = XXH3_64bits_withSeed(maker, strlen(maker), of_result[i]);
}

const void *cache_find_result(struct cache *cache, const uint64_t key[2], size_t *size, struct arena *arena)
{
	uint64_t own_key[2];
	struct found_entry entry;
	bool exists;
	make_result_key(cache, key, own_key);
	struct entry_name name = result_name(own_key);
	if (!find_entry(cache, name, own_key, &entry, &exists, arena))
		return NULL;
	const void *bytes = NULL;
	if (XXH3_64bits(entry.bytes, entry.size) == entry.header.check)
		bytes = arena_copy(arena, entry.bytes, entry.size, 1);
	else
		note_damaged(cache, name.text, "wrong checksum");
	let_go(&entry);
	*size = entry.size;
	cache->counts.bytes_read += bytes ? sizeof(entry.header) + entry.size : 0;
	return bytes;
}

void cache_store_result(struct cache *cache, const uint64_t key[2], const void *bytes, size_t size)
{
	struct entry_header header = {.magic = ENTRY_MAGIC, .check = XXH3_64bits(bytes, size)};
	make_result_key(cache, key, header.key);
	if (!cache->trouble)
		keep(cache, result_name(header.key), &header, bytes, size);
}

struct cache_counts cache_counts(const struct cache *cache)
{
	return cache->counts;
}

bool cache_is_remote(const struct cache *cache)
{
	return cache->remote;
}

const char *cache_trouble(const struct cache *cache)
{
	return cache->trouble;
}

const char *cache_damaged(const struct cache *cache, uint32_t i)
{
	return i < cache->damaged.count ? cache->damaged.items[i] : NULL;
}

struct stored_entry {
	struct entry_name name;
	struct timespec used;
	uint64_t size;
};

typedef TABLE(struct stored_entry) stored_entries;

static int compare_use(const void *left, const void *right)
{
	const struct stored_entry *a = left, *b = right;
	return is_earlier(&a->used, &b->used) ? -1 : is_earlier(&b->used, &a->used);
}

/* Adds the entries of the folder; returns their size. */
static uint64_t list_folder(const struct cache *cache, const char *folder, stored_entries *entries)
{
	uint64_t size = 0;
	int directory = openat(cache->directory, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = directory >= 0 ? fdopendir(directory) : NULL;
	for (struct dirent *item; stream && (item = readdir(stream));) {
		struct stored_entry entry;
		struct stat status;
		int length = snprintf(entry.name.text, sizeof(entry.name.text), "%s/%s", folder, item->d_name);
		if ((size_t)length >= sizeof(entry.name.text) || item->d_name[0] == '.' ||
		    fstatat(directory, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		entry.used = status.st_mtim;
		entry.size = (uint64_t)status.st_size;
		size += entry.size;
		table_add(entries, entry);
	}
	if (stream)
		closedir(stream);
	else if (directory >= 0)
		close(directory);
	return size;
}

/* What a run that ended too early left behind. */
static void remove_if_abandoned(const struct cache *cache, const char *name)
{
	struct stat status;
	if (fstatat(cache->directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    cache->now - status.st_mtime > ABANDONED_AFTER)
		unlinkat(cache->directory, name, 0);
}

static uint64_t list_entries(const struct cache *cache, stored_entries *entries)
{
	uint64_t size = 0;
	int directory = openat(cache->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = directory >= 0 ? fdopendir(directory) : NULL;
	for (struct dirent *item; stream && (item = readdir(stream));) {
		if (strncmp(item->d_name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0)
			remove_if_abandoned(cache, item->d_name);
		else if (strlen(item->d_name) == 2 && item->d_name[0] != '.')
			size += list_folder(cache, item->d_name, entries);
	}
	if (stream)
		closedir(stream);
	return size;
}

static void evict(const struct cache *cache)
{
	stored_entries entries = {0};
	uint64_t size = list_entries(cache, &entries);
	if (size > cache->options.limit)
		qsort(entries.items, entries.count, sizeof(*entries.items), compare_use);
	for (uint32_t i = 0; i < entries.count && size > cache->options.limit; i++) {
		unlinkat(cache->directory, entries.items[i].name.text, 0);
		size -= entries.items[i].size;
	}
	table_release(&entries);
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	if (cache->counts.bytes_written && cache->options.limit != UINT64_MAX)
		evict(cache);
	close(cache->directory);
	dependencies_free(cache->dependencies);
	table_release(&cache->damaged);
	arena_release(&cache->arena);
	free(cache);
}
