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

/* `good[i]` says whether the rest of the pattern matches the path from its part `i` on, the end of the path being one
   more part. The same is said of the rest that `part` begins. */
static void put_before(const char *part, bool last, struct parts path, bool *good)
{
	if (strcmp(part, "**") == 0) {
		good[path.count] = false;
		for (uint32_t i = path.count; i-- > 0;)
			good[i] |= last || good[i + 1];
		return;
	}
	for (uint32_t i = 0; i < path.count; i++)
		good[i] = good[i + 1] && fnmatch(part, path.items[i], 0) == 0;
	good[path.count] = false;
}

/* Whether the pattern matches the path, or a directory above it. With `directory`, only such a directory. From the
   pattern's end to its begin, so that several "**" cost no more than one. */
static bool match(struct parts pattern, struct parts path, bool directory, struct arena *scratch)
{
	bool *good = arena_alloc(scratch, path.count + 1);
	for (uint32_t i = 0; i <= path.count; i++)
		good[i] = i < path.count || !directory;
	for (uint32_t i = pattern.count; i-- > 0;)
		put_before(pattern.items[i], i + 1 == pattern.count, path, good);
	return good[0];
}

static bool matches_below(const char *pattern, const char *path)
{
	struct arena scratch = {0};
	const char *slash = strchr(pattern, '/');
	bool anywhere = !slash || !slash[1];
	if (anywhere)
		pattern = arena_printf(&scratch, "**/%s", pattern);
	size_t length = strlen(pattern);
	bool matches =
	    match(split(pattern, &scratch), split(path, &scratch), length && pattern[length - 1] == '/', &scratch);
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

const char *glob_check(const char *pattern)
{
	if (pattern[0] == '!')
		return "cannot be negated";
	if (pattern[0] == '/' || strncmp(pattern, "../", 3) == 0)
		return "cannot lead out of its directory";
	return *pattern ? NULL : "is empty";
}
