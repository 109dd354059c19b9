#include "wakeups.h"

#include "modelled.h"

/* What stands for a local that others get at by its address alone: as user data of a callback. */
static const char address_of_local[] = "&";

/* The field that the local's address is stored in, or `address_of_local`; NONE for a pointer. */
static uint32_t place_of_local(struct derived *derived, uint32_t unit, uint32_t local)
{
	const struct facts *facts = program_facts(derived->program, unit);
	const struct fact_local *fact = &facts->locals[local];
	if (fact->type != NONE && facts->types[fact->type].pointers > 0)
		return NONE;
	const struct fact_function *function = &facts->functions[fact->function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *source =
		    assignment->source == NONE ? NULL : &facts->values[assignment->source];
		if (source && source->kind == VALUE_ADDRESS && facts->values[source->a].kind == VALUE_LOCAL &&
		    facts->values[source->a].a == local && facts->values[assignment->target].kind == VALUE_FIELD)
			return slot_subject(&derived->conditions, unit, assignment->target);
	}
	return intern(&derived->conditions.subjects, address_of_local);
}

/* The slot or variable that the value names, or NONE. */
static uint32_t place_of(struct derived *derived, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(derived->program, unit);
	for (;;) {
		value = value_resolve(derived->program, unit, value);
		if (value == NONE)
			return NONE;
		const struct fact_value *fact = &facts->values[value];
		switch ((enum value_kind)fact->kind) {
		case VALUE_FIELD:
			return slot_subject(&derived->conditions, unit, value);
		case VALUE_VARIABLE:
			return intern(&derived->conditions.subjects,
				      facts_text(facts, facts->variables[fact->a].identity));
		case VALUE_LOCAL:
			return place_of_local(derived, unit, fact->a);
		case VALUE_ADDRESS:
		case VALUE_ELEMENT:
		case VALUE_POINTEE:
			value = fact->a;
			break;
		default:
			return NONE;
		}
	}
}

static void add(struct wakeups *wakeups, struct wakeup wakeup)
{
	uint32_t *last = &wakeups->first[wakeup.node];
	while (*last != NONE) {
		struct wakeup *other = &wakeups->list.items[*last];
		if (other->wakes == wakeup.wakes && other->order == wakeup.order &&
		    other->call.unit == wakeup.call.unit && other->places[0] == wakeup.places[0])
			return;
		last = &other->next;
	}
	wakeup.next = NONE;
	*last = wakeups->list.count;
	table_add(&wakeups->list, wakeup);
}

static uint32_t root_param(const struct program *program, uint32_t unit, uint32_t value)
{
	uint32_t root = value_root(program, unit, value);
	const struct facts *facts = program_facts(program, unit);
	return root != NONE && facts->values[root].kind == VALUE_PARAM ? facts->values[root].a : NONE;
}

/* Runs whatever way the function takes: not under an `if`, a `case`, or behind a `return`. */
static bool is_unconditional(const struct facts *facts, uint32_t scope)
{
	for (; scope != NONE; scope = facts->scopes[scope].parent)
		if (facts->scopes[scope].kind != SCOPE_BODY && facts->scopes[scope].kind != SCOPE_LABEL)
			return false;
	return true;
}

static void seed_call(struct derived *derived, struct wakeups *wakeups, struct ref call, uint32_t node, bool wakes)
{
	const struct fact_call *fact = program_call(derived->program, call);
	struct wakeup wakeup = {
	    .node = node, .call = call, .wakes = wakes, .below = NONE, .order = fact->order, .param = NONE};
	struct ref argument = program_argument(derived->program, call, 0);
	if (argument.index == NONE)
		return;
	uint32_t place = place_of(derived, argument.unit, argument.index);
	wakeup.param = root_param(derived->program, argument.unit, argument.index);
	wakeup.object = value_root(derived->program, argument.unit, argument.index);
	wakeup.certain = is_unconditional(program_facts(derived->program, call.unit), fact->scope);
	if (place != NONE)
		wakeup.places[wakeup.place_count++] = place;
	if (place != NONE || wakeup.param != NONE)
		add(wakeups, wakeup);
}

static void seed_calls(struct derived *derived, struct wakeups *wakeups)
{
	const struct program *program = derived->program;
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind != EDGE_CALL)
			continue;
		const struct node *callee = &program->nodes.items[edge->to];
		if (modelled_effect(callee, MODEL_WAITS_THREAD))
			seed_call(derived, wakeups, edge->call, edge->from, false);
		else if (modelled_effect(callee, MODEL_WAKES))
			seed_call(derived, wakeups, edge->call, edge->from, true);
	}
}

/* The field or variable whose value alone the loop's condition is about: `!job->done`, `job->state == RUNNING`. What is
   in a local record is nobody else's to set. */
static uint32_t flag_of(const struct program *program, uint32_t unit, uint32_t value, uint32_t *root)
{
	const struct facts *facts = program_facts(program, unit);
	while (value != NONE && (facts->values[value].kind == VALUE_UNARY || facts->values[value].kind == VALUE_BINARY))
		value = facts->values[value].a;
	if (value == NONE || (facts->values[value].kind != VALUE_FIELD && facts->values[value].kind != VALUE_VARIABLE))
		return NONE;
	*root = value_root(program, unit, value);
	bool is_own = *root != NONE && facts->values[*root].kind == VALUE_LOCAL && facts->values[*root].type != NONE &&
		      facts->types[facts->values[*root].type].pointers == 0;
	return is_own ? NONE : value;
}

/* Loops that do nothing but sleep until a flag is set. */
static void seed_spins(struct derived *derived, struct wakeups *wakeups)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind != EFFECT_BLOCKS || effect->cost != COST_SLEEP || effect->from != NONE ||
		    !effect->certain)
			continue;
		const struct facts *facts = program_facts(program, effect->call.unit);
		const struct fact_call *call = program_call(program, effect->call);
		const struct fact_scope *scope = &facts->scopes[call->scope];
		if ((scope->kind != SCOPE_WHILE && scope->kind != SCOPE_DO) || scope->condition == NONE)
			continue;
		uint32_t root, flag = flag_of(program, effect->call.unit, scope->condition, &root);
		if (flag != NONE)
			add(wakeups, (struct wakeup){.node = effect->node,
						     .call = effect->call,
						     .below = NONE,
						     .order = call->order,
						     .places = {place_of(derived, effect->call.unit, flag)},
						     .place_count = 1,
						     .param = NONE,
						     .object = root});
	}
}

static bool is_spun_on(const struct wakeups *wakeups, uint32_t spins, uint32_t end, uint32_t place)
{
	for (uint32_t i = spins; i < end; i++)
		if (wakeups->list.items[i].places[0] == place)
			return true;
	return false;
}

/* Assignments to the flags that such loops wait for. */
static void seed_assignments(struct derived *derived, struct wakeups *wakeups, uint32_t spins)
{
	const struct program *program = derived->program;
	uint32_t end = wakeups->list.count;
	for (uint32_t unit = 0; unit < program->unit_count && spins < end; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->assignments_count; i++) {
			const struct fact_assignment *fact = &facts->assignments[i];
			uint32_t kind = facts->values[fact->target].kind;
			if (fact->function == NONE || (kind != VALUE_FIELD && kind != VALUE_VARIABLE))
				continue;
			uint32_t place = place_of(derived, unit, fact->target),
				 node = program_node(program, unit, fact->function);
			if (node != NONE && is_spun_on(wakeups, spins, end, place))
				add(wakeups, (struct wakeup){.node = node,
							     .call = {unit, i},
							     .by_assignment = true,
							     .wakes = true,
							     .certain = is_unconditional(facts, fact->scope),
							     .below = NONE,
							     .order = fact->order,
							     .places = {place},
							     .place_count = 1,
							     .param = root_param(program, unit, fact->target),
							     .object = value_root(program, unit, fact->target)});
		}
	}
}

/* The callee's wakeup as its caller has it. */
static void lift(struct derived *derived, struct wakeups *wakeups, uint32_t at, const struct edge *edge)
{
	struct wakeup below = wakeups->list.items[at];
	const struct fact_call *fact = program_call(derived->program, edge->call);
	struct wakeup wakeup = {
	    .node = edge->from,
	    .call = edge->call,
	    .wakes = below.wakes,
	    .certain = below.certain && is_unconditional(program_facts(derived->program, edge->call.unit), fact->scope),
	    .depth = below.depth + 1,
	    .below = at,
	    .order = fact->order,
	    .param = NONE,
	    .object = NONE};
	if (below.param != NONE) {
		struct ref argument = program_argument(derived->program, edge->call, below.param);
		uint32_t place = argument.index == NONE ? NONE : place_of(derived, argument.unit, argument.index);
		if (argument.index != NONE)
			wakeup.param = root_param(derived->program, argument.unit, argument.index);
		wakeup.object =
		    argument.index == NONE ? NONE : value_root(derived->program, argument.unit, argument.index);
		if (place != NONE)
			wakeup.places[wakeup.place_count++] = place;
	}
	for (uint32_t i = 0; i < below.place_count && wakeup.place_count < WAKEUP_PLACES; i++)
		wakeup.places[wakeup.place_count++] = below.places[i];
	if (wakeup.place_count || wakeup.param != NONE)
		add(wakeups, wakeup);
}

void wakeups_find(struct derived *derived, struct wakeups *wakeups)
{
	const struct program *program = derived->program;
	*wakeups = (struct wakeups){.first = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t))};
	for (uint32_t i = 0; i < program->nodes.count; i++)
		wakeups->first[i] = NONE;
	wakeups->address = intern(&derived->conditions.subjects, address_of_local);
	seed_calls(derived, wakeups);
	uint32_t spins = wakeups->list.count;
	seed_spins(derived, wakeups);
	seed_assignments(derived, wakeups, spins);
	for (uint32_t at = 0; at < wakeups->list.count; at++) {
		const struct node *node = &program->nodes.items[wakeups->list.items[at].node];
		/* A model says all that matters of its function. */
		if (wakeups->list.items[at].depth >= WAKEUP_DEPTH || node->model)
			continue;
		for (uint32_t i = 0; i < node->in_count; i++) {
			const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
			if (edge->kind == EDGE_CALL)
				lift(derived, wakeups, at, edge);
		}
	}
}

void wakeups_release(struct wakeups *wakeups)
{
	table_release(&wakeups->list);
}

bool wakeup_meets(const struct wakeups *wakeups, const struct wakeup *wait, const struct wakeup *wake)
{
	for (uint32_t a = 0; a < wait->place_count; a++) {
		if (wait->places[a] == wakeups->address && !wake->place_count)
			return true;
		for (uint32_t b = 0; b < wake->place_count; b++)
			if (wait->places[a] == wake->places[b])
				return true;
	}
	return false;
}

const struct wakeup *wakeup_in(const struct wakeups *wakeups, uint32_t node, const struct wakeup *wait)
{
	for (uint32_t i = wakeups->first[node]; i != NONE; i = wakeups->list.items[i].next)
		if (wakeups->list.items[i].wakes && wakeup_meets(wakeups, wait, &wakeups->list.items[i]))
			return &wakeups->list.items[i];
	return NULL;
}
