/*
 * Why nothing is said of a line: what is known of each call on it, and what makes each rule stay silent.
 *
 * A rule says which effects of a call it judges, and what else a call can be to it (rule.looks_at). For each of them
 * the rule's questions are put (questions.h, aspects.h), and every answer that speaks against a finding is printed.
 * What only the rule itself knows is not: then its document is pointed to.
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
