#include "derive.h"

#include "stores.h"
#include "words.h"

#include <string.h>

/* What has become of an operation is no question of how it is done. */
static const char *const state_words[] = {"state",  "aborted", "closed", "closing", "connected", "connecting", "done",
					  "failed", "pending", "ready",  "started", "status",    "stopped",    NULL};
/* How long is no question of sync or async. */
static const char *const time_words[] = {"timeout", "timeo",    "msec", "ms", "usec",     "sec",   "secs",
					 "seconds", "deadline", "time", "tv", "interval", "delay", NULL};

const struct mode *mode_of_param(const struct derived *derived, uint32_t node, uint32_t number)
{
	for (uint32_t i = derived->first_param_mode[node]; i != NONE; i = derived->modes.items[i].next)
		if (derived->modes.items[i].id == number)
			return &derived->modes.items[i];
	return NULL;
}

const struct mode *mode_of_slot(const struct derived *derived, uint32_t subject)
{
	uint32_t first = subject < derived->first_slot_mode.count ? derived->first_slot_mode.items[subject] : NONE;
	return first == NONE ? NULL : &derived->modes.items[first];
}

/* Where the list begins that the mode belongs to: of one function's parameters, or of one slot. */
static uint32_t *first_mode(struct derived *derived, const struct mode *mode)
{
	if (mode->subject == SUBJECT_PARAM)
		return &derived->first_param_mode[mode->node];
	while (derived->first_slot_mode.count <= mode->id)
		table_add(&derived->first_slot_mode, NONE);
	return &derived->first_slot_mode.items[mode->id];
}

/* Unless there is one of the same parameter, or of the same bits of the same slot. */
static void add_mode(struct derived *derived, struct mode mode)
{
	uint32_t *link = first_mode(derived, &mode);
	for (; *link != NONE; link = &derived->modes.items[*link].next) {
		const struct mode *other = &derived->modes.items[*link];
		if (other->id == mode.id && (mode.subject == SUBJECT_PARAM || other->bit == mode.bit))
			return;
	}
	*link = derived->modes.count;
	mode.next = NONE;
	table_add(&derived->modes, mode);
}

static const char *param_name(const struct program *program, uint32_t node, uint32_t number)
{
	const struct node *of = &program->nodes.items[node];
	const struct fact_param *param = program_param(program, of, number);
	return param ? program_text(program, of->function.unit, param->name) : "";
}

static bool is_null_test(const struct atom *atom)
{
	return atom->test == TEST_NULL || atom->test == TEST_NOT_NULL;
}

/* Of a type that can choose: bool, integer, enum, or a pointer that may be null. */
static bool can_be_mode_param(const struct program *program, uint32_t node, const struct atom *atom)
{
	const struct node *of = &program->nodes.items[node];
	const struct fact_param *param = program_param(program, of, atom->id);
	if (!param || param->type == NONE)
		return false;
	const struct fact_type *type = &program_facts(program, of->function.unit)->types[param->type];
	if (is_null_test(atom))
		return type->pointers || type->flags & TYPE_FUNCTION_POINTER;
	return !type->pointers && type->flags & (TYPE_BOOL | TYPE_INTEGER | TYPE_ENUM) &&
	       !has_word(param_name(program, node, atom->id), time_words);
}

static int64_t bit_of(const struct atom *atom)
{
	return atom->test == TEST_HAS || atom->test == TEST_LACKS ? atom->number : 0;
}

static bool is_waiting(const struct effect *effect)
{
	return effect->kind == EFFECT_BLOCKS || effect->kind == EFFECT_WAITS || effect->kind == EFFECT_PUMPS;
}

/* A library runs the callback later, rather than that it is merely kept: the operation surely is async. */
static bool is_modelled_start(const struct derived *derived, const struct effect *effect)
{
	return derived->program->nodes.items[effect->cause].model != NULL;
}

/* An effect of that kind that needs the opposite of the atom. */
static uint32_t other_side(const struct derived *derived, uint32_t node, const struct atom *atom, enum effect_kind kind)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		const struct atom *other =
		    effect->kind == kind ? condition_find(effect->condition, atom->subject, atom->id) : NULL;
		if (other && !atoms_agree(atom, other))
			return i;
	}
	return NONE;
}

/* The same is done whatever the atom says: nothing depends on it. */
static bool happens_anyway(const struct derived *derived, const struct effect *effect, const struct atom *atom)
{
	for (uint32_t i = first_alike(derived, effect); i != NONE; i = derived->effects.items[i].alike) {
		const struct effect *other = &derived->effects.items[i];
		if (other == effect || other->node != effect->node || other->kind != effect->kind ||
		    other->cause != effect->cause || !other->certain || other->clears != effect->clears)
			continue;
		const struct atom *found = condition_find(other->condition, atom->subject, atom->id);
		/* A descriptor that is set before connecting in one case and behind it in the other is set both ways,
		   and yet it is all the difference. */
		bool either_way = found && !atoms_agree(found, atom) && effect->kind != EFFECT_SETS_NONBLOCKING;
		if (!found || either_way)
			return true;
	}
	return false;
}

/* The node decides by an argument: `receive(s, blocking ? -1 : 0)`. A parameter that is passed on as it is, is not
 * decided here. */
static bool is_own_choice(struct derived *derived, const struct effect *effect, const struct atom *atom)
{
	const struct condition *callee = effect->from == NONE ? NULL : derived->effects.items[effect->from].condition;
	for (uint32_t i = 0; callee && i < callee->count; i++) {
		if (callee->atoms[i].subject != SUBJECT_PARAM)
			continue;
		struct ref argument = program_argument(derived->program, effect->call, callee->atoms[i].id);
		argument.index = value_resolve(derived->program, argument.unit, argument.index);
		struct atom own;
		if (argument.index != NONE && program_value(derived->program, argument)->kind == VALUE_CHOICE &&
		    test_value(&derived->conditions, argument.unit, argument.index, callee->atoms[i].test,
			       callee->atoms[i].number, &own) == TRUTH_ATOM &&
		    own.subject == atom->subject && own.id == atom->id)
			return true;
	}
	return false;
}

/* The node itself branches: the atom is in the condition of the call's own scope, not only in the callee's. */
static bool is_own_branch(struct derived *derived, const struct effect *effect, const struct atom *atom)
{
	struct condition condition = {0};
	condition_of_scope(&derived->conditions, effect->call.unit, program_call(derived->program, effect->call)->scope,
			   &condition);
	/* A callback that a library's function takes or leaves is that function's design, not this one's. */
	bool is_callback = atom->subject == SUBJECT_PARAM && is_null_test(atom);
	return condition_find(&condition, atom->subject, atom->id) || (effect->from == NONE && !is_callback) ||
	       is_own_choice(derived, effect, atom);
}

static const char *subject_name(const struct derived *derived, uint32_t node, const struct atom *atom)
{
	if (atom->subject == SUBJECT_PARAM)
		return param_name(derived->program, node, atom->id);
	const char *slot = intern_text(&derived->conditions.subjects, atom->id);
	const char *field = strstr(slot, "::");
	return field ? field + 2 : slot;
}

/* Name of the constant that a flag is tested with, found where the function tests it. */
static const char *bit_name_in(const struct derived *derived, uint32_t node, int64_t bit)
{
	const struct program *program = derived->program;
	const struct node *of = &program->nodes.items[node];
	for (uint32_t b = 0; bit && b < of->body_count; b++) {
		struct ref body = program->bodies.items[of->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t s = 0; s < function->scope_count; s++) {
			uint32_t value =
			    value_resolve(program, body.unit, facts->scopes[function->first_scope + s].condition);
			for (int depth = 0; value != NONE && depth < 8; depth++) {
				const struct fact_value *fact = &facts->values[value];
				if (fact->kind == VALUE_BINARY && fact->c == OPERATOR_AND &&
				    facts->values[fact->b].kind == VALUE_INTEGER &&
				    fact_integer(&facts->values[fact->b]) == bit)
					return facts_text(facts, facts->values[fact->b].c);
				value = fact->kind == VALUE_BINARY || fact->kind == VALUE_UNARY
					    ? value_resolve(program, body.unit, fact->a)
					    : NONE;
			}
		}
	}
	return "";
}

/* A function on a loop changes the field: it is a state, not a mode. */
static bool changes_on_loop(struct derived *derived, uint32_t subject)
{
	const struct program *program = derived->program;
	struct stores stores = stores_of(program, intern_text(&derived->conditions.subjects, subject));
	for (uint32_t i = 0; i < stores.count; i++) {
		uint32_t unit = stores.items[i].unit;
		uint32_t function = program_facts(program, unit)->assignments[stores.items[i].index].function;
		if (function != NONE && role_find(derived, program_node(program, unit, function), ROLE_ON_LOOP))
			return true;
	}
	return false;
}

/* The function waits or starts something itself, if only perhaps: it is an operation, not just a maker of descriptors.
 */
static bool does_more(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_WAITS || effect->kind == EFFECT_PUMPS ||
		    effect->kind == EFFECT_STARTS_ASYNC || (effect->kind == EFFECT_BLOCKS && effect->cost > COST_DISK))
			return true;
	}
	return false;
}

/* Sets and clears, by the parameter, the mode of something that it is given. */
static bool switches_existing(const struct derived *derived, const struct effect *effect, const struct atom *atom,
			      uint32_t *other)
{
	bool given = effect->origin.kind == ORIGIN_PARAM || effect->origin.kind == ORIGIN_OBJECT;
	bool switches = *other != NONE && derived->effects.items[*other].clears != effect->clears;
	bool named = says_mode(subject_name(derived, effect->node, atom)) ||
		     says_mode(derived->program->nodes.items[effect->node].name);
	return given && switches && named && !bit_of(atom);
}

static const struct fact_type *type_of_param(const struct derived *derived, uint32_t node, uint32_t number)
{
	const struct node *of = &derived->program->nodes.items[node];
	const struct fact_param *param = program_param(derived->program, of, number);
	return param && param->type != NONE ? &program_facts(derived->program, of->function.unit)->types[param->type]
					    : NULL;
}

static bool is_callback_param(const struct derived *derived, uint32_t node, uint32_t number)
{
	const struct fact_type *type = type_of_param(derived, node, number);
	return type && type->flags & TYPE_FUNCTION_POINTER;
}

/* An integer that counts or names something does not choose; a truth value or an enumerator may, and so may a pointer
 * that is left out, such as where an error is to go. */
static bool is_choice_type(const struct derived *derived, const struct atom *atom, uint32_t node)
{
	const struct fact_type *type = type_of_param(derived, node, atom->id);
	const struct facts *facts = program_facts(derived->program, derived->program->nodes.items[node].function.unit);
	return type && (is_null_test(atom) || type->flags & (TYPE_BOOL | TYPE_ENUM) ||
			contains(facts_text(facts, type->alias), "bool"));
}

static bool is_io(const struct derived *derived, const struct effect *effect)
{
	const struct model_function *model = derived->program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_READS)
			return true;
	return false;
}

static enum mode_reason reason_of(struct derived *derived, const struct effect *effect, const struct atom *atom,
				  const char *bit_name, uint32_t *other)
{
	const char *name = subject_name(derived, effect->node, atom);
	/* A pointer is named after what it points to, a block of memory for instance. */
	bool is_object =
	    atom->subject == SUBJECT_PARAM && is_null_test(atom) && !is_callback_param(derived, effect->node, atom->id);
	bool named = !is_object && ((says_mode(name) && !has_word(name, state_words)) || says_mode(bit_name));
	*other = NONE;
	if (effect->kind == EFFECT_SETS_NONBLOCKING) {
		*other = other_side(derived, effect->node, atom, EFFECT_SETS_NONBLOCKING);
		if (atom->subject == SUBJECT_PARAM && !does_more(derived, effect->node))
			return switches_existing(derived, effect, atom, other) ? MODE_SETS_NONBLOCKING : MODE_NONE;
		/* O_NONBLOCK among the flags that a wrapper of open() or socket() takes is no mode of its own. */
		if (atom->subject == SUBJECT_PARAM && bit_of(atom))
			return MODE_NONE;
		bool switches = *other != NONE && derived->effects.items[*other].clears != effect->clears;
		named |= switches && says_mode(derived->program->nodes.items[effect->node].name);
		return named ? MODE_SETS_NONBLOCKING : MODE_NONE;
	}
	/* Files and locks are cheap, and what a pointer may hold is no proof that it waits: only a callback that may be
	   left out makes a choice of them. */
	bool callback = is_null_test(atom) && !is_object;
	if ((effect->cost == COST_DISK || effect->by_pointer) && !callback)
		return MODE_NONE;
	*other = other_side(derived, effect->node, atom, EFFECT_STARTS_ASYNC);
	if (*other != NONE) {
		const struct effect *start = &derived->effects.items[*other];
		bool both_here = effect->from == NONE && start->from == NONE && is_modelled_start(derived, start);
		bool chooses =
		    atom->subject == SUBJECT_PARAM && !bit_of(atom) && is_choice_type(derived, atom, effect->node);
		bool own = atom->subject == SUBJECT_PARAM
			       ? callback || (chooses && is_modelled_start(derived, start) && (both_here || !is_object))
			       : both_here && !changes_on_loop(derived, atom->id);
		if (named || own)
			return MODE_WAITS_OR_STARTS;
	}
	*other = other_side(derived, effect->node, atom, EFFECT_SETS_NONBLOCKING);
	if (*other != NONE && named)
		return MODE_SETS_NONBLOCKING;
	if (effect->cost == COST_DISK || effect->cost == COST_FSYNC || effect->cost == COST_SLEEP)
		return MODE_NONE;
	return named ? MODE_NAMED : MODE_NONE;
}

/* Its caller is no user who could be given two functions, or it is the loop itself, which may wait or not. */
static bool has_no_user(const struct derived *derived, uint32_t node)
{
	if (derived->owner[node] == OWNER_BY_NAME)
		return true;
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].from == NONE && derived->roles.items[i].edge == NONE)
			return true;
	return false;
}

/* Whatever else holds, nobody chooses by the atom whether to wait: asked first, because it rules most effects out. */
static bool is_no_choice(const struct effect *effect, const struct atom *atom)
{
	if (effect->kind == EFFECT_SETS_NONBLOCKING)
		return false;
	return !is_waiting(effect) || effect->cost == COST_LOCK ||
	       ((effect->cost == COST_DISK || effect->by_pointer) && !is_null_test(atom));
}

static void find_conditional_effects(struct derived *derived)
{
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		const struct effect *effect = &derived->effects.items[i];
		/* Input and output on a descriptor of unknown mode may wait: enough where the other side surely starts
		 * something. */
		if (!effect->certain && !is_io(derived, effect))
			continue;
		for (uint32_t a = 0; a < effect->condition->count; a++) {
			const struct atom *atom = &effect->condition->atoms[a];
			bool is_param = atom->subject == SUBJECT_PARAM;
			if (atom->subject == SUBJECT_VARIABLE || is_no_choice(effect, atom) ||
			    (is_param && !can_be_mode_param(derived->program, effect->node, atom)))
				continue;
			if (!is_param &&
			    (is_null_test(atom) || has_word(subject_name(derived, effect->node, atom), time_words)))
				continue;
			if (!is_own_branch(derived, effect, atom) || happens_anyway(derived, effect, atom))
				continue;
			if (is_param && has_no_user(derived, effect->node))
				continue;
			struct mode mode = {.subject = atom->subject,
					    .node = is_param ? effect->node : NONE,
					    .id = atom->id,
					    .bit = bit_of(atom),
					    .bit_name = bit_name_in(derived, effect->node, bit_of(atom)),
					    .where = effect->node,
					    .effect = i,
					    .call = {NONE, NONE},
					    .callee_mode = NONE};
			mode.reason = reason_of(derived, effect, atom, mode.bit_name, &mode.other);
			if (mode.reason == MODE_WAITS_OR_STARTS || (mode.reason != MODE_NONE && effect->certain))
				add_mode(derived, mode);
		}
	}
}

static bool is_would_block(const struct derived *derived, const struct facts *facts, uint32_t value)
{
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_BINARY && fact->c == OPERATOR_LOGICAL_OR)
		return is_would_block(derived, facts, fact->a) || is_would_block(derived, facts, fact->b);
	if (fact->kind != VALUE_BINARY || fact->c != OPERATOR_EQUAL)
		return false;
	const struct fact_value *number = &facts->values[fact->b];
	return number->kind == VALUE_INTEGER && number->c &&
	       models_would_block(derived->program->models, facts_text(facts, number->c));
}

/* `errno == EAGAIN && !(c->flags & BLOCK)`: whether "would block" is an error depends on a field. */
static void find_would_block_tests(struct derived *derived, uint32_t node, struct ref body)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *scope = &facts->scopes[function->first_scope + s];
		/* The right side of && is a scope under its left side; what encloses it is the whole test. */
		if (scope->kind != SCOPE_IF || scope->condition == NONE || !scope->when ||
		    !is_would_block(derived, facts, scope->condition))
			continue;
		for (uint32_t t = 0; t < function->scope_count; t++) {
			const struct fact_scope *other = &facts->scopes[function->first_scope + t];
			uint32_t value = other->condition;
			for (int depth = 0; value != NONE && depth < 8; depth++) {
				const struct fact_value *fact = &facts->values[value];
				if (fact->kind != VALUE_BINARY ||
				    (fact->c != OPERATOR_LOGICAL_AND && fact->c != OPERATOR_LOGICAL_OR))
					break;
				struct atom atom;
				if (fact->c == OPERATOR_LOGICAL_AND && fact->a == scope->condition &&
				    test_value(&derived->conditions, body.unit, fact->b, TEST_NONZERO, 0, &atom) ==
					TRUTH_ATOM &&
				    atom.subject == SUBJECT_SLOT && !is_null_test(&atom)) {
					add_mode(derived,
						 (struct mode){.subject = SUBJECT_SLOT,
							       .node = NONE,
							       .id = atom.id,
							       .bit = bit_of(&atom),
							       .bit_name = bit_name_in(derived, node, bit_of(&atom)),
							       .reason = MODE_WOULD_BLOCK,
							       .where = node,
							       .effect = NONE,
							       .other = NONE,
							       .call = {NONE, NONE},
							       .callee_mode = NONE});
				}
				value = fact->a;
			}
		}
	}
}

/* The mode of the callee that the call decides by argument `number`: its own, or a model's. */
static enum mode_reason callee_mode(const struct derived *derived, uint32_t callee, uint32_t number, uint32_t *mode)
{
	const struct node *node = &derived->program->nodes.items[callee];
	*mode = NONE;
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_MODE && node->model->effects[i].argument == (int)number)
			return MODE_MODELLED;
	const struct mode *found = mode_of_param(derived, callee, number);
	if (!found)
		return MODE_NONE;
	*mode = (uint32_t)(found - derived->modes.items);
	return MODE_PASSES;
}

static bool pass_modes(struct derived *derived)
{
	const struct program *program = derived->program;
	uint32_t before = derived->modes.count;
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		const struct fact_call *call = program_call(program, edge->call);
		if (edge->kind != EDGE_CALL || has_no_user(derived, edge->from))
			continue;
		for (uint32_t a = 0; a < call->argument_count; a++) {
			uint32_t passed;
			enum mode_reason reason = callee_mode(derived, edge->to, a, &passed);
			if (reason == MODE_NONE)
				continue;
			struct atom atom;
			struct ref argument = program_argument(program, edge->call, a);
			const struct facts *facts = program_facts(program, edge->call.unit);
			while (argument.index != NONE && facts->values[argument.index].kind == VALUE_ADDRESS)
				argument.index = facts->values[argument.index].a;
			if (test_value(&derived->conditions, argument.unit, argument.index, TEST_NONZERO, 0, &atom) !=
				TRUTH_ATOM ||
			    atom.subject != SUBJECT_PARAM || !can_be_mode_param(program, edge->from, &atom))
				continue;
			add_mode(derived, (struct mode){.subject = SUBJECT_PARAM,
							.node = edge->from,
							.id = atom.id,
							.bit_name = "",
							.reason = reason,
							.where = edge->from,
							.effect = NONE,
							.other = NONE,
							.call = edge->call,
							.callee_mode = passed});
		}
	}
	return derived->modes.count > before;
}

/* A parameter that is stored in a field that is a mode. */
static void store_modes(struct derived *derived)
{
	const struct program *program = derived->program;
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->assignments_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[i];
			if (facts->values[assignment->target].kind != VALUE_FIELD || assignment->function == NONE ||
			    assignment->source == NONE)
				continue;
			const struct mode *slot =
			    mode_of_slot(derived, slot_subject(&derived->conditions, unit, assignment->target));
			struct atom atom;
			if (!slot || slot->bit ||
			    test_value(&derived->conditions, unit, assignment->source, TEST_NONZERO, 0, &atom) !=
				TRUTH_ATOM ||
			    atom.subject != SUBJECT_PARAM)
				continue;
			uint32_t node = program_node(program, unit, assignment->function);
			if (!can_be_mode_param(program, node, &atom))
				continue;
			add_mode(derived, (struct mode){.subject = SUBJECT_PARAM,
							.node = node,
							.id = atom.id,
							.bit_name = "",
							.reason = MODE_STORED,
							.where = node,
							.effect = NONE,
							.other = NONE,
							.call = {NONE, NONE},
							.callee_mode = (uint32_t)(slot - derived->modes.items)});
		}
	}
}

/* The library's own definition of what its model calls a mode. */
static void add_stated_modes(struct derived *derived)
{
	for (uint32_t n = 0; n < derived->program->nodes.count; n++) {
		const struct node *node = &derived->program->nodes.items[n];
		for (uint32_t i = 0; node->model && node->body_count && i < node->model->effect_count; i++) {
			const struct model_effect *effect = &node->model->effects[i];
			if (effect->kind == MODEL_MODE && effect->argument >= 0 && !has_no_user(derived, n))
				add_mode(derived, (struct mode){.subject = SUBJECT_PARAM,
								.node = n,
								.id = (uint32_t)effect->argument,
								.bit_name = "",
								.reason = MODE_MODELLED,
								.where = n,
								.effect = NONE,
								.other = NONE,
								.call = {NONE, NONE},
								.callee_mode = NONE});
		}
	}
}

void derive_modes(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->first_param_mode = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->first_param_mode[i] = NONE;
	find_conditional_effects(derived);
	add_stated_modes(derived);
	for (uint32_t i = 0; i < program->nodes.count; i++)
		for (uint32_t b = 0; b < program->nodes.items[i].body_count; b++)
			find_would_block_tests(derived, i,
					       program->bodies.items[program->nodes.items[i].first_body + b]);
	store_modes(derived);
	while (pass_modes(derived))
		;
}
