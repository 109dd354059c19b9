#include "missed_wakes.h"

#include "modelled.h"
#include "words.h"

static const char *const failure_words[] = {"status", "err",   "error", "rc",    "res", "result",
					    "ret",    "nread", "code",  "errno", NULL};
static const char *const success_words[] = {"ok", "success", "succeeded", "valid", NULL};

/* A parameter that says how it went. */
static const char *param_name(const struct facts *facts, uint32_t function, uint32_t value)
{
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind != VALUE_PARAM)
		return NULL;
	const struct fact_param *param = &facts->params[facts->functions[function].first_param + fact->a];
	bool is_number = param->type != NONE &&
			 facts->types[param->type].flags & (TYPE_INTEGER | TYPE_BOOL | TYPE_ENUM) &&
			 !facts->types[param->type].pointers;
	return is_number ? facts_text(facts, param->name) : NULL;
}

/* Whether the condition being `when` says that the operation failed. */
static bool says_failure(const struct facts *facts, uint32_t function, uint32_t condition, bool when)
{
	if (condition == NONE)
		return false;
	const struct fact_value *fact = &facts->values[condition];
	const char *name = param_name(facts, function, condition);
	if (name)
		return when ? has_word(name, failure_words) : has_word(name, success_words);
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return says_failure(facts, function, fact->a, !when);
	if (fact->kind != VALUE_BINARY || facts->values[fact->b].kind != VALUE_INTEGER ||
	    fact_integer(&facts->values[fact->b]) != 0)
		return false;
	name = param_name(facts, function, fact->a);
	if (!name)
		return false;
	switch (fact->c) {
	case OPERATOR_LESS:
		return when;
	case OPERATOR_GREATER_EQUAL:
		return !when;
	case OPERATOR_UNEQUAL:
		return when && has_word(name, failure_words);
	case OPERATOR_EQUAL:
		return !when && has_word(name, failure_words);
	default:
		return false;
	}
}

static bool is_within(const struct facts *facts, uint32_t scope, uint32_t outer)
{
	for (; scope != NONE; scope = facts->scopes[scope].parent)
		if (scope == outer)
			return true;
	return false;
}

static uint32_t scope_of(const struct facts *facts, const struct wakeup *wake)
{
	return wake->by_assignment ? facts->assignments[wake->call.index].scope : facts->calls[wake->call.index].scope;
}

/* The callback wakes on the way through `scope`: in it, or before it wherever the way leads. */
static bool wakes_on_way(const struct wakeups *wakeups, const struct facts *facts, uint32_t unit, uint32_t scope,
			 uint32_t node, const struct wakeup *wait)
{
	for (uint32_t i = wakeups->first[node]; i != NONE; i = wakeups->list.items[i].next) {
		const struct wakeup *wake = &wakeups->list.items[i];
		if (!wake->wakes || wake->call.unit != unit || !wakeup_meets(wakeups, wait, wake))
			continue;
		uint32_t at = scope_of(facts, wake);
		if (is_within(facts, at, scope) ||
		    (is_within(facts, scope, at) && wake->order < facts->scopes[scope].order))
			return true;
	}
	return false;
}

/* A call that may see to it that the waiter is woken: own code, one by pointer, or one that is given a function. */
static bool may_hand_on(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = program_call(program, call);
	uint32_t callee = program_callee(program, call);
	if (callee == NONE || program->nodes.items[callee].body_count)
		return true;
	for (uint32_t a = 0; a < fact->argument_count; a++)
		if (facts->values[program_argument(program, call, a).index].kind == VALUE_FUNCTION)
			return true;
	return false;
}

static bool hands_on(const struct program *program, uint32_t unit, const struct fact_function *function, uint32_t first,
		     uint32_t end)
{
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {unit, function->first_call + c};
		uint32_t order = program_call(program, call)->order;
		if (order >= first && order < end && may_hand_on(program, call))
			return true;
	}
	return false;
}

/* `if (status < 0) return;` */
static bool is_silent_exit(const struct derived *derived, const struct bridges *bridges, const struct bridge *bridge,
			   struct ref scope)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	const struct fact_scope *fact = &facts->scopes[scope.index];
	return fact->kind == SCOPE_IF && fact->flags & SCOPE_RETURNS && fact->flags & SCOPE_LEAVES &&
	       says_failure(facts, fact->function, fact->condition, fact->when) &&
	       !wakes_on_way(&bridges->wakeups, facts, scope.unit, scope.index, bridge->callback,
			     &bridges->wakeups.list.items[bridge->wait]) &&
	       !hands_on(derived->program, scope.unit, &facts->functions[fact->function], fact->order, fact->end_order);
}

/* `if (status == 0) wake();` and nothing else that wakes. */
static bool is_only_on_success(const struct derived *derived, const struct bridges *bridges,
			       const struct bridge *bridge, struct ref scope)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	const struct fact_scope *fact = &facts->scopes[scope.index];
	if (fact->kind != SCOPE_IF || !says_failure(facts, fact->function, fact->condition, !fact->when) ||
	    hands_on(derived->program, scope.unit, &facts->functions[fact->function], fact->end_order, UINT32_MAX))
		return false;
	const struct wakeups *wakeups = &bridges->wakeups;
	bool wakes_inside = false;
	for (uint32_t i = wakeups->first[bridge->callback]; i != NONE; i = wakeups->list.items[i].next) {
		const struct wakeup *wake = &wakeups->list.items[i];
		if (!wake->wakes || !wakeup_meets(wakeups, &wakeups->list.items[bridge->wait], wake))
			continue;
		if (wake->call.unit != scope.unit || !is_within(facts, scope_of(facts, wake), scope.index))
			return false;
		wakes_inside = true;
	}
	return wakes_inside;
}

static bool leads_to(const struct wakeups *wakeups, uint32_t from, uint32_t node)
{
	for (; from != NONE; from = wakeups->list.items[from].below)
		if (wakeups->list.items[from].node == node)
			return true;
	return false;
}

/* Somebody besides the callback ends the wait. */
static bool others_wake(const struct bridges *bridges, const struct bridge *bridge)
{
	const struct wakeups *wakeups = &bridges->wakeups;
	const struct wakeup *wait = &wakeups->list.items[bridge->wait];
	for (uint32_t i = 0; i < wakeups->list.count; i++) {
		const struct wakeup *wake = &wakeups->list.items[i];
		bool nearest = wake->wakes && wake->place_count && wait->place_count &&
			       wake->places[0] == wait->places[0] && wake->places[0] != wakeups->address;
		if (nearest && !leads_to(wakeups, i, bridge->callback) && !leads_to(wakeups, bridge->wake, wake->node))
			return true;
	}
	return false;
}

static bool has_timeout(const struct derived *derived, const struct bridges *bridges, const struct bridge *bridge)
{
	const struct wakeup *wait = &bridges->wakeups.list.items[bridge->wait];
	while (wait->below != NONE)
		wait = &bridges->wakeups.list.items[wait->below];
	const struct model_effect *effect = modelled_effect_at(derived->program, wait->call, MODEL_WAITS_THREAD);
	return effect && effect->argument >= 0;
}

struct ref missed_wake(const struct derived *derived, const struct bridges *bridges, const struct bridge *bridge)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[bridge->callback];
	if (has_timeout(derived, bridges, bridge) || others_wake(bridges, bridge))
		return (struct ref){NONE, NONE};
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
		for (uint32_t s = 0; s < function->scope_count; s++) {
			struct ref scope = {body.unit, function->first_scope + s};
			if (is_silent_exit(derived, bridges, bridge, scope) ||
			    is_only_on_success(derived, bridges, bridge, scope))
				return scope;
		}
	}
	return (struct ref){NONE, NONE};
}
