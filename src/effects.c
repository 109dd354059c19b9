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

static bool same_effect(const struct effect *a, const struct effect *b)
{
	/* Two descriptors whose origin is not known are not the same one. */
	bool other_descriptor =
	    a->kind == EFFECT_SETS_NONBLOCKING && a->from == NONE && b->from == NONE && a->call.index != b->call.index;
	return !other_descriptor && a->kind == b->kind && a->cost == b->cost && a->cause == b->cause &&
	       a->clears == b->clears && a->origin.kind == b->origin.kind && a->origin.number == b->origin.number &&
	       conditions_equal(&a->condition, &b->condition);
}

static bool is_cheap(const struct effect *effect)
{
	return effect->kind == EFFECT_BLOCKS && (effect->cost == COST_LOCK || effect->cost == COST_DISK);
}

static void add_effect(struct derived *derived, struct effect effect)
{
	if (effect.from != NONE && derived->effect_count[effect.node] >= EFFECTS_PER_NODE)
		return;
	uint32_t cheap = 0, variants = 0, *last = &derived->first_effect[effect.node];
	while (*last != NONE) {
		struct effect *other = &derived->effects.items[*last];
		if (same_effect(other, &effect))
			return;
		cheap += is_cheap(other);
		variants +=
		    other->kind == effect.kind && other->cause == effect.cause && other->clears == effect.clears;
		last = &other->next;
	}
	if (effect.from != NONE &&
	    (variants >= VARIANTS_PER_CAUSE || (is_cheap(&effect) && cheap >= CHEAP_EFFECTS_PER_NODE)))
		return;
	effect.next = NONE;
	derived->effect_count[effect.node]++;
	*last = derived->effects.count;
	table_add(&derived->effects, effect);
}

static bool is_zero_record(struct derived *derived, struct ref call, uint32_t value)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	uint32_t root = value;
	while (root != NONE && facts->values[root].kind == VALUE_ADDRESS)
		root = facts->values[root].a;
	if (root == NONE || facts->values[root].kind != VALUE_LOCAL)
		return false;
	const struct fact_function *function = &facts->functions[program_call(derived->program, call)->function];
	bool any = false;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		int64_t number;
		if ((target->kind != VALUE_FIELD && target->kind != VALUE_ELEMENT) ||
		    facts->values[target->a].kind != VALUE_LOCAL || facts->values[target->a].a != facts->values[root].a)
			continue;
		if (!value_constant(derived->program, call.unit, assignment->source, &number) || number != 0)
			return false;
		any = true;
	}
	return any;
}

/* A test of a field of the record that an argument points to: what the function assigned to it. */
static enum truth test_field(struct derived *derived, struct ref call, uint32_t value, const char *field,
			     enum test test, int64_t number)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	uint32_t root = value_root(program, call.unit, value);
	if (root == NONE || facts->values[root].kind != VALUE_LOCAL)
		return TRUTH_UNKNOWN;
	const struct fact_function *function = &facts->functions[program_call(program, call)->function];
	enum truth truth = TRUTH_UNKNOWN;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_FIELD || strcmp(facts_text(facts, target->b), field) != 0 ||
		    assignment->source == NONE)
			continue;
		uint32_t base = value_root(program, call.unit, target->a);
		if (base == NONE || facts->values[base].kind != VALUE_LOCAL ||
		    facts->values[base].a != facts->values[root].a)
			continue;
		struct atom atom;
		enum truth found = test_value(&derived->conditions, call.unit, assignment->source, test, number, &atom);
		if (found == TRUTH_TRUE) /* one assignment that makes it so is enough to say that it can be */
			return TRUTH_TRUE;
		truth = found == TRUTH_FALSE ? TRUTH_FALSE : truth;
	}
	return truth;
}

static enum truth test_descriptor(struct derived *derived, const struct model_condition *condition, struct ref call)
{
	enum descriptor_state state = descriptor_before(derived, call, condition->argument);
	if (state == DESCRIPTOR_UNKNOWN)
		return TRUTH_UNKNOWN;
	return (state == DESCRIPTOR_BLOCKING) == (condition->kind == CONDITION_BLOCKING) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth test_condition(struct derived *derived, struct ref call, const struct model_condition *condition,
				 struct atom *atom)
{
	static const enum test tests[CONDITION_KINDS] = {
	    [CONDITION_NULL] = TEST_NULL,      [CONDITION_NOT_NULL] = TEST_NOT_NULL, [CONDITION_IS] = TEST_EQUAL,
	    [CONDITION_IS_NOT] = TEST_UNEQUAL, [CONDITION_HAS] = TEST_HAS,           [CONDITION_LACKS] = TEST_LACKS,
	};
	struct ref argument = program_argument(derived->program, call, condition->argument);
	if (argument.index == NONE)
		return TRUTH_UNKNOWN;
	switch (condition->kind) {
	case CONDITION_BLOCKING:
	case CONDITION_NONBLOCKING:
		return test_descriptor(derived, condition, call);
	case CONDITION_ZERO_TIME:
		return is_zero_record(derived, call, argument.index) ? TRUTH_TRUE : TRUTH_UNKNOWN;
	default:
		break;
	}
	enum test test = tests[condition->kind];
	if ((test == TEST_EQUAL || test == TEST_UNEQUAL) && condition->number == 0)
		test = test == TEST_EQUAL ? TEST_ZERO : TEST_NONZERO;
	if (condition->field)
		return test_field(derived, call, argument.index, condition->field, test, condition->number);
	return test_value(&derived->conditions, call.unit, argument.index, test, condition->number, atom);
}

bool model_effect_at(struct derived *derived, struct ref call, const struct model_effect *effect,
		     struct condition *condition, bool *certain)
{
	for (uint32_t i = 0; i < effect->when_count; i++) {
		struct atom atom;
		switch (test_condition(derived, call, &effect->when[i], &atom)) {
		case TRUTH_FALSE:
			return false;
		case TRUTH_ATOM: {
			/* What a field or variable holds is not known, unless a test around the call says so; but a
			   pointer rather is not null. */
			const struct atom *tested = condition_find(condition, atom.subject, atom.id);
			if (atom.subject != SUBJECT_PARAM && atom.test != TEST_NOT_NULL &&
			    !(tested && tested->test == atom.test && tested->number == atom.number))
				*certain = false;
			if (!condition_add(condition, &atom))
				return false;
			break;
		}
		case TRUTH_UNKNOWN:
			*certain = false;
			break;
		case TRUTH_TRUE:
			break;
		}
	}
	for (uint32_t i = 0; i < effect->unless_count; i++) {
		struct atom atom;
		enum truth truth = test_condition(derived, call, &effect->unless[i], &atom);
		if (truth == TRUTH_TRUE)
			return false;
		if (truth == TRUTH_ATOM) {
			atom.test = test_opposite(atom.test);
			if (!condition_add(condition, &atom))
				return false;
		}
	}
	return true;
}

/* Whether two values name the same place. */
static bool is_same_place(const struct facts *facts, uint32_t a, uint32_t b)
{
	const struct fact_value *x = &facts->values[a], *y = &facts->values[b];
	if (x->kind != y->kind)
		return false;
	switch ((enum value_kind)x->kind) {
	case VALUE_LOCAL:
	case VALUE_PARAM:
	case VALUE_VARIABLE:
		return x->a == y->a;
	case VALUE_FIELD:
		return x->b == y->b && is_same_place(facts, x->a, y->a);
	case VALUE_POINTEE:
		return is_same_place(facts, x->a, y->a);
	default:
		return false;
	}
}

/* Whether the value comes from a call that forks. */
static bool is_fork_result(const struct derived *derived, uint32_t unit, uint32_t function, uint32_t value)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, unit);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind != VALUE_CALL) {
		const struct fact_function *in = &facts->functions[function];
		for (uint32_t i = 0; i < in->assignment_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[in->first_assignment + i];
			if (is_same_place(facts, assignment->target, value) && assignment->source != NONE &&
			    facts->values[assignment->source].kind == VALUE_CALL &&
			    is_fork_result(derived, unit, function, assignment->source))
				return true;
		}
		return false;
	}
	uint32_t callee = program_callee(program, (struct ref){unit, fact->a});
	const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_FORKS)
			return true;
	return callee != NONE && derived->forks[callee];
}

/* Functions of the project that hand on what fork() returned. */
static void find_fork_wrappers(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->forks = arena_alloc(&derived->arena, program->nodes.count);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t b = 0; b < program->bodies.count; b++) {
			struct ref body = program->bodies.items[b];
			const struct facts *facts = program_facts(program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			uint32_t node = program_node(program, body.unit, body.index);
			for (uint32_t i = 0; i < function->assignment_count && !derived->forks[node]; i++) {
				const struct fact_assignment *assignment =
				    &facts->assignments[function->first_assignment + i];
				if (facts->values[assignment->target].kind == VALUE_RETURN &&
				    is_fork_result(derived, body.unit, body.index, assignment->source))
					derived->forks[node] = changed = 1;
			}
		}
	}
}

/* Whether `value` being true (or false, by `when`) says that this is the child: `fork() == 0`, `!pid`. */
static bool says_child(const struct derived *derived, uint32_t unit, uint32_t function, uint32_t value, bool when)
{
	const struct facts *facts = program_facts(derived->program, unit);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return says_child(derived, unit, function, fact->a, !when);
	if (fact->kind == VALUE_BINARY && (fact->c == OPERATOR_EQUAL || fact->c == OPERATOR_UNEQUAL)) {
		const struct fact_value *zero = &facts->values[fact->b];
		return (fact->c == OPERATOR_EQUAL) == when && zero->kind == VALUE_INTEGER && fact_integer(zero) == 0 &&
		       is_fork_result(derived, unit, function, fact->a);
	}
	return !when && is_fork_result(derived, unit, function, fact->kind == VALUE_BINARY ? NONE : value);
}

bool call_in_child(const struct derived *derived, struct ref call)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	const struct fact_call *fact = program_call(derived->program, call);
	for (uint32_t scope = fact->scope; scope != NONE; scope = facts->scopes[scope].parent)
		if (says_child(derived, call.unit, fact->function, facts->scopes[scope].condition,
			       facts->scopes[scope].when))
			return true;
	return false;
}

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
static void add_mode_set(struct derived *derived, const struct model_effect *model, struct effect effect)
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
		add_effect(derived, effect);
		return;
	}
	for (int side = 0; side < 2; side++) {
		struct effect one = effect;
		one.clears = (side == 0) == model->inverted;
		if (condition_add(&one.condition, &atom))
			add_effect(derived, one);
		atom.test = test_opposite(atom.test);
	}
}

/* fcntl(fd, F_SETFL, flags): sets or clears by what was done to the variable `flags` before: `flags |= O_NONBLOCK`,
 * `flags & ~O_NONBLOCK`. */
static void add_flag_effects(struct derived *derived, const struct model_effect *model, struct effect effect)
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
		add_effect(derived, effect);
		return;
	}
	if (value->kind == VALUE_BINARY && value->c == OPERATOR_AND &&
	    (value_constant(program, argument.unit, value->b, &number) ||
	     value_constant(program, argument.unit, value->a, &number)) &&
	    (number & bits->number) == 0) {
		effect.clears = true;
		add_effect(derived, effect);
		return;
	}
	if (value->kind == VALUE_CHOICE) {
		for (int side = 0; side < 2; side++) {
			struct effect one = effect;
			const struct fact_value *chosen = &facts->values[side ? value->c : value->b];
			one.clears = !(chosen->kind == VALUE_BINARY && chosen->c == OPERATOR_OR);
			if (condition_of_value(&derived->conditions, argument.unit, value->a, !side, &one.condition))
				add_effect(derived, one);
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
		struct effect one = effect;
		one.clears = clears;
		if ((sets || clears) &&
		    condition_of_scope(&derived->conditions, argument.unit, assignment->scope, &one.condition))
			add_effect(derived, one);
	}
}

static void add_model_effect(struct derived *derived, const struct model_effect *model, struct effect effect)
{
	bool is_set = effect.kind == EFFECT_SETS_NONBLOCKING;
	if (is_set && model->mode_argument >= 0) {
		add_mode_set(derived, model, effect);
		return;
	}
	struct effect plain = effect;
	if (!model_effect_at(derived, effect.call, model, &plain.condition, &plain.certain))
		return;
	if (is_set && !plain.certain) {
		if (!model->inverted)
			add_flag_effects(derived, model, effect);
		return;
	}
	add_effect(derived, plain);
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

/* What a loop made by `call` becomes in its function: the result, an output parameter, a field of either, or private.
 */
static struct origin made_origin(struct derived *derived, struct ref call, const struct model_effect *model,
				 uint32_t function);

static bool is_call_value(const struct facts *facts, uint32_t value, uint32_t call)
{
	return value != NONE && facts->values[value].kind == VALUE_CALL && facts->values[value].a == call;
}

/* The local that the loop is first kept in, or NONE. */
static uint32_t made_local(const struct derived *derived, struct ref call, int argument,
			   const struct fact_function *function)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	if (argument >= 0) {
		uint32_t value = program_argument(derived->program, call, (uint32_t)argument).index;
		while (value != NONE && facts->values[value].kind == VALUE_ADDRESS)
			value = facts->values[value].a;
		return value != NONE && facts->values[value].kind == VALUE_LOCAL ? facts->values[value].a : NONE;
	}
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (is_call_value(facts, assignment->source, call.index) &&
		    facts->values[assignment->target].kind == VALUE_LOCAL)
			return facts->values[assignment->target].a;
	}
	return NONE;
}

/* Where a target value belongs, seen from outside the function. */
static struct origin handed_out(const struct derived *derived, struct ref call, uint32_t target,
				const struct fact_function *function)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	struct origin none = {ORIGIN_UNKNOWN, 0, {call.unit, NONE}};
	while (target != NONE && (facts->values[target].kind == VALUE_ADDRESS))
		target = facts->values[target].a;
	if (target == NONE)
		return none;
	if (facts->values[target].kind == VALUE_RETURN)
		return (struct origin){ORIGIN_RESULT, 0, {call.unit, target}};
	bool within = facts->values[target].kind == VALUE_FIELD || facts->values[target].kind == VALUE_POINTEE ||
		      facts->values[target].kind == VALUE_ELEMENT;
	uint32_t root = target;
	while (root != NONE && (facts->values[root].kind == VALUE_FIELD || facts->values[root].kind == VALUE_POINTEE ||
				facts->values[root].kind == VALUE_ELEMENT || facts->values[root].kind == VALUE_ADDRESS))
		root = facts->values[root].a;
	if (root == NONE)
		return none;
	if (facts->values[root].kind == VALUE_PARAM)
		return (struct origin){ORIGIN_PARAM, facts->values[root].a, {call.unit, root}};
	if (facts->values[root].kind == VALUE_VARIABLE)
		return (struct origin){ORIGIN_GLOBAL, 0, {call.unit, root}};
	if (facts->values[root].kind != VALUE_LOCAL || !within)
		return none;
	/* A field of a local object: handed out with it if it is returned. */
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (facts->values[assignment->target].kind == VALUE_RETURN && assignment->source != NONE &&
		    facts->values[assignment->source].kind == VALUE_LOCAL &&
		    facts->values[assignment->source].a == facts->values[root].a)
			return (struct origin){ORIGIN_RESULT, 0, {call.unit, root}};
	}
	return none;
}

static struct origin made_origin_at(struct derived *derived, struct ref call, int argument, uint32_t function_index)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	const struct fact_function *function = &facts->functions[function_index];
	if (argument >= 0) {
		struct origin origin = handed_out(
		    derived, call, program_argument(derived->program, call, (uint32_t)argument).index, function);
		if (origin.kind != ORIGIN_UNKNOWN)
			return origin;
	}
	uint32_t local = made_local(derived, call, argument, function);
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		bool of_call = argument < 0 && is_call_value(facts, assignment->source, call.index);
		bool of_local = local != NONE && assignment->source != NONE &&
				facts->values[assignment->source].kind == VALUE_LOCAL &&
				facts->values[assignment->source].a == local;
		if (!of_call && !of_local)
			continue;
		struct origin origin = handed_out(derived, call, assignment->target, function);
		if (origin.kind != ORIGIN_UNKNOWN)
			return origin;
	}
	return (struct origin){ORIGIN_MADE, 0, call};
}

static struct origin made_origin(struct derived *derived, struct ref call, const struct model_effect *model,
				 uint32_t function)
{
	return made_origin_at(derived, call, model->argument, function);
}

/* Effects of a call to a function that a model speaks of. */
static void seed_call(struct derived *derived, struct ref call, uint32_t node, uint32_t callee, bool descriptors)
{
	const struct program *program = derived->program;
	const struct model_function *model = program->nodes.items[callee].model;
	const struct fact_call *fact = program_call(program, call);
	if (!model || derived->child_only[node] || call_in_child(derived, call))
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
					.condition = scope,
					.certain = true};
		if (!effect_of_model(&model->effects[i], &effect) ||
		    (effect.kind == EFFECT_SETS_NONBLOCKING || effect.kind == EFFECT_MAKES_LOOP) == descriptors)
			continue;
		if (effect.kind == EFFECT_MAKES_LOOP)
			effect.origin = made_origin(derived, call, &model->effects[i], fact->function);
		else
			effect.origin = model_origin(derived, &model->effects[i], call, fact->function);
		if (model->effects[i].kind == MODEL_READS) {
			enum descriptor_state state =
			    descriptor_before(derived, call, (uint32_t)model->effects[i].argument);
			effect.certain = state == DESCRIPTOR_BLOCKING;
			if (state == DESCRIPTOR_NONBLOCKING)
				continue;
		}
		add_model_effect(derived, &model->effects[i], effect);
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
		if (condition_of_scope(&derived->conditions, call.unit, fact->scope, &effect.condition))
			add_effect(derived, effect);
		return;
	}
}

static struct origin origin_at_call(struct derived *derived, struct ref call, const struct effect *callee)
{
	const struct fact_call *fact = program_call(derived->program, call);
	switch (callee->origin.kind) {
	case ORIGIN_PARAM:
	case ORIGIN_OBJECT: {
		struct ref argument = program_argument(derived->program, call, callee->origin.number);
		if (callee->kind == EFFECT_MAKES_LOOP)
			return made_origin_at(derived, call, (int)callee->origin.number, fact->function);
		struct origin origin = origin_of(derived, argument, fact->function);
		if (callee->origin.kind == ORIGIN_OBJECT && origin.kind == ORIGIN_PARAM)
			origin.kind = ORIGIN_OBJECT;
		return origin;
	}
	case ORIGIN_RESULT:
		return made_origin_at(derived, call, MODEL_RESULT, fact->function);
	case ORIGIN_MADE:
		return (struct origin){ORIGIN_PRIVATE, 0, callee->origin.value};
	default:
		return callee->origin;
	}
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
		    (effect.kind == EFFECT_MAKES_LOOP && effect.origin.kind != ORIGIN_RESULT &&
		     effect.origin.kind != ORIGIN_PARAM))
			continue;
		if (node->model && node->body_count) /* a model speaks for it */
			continue;
		for (uint32_t i = 0; i < node->in_count; i++) {
			uint32_t number = program->incoming.items[node->first_in + i];
			const struct edge *edge = &program->edges.items[number];
			bool by_name_only = effect.kind == EFFECT_SETS_NONBLOCKING || effect.kind == EFFECT_MAKES_LOOP;
			if (derived->in_child[number] || (by_name_only && edge->kind != EDGE_CALL))
				continue;
			struct effect caller = effect;
			caller.node = edge->from;
			caller.call = edge->call;
			caller.from = at;
			caller.by_pointer |= edge->kind == EDGE_POINTER;
			caller.condition = (struct condition){0};
			uint32_t unknown = 0;
			if (!condition_of_scope(&derived->conditions, edge->call.unit,
						program_call(program, edge->call)->scope, &caller.condition))
				continue;
			if (edge->kind == EDGE_PASSED)
				caller.origin.kind = ORIGIN_UNKNOWN;
			else if (!condition_at_call(&derived->conditions, edge->call, &effect.condition,
						    &caller.condition, &unknown))
				continue;
			else
				caller.origin = origin_at_call(derived, edge->call, &effect);
			add_effect(derived, caller);
		}
	}
}

static void seed_all(struct derived *derived, bool descriptors)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->edges.count; i++) {
		const struct edge *edge = &program->edges.items[i];
		if (edge->kind != EDGE_CALL)
			continue;
		seed_call(derived, edge->call, edge->from, edge->to, descriptors);
		if (descriptors)
			seed_start(derived, edge->call, edge->from, edge->to);
	}
}

/* What only a child calls runs in the child, and so do its own calls. */
static void find_child_only(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->child_only = arena_alloc(&derived->arena, program->nodes.count);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < program->nodes.count; i++) {
			const struct node *node = &program->nodes.items[i];
			bool only = node->in_count > 0 && node->body_count && !derived->child_only[i];
			for (uint32_t e = 0; e < node->in_count && only; e++)
				only = derived->in_child[program->incoming.items[node->first_in + e]];
			if (!only)
				continue;
			derived->child_only[i] = changed = 1;
			for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++)
				derived->in_child[e] = 1;
		}
	}
}

/* A new thread is no operation that ends later, it is a place to wait in; what runs once at first use is part of
 * starting up. */
static bool runs_later(enum role_kind role)
{
	return role != ROLE_INLINE && role != ROLE_THREAD && role != ROLE_INIT;
}

/* Holders whose functions are called later: they reach a slot or a variable, or a model says so. */
static void find_deferred(struct derived *derived)
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
			if (holder->kind != HOLDER_PARAM && holder->kind != HOLDER_LOCAL)
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

void derive_effects(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->first_effect = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->first_effect[i] = NONE;
	derived->effect_count = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	find_fork_wrappers(derived);
	derived->in_child = arena_alloc(&derived->arena, program->edges.count);
	for (uint32_t i = 0; i < program->edges.count; i++)
		derived->in_child[i] = call_in_child(derived, program->edges.items[i].call);
	find_child_only(derived);
	find_deferred(derived);
	/* First what makes descriptors and loops what they are, then what depends on that. */
	seed_all(derived, false);
	propagate(derived, 0);
	uint32_t first = derived->effects.count;
	seed_all(derived, true);
	propagate(derived, first);
}
