#include "pass.h"
#include "stores.h"
#include "transports.h"

#include <string.h>

/* The type that a value had before it went through void pointers: of what realloc() was given, of what a local was made
 * from. */
static uint32_t type_behind(const struct program *program, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	for (int steps = 0; steps < 8; steps++) {
		value = value_resolve(program, unit, value);
		if (value == NONE)
			return NONE;
		const struct fact_value *fact = &facts->values[value];
		if (fact->type != NONE && *facts_text(facts, facts->types[fact->type].record))
			return fact->type;
		if (fact->kind != VALUE_CALL)
			return NONE;
		struct ref call = {unit, fact->a};
		uint32_t callee = program_callee(program, call);
		const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
		value = NONE;
		for (uint32_t i = 0; model && i < model->effect_count; i++)
			if (model->effects[i].kind == MODEL_RETURNS_ARGUMENT && model->effects[i].argument >= 0)
				value = program_argument(program, call, (uint32_t)model->effects[i].argument).index;
		if (value == NONE)
			return NONE;
	}
	return NONE;
}

/* A void pointer field holds what is stored in it: the transport if all stores agree on one kind. */
static struct ref stored_type(const struct derived *derived, uint32_t unit, uint32_t value, enum transport *transport)
{
	const struct program *program = derived->program;
	struct stores stores = stores_of_value(program, unit, &program_facts(program, unit)->values[value]);
	struct ref found = {0, NONE};
	*transport = TRANSPORT_NONE;
	for (uint32_t i = 0; i < stores.count; i++) {
		uint32_t u = stores.items[i].unit,
			 source = program_facts(program, u)->assignments[stores.items[i].index].source;
		uint32_t type = source == NONE ? NONE : type_behind(program, u, source);
		enum transport stored = transport_of_type(derived, u, type);
		if (stored == TRANSPORT_NONE)
			continue;
		if (*transport != TRANSPORT_NONE && *transport != stored)
			return (struct ref){0, NONE};
		*transport = stored;
		found = (struct ref){u, type};
	}
	return found;
}

static const char *type_name(const struct program *program, uint32_t unit, uint32_t type)
{
	const struct facts *facts = program_facts(program, unit);
	const char *alias = facts_text(facts, facts->types[type].alias);
	return *alias ? alias : facts_text(facts, facts->types[type].record);
}

static void check_cast(struct pass *pass, uint32_t unit, const struct fact_cast *cast)
{
	const struct program *program = pass->program;
	const struct facts *facts = program_facts(program, unit);
	enum transport to = transport_of_type(pass->derived, unit, cast->to);
	if (to == TRANSPORT_NONE)
		return;
	struct ref from = {unit, cast->from};
	enum transport transport;
	bool from_void = !*facts_text(facts, facts->types[cast->from].record);
	uint32_t value = value_resolve(program, unit, cast->value);
	if (from_void && facts->values[value].kind == VALUE_FIELD) {
		from = stored_type(pass->derived, unit, value, &transport);
	} else {
		if (from_void)
			from.index = type_behind(program, unit, cast->value);
		transport = transport_of_type(pass->derived, from.unit, from.index);
	}
	if (transport == TRANSPORT_NONE || transport == to)
		return;
	const char *a = type_name(program, from.unit, from.index), *b = type_name(program, unit, cast->to);
	uint32_t node = program_node(program, unit, cast->function);
	struct finding *finding = report(
	    pass, unit, &cast->place, node,
	    arena_printf(&pass->findings->arena, "%.*s to %.*s", (int)strcspn(a, "@"), a, (int)strcspn(b, "@"), b),
	    "the %s transport '%.*s' is taken for the %s transport '%.*s'",
	    transport == TRANSPORT_SYNC ? "sync" : "async", (int)strcspn(a, "@"), a,
	    to == TRANSPORT_SYNC ? "sync" : "async", (int)strcspn(b, "@"), b);
	set_help(pass, finding, "open a transport of the type that is needed");
}

static void check(struct pass *pass)
{
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		const struct node *node = &pass->program->nodes.items[n];
		for (uint32_t b = 0; b < node->body_count; b++) {
			struct ref body = pass->program->bodies.items[node->first_body + b];
			const struct facts *facts = program_facts(pass->program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			for (uint32_t c = 0; c < function->cast_count; c++)
				check_cast(pass, body.unit, &facts->casts[function->first_cast + c]);
		}
	}
}

const struct rule rule_transport_cast = {
    .id = "transport-cast",
    .family = "transport",
    .since = "0.1",
    .summary = "cast between a sync and an async transport type",
    .severity = SEVERITY_WARNING,
    .check = check,
};
