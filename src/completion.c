#include "completion.h"

#include <string.h>

struct ref loop_around(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	for (uint32_t scope = program_call(program, call)->scope; scope != NONE; scope = facts->scopes[scope].parent) {
		const struct fact_scope *fact = &facts->scopes[scope];
		bool never_repeated = fact->kind == SCOPE_DO && fact->condition != NONE &&
				      facts->values[fact->condition].kind == VALUE_INTEGER &&
				      fact_integer(&facts->values[fact->condition]) == 0;
		if ((fact->kind == SCOPE_WHILE || fact->kind == SCOPE_DO || fact->kind == SCOPE_FOR) && !never_repeated)
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

static bool is_same_place(const struct facts *a_facts, const struct fact_value *a, const struct facts *b_facts,
			  const struct fact_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_FIELD)
		return strcmp(facts_text(a_facts, a->b), facts_text(b_facts, b->b)) == 0 &&
		       strcmp(facts_text(a_facts, a->c), facts_text(b_facts, b->c)) == 0;
	return a->kind == VALUE_VARIABLE && strcmp(facts_text(a_facts, a_facts->variables[a->a].identity),
						   facts_text(b_facts, b_facts->variables[b->a].identity)) == 0;
}

/* A callback somewhere assigns the field or variable. */
static bool is_set_by_callback(const struct derived *derived, uint32_t unit, const struct fact_value *place)
{
	const struct program *program = derived->program;
	for (uint32_t u = 0; u < program->unit_count; u++) {
		const struct facts *facts = program_facts(program, u);
		for (uint32_t i = 0; i < facts->assignments_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[i];
			if (assignment->function != NONE &&
			    is_same_place(program_facts(program, unit), place, facts,
					  &facts->values[assignment->target]) &&
			    is_callback(derived, program_node(program, u, assignment->function)))
				return true;
		}
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

/* Whether some place that the value reads is one that a callback sets. */
static bool reads_flag(struct derived *derived, uint32_t unit, uint32_t function, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(derived->program, unit);
	if (value == NONE || depth > 16)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_FIELD:
	case VALUE_VARIABLE:
		return is_set_by_callback(derived, unit, fact);
	case VALUE_LOCAL:
		return is_given_away(derived, unit, function, fact->a);
	case VALUE_POINTEE: /* *completed: the flag of whoever called */
		return facts->values[fact->a].kind == VALUE_PARAM;
	case VALUE_UNARY:
		return reads_flag(derived, unit, function, fact->a, depth + 1);
	case VALUE_BINARY:
		return reads_flag(derived, unit, function, fact->a, depth + 1) ||
		       reads_flag(derived, unit, function, fact->b, depth + 1);
	default:
		return false;
	}
}

bool reads_completion(struct derived *derived, struct ref scope)
{
	const struct fact_scope *fact = &program_facts(derived->program, scope.unit)->scopes[scope.index];
	return reads_flag(derived, scope.unit, fact->function, fact->condition, 0);
}

bool ends_by_callback(struct derived *derived, struct ref scope)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	const struct fact_scope *loop = &facts->scopes[scope.index];
	if (reads_flag(derived, scope.unit, loop->function, loop->condition, 0))
		return true;
	const struct fact_function *function = &facts->functions[loop->function];
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *inner = &facts->scopes[function->first_scope + s];
		bool inside = inner->order > loop->order && inner->order < loop->end_order;
		if (inside && inner->kind == SCOPE_IF && inner->flags & (SCOPE_BREAKS | SCOPE_RETURNS) &&
		    reads_flag(derived, scope.unit, loop->function, inner->condition, 0))
			return true;
	}
	return false;
}
