#include "ambient.h"

#include "modelled.h"
#include "transports.h"

#include <string.h>

static bool is_loop_type(const struct program *program, const struct facts *facts, uint32_t type)
{
	const struct model_type *model = modelled_type(program, facts, type);
	return model && model->loop;
}

/* The type, seen through pointers, is a loop, or a record that has one. */
static bool is_loop_type_or_holder(const struct program *program, uint32_t unit, uint32_t type)
{
	const struct facts *facts = program_facts(program, unit);
	if (is_loop_type(program, facts, type))
		return true;
	if (type == NONE || !*facts_text(facts, facts->types[type].record))
		return false;
	struct record_ref record = program_record(program, facts_text(facts, facts->types[type].record));
	if (!record.record)
		return false;
	const struct facts *of = program_facts(program, record.unit);
	for (uint32_t i = 0; i < record.record->field_count; i++)
		if (is_loop_type(program, of, of->fields[record.record->first_field + i].type))
			return true;
	return false;
}

/* Index in the list of the variable that the value is; NONE if it is no global pointer to a loop. */
static uint32_t ambient_of(struct ambients *ambients, const struct program *program, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	if (value == NONE || facts->values[value].kind != VALUE_VARIABLE)
		return NONE;
	const struct fact_variable *variable = &facts->variables[facts->values[value].a];
	if (variable->type == NONE || facts->types[variable->type].pointers != 1 ||
	    variable->flags & VARIABLE_THREAD_LOCAL || !is_loop_type_or_holder(program, unit, variable->type))
		return NONE;
	uint32_t holder = program->units[unit].variable[facts->values[value].a];
	for (uint32_t i = 0; i < ambients->list.count; i++) {
		struct ambient *other = &ambients->list.items[i];
		if (other->holder != holder)
			continue;
		bool is_better =
		    variable->flags & VARIABLE_DEFINED &&
		    !(program_facts(program, other->unit)->variables[other->variable].flags & VARIABLE_DEFINED);
		if (is_better)
			*other = (struct ambient){unit, facts->values[value].a, holder};
		return i;
	}
	table_add(&ambients->list, (struct ambient){unit, facts->values[value].a, holder});
	return ambients->list.count - 1;
}

/* The node is given a loop, or an object like the one in the variable. A pointer to a pointer is where a new one is to
 * go. */
static bool takes_its_like(const struct program *program, const struct node *node, const struct ambient *ambient)
{
	const struct facts *of = program_facts(program, ambient->unit),
			   *facts = program_facts(program, node->function.unit);
	const char *record = facts_text(of, of->types[of->variables[ambient->variable].type].record);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (!param || param->type == NONE || facts->types[param->type].pointers > 1)
			continue;
		if (is_loop_type(program, facts, param->type) ||
		    (*record && strcmp(record, facts_text(facts, facts->types[param->type].record)) == 0))
			return true;
	}
	return false;
}

static void add_use(struct ambients *ambients, uint32_t variable, enum ambient_use_kind kind, uint32_t node,
		    struct ref at)
{
	for (uint32_t i = 0; i < ambients->uses.count; i++)
		if (ambients->uses.items[i].variable == variable && ambients->uses.items[i].node == node)
			return;
	table_add(&ambients->uses, (struct ambient_use){variable, kind, node, at});
}

static bool returns_variable(const struct program *program, struct ref body, uint32_t variable,
			     struct ambients *ambients)
{
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *fact = &facts->assignments[function->first_assignment + i];
		if (facts->values[fact->target].kind == VALUE_RETURN &&
		    ambient_of(ambients, program, body.unit, fact->source) == variable)
			return true;
	}
	return false;
}

static bool is_user(const struct program *program, const struct libraries *libraries, const struct ambients *ambients,
		    uint32_t node, uint32_t variable)
{
	return is_library_entry(libraries, program, node) &&
	       !takes_its_like(program, &program->nodes.items[node], &ambients->list.items[variable]);
}

/* Whether the node is given a pointer to an object. */
static bool takes_record(const struct program *program, const struct node *node)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (param && param->type != NONE && facts->types[param->type].pointers &&
		    *facts_text(facts, facts->types[param->type].record))
			return true;
	}
	return false;
}

static void find_assigned(const struct program *program, const struct libraries *libraries, struct ambients *ambients,
			  uint32_t node, struct ref body)
{
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		struct ref at = {body.unit, function->first_assignment + i};
		const struct fact_assignment *fact = &facts->assignments[at.index];
		uint32_t from = ambient_of(ambients, program, body.unit, fact->source);
		uint32_t target = facts->values[fact->target].kind;
		if (from != NONE && target == VALUE_PARAM)
			add_use(ambients, from, AMBIENT_FALLBACK, node, at);
		else if (from != NONE && target == VALUE_FIELD && is_user(program, libraries, ambients, node, from))
			add_use(ambients, from, AMBIENT_STORED, node, at);
		uint32_t to = ambient_of(ambients, program, body.unit, fact->target);
		if (to != NONE && fact->source != NONE && facts->values[fact->source].kind == VALUE_LOCAL &&
		    is_user(program, libraries, ambients, node, to) && !returns_variable(program, body, to, ambients))
			add_use(ambients, to, AMBIENT_SET, node, at);
	}
}

static void find_passed(const struct program *program, const struct libraries *libraries, struct ambients *ambients,
			uint32_t node, struct ref body)
{
	const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {body.unit, function->first_call + c};
		for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
			uint32_t variable =
			    ambient_of(ambients, program, body.unit, program_argument(program, call, a).index);
			if (variable != NONE && program_callee(program, call) != NONE &&
			    is_user(program, libraries, ambients, node, variable))
				add_use(ambients, variable, AMBIENT_PASSED, node, call);
		}
	}
}

/* Functions that do nothing about the loop but call, by name, one that hands the variable on: `event_dispatch()` is
 * `event_loop(0)`. What is given an object may have the loop from there. */
static void find_wrappers(const struct program *program, const struct libraries *libraries, struct ambients *ambients)
{
	for (uint32_t u = 0; u < ambients->uses.count; u++) {
		struct ambient_use use = ambients->uses.items[u];
		const struct node *node = &program->nodes.items[use.node];
		for (uint32_t i = 0; i < node->in_count; i++) {
			const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
			bool hands_on = use.kind == AMBIENT_PASSED || use.kind == AMBIENT_WRAPPED;
			if (hands_on && edge->kind == EDGE_CALL &&
			    is_user(program, libraries, ambients, edge->from, use.variable) &&
			    !takes_record(program, &program->nodes.items[edge->from]))
				add_use(ambients, use.variable, AMBIENT_WRAPPED, edge->from, edge->call);
		}
	}
}

void ambients_find(struct derived *derived, const struct libraries *libraries, struct ambients *ambients)
{
	const struct program *program = derived->program;
	*ambients = (struct ambients){0};
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		if (!node->body_count || is_test_file(node->file) || !is_library_file(libraries, node->file))
			continue;
		for (uint32_t b = 0; b < node->body_count; b++) {
			find_assigned(program, libraries, ambients, n, program->bodies.items[node->first_body + b]);
			find_passed(program, libraries, ambients, n, program->bodies.items[node->first_body + b]);
		}
	}
	find_wrappers(program, libraries, ambients);
}

bool ambient_has_thread(const struct derived *derived, const struct ambient *ambient)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind != EFFECT_PUMPS || effect->from != NONE || effect->origin.kind != ORIGIN_GLOBAL)
			continue;
		uint32_t root = value_root(program, effect->origin.value.unit, effect->origin.value.index);
		const struct fact_value *value = &program_facts(program, effect->origin.value.unit)->values[root];
		if (value->kind == VALUE_VARIABLE &&
		    program->units[effect->origin.value.unit].variable[value->a] == ambient->holder &&
		    role_find(derived, effect->node, ROLE_THREAD))
			return true;
	}
	return false;
}

bool ambient_is_covered(const struct ambients *ambients, uint32_t index)
{
	bool said = true;
	for (uint32_t i = 0; i < ambients->uses.count && said; i++) {
		bool before = ambients->uses.items[i].variable != index;
		for (uint32_t j = 0; j < ambients->uses.count && !before; j++)
			before = ambients->uses.items[j].variable < index &&
				 ambients->uses.items[j].node == ambients->uses.items[i].node;
		said = before;
	}
	return said;
}

void ambients_release(struct ambients *ambients)
{
	table_release(&ambients->list);
	table_release(&ambients->uses);
}
