#include "polling_loop.h"

#include "completion.h"
#include "stores.h"
#include "words.h"

#include <string.h>

static const char *const sleep_words[] = {"sleep", "delay", "pause", "nap", "wait", NULL};

static bool is_inside(const struct fact_scope *loop, uint32_t function, uint32_t order)
{
	return function == loop->function && order >= loop->order && order < loop->end_order;
}

static bool is_same_place(const struct fact_value *a, const struct fact_value *b)
{
	return a->kind == b->kind && (a->kind == VALUE_FIELD ? a->b == b->b && a->c == b->c : a->a == b->a);
}

/* How the loop gives the place new values itself: not at all, by asking a call, or by moving on over something. */
enum change { CHANGE_NONE, CHANGE_ASKS, CHANGE_COUNTS, CHANGE_MOVES };

static enum change change_inside(const struct facts *facts, const struct fact_scope *loop,
				 const struct fact_value *place)
{
	const struct fact_function *function = &facts->functions[loop->function];
	enum change change = CHANGE_NONE;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (!is_inside(loop, assignment->function, assignment->order) ||
		    !is_same_place(&facts->values[assignment->target], place))
			continue;
		if (assignment->source == NONE || facts->values[assignment->source].kind == VALUE_INTEGER)
			change = change == CHANGE_NONE ? CHANGE_COUNTS : change;
		else if (facts->values[assignment->source].kind == VALUE_CALL)
			change = CHANGE_ASKS;
		else
			return CHANGE_MOVES;
	}
	return change;
}

static bool sleeps(const struct derived *derived, struct ref call)
{
	uint32_t callee = program_callee(derived->program, call);
	const struct model_function *model = callee == NONE ? NULL : derived->program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_BLOCKS && model->effects[i].cost == COST_SLEEP)
			return true;
	return false;
}

/* What a test of the loop looks at. */
struct test_reads {
	bool outside; /* something that others change, or that only a call can tell */
	bool moves;   /* something that the loop itself moves on: it goes over items */
};

static void read_test(const struct derived *derived, uint32_t unit, const struct fact_scope *loop, uint32_t value,
		      int depth, struct test_reads *reads)
{
	const struct facts *facts = program_facts(derived->program, unit);
	if (value == NONE || depth > 16)
		return;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_CALL: /* that a sleep was cut short is no news */
		reads->outside |= !sleeps(derived, (struct ref){unit, fact->a});
		break;
	case VALUE_FIELD:
	case VALUE_VARIABLE:
	case VALUE_LOCAL:
	case VALUE_PARAM: {
		enum change change = change_inside(facts, loop, fact);
		bool shared = fact->kind == VALUE_FIELD || fact->kind == VALUE_VARIABLE;
		reads->outside |= change == CHANGE_ASKS || (shared && change == CHANGE_NONE);
		reads->moves |= change == CHANGE_MOVES;
		if (fact->kind == VALUE_FIELD) { /* p->next->done: p may be what moves */
			struct test_reads base = {0};
			read_test(derived, unit, loop, fact->a, depth + 1, &base);
			reads->moves |= base.moves;
		}
		break;
	}
	case VALUE_POINTEE:
	case VALUE_ELEMENT: {
		struct test_reads base = {0};
		read_test(derived, unit, loop, fact->a, depth + 1, &base);
		/* *flag: of whoever passed it; errno is a pointee too, of a call. */
		reads->outside |= fact->kind == VALUE_POINTEE && facts->values[fact->a].kind == VALUE_PARAM;
		reads->moves |= base.moves;
		break;
	}
	case VALUE_UNARY:
		read_test(derived, unit, loop, fact->a, depth + 1, reads);
		break;
	case VALUE_BINARY:
		read_test(derived, unit, loop, fact->a, depth + 1, reads);
		read_test(derived, unit, loop, fact->b, depth + 1, reads);
		break;
	default:
		break;
	}
}

/* Some test that ends the loop looks at what others change. Where its condition goes over items, the others are asked
 * once each. */
static bool asks_outside(const struct derived *derived, uint32_t unit, const struct fact_scope *loop)
{
	const struct facts *facts = program_facts(derived->program, unit);
	struct test_reads condition = {0}, exits = {0};
	const struct fact_function *function = &facts->functions[loop->function];
	read_test(derived, unit, loop, loop->condition, 0, &condition);
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *inner = &facts->scopes[function->first_scope + s];
		if (inner != loop && is_inside(loop, inner->function, inner->order) && inner->kind == SCOPE_IF &&
		    inner->flags & (SCOPE_BREAKS | SCOPE_RETURNS | (loop->kind == SCOPE_LABEL ? SCOPE_GOES : 0)))
			read_test(derived, unit, loop, inner->condition, 0, &exits);
	}
	return !condition.moves && (condition.outside || exits.outside);
}

/* A call of a function that sleeps, or of a thin wrapper of one. */
static bool is_sleep(const struct derived *derived, const struct effect *effect)
{
	if (effect->kind != EFFECT_BLOCKS || effect->cost != COST_SLEEP || !effect->certain || effect->by_pointer)
		return false;
	if (effect->from == NONE)
		return true;
	const struct effect *below = &derived->effects.items[effect->from];
	return below->from == NONE && has_word(derived->program->nodes.items[below->node].name, sleep_words);
}

/* Nothing in the loop but what it asks: no project's function is called, and nothing is changed. */
static bool is_spin(const struct derived *derived, struct ref scope)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	const struct fact_scope *loop = &facts->scopes[scope.index];
	const struct fact_function *function = &facts->functions[loop->function];
	if (loop->condition == NONE)
		return false;
	for (uint32_t c = function->first_call; c < function->first_call + function->call_count; c++) {
		if (!is_inside(loop, facts->calls[c].function, facts->calls[c].order))
			continue;
		uint32_t callee = program_callee(derived->program, (struct ref){scope.unit, c});
		const struct model_function *model =
		    callee == NONE ? NULL : derived->program->nodes.items[callee].model;
		if (!model || !model->harmless || facts->calls[c].argument_count)
			return false;
	}
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (is_inside(loop, assignment->function, assignment->order))
			return false;
	}
	return true;
}

bool is_polling_loop(struct derived *derived, uint32_t node, struct ref scope, struct polling_loop *loop)
{
	const struct facts *facts = program_facts(derived->program, scope.unit);
	const struct fact_scope *fact = &facts->scopes[scope.index];
	*loop = (struct polling_loop){.scope = scope};
	if (!fact_repeats(facts, fact) || !asks_outside(derived, scope.unit, fact))
		return false;
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		const struct fact_call *call = program_call(derived->program, effect->call);
		if (effect->call.unit != scope.unit || !is_inside(fact, call->function, call->order))
			continue;
		if (effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS)
			return false;
		if (!loop->sleep && is_sleep(derived, effect) &&
		    loop_around(derived->program, effect->call).index == scope.index)
			loop->sleep = effect;
	}
	return loop->sleep || is_spin(derived, scope);
}

/* Code on another thread assigns the field or variable. */
static bool is_set_on_thread(const struct derived *derived, uint32_t unit, const struct fact_value *place)
{
	const struct program *program = derived->program;
	struct stores stores = stores_of_value(program, unit, place);
	for (uint32_t i = 0; i < stores.count; i++) {
		uint32_t u = stores.items[i].unit,
			 function = program_facts(program, u)->assignments[stores.items[i].index].function;
		uint32_t node = program_node(program, u, function);
		if (node != NONE && (role_find(derived, node, ROLE_THREAD) || role_find(derived, node, ROLE_WORKER)))
			return true;
	}
	return false;
}

static bool reads_what_thread_sets(const struct derived *derived, uint32_t unit, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(derived->program, unit);
	if (value == NONE || depth > 16)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_FIELD:
	case VALUE_VARIABLE:
		return is_set_on_thread(derived, unit, fact);
	case VALUE_UNARY:
		return reads_what_thread_sets(derived, unit, fact->a, depth + 1);
	case VALUE_BINARY:
		return reads_what_thread_sets(derived, unit, fact->a, depth + 1) ||
		       reads_what_thread_sets(derived, unit, fact->b, depth + 1);
	default:
		return false;
	}
}

bool ends_by_signaller(struct derived *derived, const struct polling_loop *loop)
{
	const struct fact_scope *scope = &program_facts(derived->program, loop->scope.unit)->scopes[loop->scope.index];
	return reads_what_thread_sets(derived, loop->scope.unit, scope->condition, 0) ||
	       ends_by_callback(derived, loop->scope);
}
