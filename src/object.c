#include "object.h"

static bool is_pointer(const struct facts *facts, uint32_t value)
{
	uint32_t type = facts->values[value].type;
	return type == NONE || (facts->types[type].flags & TYPE_POINTER && !(facts->types[type].flags & TYPE_ARRAY));
}

/* A function's own name for the memory says more than what it was made of, unless that is a parameter or another name.
 */
static uint32_t see_through(const struct program *program, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	for (int steps = 0; value != NONE && facts->values[value].kind == VALUE_LOCAL && steps < 8; steps++) {
		const struct local_use *use = &program->units[unit].locals[facts->values[value].a];
		if (use->source == NONE || use->address_passed)
			break;
		uint32_t kind = facts->values[use->source].kind;
		if (kind != VALUE_LOCAL && kind != VALUE_PARAM && kind != VALUE_FIELD && kind != VALUE_ADDRESS &&
		    kind != VALUE_VARIABLE)
			break;
		value = use->source;
	}
	return value;
}

/* With `itself`, the value is a place in the object, else a pointer to one. */
static struct object find_object(const struct program *program, uint32_t unit, uint32_t value, bool itself)
{
	const struct facts *facts = program_facts(program, unit);
	for (;;) {
		if (!itself)
			value = see_through(program, unit, value);
		if (value == NONE)
			return (struct object){unit, NONE, false};
		const struct fact_value *fact = &facts->values[value];
		switch ((enum value_kind)fact->kind) {
		case VALUE_ADDRESS:
			if (itself)
				return (struct object){unit, NONE, false};
			itself = true;
			value = fact->a;
			break;
		case VALUE_FIELD:
		case VALUE_ELEMENT: {
			if (!itself && is_pointer(facts, value))
				return (struct object){unit, value, false};
			/* A place in what holds it: an array decays to the address of its first element. */
			itself = !is_pointer(facts, fact->a);
			value = fact->a;
			break;
		}
		case VALUE_POINTEE:
			if (!itself)
				return (struct object){unit, value, false};
			itself = false;
			value = fact->a;
			break;
		case VALUE_LOCAL:
		case VALUE_PARAM:
		case VALUE_VARIABLE:
			if (itself || is_pointer(facts, value))
				return (struct object){unit, value, itself};
			/* An array is its own address; a number, cast to a pointer, is none. */
			return (struct object){unit, facts->types[fact->type].flags & TYPE_ARRAY ? value : NONE, true};
		case VALUE_CALL:
			return (struct object){unit, itself ? NONE : value, false};
		default:
			return (struct object){unit, NONE, false};
		}
	}
}

struct object object_of(const struct program *program, uint32_t unit, uint32_t value)
{
	return find_object(program, unit, value, false);
}

struct object object_of_place(const struct program *program, uint32_t unit, uint32_t value)
{
	return find_object(program, unit, value, true);
}

bool same_object(const struct program *program, const struct object *a, const struct object *b)
{
	return a->value != NONE && b->value != NONE && a->unit == b->unit && a->itself == b->itself &&
	       fact_values_agree(program_facts(program, a->unit), a->value, b->value);
}

uint32_t object_param(const struct program *program, const struct object *object)
{
	if (object->value == NONE || object->itself)
		return NONE;
	const struct fact_value *fact = &program_facts(program, object->unit)->values[object->value];
	return fact->kind == VALUE_PARAM ? fact->a : NONE;
}

uint32_t object_local(const struct program *program, const struct object *object)
{
	if (object->value == NONE || !object->itself)
		return NONE;
	const struct fact_value *fact = &program_facts(program, object->unit)->values[object->value];
	return fact->kind == VALUE_LOCAL ? fact->a : NONE;
}

/* Whether the place that is assigned is one that `value` is reached by. */
static bool is_on_way(const struct facts *facts, uint32_t value, uint32_t target)
{
	for (; value != NONE; value = facts->values[value].a) {
		if (fact_values_agree(facts, value, target))
			return true;
		uint32_t kind = facts->values[value].kind;
		if (kind != VALUE_FIELD && kind != VALUE_POINTEE && kind != VALUE_ADDRESS && kind != VALUE_ELEMENT)
			return false;
	}
	return false;
}

bool object_changes(const struct program *program, const struct object *object, uint32_t function, uint32_t after,
		    uint32_t before)
{
	const struct facts *facts = program_facts(program, object->unit);
	const struct fact_function *in = &facts->functions[function];
	for (uint32_t i = 0; i < in->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[in->first_assignment + i];
		if (assignment->order > after && assignment->order < before &&
		    is_on_way(facts, object->value, assignment->target))
			return true;
	}
	return false;
}
