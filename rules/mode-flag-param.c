#include "pass.h"
#include "setter.h"

/* The mode's root, and on the way there no function that is API itself: that one is reported instead. */
static bool is_nearest_api(const struct derived *derived, const struct mode *mode)
{
	while (mode->reason == MODE_PASSES) {
		mode = &derived->modes.items[mode->callee_mode];
		if (mode_api_of(derived, mode) != MODE_API_NONE)
			return false;
	}
	return true;
}

/* Everybody who hands a parameter of their own on to this one. */
static void add_passers(struct pass *pass, struct finding *finding, const struct mode *mode)
{
	const struct derived *derived = pass->derived;
	uint32_t index = (uint32_t)(mode - derived->modes.items);
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *other = &derived->modes.items[i];
		if (other->subject != SUBJECT_PARAM || other->reason != MODE_PASSES || other->callee_mode != index)
			continue;
		const struct node *node = &pass->program->nodes.items[other->node];
		const struct fact_function *function = program_function(pass->program, node);
		note_call(pass, finding, other->call, "'%s' hands its parameter '%s' on", node->name,
			  param_text(pass, other->node, other->id));
		if (!(node->flags & FUNCTION_STATIC))
			table_add(&finding->surface,
				  (struct surface){arena_strdup(&pass->findings->arena, node->name),
						   {arena_strdup(&pass->findings->arena,
								 program_text(pass->program, node->function.unit,
									      function->place.file)),
						    function->place.line, function->place.column,
						    function->place.end_line, function->place.end_column}});
		add_passers(pass, finding, other);
	}
}

static void explain(struct pass *pass, struct finding *finding, const struct mode *mode)
{
	const struct derived *derived = pass->derived;
	for (; mode->reason == MODE_PASSES; mode = &derived->modes.items[mode->callee_mode])
		note_call(pass, finding, mode->call, "'%s' hands it on to '%s'",
			  pass->program->nodes.items[mode->node].name,
			  pass->program->nodes.items[derived->modes.items[mode->callee_mode].node].name);
	if (mode->effect != NONE)
		note_effect(pass, finding, &derived->effects.items[mode->effect]);
	if (mode->other != NONE)
		note_effect(pass, finding, &derived->effects.items[mode->other]);
}

/* What is chosen between, and how, if it is not by a value that says so itself. */
static const char *choice_text(const struct fact_type *type)
{
	if (type && type->flags & TYPE_FUNCTION_POINTER)
		return "a blocking call (null) and an async one";
	if (type && type->pointers)
		return "blocking and async behaviour by being null";
	return "blocking and async behaviour";
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *mode = &derived->modes.items[i];
		if (mode->subject != SUBJECT_PARAM || mode_api_of(derived, mode) != MODE_API_OPERATION ||
		    !is_nearest_api(derived, mode))
			continue;
		const struct node *node = &pass->program->nodes.items[mode->node];
		const char *name = param_text(pass, mode->node, mode->id);
		const struct fact_param *param = program_param(pass->program, node, mode->id);
		const struct fact_type *type =
		    param ? &program_facts(pass->program, node->function.unit)->types[param->type] : NULL;
		struct finding *finding =
		    report(pass, node->function.unit, &program_function(pass->program, node)->place, mode->node, name,
			   "parameter '%s' of '%s' chooses between %s", name, node->name, choice_text(type));
		explain(pass, finding, mode);
		add_passers(pass, finding, mode);
		set_help(pass, finding, "give each behaviour a function of its own");
	}
}

const struct rule rule_mode_flag_param = {
    .id = "mode-flag-param",
    .family = "mode",
    .since = "0.1",
    .summary = "parameter chooses between blocking and async behaviour",
    .severity = SEVERITY_WARNING,
    .check = check,
};
