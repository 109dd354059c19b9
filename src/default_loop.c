#include "default_loop.h"

#include "modelled.h"

/* The library puts what is started here on its default loop, unasked. */
static bool is_unasked(struct derived *derived, struct ref call)
{
	const struct model_effect *effect = modelled_effect_at(derived->program, call, MODEL_ON_DEFAULT_LOOP);
	struct condition condition = {0};
	bool certain = true;
	return effect && model_effect_at(derived, call, effect, &condition, &certain) && certain;
}

/* The default loop is named here, for something to be started on it: not to run or end it. */
static bool names_default_loop(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	if (modelled_effect_at(program, call, MODEL_PUMPS) || modelled_effect_at(program, call, MODEL_STOPS_LOOP) ||
	    modelled_effect_at(program, call, MODEL_CLOSES_LOOP))
		return false;
	for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
		uint32_t value = value_resolve(program, call.unit, program_argument(program, call, a).index);
		if (value != NONE && facts->values[value].kind == VALUE_CALL &&
		    modelled_effect_at(program, (struct ref){call.unit, facts->values[value].a}, MODEL_DEFAULT_LOOP))
			return true;
	}
	return false;
}

/* `of_library`: only callbacks of a type that the library calls on the loop of whoever asked. */
static bool takes_callback(const struct program *program, const struct node *node, bool of_library)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (param && param->type != NONE && facts->types[param->type].flags & TYPE_FUNCTION_POINTER &&
		    (!of_library ||
		     models_callback_type(program->models, facts_text(facts, facts->types[param->type].alias))))
			return true;
	}
	return false;
}

static bool takes_loop(const struct program *program, const struct node *node)
{
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct model_type *type = modelled_param(program, node, i);
		if (type && type->loop)
			return true;
	}
	return false;
}

/* How the node was handed over as the answer to an operation, or NULL. A subscription to events is no operation. */
static const struct role *answers_operation(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if (role->kind != ROLE_ON_LOOP || role->from != NONE || role->edge != NONE || !role->is_call ||
		    role->call.index == NONE)
			continue;
		uint32_t callee = program_callee(derived->program, role->call);
		if (callee == NONE || !derived->program->nodes.items[callee].model ||
		    modelled_effect_at(derived->program, role->call, MODEL_STARTS_ASYNC))
			return role;
	}
	return NULL;
}

struct ref call_on_default_loop(struct derived *derived, const struct libraries *libraries, uint32_t index,
				const struct role **answer)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	bool is_entry = is_library_entry(libraries, program, index) && !takes_loop(program, node) &&
			takes_callback(program, node, false);
	*answer = answers_operation(derived, index);
	bool may_be_elsewhere = *answer || (is_entry && takes_callback(program, node, true));
	for (uint32_t e = node->first_out; (*answer || is_entry) && e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind == EDGE_CALL && ((may_be_elsewhere && is_unasked(derived, edge->call)) ||
						(is_entry && names_default_loop(program, edge->call))))
			return edge->call;
	}
	return (struct ref){NONE, NONE};
}
