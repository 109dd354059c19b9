#include "pass.h"

static const struct model_effect *find_model(const struct program *program, uint32_t node, enum model_effect_kind kind)
{
	const struct model_function *model = node == NONE ? NULL : program->nodes.items[node].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == kind)
			return &model->effects[i];
	return NULL;
}

/* The same local or parameter, or its address. */
static bool is_same(const struct facts *facts, uint32_t value, const struct fact_value *as)
{
	while (value != NONE && facts->values[value].kind == VALUE_ADDRESS)
		value = facts->values[value].a;
	return value != NONE && facts->values[value].kind == as->kind && facts->values[value].a == as->a;
}

static bool is_loops_descriptor(struct pass *pass, struct ref value, uint32_t function, uint32_t order, int depth,
				struct ref *why);

/* A function of the project that returns a loop's descriptor. */
static bool returns_loops_descriptor(struct pass *pass, uint32_t node, int depth, struct ref *why)
{
	const struct node *of = &pass->program->nodes.items[node];
	for (uint32_t b = 0; b < of->body_count && depth < 3; b++) {
		struct ref body = pass->program->bodies.items[of->first_body + b];
		const struct facts *facts = program_facts(pass->program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		for (uint32_t i = 0; i < function->assignment_count; i++) {
			const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
			if (facts->values[assignment->target].kind == VALUE_RETURN &&
			    is_loops_descriptor(pass, (struct ref){body.unit, assignment->source}, body.index,
						assignment->order, depth + 1, why))
				return true;
		}
	}
	return false;
}

/* Whether the value, before `order` in the function, is a descriptor that came out of a loop's handle or was given to
   one; *why is the call that says so. A descriptor that was nonblocking before it was given away is no surprise to
   whoever uses it. */
static bool is_loops_descriptor(struct pass *pass, struct ref value, uint32_t function, uint32_t order, int depth,
				struct ref *why)
{
	const struct program *program = pass->program;
	const struct facts *facts = program_facts(program, value.unit);
	if (value.index == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value.index];
	if (fact->kind == VALUE_CALL) {
		struct ref call = {value.unit, fact->a};
		uint32_t callee = program_callee(program, call);
		const struct model_effect *model = find_model(program, callee, MODEL_LOOP_DESCRIPTOR);
		*why = call;
		return callee != NONE && ((model && model->argument == MODEL_RESULT) ||
					  returns_loops_descriptor(pass, callee, depth, why));
	}
	uint32_t resolved = value_resolve(program, value.unit, value.index);
	if (resolved != value.index)
		return is_loops_descriptor(pass, (struct ref){value.unit, resolved}, function, order, depth, why);
	if (fact->kind != VALUE_PARAM && fact->kind != VALUE_LOCAL)
		return false;
	const struct fact_function *in = &facts->functions[function];
	for (uint32_t c = 0; c < in->call_count; c++) {
		struct ref call = {value.unit, in->first_call + c};
		if (program_call(program, call)->order >= order)
			break;
		uint32_t callee = program_callee(program, call);
		const struct model_effect *gives = find_model(program, callee, MODEL_LOOP_DESCRIPTOR);
		const struct model_effect *takes = find_model(program, callee, MODEL_ADOPTS_DESCRIPTOR);
		*why = call;
		if (gives && gives->argument >= 0 &&
		    is_same(facts, program_argument(program, call, (uint32_t)gives->argument).index, fact))
			return true;
		if (takes && takes->argument >= 0 &&
		    is_same(facts, program_argument(program, call, (uint32_t)takes->argument).index, fact) &&
		    descriptor_before(pass->derived, call, (uint32_t)takes->argument) != DESCRIPTOR_NONBLOCKING)
			return true;
	}
	return false;
}

static void check_effect(struct pass *pass, const struct effect *effect)
{
	const struct program *program = pass->program;
	const struct fact_call *call = program_call(program, effect->call);
	bool clears = effect->kind == EFFECT_SETS_NONBLOCKING && effect->clears;
	const struct model_effect *model =
	    find_model(program, effect->cause, clears ? MODEL_SETS_NONBLOCKING : MODEL_READS);
	struct ref why;
	if ((!clears && effect->kind != EFFECT_BLOCKS) || effect->from != NONE || !model || model->argument < 0 ||
	    !is_loops_descriptor(pass, program_argument(program, effect->call, (uint32_t)model->argument),
				 call->function, call->order, 0, &why))
		return;
	const char *name = program->nodes.items[effect->cause].name;
	struct finding *finding = report_call(pass, effect->call, name,
					      clears ? "'%s' makes a descriptor blocking that an event loop owns"
						     : "'%s' does blocking I/O on a descriptor that an event loop owns",
					      name);
	uint32_t owner = program_callee(program, why);
	note_call(pass, finding, why, "the descriptor is the loop's: '%s'",
		  owner == NONE ? "" : program->nodes.items[owner].name);
	set_help(pass, finding, "read and write through the loop's own functions");
}

static void check(struct pass *pass)
{
	struct ref reported = {NONE, NONE};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (is_test_file(
			pass->program->nodes.items[n].file)) /* it goes behind the loop's back to see what happens */
			continue;
		for (uint32_t i = pass->derived->first_effect[n]; i != NONE; i = pass->derived->effects.items[i].next) {
			const struct effect *effect = &pass->derived->effects.items[i];
			if (effect->call.unit == reported.unit && effect->call.index == reported.index)
				continue;
			uint32_t before = pass->findings->list.count;
			check_effect(pass, effect);
			if (pass->findings->list.count > before)
				reported = effect->call;
		}
	}
}

const struct rule rule_transport_blocking_io = {
    .id = "transport-blocking-io",
    .family = "transport",
    .since = "0.1",
    .summary = "blocking I/O on a descriptor that an event loop owns",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_BLOCKS | 1u << EFFECT_SETS_NONBLOCKING,
    .check = check,
};
