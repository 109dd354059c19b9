#include "derive.h"

#include "modelled.h"
#include "words.h"

/* A function that is named so and whose result decides whether the process ends is a step on the way out. */
static const char *const shutdown_words[] = {"shutdown", "exit", "quit", "terminate", "termination", NULL};

static bool names_this_process(const struct program *program, struct ref value)
{
	value.index = value_resolve(program, value.unit, value.index);
	if (value.index == NONE || program_value(program, value)->kind != VALUE_CALL)
		return false;
	return modelled_effect_at(program, (struct ref){value.unit, program_value(program, value)->a},
				  MODEL_CURRENT_PROCESS) != NULL;
}

static bool model_ends(struct derived *derived, struct ref call, const struct model_effect *effect)
{
	struct condition condition = {0};
	bool certain = true;
	return (effect->argument < 0 ||
		names_this_process(derived->program,
				   program_argument(derived->program, call, (uint32_t)effect->argument))) &&
	       model_effect_at(derived, call, effect, &condition, &certain) && certain;
}

static enum ending ending_of_call(struct derived *derived, struct ref call)
{
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE)
		return GOES_ON;
	const struct model_function *model = derived->program->nodes.items[callee].model;
	enum ending ending = (enum ending)derived->ends[callee];
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if ((model->effects[i].kind == MODEL_ENDS_PROCESS || model->effects[i].kind == MODEL_ENDS_WELL) &&
		    model_ends(derived, call, &model->effects[i])) {
			enum ending found = model->effects[i].kind == MODEL_ENDS_WELL ? ENDS_WELL : ENDS;
			ending = found > ending ? found : ending;
		}
	return ending;
}

static bool is_loop(const struct fact_scope *scope)
{
	return scope->kind == SCOPE_WHILE || scope->kind == SCOPE_DO || scope->kind == SCOPE_FOR;
}

static bool is_in(const struct facts *facts, uint32_t scope, uint32_t outer)
{
	while (scope != NONE && scope != outer)
		scope = facts->scopes[scope].parent;
	return scope == outer;
}

/* The loop or case inside `outer` that a break or continue in the scope leaves, itself at most. */
static bool stays_in(const struct facts *facts, uint32_t scope, uint32_t outer)
{
	for (;; scope = facts->scopes[scope].parent) {
		bool caught = is_loop(&facts->scopes[scope]) || (facts->scopes[scope].kind == SCOPE_CASE &&
								 !(facts->scopes[scope].flags & SCOPE_CONTINUES));
		if (caught || scope == outer)
			return caught;
	}
}

/* The end of the scopes of a function among which those inside `outer` are: they come behind it, in order. */
static uint32_t scopes_end(const struct facts *facts, const struct fact_function *function, uint32_t outer)
{
	uint32_t low = outer + 1, high = function->first_scope + function->scope_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (facts->scopes[middle].order <= facts->scopes[outer].end_order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The function's first call from `order` on. */
static uint32_t first_call_at(const struct facts *facts, const struct fact_function *function, uint32_t order)
{
	uint32_t low = function->first_call, high = function->first_call + function->call_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (facts->calls[middle].order < order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether who enters the scope may come out elsewhere than at its end. */
static bool may_leave(const struct facts *facts, const struct fact_function *function, uint32_t outer)
{
	uint32_t end = scopes_end(facts, function, outer);
	for (uint32_t s = outer; s < end; s++) {
		uint32_t flags = facts->scopes[s].flags;
		if (flags & (SCOPE_RETURNS | SCOPE_GOES | SCOPE_BREAKS | SCOPE_CONTINUES) && is_in(facts, s, outer) &&
		    (flags & (SCOPE_RETURNS | SCOPE_GOES) || !stays_in(facts, s, outer)))
			return true;
	}
	return false;
}

static bool are_branches(const struct fact_scope *a, const struct fact_scope *b)
{
	return a->kind == SCOPE_IF && b->kind == SCOPE_IF && a->parent == b->parent && a->condition == b->condition &&
	       a->when != b->when;
}

/* How everyone ends who runs in `scope` from `after` on, if that is before he comes out of it. */
static enum ending ending_from(struct derived *derived, struct ref body, uint32_t scope, uint32_t after)
{
	const struct facts *facts = program_facts(derived->program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	enum ending ending = GOES_ON;
	uint32_t until = UINT32_MAX, calls_end = first_call_at(facts, function, facts->scopes[scope].end_order);
	for (uint32_t c = first_call_at(facts, function, after); c < calls_end && !ending; c++)
		if (facts->calls[c].scope == scope) {
			ending = ending_of_call(derived, (struct ref){body.unit, c});
			until = facts->calls[c].order;
		}
	uint32_t scopes = scopes_end(facts, function, scope);
	for (uint32_t s = scope + 1; s < scopes; s++) {
		const struct fact_scope *inner = &facts->scopes[s];
		if (inner->parent != scope || inner->order < after || (ending && inner->order >= until))
			continue;
		enum ending within = ending_from(derived, body, s, inner->order);
		if (inner->kind == SCOPE_AFTER || (inner->kind == SCOPE_LABEL && within))
			return within;
		bool else_follows =
		    s + 1 < function->first_scope + function->scope_count && are_branches(inner, inner + 1);
		enum ending otherwise =
		    within && else_follows ? ending_from(derived, body, s + 1, inner[1].order) : GOES_ON;
		if (otherwise)
			return within < otherwise ? within : otherwise;
		if (!within && may_leave(facts, function, s))
			return GOES_ON;
	}
	return ending;
}

/* The order at which it goes on in the parent for who comes to the end of the scope. */
static uint32_t end_of(const struct facts *facts, const struct fact_function *function, uint32_t scope)
{
	const struct fact_scope *fact = &facts->scopes[scope];
	uint32_t end = fact->end_order;
	for (uint32_t s = scope + 1; s < function->first_scope + function->scope_count; s++) {
		const struct fact_scope *next = &facts->scopes[s];
		bool of_same_switch =
		    fact->kind == SCOPE_CASE && next->kind == SCOPE_CASE && next->parent == fact->parent;
		if (of_same_switch || are_branches(fact, next))
			end = next->end_order;
	}
	return end;
}

/* Goes on behind the call, out of one scope after the other. */
static enum way_out way_behind(struct derived *derived, struct ref call)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	const struct fact_call *fact = program_call(derived->program, call);
	const struct fact_function *function = &facts->functions[fact->function];
	struct ref body = {call.unit, fact->function};
	enum way_out way = WAY_OUT;
	uint32_t after = fact->order;
	for (uint32_t scope = fact->scope; scope != NONE; scope = facts->scopes[scope].parent) {
		const struct fact_scope *around = &facts->scopes[scope];
		if (ending_from(derived, body, scope, after))
			return way;
		if (is_loop(around)) {
			if (around->condition == NONE || facts->values[around->condition].kind == VALUE_INTEGER ||
			    may_leave(facts, function, scope))
				return WAY_ON;
			way = WAY_OUT_BEHIND_LOOP;
		} else if (around->flags & SCOPE_LEAVES &&
			   !(around->kind == SCOPE_CASE && around->flags & SCOPE_BREAKS)) {
			return WAY_ON;
		}
		after = end_of(facts, function, scope);
	}
	return WAY_ON;
}

static bool is_about_call(const struct program *program, uint32_t unit, uint32_t value, uint32_t call)
{
	value = value_resolve(program, unit, value);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &program_facts(program, unit)->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_CALL:
		return fact->a == call;
	case VALUE_UNARY:
		return is_about_call(program, unit, fact->a, call);
	case VALUE_BINARY:
		return is_about_call(program, unit, fact->a, call) || is_about_call(program, unit, fact->b, call);
	default:
		return false;
	}
}

/* `if (prepare_shutdown() == OK) exit(0);` */
static bool decides_about_end(struct derived *derived, struct ref call, uint32_t callee)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = program_call(program, call);
	const struct fact_function *function = &facts->functions[fact->function];
	if (!has_word(program->nodes.items[callee].name, shutdown_words))
		return false;
	for (uint32_t s = function->first_scope; s < function->first_scope + function->scope_count; s++) {
		const struct fact_scope *scope = &facts->scopes[s];
		if ((scope->kind == SCOPE_IF || scope->kind == SCOPE_AFTER) && scope->order > fact->order &&
		    is_about_call(program, call.unit, scope->condition, call.index) &&
		    ending_from(derived, (struct ref){call.unit, fact->function}, s, scope->order) == ENDS_WELL)
			return true;
	}
	return false;
}

/* All bodies of the node end. */
static enum ending ending_of_node(struct derived *derived, const struct node *node)
{
	enum ending ending = node->body_count ? ENDS_WELL : GOES_ON;
	for (uint32_t b = 0; b < node->body_count && ending; b++) {
		struct ref body = derived->program->bodies.items[node->first_body + b];
		const struct fact_function *function =
		    &program_facts(derived->program, body.unit)->functions[body.index];
		enum ending one = ending_from(derived, body, function->first_scope, 0);
		ending = one < ending ? one : ending;
	}
	return ending;
}

static bool calls_what_ends(struct derived *derived, const struct node *node)
{
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++)
		if (derived->program->edges.items[e].kind == EDGE_CALL &&
		    ending_of_call(derived, derived->program->edges.items[e].call))
			return true;
	return false;
}

static void find_ends(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->ends = arena_alloc(&derived->arena, program->nodes.count);
	/* Who says that he never returns, and is no library's longjmp() or its like, ends the process. */
	for (uint32_t i = 0; i < program->nodes.count; i++)
		if (program->nodes.items[i].flags & FUNCTION_NORETURN && !program->nodes.items[i].model)
			derived->ends[i] = ENDS;
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < program->nodes.count; i++) {
			const struct node *node = &program->nodes.items[i];
			if (derived->ends[i] || !calls_what_ends(derived, node))
				continue;
			derived->ends[i] = (uint8_t)ending_of_node(derived, node);
			changed |= derived->ends[i] != GOES_ON;
		}
	}
}

void derive_endings(struct derived *derived)
{
	const struct program *program = derived->program;
	find_ends(derived);
	derived->way_out = arena_alloc(&derived->arena, program->edges.count);
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		if (!calls_what_ends(derived, node))
			continue;
		for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
			const struct edge *edge = &program->edges.items[e];
			enum way_out way = way_behind(derived, edge->call);
			if (way == WAY_ON && edge->kind == EDGE_CALL &&
			    decides_about_end(derived, edge->call, edge->to))
				way = WAY_OUT;
			derived->way_out[e] = (uint8_t)way;
		}
	}
}
