/*
 * Suppressions: `// asynclint: allow RULE[, RULE]: REASON`.
 *
 * RULE is a rule's id or a family. At the end of a line of code the comment speaks of that line; alone on its line, of
 * the next line that is not such a comment too. Where that is the line of a function's definition, it speaks of the
 * whole function. The reason is required: without one nothing is suppressed.
 */
#ifndef ASYNCLINT_ALLOW_H
#define ASYNCLINT_ALLOW_H

#include "facts.h"
#include "finding.h"
#include "rule.h"

struct allow_options {
	const struct rule *const *rules; /* that ran, NULL-terminated */
	/* The units are not the whole program, so that what a suppression is for may not have been seen: do not call it
	 * unused. */
	bool partial;
};

/* Takes the suppressed findings out of `findings`. Adds to coverage->unused_suppressions, in order of place, each
   suppression that names an unknown rule, gives no reason, or suppresses nothing although its rule ran; the strings are
   owned by the findings. */
void allow_apply(const struct facts *const *units, uint32_t unit_count, const struct allow_options *options,
		 struct findings *findings, struct coverage *coverage);

#endif
