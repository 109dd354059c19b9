#include "paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Length of the leading folders that both paths have, without a slash at the end; 0 if there are none but "/". */
static size_t common_folders(const char *path, const char *directory)
{
	size_t common = 0, i = 0;
	for (; path[i] && path[i] == directory[i]; i++)
		if (path[i] == '/')
			common = i;
	if ((!path[i] || path[i] == '/') && (!directory[i] || directory[i] == '/'))
		common = i;
	return common;
}

char *path_resolve(const char *path, struct arena *arena)
{
	char resolved[PATH_MAX];
	return realpath(path, resolved) ? arena_strdup(arena, resolved) : NULL;
}

const char *path_join(const char *directory, const char *path, struct arena *arena)
{
	if (path[0] == '/')
		return path;
	return arena_printf(arena, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory, path);
}

const char *path_relative(const char *path, const char *directory, struct arena *arena)
{
	size_t common = common_folders(path, directory);
	if (!common)
		return path;
	const char *way = "";
	for (const char *rest = directory + common; *rest; rest++)
		if (*rest == '/')
			way = arena_printf(arena, "%s%s..", way, *way ? "/" : "");
	const char *down = path[common] ? path + common + 1 : "";
	if (!*way || !*down)
		return *way ? way : *down ? down : ".";
	return arena_printf(arena, "%s/%s", way, down);
}

const char *path_in_root(const char *path, const char *root)
{
	size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(path, root, length) == 0 && path[length] == '/' && path[length + 1])
		return path + length + 1;
	return path;
}

bool same_directory(const char *a, const char *b)
{
	const char *a_slash = strrchr(a, '/'), *b_slash = strrchr(b, '/');
	size_t a_length = a_slash ? (size_t)(a_slash - a) : 0, b_length = b_slash ? (size_t)(b_slash - b) : 0;
	return a_length == b_length && strncmp(a, b, a_length) == 0;
}
