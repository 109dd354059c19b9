#include "lsp_uri.h"

#include "paths.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *uri_path(const char *uri, struct arena *arena)
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

const char *uri_of_path(const char *path, struct arena *arena)
{
	char *uri = arena_alloc(arena, 3 * strlen(path) + sizeof("file://")), *end = uri;
	end = stpcpy(end, "file://");
	for (const unsigned char *at = (const unsigned char *)path; *at; at++) {
		if (isalnum(*at) || strchr("/-._~", *at)) {
			*end++ = (char)*at;
		} else {
			static const char digits[] = "0123456789ABCDEF";
			*end++ = '%';
			*end++ = digits[*at >> 4];
			*end++ = digits[*at & 15];
		}
	}
	return uri;
}
