#include "derive.h"

#include <string.h>

static const struct model_effect *model_has(const struct node *node, enum model_effect_kind kind, int argument)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++) {
		const struct model_effect *effect = &node->model->effects[i];
		if (effect->kind == kind && effect->argument == argument)
			return effect;
	}
	return NULL;
}

static bool makes_loop_through(const struct derived *derived, uint32_t node, int argument)
{
	if (model_has(&derived->program->nodes.items[node], MODEL_MAKES_LOOP, argument))
		return true;
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind != EFFECT_MAKES_LOOP)
			continue;
		if (argument == MODEL_RESULT
			? effect->origin.kind == ORIGIN_RESULT
			: effect->origin.kind == ORIGIN_PARAM && (int)effect->origin.number == argument)
			return true;
	}
	return false;
}

/* A local that a loop was made in: `uv_loop_init(&loop)`, `loop = event_base_new()`. */
static bool made_in_local(struct derived *derived, uint32_t unit, uint32_t function, uint32_t local, struct ref *maker)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	for (uint32_t c = 0; c < fact->call_count; c++) {
		struct ref call = {unit, fact->first_call + c};
		uint32_t callee = program_callee(program, call);
		const struct fact_call *called = program_call(program, call);
		for (uint32_t a = 0; callee != NONE && a < called->argument_count; a++) {
			uint32_t value = program_argument(program, call, a).index;
			while (facts->values[value].kind == VALUE_ADDRESS)
				value = facts->values[value].a;
			if (facts->values[value].kind == VALUE_LOCAL && facts->values[value].a == local &&
			    makes_loop_through(derived, callee, (int)a)) {
				*maker = call;
				return true;
			}
		}
	}
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_LOCAL || target->a != local || assignment->source == NONE)
			continue;
		const struct fact_value *source = &facts->values[assignment->source];
		if (source->kind != VALUE_CALL)
			continue;
		struct ref call = {unit, source->a};
		uint32_t callee = program_callee(program, call);
		if (callee != NONE && makes_loop_through(derived, callee, MODEL_RESULT)) {
			*maker = call;
			return true;
		}
	}
	return false;
}

static struct origin origin_of_call(struct derived *derived, struct ref value, uint32_t function, struct ref call)
{
	const struct program *program = derived->program;
	uint32_t callee = program_callee(program, call);
	if (callee == NONE)
		return (struct origin){ORIGIN_UNKNOWN, 0, value};
	const struct node *node = &program->nodes.items[callee];
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++) {
		const struct model_effect *effect = &node->model->effects[i];
		struct condition condition = {0};
		bool certain = true;
		if (effect->kind == MODEL_DEFAULT_LOOP &&
		    model_effect_at(derived, call, effect, &condition, &certain) && certain && !condition.count)
			return (struct origin){ORIGIN_DEFAULT, 0, call};
		if (effect->kind == MODEL_THREAD_LOOP)
			return (struct origin){ORIGIN_THREAD, 0, call};
		if (effect->kind == MODEL_RETURNS_ARGUMENT && effect->argument >= 0)
			return origin_of(derived, program_argument(program, call, (uint32_t)effect->argument),
					 function);
	}
	if (makes_loop_through(derived, callee, MODEL_RESULT))
		return (struct origin){ORIGIN_MADE, 0, call};
	return (struct origin){ORIGIN_UNKNOWN, 0, value};
}

/* What the function stores in a field of one of its locals: `call.loop = ...`, or its initialiser. NONE if nothing, or
 * twice. */
static uint32_t stored_in_field(const struct program *program, uint32_t unit, uint32_t function,
				const struct fact_value *field)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	if (facts->values[field->a].kind != VALUE_LOCAL)
		return NONE;
	uint32_t found = NONE;
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_FIELD || target->b != field->b ||
		    facts->values[target->a].kind != VALUE_LOCAL ||
		    facts->values[target->a].a != facts->values[field->a].a)
			continue;
		if (found != NONE)
			return NONE;
		found = assignment->source;
	}
	return found;
}

struct origin origin_of(struct derived *derived, struct ref value, uint32_t function)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, value.unit);
	bool through_field = false;
	uint32_t at = value.index;
	while (at != NONE) {
		at = value_resolve(program, value.unit, at);
		const struct fact_value *fact = &facts->values[at];
		struct ref maker;
		switch ((enum value_kind)fact->kind) {
		case VALUE_FIELD: {
			uint32_t stored = stored_in_field(program, value.unit, function, fact);
			through_field = through_field || stored == NONE;
			at = stored == NONE ? fact->a : stored;
			continue;
		}
		case VALUE_ADDRESS:
		case VALUE_POINTEE:
		case VALUE_ELEMENT:
			at = fact->a;
			continue;
		case VALUE_PARAM:
			return (struct origin){through_field ? ORIGIN_OBJECT : ORIGIN_PARAM, fact->a, value};
		case VALUE_VARIABLE:
			return (struct origin){ORIGIN_GLOBAL, 0, value};
		case VALUE_LOCAL:
			if (made_in_local(derived, value.unit, function, fact->a, &maker))
				return (struct origin){ORIGIN_MADE, 0, maker};
			return (struct origin){ORIGIN_UNKNOWN, 0, value};
		case VALUE_CALL:
			return origin_of_call(derived, value, function, (struct ref){value.unit, fact->a});
		case VALUE_NULL: /* most libraries take null for their default loop */
			return (struct origin){ORIGIN_DEFAULT, 0, value};
		default:
			return (struct origin){ORIGIN_UNKNOWN, 0, value};
		}
	}
	return (struct origin){ORIGIN_UNKNOWN, 0, value};
}
