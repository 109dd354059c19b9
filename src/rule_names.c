#include "rule_names.h"

#include <fnmatch.h>
#include <string.h>

static bool removes(const char *name)
{
	return name[0] == '-';
}

bool rule_name_means(const char *name, const struct rule *rule)
{
	return strcmp(name, "all") == 0 || strcmp(name, rule->family) == 0 || fnmatch(name, rule->id, 0) == 0;
}

bool rule_name_is_known(const char *name)
{
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		if (rule_name_means(name, *rule))
			return true;
	return false;
}

const char *rule_names_add(rule_names *names, const char *name, struct arena *arena)
{
	const char *bare = name + removes(name);
	if (!rule_name_is_known(bare))
		return rule_unknown(bare, arena);
	table_add(names, name);
	return NULL;
}

bool rule_runs_by_default(const struct rule *rule, bool preview)
{
	return rule->status == RULE_DEFAULT || (rule->status == RULE_PREVIEW && preview);
}

/* What a name adds: rules by their id, or a pattern for it, whatever their status; of a family those that would run by
 * default. What it takes away: all. */
static bool covers(const char *name, const struct rule *rule, bool preview)
{
	const char *bare = name + removes(name);
	bool family = strcmp(bare, rule->family) == 0;
	return rule_name_means(bare, rule) && (!family || removes(name) || rule_runs_by_default(rule, preview));
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
