#include "pass.h"

static bool is_reentrant(const struct pass *pass, const char *world)
{
	const struct model_world *model = models_world(pass->program->models, world);
	return model && model->reentrant;
}

static void check_effect(struct pass *pass, const struct effect *effect)
{
	struct loop_path path;
	if (find_loop_path(pass, scope_of_call(pass->program, effect->call), &effect->condition, effect->world, false,
			   &path)) {
		const char *name = pass->program->nodes.items[effect->cause].name;
		struct finding *finding;
		if (effect->kind == EFFECT_PUMPS)
			finding = report_call(pass, effect->call, name, "'%s' runs %s again from one of its callbacks",
					      name, loop_text(pass, effect->world));
		else
			finding = report_call(pass, effect->call, name, "'%s' is called from a callback of %s, but %s",
					      name, loop_text(pass, effect->world), effect->because);
		if (effect->kind == EFFECT_PUMPS && is_reentrant(pass, effect->world))
			finding->severity = SEVERITY_WARNING;
		note_loop_path(pass, finding, &path);
		set_help(pass, finding, "return to the loop and go on in the completion callback");
	}
	table_release(&path.edges);
}

/* A step of a home-made loop (it waits, then calls what is ready) called from a function that such a loop calls. */
static void check_hand_loop(struct pass *pass, const struct hand_loop *loop)
{
	const struct program *program = pass->program;
	const char *world =
	    arena_printf(&pass->findings->arena, "the loop in '%s'", program->nodes.items[loop->node].name);
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind != EDGE_CALL || !pass->derived->wait_step[edge->to] ||
		    pass->derived->wait_step[edge->from] || !program->nodes.items[edge->to].body_count ||
		    !role_find(pass->derived, edge->to, ROLE_ON_LOOP))
			continue;
		bool is_loops_step = false;
		const struct node *step = &program->nodes.items[edge->to];
		for (uint32_t i = step->first_out; i < step->first_out + step->out_count; i++)
			is_loops_step |= program->edges.items[i].kind == EDGE_POINTER;
		struct condition condition = {0};
		struct loop_path path;
		if (!is_loops_step)
			continue;
		if (find_loop_path(pass, scope_of_call(program, edge->call), &condition, world, false, &path)) {
			struct finding *finding =
			    report_call(pass, edge->call, step->name, "'%s' runs %s again from one of its callbacks",
					step->name, world);
			note_loop_path(pass, finding, &path);
		}
		table_release(&path.edges);
	}
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		for (uint32_t i = derived->first_effect[n]; i != NONE; i = derived->effects.items[i].next) {
			const struct effect *effect = &derived->effects.items[i];
			bool pumps = effect->kind == EFFECT_PUMPS && effect->origin.kind != ORIGIN_MADE;
			if (effect->from == NONE && effect->certain && *effect->world &&
			    (pumps || effect->kind == EFFECT_FORBIDDEN_ON_LOOP))
				check_effect(pass, effect);
		}
	for (uint32_t l = 0; l < derived->hand_loops.count; l++)
		check_hand_loop(pass, &derived->hand_loops.items[l]);
}

const struct rule rule_loop_reentry = {
    .id = "loop-reentry",
    .family = "block",
    .since = "0.1",
    .summary = "callback of an event loop runs the loop again",
    .severity = SEVERITY_ERROR,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_FORBIDDEN_ON_LOOP,
    .check = check,
};
