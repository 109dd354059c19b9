#include "callback_use.h"

#include <stdlib.h>
#include <string.h>

static bool is_param(const struct facts *facts, uint32_t value, uint32_t param)
{
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	return fact->kind == VALUE_POINTEE || fact->kind == VALUE_ADDRESS
		   ? is_param(facts, fact->a, param)
		   : fact->kind == VALUE_PARAM && fact->a == param;
}

/* What a function does with a callback that is its argument: bits. */
static uint32_t uses_of_argument(const struct callback_params *callbacks, uint32_t callee, uint32_t argument)
{
	const struct node *node = &callbacks->derived->program->nodes.items[callee];
	for (uint32_t c = 0; node->model && c < node->model->callback_count; c++) {
		const struct model_callback *callback = &node->model->callbacks[c];
		bool later =
		    callback->role == ROLE_ON_LOOP || callback->role == ROLE_WORKER || callback->role == ROLE_THREAD;
		if (callback->argument == argument && later)
			return 1u << CALLBACK_KEPT;
	}
	if (node->model || argument >= node->param_count)
		return 0;
	return callbacks->uses[node->first_param + argument];
}

/* A field of something that outlives the function, or a variable. */
static bool outlives(const struct program *program, uint32_t unit, uint32_t target)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_value *fact = &facts->values[target];
	if (fact->kind == VALUE_VARIABLE)
		return true;
	if (fact->kind != VALUE_FIELD)
		return false;
	struct object object = object_of_place(program, unit, target);
	return object.value != NONE && object_local(program, &object) == NONE;
}

static void add_use(const struct callback_params *callbacks, callback_uses *uses, struct ref call, uint32_t kinds)
{
	for (uint32_t kind = CALLBACK_CALLED; kind <= CALLBACK_KEPT; kind++)
		if (kinds >> kind & 1)
			table_add(uses,
				  (struct callback_use){kind, moment_of_call(callbacks->derived->program, call),
							program_call(callbacks->derived->program, call)->place, call});
}

/* What the functions that a call by pointer can reach do with their argument. */
static uint32_t uses_by_pointer(const struct callback_params *callbacks, struct ref call, uint32_t argument)
{
	const struct program *program = callbacks->derived->program;
	const struct fact_call *fact = program_call(program, call);
	uint32_t holder = program_holder(program, call.unit, fact->function, fact->target), uses = 0;
	for (uint32_t h = 0; holder != NONE && h < program->holders.items[holder].held.count; h++)
		uses |= uses_of_argument(callbacks, program->holders.items[holder].held.items[h].function, argument);
	return uses;
}

/* Whether the value is field `field` of the object. */
static bool is_field_of(const struct program *program, uint32_t unit, uint32_t value, const struct object *object,
			uint32_t field)
{
	const struct fact_value *fact = value == NONE ? NULL : &program_facts(program, unit)->values[value];
	if (!fact || fact->kind != VALUE_FIELD || fact->b != field)
		return false;
	struct object of = object_of_place(program, unit, value);
	return same_object(program, &of, object);
}

/* The object is put somewhere, too: it may be queued for later instead. */
static bool is_queued(const struct program *program, struct ref body, uint32_t param)
{
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (is_param(facts, assignment->source, param) && outlives(program, body.unit, assignment->target))
			return true;
	}
	return false;
}

/* Whether the function calls the callback that is kept in that field of its parameter. */
static bool calls_field_of_param(const struct program *program, uint32_t index, uint32_t param, const char *field)
{
	const struct node *node = &program->nodes.items[index];
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t c = 0; c < function->call_count && !is_queued(program, body, param); c++) {
			const struct fact_call *call = &facts->calls[function->first_call + c];
			const struct fact_value *target = call->target == NONE ? NULL : &facts->values[call->target];
			if (!target || target->kind != VALUE_FIELD || strcmp(facts_text(facts, target->b), field) != 0)
				continue;
			struct object object = object_of_place(program, body.unit, call->target);
			if (object_param(program, &object) == param)
				return true;
		}
	}
	return false;
}

/* Calls, behind an assignment that keeps the callback in an object, that call it there. */
static void find_calls_of_kept(const struct callback_params *callbacks, struct ref body,
			       const struct fact_assignment *kept, callback_uses *uses)
{
	const struct program *program = callbacks->derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	const struct fact_value *target = &facts->values[kept->target];
	struct object object = object_of_place(program, body.unit, kept->target);
	for (uint32_t c = 0; c < function->call_count && target->kind == VALUE_FIELD && object.value != NONE; c++) {
		struct ref call = {body.unit, function->first_call + c};
		const struct fact_call *fact = program_call(program, call);
		uint32_t callee = program_callee(program, call);
		bool calls =
		    fact->order > kept->order && is_field_of(program, body.unit, fact->target, &object, target->b);
		for (uint32_t a = 0; a < fact->argument_count && callee != NONE && fact->order > kept->order && !calls;
		     a++) {
			struct object passed = object_of(program, body.unit, program_argument(program, call, a).index);
			calls = same_object(program, &passed, &object) &&
				calls_field_of_param(program, callee, a, facts_text(facts, target->b));
		}
		if (calls)
			add_use(callbacks, uses, call, 1u << CALLBACK_CALLED);
	}
}

void find_callback_uses(const struct callback_params *callbacks, struct ref body, uint32_t node, uint32_t param,
			callback_uses *uses)
{
	const struct program *program = callbacks->derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {body.unit, function->first_call + c};
		const struct fact_call *fact = program_call(program, call);
		uint32_t callee = program_callee(program, call);
		if (callee == NONE && is_param(facts, fact->target, param))
			add_use(callbacks, uses, call, 1u << CALLBACK_CALLED);
		for (uint32_t a = 0; a < fact->argument_count && callee != node; a++)
			if (is_param(facts, program_argument(program, call, a).index, param))
				add_use(callbacks, uses, call,
					callee == NONE ? uses_by_pointer(callbacks, call, a)
						       : uses_of_argument(callbacks, callee, a));
	}
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (!is_param(facts, assignment->source, param) || !outlives(program, body.unit, assignment->target))
			continue;
		table_add(uses, (struct callback_use){CALLBACK_KEPT,
						      {body.unit, body.index, assignment->scope, assignment->order},
						      assignment->place,
						      {body.unit, NONE}});
		find_calls_of_kept(callbacks, body, assignment, uses);
	}
}

static bool add_node(struct callback_params *callbacks, uint32_t index)
{
	const struct program *program = callbacks->derived->program;
	const struct node *node = &program->nodes.items[index];
	bool changed = false;
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t p = 0; p < function->param_count; p++) {
			uint32_t type = facts->params[function->first_param + p].type;
			if (type == NONE || !(facts->types[type].flags & TYPE_FUNCTION_POINTER))
				continue;
			callback_uses uses = {0};
			find_callback_uses(callbacks, body, index, p, &uses);
			uint8_t *known = &callbacks->uses[node->first_param + p], before = *known;
			for (uint32_t u = 0; u < uses.count; u++)
				*known |= (uint8_t)(1u << uses.items[u].kind);
			changed |= *known != before;
			table_release(&uses);
		}
	}
	return changed;
}

struct callback_params *callback_params_new(struct derived *derived)
{
	struct callback_params *callbacks = calloc(1, sizeof(*callbacks));
	if (!callbacks)
		arena_out_of_memory();
	callbacks->derived = derived;
	callbacks->uses = calloc(derived->program->holders.count + 1, 1);
	if (!callbacks->uses)
		arena_out_of_memory();
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t n = 0; n < derived->program->nodes.count; n++)
			changed |= add_node(callbacks, n);
	}
	return callbacks;
}

void callback_params_free(struct callback_params *callbacks)
{
	free(callbacks->uses);
	free(callbacks);
}
