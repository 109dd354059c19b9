#include "thread_path.h"

#include <string.h>

static const struct model_effect *find_model_effect(const struct node *node, enum model_effect_kind kind)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == kind)
			return &node->model->effects[i];
	return NULL;
}

/* Worlds for whose loops the program asks the library for locks. */
typedef TABLE(const char *) worlds;

static void find_made_thread_safe(const struct program *program, worlds *safe)
{
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		if (node->in_count && find_model_effect(node, MODEL_MAKES_THREAD_SAFE))
			table_add(safe, node->model->world);
	}
}

static bool is_listed(const worlds *safe, const char *world)
{
	for (uint32_t i = 0; i < safe->count; i++)
		if (strcmp(safe->items[i], world) == 0)
			return true;
	return false;
}

/* What the function made itself, or has on its stack, no other thread knows. */
static bool is_private(struct pass *pass, struct ref call, int argument)
{
	struct ref value = program_argument(pass->program, call, (uint32_t)argument);
	if (value.index == NONE)
		return true;
	if (origin_of(pass->derived, value, program_call(pass->program, call)->function).kind == ORIGIN_MADE)
		return true;
	const struct fact_value *fact = program_value(pass->program, value);
	return fact->kind == VALUE_ADDRESS &&
	       program_facts(pass->program, value.unit)->values[fact->a].kind == VALUE_LOCAL;
}

static void check_edge(struct pass *pass, uint32_t number, const worlds *safe)
{
	const struct program *program = pass->program;
	const struct edge *edge = &program->edges.items[number];
	const struct node *callee = &program->nodes.items[edge->to];
	const struct model_effect *bound =
	    edge->kind == EDGE_CALL ? find_model_effect(callee, MODEL_LOOP_THREAD) : NULL;
	struct condition condition = {0};
	bool certain = true;
	if (!bound || is_test_file(program->nodes.items[edge->from].file) ||
	    !model_effect_at(pass->derived, edge->call, bound, &condition, &certain) || !certain ||
	    is_private(pass, edge->call, bound->argument))
		return;
	struct thread_path path;
	if (find_thread_path(pass, number, &path) && !is_listed(safe, callee->model->world)) {
		struct finding *finding =
		    report_call(pass, edge->call, callee->name,
				"'%s' is called on %s, but only the thread that runs %s may call it", callee->name,
				thread_text(pass, &path), loop_text(pass, callee->model->world));
		note_thread_path(pass, finding, &path);
		set_help(pass, finding, "wake the loop from here, and make the call in the callback that it runs then");
	}
	table_release(&path.edges);
}

static void check(struct pass *pass)
{
	worlds safe = {0};
	find_made_thread_safe(pass->program, &safe);
	for (uint32_t e = 0; e < pass->program->edges.count; e++)
		check_edge(pass, e, &safe);
	table_release(&safe);
}

const struct rule rule_off_loop_call = {
    .id = "off-loop-call",
    .family = "block",
    .since = "0.1",
    .summary = "function of a loop library is called on a thread that does not run the loop",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << ASPECT_LOOP_THREAD,
    .check = check,
};
