#include "dependencies.h"

#include "includes.h"
#include "intern.h"
#include "io.h"
#include "paths.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Where a compiler looks on this system when the command names no other place (`-nostdinc`, a sysroot). */
static const char *const default_directories[] = {
    "/usr/local/include",
    ASYNCLINT_RESOURCE_DIR "/include",
    ("/usr/include/" ASYNCLINT_MULTIARCH), /* clang takes it for a missing comma otherwise */
    "/usr/include",
};

enum { DEFAULT_DIRECTORIES = sizeof(default_directories) / sizeof(*default_directories) };

/* What is larger is no source. */
static const off_t source_limit = (off_t)1 << 30;

/* A name in an #include line. */
struct included_name {
	uint32_t name; /* in names */
	bool quoted, next;
};

struct source {
	bool read, readable;
	uint64_t hash; /* XXH3 of the content */
	uint32_t first_name, name_count;
};

/* The directories that a command looks in, in order, as ids in paths. `angled` is looked through behind `quoted`. */
struct search_path {
	id_table quoted, angled;
	TABLE(uint64_t) of_source; /* how all names of a source resolve, by its id; 0: not known yet */
};

enum existence { NOT_ASKED, EXISTS, ABSENT };

struct dependencies {
	const char *root;
	struct arena arena;
	struct intern paths, names, searches;
	TABLE(struct source) sources;           /* by id in paths */
	TABLE(uint8_t) existence;               /* enum existence, by id in paths */
	TABLE(struct included_name) lines;      /* of all sources */
	TABLE(struct search_path) search_paths; /* by id in searches */
	TABLE(char) text;                       /* of the file that is read */
};

struct dependencies *dependencies_new(const char *root)
{
	struct dependencies *dependencies = calloc(1, sizeof(*dependencies));
	if (!dependencies)
		arena_out_of_memory();
	dependencies->root = root;
	intern_init(&dependencies->paths);
	intern_init(&dependencies->names);
	intern_init(&dependencies->searches);
	return dependencies;
}

void dependencies_free(struct dependencies *dependencies)
{
	if (!dependencies)
		return;
	for (uint32_t i = 0; i < dependencies->search_paths.count; i++) {
		table_release(&dependencies->search_paths.items[i].quoted);
		table_release(&dependencies->search_paths.items[i].angled);
		table_release(&dependencies->search_paths.items[i].of_source);
	}
	table_release(&dependencies->search_paths);
	table_release(&dependencies->sources);
	table_release(&dependencies->existence);
	table_release(&dependencies->lines);
	table_release(&dependencies->text);
	intern_release(&dependencies->paths);
	intern_release(&dependencies->names);
	intern_release(&dependencies->searches);
	arena_release(&dependencies->arena);
	free(dependencies);
}

/* Reads the file into dependencies->text. */
static bool read_text(struct dependencies *dependencies, const char *path)
{
	int file = io_open(path);
	struct stat status;
	ssize_t got = -1;
	dependencies->text.count = 0;
	if (file >= 0 && fstat(file, &status) == 0 && status.st_size < source_limit) {
		table_need(&dependencies->text, (uint32_t)status.st_size + 1);
		got = io_read(file, dependencies->text.items, dependencies->text.capacity);
	}
	if (got > 0)
		dependencies->text.count = (uint32_t)got;
	if (file >= 0)
		close(file);
	return got >= 0;
}

static void note_names(struct dependencies *dependencies, struct source *source)
{
	const char *text = dependencies->text.items, *end = text + dependencies->text.count;
	struct include_name found;
	source->first_name = dependencies->lines.count;
	for (const char *at = text; (at = includes_next(text, at, end, &found));)
		table_add(&dependencies->lines,
			  (struct included_name){.name = intern_n(&dependencies->names, found.name, found.length),
						 .quoted = found.quoted,
						 .next = found.next});
	source->name_count = dependencies->lines.count - source->first_name;
}

static const struct source *read_source(struct dependencies *dependencies, uint32_t path)
{
	while (dependencies->sources.count <= path)
		table_add(&dependencies->sources, (struct source){0});
	struct source *source = &dependencies->sources.items[path];
	if (source->read)
		return source;
	source->read = true;
	source->readable = read_text(dependencies, intern_text(&dependencies->paths, path));
	if (!source->readable)
		return source;
	source->hash = XXH3_64bits(dependencies->text.items, dependencies->text.count);
	note_names(dependencies, source);
	return source;
}

bool dependencies_content(struct dependencies *dependencies, const char *path, uint64_t *hash)
{
	const struct source *source = read_source(dependencies, intern(&dependencies->paths, path));
	*hash = source->hash;
	return source->readable;
}

/* The value of the argument if it is the option, joined to it or the next one; else NULL. */
static const char *option_value(const struct command *command, uint32_t i, const char *option)
{
	size_t length = strlen(option);
	const char *argument = command->arguments[i];
	if (strncmp(argument, option, length) != 0)
		return NULL;
	return argument[length] ? argument + length : command->arguments[i + 1];
}

static bool has_argument(const struct command *command, const char *argument)
{
	for (uint32_t i = 0; i < command->argument_count; i++)
		if (strcmp(command->arguments[i], argument) == 0)
			return true;
	return false;
}

static void add_directory(struct dependencies *dependencies, const struct command *command, const char *directory,
			  id_table *list)
{
	const char *path = path_join(command->directory, directory, &dependencies->arena);
	table_add(list, intern(&dependencies->paths, path));
}

static void add_option(struct dependencies *dependencies, const struct command *command, const char *option,
		       id_table *list)
{
	for (uint32_t i = 0; i < command->argument_count; i++) {
		const char *directory = option_value(command, i, option);
		if (directory)
			add_directory(dependencies, command, directory, list);
	}
}

/* Directories from an environment variable that compilers read: separated by ':', an empty one is the working one. */
static void add_environment(struct dependencies *dependencies, const struct command *command, const char *variable,
			    id_table *list)
{
	const char *rest = getenv(variable);
	while (rest && *rest) {
		size_t length = strcspn(rest, ":");
		const char *directory = length ? arena_strndup(&dependencies->arena, rest, length) : ".";
		add_directory(dependencies, command, directory, list);
		rest += length + (rest[length] == ':');
	}
}

/* The order is clang's: https://clang.llvm.org/docs/ClangCommandLineReference.html#include-path-management */
static struct search_path make_search_path(struct dependencies *dependencies, const struct command *command)
{
	struct search_path search = {0};
	add_option(dependencies, command, "-iquote", &search.quoted);
	add_option(dependencies, command, "-I", &search.angled);
	add_environment(dependencies, command, "CPATH", &search.angled);
	add_option(dependencies, command, "-isystem", &search.angled);
	add_environment(dependencies, command, "C_INCLUDE_PATH", &search.angled);
	for (uint32_t i = 0; i < DEFAULT_DIRECTORIES && !has_argument(command, "-nostdinc"); i++)
		add_directory(dependencies, command, default_directories[i], &search.angled);
	add_option(dependencies, command, "-idirafter", &search.angled);
	return search;
}

/* Equal search paths have equal ids: that of the path without its last directory, and the directory, make the next. */
static uint32_t search_path_of(struct dependencies *dependencies, const struct command *command)
{
	struct search_path search = make_search_path(dependencies, command);
	uint32_t id = 0;
	for (uint32_t i = 0; i < search.quoted.count; i++)
		id = intern_printf(&dependencies->searches, "%u \"%u", id, search.quoted.items[i]);
	for (uint32_t i = 0; i < search.angled.count; i++)
		id = intern_printf(&dependencies->searches, "%u <%u", id, search.angled.items[i]);
	while (dependencies->search_paths.count <= id)
		table_add(&dependencies->search_paths, (struct search_path){0});
	struct search_path *known = &dependencies->search_paths.items[id];
	if (known->quoted.count || known->angled.count) {
		table_release(&search.quoted);
		table_release(&search.angled);
	} else {
		*known = search;
	}
	return id;
}

/* Id of the path if there is such a file, else NONE. */
static uint32_t existing(struct dependencies *dependencies, uint32_t directory, const char *name)
{
	uint32_t path =
	    intern_printf(&dependencies->paths, "%s/%s", intern_text(&dependencies->paths, directory), name);
	while (dependencies->existence.count <= path)
		table_add(&dependencies->existence, NOT_ASKED);
	uint8_t *existence = &dependencies->existence.items[path];
	if (*existence == NOT_ASKED)
		*existence = access(intern_text(&dependencies->paths, path), F_OK) == 0 ? EXISTS : ABSENT;
	return *existence == EXISTS ? path : NONE;
}

/* The first directory of the list that has the name, as the path found there; NONE if none has. */
static uint32_t look_up(struct dependencies *dependencies, const id_table *directories, const char *name)
{
	uint32_t found = NONE;
	for (uint32_t i = 0; i < directories->count && found == NONE; i++)
		found = existing(dependencies, directories->items[i], name);
	return found;
}

static uint64_t hash_path(const struct dependencies *dependencies, uint32_t path, uint64_t seed)
{
	const char *text =
	    path == NONE ? "" : path_in_root(intern_text(&dependencies->paths, path), dependencies->root);
	return XXH3_64bits_withSeed(text, strlen(text), seed);
}

/* How the name resolves, added to the hash `seed`. Where #include_next goes on from is not known, so all that it might
   find counts. */
static uint64_t hash_name(struct dependencies *dependencies, const struct search_path *search, uint32_t directory,
			  const struct included_name *included, uint64_t seed)
{
	const char *name = intern_text(&dependencies->names, included->name);
	if (name[0] == '/')
		return hash_path(dependencies, access(name, F_OK) == 0 ? intern(&dependencies->paths, name) : NONE,
				 seed);
	for (uint32_t i = 0; included->next && i < search->angled.count; i++)
		seed = hash_path(dependencies, existing(dependencies, search->angled.items[i], name), seed);
	uint32_t found = included->quoted ? existing(dependencies, directory, name) : NONE;
	if (found == NONE && included->quoted)
		found = look_up(dependencies, &search->quoted, name);
	if (found == NONE)
		found = look_up(dependencies, &search->angled, name);
	return hash_path(dependencies, found, seed);
}

static uint64_t hash_names(struct dependencies *dependencies, const struct search_path *search, uint32_t path)
{
	struct source source = dependencies->sources.items[path];
	const char *text = intern_text(&dependencies->paths, path);
	/* Printed, which copies it: what is interned must not lie in the strings, which may move to make room. */
	uint32_t directory = intern_printf(&dependencies->paths, "%.*s", (int)(strrchr(text, '/') - text), text);
	uint64_t hash = 1; /* 0 means that it is not known */
	for (uint32_t i = 0; i < source.name_count; i++)
		hash =
		    hash_name(dependencies, search, directory, &dependencies->lines.items[source.first_name + i], hash);
	return hash ? hash : 1;
}

/* How the names in the source resolve under the search path. */
static uint64_t resolution(struct dependencies *dependencies, uint32_t search_id, uint32_t path)
{
	struct search_path *search = &dependencies->search_paths.items[search_id];
	while (search->of_source.count <= path)
		table_add(&search->of_source, 0);
	if (!search->of_source.items[path])
		search->of_source.items[path] = hash_names(dependencies, search, path);
	return search->of_source.items[path];
}

/* `-include NAME` is looked for as a quoted name in a file of the working directory would be. */
static uint64_t hash_forced(struct dependencies *dependencies, const struct command *command, uint32_t search,
			    const char *option, uint64_t seed)
{
	uint32_t directory = intern(&dependencies->paths, command->directory);
	for (uint32_t i = 0; i < command->argument_count; i++) {
		const char *value = option_value(command, i, option);
		if (!value)
			continue;
		struct included_name name = {.name = intern(&dependencies->names, value), .quoted = true};
		seed = hash_name(dependencies, &dependencies->search_paths.items[search], directory, &name, seed);
	}
	return seed;
}

bool dependencies_hash(struct dependencies *dependencies, const struct command *command, const struct facts *facts,
		       uint64_t *hash)
{
	uint32_t search = search_path_of(dependencies, command);
	*hash = hash_forced(dependencies, command, search, "-include", 0);
	*hash = hash_forced(dependencies, command, search, "-imacros", *hash);
	for (uint32_t i = 0; i < facts->inclusions_count; i++) {
		const struct fact_inclusion *inclusion = &facts->inclusions[i];
		const char *name = facts_text(facts, inclusion->path);
		uint32_t path = name[0] == '/' ? intern(&dependencies->paths, name)
					       : intern_printf(&dependencies->paths, "%s/%s", dependencies->root, name);
		const struct source *source = read_source(dependencies, path);
		if (!source->readable || source->hash != ((uint64_t)inclusion->hash_high << 32 | inclusion->hash_low))
			return false;
		uint64_t resolved = resolution(dependencies, search, path);
		*hash = XXH3_64bits_withSeed(&resolved, sizeof(resolved), *hash);
	}
	return true;
}
