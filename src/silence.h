/*
 * Why nothing is said of a line: what is known of each call on it, and what makes each rule stay silent.
 *
 * Rules report on what is surely so and keep silent for many reasons, which they do not give: they are pure. But what
 * they ask is asked of the derived program, so it can be asked again. A rule says which effects of a call it judges
 * (rule.looks_at); for each of them the questions of this module are put in turn, from "can it happen here at all" to
 * "is it on a loop", and every answer that speaks against a finding is printed. What only the rule itself knows is not:
 * then its document is pointed to.
 */
#ifndef ASYNCLINT_SILENCE_H
#define ASYNCLINT_SILENCE_H

#include "pass.h"

struct silence_options {
	const struct rule *const *rules; /* that are asked for, NULL-terminated */
	uint32_t costs;                  /* as of the pass */
	const char *file;                /* as the facts name it */
	uint32_t line;
};

/* Text of several lines (arena). NULL if no unit has the file. Runs the rules, and applies suppressions, to see what
 * they do say. */
char *silence_text(struct derived *derived, const struct facts *const *units, uint32_t unit_count,
		   const struct silence_options *options, struct arena *arena);

#endif
