#include "shared.h"

#include "stores.h"

#include <string.h>

enum { DEPTH = 6, STANDARD_DESCRIPTORS = 3 };

static const struct shared not_shared = {SHARING_NONE, NONE, {NONE, NONE}};

static struct shared trace(struct derived *derived, struct ref value, uint32_t function, int depth);

/* The same variable, or the same field of whatever object. */
static bool is_same_store(const struct facts *a_facts, const struct fact_value *a, const struct facts *b_facts,
			  const struct fact_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_LOCAL)
		return a_facts == b_facts && a->a == b->a;
	if (a->kind == VALUE_VARIABLE)
		return strcmp(facts_text(a_facts, a_facts->variables[a->a].identity),
			      facts_text(b_facts, b_facts->variables[b->a].identity)) == 0;
	return a->kind == VALUE_FIELD && strcmp(facts_text(a_facts, a->b), facts_text(b_facts, b->b)) == 0 &&
	       strcmp(facts_text(a_facts, a->c), facts_text(b_facts, b->c)) == 0;
}

/* What an assignment says of the place it fills; *says is false for -1 and for the plain 0 of an object that is
 * cleared. */
static struct shared stored(struct derived *derived, struct ref source, uint32_t function, int depth, bool *says)
{
	const struct facts *facts = program_facts(derived->program, source.unit);
	int64_t number;
	if (source.index != NONE && value_constant(derived->program, source.unit, source.index, &number)) {
		bool is_named = facts->values[source.index].kind == VALUE_INTEGER && facts->values[source.index].c;
		*says = number > 0 || (number == 0 && is_named);
	}
	return *says ? trace(derived, source, function, depth + 1) : not_shared;
}

/* What the assignment stores, over what was stored before; false if that is nothing shared, or something else. */
static bool add_store(struct derived *derived, struct ref store, int depth, struct shared *found)
{
	const struct fact_assignment *assignment =
	    &program_facts(derived->program, store.unit)->assignments[store.index];
	bool says = true;
	struct shared one =
	    stored(derived, (struct ref){store.unit, assignment->source}, assignment->function, depth, &says);
	if (!says)
		return true;
	bool differs = found->kind != SHARING_NONE && !is_same_shared(derived->program, found, &one);
	if (one.kind == SHARING_NONE || differs)
		return false;
	*found = one;
	return true;
}

/* A place holds a shared descriptor if all that is ever stored in it is the same one. */
static struct shared trace_stores(struct derived *derived, uint32_t unit, const struct fact_value *place, int depth)
{
	const struct program *program = derived->program;
	struct shared found = not_shared;
	struct stores stores = stores_of_value(program, unit, place);
	for (uint32_t i = 0; i < stores.count; i++)
		/* A parameter means something in its own function only. */
		if (!add_store(derived, stores.items[i], depth, &found) || found.kind == SHARING_CALLER)
			return not_shared;
	return found;
}

/* The same for a local, which only its own function stores in. */
static struct shared trace_local(struct derived *derived, uint32_t unit, uint32_t local, int depth)
{
	const struct facts *facts = program_facts(derived->program, unit);
	const struct fact_function *function = &facts->functions[facts->locals[local].function];
	struct shared found = not_shared;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		struct ref store = {unit, function->first_assignment + i};
		const struct fact_value *target = &facts->values[facts->assignments[store.index].target];
		if (target->kind == VALUE_LOCAL && target->a == local && !add_store(derived, store, depth, &found))
			return not_shared;
	}
	return found;
}

static struct shared trace_call(struct derived *derived, struct ref call, uint32_t function, int depth)
{
	uint32_t callee = program_callee(derived->program, call);
	const struct model_function *model = callee == NONE ? NULL : derived->program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++) {
		const struct model_effect *effect = &model->effects[i];
		struct condition condition = {0};
		bool certain = true;
		if (effect->kind == MODEL_INHERITS)
			return (struct shared){SHARING_INHERITED, NONE, call};
		if (effect->kind == MODEL_RETURNS_ARGUMENT && effect->argument >= 0 &&
		    model_effect_at(derived, call, effect, &condition, &certain) && certain)
			return trace(derived, program_argument(derived->program, call, (uint32_t)effect->argument),
				     function, depth + 1);
	}
	return not_shared;
}

static struct shared trace_param(const struct derived *derived, struct ref value, uint32_t function, uint32_t number)
{
	const struct program *program = derived->program;
	uint32_t node = program_node(program, value.unit, function);
	if (node == NONE)
		return not_shared;
	if (strcmp(program->nodes.items[node].name, "main") == 0)
		return (struct shared){SHARING_INHERITED, number, {value.unit, NONE}};
	const struct fact_param *param = program_param(program, &program->nodes.items[node], number);
	bool is_number =
	    param && param->type != NONE &&
	    program_facts(program, program->nodes.items[node].function.unit)->types[param->type].flags & TYPE_INTEGER;
	return is_number ? (struct shared){SHARING_CALLER, number, {value.unit, NONE}} : not_shared;
}

static struct shared trace(struct derived *derived, struct ref value, uint32_t function, int depth)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, value.unit);
	value.index = value.index == NONE ? NONE : value_resolve(program, value.unit, value.index);
	if (value.index == NONE || depth > DEPTH)
		return not_shared;
	const struct fact_value *fact = &facts->values[value.index];
	switch ((enum value_kind)fact->kind) {
	case VALUE_INTEGER: {
		int64_t number = fact_integer(fact);
		bool is_standard = number >= 0 && number < STANDARD_DESCRIPTORS;
		return is_standard ? (struct shared){SHARING_STANDARD, (uint32_t)number, {value.unit, NONE}}
				   : not_shared;
	}
	case VALUE_PARAM:
		return trace_param(derived, value, function, fact->a);
	case VALUE_CALL:
		return trace_call(derived, (struct ref){value.unit, fact->a}, function, depth);
	case VALUE_ELEMENT: { /* argv[1] */
		struct shared array = trace(derived, (struct ref){value.unit, fact->a}, function, depth + 1);
		return array.kind == SHARING_INHERITED ? array : not_shared;
	}
	case VALUE_VARIABLE:
		/* A stream is a record; what else the system keeps in variables, it has from the command line. */
		if (facts->variables[fact->a].flags & VARIABLE_SYSTEM) {
			const struct fact_type *type = fact->type == NONE ? NULL : &facts->types[fact->type];
			bool is_stream = type && facts_text(facts, type->record)[0];
			return (struct shared){is_stream ? SHARING_STANDARD : SHARING_INHERITED, NONE, value};
		}
		return trace_stores(derived, value.unit, fact, depth);
	case VALUE_LOCAL:
		return trace_local(derived, value.unit, fact->a, depth);
	case VALUE_FIELD:
		return trace_stores(derived, value.unit, fact, depth);
	default:
		return not_shared;
	}
}

struct shared shared_descriptor(struct derived *derived, struct ref value, uint32_t function)
{
	return trace(derived, value, function, 0);
}

bool is_same_shared(const struct program *program, const struct shared *a, const struct shared *b)
{
	if (a->kind != b->kind || a->number != b->number || (a->value.index == NONE) != (b->value.index == NONE))
		return false;
	if (a->value.index == NONE || a->kind != SHARING_STANDARD)
		return a->value.unit == b->value.unit || a->kind == SHARING_STANDARD;
	const struct facts *a_facts = program_facts(program, a->value.unit),
			   *b_facts = program_facts(program, b->value.unit);
	return is_same_store(a_facts, &a_facts->values[a->value.index], b_facts, &b_facts->values[b->value.index]);
}

static void add_direction(struct mode_change *change, const struct effect *effect)
{
	change->sets |= !effect->clears;
	change->clears |= effect->clears;
	if (!change->effect)
		change->effect = effect;
}

static bool modelled_change(struct derived *derived, const struct model_function *model, struct mode_change *change)
{
	bool found = false;
	for (uint32_t i = 0; i < model->effect_count; i++) {
		struct condition condition = {0};
		bool certain = true;
		if (model->effects[i].kind == MODEL_SETS_NONBLOCKING &&
		    model->effects[i].argument == (int)change->argument)
			found |= model_effect_at(derived, change->call, &model->effects[i], &condition, &certain);
	}
	uint32_t caller =
	    program_node(derived->program, change->call.unit, program_call(derived->program, change->call)->function);
	for (uint32_t i = derived->first_effect[caller]; found && i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_SETS_NONBLOCKING && effect->from == NONE &&
		    effect->call.unit == change->call.unit && effect->call.index == change->call.index)
			add_direction(change, effect);
	}
	return found;
}

bool mode_change_at(struct derived *derived, struct ref call, uint32_t argument, struct mode_change *change)
{
	*change = (struct mode_change){.call = call, .argument = argument};
	uint32_t callee = program_callee(derived->program, call);
	if (callee == NONE || program_call(derived->program, call)->function == NONE)
		return false;
	const struct model_function *model = derived->program->nodes.items[callee].model;
	if (model)
		return modelled_change(derived, model, change);
	for (uint32_t i = derived->first_effect[callee]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		struct condition condition = {0};
		uint32_t unknown = 0;
		if (effect->kind == EFFECT_SETS_NONBLOCKING && effect->certain && effect->origin.kind == ORIGIN_PARAM &&
		    effect->origin.number == argument &&
		    condition_at_call(&derived->conditions, call, effect->condition, &condition, &unknown))
			add_direction(change, effect);
	}
	return change->sets || change->clears;
}

static bool undoes(const struct mode_change *other, const struct mode_change *change)
{
	return !(other->sets && !other->clears && change->sets) && !(other->clears && !other->sets && change->clears);
}

static bool is_same_place(const struct fact_value *a, const struct fact_value *b)
{
	return a->kind == b->kind && a->a == b->a &&
	       (a->kind == VALUE_LOCAL || a->kind == VALUE_PARAM || a->kind == VALUE_VARIABLE);
}

/* The local, parameter or variable that the argument is, or is the address of. */
static const struct fact_value *object_in(const struct program *program, struct ref call, uint32_t argument)
{
	uint32_t root = value_root(program, call.unit, program_argument(program, call, argument).index);
	return program_value(program, (struct ref){call.unit, root});
}

/* The descriptor was put into an object, `pipe_open(pipe, 1)`, whose mode is switched back behind that. */
static bool is_put_back_by_object(struct derived *derived, const struct mode_change *change)
{
	const struct program *program = derived->program;
	const struct fact_call *fact = program_call(program, change->call);
	const struct facts *facts = program_facts(program, change->call.unit);
	const struct fact_function *function = &facts->functions[fact->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {change->call.unit, function->first_call + c};
		for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
			struct mode_change other;
			if (program_call(program, call)->order <= fact->order ||
			    !mode_change_at(derived, call, a, &other) || !undoes(&other, change))
				continue;
			for (uint32_t object = 0; object < fact->argument_count; object++)
				if (is_same_place(object_in(program, call, a),
						  object_in(program, change->call, object)))
					return true;
		}
	}
	return false;
}

/* Flags that were saved are restored, of what is not known, in a file that the change passes through: what saved them
 * knows of what. */
static bool is_restored_there(const struct derived *derived, const struct mode_change *change,
			      const struct mode_change *other, uint32_t restorer)
{
	const struct program *program = derived->program;
	const char *file = program->nodes.items[restorer].file;
	if (other->sets || other->clears)
		return false;
	uint32_t caller = program_node(program, change->call.unit, program_call(program, change->call)->function);
	bool same = strcmp(program->nodes.items[caller].file, file) == 0;
	for (const struct effect *effect = change->effect; effect && !same;
	     effect = effect->from == NONE ? NULL : &derived->effects.items[effect->from])
		same = strcmp(program->nodes.items[effect->node].file, file) == 0;
	return same;
}

bool is_put_back(struct derived *derived, const struct mode_change *change, const struct shared *shared)
{
	const struct program *program = derived->program;
	const struct fact_call *fact = program_call(program, change->call);
	if (is_put_back_by_object(derived, change))
		return true;
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		const struct fact_call *call = program_call(program, edge->call);
		bool same_function = edge->call.unit == change->call.unit && call->function == fact->function;
		if (edge->kind != EDGE_CALL ||
		    (shared->kind != SHARING_STANDARD && (!same_function || call->order <= fact->order)))
			continue;
		for (uint32_t a = 0; a < call->argument_count; a++) {
			struct mode_change other;
			if (!mode_change_at(derived, edge->call, a, &other) || !undoes(&other, change))
				continue;
			struct shared again =
			    shared_descriptor(derived, program_argument(program, edge->call, a), call->function);
			bool same_call = same_function && call->order == fact->order;
			bool restored =
			    again.kind == SHARING_NONE && is_restored_there(derived, change, &other, edge->from);
			if (!same_call && (restored || is_same_shared(program, shared, &again)))
				return true;
		}
	}
	return false;
}

bool is_replaced(struct derived *derived, const struct mode_change *change, const struct shared *shared)
{
	const struct program *program = derived->program;
	const struct fact_call *fact = program_call(program, change->call);
	const struct fact_function *function = &program_facts(program, change->call.unit)->functions[fact->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {change->call.unit, function->first_call + c};
		uint32_t callee = program_callee(program, call);
		const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
		if (program_call(program, call)->order >= fact->order)
			break;
		for (uint32_t i = 0; model && i < model->effect_count; i++) {
			if (model->effects[i].kind != MODEL_ENDS_DESCRIPTOR)
				continue;
			struct shared ended = shared_descriptor(
			    derived, program_argument(program, call, (uint32_t)model->effects[i].argument),
			    fact->function);
			if (is_same_shared(program, shared, &ended))
				return true;
		}
	}
	return false;
}

bool is_kept(struct derived *derived, const struct mode_change *change, uint32_t number)
{
	const struct facts *facts = program_facts(derived->program, change->call.unit);
	const struct fact_function *function =
	    &facts->functions[program_call(derived->program, change->call)->function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *source =
		    assignment->source == NONE ? NULL : &facts->values[assignment->source];
		if (source && source->kind == VALUE_PARAM && source->a == number)
			return true;
	}
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {change->call.unit, function->first_call + c};
		uint32_t callee = program_callee(derived->program, call);
		bool is_system = callee != NONE && derived->program->nodes.items[callee].flags & FUNCTION_SYSTEM;
		for (uint32_t a = 0; a < program_call(derived->program, call)->argument_count; a++) {
			const struct fact_value *value =
			    program_value(derived->program, program_argument(derived->program, call, a));
			struct mode_change other;
			if (value->kind == VALUE_PARAM && value->a == number && !is_system &&
			    !mode_change_at(derived, call, a, &other))
				return true;
		}
	}
	return false;
}
