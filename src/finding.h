/*
 * Findings: what rules report and formats print.
 *
 * A finding is complete in itself (strings, no ids), so that a format needs neither facts nor program. Paths are
 * relative to the project root; formats turn them into what their reader wants. Everything is owned by the arena of the
 * findings.
 */
#ifndef ASYNCLINT_FINDING_H
#define ASYNCLINT_FINDING_H

#include "arena.h"
#include "table.h"

#include <stdbool.h>

enum severity { SEVERITY_ADVICE, SEVERITY_WARNING, SEVERITY_ERROR };

/* "advice", "warning", "error". */
const char *severity_name(enum severity severity);

/* False if no severity is called so. */
bool severity_find(const char *name, enum severity *severity);

/* Lines and columns count from 1, columns in bytes; the end is exclusive; 0: not known. */
struct location {
	const char *file;
	uint32_t line, column, end_line, end_column;
};

/* Whether it names a file: what is about the program as a whole has no place. */
bool location_is_known(const struct location *location);

/* A step of the path that leads to a finding: registration, calls, cause, in the order of execution. */
struct step {
	const char *message;
	const char *function; /* that the step is in, or "" */
	struct location location;
};

/* An exported function through which users reach the cause. */
struct surface {
	const char *function;
	struct location location;
};

struct finding {
	const char *rule; /* id */
	enum severity severity;
	const char *message; /* lower case, one line, no full stop, names in single quotes */
	struct location location;
	const char *function; /* that the finding is in; "" at file scope */
	const char *cause;    /* what the fingerprint is made of besides rule and function: no lines, no paths */
	TABLE(struct surface) surface;
	TABLE(struct step) path;
	const char *help;     /* what to do, or NULL */
	char fingerprint[33]; /* set by findings_finish() */
};

struct findings {
	struct arena arena;
	TABLE(struct finding *) list;
};

/* Adds an empty finding and returns it, to be filled by the caller. */
struct finding *findings_add(struct findings *findings);

/* Releases what the finding holds besides the arena's memory: for who takes it out of the list. */
void finding_release(struct finding *finding);

/* Keeps the findings for which `wanted` is true, which it may change; returns how many are taken out. */
uint32_t findings_keep(struct findings *findings, bool (*wanted)(struct finding *finding, void *context),
		       void *context);

/* Whether text names the public functions that lead to it: not worth a line when the finding is in the only one. */
bool finding_has_surface_note(const struct finding *finding);

/* Sorts by file, line, column, rule, message; drops exact repetitions; computes fingerprints: 32 hex digits of rule,
   function and cause, with a running number where several are equal. Never line numbers or absolute paths, so that a
   baseline survives edits. */
void findings_finish(struct findings *findings);

void findings_release(struct findings *findings);

/* What was not looked at, or could not be: printed with every report, never silent. */
struct coverage_note {
	const char *name; /* file or function */
	const char *message;
	struct location location;
};

typedef TABLE(struct coverage_note) coverage_notes;

struct coverage {
	uint32_t units;                                  /* analysed, degraded ones included */
	coverage_notes degraded;                         /* units with parse errors: first error of each */
	coverage_notes failed;                           /* units without facts */
	uint32_t calls, pointer_calls, unresolved_calls; /* calls by pointer whose target was not seen */
	coverage_notes unmodelled;          /* external functions reached on a loop that no model speaks of, by name */
	coverage_notes unused_suppressions; /* name: rule ids; message: what is wrong with it */
	coverage_notes notes;               /* anything else a user should know, by location */
	uint32_t filtered;                  /* findings that were not asked for (filter.h) */
	uint32_t baselined;                 /* findings that the baseline has */
	coverage_notes fixed;               /* name: rule; what the baseline has and was not found */
	bool changes_only;                  /* only what changed was asked for: then */
	uint32_t changed_files;             /* those of concern, */
	coverage_notes changed_in_no_unit;  /* and of them those that no unit compiles or includes */
};

void coverage_release(struct coverage *coverage);

#endif
