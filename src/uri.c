#include "uri.h"

#include <string.h>

/* RFC 3986, 2.3; and the slash, which stays what it is. */
static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

const char *uri_of_path(const char *path, struct arena *arena)
{
	static const char digits[] = "0123456789ABCDEF", scheme[] = "file://";
	char *uri = arena_alloc(arena, sizeof(scheme) + 3 * strlen(path));
	char *end = uri;
	if (path[0] == '/')
		end = stpcpy(end, scheme);
	for (; *path; path++) {
		if (strchr(kept, *path)) {
			*end++ = *path;
			continue;
		}
		*end++ = '%';
		*end++ = digits[(unsigned char)*path >> 4];
		*end++ = digits[*path & 0xF];
	}
	return uri;
}
