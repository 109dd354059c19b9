/*
 * Facts in, findings out: joins units, derives roles and effects, runs the rules.
 *
 * Knows nothing of files, options or formats. The order of the units does not matter: same facts, same findings.
 */
#ifndef ASYNCLINT_ANALYSIS_H
#define ASYNCLINT_ANALYSIS_H

#include "facts.h"
#include "finding.h"
#include "map.h"
#include "models.h"
#include "rule.h"
#include "stats.h"

struct analysis_options {
	const struct rule *const *rules; /* to run, NULL-terminated */
	uint32_t costs;                  /* bit (1u << enum cost): classes of blocking that are reported */
	struct stats *stats;             /* is told what it takes; or NULL */
	struct map *map;                 /* to be filled; or NULL */
};

/* Every cost class that is on by default: all but lock and disk. */
#define ANALYSIS_DEFAULT_COSTS                                                                                      \
	((1u << COST_NETWORK) | (1u << COST_IPC) | (1u << COST_FSYNC) | (1u << COST_SLEEP) | (1u << COST_PROCESS) | \
	 (1u << COST_DNS) | (1u << COST_WAIT))

/* Adds the findings (unsorted, not yet suppressed) to `findings`, and what was not understood to `coverage`. Findings
   own their strings: facts and models can be released afterwards. */
void analysis_run(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		  const struct analysis_options *options, struct findings *findings, struct coverage *coverage);

/* What is known of each function of that name: where it runs, what it does, each with its reasons, as text for people.
   NULL if no function of that name is defined or called. Of blocking, only what is in `costs` is shown. */
char *analysis_why(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		   const char *function, uint32_t costs, struct arena *arena);

/* What is known of each call on a line, and why the rules say nothing of it (silence.h). `file` is named as the facts
   name it; NULL if no unit has it. */
char *analysis_silence(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		       const struct analysis_options *options, const char *file, uint32_t line, struct arena *arena);

#endif
