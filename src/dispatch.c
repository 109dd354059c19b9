#include "dispatch.h"

/* The value of the table that the called slot is in, if that belongs to the object's type and not to the object: it is
 * reached through a pointer in the object, or a call gave it. NONE if it is no such table. */
static uint32_t type_table(const struct program *program, uint32_t unit, uint32_t target)
{
	const struct facts *facts = program_facts(program, unit);
	if (facts->values[target].kind == VALUE_POINTEE)
		target = facts->values[target].a;
	if (facts->values[target].kind != VALUE_FIELD)
		return NONE;
	uint32_t table = facts->values[target].a;
	if (facts->values[table].kind == VALUE_LOCAL) {
		table = program->units[unit].locals[facts->values[table].a].source;
		if (table == NONE)
			return NONE;
	}
	uint32_t kind = facts->values[table].kind, type = facts->values[table].type;
	bool is_pointer = type != NONE && facts->types[type].flags & TYPE_POINTER;
	return kind == VALUE_CALL || (is_pointer && (kind == VALUE_FIELD || kind == VALUE_VARIABLE)) ? table : NONE;
}

/* A table that is kept in a variable, maybe cast by a call, is that of one type, as `PARENT_CLASS(parent)->close()` in
 * a subclass, or the back end that was chosen at start-up: of many implementations it is one, and which is not known.
 */
static bool is_one_type(const struct program *program, uint32_t unit, uint32_t table)
{
	const struct facts *facts = program_facts(program, unit);
	if (facts->values[table].kind != VALUE_CALL)
		return facts->values[table].kind == VALUE_VARIABLE;
	struct ref first = program_argument(program, (struct ref){unit, facts->values[table].a}, 0);
	return first.index != NONE && facts->values[first.index].kind == VALUE_VARIABLE;
}

/* A method that calls another of the same object: it is given that first, takes the table from it and hands it on. */
static bool is_of_own_object(const struct program *program, struct ref call, uint32_t table)
{
	const struct facts *facts = program_facts(program, call.unit);
	if (facts->values[table].kind == VALUE_CALL)
		table = program_argument(program, (struct ref){call.unit, facts->values[table].a}, 0).index;
	uint32_t root = table == NONE ? NONE : value_root(program, call.unit, table);
	struct ref first = program_argument(program, call, 0);
	const struct fact_value *object = first.index == NONE ? NULL : program_value(program, first);
	return root != NONE && object && object->kind == VALUE_PARAM && object->a == 0 &&
	       facts->values[root].kind == VALUE_PARAM && facts->values[root].a == 0;
}

/* Whether the function was put into the slot of an element of an array. */
static bool is_in_array(const struct program *program, const struct edge *edge)
{
	const struct holder *holder = &program->holders.items[edge->holder];
	for (uint32_t i = 0; i < holder->held.count; i++) {
		const struct held *held = &holder->held.items[i];
		if (held->function != edge->to || held->is_call)
			continue;
		const struct facts *facts = program_facts(program, held->origin.unit);
		uint32_t at = facts->assignments[held->origin.index].target;
		while (facts->values[at].kind == VALUE_FIELD)
			at = facts->values[at].a;
		return facts->values[at].kind == VALUE_ELEMENT;
	}
	return false;
}

/* Also what is not certain counts: here it is asked whether an implementation is of another kind. */
static bool may_wait(const struct derived *derived, uint32_t node, unsigned costs)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_BLOCKS ? costs >> effect->cost & 1
						  : effect->kind == EFFECT_WAITS || effect->kind == EFFECT_PUMPS ||
							effect->kind == EFFECT_FORBIDDEN_ON_LOOP)
			return true;
	}
	return false;
}

/* A private function that no thread but the loop's is seen to reach. */
static bool is_for_loop_only(const struct derived *derived, uint32_t node)
{
	return derived->program->nodes.items[node].flags & FUNCTION_STATIC && role_find(derived, node, ROLE_ON_LOOP) &&
	       !role_find(derived, node, ROLE_THREAD) && !role_find(derived, node, ROLE_WORKER);
}

bool is_sure_to_wait(const struct derived *derived, uint32_t edge, unsigned costs)
{
	const struct program *program = derived->program;
	const struct edge *of = &program->edges.items[edge];
	uint32_t unit = of->call.unit;
	uint32_t table =
	    of->kind == EDGE_POINTER ? type_table(program, unit, program_call(program, of->call)->target) : NONE;
	if (table == NONE || is_in_array(program, of))
		return true;
	bool is_one = is_one_type(program, unit, table);
	if (!is_one && !is_of_own_object(program, of->call, table) && is_for_loop_only(derived, of->from))
		return true;
	const struct node *from = &program->nodes.items[of->from];
	for (uint32_t e = from->first_out; e < from->first_out + from->out_count; e++) {
		const struct edge *other = &program->edges.items[e];
		bool is_same_call = other->call.unit == of->call.unit && other->call.index == of->call.index;
		if (is_same_call && (is_one ? other != of : !may_wait(derived, other->to, costs)))
			return false;
	}
	return true;
}
