/*
 * The hash by which GitHub's code scanning knows a line again after edits elsewhere: a result's
 * partialFingerprints.primaryLocationLineHash.
 *
 * It is a rolling hash of 100 characters from the line's begin on: UTF-16 units, spaces and tabs left out, every end of
 * line as '\n'; behind the end of the file stand one 0xFFFF and then zeros. A number follows it, as lines may be equal:
 * "39fa2ee980eb94b0:1" is the first of its hash in the file. The algorithm is that of src/fingerprints.ts in
 * github.com/github/codeql-action, which computes it for reports that lack it.
 */
#ifndef ASYNCLINT_LINE_HASH_H
#define ASYNCLINT_LINE_HASH_H

#include "arena.h"
#include "table.h"

/* Of all lines of one text. Zero-initialise. */
struct line_hashes {
	TABLE(uint64_t) of_line; /* in order of lines */
};

/* Replaces what is there by the hashes of the text's lines. */
void line_hashes_compute(struct line_hashes *hashes, const char *text, size_t size);

/* "hash:number" of the line (from 1), or NULL if there is no such line. */
const char *line_hash(const struct line_hashes *hashes, uint32_t line, struct arena *arena);

void line_hashes_release(struct line_hashes *hashes);

#endif
