#include "reentry.h"

static void add_effects(struct pass *pass, loop_runs *runs)
{
	const struct derived *derived = pass->derived;
	for (uint32_t i = derived->first_settled; i < derived->settled_end; i++) {
		const struct effect *effect = &derived->effects.items[i];
		bool pumps = effect->kind == EFFECT_PUMPS && effect->origin.kind != ORIGIN_MADE;
		if (effect->certain && *effect->world && (pumps || effect->kind == EFFECT_FORBIDDEN_ON_LOOP))
			table_add(runs, (struct loop_run){{effect->node, effect->call, *effect->condition, NONE},
							  effect->world,
							  effect->cause,
							  effect});
	}
}

/* It waits, and then calls what is ready. */
static bool is_loops_step(const struct derived *derived, uint32_t node)
{
	const struct program *program = derived->program;
	const struct node *step = &program->nodes.items[node];
	if (!derived->wait_step[node] || !step->body_count || !role_find(derived, node, ROLE_ON_LOOP))
		return false;
	for (uint32_t e = step->first_out; e < step->first_out + step->out_count; e++)
		if (program->edges.items[e].kind == EDGE_POINTER)
			return true;
	return false;
}

/* Calls of a home-made loop's step from what is no part of a loop. */
static void find_steps(const struct pass *pass, id_table *steps)
{
	const struct program *program = pass->program;
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind == EDGE_CALL && !pass->derived->wait_step[edge->from] &&
		    is_loops_step(pass->derived, edge->to))
			table_add(steps, e);
	}
}

/* Each may run each of the loops. */
static void add_steps(struct pass *pass, loop_runs *runs)
{
	const struct program *program = pass->program;
	id_table steps = {0};
	if (pass->derived->hand_loops.count)
		find_steps(pass, &steps);
	for (uint32_t l = 0; l < pass->derived->hand_loops.count && steps.count; l++) {
		const struct node *node = &program->nodes.items[pass->derived->hand_loops.items[l].node];
		const char *world = arena_printf(&pass->findings->arena, "the loop in '%s'", node->name);
		for (uint32_t i = 0; i < steps.count; i++) {
			const struct edge *edge = &program->edges.items[steps.items[i]];
			table_add(runs, (struct loop_run){{edge->from, edge->call, {0}, NONE}, world, edge->to, NULL});
		}
	}
	table_release(&steps);
}

void find_loop_runs(struct pass *pass, loop_runs *runs)
{
	add_effects(pass, runs);
	add_steps(pass, runs);
}

bool is_reentered(struct pass *pass, const struct loop_run *run, const struct wait *call, struct loop_path *path)
{
	return find_loop_path(pass, scope_of_call(pass->program, call->call), &call->condition, run->world, false,
			      path);
}
