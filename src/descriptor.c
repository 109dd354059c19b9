#include "derive.h"

/* How many calls, and fields, a descriptor is followed through; at that depth nothing is known of it. */
enum { FOLLOWED = 4 };

static enum descriptor_state state_of(struct derived *derived, struct ref value, uint32_t function, uint32_t order,
				      int depth);

/* What several places say of one descriptor: they have to agree. */
struct agreement {
	enum descriptor_state state;
	bool broken;
};

static void agree(struct agreement *agreement, enum descriptor_state state)
{
	agreement->broken |=
	    state == DESCRIPTOR_UNKNOWN || (agreement->state != DESCRIPTOR_UNKNOWN && agreement->state != state);
	agreement->state = state;
}

static enum descriptor_state agreed(const struct agreement *agreement)
{
	return agreement->broken ? DESCRIPTOR_UNKNOWN : agreement->state;
}

/* State in which a call of a library's function makes a descriptor. */
static enum descriptor_state opened_by_library(struct derived *derived, struct ref call,
					       const struct model_effect *opens)
{
	for (uint32_t i = 0; i < opens->unless_count; i++) {
		struct model_effect one = *opens;
		one.when = &opens->unless[i];
		one.when_count = 1;
		one.unless_count = 0;
		struct condition condition = {0};
		bool certain = true;
		if (model_effect_at(derived, call, &one, &condition, &certain))
			return DESCRIPTOR_UNKNOWN;
	}
	if (!opens->when_count)
		return DESCRIPTOR_BLOCKING;
	struct model_effect nonblocking = *opens;
	nonblocking.unless_count = 0;
	struct condition condition = {0};
	bool certain = true;
	if (!model_effect_at(derived, call, &nonblocking, &condition, &certain))
		return DESCRIPTOR_BLOCKING;
	return certain && !condition.count ? DESCRIPTOR_NONBLOCKING : DESCRIPTOR_UNKNOWN;
}

/* What the function returns: where it is no number (-1: it has failed), the state it leaves that in. */
static enum descriptor_state returned_by(struct derived *derived, const struct node *node, int depth)
{
	const struct program *program = derived->program;
	struct agreement agreement = {0};
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t i = 0; i < function->assignment_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
			if (facts->values[assignment->target].kind != VALUE_RETURN || assignment->source == NONE ||
			    facts->values[assignment->source].kind == VALUE_INTEGER)
				continue;
			agree(&agreement, state_of(derived, (struct ref){body.unit, assignment->source}, body.index,
						   assignment->order, depth + 1));
		}
	}
	return agreed(&agreement);
}

/* The local or parameter that the value is, or an element of, or the address of. */
static const struct fact_value *base_of(const struct facts *facts, uint32_t value)
{
	while (value != NONE &&
	       (facts->values[value].kind == VALUE_ADDRESS || facts->values[value].kind == VALUE_ELEMENT ||
		facts->values[value].kind == VALUE_POINTEE))
		value = facts->values[value].a;
	return value == NONE ? NULL : &facts->values[value];
}

static bool is_same(const struct fact_value *base, enum value_kind kind, uint32_t index)
{
	return base && base->kind == kind && base->a == index;
}

static enum descriptor_state changed_by(struct derived *derived, struct ref call, uint32_t number, int depth);

/* The helper's caller decides whether the call is made. */
static bool is_callers_choice(struct derived *derived, struct ref call)
{
	struct condition condition = {0};
	condition_of_scope(&derived->conditions, call.unit, program_call(derived->program, call)->scope, &condition);
	for (uint32_t i = 0; i < condition.count; i++)
		if (condition.atoms[i].subject == SUBJECT_PARAM && condition.atoms[i].test != TEST_NOT_NULL)
			return true;
	return false;
}

/* What the calls before `order` make of a local or parameter that was in that state before. */
static enum descriptor_state changed_before(struct derived *derived, struct ref function, enum value_kind kind,
					    uint32_t index, uint32_t order, enum descriptor_state state, int depth)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, function.unit);
	const struct fact_function *fact = &facts->functions[function.index];
	for (uint32_t c = 0; c < fact->call_count; c++) {
		struct ref call = {function.unit, fact->first_call + c};
		const struct fact_call *before = program_call(program, call);
		if (before->order >= order)
			break;
		for (uint32_t a = 0; a < before->argument_count; a++) {
			if (!is_same(base_of(facts, program_argument(program, call, a).index), kind, index))
				continue;
			enum descriptor_state changed = changed_by(derived, call, a, depth);
			if (changed != DESCRIPTOR_UNKNOWN && depth > 0 && is_callers_choice(derived, call))
				return DESCRIPTOR_UNKNOWN;
			if (changed != DESCRIPTOR_UNKNOWN)
				state = changed;
		}
	}
	return state;
}

/* What the function's own assignments put where its parameter points to: `*fd = socket(...)`. */
static void find_stored(struct derived *derived, struct ref function, uint32_t param, struct agreement *agreement,
			int depth)
{
	const struct facts *facts = program_facts(derived->program, function.unit);
	const struct fact_function *fact = &facts->functions[function.index];
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		uint32_t target = facts->values[assignment->target].kind;
		if ((target == VALUE_POINTEE || target == VALUE_ELEMENT) && assignment->source != NONE &&
		    facts->values[assignment->source].kind != VALUE_INTEGER &&
		    is_same(base_of(facts, assignment->target), VALUE_PARAM, param))
			agree(agreement, state_of(derived, (struct ref){function.unit, assignment->source},
						  function.index, UINT32_MAX, depth));
	}
}

/* The descriptors that the function stores through its parameter, by itself or by a call: `open_pair(int fds[2])`. */
static enum descriptor_state stored_through(struct derived *derived, const struct node *node, uint32_t number,
					    int depth)
{
	const struct fact_param *param = program_param(derived->program, node, number);
	struct agreement agreement = {0};
	if (!param || param->type == NONE ||
	    program_facts(derived->program, node->function.unit)->types[param->type].pointers == 0)
		return DESCRIPTOR_UNKNOWN;
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = derived->program->bodies.items[node->first_body + b];
		struct agreement stored = {0};
		find_stored(derived, body, number, &stored, depth + 1);
		agree(&agreement,
		      changed_before(derived, body, VALUE_PARAM, number, UINT32_MAX, agreed(&stored), depth + 1));
	}
	return agreed(&agreement);
}

/* State that a call leaves a descriptor in when it makes it, as its result or through an argument. */
static enum descriptor_state opened_by(struct derived *derived, struct ref call, int argument, int depth)
{
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE || depth > FOLLOWED)
		return DESCRIPTOR_UNKNOWN;
	const struct node *node = &derived->program->nodes.items[callee];
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_OPENS && node->model->effects[i].argument == argument)
			return opened_by_library(derived, call, &node->model->effects[i]);
	if (node->model)
		return DESCRIPTOR_UNKNOWN;
	return argument == MODEL_RESULT ? returned_by(derived, node, depth)
					: stored_through(derived, node, (uint32_t)argument, depth);
}

/* What a call that is given the descriptor as argument `number` does to its mode. */
static enum descriptor_state changed_by(struct derived *derived, struct ref call, uint32_t number, int depth)
{
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE)
		return DESCRIPTOR_UNKNOWN;
	const struct node *node = &derived->program->nodes.items[callee];
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++) {
		const struct model_effect *effect = &node->model->effects[i];
		struct condition condition = {0};
		bool certain = true;
		if (effect->kind == MODEL_SETS_NONBLOCKING && effect->argument == (int)number &&
		    model_effect_at(derived, call, effect, &condition, &certain))
			return effect->inverted && effect->mode_argument < 0 ? DESCRIPTOR_BLOCKING
									     : DESCRIPTOR_NONBLOCKING;
	}
	for (uint32_t i = derived->first_effect[callee]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_SETS_NONBLOCKING &&
		    (effect->origin.kind == ORIGIN_PARAM || effect->origin.kind == ORIGIN_OBJECT) &&
		    effect->origin.number == number)
			return effect->clears ? DESCRIPTOR_UNKNOWN : DESCRIPTOR_NONBLOCKING;
	}
	return opened_by(derived, call, (int)number, depth);
}

/* What the assignments of a local say; none of them that is not a number or leads to an opening call is allowed. */
static enum descriptor_state assigned_state(struct derived *derived, struct ref function, uint32_t local, int depth)
{
	const struct facts *facts = program_facts(derived->program, function.unit);
	const struct fact_function *fact = &facts->functions[function.index];
	struct agreement agreement = {0};
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		if (!is_same(&facts->values[assignment->target], VALUE_LOCAL, local))
			continue;
		if (assignment->source == NONE)
			return DESCRIPTOR_UNKNOWN;
		const struct fact_value *source = &facts->values[assignment->source];
		if (source->kind == VALUE_CALL)
			agree(&agreement,
			      opened_by(derived, (struct ref){function.unit, source->a}, MODEL_RESULT, depth));
		else if (source->kind != VALUE_INTEGER)
			return DESCRIPTOR_UNKNOWN;
	}
	return agreed(&agreement);
}

/* Of a value just before `order` in its function. */
static enum descriptor_state state_of(struct derived *derived, struct ref value, uint32_t function, uint32_t order,
				      int depth)
{
	const struct facts *facts = program_facts(derived->program, value.unit);
	const struct fact_value *base = value.index == NONE ? NULL : base_of(facts, value.index);
	struct ref in = {value.unit, function};
	if (!base || depth > FOLLOWED)
		return DESCRIPTOR_UNKNOWN;
	switch ((enum value_kind)base->kind) {
	case VALUE_CALL:
		return opened_by(derived, (struct ref){value.unit, base->a}, MODEL_RESULT, depth);
	case VALUE_LOCAL:
		return changed_before(derived, in, VALUE_LOCAL, base->a, order,
				      assigned_state(derived, in, base->a, depth), depth);
	default:
		return DESCRIPTOR_UNKNOWN;
	}
}

enum descriptor_state descriptor_before(struct derived *derived, struct ref call, uint32_t number)
{
	const struct fact_call *fact = program_call(derived->program, call);
	return state_of(derived, program_argument(derived->program, call, number), fact->function, fact->order, 0);
}
