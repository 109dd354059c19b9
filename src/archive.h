/*
 * The members of a static library.
 *
 * The format is ar's, in the variant of System V and GNU: man 5 ar (Debian: manpages or elfutils), binutils'
 * include/aout/ar.h. A thin archive names the files of its members instead of holding them. Names of BSD's variant
 * ("#1/20") are not read; members have them as they stand.
 */
#ifndef ASYNCLINT_ARCHIVE_H
#define ASYNCLINT_ARCHIVE_H

#include "arena.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

struct archive_member {
	const char *name;  /* of a thin archive: the file's path from the archive's folder */
	const void *bytes; /* NULL in a thin archive */
	uint64_t size;
};

typedef TABLE(struct archive_member) archive_members;

/* Whether the bytes begin as an archive's do. */
bool archive_is(const void *bytes, uint64_t size);

/* Appends the members, without the tables of symbols and names, to *members (to be released by the caller; names are
   the arena's, bytes point into the archive). False if the archive is damaged; what stands before the damage is there.
 */
bool archive_read(const void *bytes, uint64_t size, struct arena *arena, archive_members *members);

#endif
