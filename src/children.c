#include "derive.h"

/* Whether the value comes from a call that forks. */
static bool is_fork_result(const struct derived *derived, uint32_t unit, uint32_t function, uint32_t value)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, unit);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind != VALUE_CALL) {
		const struct fact_function *in = &facts->functions[function];
		for (uint32_t i = 0; i < in->assignment_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[in->first_assignment + i];
			if (fact_values_agree(facts, assignment->target, value) && assignment->source != NONE &&
			    facts->values[assignment->source].kind == VALUE_CALL &&
			    is_fork_result(derived, unit, function, assignment->source))
				return true;
		}
		return false;
	}
	uint32_t callee = program_callee(program, (struct ref){unit, fact->a});
	const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_FORKS)
			return true;
	return callee != NONE && derived->forks[callee];
}

/* Functions of the project that hand on what fork() returned. */
static void find_fork_wrappers(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->forks = arena_alloc(&derived->arena, program->nodes.count);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t b = 0; b < program->bodies.count; b++) {
			struct ref body = program->bodies.items[b];
			const struct facts *facts = program_facts(program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			uint32_t node = program_node(program, body.unit, body.index);
			for (uint32_t i = 0; i < function->assignment_count && !derived->forks[node]; i++) {
				const struct fact_assignment *assignment =
				    &facts->assignments[function->first_assignment + i];
				if (facts->values[assignment->target].kind == VALUE_RETURN &&
				    is_fork_result(derived, body.unit, body.index, assignment->source))
					derived->forks[node] = changed = 1;
			}
		}
	}
}

/* Whether `value` being true (or false, by `when`) says that this is the child: `fork() == 0`, `!pid`. */
static bool says_child(const struct derived *derived, uint32_t unit, uint32_t function, uint32_t value, bool when)
{
	const struct facts *facts = program_facts(derived->program, unit);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return says_child(derived, unit, function, fact->a, !when);
	if (fact->kind == VALUE_BINARY && (fact->c == OPERATOR_EQUAL || fact->c == OPERATOR_UNEQUAL)) {
		const struct fact_value *zero = &facts->values[fact->b];
		return (fact->c == OPERATOR_EQUAL) == when && zero->kind == VALUE_INTEGER && fact_integer(zero) == 0 &&
		       is_fork_result(derived, unit, function, fact->a);
	}
	return !when && is_fork_result(derived, unit, function, fact->kind == VALUE_BINARY ? NONE : value);
}

bool call_in_child(const struct derived *derived, struct ref call)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	const struct fact_call *fact = program_call(derived->program, call);
	for (uint32_t scope = fact->scope; scope != NONE; scope = facts->scopes[scope].parent)
		if (says_child(derived, call.unit, fact->function, facts->scopes[scope].condition,
			       facts->scopes[scope].when))
			return true;
	return false;
}

/* What only a child calls runs in the child, and so do its own calls. */
static void find_child_only(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->child_only = arena_alloc(&derived->arena, program->nodes.count);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < program->nodes.count; i++) {
			const struct node *node = &program->nodes.items[i];
			bool only = node->in_count > 0 && node->body_count && !derived->child_only[i];
			for (uint32_t e = 0; e < node->in_count && only; e++)
				only = derived->in_child[program->incoming.items[node->first_in + e]];
			if (!only)
				continue;
			derived->child_only[i] = changed = 1;
			for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++)
				derived->in_child[e] = 1;
		}
	}
}

void derive_children(struct derived *derived)
{
	const struct program *program = derived->program;
	find_fork_wrappers(derived);
	derived->in_child = arena_alloc(&derived->arena, program->edges.count);
	for (uint32_t i = 0; i < program->edges.count; i++)
		derived->in_child[i] = call_in_child(derived, program->edges.items[i].call);
	find_child_only(derived);
}
