#include "facts_files.h"

#include "io.h"
#include "paths.h"

#include <errno.h>
#include <fts.h>
#include <string.h>

static const char suffix[] = FACTS_SUFFIX;

static bool make_directory(const char *path, struct arena *arena, const char **error)
{
	bool made = io_make_directories(path, arena);
	if (!made)
		*error = arena_printf(arena, "cannot make the directory '%s': %s", path, strerror(errno));
	return made;
}

bool facts_files_begin(struct facts_files *files, const char *directory, struct arena *arena, const char **error)
{
	*files = (struct facts_files){.directory = directory, .arena = arena};
	intern_init(&files->units);
	return make_directory(directory, arena, error);
}

/* Returns how many of the main file's there are now. */
static uint32_t count_unit(struct facts_files *files, const char *unit)
{
	uint32_t id = intern(&files->units, unit);
	while (files->saved_units.count <= id)
		table_add(&files->saved_units, 0);
	return ++files->saved_units.items[id];
}

bool facts_files_save(struct facts_files *files, const struct facts *facts, const char **error)
{
	const char *unit = facts_text(facts, facts->main_file);
	uint32_t number = count_unit(files, unit);
	/* Not path_join(): a file outside of the project's root has an absolute name. */
	const char *path = arena_printf(files->arena, "%s/%s", files->directory, unit);
	const char *folder = arena_strndup(files->arena, path, (size_t)(strrchr(path, '/') - path));
	if (!make_directory(folder, files->arena, error))
		return false;
	path = number > 1 ? arena_printf(files->arena, "%s.%u%s", path, number, suffix)
			  : arena_printf(files->arena, "%s%s", path, suffix);
	return facts_save(facts, path, files->arena, error);
}

void facts_files_end(struct facts_files *files)
{
	intern_release(&files->units);
	table_release(&files->saved_units);
}

static int compare_entries(const FTSENT **left, const FTSENT **right)
{
	return strcmp((*left)->fts_name, (*right)->fts_name);
}

static bool has_suffix(const FTSENT *entry)
{
	size_t length = strlen(suffix);
	return entry->fts_namelen > length && strcmp(entry->fts_name + entry->fts_namelen - length, suffix) == 0;
}

bool facts_files_list(const char *directory, facts_names *names, struct arena *arena, const char **error)
{
	char *roots[] = {arena_strdup(arena, directory), NULL};
	uint32_t before = names->count;
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_entries);
	if (!tree)
		arena_out_of_memory();
	const char *failed = NULL;
	for (FTSENT *entry; (entry = fts_read(tree));) {
		bool unreadable = entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR;
		if (unreadable && !failed)
			failed =
			    arena_printf(arena, "cannot read '%s': %s", entry->fts_path, strerror(entry->fts_errno));
		else if (entry->fts_info == FTS_F && has_suffix(entry))
			table_add(names, arena_strdup(arena, entry->fts_path));
	}
	fts_close(tree);
	if (!failed && names->count == before)
		failed = arena_printf(arena, "no file in '%s' is called *%s", directory, suffix);
	*error = failed;
	return !failed;
}
