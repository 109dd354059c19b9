#include "linked.h"

#include "archive.h"
#include "facts.h"
#include "facts_files.h"
#include "intern.h"
#include "io.h"
#include "paths.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

struct mapping {
	const void *bytes; /* NULL: there are none */
	size_t size;
};

struct search {
	struct linked *linked;
	struct arena *arena;
	const char *const *folders;
	struct intern seen;            /* folders that were searched */
	struct intern chosen;          /* facts files */
	struct intern objects;         /* of the facts files met in folders: the object's name, NUL, its hash */
	TABLE(const char *) of_object; /* by id: the facts file */
};

const char *linked_facts_path(const char *object, struct arena *arena)
{
	return arena_printf(arena, "%s%s", object, FACTS_SUFFIX);
}

static struct mapping map(const char *path)
{
	struct mapping mapping = {0};
	struct stat status;
	int file = io_open(path);
	if (file < 0)
		return mapping;
	if (fstat(file, &status) == 0 && status.st_size > 0) {
		void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
		if (bytes != MAP_FAILED)
			mapping = (struct mapping){bytes, (size_t)status.st_size};
	}
	close(file);
	return mapping;
}

static void unmap(struct mapping mapping)
{
	if (mapping.bytes)
		munmap((void *)mapping.bytes, mapping.size);
}

/* 0 is for what is not known. */
static uint64_t hash(const void *bytes, size_t size)
{
	uint64_t value = XXH3_64bits(bytes, size);
	return value ? value : 1;
}

uint64_t linked_hash(const char *object)
{
	struct mapping mapping = map(object);
	uint64_t value = mapping.bytes ? hash(mapping.bytes, mapping.size) : 0;
	unmap(mapping);
	return value;
}

/* Whether the bytes are an object file: ELF's relocatable file (System V ABI, "ELF Header"), or the bitcode that clang
   writes in its place for -flto. */
static bool is_object(const void *bytes, size_t size)
{
	static const unsigned char bitcode[] = {'B', 'C', 0xC0, 0xDE};
	if (size >= sizeof(bitcode) && memcmp(bytes, bitcode, sizeof(bitcode)) == 0)
		return true;
	/* Behind e_ident stands e_type, in the byte order of the object's machine. */
	const unsigned char *ident = bytes;
	if (size < EI_NIDENT + sizeof(Elf32_Half) || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return false;
	return ident[EI_NIDENT + (ident[EI_DATA] == ELFDATA2MSB)] == ET_REL;
}

/* A source that is named instead of its object. */
static bool is_source(const char *name)
{
	static const char *const extensions[] = {".c", ".i", ".s", ".S", ".cc", ".cpp", ".cxx", ".C", ".m"};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof(extensions) / sizeof(*extensions); i++)
		if (strcmp(dot, extensions[i]) == 0)
			return true;
	return false;
}

static void choose(struct search *search, const char *facts)
{
	uint32_t known = search->chosen.count;
	if (intern(&search->chosen, facts) == known)
		table_add(&search->linked->facts, facts);
}

static void miss(struct search *search, const char *object)
{
	table_add(&search->linked->without, object);
}

/* What an object is known by: `size` bytes. */
static const char *object_key(const struct search *search, const char *name, size_t length, uint64_t object,
			      size_t *size)
{
	char *key = arena_alloc(search->arena, length + 1 + sizeof(object));
	memcpy(key, name, length);
	memcpy(key + length + 1, &object, sizeof(object));
	*size = length + 1 + sizeof(object);
	return key;
}

static void add_facts_file(struct search *search, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t size;
	uint64_t object;
	if (!facts_object(path, &object))
		return;
	const char *key = object_key(search, name, strlen(name) - strlen(FACTS_SUFFIX), object, &size);
	if (intern_n(&search->objects, key, size) == search->of_object.count)
		table_add(&search->of_object, path);
}

/* Adds the facts files of the folder and all beneath it, once. Of two files for equal objects it is always the same
   that is found, as they come in order of name. */
static void search_folder(struct search *search, const char *folder)
{
	facts_names names = {0};
	const char *resolved = path_resolve(folder, search->arena), *error;
	uint32_t known = search->seen.count;
	if (!resolved || intern(&search->seen, resolved) != known)
		return;
	facts_files_list(resolved, &names, search->arena, &error); /* that there are none, the members will tell */
	for (uint32_t i = 0; i < names.count; i++)
		add_facts_file(search, names.items[i]);
	table_release(&names);
}

static const char *folder_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strndup(arena, path, (size_t)(slash - path) + (slash == path)) : ".";
}

/* The facts of a library's member, or NULL. Its own folder is searched first, as the nearest. */
static const char *find_facts(struct search *search, const char *library, const struct archive_member *member)
{
	size_t size;
	const char *key =
	    object_key(search, member->name, strlen(member->name), hash(member->bytes, member->size), &size);
	const char *next = folder_of(library, search->arena);
	for (const char *const *folder = search->folders; next; next = *folder++) {
		search_folder(search, next);
		uint32_t id = intern_find_n(&search->objects, key, size);
		if (id != UINT32_MAX)
			return search->of_object.items[id];
	}
	return NULL;
}

/* An object file: its facts stand beside it, and go with this content of it. */
static void take_object(struct search *search, const char *path, uint64_t hash_of_object)
{
	const char *facts = linked_facts_path(path, search->arena);
	uint64_t object;
	if (facts_object(facts, &object) && object == hash_of_object)
		choose(search, facts);
	else
		miss(search, path);
}

static void take_member(struct search *search, const char *library, const struct archive_member *member)
{
	const char *facts;
	if (!member->bytes) {
		const char *path = path_join(folder_of(library, search->arena), member->name, search->arena);
		take_object(search, path, linked_hash(path));
	} else if (!is_object(member->bytes, member->size)) {
		return; /* a list of names or the like, which linkers pass over too */
	} else if ((facts = find_facts(search, library, member))) {
		choose(search, facts);
	} else {
		miss(search, arena_printf(search->arena, "%s(%s)", library, member->name));
	}
}

static void take_library(struct search *search, const char *path, struct mapping library)
{
	archive_members members = {0};
	if (!archive_read(library.bytes, library.size, search->arena, &members))
		miss(search, path);
	for (uint32_t i = 0; i < members.count; i++)
		take_member(search, path, &members.items[i]);
	table_release(&members);
}

static void take_file(struct search *search, const char *path)
{
	struct mapping file = map(path);
	if (archive_is(file.bytes, file.size)) {
		take_library(search, path, file);
	} else if (is_object(file.bytes, file.size)) {
		take_object(search, path, hash(file.bytes, file.size));
	} else if (is_source(path)) {
		miss(search, path);
		search->linked->sources++;
	}
	unmap(file);
}

void linked_find(struct linked *linked, const char *const *inputs, const char *const *folders, struct arena *arena)
{
	struct search search = {.linked = linked, .arena = arena, .folders = folders};
	intern_init(&search.seen);
	intern_init(&search.chosen);
	intern_init(&search.objects);
	table_add(&search.of_object, NULL);
	for (; *inputs; inputs++)
		take_file(&search, *inputs);
	intern_release(&search.seen);
	intern_release(&search.chosen);
	intern_release(&search.objects);
	table_release(&search.of_object);
}

void linked_release(struct linked *linked)
{
	table_release(&linked->facts);
	table_release(&linked->without);
}
