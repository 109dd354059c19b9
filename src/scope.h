/*
 * What is judged where: the rules that are on for a file and how severe they are there, as the config and the command
 * line say together.
 *
 * The config's lists come first, then --rules. An entry of "paths" then adds to what is on in its files and takes from
 * it, but what --rules leaves out stays out. Severities: the rule's own, the config's, those of "paths",
 * --warnings-as-errors; the last that speaks of a rule decides.
 */
#ifndef ASYNCLINT_SCOPE_H
#define ASYNCLINT_SCOPE_H

#include "config.h"

/* Points to what others own. */
struct scope {
	const struct config *config;
	const rule_names *named;     /* --rules */
	const rule_names *as_errors; /* --warnings-as-errors */
	const config_strings *asked; /* files (absolute) that were asked for although they are excluded; or NULL */
	bool preview;                /* --preview; the config may say so, too */
};

/* Whether the rule is on in the file (absolute, resolved). */
bool scope_has(const struct scope *scope, const struct rule *rule, const char *file);

/* Whether it is on in any file: whether it is to run. */
bool scope_may_have(const struct scope *scope, const struct rule *rule);

/* Of a finding of the rule in the file, whose own severity is `severity`. */
enum severity scope_severity(const struct scope *scope, const struct rule *rule, const char *file,
			     enum severity severity);

/* Whether nothing is to be read of the file, which is absolute and resolved. */
bool scope_excludes(const struct scope *scope, const char *file);

/* Whether nothing is to be reported in the file. */
bool scope_is_silent(const struct scope *scope, const char *file);

/* Takes out what is in excluded and vendored files, and what is of rules that are off there, and sets the severities of
   the rest; of the coverage, takes out suppressions without effect in such files. `root` is what the paths are relative
   to. To be called after findings_finish(). */
void scope_apply(const struct scope *scope, const char *root, struct findings *findings, struct coverage *coverage);

#endif
