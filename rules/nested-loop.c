#include "completion.h"
#include "pass.h"
#include "words.h"

/* Draining a loop before the object goes is what its owner does. */
static const char *const teardown_words[] = {"free",   "destroy", "close",   "shutdown", "stop",  "cleanup",
					     "deinit", "fini",    "dispose", "teardown", "drain", NULL};

static const char *origin_text(const struct effect *effect)
{
	switch (effect->origin.kind) {
	case ORIGIN_DEFAULT:
		return "the default loop";
	case ORIGIN_GLOBAL:
		return "a global loop";
	case ORIGIN_OBJECT:
		return "the loop of its object";
	default:
		break;
	}
	return "a loop that it did not make";
}

/* The call in the node is the first one, seen from the pump, that no loop owner makes. */
static bool is_root(const struct pass *pass, const struct effect *effect)
{
	return effect->from == NONE || pass->derived->owner[pass->derived->effects.items[effect->from].node];
}

static bool is_pump_of_other(struct pass *pass, const struct effect *effect)
{
	return effect->kind == EFFECT_PUMPS && effect->certain && is_root(pass, effect) &&
	       effect->origin.kind != ORIGIN_MADE && effect->origin.kind != ORIGIN_PRIVATE;
}

/* A wait in a loop that ends when a callback says so, with a call in between that runs callbacks. */
static bool is_hand_made_pump(struct pass *pass, uint32_t node, const struct effect *effect)
{
	const struct program *program = pass->program;
	if (effect->kind != EFFECT_WAITS || !effect->certain || effect->from != NONE ||
	    waits_on_own_set(pass->derived, effect))
		return false;
	struct ref scope = loop_around(program, effect->call);
	if (scope.index == NONE || !ends_by_callback(pass->derived, scope))
		return false;
	const struct fact_scope *fact = &program_facts(program, scope.unit)->scopes[scope.index];
	const struct node *of = &program->nodes.items[node];
	for (uint32_t e = of->first_out; e < of->first_out + of->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		const struct fact_call *call = program_call(program, edge->call);
		if (edge->call.unit != scope.unit || call->order < fact->order || call->order >= fact->end_order)
			continue;
		if (edge->kind == EDGE_POINTER)
			return true;
		const struct node *callee = &program->nodes.items[edge->to];
		for (uint32_t c = callee->first_out; c < callee->first_out + callee->out_count; c++)
			if (program->edges.items[c].kind == EDGE_POINTER)
				return true;
	}
	return false;
}

static bool report_at(struct pass *pass, uint32_t node, const struct effect *effect)
{
	const char *name = pass->program->nodes.items[node].name;
	bool by_hand = is_hand_made_pump(pass, node, effect);
	if (has_word(name, teardown_words) || (!by_hand && !is_pump_of_other(pass, effect)))
		return false;
	struct finding *finding =
	    report_call(pass, effect->call, name, "'%s' looks synchronous, but pumps %s until its own work is done",
			name, by_hand ? "a loop by hand" : origin_text(effect));
	note_effect(pass, finding, effect);
	find_surface(pass, finding, node);
	const char *twin = async_twin(pass, name);
	if (twin)
		set_help(pass, finding, "'%s' lets the loop's owner run it", twin);
	return true;
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (!pass->program->nodes.items[n].body_count || derived->wait_step[n] ||
		    !is_sync_looking(derived, n, false))
			continue;
		bool reported = false;
		for (uint32_t i = derived->first_effect[n]; i != NONE && !reported; i = derived->effects.items[i].next)
			reported = report_at(pass, n, &derived->effects.items[i]);
	}
}

const struct rule rule_nested_loop = {
    .id = "nested-loop",
    .family = "loop",
    .since = "0.1",
    .summary = "sync-looking function pumps an event loop that it did not make",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_WAITS,
    .check = check,
};
