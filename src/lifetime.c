#include "lifetime.h"

#include "words.h"

#include <string.h>

/* A function that says so waits, whatever it is made of: coroutines switch stacks in ways that no fact shows. */
static const char *const wait_words[] = {"wait", "await", "yield", "suspend", "swap", "swapcontext", "join", NULL};

static bool ever_waits(const struct derived *derived, uint32_t index)
{
	for (uint32_t i = derived->first_effect[index]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS ||
		    (effect->kind == EFFECT_BLOCKS && effect->cost > COST_DISK))
			return true;
	}
	const struct node *node = &derived->program->nodes.items[index];
	bool waits = has_word(node->name, wait_words);
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count && !waits; e++)
		waits = has_word(derived->program->nodes.items[derived->program->edges.items[e].to].name, wait_words);
	return waits;
}

bool runs_loop(const struct derived *derived, struct ref call)
{
	uint32_t callee = program_callee(derived->program, call);
	const struct model_function *model = callee == NONE ? NULL : derived->program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_PUMPS)
			return true;
	return callee != NONE && !model && effect_find(derived, callee, EFFECT_PUMPS);
}

static bool is_wait(const struct model_effect *effect)
{
	return effect->kind == MODEL_PUMPS || effect->kind == MODEL_PUMPS_ONCE_READY || effect->kind == MODEL_WAITS ||
	       effect->kind == MODEL_WAITS_THREAD || effect->kind == MODEL_READS ||
	       (effect->kind == MODEL_BLOCKS && effect->cost > COST_DISK);
}

bool lets_others_run(struct derived *derived, struct ref call)
{
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE)
		return false;
	const struct model_function *model = derived->program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++) {
		struct condition condition = {0};
		bool certain = true;
		if (is_wait(&model->effects[i]) &&
		    model_effect_at(derived, call, &model->effects[i], &condition, &certain))
			return true;
	}
	return !model && ever_waits(derived, callee);
}

static bool kind_of_model(const struct model_effect *effect, enum lifetime_kind *kind)
{
	static const struct {
		enum model_effect_kind model;
		enum lifetime_kind kind;
	} kinds[] = {
	    {MODEL_KEEPS, LIFETIME_KEPT},  {MODEL_RELEASES, LIFETIME_RELEASED}, {MODEL_CLOSES, LIFETIME_CLOSED},
	    {MODEL_FREES, LIFETIME_FREED}, {MODEL_CLOSES_LOOP, LIFETIME_ENDED},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].model == effect->kind) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

/* A callback that the loop or a thread calls, not the call itself. */
static bool is_called_later(const struct program *program, struct ref call, const struct model_callback *callback)
{
	struct ref function = program_argument(program, call, callback->argument);
	bool later = callback->role != ROLE_INLINE && callback->role != ROLE_INIT && callback->role != ROLE_EXIT &&
		     callback->role != ROLE_CHILD;
	return later && function.index != NONE && program_value(program, function)->kind != VALUE_NULL;
}

/* What a model says of the argument; what depends on a parameter is not said. */
static uint32_t modelled(struct lifetimes *lifetimes, struct ref call, const struct model_function *model,
			 uint32_t argument)
{
	const struct program *program = lifetimes->derived->program;
	uint32_t kinds = 0;
	for (uint32_t i = 0; i < model->effect_count; i++) {
		struct condition condition = {0};
		bool certain = true;
		enum lifetime_kind kind;
		if (model->effects[i].argument == (int)argument && kind_of_model(&model->effects[i], &kind) &&
		    model_effect_at(lifetimes->derived, call, &model->effects[i], &condition, &certain) && certain &&
		    !condition.count)
			kinds |= 1u << kind;
	}
	for (uint32_t i = 0; i < model->callback_count; i++)
		if (model->callbacks[i].user_data == (int)argument &&
		    is_called_later(program, call, &model->callbacks[i]))
			kinds |= 1u << LIFETIME_HANDED;
	return kinds;
}

static bool is_pointer_argument(const struct program *program, struct ref argument)
{
	const struct facts *facts = program_facts(program, argument.unit);
	const struct fact_value *fact = &facts->values[argument.index];
	return fact->kind == VALUE_ADDRESS || (fact->type != NONE && facts->types[fact->type].pointers > 0);
}

uint32_t lifetime_of_argument(struct lifetimes *lifetimes, struct ref call, uint32_t argument)
{
	const struct program *program = lifetimes->derived->program;
	uint32_t callee = program_callee(program, call);
	if (callee == NONE)
		return 1u << LIFETIME_STORED;
	const struct node *node = &program->nodes.items[callee];
	if (node->model)
		return modelled(lifetimes, call, node->model, argument);
	if (!node->body_count || argument >= node->param_count)
		return 1u << LIFETIME_STORED;
	return lifetimes->params[node->first_param + argument].kinds;
}

/* The library's function by which the call does so. */
static uint32_t cause_of(const struct lifetimes *lifetimes, struct ref call, uint32_t argument, enum lifetime_kind kind)
{
	const struct program *program = lifetimes->derived->program;
	uint32_t callee = program_callee(program, call);
	const struct node *node = callee == NONE ? NULL : &program->nodes.items[callee];
	if (!node || node->model || !node->body_count || argument >= node->param_count)
		return callee;
	return lifetimes->params[node->first_param + argument].cause[kind];
}

/* Whether the function comes by the call whenever it is given the parameter. With `after_guards`, what stands behind an
   early return counts too: the function's caller is told of the error. */
static bool is_certain(struct lifetimes *lifetimes, struct ref call, uint32_t param, bool after_guards)
{
	const struct facts *facts = program_facts(lifetimes->derived->program, call.unit);
	for (uint32_t scope = facts->calls[call.index].scope; scope != NONE; scope = facts->scopes[scope].parent) {
		const struct fact_scope *fact = &facts->scopes[scope];
		if (fact->kind == SCOPE_BODY || fact->kind == SCOPE_DO || fact->kind == SCOPE_LABEL ||
		    (fact->kind == SCOPE_AFTER && after_guards))
			continue;
		struct atom atom;
		enum truth truth = test_value(&lifetimes->derived->conditions, call.unit, fact->condition,
					      fact->when ? TEST_NONZERO : TEST_ZERO, 0, &atom);
		bool null_test = truth == TRUTH_ATOM && atom.subject == SUBJECT_PARAM && atom.id == param &&
				 atom.test == TEST_NOT_NULL;
		if ((fact->kind != SCOPE_IF && fact->kind != SCOPE_AFTER) || (!null_test && truth != TRUTH_TRUE))
			return false;
	}
	return true;
}

/* Whether what a call does to a parameter's memory is what its function does. */
static bool counts(struct lifetimes *lifetimes, uint32_t node, struct ref call, uint32_t param, enum lifetime_kind kind)
{
	switch (kind) {
	case LIFETIME_KEPT:
	case LIFETIME_HANDED:
		return is_certain(lifetimes, call, param, true) && !ever_waits(lifetimes->derived, node);
	case LIFETIME_CLOSED:
		return !ever_waits(lifetimes->derived, node);
	case LIFETIME_FREED:
		return is_certain(lifetimes, call, param, false);
	default:
		return true;
	}
}

static bool add(struct lifetimes *lifetimes, uint32_t holder, enum lifetime_kind kind, uint32_t cause)
{
	struct param_lifetime *param = &lifetimes->params[holder];
	if (param->kinds >> kind & 1)
		return false;
	param->kinds |= 1u << kind;
	param->cause[kind] = cause;
	return true;
}

static bool add_from_call(struct lifetimes *lifetimes, uint32_t index, struct ref call)
{
	const struct program *program = lifetimes->derived->program;
	const struct node *node = &program->nodes.items[index];
	const struct fact_call *fact = program_call(program, call);
	bool changed = false;
	for (uint32_t a = 0; a < fact->argument_count; a++) {
		struct ref argument = program_argument(program, call, a);
		if (!is_pointer_argument(program, argument))
			continue;
		struct object object = object_of(program, argument.unit, argument.index);
		uint32_t param = object_param(program, &object);
		if (param == NONE || param >= node->param_count)
			continue;
		uint32_t kinds = lifetime_of_argument(lifetimes, call, a);
		for (uint32_t kind = 0; kind < LIFETIME_KINDS; kind++)
			if (kinds >> kind & 1 && counts(lifetimes, index, call, param, kind))
				changed |=
				    add(lifetimes, node->first_param + param, kind, cause_of(lifetimes, call, a, kind));
	}
	return changed;
}

/* The object that the assignment stores its source in, if that outlives the function. */
static bool is_store(const struct program *program, uint32_t unit, const struct fact_assignment *assignment,
		     struct object *into)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_value *target = &facts->values[assignment->target];
	*into = (struct object){unit, NONE, false};
	if (assignment->source == NONE || target->kind == VALUE_LOCAL || target->kind == VALUE_PARAM)
		return false;
	if (target->kind == VALUE_FIELD || target->kind == VALUE_ELEMENT || target->kind == VALUE_POINTEE)
		*into = object_of_place(program, unit, assignment->target);
	return object_local(program, into) == NONE;
}

/* `x->callback = callback` in the same object: what is stored beside it is what the callback gets. */
static bool stores_callback(const struct program *program, const struct node *node, struct ref body,
			    const struct object *into)
{
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		struct object object;
		if (!is_store(program, body.unit, assignment, &object) || !same_object(program, &object, into))
			continue;
		const struct fact_value *source = &facts->values[assignment->source];
		const struct fact_param *param =
		    source->kind == VALUE_PARAM ? program_param(program, node, source->a) : NULL;
		if (param && param->type != NONE &&
		    program_facts(program, node->function.unit)->types[param->type].flags & TYPE_FUNCTION_POINTER)
			return true;
	}
	return false;
}

/* What is stored in something other than a local, or returned, outlives the call. True if that was not known. */
static bool add_stores(struct lifetimes *lifetimes, const struct node *node, struct ref body)
{
	bool changed = false;
	const struct program *program = lifetimes->derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		struct object into;
		if (!is_store(program, body.unit, assignment, &into) ||
		    !is_pointer_argument(program, (struct ref){body.unit, assignment->source}))
			continue;
		struct object object = object_of(program, body.unit, assignment->source);
		uint32_t param = object_param(program, &object);
		if (param == NONE || param >= node->param_count)
			continue;
		changed |= add(lifetimes, node->first_param + param, LIFETIME_STORED, NONE);
		if (stores_callback(program, node, body, &into))
			changed |= add(lifetimes, node->first_param + param, LIFETIME_HANDED,
				       (uint32_t)(node - program->nodes.items));
	}
	return changed;
}

/* A function that also ends what it begins is none that leaves the memory in use. */
static void settle(struct lifetimes *lifetimes)
{
	const uint32_t ends = 1u << LIFETIME_RELEASED | 1u << LIFETIME_CLOSED | 1u << LIFETIME_FREED;
	for (uint32_t i = 0; i < lifetimes->derived->program->holders.count; i++)
		if (lifetimes->params[i].kinds & ends)
			lifetimes->params[i].kinds &= (uint8_t) ~(1u << LIFETIME_KEPT | 1u << LIFETIME_HANDED);
}

static bool add_from_calls(struct lifetimes *lifetimes, uint32_t index, struct ref body)
{
	const struct fact_function *function =
	    &program_facts(lifetimes->derived->program, body.unit)->functions[body.index];
	bool changed = false;
	for (uint32_t c = 0; c < function->call_count; c++)
		changed |= add_from_call(lifetimes, index, (struct ref){body.unit, function->first_call + c});
	return changed;
}

/* Round by round, until no call says anything new of a parameter: after the first round, only of callers of functions
 * of which something was said since. */
static void find_kinds(struct lifetimes *lifetimes)
{
	const struct program *program = lifetimes->derived->program;
	uint8_t *stale = lifetimes->derived->marks;
	memset(stale, 1, program->nodes.count);
	bool changed = true;
	for (uint32_t round = 0; changed; round++) {
		changed = false;
		for (uint32_t n = 0; n < program->nodes.count; n++) {
			const struct node *node = &program->nodes.items[n];
			bool says_more = false;
			for (uint32_t b = 0; b < node->body_count && stale[n] && !node->model; b++) {
				struct ref body = program->bodies.items[node->first_body + b];
				if (round == 0)
					says_more |= add_stores(lifetimes, node, body);
				bool by_call = add_from_calls(lifetimes, n, body);
				says_more |= by_call;
				changed |= by_call;
			}
			stale[n] = 0;
			for (uint32_t i = 0; i < node->in_count && says_more; i++)
				stale[program->edges.items[program->incoming.items[node->first_in + i]].from] = 1;
		}
	}
	memset(stale, 0, program->nodes.count);
}

struct lifetimes *lifetimes_of(struct derived *derived)
{
	if (derived->lifetimes)
		return derived->lifetimes;
	struct lifetimes *lifetimes = arena_alloc(&derived->arena, sizeof(*lifetimes));
	lifetimes->derived = derived;
	lifetimes->params = arena_alloc(&derived->arena, derived->program->holders.count * sizeof(*lifetimes->params));
	find_kinds(lifetimes);
	settle(lifetimes);
	return derived->lifetimes = lifetimes;
}

void lifetime_find_events(struct lifetimes *lifetimes, struct ref function, lifetime_events *events)
{
	const struct program *program = lifetimes->derived->program;
	const struct fact_function *fact = &program_facts(program, function.unit)->functions[function.index];
	for (uint32_t c = 0; c < fact->call_count; c++) {
		struct ref call = {function.unit, fact->first_call + c};
		uint32_t callee = program_callee(program, call);
		const struct fact_call *called = program_call(program, call);
		for (uint32_t a = 0; a < called->argument_count && callee != NONE; a++) {
			struct ref argument = program_argument(program, call, a);
			uint32_t kinds =
			    is_pointer_argument(program, argument) ? lifetime_of_argument(lifetimes, call, a) : 0;
			for (uint32_t kind = 0; kind < LIFETIME_STORED; kind++)
				if (kinds >> kind & 1)
					table_add(events,
						  (struct lifetime_event){
						      kind, call, object_of(program, argument.unit, argument.index),
						      argument.index, callee, cause_of(lifetimes, call, a, kind)});
		}
	}
}
