#include "completion.h"
#include "pass.h"

#include <string.h>

/* How the function that hands over a result is named after the one that starts the operation. */
static const struct {
	const char *finisher, *starter;
} pairs[] = {
    {"_recv", "_send"},   {"_finish", "_async"}, {"_finish", "_start"}, {"_finish", "_begin"}, {"_finish", "_send"},
    {"_finish", ""},      {"_end", "_begin"},    {"_end", "_start"},    {"_result", "_async"}, {"_result", "_start"},
    {"_result", "_send"}, {"_reply", "_async"},  {"_reply", "_send"},
};

/* The function that starts what `name` finishes, as far as the program has it; NULL if `name` is no finisher's. */
static const char *starter_of(struct pass *pass, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		size_t ending = strlen(pairs[i].finisher);
		if (length <= ending || strcmp(name + length - ending, pairs[i].finisher) != 0)
			continue;
		const char *starter =
		    arena_printf(&pass->findings->arena, "%.*s%s", (int)(length - ending), name, pairs[i].starter);
		uint32_t string = intern_find(&pass->program->strings, starter);
		if (string != UINT32_MAX && string < pass->program->node_of.count &&
		    pass->program->node_of.items[string] != NONE)
			return starter;
	}
	return NULL;
}

static const struct effect *root_of(const struct pass *pass, const struct effect *effect)
{
	while (effect->from != NONE)
		effect = &pass->derived->effects.items[effect->from];
	return effect;
}

/* It runs a loop, or waits for events again and again until a callback says that the request is done. */
static bool is_pump(struct pass *pass, const struct effect *effect)
{
	if (!effect->certain || effect->by_pointer || (effect->kind != EFFECT_PUMPS && effect->kind != EFFECT_WAITS))
		return false;
	if (effect->kind == EFFECT_PUMPS)
		return effect->origin.kind != ORIGIN_MADE && effect->origin.kind != ORIGIN_PRIVATE;
	struct ref scope = loop_around(pass->program, root_of(pass, effect)->call);
	return scope.index != NONE && ends_by_callback(pass->derived, scope);
}

/* One finding for each pump, at the first finisher that reaches it: the others are on its surface. */
static bool is_reported(const struct pass *pass, const id_table *roots, const struct effect *root)
{
	for (uint32_t i = 0; i < roots->count; i++)
		if (roots->items[i] == (uint32_t)(root - pass->derived->effects.items))
			return true;
	return false;
}

static void check_node(struct pass *pass, uint32_t index, id_table *roots)
{
	const struct node *node = &pass->program->nodes.items[index];
	const char *starter = node->param_count && node->body_count && !node->model && !is_test_file(node->file)
				  ? starter_of(pass, node->name)
				  : NULL;
	for (uint32_t i = starter ? pass->derived->first_effect[index] : NONE; i != NONE;
	     i = pass->derived->effects.items[i].next) {
		const struct effect *effect = &pass->derived->effects.items[i];
		if (!is_pump(pass, effect))
			continue;
		const struct effect *root = root_of(pass, effect);
		if (!is_reported(pass, roots, root)) {
			table_add(roots, (uint32_t)(root - pass->derived->effects.items));
			struct finding *finding = report_call(
			    pass, effect->call, node->name,
			    "'%s' is to hand over what '%s' started, but runs the loop if it is not there yet",
			    node->name, starter);
			note_effect(pass, finding, effect);
			find_surface(pass, finding, root->node);
			set_help(pass, finding,
				 "return an error where the result is not there, and wait in a function of its own");
		}
		return;
	}
}

static void check(struct pass *pass)
{
	id_table roots = {0};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		check_node(pass, n, &roots);
	table_release(&roots);
}

const struct rule rule_finisher_pumps = {
    .id = "finisher-pumps",
    .family = "loop",
    .since = "0.1",
    .summary = "function that is to hand over a ready result runs the event loop",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_WAITS,
    .check = check,
};
