#include "hand_pump.h"

#include "completion.h"

/* How many calls below the loop callbacks are looked for, and what they call: a helper that iterates, what it calls for
 * one kind of transport, its step, the end of one request. */
enum { DISPATCH_DEPTH = 6, NEAR_HELPERS = 2 };

enum mark { MARK_CALLED = 1, MARK_DISPATCHED = 2 };

struct reach {
	uint8_t *marks;  /* bits of enum mark, by node: derived.marks */
	id_table queue;  /* nodes, each with its mark */
	bool dispatches; /* something is called by pointer */
};

static void add_edge(struct reach *reach, const struct edge *edge, uint8_t mark)
{
	if (edge->kind == EDGE_POINTER) {
		mark = MARK_DISPATCHED;
		reach->dispatches = true;
	}
	if (reach->marks[edge->to] & mark)
		return;
	reach->marks[edge->to] |= mark;
	table_add(&reach->queue, edge->to);
	table_add(&reach->queue, mark);
}

static bool is_in_scope(const struct program *program, const struct edge *edge, struct ref scope)
{
	const struct fact_scope *fact = &program_facts(program, scope.unit)->scopes[scope.index];
	const struct fact_call *call = program_call(program, edge->call);
	return edge->call.unit == scope.unit && call->order >= fact->order && call->order < fact->end_order;
}

/* Marks what runs in the loop scope of the node, breadth first. */
static void find_reached(const struct program *program, uint32_t index, struct ref scope, struct reach *reach)
{
	const struct node *node = &program->nodes.items[index];
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++)
		if (is_in_scope(program, &program->edges.items[e], scope))
			add_edge(reach, &program->edges.items[e], MARK_CALLED);
	uint32_t at = 0;
	for (int depth = 1; depth < DISPATCH_DEPTH; depth++)
		for (uint32_t level_end = reach->queue.count; at < level_end; at += 2) {
			const struct node *reached = &program->nodes.items[reach->queue.items[at]];
			for (uint32_t e = reached->first_out; e < reached->first_out + reached->out_count; e++)
				add_edge(reach, &program->edges.items[e], (uint8_t)reach->queue.items[at + 1]);
		}
}

/* Whether something that the loop reaches calls by a pointer that nothing was seen to be put in: it may be any
 * callback.
 */
static bool calls_unknown(const struct program *program, struct ref scope, const struct reach *reach)
{
	const struct fact_scope *loop = &program_facts(program, scope.unit)->scopes[scope.index];
	for (uint32_t i = 0; i < program->unresolved.count; i++) {
		struct ref ref = program->unresolved.items[i];
		const struct fact_call *call = program_call(program, ref);
		uint32_t node = program_node(program, ref.unit, call->function);
		if (node != NONE && reach->marks[node])
			return true;
		if (ref.unit == scope.unit && call->function == loop->function && call->order >= loop->order &&
		    call->order < loop->end_order)
			return true;
	}
	return false;
}

/* The wait stands in a loop that runs callbacks and ends by what one of them sets. */
static bool is_pump_loop(struct derived *derived, const struct effect *wait)
{
	const struct program *program = derived->program;
	struct ref scope = loop_around(program, wait->call);
	if (scope.index == NONE || goes_over_items(program_facts(program, scope.unit),
						   &program_facts(program, scope.unit)->scopes[scope.index]))
		return false;
	struct reach reach = {.marks = derived->marks};
	find_reached(program, wait->node, scope, &reach);
	bool any_callback = calls_unknown(program, scope, &reach);
	/* What the loop also calls by name is a step of the operation itself, and sets its result. */
	for (uint32_t i = 0; i < reach.queue.count; i += 2)
		if (reach.marks[reach.queue.items[i]] & MARK_CALLED)
			reach.marks[reach.queue.items[i]] = 0;
	bool is_pump = reach.dispatches && ends_by_dispatched(derived, scope, reach.marks, any_callback);
	for (uint32_t i = 0; i < reach.queue.count; i += 2)
		reach.marks[reach.queue.items[i]] = 0;
	table_release(&reach.queue);
	return is_pump;
}

/* The wait is what the called helper is for: all of them on the way iterate or wait by name, or it waits itself or by
 * one more. What waits far below other things is one of many that may happen there. */
static bool is_near(const struct derived *derived, const struct effect *wait)
{
	int helpers = 0;
	bool by_name = true;
	for (const struct effect *at = wait; at->from != NONE; helpers++) {
		at = &derived->effects.items[at->from];
		by_name &= derived->owner[at->node] != 0;
	}
	return by_name || (helpers <= NEAR_HELPERS && !wait->by_pointer);
}

bool is_hand_pump(struct derived *derived, const struct effect *wait)
{
	if (wait->kind != EFFECT_WAITS || !wait->certain || waits_on_own_set(derived, wait) ||
	    !is_near(derived, wait) || !is_pump_loop(derived, wait))
		return false;
	for (const struct effect *below = wait; below->from != NONE;) {
		below = &derived->effects.items[below->from];
		if (!derived->owner[below->node] && is_pump_loop(derived, below))
			return false;
	}
	return true;
}

bool waits_as_sync(struct derived *derived, const struct effect *effect)
{
	if (is_sync_looking(derived, effect->node, false))
		return true;
	struct ref loop = loop_around(derived->program, effect->call);
	return loop.index != NONE && is_sync_looking(derived, effect->node, true) && ends_by_predicate(derived, loop);
}
