#include "derive.h"

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

/* Effects of one node, kind and cause are in one bucket: those that a new one has to be compared with. */
static uint32_t *bucket_of(const struct derived *derived, uint32_t node, uint32_t kind, uint32_t cause)
{
	uint64_t hash =
	    (node * UINT64_C(0x9E3779B97F4A7C15)) ^ ((cause * EFFECT_KINDS + kind) * UINT64_C(0xD6E8FEB86659FD93));
	return &derived->effect_bucket.items[(hash >> 32) & (derived->effect_bucket.count - 1)];
}

uint32_t first_alike(const struct derived *derived, const struct effect *effect)
{
	return *bucket_of(derived, effect->node, effect->kind, effect->cause);
}

static void grow_buckets(struct derived *derived)
{
	uint32_t count = derived->effect_bucket.count ? derived->effect_bucket.count * 2 : 1024;
	table_need(&derived->effect_bucket, count - derived->effect_bucket.count);
	derived->effect_bucket.count = count;
	for (uint32_t i = 0; i < count; i++)
		derived->effect_bucket.items[i] = NONE;
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		struct effect *effect = &derived->effects.items[i];
		uint32_t *bucket = bucket_of(derived, effect->node, effect->kind, effect->cause);
		effect->alike = *bucket;
		*bucket = i;
	}
}

/* One that is handed on is too many where the node has so many of the kind and cause, or of the cheap ones, or at all.
 */
static bool has_enough(struct derived *derived, uint32_t node, const struct effect *effect)
{
	const struct effect_tally *tally = &derived->effect_tally[node];
	if (tally->count >= EFFECTS_PER_NODE || (is_cheap(effect) && tally->cheap >= CHEAP_EFFECTS_PER_NODE))
		return true;
	uint32_t variants = 0;
	for (uint32_t i = *bucket_of(derived, node, effect->kind, effect->cause); i != NONE;
	     i = derived->effects.items[i].alike) {
		const struct effect *other = &derived->effects.items[i];
		variants += other->node == node && other->kind == effect->kind && other->cause == effect->cause &&
			    other->clears == effect->clears;
	}
	return variants >= VARIANTS_PER_CAUSE;
}

static bool same_effect(const struct effect *a, const struct effect *b)
{
	/* Two descriptors whose origin is not known are not the same one. */
	bool other_descriptor =
	    a->kind == EFFECT_SETS_NONBLOCKING && a->from == NONE && b->from == NONE && a->call.index != b->call.index;
	return a->node == b->node && a->kind == b->kind && a->cause == b->cause && a->condition == b->condition &&
	       !other_descriptor && a->cost == b->cost && a->clears == b->clears && a->origin.kind == b->origin.kind &&
	       a->origin.number == b->origin.number;
}

static bool has_effect(struct derived *derived, const struct effect *effect)
{
	for (uint32_t i = *bucket_of(derived, effect->node, effect->kind, effect->cause); i != NONE;
	     i = derived->effects.items[i].alike)
		if (same_effect(&derived->effects.items[i], effect))
			return true;
	return false;
}

void effect_add(struct derived *derived, struct effect effect, const struct condition *condition)
{
	effect.condition = condition_intern(&derived->conditions, condition);
	if ((effect.from != NONE && has_enough(derived, effect.node, &effect)) || has_effect(derived, &effect))
		return;
	if (derived->effects.count >= derived->effect_bucket.count)
		grow_buckets(derived);
	struct effect_tally *tally = &derived->effect_tally[effect.node];
	uint32_t *link = tally->count ? &derived->effects.items[tally->last].next : &derived->first_effect[effect.node];
	uint32_t *bucket = bucket_of(derived, effect.node, effect.kind, effect.cause);
	*link = tally->last = derived->effects.count;
	effect.next = NONE;
	effect.alike = *bucket;
	*bucket = derived->effects.count;
	if (tally->count < UINT16_MAX)
		tally->count++;
	if (is_cheap(&effect) && tally->cheap < UINT16_MAX)
		tally->cheap++;
	table_add(&derived->effects, effect);
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

/* An effect goes to all callers, but for what is private to the callee: a loop that it made and did not hand out. */
static void propagate(struct derived *derived, uint32_t first)
{
	const struct program *program = derived->program;
	for (uint32_t at = first; at < derived->effects.count; at++) {
		struct effect effect = derived->effects.items[at];
		const struct node *node = &program->nodes.items[effect.node];
		/* A short lock is of interest where it is taken, if at all. */
		if (!effect.certain || (effect.kind == EFFECT_BLOCKS && effect.cost == COST_LOCK) ||
		    (effect.kind == EFFECT_MAKES_LOOP && !is_handed_out(&effect)))
			continue;
		if (node->model && node->body_count) /* a model speaks for it */
			continue;
		for (uint32_t i = 0; i < node->in_count; i++) {
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
			struct condition condition = {0};
			uint32_t unknown = 0;
			if (!condition_of_scope(&derived->conditions, edge->call.unit,
						program_call(program, edge->call)->scope, &condition))
				continue;
			if (edge->kind == EDGE_PASSED)
				caller.origin.kind = ORIGIN_UNKNOWN;
			else if (!condition_at_call(&derived->conditions, edge->call, effect.condition, &condition,
						    &unknown))
				continue;
			else
				caller.origin = origin_set_up(derived, edge->from, edge->call,
							      origin_at_call(derived, edge->call, &effect));
			effect_add(derived, caller, &condition);
		}
	}
}

void derive_effects(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->first_effect = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->first_effect[i] = NONE;
	derived->effect_tally = arena_alloc(&derived->arena, program->nodes.count * sizeof(*derived->effect_tally));
	grow_buckets(derived);
	/* First what makes descriptors and loops what they are, then what depends on that. */
	seed_effects(derived, false);
	propagate(derived, 0);
	derived->first_settled = derived->effects.count;
	seed_effects(derived, true);
	derived->settled_end = derived->effects.count;
	propagate(derived, derived->first_settled);
}
