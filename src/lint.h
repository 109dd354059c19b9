/*
 * The pipeline: options in, report and exit status out. All that asynclint does is called from here, in order.
 *
 * Each function returns the exit status: 0 nothing found, 1 findings, 2 could not do its work. Findings go to
 * options->output or stdout, all else to stderr.
 */
#ifndef ASYNCLINT_LINT_H
#define ASYNCLINT_LINT_H

#include "options.h"

/* ACTION_CHECK, ACTION_JOIN and ACTION_LD: facts, made or loaded → findings → report. */
int lint_check(const struct options *options);

/* ACTION_FACTS: the facts of one file, saved or dumped. */
int lint_facts(const struct options *options);

/* ACTION_WHY: what is known of a function. */
int lint_why(const struct options *options);

#endif
