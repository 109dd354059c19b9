#include "made_loop.h"

/* The local that a value is, or whose address it is, or NONE. */
static uint32_t local_of(const struct facts *facts, uint32_t value)
{
	while (value != NONE && facts->values[value].kind == VALUE_ADDRESS)
		value = facts->values[value].a;
	return value != NONE && facts->values[value].kind == VALUE_LOCAL ? facts->values[value].a : NONE;
}

static bool is_call(const struct facts *facts, uint32_t value, uint32_t call)
{
	return value != NONE && facts->values[value].kind == VALUE_CALL && facts->values[value].a == call;
}

/* The argument through which the call makes the loop, or MODEL_RESULT. */
static int made_through(const struct derived *derived, const struct effect *effect)
{
	if (effect->from != NONE) {
		const struct origin *origin = &derived->effects.items[effect->from].origin;
		return origin->kind == ORIGIN_PARAM ? (int)origin->number : MODEL_RESULT;
	}
	const struct model_function *model = derived->program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_MAKES_LOOP)
			return model->effects[i].argument;
	return MODEL_RESULT;
}

/* `tevent_context_init(parent)`: the parent takes it along. */
static bool is_owned(const struct program *program, const struct effect *effect)
{
	const struct model_function *model = program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++) {
		if (model->effects[i].kind != MODEL_OWNED_BY)
			continue;
		struct ref owner = program_argument(program, effect->call, (uint32_t)model->effects[i].argument);
		if (effect->from != NONE || owner.index == NONE || program_value(program, owner)->kind != VALUE_NULL)
			return true;
	}
	return false;
}

/* The local is put somewhere else: then it is not this function alone that can close the loop. */
static bool is_copied(const struct facts *facts, const struct fact_function *function, uint32_t local)
{
	for (uint32_t i = 0; i < function->assignment_count; i++)
		if (local_of(facts, facts->assignments[function->first_assignment + i].source) == local)
			return true;
	return false;
}

/* What a call to which the local is given does to the loop: bits of lifetime_of_argument(), LIFETIME_STORED where it is
 * not known. */
static uint32_t kinds_at_call(struct lifetimes *lifetimes, struct ref call, uint32_t local)
{
	const struct program *program = lifetimes->derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	uint32_t kinds = 0, callee = program_callee(program, call);
	for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
		uint32_t value = program_argument(program, call, a).index;
		if (local_of(facts, value) != local)
			continue;
		uint32_t type = facts->locals[local].type;
		bool is_pointer = type != NONE && facts->types[type].pointers > 0;
		bool is_address = facts->values[value].kind == VALUE_ADDRESS;
		bool is_number = type != NONE && facts->types[type].flags & TYPE_INTEGER;
		bool modelled = callee != NONE && program->nodes.items[callee].model;
		kinds |= lifetime_of_argument(lifetimes, call, a);
		/* A pointer to the only pointer, or a descriptor given to a function that has not been looked at. */
		if ((is_pointer && is_address) || (is_number && !modelled))
			kinds |= 1u << LIFETIME_STORED;
	}
	return kinds;
}

bool find_made_loop(struct lifetimes *lifetimes, const struct effect *effect, struct made_loop *made)
{
	const struct program *program = lifetimes->derived->program;
	if (effect->kind != EFFECT_MAKES_LOOP || effect->origin.kind != ORIGIN_MADE || !effect->certain ||
	    is_owned(program, effect))
		return false;
	const struct facts *facts = program_facts(program, effect->call.unit);
	const struct fact_function *function = &facts->functions[program_call(program, effect->call)->function];
	int argument = made_through(lifetimes->derived, effect);
	*made = (struct made_loop){effect->call, NONE};
	if (argument >= 0)
		made->local = local_of(facts, program_argument(program, effect->call, (uint32_t)argument).index);
	for (uint32_t i = 0; i < function->assignment_count && argument < 0; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (is_call(facts, assignment->source, effect->call.index))
			made->local = local_of(facts, assignment->target);
	}
	if (made->local == NONE || facts->locals[made->local].flags & LOCAL_ATTRIBUTE ||
	    is_copied(facts, function, made->local))
		return false;
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {effect->call.unit, function->first_call + c};
		if (call.index != effect->call.index &&
		    kinds_at_call(lifetimes, call, made->local) >> LIFETIME_STORED & 1)
			return false;
	}
	return true;
}

static bool mentions_local(const struct facts *facts, uint32_t value, uint32_t local)
{
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_LOCAL:
		return fact->a == local;
	case VALUE_UNARY:
	case VALUE_ADDRESS:
		return mentions_local(facts, fact->a, local);
	case VALUE_BINARY:
		return mentions_local(facts, fact->a, local) || mentions_local(facts, fact->b, local);
	default:
		return false;
	}
}

/* A return behind `if (!loop)`: there is none. */
static bool is_without_loop(const struct facts *facts, uint32_t scope, uint32_t local)
{
	for (; scope != NONE; scope = facts->scopes[scope].parent)
		if (facts->scopes[scope].kind == SCOPE_IF &&
		    mentions_local(facts, facts->scopes[scope].condition, local))
			return true;
	return false;
}

const struct exit *find_unclosed_exit(struct lifetimes *lifetimes, const struct made_loop *made, const exits *ways_out)
{
	const struct program *program = lifetimes->derived->program;
	const struct facts *facts = program_facts(program, made->call.unit);
	struct conditions *conditions = &lifetimes->derived->conditions;
	struct moment start = moment_of_call(program, made->call);
	const struct fact_function *function = &facts->functions[start.function];
	for (uint32_t x = 0; x < ways_out->count; x++) {
		const struct exit *way_out = &ways_out->items[x];
		bool closed = !can_follow(conditions, &start, &way_out->moment) ||
			      may_have_failed(program, made->call, &way_out->moment) ||
			      is_without_loop(facts, way_out->moment.scope, made->local);
		for (uint32_t c = 0; c < function->call_count && !closed; c++) {
			struct ref call = {made->call.unit, function->first_call + c};
			struct moment moment = moment_of_call(program, call);
			uint32_t ends = 1u << LIFETIME_ENDED | 1u << LIFETIME_FREED | 1u << LIFETIME_RELEASED;
			closed = moment.order > start.order && moment.order <= way_out->moment.order &&
				 kinds_at_call(lifetimes, call, made->local) & ends &&
				 (moment.order == way_out->moment.order ||
				  can_follow(conditions, &moment, &way_out->moment));
		}
		if (!closed)
			return way_out;
	}
	return NULL;
}
