#include "library.h"

#include <string.h>

/* Shares of exported functions without a caller, in per cent. Beside a main() there may be a tool, or a whole program.
 */
enum { UNCALLED = 15, UNCALLED_BESIDE_MAIN = 20, FEWEST_BESIDE_MAIN = 10 };

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

static const struct folder *find_folder(const struct libraries *libraries, const char *path)
{
	uint32_t id = intern_find_n(&libraries->paths, path, folder_length(path));
	return id < libraries->folders.count ? &libraries->folders.items[id] : NULL;
}

static struct folder *add_folder(struct libraries *libraries, const char *path)
{
	uint32_t id = intern_n(&libraries->paths, path, folder_length(path));
	while (libraries->folders.count <= id)
		table_add(&libraries->folders, (struct folder){0});
	return &libraries->folders.items[id];
}

/* By node: a pointer holds it, so that it may be called by way of a table. */
static uint8_t *find_held(struct derived *derived)
{
	const struct program *program = derived->program;
	uint8_t *is_held = arena_alloc(&derived->arena, program->nodes.count);
	for (uint32_t i = 0; i < program->holders.count; i++)
		for (uint32_t h = 0; h < program->holders.items[i].held.count; h++)
			is_held[program->holders.items[i].held.items[h].function] = 1;
	return is_held;
}

static bool is_open(const struct libraries *libraries, const struct node *node)
{
	return libraries->no_headers ? !(node->flags & (FUNCTION_STATIC | FUNCTION_SYSTEM)) : node_is_exported(node);
}

/* Only tests call it, if anything does. */
static bool is_uncalled(const struct derived *derived, uint32_t index)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t i = 0; i < node->in_count; i++) {
		uint32_t from = program->edges.items[program->incoming.items[node->first_in + i]].from;
		if (from != index && !is_test_file(program->nodes.items[from].file))
			return false;
	}
	return true;
}

void libraries_find(struct derived *derived, struct libraries *libraries)
{
	const struct program *program = derived->program;
	const uint8_t *is_held = find_held(derived);
	*libraries = (struct libraries){.no_headers = true};
	intern_init(&libraries->paths);
	for (uint32_t n = 0; n < program->nodes.count; n++)
		libraries->no_headers &=
		    !program->nodes.items[n].body_count || !node_is_exported(&program->nodes.items[n]);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		if (!node->body_count || is_test_file(node->file))
			continue;
		struct folder *folder = add_folder(libraries, node->file);
		folder->has_main |= strcmp(node->name, "main") == 0;
		folder->exported += is_open(libraries, node);
		folder->uncalled += is_open(libraries, node) && !is_held[n] && is_uncalled(derived, n);
	}
}

void libraries_release(struct libraries *libraries)
{
	intern_release(&libraries->paths);
	table_release(&libraries->folders);
}

bool is_library_file(const struct libraries *libraries, const char *path)
{
	const struct folder *folder = find_folder(libraries, path);
	if (!folder || !folder->uncalled)
		return false;
	uint32_t share = folder->uncalled * 100 / folder->exported;
	return folder->has_main ? share >= UNCALLED_BESIDE_MAIN && folder->uncalled >= FEWEST_BESIDE_MAIN
				: share >= UNCALLED;
}

/* A main() beside the function calls it: it is a part of that program, not of the library around it. */
static bool is_part_of_main(const struct program *program, const struct node *node)
{
	size_t length = folder_length(node->file);
	for (uint32_t i = 0; i < node->in_count; i++) {
		const struct node *from =
		    &program->nodes.items[program->edges.items[program->incoming.items[node->first_in + i]].from];
		if (strcmp(from->name, "main") == 0 && strncmp(from->file, node->file, length) == 0 &&
		    !strchr(from->file + length, '/'))
			return true;
	}
	return false;
}

bool is_library_entry(const struct libraries *libraries, const struct program *program, uint32_t index)
{
	const struct node *node = &program->nodes.items[index];
	return is_open(libraries, node) && is_library_file(libraries, node->file) && !is_part_of_main(program, node);
}
