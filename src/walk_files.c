#include "walk_internal.h"

#include "paths.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static bool is_header(const char *path)
{
	const char *dot = strrchr(path, '.');
	return !dot || (strcmp(dot, ".c") != 0 && strcmp(dot, ".i") != 0);
}

static bool is_system_path(const char *path)
{
	return strncmp(path, "/usr/", 5) == 0 || strncmp(path, "/opt/", 5) == 0;
}

/* Index of the file that libclang calls `name`. */
static uint32_t known_file(struct walk *walk, const char *name)
{
	struct known_files *files = walk->files;
	uint32_t id =
	    name[0] == '/' ? intern(&files->names, name) : intern_printf(&files->names, "%s/%s", walk->directory, name);
	if (id < files->list.count)
		return id;
	char *path = realpath(name, NULL);
	table_add(&files->list, (struct known_file){.path = arena_strdup(&files->arena, path ? path : name)});
	free(path);
	return id;
}

struct source_file *walk_source(struct walk *walk, CXFile file)
{
	if (!file)
		return NULL;
	uint32_t *met = pointer_map_at(&walk->known.files, file);
	if (*met)
		return &walk->sources.items[*met - 1];
	CXString name = clang.getFileName(file);
	uint32_t known = known_file(walk, clang.getCString(name));
	clang.disposeString(name);
	const char *path = walk->files->list.items[known].path;
	struct source_file source = {.file = file, .known = known, .header = is_header(path)};
	if (path_in_root(path, walk->root) == path)
		source.system = is_system_path(path) ||
				clang.Location_isInSystemHeader(clang.getLocationForOffset(walk->unit, file, 0));
	if (walk->main_text && !walk->sources.count) {
		source.text = walk->main_text;
		source.size = strlen(walk->main_text);
		source.has_text = true;
	}
	table_add(&walk->sources, source);
	*met = walk->sources.count;
	return &walk->sources.items[walk->sources.count - 1];
}

uint32_t walk_source_path(struct walk *walk, struct source_file *source)
{
	/* Not before somebody asks: which files are met first depends on whether there is a prefix. */
	if (!source->path) {
		const char *shown = walk->files->list.items[source->known].path;
		source->path = intern(&walk->strings, path_in_root(shown, walk->root));
	}
	return source->path;
}

void walk_text(const struct walk *walk, struct source_file *source)
{
	if (!source->has_text)
		source->text = clang.getFileContents(walk->unit, source->file, &source->size);
	source->has_text = true;
}

static bool mentions(const struct source_file *source, const char *word)
{
	return source->text && memmem(source->text, source->size, word, strlen(word));
}

const struct known_file *walk_read_file(struct walk *walk, struct source_file *source)
{
	struct known_file *known = &walk->files->list.items[source->known];
	CXFileUniqueID id = {{0}};
	bool has_id = clang.getFileUniqueID(source->file, &id) == 0;
	if (known->read && has_id && memcmp(&known->id, &id, sizeof(id)) == 0)
		return known;
	walk_text(walk, source);
	known->read = has_id;
	known->id = id;
	known->hash = source->text ? XXH3_64bits(source->text, source->size) : 0;
	known->size = source->text ? source->size : 0;
	known->suppressions = mentions(source, SUPPRESSION_MARK);
	known->positional = mentions(source, "__BASE_FILE__") || mentions(source, "push_macro");
	return known;
}

void known_files_release(struct known_files *files)
{
	table_release(&files->list);
	intern_release(&files->names);
	arena_release(&files->arena);
}
