#include "completion.h"

#include "stores.h"

#include <string.h>

/* How deep the expression of a condition is looked into; a call counts for half of it, so that an accessor may call one
 * more, and no more than that. */
enum { FLAG_DEPTH = 16, ACCESSOR_DEPTH = FLAG_DEPTH / 2 };

struct ref loop_around(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	for (uint32_t scope = program_call(program, call)->scope; scope != NONE; scope = facts->scopes[scope].parent) {
		if (fact_repeats(facts, &facts->scopes[scope]))
			return (struct ref){call.unit, scope};
	}
	return (struct ref){call.unit, NONE};
}

/* Whether the node is called back: held in a slot or a variable, or registered with a library, or called by such a
 * function. */
static bool is_callback(const struct derived *derived, uint32_t node)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->holders.count; i++) {
		const struct holder *holder = &program->holders.items[i];
		bool keeps = holder->kind == HOLDER_SLOT || holder->kind == HOLDER_VARIABLE ||
			     (holder->kind == HOLDER_PARAM && derived->deferred[i]);
		for (uint32_t h = 0; keeps && h < holder->held.count; h++)
			if (holder->held.items[h].function == node)
				return true;
	}
	return role_find(derived, node, ROLE_ON_LOOP) != NULL;
}

/* What is looked for: places that a callback sets, or that one of the nodes does that a loop runs. */
struct search {
	const struct derived *derived;
	const uint8_t *dispatched; /* by node; NULL: no such nodes */
	struct ref loop;           /* with dispatched: whose results are no flags */
	bool only_dispatched;      /* no other callback can run in the loop */
};

/* A call in the loop is given the value, or its address. */
static bool is_passed_in_loop(const struct search *search, uint32_t function, const struct fact_value *place)
{
	const struct facts *facts = program_facts(search->derived->program, search->loop.unit);
	const struct fact_scope *loop = &facts->scopes[search->loop.index];
	for (uint32_t c = 0; c < facts->functions[function].call_count; c++) {
		const struct fact_call *call = &facts->calls[facts->functions[function].first_call + c];
		if (call->order < loop->order || call->order >= loop->end_order)
			continue;
		for (uint32_t a = 0; a < call->argument_count; a++) {
			uint32_t value = facts->arguments[call->first_argument + a].value;
			if (place->kind == VALUE_LOCAL && facts->values[value].kind == VALUE_ADDRESS)
				value = facts->values[value].a;
			else if (place->kind == VALUE_LOCAL)
				continue;
			if (facts->values[value].kind == place->kind && facts->values[value].a == place->a)
				return true;
		}
	}
	return false;
}

/* The loop itself assigns what the parameter points to. */
static bool is_assigned_in_loop(const struct search *search, uint32_t function, uint32_t param)
{
	const struct facts *facts = program_facts(search->derived->program, search->loop.unit);
	const struct fact_scope *loop = &facts->scopes[search->loop.index];
	const struct fact_function *in = &facts->functions[function];
	for (uint32_t i = 0; i < in->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[in->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (assignment->order >= loop->order && assignment->order < loop->end_order &&
		    target->kind == VALUE_POINTEE && facts->values[target->a].kind == VALUE_PARAM &&
		    facts->values[target->a].a == param)
			return true;
	}
	return false;
}

/* What a call in the loop hands out, in a local or through a parameter (`read(s, &error)`, `read(s, error)`), is its
 * own result, and so is what it assigns itself: it is no callback that sets it. */
static bool is_result(const struct search *search, uint32_t unit, uint32_t function, uint32_t value)
{
	if (!search->dispatched || unit != search->loop.unit)
		return false;
	const struct facts *facts = program_facts(search->derived->program, unit);
	if (function != facts->scopes[search->loop.index].function)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_FIELD) {
		uint32_t root = value_root(search->derived->program, unit, value);
		return root != NONE && facts->values[root].kind == VALUE_LOCAL &&
		       is_passed_in_loop(search, function, &facts->values[root]);
	}
	const struct fact_value *pointer = fact->kind == VALUE_POINTEE ? &facts->values[fact->a] : fact;
	return fact->kind == VALUE_POINTEE && pointer->kind == VALUE_PARAM &&
	       (is_passed_in_loop(search, function, pointer) || is_assigned_in_loop(search, function, pointer->a));
}

/* A callback somewhere assigns the field or variable. */
static bool is_set_by_callback(const struct search *search, uint32_t unit, const struct fact_value *place)
{
	const struct program *program = search->derived->program;
	struct stores stores = stores_of_value(program, unit, place);
	for (uint32_t i = 0; i < stores.count; i++) {
		uint32_t u = stores.items[i].unit,
			 function = program_facts(program, u)->assignments[stores.items[i].index].function;
		uint32_t node = program_node(program, u, function);
		if (node != NONE && ((search->dispatched && search->dispatched[node]) ||
				     (!search->only_dispatched && is_callback(search->derived, node))))
			return true;
	}
	return false;
}

static bool is_address_of_local(const struct facts *facts, uint32_t value, uint32_t local)
{
	return value != NONE && facts->values[value].kind == VALUE_ADDRESS &&
	       facts->values[facts->values[value].a].kind == VALUE_LOCAL &&
	       facts->values[facts->values[value].a].a == local;
}

/* The local's address is given away together with a function, or stored. */
static bool is_given_away(const struct derived *derived, uint32_t unit, uint32_t function, uint32_t local)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	for (uint32_t c = 0; c < fact->call_count; c++) {
		const struct fact_call *call = &facts->calls[fact->first_call + c];
		bool has_function = false, has_local = false;
		for (uint32_t a = 0; a < call->argument_count; a++) {
			uint32_t value = facts->arguments[call->first_argument + a].value;
			has_function |= facts->values[value].kind == VALUE_FUNCTION;
			has_local |= is_address_of_local(facts, value, local);
		}
		if (has_function && has_local)
			return true;
	}
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		if (facts->values[assignment->target].kind == VALUE_FIELD &&
		    is_address_of_local(facts, assignment->source, local))
			return true;
	}
	return false;
}

static bool reads_flag(const struct search *search, uint32_t unit, uint32_t function, uint32_t value, int depth);

/* Whether one of the conditions under which the statement runs reads such a place. */
static bool depends_on_flag(const struct search *search, uint32_t unit, const struct fact_assignment *statement,
			    int depth)
{
	const struct facts *facts = program_facts(search->derived->program, unit);
	for (uint32_t scope = statement->scope; scope != NONE; scope = facts->scopes[scope].parent)
		if (reads_flag(search, unit, statement->function, facts->scopes[scope].condition, depth))
			return true;
	return false;
}

/* `is_done(c)`: a function of the project that returns such a place, or returns by it (`if (c->done) return 1;`). */
static bool returns_flag(const struct search *search, uint32_t index, int depth)
{
	const struct program *program = search->derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t i = 0; i < function->assignment_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
			int64_t number;
			if (facts->values[assignment->target].kind != VALUE_RETURN || assignment->source == NONE)
				continue;
			if (value_constant(program, body.unit, assignment->source, &number)
				? depends_on_flag(search, body.unit, assignment, depth)
				: reads_flag(search, body.unit, body.index, assignment->source, depth))
				return true;
		}
	}
	return false;
}

/* The same of a call: by name, or by a pointer that can hold such a function. */
static bool call_returns_flag(const struct search *search, struct ref call, int depth)
{
	const struct program *program = search->derived->program;
	uint32_t callee = program_callee(program, call);
	if (callee != NONE)
		return returns_flag(search, callee, depth);
	const struct fact_call *fact = program_call(program, call);
	uint32_t holder = program_holder(program, call.unit, fact->function, fact->target);
	for (uint32_t h = 0; holder != NONE && h < program->holders.items[holder].held.count; h++)
		if (returns_flag(search, program->holders.items[holder].held.items[h].function, depth))
			return true;
	return false;
}

/* Whether some place that the value reads is one that a callback sets. */
static bool reads_flag(const struct search *search, uint32_t unit, uint32_t function, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(search->derived->program, unit);
	if (value == NONE || depth > FLAG_DEPTH)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (is_result(search, unit, function, value))
		return false;
	switch ((enum value_kind)fact->kind) {
	case VALUE_FIELD:
	case VALUE_VARIABLE:
		return is_set_by_callback(search, unit, fact);
	case VALUE_LOCAL:
		return is_given_away(search->derived, unit, function, fact->a);
	case VALUE_POINTEE: /* *completed: the flag of whoever called */
		return facts->values[fact->a].kind == VALUE_PARAM;
	case VALUE_CALL:
		return call_returns_flag(search, (struct ref){unit, fact->a}, depth + ACCESSOR_DEPTH);
	case VALUE_UNARY:
		return reads_flag(search, unit, function, fact->a, depth + 1);
	case VALUE_BINARY:
		return reads_flag(search, unit, function, fact->a, depth + 1) ||
		       reads_flag(search, unit, function, fact->b, depth + 1);
	default:
		return false;
	}
}

bool reads_completion(const struct derived *derived, struct ref scope)
{
	const struct fact_scope *fact = &program_facts(derived->program, scope.unit)->scopes[scope.index];
	return reads_flag(&(struct search){.derived = derived}, scope.unit, fact->function, fact->condition, 0);
}

/* Flags of an `if` that is a way out of the loop: one by goto goes on where it does not go back. */
static uint32_t way_out_flags(const struct fact_scope *loop)
{
	return SCOPE_BREAKS | SCOPE_RETURNS | (loop->kind == SCOPE_LABEL ? SCOPE_GOES : 0);
}

/* Whether the loop's condition, or one by which it is left, is one that `reads` accepts. */
static bool ends_by(const struct search *search, struct ref scope,
		    bool (*reads)(const struct search *, uint32_t unit, uint32_t function, uint32_t value, int depth))
{
	const struct facts *facts = program_facts(search->derived->program, scope.unit);
	const struct fact_scope *loop = &facts->scopes[scope.index];
	if (reads(search, scope.unit, loop->function, loop->condition, 0))
		return true;
	const struct fact_function *function = &facts->functions[loop->function];
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *inner = &facts->scopes[function->first_scope + s];
		bool inside = inner->order > loop->order && inner->order < loop->end_order;
		if (inside && inner->kind == SCOPE_IF && inner->flags & way_out_flags(loop) &&
		    reads(search, scope.unit, loop->function, inner->condition, 0))
			return true;
	}
	return false;
}

bool ends_by_callback(const struct derived *derived, struct ref scope)
{
	return ends_by(&(struct search){.derived = derived}, scope, reads_flag);
}

bool ends_by_dispatched(const struct derived *derived, struct ref scope, const uint8_t *dispatched, bool any_callback)
{
	return ends_by(&(struct search){derived, dispatched, scope, !any_callback}, scope, reads_flag);
}

/* `until(context)`: calls a parameter. */
static bool calls_param(const struct search *search, uint32_t unit, uint32_t function, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(search->derived->program, unit);
	if (value == NONE || depth > FLAG_DEPTH)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_CALL:
		return facts->calls[fact->a].target != NONE &&
		       facts->values[facts->calls[fact->a].target].kind == VALUE_PARAM;
	case VALUE_UNARY:
		return calls_param(search, unit, function, fact->a, depth + 1);
	case VALUE_BINARY:
		return calls_param(search, unit, function, fact->a, depth + 1) ||
		       calls_param(search, unit, function, fact->b, depth + 1);
	default:
		return false;
	}
}

bool ends_by_predicate(const struct derived *derived, struct ref scope)
{
	return ends_by(&(struct search){.derived = derived}, scope, calls_param);
}
