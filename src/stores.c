#include "stores.h"

/* The string of the field or variable in program.slots, or NONE. */
static uint32_t place_of(const struct program *program, uint32_t unit, const struct fact_value *value)
{
	const struct facts *facts = program_facts(program, unit);
	if (value->kind == VALUE_FIELD)
		return intern_find_slot(&program->slots, facts_text(facts, value->c), facts_text(facts, value->b));
	if (value->kind == VALUE_VARIABLE)
		return intern_find(&program->slots, facts_text(facts, facts->variables[value->a].identity));
	return NONE;
}

static uint32_t add_place(struct program *program, uint32_t unit, const struct fact_value *value)
{
	const struct facts *facts = program_facts(program, unit);
	if (value->kind == VALUE_FIELD)
		return intern_slot(&program->slots, facts_text(facts, value->c), facts_text(facts, value->b));
	if (value->kind == VALUE_VARIABLE)
		return intern(&program->slots, facts_text(facts, facts->variables[value->a].identity));
	return NONE;
}

void stores_index(struct program *program)
{
	id_table places = {0};
	TABLE(struct ref) stores = {0};
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->assignments_count; i++) {
			uint32_t place = add_place(program, unit, &facts->values[facts->assignments[i].target]);
			if (place == NONE)
				continue;
			table_add(&places, place);
			table_add(&stores, (struct ref){unit, i});
		}
	}
	/* Sorted by place, by counting: the stores of place p are those from end[p - 1] to end[p]. */
	program->store_place_count = program->slots.count;
	uint32_t *end = arena_alloc(&program->arena, program->slots.count * sizeof(*end));
	for (uint32_t i = 0; i < places.count; i++)
		end[places.items[i]]++;
	for (uint32_t p = 1; p < program->slots.count; p++)
		end[p] += end[p - 1];
	program->stores = arena_alloc(&program->arena, stores.count * sizeof(*program->stores));
	uint32_t *next = arena_alloc(&program->arena, program->slots.count * sizeof(*next));
	for (uint32_t p = 1; p < program->slots.count; p++)
		next[p] = end[p - 1];
	for (uint32_t i = 0; i < stores.count; i++)
		program->stores[next[places.items[i]]++] = stores.items[i];
	program->store_end = end;
	table_release(&places);
	table_release(&stores);
}

static struct stores stores_at(const struct program *program, uint32_t place)
{
	if (place >= program->store_place_count)
		return (struct stores){NULL, 0};
	uint32_t first = place ? program->store_end[place - 1] : 0;
	return (struct stores){&program->stores[first], program->store_end[place] - first};
}

struct stores stores_of(const struct program *program, const char *place)
{
	return stores_at(program, intern_find(&program->slots, place));
}

struct stores stores_of_value(const struct program *program, uint32_t unit, const struct fact_value *value)
{
	return stores_at(program, place_of(program, unit, value));
}
