#include "sides.h"

bool sides_of(const struct program *program, struct ref scope, struct sides *sides)
{
	const struct facts *facts = program_facts(program, scope.unit);
	const struct fact_scope *fact = &facts->scopes[scope.index];
	uint32_t node = program_node(program, scope.unit, fact->function);
	if (fact->kind != SCOPE_IF || fact->condition == NONE || node == NONE)
		return false;
	const struct fact_function *function = &facts->functions[fact->function];
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *other = &facts->scopes[function->first_scope + s];
		if (other->order < fact->end_order || other->condition != fact->condition ||
		    other->when == fact->when || (other->kind != SCOPE_IF && other->kind != SCOPE_AFTER))
			continue;
		sides->when = (struct side){node, scope.unit, fact->function, fact->order, fact->end_order};
		sides->otherwise = (struct side){node, scope.unit, fact->function, other->order, other->end_order};
		return true;
	}
	return false;
}

static bool is_on(const struct side *side, uint32_t order)
{
	return order >= side->first && order < side->end;
}

const struct effect *side_effect(const struct derived *derived, const struct side *side, enum effect_kind kind,
				 enum cost cost)
{
	for (uint32_t i = derived->first_effect[side->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == kind && effect->certain && (kind != EFFECT_BLOCKS || effect->cost >= cost) &&
		    effect->call.unit == side->unit && is_on(side, program_call(derived->program, effect->call)->order))
			return effect;
	}
	return NULL;
}

/* Whether both name one function, or one parameter. */
static bool is_same_function(const struct facts *facts, uint32_t a, uint32_t function, uint32_t param)
{
	const struct fact_value *value = &facts->values[a];
	return (value->kind == VALUE_FUNCTION && function != NONE && value->a == function) ||
	       (value->kind == VALUE_PARAM && param != NONE && value->a == param);
}

/* A call on the side that is given the function, as an argument that is called later. */
static struct ref deferred_on(const struct derived *derived, const struct side *side, uint32_t callee, uint32_t param)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, side->unit);
	const struct fact_function *function = &facts->functions[side->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {side->unit, function->first_call + c};
		uint32_t to = program_callee(program, call);
		if (to == NONE || !is_on(side, program_call(program, call)->order))
			continue;
		const struct node *called = &program->nodes.items[to];
		for (uint32_t a = 0; a < program_call(program, call)->argument_count && a < called->param_count; a++)
			if (derived->deferred[called->first_param + a] &&
			    is_same_function(facts, program_argument(program, call, a).index, callee, param))
				return call;
	}
	return (struct ref){side->unit, NONE};
}

static bool find_deferred(const struct derived *derived, const struct side *now, const struct side *other,
			  const char **name, struct ref *direct, struct ref *later)
{
	const struct facts *facts = program_facts(derived->program, now->unit);
	const struct fact_function *function = &facts->functions[now->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		const struct fact_call *fact = &facts->calls[function->first_call + c];
		uint32_t target = fact->callee == NONE ? fact->target : NONE;
		uint32_t param =
		    target != NONE && facts->values[target].kind == VALUE_PARAM ? facts->values[target].a : NONE;
		if (!is_on(now, fact->order) || (fact->callee == NONE && param == NONE))
			continue;
		*later = deferred_on(derived, other, fact->callee, param);
		if (later->index == NONE)
			continue;
		*direct = (struct ref){now->unit, function->first_call + c};
		*name = fact->callee != NONE ? facts_text(facts, facts->functions[fact->callee].name)
					     : facts_text(facts, facts->params[function->first_param + param].name);
		return true;
	}
	return false;
}

bool is_called_or_deferred(const struct derived *derived, const struct sides *sides, const char **name,
			   struct ref *direct, struct ref *later)
{
	return find_deferred(derived, &sides->when, &sides->otherwise, name, direct, later) ||
	       find_deferred(derived, &sides->otherwise, &sides->when, name, direct, later);
}

/* It takes a format: what it does is said to people. */
static bool is_log(const struct node *node)
{
	return node->flags & FUNCTION_VARIADIC;
}

/* Something else calls the function too, as the loop or on it. */
static bool is_loops_work(const struct derived *derived, uint32_t index, uint32_t but)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t i = 0; i < node->in_count && node->body_count; i++) {
		const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
		if (edge->from != but && (derived->owner[edge->from] || role_find(derived, edge->from, ROLE_ON_LOOP)))
			return true;
	}
	return false;
}

/* The only call on the side; index NONE if it makes none, or several. */
static struct ref only_call(const struct program *program, const struct side *side, uint32_t *count)
{
	const struct fact_function *function = &program_facts(program, side->unit)->functions[side->function];
	struct ref found = {side->unit, NONE};
	*count = 0;
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {side->unit, function->first_call + c};
		if (is_on(side, program_call(program, call)->order) && (*count)++ == 0)
			found = call;
	}
	return *count == 1 ? found : (struct ref){side->unit, NONE};
}

/* The function has queued what it was given: a parameter is stored in a field before. */
static bool has_queued(const struct program *program, const struct sides *sides)
{
	const struct facts *facts = program_facts(program, sides->when.unit);
	const struct fact_function *function = &facts->functions[sides->when.function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
		bool stores = facts->values[fact->target].kind == VALUE_FIELD && fact->source != NONE &&
			      facts->values[fact->source].kind == VALUE_PARAM;
		if (stores && fact->order < sides->when.first)
			return true;
	}
	return false;
}

struct ref done_or_left_to_loop(const struct derived *derived, const struct sides *sides)
{
	uint32_t count, other_count;
	struct ref call = only_call(derived->program, &sides->when, &count);
	struct ref other = only_call(derived->program, &sides->otherwise, &other_count);
	if (count == 0)
		call = other;
	uint32_t callee = count + other_count == 1 ? program_callee(derived->program, call) : NONE;
	if (callee == NONE || !has_queued(derived->program, sides) || is_log(&derived->program->nodes.items[callee]) ||
	    !is_loops_work(derived, callee, sides->when.node))
		call.index = NONE;
	return call;
}
