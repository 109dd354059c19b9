#include "changes.h"

#include "git.h"
#include "paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The mode of a submodule in a tree. */
static const char submodule_mode[] = "160000";

struct reader {
	struct arena *arena;
	struct changes *changes;
	const char *root;
	const char **error;
};

/* What git printed in one line, without its end; NULL with the reason in reader->error. */
static const char *run_for_line(const struct reader *reader, const char *directory, const char *const *arguments)
{
	size_t size;
	char *line = git_run(directory, arguments, &size, reader->arena, reader->error);
	if (line && size && line[size - 1] == '\n')
		line[size - 1] = '\0';
	return line;
}

/* Id of the commit, NULL with the reason in reader->error ("" if there is none of that name). */
static const char *commit_id(const struct reader *reader, const char *directory, const char *revision)
{
	const char *name = arena_printf(reader->arena, "%s^{commit}", revision);
	return run_for_line(reader, directory,
			    (const char *[]){"rev-parse", "--verify", "--quiet", "--end-of-options", name, NULL});
}

/* Compared with it, all that there is has changed. */
static const char *empty_tree(const struct reader *reader, const char *directory)
{
	return run_for_line(reader, directory, (const char *[]){"hash-object", "-t", "tree", "/dev/null", NULL});
}

/* The commit or tree to compare with. */
static const char *find_base(const struct reader *reader, const char *directory, const char *revision)
{
	const char *commit = commit_id(reader, directory, revision ? revision : "HEAD");
	if (!revision)
		return commit ? commit : empty_tree(reader, directory); /* nothing has been committed yet */
	if (!commit) {
		if (!**reader->error)
			*reader->error = arena_printf(reader->arena, "there is no revision '%s'", revision);
		return NULL;
	}
	const char *base = run_for_line(reader, directory, (const char *[]){"merge-base", "HEAD", commit, NULL});
	if (!base && !**reader->error)
		*reader->error = arena_printf(
		    reader->arena, "HEAD and '%s' have no commit in common (a shallow clone may lack it)", revision);
	return base;
}

static void add_file(const struct reader *reader, const char *directory, const char *name)
{
	const char *path = path_resolve(path_join(directory, name, reader->arena), reader->arena);
	if (path)
		intern(&reader->changes->names, path_in_root(path, reader->root));
}

static bool read_tree(const struct reader *reader, const char *directory, const char *base);

/* Of a submodule that is not checked out there is nothing to look at. */
static bool read_submodule(const struct reader *reader, const char *directory, const char *name, const char *mode,
			   const char *id)
{
	const char *inside = path_join(directory, name, reader->arena);
	if (access(path_join(inside, ".git", reader->arena), F_OK) != 0)
		return true;
	bool is_new = strncmp(mode, submodule_mode, strlen(submodule_mode)) != 0;
	const char *base = is_new ? empty_tree(reader, inside) : id;
	return base && read_tree(reader, inside, base);
}

/* One entry of `git diff --raw -z`: ":<old mode> <new mode> <old id> <new id> <status>", NUL, the name. */
static bool read_entry(const struct reader *reader, const char *directory, const char *entry, const char *name)
{
	char old_mode[8], new_mode[8], old_id[128];
	if (sscanf(entry, ":%7s %7s %127s", old_mode, new_mode, old_id) != 3) {
		*reader->error = "git's answer is not of the form that it documents";
		return false;
	}
	if (strcmp(new_mode, submodule_mode) == 0)
		return read_submodule(reader, directory, name, old_mode, arena_strdup(reader->arena, old_id));
	add_file(reader, directory, name);
	return true;
}

static bool read_tracked(const struct reader *reader, const char *directory, const char *base)
{
	size_t size;
	const char *const arguments[] = {"diff",
					 "--raw",
					 "-z",
					 "--no-abbrev",
					 "--no-renames",
					 "--no-ext-diff",
					 "--no-relative",
					 "--diff-filter=d",
					 "--ignore-submodules=none",
					 base,
					 "--",
					 NULL};
	const char *at = git_run(directory, arguments, &size, reader->arena, reader->error);
	if (!at)
		return false;
	for (const char *end = at + size; at < end;) {
		const char *name = at + strlen(at) + 1;
		if (!read_entry(reader, directory, at, name < end ? name : ""))
			return false;
		at = name + (name < end ? strlen(name) + 1 : 0);
	}
	return true;
}

static bool read_untracked(const struct reader *reader, const char *directory)
{
	size_t size;
	const char *const arguments[] = {"ls-files", "-z", "--others", "--exclude-standard", NULL};
	const char *at = git_run(directory, arguments, &size, reader->arena, reader->error);
	if (!at)
		return false;
	for (const char *end = at + size; at < end; at += strlen(at) + 1)
		if (at[0] && at[strlen(at) - 1] != '/') /* as a repository inside is written */
			add_file(reader, directory, at);
	return true;
}

/* `directory` is the top of a working tree. */
static bool read_tree(const struct reader *reader, const char *directory, const char *base)
{
	return read_tracked(reader, directory, base) && read_untracked(reader, directory);
}

bool changes_read(const char *root, const char *revision, struct arena *arena, struct changes *changes,
		  const char **error)
{
	const char *reason = "";
	struct reader reader = {.arena = arena, .changes = changes, .root = root, .error = &reason};
	intern_init(&changes->names);
	const char *top = run_for_line(&reader, root, (const char *[]){"rev-parse", "--show-toplevel", NULL});
	const char *base = top ? find_base(&reader, top, revision) : NULL;
	if (!base || !read_tree(&reader, top, base)) {
		*error = arena_printf(arena, "cannot tell what changed in '%s': %s", root,
				      *reason ? reason : "git failed and does not say why");
		return false;
	}
	table_need(&changes->in_units, changes->names.count);
	for (uint32_t id = 0; id < changes->names.count; id++)
		table_add(&changes->in_units, false);
	return true;
}

void changes_mark(struct changes *changes, const char *file)
{
	uint32_t id = intern_find(&changes->names, file);
	if (id != UINT32_MAX)
		changes->in_units.items[id] = true;
}

void changes_mark_unit(struct changes *changes, const struct facts *unit)
{
	changes_mark(changes, facts_text(unit, unit->main_file));
	for (uint32_t i = 0; i < unit->inclusions_count; i++)
		changes_mark(changes, facts_text(unit, unit->inclusions[i].path));
}

bool changes_concern(const struct changes *changes, uint32_t id)
{
	const char *name = intern_text(&changes->names, id), *dot = strrchr(name, '.');
	return changes->in_units.items[id] || (dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0));
}

void changes_release(struct changes *changes)
{
	intern_release(&changes->names);
	table_release(&changes->in_units);
}
