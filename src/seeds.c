#include "derive.h"
#include "words.h"

/* The effect that a model's entry is, if it is one that calls have. */
static bool effect_of_model(const struct model_effect *model, struct effect *effect)
{
	static const struct {
		enum model_effect_kind model;
		enum effect_kind effect;
		const char *because;
	} kinds[] = {
	    {MODEL_BLOCKS, EFFECT_BLOCKS, "blocks"},
	    {MODEL_READS, EFFECT_BLOCKS, "waits for the other side of a blocking descriptor"},
	    {MODEL_WAITS, EFFECT_WAITS, "waits for descriptors to become ready"},
	    {MODEL_WAITS_THREAD, EFFECT_BLOCKS, "waits for another thread"},
	    {MODEL_PUMPS, EFFECT_PUMPS, "runs an event loop"},
	    {MODEL_PUMPS_ONCE_READY, EFFECT_PUMPS, "runs an event loop until the result is there"},
	    {MODEL_MAKES_LOOP, EFFECT_MAKES_LOOP, "makes an event loop"},
	    {MODEL_STARTS_ASYNC, EFFECT_STARTS_ASYNC, "starts an operation that ends later"},
	    {MODEL_SETS_NONBLOCKING, EFFECT_SETS_NONBLOCKING, "changes whether a descriptor blocks"},
	    {MODEL_FORBIDDEN_ON_LOOP, EFFECT_FORBIDDEN_ON_LOOP, "must not be called from a callback"},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].model != model->kind)
			continue;
		effect->kind = kinds[i].effect;
		effect->because = model->because ? model->because : kinds[i].because;
		effect->cost = model->kind == MODEL_READS          ? COST_NETWORK
			       : model->kind == MODEL_WAITS_THREAD ? COST_WAIT
								   : model->cost;
		effect->clears = model->kind == MODEL_SETS_NONBLOCKING && model->inverted;
		return true;
	}
	return false;
}

/* The mode that is set is an argument: a constant decides what is done, a parameter makes two effects, one for each of
 * its values. */
static void add_mode_set(struct derived *derived, const struct model_effect *model, struct effect effect,
			 const struct condition *condition)
{
	struct ref mode = program_argument(derived->program, effect.call, (uint32_t)model->mode_argument);
	const struct facts *facts = program_facts(derived->program, effect.call.unit);
	while (mode.index != NONE && facts->values[mode.index].kind == VALUE_ADDRESS)
		mode.index = facts->values[mode.index].a;
	struct atom atom;
	enum truth truth = test_value(&derived->conditions, mode.unit, mode.index, TEST_NONZERO, 0, &atom);
	if (truth == TRUTH_UNKNOWN)
		return;
	if (truth != TRUTH_ATOM) {
		effect.clears = (truth == TRUTH_TRUE) == model->inverted;
		effect_add(derived, effect, condition);
		return;
	}
	for (int side = 0; side < 2; side++) {
		struct condition decided = *condition;
		effect.clears = (side == 0) == model->inverted;
		if (condition_add(&decided, &atom))
			effect_add(derived, effect, &decided);
		atom.test = test_opposite(atom.test);
	}
}

/* fcntl(fd, F_SETFL, flags): sets or clears by what was done to the variable `flags` before: `flags |= O_NONBLOCK`,
 * `flags & ~O_NONBLOCK`. */
static void add_flag_effects(struct derived *derived, const struct model_effect *model, struct effect effect,
			     const struct condition *condition)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, effect.call.unit);
	const struct model_condition *bits = NULL;
	for (uint32_t i = 0; i < model->when_count; i++)
		if (model->when[i].kind == CONDITION_HAS)
			bits = &model->when[i];
	if (!bits)
		return;
	struct ref argument = program_argument(program, effect.call, bits->argument);
	if (argument.index == NONE)
		return;
	const struct fact_value *value = &facts->values[argument.index];
	int64_t number;
	if (value->kind == VALUE_BINARY && value->c == OPERATOR_OR &&
	    (value_constant(program, argument.unit, value->b, &number) ||
	     value_constant(program, argument.unit, value->a, &number)) &&
	    (number & bits->number) == bits->number) {
		effect_add(derived, effect, condition);
		return;
	}
	if (value->kind == VALUE_BINARY && value->c == OPERATOR_AND &&
	    (value_constant(program, argument.unit, value->b, &number) ||
	     value_constant(program, argument.unit, value->a, &number)) &&
	    (number & bits->number) == 0) {
		effect.clears = true;
		effect_add(derived, effect, condition);
		return;
	}
	if (value->kind == VALUE_CHOICE) {
		for (int side = 0; side < 2; side++) {
			struct condition decided = *condition;
			const struct fact_value *chosen = &facts->values[side ? value->c : value->b];
			effect.clears = !(chosen->kind == VALUE_BINARY && chosen->c == OPERATOR_OR);
			if (condition_of_value(&derived->conditions, argument.unit, value->a, !side, &decided))
				effect_add(derived, effect, &decided);
		}
		return;
	}
	if (value->kind != VALUE_LOCAL)
		return;
	const struct fact_function *function = &facts->functions[program_call(program, effect.call)->function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_LOCAL || target->a != value->a || assignment->source == NONE)
			continue;
		const struct fact_value *source = &facts->values[assignment->source];
		uint32_t operation = assignment->operation, mask = assignment->source;
		if ((operation == OPERATOR_ASSIGN || operation == OPERATOR_INITIALISE) &&
		    source->kind == VALUE_BINARY) {
			operation = source->c;
			mask = source->b;
		}
		if (!value_constant(program, argument.unit, mask, &number))
			continue;
		bool sets = operation == OPERATOR_OR && (number & bits->number) == bits->number;
		bool clears = operation == OPERATOR_AND && (number & bits->number) == 0;
		struct condition made = *condition;
		effect.clears = clears;
		if ((sets || clears) &&
		    condition_of_scope(&derived->conditions, argument.unit, assignment->scope, &made))
			effect_add(derived, effect, &made);
	}
}

static void add_model_effect(struct derived *derived, const struct model_effect *model, struct effect effect,
			     const struct condition *scope)
{
	bool is_set = effect.kind == EFFECT_SETS_NONBLOCKING;
	if (is_set && model->mode_argument >= 0) {
		add_mode_set(derived, model, effect, scope);
		return;
	}
	struct condition condition = *scope;
	bool certain = effect.certain;
	if (!model_effect_at(derived, effect.call, model, &condition, &certain))
		return;
	if (is_set && !certain) {
		if (!model->inverted)
			add_flag_effects(derived, model, effect, scope);
		return;
	}
	effect.certain = certain;
	effect_add(derived, effect, &condition);
}

static struct origin model_origin(struct derived *derived, const struct model_effect *model, struct ref call,
				  uint32_t function)
{
	if (model->argument >= 0)
		return origin_of(derived, program_argument(derived->program, call, (uint32_t)model->argument),
				 function);
	if (model->argument == MODEL_DEFAULT || model->kind == MODEL_PUMPS || model->kind == MODEL_PUMPS_ONCE_READY)
		return (struct origin){ORIGIN_DEFAULT, 0, {call.unit, NONE}};
	return (struct origin){ORIGIN_UNKNOWN, 0, {call.unit, NONE}};
}

/* `connect_to(peer->ip)`: what an object keeps as its IP address is none that a name server has to be asked for. Not so
 * a parameter of that name: users pass what they like. */
static bool is_kept_address(const struct program *program, struct ref call)
{
	static const char *const words[] = {"ip", "ipaddr", "ipv4", "ipv6", NULL};
	const struct facts *facts = program_facts(program, call.unit);
	uint32_t value = program_argument(program, call, 0).index;
	return value != NONE && facts->values[value].kind == VALUE_FIELD &&
	       has_word(facts_text(facts, facts->values[value].b), words);
}

/* Effects of a call to a function that a model speaks of. */
static void seed_call(struct derived *derived, uint32_t edge, bool settled)
{
	const struct program *program = derived->program;
	struct ref call = program->edges.items[edge].call;
	uint32_t node = program->edges.items[edge].from, callee = program->edges.items[edge].to;
	const struct model_function *model = program->nodes.items[callee].model;
	const struct fact_call *fact = program_call(program, call);
	if (!model || derived->in_child[edge])
		return;
	struct condition scope = {0};
	if (!condition_of_scope(&derived->conditions, call.unit, fact->scope, &scope))
		return;
	for (uint32_t i = 0; i < model->effect_count; i++) {
		struct effect effect = {.world = model->world ? model->world : "",
					.node = node,
					.cause = callee,
					.call = call,
					.from = NONE,
					.certain = true};
		if (!effect_of_model(&model->effects[i], &effect) ||
		    (effect.kind == EFFECT_SETS_NONBLOCKING || effect.kind == EFFECT_MAKES_LOOP) == settled ||
		    (effect.kind == EFFECT_BLOCKS && derived->way_out[edge]))
			continue;
		if (effect.kind == EFFECT_MAKES_LOOP)
			effect.origin = made_origin(derived, call, model->effects[i].argument, fact->function);
		else
			effect.origin = model_origin(derived, &model->effects[i], call, fact->function);
		if (model->effects[i].kind == MODEL_READS) {
			enum descriptor_state state =
			    descriptor_before(derived, call, (uint32_t)model->effects[i].argument);
			effect.certain = state == DESCRIPTOR_BLOCKING;
			if (state == DESCRIPTOR_NONBLOCKING)
				continue;
		}
		if (effect.kind == EFFECT_BLOCKS && effect.cost == COST_DNS && is_kept_address(program, call))
			continue;
		add_model_effect(derived, &model->effects[i], effect, &scope);
	}
}

/* A call that gives a function away which is called later: it starts something. */
static void seed_start(struct derived *derived, struct ref call, uint32_t node, uint32_t callee)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = program_call(program, call);
	const struct node *called = &program->nodes.items[callee];
	for (uint32_t a = 0; a < fact->argument_count && a < called->param_count; a++) {
		if (!derived->deferred[called->first_param + a])
			continue;
		uint32_t value = program_argument(program, call, a).index;
		if (facts->values[value].kind != VALUE_FUNCTION && facts->values[value].kind != VALUE_PARAM)
			continue;
		struct effect effect = {.kind = EFFECT_STARTS_ASYNC,
					.because = "hands over a callback and returns",
					.world = "",
					.node = node,
					.cause = callee,
					.call = call,
					.from = NONE,
					.certain = true};
		struct condition condition = {0};
		if (condition_of_scope(&derived->conditions, call.unit, fact->scope, &condition))
			effect_add(derived, effect, &condition);
		return;
	}
}

/* A new thread is no operation that ends later, it is a place to wait in; what runs once at first use is part of
 * starting up. */
static bool runs_later(enum role_kind role)
{
	return role != ROLE_INLINE && role != ROLE_THREAD && role != ROLE_INIT;
}

/* Whether a model says when the function that a parameter holds is called: its body is not asked then. */
static bool is_spoken_for(const struct program *program, const struct holder *holder)
{
	const struct model_function *model =
	    holder->kind == HOLDER_PARAM ? program->nodes.items[holder->owner].model : NULL;
	for (uint32_t c = 0; model && c < model->callback_count; c++)
		if (model->callbacks[c].argument == holder->index)
			return true;
	return false;
}

/* Holders whose functions are called later: they reach a slot or a variable, or a model says so. */
void derive_deferred(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->deferred = arena_alloc(&derived->arena, program->holders.count);
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		for (uint32_t c = 0; node->model && c < node->model->callback_count; c++)
			if (runs_later(node->model->callbacks[c].role))
				derived->deferred[node->first_param + node->model->callbacks[c].argument] = 1;
	}
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < program->holders.count; i++) {
			const struct holder *holder = &program->holders.items[i];
			if ((holder->kind != HOLDER_PARAM && holder->kind != HOLDER_LOCAL) ||
			    is_spoken_for(program, holder))
				continue;
			for (uint32_t f = 0; f < holder->flows_to.count && !derived->deferred[i]; f++) {
				uint32_t to = holder->flows_to.items[f];
				enum holder_kind kind = program->holders.items[to].kind;
				if (kind == HOLDER_SLOT || kind == HOLDER_VARIABLE || derived->deferred[to])
					derived->deferred[i] = changed = 1;
			}
		}
	}
}

void seed_effects(struct derived *derived, bool settled)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->edges.count; i++) {
		const struct edge *edge = &program->edges.items[i];
		if (edge->kind != EDGE_CALL)
			continue;
		seed_call(derived, i, settled);
		if (settled)
			seed_start(derived, edge->call, edge->from, edge->to);
	}
}
