#include "rule_names.h"

#include <fnmatch.h>
#include <string.h>

static bool removes(const char *name)
{
	return name[0] == '-';
}

static bool is_pattern(const char *name)
{
	return strchr(name, '*') != NULL;
}

static bool matches_a_rule(const char *pattern)
{
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		if (fnmatch(pattern, (*rule)->id, 0) == 0)
			return true;
	return false;
}

const char *rule_names_add(rule_names *names, const char *name, struct arena *arena)
{
	const char *bare = name + removes(name);
	if (is_pattern(bare) && !matches_a_rule(bare))
		return arena_printf(arena, "no rule matches '%s'; 'asynclint rules' lists all", bare);
	if (!is_pattern(bare) && strcmp(bare, "all") != 0 && !rule_find(bare) && !rule_family_exists(bare))
		return rule_unknown(bare, arena);
	table_add(names, name);
	return NULL;
}

bool rule_runs_by_default(const struct rule *rule, bool preview)
{
	return rule->status == RULE_DEFAULT || (rule->status == RULE_PREVIEW && preview);
}

/* What a name adds: a rule by its id, or by a pattern that its id matches, whatever its status; of a family those that
 * would run by default. What it takes away: all. */
static bool covers(const char *name, const struct rule *rule, bool preview)
{
	const char *bare = name + removes(name);
	if (strcmp(bare, "all") == 0 || strcmp(bare, rule->id) == 0)
		return true;
	if (is_pattern(bare))
		return fnmatch(bare, rule->id, 0) == 0;
	return strcmp(bare, rule->family) == 0 && (removes(name) || rule_runs_by_default(rule, preview));
}

bool rule_names_adjust(const rule_names *names, const struct rule *rule, bool on, bool preview)
{
	for (uint32_t i = 0; i < names->count; i++)
		if (covers(names->items[i], rule, preview))
			on = !removes(names->items[i]);
	return on;
}

bool rule_names_select(const rule_names *names, const struct rule *rule, bool on, bool preview)
{
	return rule_names_adjust(names, rule, on && (!names->count || removes(names->items[0])), preview);
}
