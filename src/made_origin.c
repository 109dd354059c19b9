#include "derive.h"
#include "modelled.h"

static bool is_call_value(const struct facts *facts, uint32_t value, uint32_t call)
{
	return value != NONE && facts->values[value].kind == VALUE_CALL && facts->values[value].a == call;
}

/* The local that the loop is first kept in, or NONE. */
static uint32_t made_local(const struct derived *derived, struct ref call, int argument,
			   const struct fact_function *function)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	if (argument >= 0) {
		uint32_t value = program_argument(derived->program, call, (uint32_t)argument).index;
		while (value != NONE && facts->values[value].kind == VALUE_ADDRESS)
			value = facts->values[value].a;
		return value != NONE && facts->values[value].kind == VALUE_LOCAL ? facts->values[value].a : NONE;
	}
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (is_call_value(facts, assignment->source, call.index) &&
		    facts->values[assignment->target].kind == VALUE_LOCAL)
			return facts->values[assignment->target].a;
	}
	return NONE;
}

/* Where a target value belongs, seen from outside the function. */
static struct origin handed_out(const struct derived *derived, struct ref call, uint32_t target,
				const struct fact_function *function)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	struct origin none = {ORIGIN_UNKNOWN, 0, {call.unit, NONE}};
	while (target != NONE && (facts->values[target].kind == VALUE_ADDRESS))
		target = facts->values[target].a;
	if (target == NONE)
		return none;
	if (facts->values[target].kind == VALUE_RETURN)
		return (struct origin){ORIGIN_RESULT, 0, {call.unit, target}};
	bool within = facts->values[target].kind == VALUE_FIELD || facts->values[target].kind == VALUE_POINTEE ||
		      facts->values[target].kind == VALUE_ELEMENT;
	uint32_t root = target;
	while (root != NONE && (facts->values[root].kind == VALUE_FIELD || facts->values[root].kind == VALUE_POINTEE ||
				facts->values[root].kind == VALUE_ELEMENT || facts->values[root].kind == VALUE_ADDRESS))
		root = facts->values[root].a;
	if (root == NONE)
		return none;
	if (facts->values[root].kind == VALUE_PARAM)
		return (struct origin){ORIGIN_PARAM, facts->values[root].a, {call.unit, root}};
	if (facts->values[root].kind == VALUE_VARIABLE)
		return (struct origin){ORIGIN_GLOBAL, 0, {call.unit, root}};
	if (facts->values[root].kind != VALUE_LOCAL || !within)
		return none;
	/* A field of a local object: handed out with it if it is returned. */
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (facts->values[assignment->target].kind == VALUE_RETURN && assignment->source != NONE &&
		    facts->values[assignment->source].kind == VALUE_LOCAL &&
		    facts->values[assignment->source].a == facts->values[root].a)
			return (struct origin){ORIGIN_RESULT, 0, {call.unit, root}};
	}
	return none;
}

/* The loop becomes that of the thread: `push(new())`, or by the local that it is kept in. */
static bool is_given_to_thread(const struct derived *derived, struct ref call, uint32_t local,
			       const struct fact_function *function)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref other = {call.unit, function->first_call + c};
		const struct model_effect *effect = modelled_effect_at(program, other, MODEL_SETS_THREAD_LOOP);
		if (!effect)
			continue;
		uint32_t value = program_argument(program, other, (uint32_t)effect->argument).index;
		if (is_call_value(facts, value, call.index) ||
		    (value != NONE && local != NONE && facts->values[value].kind == VALUE_LOCAL &&
		     facts->values[value].a == local))
			return true;
	}
	return false;
}

const struct effect *made_for_object(const struct derived *derived, const struct effect *pump)
{
	if (pump->origin.kind != ORIGIN_OBJECT)
		return NULL;
	for (uint32_t i = derived->first_effect[pump->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *maker = &derived->effects.items[i];
		if (maker->kind == EFFECT_MAKES_LOOP && maker->origin.kind == ORIGIN_PARAM &&
		    maker->origin.number == pump->origin.number && maker->call.unit == pump->call.unit &&
		    program_call(derived->program, maker->call)->order <
			program_call(derived->program, pump->call)->order)
			return maker;
	}
	return NULL;
}

struct origin made_origin(struct derived *derived, struct ref call, int argument, uint32_t function_index)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	const struct fact_function *function = &facts->functions[function_index];
	if (argument >= 0) {
		struct origin origin = handed_out(
		    derived, call, program_argument(derived->program, call, (uint32_t)argument).index, function);
		if (origin.kind != ORIGIN_UNKNOWN)
			return origin;
	}
	uint32_t local = made_local(derived, call, argument, function);
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		bool of_call = argument < 0 && is_call_value(facts, assignment->source, call.index);
		bool of_local = local != NONE && assignment->source != NONE &&
				facts->values[assignment->source].kind == VALUE_LOCAL &&
				facts->values[assignment->source].a == local;
		if (!of_call && !of_local)
			continue;
		struct origin origin = handed_out(derived, call, assignment->target, function);
		if (origin.kind != ORIGIN_UNKNOWN)
			return origin;
	}
	return (struct origin){is_given_to_thread(derived, call, local, function) ? ORIGIN_THREAD : ORIGIN_MADE, 0,
			       call};
}

struct origin origin_at_call(struct derived *derived, struct ref call, const struct effect *callee)
{
	const struct fact_call *fact = program_call(derived->program, call);
	switch (callee->origin.kind) {
	case ORIGIN_PARAM:
	case ORIGIN_OBJECT: {
		struct ref argument = program_argument(derived->program, call, callee->origin.number);
		if (callee->kind == EFFECT_MAKES_LOOP)
			return made_origin(derived, call, (int)callee->origin.number, fact->function);
		struct origin origin = origin_of(derived, argument, fact->function);
		if (callee->origin.kind == ORIGIN_OBJECT && origin.kind == ORIGIN_PARAM)
			origin.kind = ORIGIN_OBJECT;
		return origin;
	}
	case ORIGIN_RESULT:
		return made_origin(derived, call, MODEL_RESULT, fact->function);
	case ORIGIN_MADE:
		return (struct origin){ORIGIN_PRIVATE, 0, callee->origin.value};
	default:
		return callee->origin;
	}
}
