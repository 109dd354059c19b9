/*
 * Suppression comments, written into the sources: what allow.h reads.
 */
#ifndef ASYNCLINT_ADD_ALLOW_H
#define ASYNCLINT_ADD_ALLOW_H

#include "finding.h"

#include <stdbool.h>

struct add_allow_result {
	uint32_t findings, files; /* that are suppressed now, and in how many files */
	coverage_notes left;      /* findings that are not, and why; name: the rule */
};

/* Puts `asynclint: allow RULE: reason` where it speaks of each finding (allow_place.h); one comment for all rules of a
   line. Each file is replaced as a whole or stays as it is. `root` is what the findings' paths are relative to; strings
   of the result are in the arena. */
void add_allow(const struct findings *findings, const char *root, const char *reason, struct arena *arena,
	       struct add_allow_result *result);

/* What is wrong with the reason, or NULL: it has to stand in a comment of one line. */
const char *add_allow_check_reason(const char *reason);

#endif
