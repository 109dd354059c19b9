/*
 * Which rules are meant: `--rules a,-b,family`, and the same lists in a config file.
 *
 * A name is a rule's id, a family, "all", or a pattern for ids, as clang-tidy's users write it (`loop-*`, `*`); '-'
 * before it takes away. Names take effect from left to right. A list that begins with a name that adds starts from
 * nothing, one that begins by taking away from what is on already.
 */
#ifndef ASYNCLINT_RULE_NAMES_H
#define ASYNCLINT_RULE_NAMES_H

#include "arena.h"
#include "rule.h"
#include "table.h"

#include <stdbool.h>

/* The strings are the caller's. */
typedef TABLE(const char *) rule_names;

/* Whether it stands for any rule. */
bool rule_name_is_known(const char *name);

/* Whether such a name stands for the rule. */
bool rule_name_means(const char *name, const struct rule *rule);

/* Appends a name, with its '-'. Returns NULL, or a message (arena) if no rule is called so: then nothing is appended.
 */
const char *rule_names_add(rule_names *names, const char *name, struct arena *arena);

/* Whether the rule is on without any names. */
bool rule_runs_by_default(const struct rule *rule, bool preview);

/* Whether the rule is on after the names, if it was before. `preview`: whether a family's name means its rules in
   preview too. */
bool rule_names_select(const rule_names *names, const struct rule *rule, bool on, bool preview);

/* The same, but the first name, too, adds to what is on or takes from it. */
bool rule_names_adjust(const rule_names *names, const struct rule *rule, bool on, bool preview);

#endif
