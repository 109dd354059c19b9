#include "glob.h"

#include "arena.h"

#include <fnmatch.h>
#include <string.h>

/* A pattern, and the path, taken apart at its slashes. */
struct parts {
	const char **items;
	uint32_t count;
};

static struct parts split(const char *text, struct arena *scratch)
{
	struct parts parts = {.items = arena_alloc(scratch, (strlen(text) + 1) * sizeof(const char *))};
	while (*text) {
		size_t length = strcspn(text, "/");
		if (length)
			parts.items[parts.count++] = arena_strndup(scratch, text, length);
		text += length + (text[length] == '/');
	}
	return parts;
}

static struct parts behind_first(struct parts parts)
{
	return (struct parts){parts.items + 1, parts.count - 1};
}

/* Whether the pattern matches the path, or a directory above it. With `directory`, only such a directory. */
static bool match(struct parts pattern, struct parts path, bool directory)
{
	if (!pattern.count)
		return path.count || !directory;
	if (strcmp(pattern.items[0], "**") == 0) {
		if (pattern.count == 1)
			return path.count > 0;
		for (; path.count; path = behind_first(path))
			if (match(behind_first(pattern), path, directory))
				return true;
		return false;
	}
	return path.count && fnmatch(pattern.items[0], path.items[0], 0) == 0 &&
	       match(behind_first(pattern), behind_first(path), directory);
}

static bool matches_below(const char *pattern, const char *path)
{
	struct arena scratch = {0};
	const char *slash = strchr(pattern, '/');
	bool anywhere = !slash || !slash[1];
	if (anywhere)
		pattern = arena_printf(&scratch, "**/%s", pattern);
	size_t length = strlen(pattern);
	bool matches = match(split(pattern, &scratch), split(path, &scratch), length && pattern[length - 1] == '/');
	arena_release(&scratch);
	return matches;
}

bool glob_matches(const struct glob *glob, const char *path)
{
	size_t length = strlen(glob->directory);
	if (length == 1)
		length = 0; /* the root directory ends with the slash that is looked for */
	return strncmp(path, glob->directory, length) == 0 && path[length] == '/' &&
	       matches_below(glob->pattern, path + length + 1);
}

bool globs_match(const globs *list, const char *path)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (glob_matches(&list->items[i], path))
			return true;
	return false;
}
