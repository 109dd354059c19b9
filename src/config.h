/*
 * The config of a project: .asynclint.json, as docs/config.md and docs/config.schema.json describe it.
 *
 * One file holds for a run: the nearest one upward. It may extend others: what those say comes first, lists go on and
 * single values are replaced. Paths in it are relative to the file that they stand in. The command line comes last.
 */
#ifndef ASYNCLINT_CONFIG_H
#define ASYNCLINT_CONFIG_H

#include "finding.h"
#include "glob.h"
#include "rule_names.h"

#include <stdbool.h>
#include <stdint.h>

/* When findings make the exit status 1. */
enum fail_on { FAIL_ON_ADVICE, FAIL_ON_WARNING, FAIL_ON_ERROR, FAIL_NEVER };

/* "advice", "warning", "error", "never". */
const char *fail_on_name(enum fail_on level);

/* False if it is none of them. */
bool fail_on_find(const char *name, enum fail_on *level);

/* The severity of what a name means: of several, the last one. */
struct severity_of {
	const char *rule; /* id, family or "all" */
	enum severity severity;
};

typedef TABLE(struct severity_of) severities;

typedef TABLE(const char *) config_strings;

/* What holds in a part of the tree beside what holds everywhere. */
struct config_paths {
	globs files;
	rule_names rules; /* add to what is on, and take from it */
	severities severities;
};

/* Zero-initialise. The strings are in the arena that it was loaded with; paths are absolute. */
struct config {
	config_strings files; /* that were read, in order of effect; none without a config */
	rule_names rules;
	severities severities;
	TABLE(struct config_paths) paths;
	globs exclude;  /* not read */
	globs vendored; /* read, but nothing in them is reported */
	config_strings models;
	config_strings extra_arguments;
	uint32_t costs;       /* bits (1u << enum cost), beside the default ones */
	const char *baseline; /* or NULL */
	const char *database; /* or NULL */
	enum fail_on fail_on;
	bool preview, strict;
};

/* The nearest .asynclint.json in the directory (absolute, resolved) or above it; NULL if there is none. */
const char *config_find(const char *directory, struct arena *arena);

/* Adds what the file and those that it extends say. False with "path:line:column: ..." in *error (arena). */
bool config_load(struct config *config, const char *path, struct arena *arena, const char **error);

void config_release(struct config *config);

#endif
