#include "bridges.h"

#include "modelled.h"

/* A function that is handed over in a node, to be called later. */
struct start {
	uint32_t callback;
	struct ref at; /* call or assignment that names it */
	bool by_call;
	uint32_t order;  /* of the call in the node that leads there, or of the assignment itself */
	struct ref call; /* that call; unit NONE for an assignment in the node itself */
};

typedef TABLE(struct start) start_table;

/* How far down a start may be, and a wait. Functions that are set in an object further down are a constructor's. */
enum { START_DEPTH = 1, WAIT_DEPTH = 3 };

static bool runs_as(const struct derived *derived, uint32_t node, uint32_t kind)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].kind == kind && derived->roles.items[i].from == NONE)
			return true;
	return false;
}

/* A thread that says it has come up does no work that its maker waits for, and a handler of signals wakes for another
 * reason. */
static bool is_thread_only(const struct derived *derived, uint32_t node)
{
	return (runs_as(derived, node, ROLE_THREAD) || runs_as(derived, node, ROLE_SIGNAL)) &&
	       !runs_as(derived, node, ROLE_ON_LOOP) && !runs_as(derived, node, ROLE_WORKER);
}

static uint32_t function_of(const struct program *program, uint32_t unit, uint32_t value)
{
	value = value_resolve(program, unit, value);
	const struct facts *facts = program_facts(program, unit);
	return value != NONE && facts->values[value].kind == VALUE_FUNCTION
		   ? program->units[unit].node[facts->values[value].a]
		   : NONE;
}

static void add_call_starts(const struct derived *derived, struct ref call, uint32_t callee, start_table *found)
{
	const struct program *program = derived->program;
	const struct fact_call *fact = program_call(program, call);
	const struct node *called = &program->nodes.items[callee];
	for (uint32_t a = 0; a < fact->argument_count && a < called->param_count; a++) {
		if (!derived->deferred[called->first_param + a])
			continue;
		uint32_t callback = function_of(program, call.unit, program_argument(program, call, a).index);
		if (callback != NONE && !is_thread_only(derived, callback))
			table_add(found, (struct start){callback, call, true, fact->order, call});
	}
}

static void add_assigned_starts(const struct derived *derived, struct ref body, start_table *found)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
		if (facts->values[fact->target].kind != VALUE_FIELD || fact->source == NONE)
			continue;
		uint32_t callback = function_of(program, body.unit, fact->source);
		if (callback != NONE && !is_thread_only(derived, callback))
			table_add(found, (struct start){callback,
							{body.unit, function->first_assignment + i},
							false,
							fact->order,
							{NONE, NONE}});
	}
}

/* What the node hands over, itself or by those it calls. Those that are bridges wait for what they start themselves. */
static void find_starts(const struct derived *derived, const uint8_t *is_bridge, uint32_t index, uint32_t below,
			uint32_t depth, start_table *found)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t b = 0; b < node->body_count && !below; b++)
		add_assigned_starts(derived, program->bodies.items[node->first_body + b], found);
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind != EDGE_CALL || edge->to == index)
			continue;
		add_call_starts(derived, edge->call, edge->to, found);
		const struct node *callee = &program->nodes.items[edge->to];
		if (below >= depth || !callee->body_count || callee->model || is_bridge[edge->to])
			continue;
		uint32_t first = found->count;
		find_starts(derived, is_bridge, edge->to, below + 1, depth, found);
		for (uint32_t i = first; i < found->count; i++) {
			found->items[i].call = edge->call;
			found->items[i].order = program_call(program, edge->call)->order;
		}
	}
}

static bool passes_bridge(const struct wakeups *wakeups, const uint8_t *is_bridge, uint32_t wakeup)
{
	for (; wakeup != NONE; wakeup = wakeups->list.items[wakeup].below)
		if (is_bridge[wakeups->list.items[wakeup].node])
			return true;
	return false;
}

static bool is_same_root(const struct facts *facts, uint32_t a, uint32_t b)
{
	const struct fact_value *x = &facts->values[a], *y = &facts->values[b];
	return x->kind == y->kind && x->a == y->a &&
	       (x->kind == VALUE_PARAM || x->kind == VALUE_LOCAL || x->kind == VALUE_VARIABLE || x->kind == VALUE_CALL);
}

/* The value is, or is a call that is given, something of the object. */
static bool speaks_of(const struct program *program, uint32_t unit, uint32_t value, uint32_t object)
{
	uint32_t root = value == NONE ? NONE : value_root(program, unit, value);
	const struct facts *facts = program_facts(program, unit);
	if (root == NONE || is_same_root(facts, root, object))
		return root != NONE;
	if (facts->values[root].kind != VALUE_CALL)
		return false;
	struct ref call = {unit, facts->values[root].a};
	for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
		uint32_t argument = value_root(program, unit, program_argument(program, call, a).index);
		if (argument != NONE && is_same_root(facts, argument, object))
			return true;
	}
	return false;
}

/* The object is put into what `value` belongs to, or the other way round: `client->queue = request`. */
static bool is_linked(const struct program *program, uint32_t unit, uint32_t function, uint32_t value, uint32_t object)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	uint32_t root = value_root(program, unit, value);
	if (root == NONE)
		return false;
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		if (facts->values[assignment->target].kind != VALUE_FIELD)
			continue;
		bool into = speaks_of(program, unit, assignment->target, root) &&
			    speaks_of(program, unit, assignment->source, object);
		bool out_of = speaks_of(program, unit, assignment->target, object) &&
			      speaks_of(program, unit, assignment->source, root);
		if (into || out_of)
			return true;
	}
	return false;
}

/* What is started has to do with what is waited for: the start is given the object, or something that it was put into.
 */
static bool is_about(const struct program *program, struct ref call, const struct wakeup *wait)
{
	const struct fact_call *fact = program_call(program, call);
	for (uint32_t a = 0; wait->object != NONE && a < fact->argument_count; a++) {
		uint32_t value = program_argument(program, call, a).index;
		if (speaks_of(program, call.unit, value, wait->object) ||
		    is_linked(program, call.unit, fact->function, value, wait->object))
			return true;
	}
	return false;
}

static bool is_start_about(const struct program *program, const struct start *start, const struct wakeup *wait)
{
	if (wait->object == NONE) /* a condition for all, which the wait itself does not name */
		return start->call.unit == NONE || (start->by_call && start->at.index == start->call.index);
	if (start->call.unit != NONE)
		return is_about(program, start->call, wait);
	uint32_t target = program_facts(program, start->at.unit)->assignments[start->at.index].target;
	return start->at.unit == wait->call.unit && speaks_of(program, start->at.unit, target, wait->object);
}

/* The callback was handed over by a call before, and by another one than the wait: else both are further down. */
static bool is_before(const struct start *start, const struct wakeup *wait)
{
	bool same_call = start->call.unit == wait->call.unit && start->call.index == wait->call.index;
	return start->order < wait->order && !same_call;
}

static bool add_by_callback(const struct program *program, struct bridges *bridges, const start_table *starts,
			    uint32_t wait_index)
{
	const struct wakeup *wait = &bridges->wakeups.list.items[wait_index];
	for (uint32_t i = 0; i < starts->count; i++) {
		const struct start *start = &starts->items[i];
		const struct wakeup *wake = is_before(start, wait) && is_start_about(program, start, wait)
						? wakeup_in(&bridges->wakeups, start->callback, wait)
						: NULL;
		if (!wake || start->callback == wait->node)
			continue;
		table_add(&bridges->list, (struct bridge){wait->node, start->at, start->by_call, start->callback,
							  wait_index, (uint32_t)(wake - bridges->wakeups.list.items)});
		return true;
	}
	return false;
}

/* The wake is of a loop, or of what lives on one: the loop is to do something. */
static bool wakes_loop(const struct program *program, const struct wakeups *wakeups, const struct wakeup *wake)
{
	while (wake->below != NONE)
		wake = &wakeups->list.items[wake->below];
	uint32_t callee = program_callee(program, wake->call);
	const struct node *node = callee == NONE ? NULL : &program->nodes.items[callee];
	const struct model_type *type = node ? modelled_param(program, node, 0) : NULL;
	return type && (type->loop || type->handle);
}

/* A call before the wait that starts something which ends later, or that wakes a loop, for what is waited for; unit
 * NONE if there is none. */
static struct ref started_before(const struct derived *derived, const struct wakeups *wakeups,
				 const struct wakeup *wait)
{
	for (uint32_t i = derived->first_effect[wait->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_STARTS_ASYNC && !effect->by_pointer &&
		    effect->call.unit == wait->call.unit &&
		    program_call(derived->program, effect->call)->order < wait->order &&
		    is_about(derived->program, effect->call, wait))
			return effect->call;
	}
	for (uint32_t i = wakeups->first[wait->node]; i != NONE; i = wakeups->list.items[i].next) {
		const struct wakeup *other = &wakeups->list.items[i];
		if (other->wakes && !other->by_assignment && other->call.unit == wait->call.unit &&
		    other->order < wait->order && wakes_loop(derived->program, wakeups, other) &&
		    is_about(derived->program, other->call, wait))
			return other->call;
	}
	return (struct ref){NONE, NONE};
}

/* What is waited for is woken by a callback on a loop that somebody else handed over. */
static bool add_by_slot(const struct derived *derived, struct bridges *bridges, uint32_t wait_index)
{
	const struct wakeup *wait = &bridges->wakeups.list.items[wait_index];
	struct ref start = started_before(derived, &bridges->wakeups, wait);
	for (uint32_t i = 0; i < bridges->wakeups.list.count && start.unit != NONE; i++) {
		const struct wakeup *wake = &bridges->wakeups.list.items[i];
		if (!wake->wakes || wake->depth || wake->node == wait->node || !wake->place_count ||
		    !wait->place_count || wake->places[0] != wait->places[0] ||
		    wake->places[0] == bridges->wakeups.address || !role_find(derived, wake->node, ROLE_ON_LOOP))
			continue;
		table_add(&bridges->list, (struct bridge){wait->node, start, true, wake->node, wait_index, i});
		return true;
	}
	return false;
}

static bool find_in(const struct derived *derived, struct bridges *bridges, const uint8_t *is_bridge, uint32_t node,
		    uint32_t depth)
{
	start_table starts = {0};
	bool found = false, started = false;
	for (uint32_t i = bridges->wakeups.first[node]; i != NONE && !found; i = bridges->wakeups.list.items[i].next) {
		const struct wakeup *wait = &bridges->wakeups.list.items[i];
		if (wait->wakes || wait->depth > depth || passes_bridge(&bridges->wakeups, is_bridge, i))
			continue;
		if (!started)
			find_starts(derived, is_bridge, node, 0, depth < START_DEPTH ? depth : START_DEPTH, &starts);
		started = true;
		found = add_by_callback(derived->program, bridges, &starts, i) ||
			(depth == WAIT_DEPTH && add_by_slot(derived, bridges, i));
	}
	table_release(&starts);
	return found;
}

void bridges_find(struct derived *derived, struct bridges *bridges, bool callbacks_too)
{
	const struct program *program = derived->program;
	uint8_t *is_bridge = arena_alloc(&derived->arena, program->nodes.count);
	*bridges = (struct bridges){0};
	wakeups_find(derived, &bridges->wakeups);
	for (uint32_t depth = 0; depth <= WAIT_DEPTH; depth++)
		for (uint32_t n = 0; n < program->nodes.count; n++)
			if (!is_bridge[n] && bridges->wakeups.first[n] != NONE &&
			    !modelled_effect(&program->nodes.items[n], MODEL_WAITS_THREAD) &&
			    (is_sync_looking(derived, n, true) ||
			     (callbacks_too && role_find(derived, n, ROLE_ON_LOOP))))
				is_bridge[n] = find_in(derived, bridges, is_bridge, n, depth);
}

void bridges_release(struct bridges *bridges)
{
	wakeups_release(&bridges->wakeups);
	table_release(&bridges->list);
}
