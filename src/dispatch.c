#include "dispatch.h"

/* Whether the record that the called slot is in belongs to the object's type, not to the object: it is reached through
 * a pointer in the object, or a call gave it. */
static bool is_type_table(const struct program *program, uint32_t unit, uint32_t target)
{
	const struct facts *facts = program_facts(program, unit);
	if (facts->values[target].kind == VALUE_POINTEE)
		target = facts->values[target].a;
	if (facts->values[target].kind != VALUE_FIELD)
		return false;
	uint32_t table = facts->values[target].a;
	if (facts->values[table].kind == VALUE_LOCAL) {
		table = program->units[unit].locals[facts->values[table].a].source;
		if (table == NONE)
			return false;
	}
	uint32_t kind = facts->values[table].kind, type = facts->values[table].type;
	bool is_pointer = type != NONE && facts->types[type].flags & TYPE_POINTER;
	return kind == VALUE_CALL || (kind == VALUE_FIELD && is_pointer);
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
	if (of->kind != EDGE_POINTER ||
	    !is_type_table(program, of->call.unit, program_call(program, of->call)->target) ||
	    is_in_array(program, of) || is_for_loop_only(derived, of->from))
		return true;
	const struct node *from = &program->nodes.items[of->from];
	for (uint32_t e = from->first_out; e < from->first_out + from->out_count; e++) {
		const struct edge *other = &program->edges.items[e];
		bool is_same_call = other->call.unit == of->call.unit && other->call.index == of->call.index;
		if (is_same_call && !may_wait(derived, other->to, costs))
			return false;
	}
	return true;
}
