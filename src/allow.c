#include "allow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* One rule or family of one comment. */
struct allowance {
	const char *file, *rule, *reason;
	uint32_t line, column;          /* of the comment */
	uint32_t first_line, last_line; /* that it speaks of, both inclusive */
	uint32_t number;                /* of the rule in its comment: keeps the order of writing */
	bool used;
};

struct allowances {
	struct arena *arena;
	TABLE(struct allowance) list;
};

static uint32_t last_line_of(const struct place *place)
{
	return place->end_line > place->line ? place->end_line : place->line;
}

static const struct fact_suppression *comment_at(const struct facts *unit, uint32_t file, uint32_t line)
{
	for (uint32_t i = 0; i < unit->suppressions_count; i++) {
		const struct fact_suppression *comment = &unit->suppressions[i];
		if (comment->own_line && comment->place.file == file && comment->place.line == line)
			return comment;
	}
	return NULL;
}

/* The line beneath the comment, past other comments of this kind: several may be stacked above one line. */
static uint32_t line_beneath(const struct facts *unit, const struct fact_suppression *comment)
{
	uint32_t line = last_line_of(&comment->place) + 1;
	for (uint32_t i = 0; i < unit->suppressions_count; i++) {
		const struct fact_suppression *next = comment_at(unit, comment->place.file, line);
		if (!next)
			break;
		line = last_line_of(&next->place) + 1;
	}
	return line;
}

/* The last line of the function whose definition begins on `line`, or `line` if none does. A function's place is that
   of its name, and beneath a comment of its own the return type may have a line to itself. */
static uint32_t last_line_from(const struct facts *unit, const struct fact_suppression *comment, uint32_t line)
{
	uint32_t last = line;
	for (uint32_t i = 0; i < unit->functions_count; i++) {
		const struct fact_function *function = &unit->functions[i];
		uint32_t name_line = function->place.line;
		if ((function->flags & FUNCTION_DEFINED) && function->place.file == comment->place.file &&
		    (name_line == line || (comment->own_line && name_line == line + 1)) && function->end_line > last)
			last = function->end_line;
	}
	return last;
}

/* Returns the first name of a comma-separated list, without the blanks around it, and moves *list past it. */
static const char *next_name(const char **list, struct arena *arena)
{
	const char *start = *list, *end = start + strcspn(start, ",");
	*list = *end ? end + 1 : end;
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return arena_strndup(arena, start, (size_t)(end - start));
}

static void add_comment(struct allowances *allowances, const struct facts *unit, const struct fact_suppression *comment)
{
	struct arena *arena = allowances->arena;
	uint32_t line = comment->own_line ? line_beneath(unit, comment) : comment->place.line;
	struct allowance allowance = {
	    .file = arena_strdup(arena, facts_text(unit, comment->place.file)),
	    .reason = arena_strdup(arena, facts_text(unit, comment->reason)),
	    .line = comment->place.line,
	    .column = comment->place.column,
	    .first_line = line,
	    .last_line = last_line_from(unit, comment, line),
	};
	const char *names = facts_text(unit, comment->rules);
	do {
		allowance.rule = next_name(&names, arena);
		table_add(&allowances->list, allowance);
		allowance.number++;
	} while (*names);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_allowances(const void *left, const void *right)
{
	const struct allowance *a = left, *b = right;
	int order = strcmp(a->file, b->file);
	if (!order)
		order = compare_numbers(a->line, b->line);
	if (!order)
		order = compare_numbers(a->column, b->column);
	return order ? order : compare_numbers(a->number, b->number);
}

/* A header's comments are seen by every unit that includes it, but count once. The function beneath may be longer in
   one unit than in another, or missing (#ifdef): the longest counts. */
static void merge_repetitions(struct allowances *allowances)
{
	uint32_t count = allowances->list.count, kept = 0;
	struct allowance *items = allowances->list.items;
	if (!count)
		return;
	qsort(items, count, sizeof(*items), compare_allowances);
	for (uint32_t i = 1; i < count; i++) {
		if (compare_allowances(&items[kept], &items[i]) != 0)
			items[++kept] = items[i];
		else if (items[i].last_line > items[kept].last_line)
			items[kept].last_line = items[i].last_line;
	}
	allowances->list.count = kept + 1;
}

static bool names_rule(const char *name, const struct rule *rule)
{
	return strcmp(name, rule->id) == 0 || strcmp(name, rule->family) == 0;
}

static bool suppresses(const struct allowance *allowance, const struct finding *finding)
{
	const struct location *location = &finding->location;
	if (!*allowance->reason || location->line < allowance->first_line || location->line > allowance->last_line)
		return false;
	if (strcmp(allowance->file, location->file) != 0)
		return false;
	const struct rule *rule = rule_find(finding->rule);
	return rule ? names_rule(allowance->rule, rule) : strcmp(allowance->rule, finding->rule) == 0;
}

/* Every allowance that fits is used, not just the first: none of them suppresses nothing. */
static bool is_not_suppressed(struct finding *finding, void *context)
{
	struct allowances *allowances = context;
	bool suppressed = false;
	for (uint32_t i = 0; i < allowances->list.count; i++) {
		if (suppresses(&allowances->list.items[i], finding)) {
			allowances->list.items[i].used = true;
			suppressed = true;
		}
	}
	return !suppressed;
}

static bool ran(const struct rule *const *rules, const struct rule *rule)
{
	while (*rules && *rules != rule)
		rules++;
	return *rules != NULL;
}

/* Whether all that the name stands for was looked for. Of a family, preview and advice need not have run. */
static bool was_looked_for(const char *name, const struct rule *const *rules)
{
	bool any = false;
	for (const struct rule *const *rule = all_rules; *rule; rule++) {
		if (!names_rule(name, *rule))
			continue;
		if (ran(rules, *rule))
			any = true;
		else if ((*rule)->status == RULE_DEFAULT)
			return false;
	}
	return any;
}

/* What is wrong with the allowance (arena), or NULL. */
static const char *complaint(const struct allowance *allowance, const struct allow_options *options,
			     struct arena *arena)
{
	if (!*allowance->rule)
		return "suppression names no rule";
	if (!rule_find(allowance->rule) && !rule_family_exists(allowance->rule))
		return arena_printf(arena, "suppression names %s", rule_unknown(allowance->rule, arena));
	if (!*allowance->reason)
		return arena_printf(arena, "suppression of '%s' gives no reason and has no effect", allowance->rule);
	if (!allowance->used && !options->partial && was_looked_for(allowance->rule, options->rules))
		return arena_printf(arena, "suppression of '%s' suppresses nothing", allowance->rule);
	return NULL;
}

static void report_complaints(const struct allowances *allowances, const struct allow_options *options,
			      struct coverage *coverage)
{
	for (uint32_t i = 0; i < allowances->list.count; i++) {
		const struct allowance *allowance = &allowances->list.items[i];
		const char *message = complaint(allowance, options, allowances->arena);
		struct location location = {
		    .file = allowance->file,
		    .line = allowance->line,
		    .column = allowance->column,
		};
		if (message)
			table_add(&coverage->unused_suppressions,
				  (struct coverage_note){allowance->rule, message, location});
	}
}

void allow_apply(const struct facts *const *units, uint32_t unit_count, const struct allow_options *options,
		 struct findings *findings, struct coverage *coverage)
{
	struct allowances allowances = {.arena = &findings->arena};
	for (uint32_t i = 0; i < unit_count; i++)
		for (uint32_t j = 0; j < units[i]->suppressions_count; j++)
			add_comment(&allowances, units[i], &units[i]->suppressions[j]);
	merge_repetitions(&allowances);
	findings_keep(findings, is_not_suppressed, &allowances);
	report_complaints(&allowances, options, coverage);
	table_release(&allowances.list);
}
