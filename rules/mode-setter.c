#include "pass.h"
#include "setter.h"

/* A setter of bare descriptors is a switch only if it is used as one: with both values, and not just by a setter of
 * objects. */
static bool is_used_both_ways(const struct pass *pass, const struct mode *mode)
{
	bool on = false, off = false;
	uint32_t index = (uint32_t)(mode - pass->derived->modes.items);
	for (uint32_t i = 0; i < pass->derived->modes.count; i++)
		if (pass->derived->modes.items[i].reason == MODE_PASSES &&
		    pass->derived->modes.items[i].callee_mode == index)
			return false;
	const struct node *node = &pass->program->nodes.items[mode->node];
	for (uint32_t i = 0; i < node->in_count; i++) {
		uint32_t number_of_edge = pass->program->incoming.items[node->first_in + i];
		const struct edge *edge = &pass->program->edges.items[number_of_edge];
		struct ref argument = program_argument(pass->program, edge->call, mode->id);
		int64_t number;
		if (edge->kind == EDGE_CALL && !pass->derived->in_child[number_of_edge] &&
		    value_constant(pass->program, argument.unit, argument.index, &number)) {
			on |= number != 0;
			off |= number == 0;
		}
	}
	return on && off;
}

/* A function for each direction instead of a parameter: one finding for both. */
static void check_fixed(struct pass *pass, uint32_t index)
{
	const struct program *program = pass->program;
	const struct effect *blocks = fixed_setter(pass->derived, index);
	if (!blocks || !blocks->clears)
		return;
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct effect *other = n == index ? NULL : fixed_setter(pass->derived, n);
		if (!other || other->clears || !set_same_type(pass->derived, index, n))
			continue;
		const struct node *node = &program->nodes.items[index], *twin = &program->nodes.items[n];
		struct finding *finding = report(
		    pass, node->function.unit, &program_function(program, node)->place, index, node->name,
		    "'%s' makes an object blocking, and '%s' makes it non-blocking again", node->name, twin->name);
		note_effect(pass, finding, blocks);
		note(pass, finding, twin->function.unit, &program_function(program, twin)->place, n,
		     "'%s' does the opposite", twin->name);
		set_help(pass, finding, "decide when the object is made, by a type or constructor for each behaviour");
		return;
	}
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		check_fixed(pass, n);
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *mode = &derived->modes.items[i];
		if (mode->subject != SUBJECT_PARAM)
			continue;
		enum mode_api api = mode_api_of(derived, mode);
		if (api != MODE_API_SETTER && (api != MODE_API_DESCRIPTOR || !is_used_both_ways(pass, mode)))
			continue;
		const struct node *node = &pass->program->nodes.items[mode->node];
		struct finding *finding = report(
		    pass, node->function.unit, &program_function(pass->program, node)->place, mode->node, node->name,
		    "'%s' flips %s between blocking and async by its parameter '%s'", node->name,
		    api == MODE_API_SETTER ? "an object" : "a descriptor", param_text(pass, mode->node, mode->id));
		for (; mode->reason == MODE_PASSES; mode = &derived->modes.items[mode->callee_mode])
			note_call(pass, finding, mode->call, "it hands '%s' on to '%s'",
				  param_text(pass, mode->node, mode->id),
				  pass->program->nodes.items[derived->modes.items[mode->callee_mode].node].name);
		if (mode->effect != NONE)
			note_effect(pass, finding, &derived->effects.items[mode->effect]);
		set_help(pass, finding, "decide when the object is made, by a type or constructor for each behaviour");
	}
}

const struct rule rule_mode_setter = {
    .id = "mode-setter",
    .family = "mode",
    .since = "0.1",
    .summary = "function flips an object between blocking and async",
    .severity = SEVERITY_WARNING,
    .check = check,
};
