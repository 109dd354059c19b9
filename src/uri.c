#include "uri.h"

#include "paths.h"

#include <ctype.h>
#include <stdlib.h>
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

const char *path_of_uri(const char *uri, struct arena *arena)
{
	static const char scheme[] = "file://", host[] = "localhost";
	if (strncmp(uri, scheme, strlen(scheme)) != 0)
		return NULL;
	const char *rest = uri + strlen(scheme);
	if (strncmp(rest, host, strlen(host)) == 0)
		rest += strlen(host);
	if (*rest != '/')
		return NULL;
	char *path = arena_strdup(arena, rest), *end = path;
	for (const char *at = path; *at; at++) {
		char digits[3] = "";
		if (at[0] == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
			memcpy(digits, at + 1, 2);
			at += 2;
		}
		*end++ = *digits ? (char)strtol(digits, NULL, 16) : *at;
	}
	*end = '\0';
	const char *resolved = path_resolve(path, arena);
	return resolved ? resolved : path;
}
