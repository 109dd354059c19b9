#include "pass.h"
#include "setter.h"

#include <string.h>

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
		note_call(pass, finding, other->call, "'%s' hands its parameter '%s' on", node->name,
			  param_text(pass, other->node, other->id));
		if (!(node->flags & FUNCTION_STATIC))
			add_surface(pass, finding, other->node);
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

static const struct fact_type *type_of(const struct pass *pass, const struct mode *mode)
{
	const struct node *node = &pass->program->nodes.items[mode->node];
	const struct fact_param *param = program_param(pass->program, node, mode->id);
	return param ? &program_facts(pass->program, node->function.unit)->types[param->type] : NULL;
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

static bool is_reported(const struct pass *pass, const struct mode *mode)
{
	return mode->subject == SUBJECT_PARAM && mode_api_of(pass->derived, mode) == MODE_API_OPERATION &&
	       is_nearest_api(pass->derived, mode);
}

static bool is_callback(const struct pass *pass, const struct mode *mode)
{
	const struct fact_type *type = type_of(pass, mode);
	return type && type->flags & TYPE_FUNCTION_POINTER;
}

/* Functions of one file whose parameters of one name choose alike are one design, however many there are. */
static bool is_same_design(const struct pass *pass, const struct mode *a, const struct mode *b)
{
	const struct node *nodes = pass->program->nodes.items;
	return strcmp(nodes[a->node].file, nodes[b->node].file) == 0 && a->bit == b->bit &&
	       is_callback(pass, a) == is_callback(pass, b) &&
	       strcmp(param_text(pass, a->node, a->id), param_text(pass, b->node, b->id)) == 0;
}

static uint32_t line_of(const struct pass *pass, const struct mode *mode)
{
	return program_function(pass->program, &pass->program->nodes.items[mode->node])->place.line;
}

/* Reports the design that the mode is part of: at the function that comes first in the file. */
static void report_design(struct pass *pass, const struct mode *mode, uint8_t *done)
{
	const struct derived *derived = pass->derived;
	id_table peers = {0};
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *peer = &derived->modes.items[i];
		if (done[i] || !is_reported(pass, peer) || !is_same_design(pass, mode, peer))
			continue;
		done[i] = 1;
		table_add(&peers, i);
		if (line_of(pass, peer) < line_of(pass, mode))
			mode = peer;
	}
	const struct node *node = &pass->program->nodes.items[mode->node];
	const char *name = param_text(pass, mode->node, mode->id), *others = "";
	if (peers.count > 1)
		others = arena_printf(&pass->findings->arena, " (and of %u more here)", peers.count - 1);
	struct finding *finding = report(pass, node->function.unit, &program_function(pass->program, node)->place,
					 mode->node, name, "parameter '%s' of '%s'%s chooses between %s", name,
					 node->name, others, choice_text(type_of(pass, mode)));
	explain(pass, finding, mode);
	add_passers(pass, finding, mode);
	for (uint32_t i = 0; i < peers.count; i++) {
		const struct mode *peer = &derived->modes.items[peers.items[i]];
		if (peer == mode)
			continue;
		add_surface(pass, finding, peer->node);
		add_passers(pass, finding, peer);
	}
	set_help(pass, finding, "give each behaviour a function of its own");
	table_release(&peers);
}

static void check(struct pass *pass)
{
	uint32_t count = pass->derived->modes.count;
	uint8_t *done = table_reserve(NULL, &(uint32_t){0}, 0, count + 1, 1);
	for (uint32_t i = 0; i < count; i++)
		if (!done[i] && is_reported(pass, &pass->derived->modes.items[i]))
			report_design(pass, &pass->derived->modes.items[i], done);
	table_free(done);
}

const struct rule rule_mode_flag_param = {
    .id = "mode-flag-param",
    .family = "mode",
    .since = "0.1",
    .summary = "parameter chooses between blocking and async behaviour",
    .severity = SEVERITY_WARNING,
    .check = check,
};
