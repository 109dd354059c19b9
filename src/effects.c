#include "derive.h"

#include <string.h>

/* A function with more different effects than this is a dispatcher of everything: what is beyond says nothing new. Of
   the cheap ones, which are everywhere, a few stand for all, and so do a few of one cause under different conditions.
 */
enum { EFFECTS_PER_NODE = 64, CHEAP_EFFECTS_PER_NODE = 6, VARIANTS_PER_CAUSE = 4 };

const struct effect *effect_find(const struct derived *derived, uint32_t node, enum effect_kind kind)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next)
		if (derived->effects.items[i].kind == kind)
			return &derived->effects.items[i];
	return NULL;
}

static bool is_cheap(const struct effect *effect)
{
	return effect->kind == EFFECT_BLOCKS && (effect->cost == COST_LOCK || effect->cost == COST_DISK);
}

static uint32_t place_of(const struct derived *derived, uint32_t node, uint32_t kind, uint32_t cause)
{
	uint64_t hash =
	    (node * UINT64_C(0x9E3779B97F4A7C15)) ^ ((cause * EFFECT_KINDS + kind) * UINT64_C(0xD6E8FEB86659FD93));
	return (uint32_t)(hash >> 32) & (derived->alike.count - 1);
}

static bool is_free(const struct alike_effects *alike)
{
	return alike->count[false] + alike->count[true] == 0;
}

/* Where those of that node, kind and cause are, or would be. */
static struct alike_effects *alike_of(const struct derived *derived, uint32_t node, uint32_t kind, uint32_t cause)
{
	uint32_t place = place_of(derived, node, kind, cause);
	for (;; place = (place + 1) & (derived->alike.count - 1)) {
		struct alike_effects *alike = &derived->alike.items[place];
		if (is_free(alike) || (alike->node == node && alike->kind == kind && alike->cause == cause))
			return alike;
	}
}

/* At most two thirds of the places are taken. */
static void make_room(struct derived *derived)
{
	if (derived->alike_used < derived->alike.count / 3 * 2)
		return;
	struct derived grown = {.alike = {0}};
	table_need(&grown.alike, derived->alike.count ? derived->alike.count * 2 : 1024); /* zeroed: all are free */
	grown.alike.count = grown.alike.capacity;
	for (uint32_t i = 0; i < derived->alike.count; i++) {
		const struct alike_effects *old = &derived->alike.items[i];
		if (!is_free(old))
			*alike_of(&grown, old->node, old->kind, old->cause) = *old;
	}
	table_release(&derived->alike);
	derived->alike.items = grown.alike.items;
	derived->alike.count = grown.alike.count;
	derived->alike.capacity = grown.alike.capacity;
}

/* One that is handed on is too many where the node has so many of the kind and cause, or of the cheap ones, or at all.
 */
static bool has_enough(const struct derived *derived, uint32_t node, const struct effect *effect)
{
	const struct effect_tally *tally = &derived->effect_tally[node];
	return tally->count >= EFFECTS_PER_NODE || (is_cheap(effect) && tally->cheap >= CHEAP_EFFECTS_PER_NODE) ||
	       alike_of(derived, node, effect->kind, effect->cause)->count[effect->clears] >= VARIANTS_PER_CAUSE;
}

static bool same_effect(const struct effect *a, const struct effect *b)
{
	/* Two descriptors whose origin is not known are not the same one. */
	bool other_descriptor =
	    a->kind == EFFECT_SETS_NONBLOCKING && a->from == NONE && b->from == NONE && a->call.index != b->call.index;
	return a->condition == b->condition && !other_descriptor && a->cost == b->cost && a->clears == b->clears &&
	       a->origin.kind == b->origin.kind && a->origin.number == b->origin.number;
}

/* Equal for effects of one node, kind and cause that same_effect() says yes of. */
static uint16_t looks_of(const struct effect *effect)
{
	uint64_t hash = (uintptr_t)effect->condition ^ ((uint64_t)effect->origin.number << 32) ^
			((uint64_t)effect->cost << 60) ^ ((uint64_t)effect->clears << 59) ^
			((uint64_t)effect->origin.kind << 55);
	return (uint16_t)((hash * UINT64_C(0x9E3779B97F4A7C15)) >> 48);
}

static bool has_effect(const struct derived *derived, const struct alike_effects *alike, const struct effect *effect)
{
	enum { LOOKS = sizeof(alike->looks) / sizeof(alike->looks[0]) };
	uint16_t looks = looks_of(effect);
	uint32_t count = (uint32_t)alike->count[false] + alike->count[true];
	bool may_have = count > LOOKS;
	for (uint32_t i = 0; i < count && !may_have; i++)
		may_have = alike->looks[i] == looks;
	if (may_have)
		for (uint32_t i = alike->newest; i != NONE; i = derived->alike_before.items[i])
			if (same_effect(&derived->effects.items[i], effect))
				return true;
	return false;
}

/* Makes the effect, which is the next, the newest of those that are alike. */
static void add_alike(struct derived *derived, struct alike_effects *alike, const struct effect *effect)
{
	if (is_free(alike)) {
		*alike = (struct alike_effects){
		    .node = effect->node, .cause = effect->cause, .newest = NONE, .kind = effect->kind};
		derived->alike_used++;
	}
	uint32_t count = (uint32_t)alike->count[false] + alike->count[true];
	if (count < sizeof(alike->looks) / sizeof(alike->looks[0]))
		alike->looks[count] = looks_of(effect);
	if (alike->count[effect->clears] < UINT8_MAX)
		alike->count[effect->clears]++;
	table_add(&derived->alike_before, alike->newest);
	alike->newest = derived->effects.count;
}

/* Unless the node has it already. */
static void add_effect(struct derived *derived, struct effect effect)
{
	make_room(derived);
	struct alike_effects *alike = alike_of(derived, effect.node, effect.kind, effect.cause);
	if (has_effect(derived, alike, &effect))
		return;
	struct effect_tally *tally = &derived->effect_tally[effect.node];
	uint32_t *link = tally->count ? &derived->effects.items[tally->last].next : &derived->first_effect[effect.node];
	*link = tally->last = derived->effects.count;
	effect.next = NONE;
	add_alike(derived, alike, &effect);
	if (tally->count < UINT16_MAX)
		tally->count++;
	if (is_cheap(&effect) && tally->cheap < UINT16_MAX)
		tally->cheap++;
	table_add(&derived->effects, effect);
}

void effect_add(struct derived *derived, struct effect effect, const struct condition *condition)
{
	effect.condition = condition_intern(&derived->conditions, condition);
	add_effect(derived, effect);
}

/* What has to hold for the call of the edge to be made, or NULL if it never is. */
static const struct condition *condition_around(struct derived *derived, uint32_t edge)
{
	static const struct condition never = {0};
	const struct condition **known = &derived->around[edge];
	if (!*known) {
		struct condition condition = {0};
		struct ref call = derived->program->edges.items[edge].call;
		bool runs = condition_of_scope(&derived->conditions, call.unit,
					       program_call(derived->program, call)->scope, &condition);
		*known = runs ? condition_intern(&derived->conditions, &condition) : &never;
	}
	return *known == &never ? NULL : *known;
}

/* A loop that is made gets out of the function. The thread keeps it for who called the helper that set it up, and takes
 * it away again before that one returns. */
static bool is_handed_out(const struct effect *effect)
{
	return effect->origin.kind == ORIGIN_RESULT || effect->origin.kind == ORIGIN_PARAM ||
	       (effect->origin.kind == ORIGIN_THREAD && effect->from == NONE);
}

/* `set_up(); start(); run();`: the loop of the thread is the one that the node had a helper make before the call. */
static struct origin origin_set_up(const struct derived *derived, uint32_t node, struct ref call, struct origin origin)
{
	if (origin.kind != ORIGIN_THREAD)
		return origin;
	uint32_t order = program_call(derived->program, call)->order;
	for (uint32_t i = derived->first_effect[node]; i != NONE && origin.kind == ORIGIN_THREAD;
	     i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_MAKES_LOOP && effect->origin.kind == ORIGIN_THREAD &&
		    effect->call.unit == call.unit && program_call(derived->program, effect->call)->order < order)
			origin = (struct origin){ORIGIN_MADE, 0, effect->call};
	}
	return origin;
}

/* Adds to *condition, that of the call, what the callee's becomes there; false if the call rules it out. */
static bool add_callees_condition(struct derived *derived, struct ref call, const struct condition *callee,
				  const struct condition **condition)
{
	if (!callee->count)
		return true;
	struct condition both = **condition;
	uint32_t unknown = 0;
	if (!condition_at_call(&derived->conditions, call, callee, &both, &unknown))
		return false;
	*condition = condition_intern(&derived->conditions, &both);
	return true;
}

/* What propagate() reads lies all over memory, each thing found through the one before it. Asked for some effects, and
 * of each some callers, ahead of their turn, it is there by then: the processor need not wait for one after the other.
 */
enum { NODE_AHEAD = 16, INCOMING_AHEAD = 12, EDGES_AHEAD = 8, CALLERS_AHEAD = 4, AT_ONCE = 4 };

static void ask_for_edges(const struct derived *derived, const struct node *node, uint32_t first)
{
	for (uint32_t i = first; i < node->in_count && i < first + AT_ONCE; i++) {
		uint32_t number = derived->program->incoming.items[node->first_in + i];
		__builtin_prefetch(&derived->program->edges.items[number]);
		__builtin_prefetch(&derived->around[number]);
	}
}

static void ask_for_callers(const struct derived *derived, const struct effect *effect, uint32_t first)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[effect->node];
	for (uint32_t i = first; i < node->in_count && i < first + AT_ONCE; i++) {
		uint32_t from = program->edges.items[program->incoming.items[node->first_in + i]].from;
		__builtin_prefetch(&derived->effect_tally[from]);
		__builtin_prefetch(&derived->alike.items[place_of(derived, from, effect->kind, effect->cause)]);
	}
}

static void look_ahead(const struct derived *derived, uint32_t at)
{
	const struct program *program = derived->program;
	const struct effect *effects = &derived->effects.items[at];
	const struct node *nodes = program->nodes.items;
	uint32_t left = derived->effects.count - at;
	if (left > NODE_AHEAD)
		__builtin_prefetch(&nodes[effects[NODE_AHEAD].node]);
	if (left > INCOMING_AHEAD)
		__builtin_prefetch(&program->incoming.items[nodes[effects[INCOMING_AHEAD].node].first_in]);
	if (left > EDGES_AHEAD)
		ask_for_edges(derived, &nodes[effects[EDGES_AHEAD].node], 0);
	if (left > CALLERS_AHEAD)
		ask_for_callers(derived, &effects[CALLERS_AHEAD], 0);
}

/* An effect goes to all callers, but for what is private to the callee: a loop that it made and did not hand out. */
static void propagate(struct derived *derived, uint32_t first)
{
	const struct program *program = derived->program;
	for (uint32_t at = first; at < derived->effects.count; at++) {
		look_ahead(derived, at);
		struct effect effect = derived->effects.items[at];
		const struct node *node = &program->nodes.items[effect.node];
		/* A short lock is of interest where it is taken, if at all. */
		if (!effect.certain || (effect.kind == EFFECT_BLOCKS && effect.cost == COST_LOCK) ||
		    (effect.kind == EFFECT_MAKES_LOOP && !is_handed_out(&effect)))
			continue;
		if (node->model && node->body_count) /* a model speaks for it */
			continue;
		for (uint32_t i = 0; i < node->in_count; i++) {
			if (i % AT_ONCE == 0) {
				ask_for_edges(derived, node, i + AT_ONCE + AT_ONCE);
				ask_for_callers(derived, &effect, i + AT_ONCE);
			}
			uint32_t number = program->incoming.items[node->first_in + i];
			const struct edge *edge = &program->edges.items[number];
			bool by_name_only = effect.kind == EFFECT_SETS_NONBLOCKING || effect.kind == EFFECT_MAKES_LOOP;
			/* Whom a wait would keep waiting is never returned to. */
			bool is_last = effect.kind == EFFECT_BLOCKS && derived->way_out[number];
			if (derived->in_child[number] || is_last || (by_name_only && edge->kind != EDGE_CALL))
				continue;
			if (has_enough(derived, edge->from, &effect))
				continue;
			struct effect caller = effect;
			caller.node = edge->from;
			caller.call = edge->call;
			caller.from = at;
			caller.by_pointer |= edge->kind == EDGE_POINTER;
			caller.condition = condition_around(derived, number);
			if (!caller.condition)
				continue;
			if (edge->kind == EDGE_PASSED)
				caller.origin.kind = ORIGIN_UNKNOWN;
			else if (!add_callees_condition(derived, edge->call, effect.condition, &caller.condition))
				continue;
			else
				caller.origin = origin_set_up(derived, edge->from, edge->call,
							      origin_at_call(derived, edge->call, &effect));
			add_effect(derived, caller);
		}
	}
}

/* Gives each effect its place among those of its node, and notes in effect.next which that is. */
static void find_places(struct derived *derived)
{
	uint32_t *place = derived->first_effect, first = 0;
	memset(place, 0, derived->program->nodes.count * sizeof(*place));
	for (uint32_t i = 0; i < derived->effects.count; i++)
		place[derived->effects.items[i].node]++;
	for (uint32_t n = 0; n < derived->program->nodes.count; n++) {
		uint32_t count = place[n];
		place[n] = first;
		first += count;
	}
	table_need(&derived->effect_order, derived->effects.count);
	derived->effect_order.count = derived->effects.count;
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		struct effect *effect = &derived->effects.items[i];
		effect->next = derived->effect_order.items[i] = place[effect->node]++;
		if (effect->from != NONE) /* it was found before */
			effect->from = derived->effect_order.items[effect->from];
	}
}

/* Whoever asks for the effects of a node gets them from one place, not each from somewhere else. They are moved within
 * their table: there is no room for two. */
static void sort_by_node(struct derived *derived)
{
	find_places(derived);
	struct effect *effects = derived->effects.items;
	for (uint32_t i = 0; i < derived->effects.count; i++)
		while (effects[i].next != i) {
			struct effect moved = effects[i];
			effects[i] = effects[moved.next];
			effects[moved.next] = moved;
		}
	for (uint32_t n = 0; n < derived->program->nodes.count; n++)
		derived->first_effect[n] = NONE;
	for (uint32_t i = derived->effects.count; i-- > 0;) {
		uint32_t *first = &derived->first_effect[effects[i].node];
		effects[i].next = *first;
		*first = i;
	}
}

void derive_effects(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->first_effect = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->first_effect[i] = NONE;
	derived->effect_tally = arena_alloc(&derived->arena, program->nodes.count * sizeof(*derived->effect_tally));
	derived->around = arena_alloc(&derived->arena, program->edges.count * sizeof(*derived->around));
	make_room(derived);
	/* First what makes descriptors and loops what they are, then what depends on that. */
	seed_effects(derived, false);
	propagate(derived, 0);
	derived->first_settled = derived->effects.count;
	seed_effects(derived, true);
	derived->settled_end = derived->effects.count;
	propagate(derived, derived->first_settled);
	table_release(&derived->alike);
	table_release(&derived->alike_before);
	sort_by_node(derived);
}
