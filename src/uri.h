/*
 * Paths as URIs (RFC 3986, and RFC 8089 for `file:`). What a path holds beside letters, digits, "-._~" and its slashes
 * is percent-encoded byte by byte, so that any path survives, in whatever encoding its name is.
 */
#ifndef ASYNCLINT_URI_H
#define ASYNCLINT_URI_H

#include "arena.h"

/* A relative path becomes a relative reference, an absolute one "file:///...". */
const char *uri_of_path(const char *path, struct arena *arena);

#endif
