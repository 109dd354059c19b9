#include "probes.h"

#include "modelled.h"

enum { PROBE_DEPTH = 3 };

static uint32_t subject_of(struct derived *derived, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(derived->program, unit);
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_FIELD)
		return slot_subject(&derived->conditions, unit, value);
	if (fact->kind == VALUE_VARIABLE)
		return intern(&derived->conditions.subjects, facts_text(facts, facts->variables[fact->a].identity));
	return NONE;
}

/* Turns the flag on (1) or off (0), or neither (-1). */
static int switches(const struct program *program, uint32_t unit, const struct fact_assignment *fact)
{
	int64_t number;
	if (fact->operation == OPERATOR_INCREMENT || fact->operation == OPERATOR_DECREMENT)
		return fact->operation == OPERATOR_INCREMENT;
	if (fact->operation != OPERATOR_ASSIGN || fact->source == NONE ||
	    program_facts(program, unit)->values[fact->source].kind == VALUE_NULL ||
	    !value_constant(program, unit, fact->source, &number))
		return -1;
	return number != 0;
}

/* A call by pointer in between, and nothing else of weight: that is what the flag is about. */
static bool calls_back_between(const struct facts *facts, const struct fact_assignment *on,
			       const struct fact_assignment *off)
{
	const struct fact_function *function = &facts->functions[on->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		const struct fact_call *call = &facts->calls[function->first_call + c];
		if (call->order > on->order && call->order < off->order && call->callee == NONE)
			return true;
	}
	return false;
}

static void find_flags_in(struct derived *derived, struct ref body, id_table *flags)
{
	const struct facts *facts = program_facts(derived->program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t a = 0; a < function->assignment_count; a++) {
		const struct fact_assignment *on = &facts->assignments[function->first_assignment + a];
		uint32_t flag =
		    switches(derived->program, body.unit, on) == 1 ? subject_of(derived, body.unit, on->target) : NONE;
		for (uint32_t b = a + 1; b < function->assignment_count && flag != NONE; b++) {
			const struct fact_assignment *off = &facts->assignments[function->first_assignment + b];
			bool alike = (on->operation == OPERATOR_ASSIGN) == (off->operation == OPERATOR_ASSIGN);
			if (!alike || off->scope != on->scope || switches(derived->program, body.unit, off) != 0 ||
			    subject_of(derived, body.unit, off->target) != flag)
				continue;
			if (calls_back_between(facts, on, off))
				table_add(flags, flag);
			break;
		}
	}
}

void derive_probes(struct derived *derived)
{
	const struct program *program = derived->program;
	id_table flags = {0};
	for (uint32_t b = 0; b < program->bodies.count; b++)
		find_flags_in(derived, program->bodies.items[b], &flags);
	derived->probe_flag_count = derived->conditions.subjects.count;
	derived->probe_flag = arena_alloc(&derived->arena, derived->probe_flag_count);
	for (uint32_t i = 0; i < flags.count; i++)
		derived->probe_flag[flags.items[i]] = 1;
	table_release(&flags);
}

static bool read_at(struct derived *derived, struct ref value, struct probe *probe, int depth);

/* An own function whose result is a probe. */
static bool is_asking(struct derived *derived, const struct node *node, int depth)
{
	const struct program *program = derived->program;
	for (uint32_t b = 0; b < node->body_count && depth < PROBE_DEPTH; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		const struct fact_assignment *result = NULL;
		for (uint32_t i = 0; i < function->assignment_count; i++) {
			const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
			if (facts->values[fact->target].kind == VALUE_RETURN && fact->source != NONE)
				result = fact;
		}
		struct probe inner;
		if (result && function->call_count <= 4 &&
		    read_at(derived, (struct ref){body.unit, result->source}, &inner, depth + 1))
			return true;
	}
	return false;
}

static bool read_call(struct derived *derived, struct ref call, struct probe *probe, int depth)
{
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE)
		return false;
	const struct node *node = &derived->program->nodes.items[callee];
	*probe = (struct probe){call, node->name};
	return node->model ? modelled_effect(node, MODEL_PROBES_LOOP) != NULL : is_asking(derived, node, depth);
}

static bool read_at(struct derived *derived, struct ref value, struct probe *probe, int depth)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, value.unit);
	value.index = value_resolve(program, value.unit, value.index);
	if (value.index == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value.index];
	switch ((enum value_kind)fact->kind) {
	case VALUE_CALL:
		return read_call(derived, (struct ref){value.unit, fact->a}, probe, depth);
	case VALUE_UNARY:
		return read_at(derived, (struct ref){value.unit, fact->a}, probe, depth);
	case VALUE_BINARY:
		if ((fact->c == OPERATOR_EQUAL || fact->c == OPERATOR_UNEQUAL) &&
		    (is_current_thread(program, value.unit, fact->a) ||
		     is_current_thread(program, value.unit, fact->b))) {
			uint32_t side = value_root(program, value.unit,
						   is_current_thread(program, value.unit, fact->a) ? fact->a : fact->b);
			bool is_call = facts->values[side].kind == VALUE_CALL;
			*probe =
			    (struct probe){{value.unit, is_call ? facts->values[side].a : NONE}, "the current thread"};
			return true;
		}
		return read_at(derived, (struct ref){value.unit, fact->a}, probe, depth) ||
		       read_at(derived, (struct ref){value.unit, fact->b}, probe, depth);
	case VALUE_FIELD:
	case VALUE_VARIABLE: {
		uint32_t subject = subject_of(derived, value.unit, value.index);
		*probe = (struct probe){{value.unit, NONE},
					fact->kind == VALUE_FIELD ? facts_text(facts, fact->b)
								  : facts_text(facts, facts->variables[fact->a].name)};
		return subject < derived->probe_flag_count && derived->probe_flag[subject];
	}
	default:
		return false;
	}
}

bool probe_read(struct derived *derived, struct ref value, struct probe *probe)
{
	return value.index != NONE && read_at(derived, value, probe, 0);
}

bool probe_guards(struct derived *derived, struct ref scope)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	struct probe probe;
	for (; scope.index != NONE; scope.index = facts->scopes[scope.index].parent)
		if (probe_read(derived, (struct ref){scope.unit, facts->scopes[scope.index].condition}, &probe))
			return true;
	return false;
}
