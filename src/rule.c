#include "rule.h"

#include "arena.h"

#include <string.h>

const struct rule_family rule_families[] = {
    {"block", "waits where nothing may wait: on an event loop, in an async function, for a callback that cannot come"},
    {"life", "how async work begins and ends: callbacks, cancellation, and what lives until then"},
    {"loop", "event loops that are made, run or taken where the caller cannot see it"},
    {"mode", "one function, object or call that is blocking or async depending on a flag"},
    {"transport", "blocking and async transports mixed up in one type, table or descriptor"},
    {0},
};

/* Number of single-character insertions, deletions and replacements that make one name of the other. */
static uint32_t edit_distance(const char *from, const char *to, struct arena *arena)
{
	size_t width = strlen(to);
	uint32_t *row = arena_alloc(arena, (width + 1) * sizeof(*row));
	for (size_t j = 0; j <= width; j++)
		row[j] = (uint32_t)j;
	for (size_t i = 1; from[i - 1]; i++) {
		uint32_t diagonal = row[0];
		row[0] = (uint32_t)i;
		for (size_t j = 1; j <= width; j++) {
			uint32_t best = diagonal + (from[i - 1] != to[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[width];
}

static void consider(const char *candidate, const char *name, const char **nearest, uint32_t *distance,
		     struct arena *arena)
{
	uint32_t d = edit_distance(name, candidate, arena);
	if (d < *distance) {
		*nearest = candidate;
		*distance = d;
	}
}

/* The id or family that `name` was probably meant to be, or NULL if none is near. */
static const char *nearest_name(const char *name)
{
	enum { LONGEST = 64 }; /* no rule's name is nearly as long, and the work stays small */
	if (strlen(name) > LONGEST || rule_family_exists(name))
		return NULL;
	struct arena scratch = {0};
	const char *nearest = NULL;
	uint32_t distance = (uint32_t)strlen(name) / 3 + 2; /* further away is not a slip of the pen */
	for (const struct rule *const *rule = all_rules; *rule; rule++) {
		consider((*rule)->id, name, &nearest, &distance, &scratch);
		consider((*rule)->family, name, &nearest, &distance, &scratch);
	}
	arena_release(&scratch);
	return nearest;
}

const struct rule *rule_find(const char *id)
{
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		if (strcmp((*rule)->id, id) == 0)
			return *rule;
	return NULL;
}

bool rule_family_exists(const char *name)
{
	for (const struct rule_family *family = rule_families; family->name; family++)
		if (strcmp(family->name, name) == 0)
			return true;
	return false;
}

const char *rule_unknown(const char *name, struct arena *arena)
{
	const char *near = nearest_name(name);
	return near ? arena_printf(arena, "unknown rule '%s'; did you mean '%s'?", name, near)
		    : arena_printf(arena, "unknown rule '%s'; 'asynclint rules' lists all", name);
}
