#include "map.h"

#include <stdlib.h>
#include <string.h>

/* A function of the program that has a body, while the map is made. */
struct place_on_map {
	const char *name, *file;
	uint32_t line, node, flags;
};

typedef TABLE(struct place_on_map) place_table;

static uint32_t bit(enum map_flag flag)
{
	return 1u << flag;
}

/* What it is to the map that a node has the effect; 0: nothing. */
static uint32_t effect_flags(const struct effect *effect, uint32_t costs)
{
	bool is_own = effect->from == NONE;
	if (!effect->certain)
		return 0;
	switch (effect->kind) {
	case EFFECT_BLOCKS:
		if (!(costs >> effect->cost & 1))
			return 0;
		return bit(is_own ? MAP_BLOCKS : MAP_LEADS);
	case EFFECT_PUMPS:
		return bit(is_own ? MAP_RUNS_LOOP : MAP_LEADS);
	case EFFECT_MAKES_LOOP:
		return is_own ? bit(MAP_MAKES_LOOP) : 0;
	default:
		return 0;
	}
}

static uint32_t role_flags(const struct derived *derived, uint32_t node)
{
	uint32_t flags = 0;
	if (role_find(derived, node, ROLE_ON_LOOP))
		flags |= bit(MAP_ON_LOOP);
	if (role_find(derived, node, ROLE_WORKER) || role_find(derived, node, ROLE_THREAD))
		flags |= bit(MAP_OFF_LOOP);
	return flags;
}

static uint32_t node_flags(const struct derived *derived, uint32_t node, uint32_t costs)
{
	uint32_t flags = role_flags(derived, node);
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next)
		flags |= effect_flags(&derived->effects.items[i], costs);
	if (!(flags & bit(MAP_ON_LOOP)))
		flags &= ~bit(MAP_LEADS);
	return flags;
}

static bool is_of_interest(const struct place_on_map *place)
{
	return place->flags & (bit(MAP_BLOCKS) | bit(MAP_RUNS_LOOP) | bit(MAP_MAKES_LOOP) | bit(MAP_LEADS));
}

/* By file, line and name, and at last by node: of one file that is compiled twice, in order of units. */
static int compare_places(const void *left, const void *right)
{
	const struct place_on_map *a = left, *b = right;
	int order = strcmp(a->file, b->file);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : (a->node > b->node) - (a->node < b->node);
}

static void find_places(const struct derived *derived, uint32_t costs, place_table *places)
{
	const struct program *program = derived->program;
	struct arena scratch = {0};
	uint32_t *loop_flag = arena_alloc(&scratch, program->nodes.count * sizeof(*loop_flag));
	for (uint32_t i = 0; i < derived->hand_loops.count; i++)
		loop_flag[derived->hand_loops.items[i].node] = bit(MAP_RUNS_LOOP);
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		if (!node->body_count || node->flags & FUNCTION_SYSTEM || !*node->file)
			continue;
		table_add(places, (struct place_on_map){.name = node->name,
							.file = node->file,
							.line = program_function(program, node)->place.line,
							.node = i,
							.flags = node_flags(derived, i, costs) | loop_flag[i]});
	}
	arena_release(&scratch);
	if (places->count)
		qsort(places->items, places->count, sizeof(*places->items), compare_places);
}

static void count_place(struct map_file *file, const struct place_on_map *place)
{
	file->functions++;
	for (int flag = 0; flag < MAP_FLAGS; flag++)
		file->count[flag] += place->flags >> flag & 1;
}

/* Adds files and functions; notes in `function_of` which function of the map a node is. */
static void add_places(struct map *map, const place_table *places, uint32_t *function_of)
{
	for (uint32_t i = 0; i < places->count; i++) {
		const struct place_on_map *place = &places->items[i];
		if (!i || strcmp(place->file, places->items[i - 1].file) != 0)
			table_add(&map->files, (struct map_file){.path = arena_strdup(&map->arena, place->file)});
		count_place(&map->files.items[map->files.count - 1], place);
		if (!is_of_interest(place))
			continue;
		function_of[place->node] = map->functions.count;
		table_add(&map->functions, (struct map_function){.name = arena_strdup(&map->arena, place->name),
								 .file = map->files.count - 1,
								 .line = place->line,
								 .flags = place->flags});
	}
}

static int compare_calls(const void *left, const void *right)
{
	const struct map_call *a = left, *b = right;
	int order = (a->from > b->from) - (a->from < b->from);
	return order ? order : (a->to > b->to) - (a->to < b->to);
}

static void add_calls(struct map *map, const struct program *program, const uint32_t *function_of)
{
	for (uint32_t i = 0; i < program->edges.count; i++) {
		uint32_t from = function_of[program->edges.items[i].from], to = function_of[program->edges.items[i].to];
		if (from != NONE && to != NONE && from != to)
			table_add(&map->calls, (struct map_call){from, to});
	}
	if (!map->calls.count)
		return;
	qsort(map->calls.items, map->calls.count, sizeof(*map->calls.items), compare_calls);
	uint32_t kept = 1;
	for (uint32_t i = 1; i < map->calls.count; i++)
		if (compare_calls(&map->calls.items[i - 1], &map->calls.items[i]) != 0)
			map->calls.items[kept++] = map->calls.items[i];
	map->calls.count = kept;
}

void map_make(struct map *map, const struct derived *derived, uint32_t costs)
{
	place_table places = {0};
	struct arena scratch = {0};
	uint32_t node_count = derived->program->nodes.count;
	uint32_t *function_of = arena_alloc(&scratch, node_count * sizeof(*function_of));
	for (uint32_t i = 0; i < node_count; i++)
		function_of[i] = NONE;
	find_places(derived, costs, &places);
	add_places(map, &places, function_of);
	add_calls(map, derived->program, function_of);
	table_release(&places);
	arena_release(&scratch);
}

void map_release(struct map *map)
{
	table_release(&map->files);
	table_release(&map->functions);
	table_release(&map->calls);
	arena_release(&map->arena);
}
