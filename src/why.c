#include "why.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *place_text(const struct derived *derived, uint32_t unit, const struct place *place, struct arena *arena)
{
	return arena_printf(arena, "%s:%u:%u", program_text(derived->program, unit, place->file), place->line, place->column);
}

static const char *call_text(const struct derived *derived, struct ref call, struct arena *arena)
{
	return place_text(derived, call.unit, &program_call(derived->program, call)->place, arena);
}

static const char *role_text(const struct role *role)
{
	return role->kind == ROLE_MAIN ? "main" : role_name((enum role_kind)role->kind);
}

/* From the function up to where it was registered. */
static void print_role(FILE *out, const struct derived *derived, const struct role *role, struct arena *arena)
{
	const struct node *nodes = derived->program->nodes.items;
	fprintf(out, "  runs: %s%s%s\n", role_text(role), *role->world ? ", " : "", role->world);
	for (; role->from != NONE; role = &derived->roles.items[role->from])
		fprintf(out, "    called by '%s' (%s)\n", nodes[role->in].name, call_text(derived, role->call, arena));
	if (role->call.index == NONE)
		return;
	const char *where = role->is_call ? call_text(derived, role->call, arena)
					  : place_text(derived, role->call.unit,
						       &program_facts(derived->program, role->call.unit)->assignments[role->call.index].place, arena);
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
	[ORIGIN_UNKNOWN] = NULL,		  [ORIGIN_MADE] = "made here",		[ORIGIN_PARAM] = "a parameter",
	[ORIGIN_OBJECT] = "a parameter's",	  [ORIGIN_GLOBAL] = "global",		[ORIGIN_DEFAULT] = "the library's default",
	[ORIGIN_RESULT] = "handed to the caller", [ORIGIN_PRIVATE] = "private to a callee",
};

static void print_effect(FILE *out, const struct derived *derived, const struct effect *effect, struct arena *arena)
{
	const struct node *nodes = derived->program->nodes.items;
	fprintf(out, "  %s", effect_names[effect->kind]);
	if (effect->cost != COST_NONE)
		fprintf(out, " (%s)", cost_name(effect->cost));
	if (origin_names[effect->origin.kind])
		fprintf(out, " [%s]", origin_names[effect->origin.kind]);
	if (!effect->certain)
		fprintf(out, " perhaps");
	for (uint32_t i = 0; i < effect->condition.count; i++)
		fprintf(out, "%s %s", i ? " and" : " if", atom_text(&derived->conditions, &nodes[effect->node], &effect->condition.atoms[i], arena));
	fprintf(out, "\n");
	for (; effect->from != NONE; effect = &derived->effects.items[effect->from])
		fprintf(out, "    calls '%s' (%s)\n", nodes[derived->effects.items[effect->from].node].name, call_text(derived, effect->call, arena));
	fprintf(out, "    '%s' %s (%s)\n", nodes[effect->cause].name, effect->because, call_text(derived, effect->call, arena));
}

static void print_node(FILE *out, const struct derived *derived, uint32_t index, struct arena *arena)
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
		print_role(out, derived, &derived->roles.items[i], arena);
	for (uint32_t i = derived->first_effect[index]; i != NONE; i = derived->effects.items[i].next)
		print_effect(out, derived, &derived->effects.items[i], arena);
	for (uint32_t i = 0; i < node->param_count; i++)
		if (mode_of_param(derived, index, i)) {
			const struct fact_param *param = program_param(derived->program, node, i);
			fprintf(out, "  parameter '%s' chooses between blocking and async\n",
				param ? program_text(derived->program, node->function.unit, param->name) : "");
		}
}

char *why_function(const struct derived *derived, const char *name, struct arena *arena)
{
	char *text = NULL;
	size_t size = 0;
	bool found = false;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		arena_out_of_memory();
	for (uint32_t i = 0; i < derived->program->nodes.count; i++)
		if (strcmp(derived->program->nodes.items[i].name, name) == 0) {
			print_node(out, derived, i, arena);
			found = true;
		}
	if (fclose(out) != 0 || !text)
		arena_out_of_memory();
	char *copy = found ? arena_strndup(arena, text, size) : NULL;
	free(text);
	return copy;
}
