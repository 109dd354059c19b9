#include "derive.h"

#include "modelled.h"

/* How many functions may stand between the question and the library's own. */
enum { ASKING_DEPTH = 3 };

static bool is_thread(const struct program *program, uint32_t unit, uint32_t value, int depth);

/* A function of the project that hands on which thread this is. */
static bool tells_current_thread(const struct program *program, uint32_t index, int depth)
{
	const struct node *node = &program->nodes.items[index];
	if (node->model)
		return modelled_effect(node, MODEL_CURRENT_THREAD) != NULL;
	for (uint32_t b = 0; b < node->body_count && depth < ASKING_DEPTH; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t i = 0; i < function->assignment_count; i++) {
			const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
			if (facts->values[fact->target].kind == VALUE_RETURN &&
			    is_thread(program, body.unit, fact->source, depth + 1))
				return true;
		}
	}
	return false;
}

/* A local that it is put into, maybe a union that makes a number of it. */
static bool keeps_current_thread(const struct program *program, uint32_t unit, uint32_t local, int depth)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *function = &facts->functions[facts->locals[local].function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
		uint32_t root = value_root(program, unit, fact->target);
		if (root != NONE && facts->values[root].kind == VALUE_LOCAL && facts->values[root].a == local &&
		    fact->source != NONE && facts->values[fact->source].kind == VALUE_CALL &&
		    is_thread(program, unit, fact->source, depth))
			return true;
	}
	return false;
}

static bool is_thread(const struct program *program, uint32_t unit, uint32_t value, int depth)
{
	value = value_root(program, unit, value);
	const struct facts *facts = program_facts(program, unit);
	if (value != NONE && facts->values[value].kind == VALUE_LOCAL)
		return depth < ASKING_DEPTH && keeps_current_thread(program, unit, facts->values[value].a, depth + 1);
	if (value == NONE || facts->values[value].kind != VALUE_CALL)
		return false;
	struct ref call = {unit, facts->values[value].a};
	uint32_t callee = program_callee(program, call);
	uint32_t caller = program_node(program, unit, program_call(program, call)->function);
	if (callee != NONE || caller == NONE)
		return callee != NONE && tells_current_thread(program, callee, depth);
	const struct node *node = &program->nodes.items[caller];
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind == EDGE_POINTER && edge->call.unit == unit && edge->call.index == call.index &&
		    tells_current_thread(program, edge->to, depth))
			return true;
	}
	return false;
}

bool is_current_thread(const struct program *program, uint32_t unit, uint32_t value)
{
	return is_thread(program, unit, value, 0);
}

/* Whether the value being true (or false, by `when`) says that this is not the thread that is asked for. */
static bool says_other_thread(const struct program *program, uint32_t unit, uint32_t value, bool when)
{
	value = value_resolve(program, unit, value);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &program_facts(program, unit)->values[value];
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return says_other_thread(program, unit, fact->a, !when);
	if (fact->kind != VALUE_BINARY)
		return false;
	if (fact->c == (when ? OPERATOR_LOGICAL_AND : OPERATOR_LOGICAL_OR))
		return says_other_thread(program, unit, fact->a, when) ||
		       says_other_thread(program, unit, fact->b, when);
	return fact->c == (when ? OPERATOR_UNEQUAL : OPERATOR_EQUAL) &&
	       (is_current_thread(program, unit, fact->a) || is_current_thread(program, unit, fact->b));
}

bool call_on_other_thread(const struct derived *derived, struct ref call)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	for (uint32_t scope = program_call(derived->program, call)->scope; scope != NONE;
	     scope = facts->scopes[scope].parent)
		if (says_other_thread(derived->program, call.unit, facts->scopes[scope].condition,
				      facts->scopes[scope].when))
			return true;
	return false;
}

void derive_other_threads(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->other_thread = arena_alloc(&derived->arena, program->edges.count);
	for (uint32_t i = 0; i < program->edges.count; i++)
		derived->other_thread[i] = call_on_other_thread(derived, program->edges.items[i].call);
}
