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

/* Puts `asynclint: allow RULE: reason` above the line of each finding, with its indentation and the file's line ends;
   one comment for all rules of a line. A line in a macro of several lines, or one that begins within a comment or a
   string, cannot have one. Each file is replaced as a whole or stays as it is. `root` is what the findings' paths are
   relative to; strings of the result are in the arena. */
void add_allow(const struct findings *findings, const char *root, const char *reason, struct arena *arena,
	       struct add_allow_result *result);

/* What is wrong with the reason, or NULL: it has to stand in a comment of one line. */
const char *add_allow_check_reason(const char *reason);

#endif
