#include "why.h"

#include <stdlib.h>
#include <string.h>

static const char *place_text(const struct derived *derived, uint32_t unit, const struct place *place,
			      struct arena *arena)
{
	return arena_printf(arena, "%s:%u:%u", program_text(derived->program, unit, place->file), place->line,
			    place->column);
}

static const char *call_text(const struct derived *derived, struct ref call, struct arena *arena)
{
	return place_text(derived, call.unit, &program_call(derived->program, call)->place, arena);
}

static const char *role_text(const struct role *role)
{
	return role->kind == ROLE_MAIN ? "main" : role_name((enum role_kind)role->kind);
}

/* What the call has made of the caller's role. */
static const char *turn_text(const struct derived *derived, const struct role *role)
{
	if (role->kind == derived->roles.items[role->from].kind)
		return "";
	return role->kind == ROLE_CHILD ? ", in a forked child" : ", after which the process ends";
}

void why_role(FILE *out, const struct derived *derived, const struct role *role, struct arena *arena)
{
	const struct node *nodes = derived->program->nodes.items;
	fprintf(out, "  runs: %s%s%s\n", role_text(role), *role->world ? ", " : "", role->world);
	for (; role->from != NONE; role = &derived->roles.items[role->from])
		fprintf(out, "    called by '%s' (%s)%s\n", nodes[role->in].name, call_text(derived, role->call, arena),
			turn_text(derived, role));
	if (role->call.index == NONE) {
		if (role->kind != ROLE_MAIN)
			fprintf(out, "    '%s' is marked '%s'\n", nodes[role->node].name, role->how);
		return;
	}
	const char *where =
	    role->is_call
		? call_text(derived, role->call, arena)
		: place_text(derived, role->call.unit,
			     &program_facts(derived->program, role->call.unit)->assignments[role->call.index].place,
			     arena);
	fprintf(out, "    '%s' is given to %s (%s)\n", nodes[role->node].name, role->how, where);
}

static const char *const effect_names[EFFECT_KINDS] = {
    [EFFECT_BLOCKS] = "blocks",
    [EFFECT_WAITS] = "waits for events",
    [EFFECT_PUMPS] = "pumps a loop",
    [EFFECT_MAKES_LOOP] = "makes a loop",
    [EFFECT_STARTS_ASYNC] = "starts something",
    [EFFECT_SETS_NONBLOCKING] = "sets the mode of a descriptor",
    [EFFECT_FORBIDDEN_ON_LOOP] = "forbidden on its loop",
};

static const char *const origin_names[] = {
    [ORIGIN_UNKNOWN] = NULL,
    [ORIGIN_MADE] = "made here",
    [ORIGIN_PARAM] = "a parameter",
    [ORIGIN_OBJECT] = "a parameter's",
    [ORIGIN_GLOBAL] = "global",
    [ORIGIN_DEFAULT] = "the library's default",
    [ORIGIN_THREAD] = "the thread's",
    [ORIGIN_RESULT] = "handed to the caller",
    [ORIGIN_PRIVATE] = "private to a callee",
};

/* "blocks (sleep) [a parameter] perhaps if 'x' is true" */
static void print_what(FILE *out, const struct derived *derived, const struct effect *effect, struct arena *arena)
{
	fprintf(out, "  %s", effect_names[effect->kind]);
	if (effect->cost != COST_NONE)
		fprintf(out, " (%s)", cost_name(effect->cost));
	if (origin_names[effect->origin.kind])
		fprintf(out, " [%s]", origin_names[effect->origin.kind]);
	if (!effect->certain)
		fprintf(out, " perhaps");
	const struct node *node = &derived->program->nodes.items[effect->node];
	for (uint32_t i = 0; i < effect->condition->count; i++)
		fprintf(out, "%s %s", i ? " and" : " if",
			atom_text(&derived->conditions, node, &effect->condition->atoms[i], arena));
}

static void print_way(FILE *out, const struct derived *derived, const struct effect *effect, struct arena *arena)
{
	const struct node *nodes = derived->program->nodes.items;
	for (; effect->from != NONE; effect = &derived->effects.items[effect->from])
		fprintf(out, "    calls '%s' (%s)\n", nodes[derived->effects.items[effect->from].node].name,
			call_text(derived, effect->call, arena));
	fprintf(out, "    '%s' %s (%s)\n", nodes[effect->cause].name, effect->because,
		call_text(derived, effect->call, arena));
}

void why_effect(FILE *out, const struct derived *derived, const struct effect *effect, struct arena *arena)
{
	print_what(out, derived, effect, arena);
	fprintf(out, "\n");
	print_way(out, derived, effect, arena);
}

static bool is_same_cause(const struct effect *a, const struct effect *b)
{
	return a->kind == b->kind && a->cost == b->cost && a->cause == b->cause && a->clears == b->clears;
}

static bool is_shown(const struct effect *effect, uint32_t costs)
{
	return effect->kind != EFFECT_BLOCKS || costs >> effect->cost & 1;
}

/* How sure it is that calling the function has the effect: a way that needs less comes first. */
static uint32_t doubts(const struct effect *effect)
{
	return effect->condition->count + (effect->certain ? 0 : CONDITION_ATOMS + 1);
}

/* All effects of the node that have the cause of its effect `first`, as one: the way with the fewest conditions stands
 * for all. */
static void print_cause(FILE *out, const struct derived *derived, uint32_t first, struct arena *arena)
{
	const struct effect *effects = derived->effects.items, *shown = &effects[first];
	uint32_t ways = 0;
	for (uint32_t i = first; i != NONE; i = effects[i].next)
		if (is_same_cause(&effects[i], &effects[first])) {
			ways++;
			if (doubts(&effects[i]) < doubts(shown))
				shown = &effects[i];
		}
	print_what(out, derived, shown, arena);
	if (ways > 1)
		fprintf(out, "; the simplest of %u ways", ways);
	fprintf(out, "\n");
	print_way(out, derived, shown, arena);
}

static void print_effects(FILE *out, const struct derived *derived, uint32_t node, uint32_t costs, struct arena *arena)
{
	const struct effect *effects = derived->effects.items;
	uint32_t hidden = 0, hidden_costs = 0;
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = effects[i].next) {
		bool is_first = true;
		for (uint32_t before = derived->first_effect[node]; before != i && is_first;
		     before = effects[before].next)
			is_first = !is_same_cause(&effects[before], &effects[i]);
		if (is_first && is_shown(&effects[i], costs)) {
			print_cause(out, derived, i, arena);
		} else if (is_first) {
			hidden++;
			hidden_costs |= 1u << effects[i].cost;
		}
	}
	if (!hidden)
		return;
	fprintf(out, "  not shown: %u more cause%s of blocking; see them with --cost ", hidden, hidden == 1 ? "" : "s");
	const char *comma = "";
	for (int cost = COST_NONE + 1; cost < COSTS; cost++)
		if (hidden_costs >> cost & 1) {
			fprintf(out, "%s%s", comma, cost_name((enum cost)cost));
			comma = ",";
		}
	fprintf(out, "\n");
}

static void print_node(FILE *out, const struct derived *derived, uint32_t index, uint32_t costs, struct arena *arena)
{
	const struct node *node = &derived->program->nodes.items[index];
	const struct fact_function *function = program_function(derived->program, node);
	fprintf(out, "'%s' (%s)\n", node->name, place_text(derived, node->function.unit, &function->place, arena));
	if (node->model)
		fprintf(out, "  the model '%s' speaks of it\n", node->model->library);
	if (!node->body_count)
		fprintf(out, "  no body was seen\n");
	if (derived->owner[index])
		fprintf(out, "  may run loops: it is main, a thread, a test, or named as what runs one\n");
	for (uint32_t i = derived->first_role[index]; i != NONE; i = derived->roles.items[i].next)
		why_role(out, derived, &derived->roles.items[i], arena);
	print_effects(out, derived, index, costs, arena);
	for (uint32_t i = 0; i < node->param_count; i++)
		if (mode_of_param(derived, index, i)) {
			const struct fact_param *param = program_param(derived->program, node, i);
			fprintf(out, "  parameter '%s' chooses between blocking and async\n",
				param ? program_text(derived->program, node->function.unit, param->name) : "");
		}
}

char *why_function(const struct derived *derived, const char *name, uint32_t costs, struct arena *arena)
{
	char *text = NULL;
	size_t size = 0;
	bool found = false;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		arena_out_of_memory();
	for (uint32_t i = 0; i < derived->program->nodes.count; i++)
		if (strcmp(derived->program->nodes.items[i].name, name) == 0) {
			print_node(out, derived, i, costs, arena);
			found = true;
		}
	if (fclose(out) != 0 || !text)
		arena_out_of_memory();
	char *copy = found ? arena_strndup(arena, text, size) : NULL;
	free(text);
	return copy;
}
