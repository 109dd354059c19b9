/*
 * file URIs ↔ absolute paths: RFC 8089, percent encoding of RFC 3986 (2.1, 2.3).
 */
#ifndef ASYNCLINT_LSP_URI_H
#define ASYNCLINT_LSP_URI_H

#include "arena.h"

/* The path of a file URI, without symbolic links if the file exists; NULL if it is no file URI of this machine. */
const char *uri_path(const char *uri, struct arena *arena);

/* The URI of an absolute path. */
const char *uri_of_path(const char *path, struct arena *arena);

#endif
