/*
 * A baseline: the findings that a project has decided to live with, so that only new ones count.
 *
 * A file of JSON, to be committed, sorted and without lines or times, so that merges and reviews are easy. A finding is
 * known by its fingerprint (finding.h), which holds no lines and no paths: it survives edits, renames and reformatting.
 * The rest of an entry is for people.
 */
#ifndef ASYNCLINT_BASELINE_H
#define ASYNCLINT_BASELINE_H

#include "finding.h"
#include "rule.h"

#include <stdbool.h>

struct baseline_entry {
	const char *fingerprint, *rule, *file, *function, *message;
	uint32_t number; /* of the entry in the file, from 0 */
	bool found;
};

/* Zero-initialise. The strings are in the arena that it was read with. */
struct baseline {
	TABLE(struct baseline_entry) entries; /* in order of fingerprint */
};

/* False with "path:line:column: ..." in *error (arena). */
bool baseline_read(struct baseline *baseline, const char *path, struct arena *arena, const char **error);

/* Takes the findings out that the baseline has, and marks their entries as found; returns how many findings those are.
   `rules` are those that ran, NULL-terminated: entries of others cannot be missed. To be called after
   findings_finish(). */
uint32_t baseline_apply(struct baseline *baseline, const struct rule *const *rules, struct findings *findings);

/* Adds a note for each entry that was not found, in the order of the file: it is fixed. */
void baseline_note_fixed(const struct baseline *baseline, coverage_notes *fixed);

/* Writes a baseline of the findings. False with a message in *error (arena). */
bool baseline_write(const char *path, const struct findings *findings, struct arena *arena, const char **error);

/* Writes it without the entries that were not found. */
bool baseline_prune(const char *path, const struct baseline *baseline, struct arena *arena, const char **error);

void baseline_release(struct baseline *baseline);

#endif
