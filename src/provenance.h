/*
 * Which version of which repository the sources are: for reports that leave the machine they were made on.
 */
#ifndef ASYNCLINT_PROVENANCE_H
#define ASYNCLINT_PROVENANCE_H

#include "arena.h"

#include <stdbool.h>

struct provenance {
	const char *repository; /* the URI of the remote "origin", without a user's name or password */
	const char *revision;   /* of HEAD, in full */
	const char *branch;     /* or NULL: no branch is checked out */
};

/* What git says of the directory. False, without a message, if it is not the top of a repository that has a commit and
   a remote "origin" with an address: then nobody else could look it up. The strings are owned by the arena. */
bool provenance_find(const char *directory, struct provenance *provenance, struct arena *arena);

/* A remote's address as a URI, as git reads it (git-clone(1), "GIT URLS"): `user@host:path` is ssh://host/path. What
   stands before the host is left out, as CI puts tokens there. NULL for a path on this machine. */
const char *provenance_uri(const char *address, struct arena *arena);

#endif
