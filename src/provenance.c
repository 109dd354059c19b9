#include "provenance.h"

#include "git.h"
#include "uri.h"

#include <string.h>

/* Cuts the first line off the text; NULL if there is none. */
static const char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return line;
}

static const char *behind_user(const char *authority)
{
	size_t length = strcspn(authority, "/");
	for (size_t i = length; i-- > 0;)
		if (authority[i] == '@')
			return authority + i + 1;
	return authority;
}

const char *provenance_uri(const char *address, struct arena *arena)
{
	const char *scheme = strstr(address, "://"), *colon = strchr(address, ':'), *slash = strchr(address, '/');
	if (scheme && strncmp(address, "file:", 5) != 0)
		return arena_printf(arena, "%.*s%s", (int)(scheme + 3 - address), address, behind_user(scheme + 3));
	if (scheme || !colon || (slash && slash < colon))
		return NULL;
	const char *host = behind_user(arena_strndup(arena, address, (size_t)(colon - address)));
	const char *path = colon + 1 + (colon[1] == '/');
	return arena_printf(arena, "ssh://%s/%s", host, uri_of_path(path, arena));
}

bool provenance_find(const char *directory, struct provenance *provenance, struct arena *arena)
{
	static const char *const place[] = {"rev-parse", "--show-toplevel", "HEAD", "--abbrev-ref", "HEAD", NULL};
	static const char *const remote[] = {"config", "--get", "remote.origin.url", NULL};
	const char *error;
	size_t size;
	char *text = git_run(directory, place, &size, arena, &error);
	const char *top = text ? next_line(&text) : NULL;
	if (!top || strcmp(top, directory) != 0)
		return false;
	provenance->revision = next_line(&text);
	provenance->branch = next_line(&text);
	if (provenance->branch && strcmp(provenance->branch, "HEAD") == 0)
		provenance->branch = NULL;
	text = git_run(directory, remote, &size, arena, &error);
	const char *address = text ? next_line(&text) : NULL;
	provenance->repository = address ? provenance_uri(address, arena) : NULL;
	return provenance->repository && provenance->revision;
}
