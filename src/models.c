#include "models.h"

#include "intern.h"
#include "model_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

enum { FILE_LIMIT = 16 * 1024 * 1024 }; /* bytes; a model has some thousand */

/* All that the models say of one kind of thing. An entry's index is the id of its name, so entry 0 is empty. */
struct shelf {
	struct intern names;
	TABLE(struct model_entry) entries; /* without a name: only interned */
	TABLE(struct model_entry) sorted;  /* by library, then name */
};

struct model_tables {
	struct shelf shelves[SHELVES];
};

static struct model_entry *shelf_place(struct shelf *shelf, const char *name)
{
	uint32_t id = intern(&shelf->names, name);
	while (shelf->entries.count <= id)
		table_add(&shelf->entries, (struct model_entry){0});
	return &shelf->entries.items[id];
}

static const void *shelf_find(const struct models *models, enum shelf_kind kind, const char *name)
{
	if (!models->tables)
		return NULL;
	const struct shelf *shelf = &models->tables->shelves[kind];
	uint32_t id = intern_find(&shelf->names, name);
	return id < shelf->entries.count ? shelf->entries.items[id].item : NULL;
}

static const void *shelf_at(const struct models *models, enum shelf_kind kind, uint32_t i)
{
	if (!models->tables)
		return NULL;
	const struct shelf *shelf = &models->tables->shelves[kind];
	return i < shelf->sorted.count ? shelf->sorted.items[i].item : NULL;
}

static int compare_entries(const void *left, const void *right)
{
	const struct model_entry *a = left, *b = right;
	int order = strcmp(a->library, b->library);
	return order ? order : strcmp(a->name, b->name);
}

static void sort_shelves(struct models *models)
{
	for (int kind = 0; models->tables && kind < SHELVES; kind++) {
		struct shelf *shelf = &models->tables->shelves[kind];
		shelf->sorted.count = 0;
		for (uint32_t id = 0; id < shelf->entries.count; id++) {
			if (shelf->entries.items[id].item)
				table_add(&shelf->sorted, shelf->entries.items[id]);
		}
		if (shelf->sorted.count)
			qsort(shelf->sorted.items, shelf->sorted.count, sizeof(*shelf->sorted.items), compare_entries);
	}
}

/* Puts what a file said onto the shelves, over what earlier files said. */
static void publish(struct models *models, const struct model_file *file)
{
	if (!models->tables) {
		models->tables = arena_alloc(models->arena, sizeof(*models->tables));
		for (int kind = 0; kind < SHELVES; kind++)
			intern_init(&models->tables->shelves[kind].names);
	}
	for (uint32_t i = 0; i < file->entries.count; i++) {
		const struct model_entry *said = &file->entries.items[i];
		struct model_entry *entry = shelf_place(&models->tables->shelves[said->shelf], said->name);
		/* Several libraries may share a world; only one needs to say what it is like. */
		if (said->shelf == WORLDS && entry->item && !file->says_reentrant)
			continue;
		*entry = *said;
	}
}

static bool refuse(struct model_file *model, const char *reason)
{
	model->error = arena_printf(model->arena, "%s: %s", model->path, reason);
	return false;
}

static bool read_file(struct model_file *model)
{
	struct stat status;
	if (stat(model->path, &status) == 0 && S_ISFIFO(status.st_mode)) /* to open it may take for ever */
		return refuse(model, "cannot read: it is a pipe");
	FILE *file = fopen(model->path, "rb");
	if (!file)
		return refuse(model, arena_printf(model->arena, "cannot open: %s", strerror(errno)));
	TABLE(char) text = {0};
	size_t length;
	do {
		table_need(&text, 32 * 1024);
		length = fread(text.items + text.count, 1, text.capacity - text.count, file);
		text.count += (uint32_t)length;
	} while (length && text.count <= FILE_LIMIT);
	bool good;
	if (ferror(file))
		good = refuse(model, arena_printf(model->arena, "cannot read: %s", strerror(errno)));
	else if (text.count > FILE_LIMIT)
		good = refuse(model, arena_printf(model->arena, "larger than %d bytes", FILE_LIMIT));
	else {
		table_add(&text, '\0');
		model->hash = XXH3_64bits(text.items, text.count);
		good = model_file_parse(model, text.items, text.count - 1);
	}
	fclose(file);
	table_release(&text);
	return good;
}

static bool load_file(struct models *models, const char *path, struct arena *arena, const char **error)
{
	struct model_file file = {.arena = arena, .path = path};
	if (!models->arena)
		models->arena = arena;
	bool good = read_file(&file);
	models->hash = XXH3_64bits_withSeed(&file.hash, sizeof(file.hash), models->hash);
	if (good)
		publish(models, &file);
	else
		*error = file.error;
	model_file_release(&file);
	return good;
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

bool models_load(struct models *models, const char *path, struct arena *arena, const char **error)
{
	bool good = load_file(models, path, arena, error);
	sort_shelves(models);
	return good;
}

bool models_load_directory(struct models *models, const char *path, struct arena *arena, const char **error)
{
	DIR *directory = opendir(path);
	if (!directory) {
		*error = arena_printf(arena, "%s: cannot open: %s", path, strerror(errno));
		return false;
	}
	TABLE(const char *) paths = {0};
	for (const struct dirent *entry; (entry = readdir(directory));) {
		const char *dot = strrchr(entry->d_name, '.');
		if (dot && dot != entry->d_name && strcmp(dot, ".json") == 0)
			table_add(&paths, arena_printf(arena, "%s/%s", path, entry->d_name));
	}
	closedir(directory);
	if (paths.count)
		qsort(paths.items, paths.count, sizeof(*paths.items), compare_paths);
	bool good = true;
	for (uint32_t i = 0; good && i < paths.count; i++)
		good = load_file(models, paths.items[i], arena, error);
	sort_shelves(models);
	table_release(&paths);
	return good;
}

void models_release(struct models *models)
{
	for (int kind = 0; models->tables && kind < SHELVES; kind++) {
		struct shelf *shelf = &models->tables->shelves[kind];
		intern_release(&shelf->names);
		table_release(&shelf->entries);
		table_release(&shelf->sorted);
	}
	*models = (struct models){0};
}

const struct model_function *models_function(const struct models *models, const char *name)
{
	return shelf_find(models, FUNCTIONS, name);
}

const struct model_type *models_type(const struct models *models, const char *name)
{
	return shelf_find(models, TYPES, name);
}

const struct model_slot *models_callback_type(const struct models *models, const char *typedef_name)
{
	return shelf_find(models, CALLBACK_TYPES, typedef_name);
}

const struct model_slot *models_field(const struct models *models, const char *record_and_field)
{
	return shelf_find(models, FIELDS, record_and_field);
}

const struct model_world *models_world(const struct models *models, const char *name)
{
	return shelf_find(models, WORLDS, name);
}

bool models_would_block(const struct models *models, const char *constant)
{
	return shelf_find(models, WOULD_BLOCK, constant) != NULL;
}

const struct model_function *models_function_at(const struct models *models, uint32_t i)
{
	return shelf_at(models, FUNCTIONS, i);
}

const struct model_type *models_type_at(const struct models *models, uint32_t i)
{
	return shelf_at(models, TYPES, i);
}

const struct model_slot *models_callback_type_at(const struct models *models, uint32_t i)
{
	return shelf_at(models, CALLBACK_TYPES, i);
}

const struct model_slot *models_field_at(const struct models *models, uint32_t i)
{
	return shelf_at(models, FIELDS, i);
}
