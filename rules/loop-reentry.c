#include "reentry.h"

static bool is_reentrant(const struct pass *pass, const char *world)
{
	const struct model_world *model = models_world(pass->program->models, world);
	return model && model->reentrant;
}

/* The calls from the one that is reported down to the loop's own. */
static void note_runners(struct pass *pass, struct finding *finding, const waits *found, uint32_t at)
{
	for (; found->items[at].below != NONE; at = found->items[at].below)
		note_call(pass, finding, found->items[at].call, "'%s' calls '%s'",
			  pass->program->nodes.items[found->items[at].node].name,
			  pass->program->nodes.items[found->items[found->items[at].below].node].name);
}

static void report_run(struct pass *pass, const struct loop_run *run, const waits *found, uint32_t at,
		       const struct loop_path *path)
{
	const struct wait *call = &found->items[at];
	bool pumps = !run->effect || run->effect->kind == EFFECT_PUMPS;
	uint32_t callee = call->below == NONE ? run->callee : found->items[call->below].node;
	const char *name = pass->program->nodes.items[callee].name;
	struct finding *finding;
	if (pumps)
		finding = report_call(pass, call->call, name, "'%s' runs %s again from one of its callbacks", name,
				      loop_text(pass, run->world));
	else
		finding = report_call(pass, call->call, name, "'%s' is called from a callback of %s, but %s", name,
				      loop_text(pass, run->world), run->effect->because);
	if (pumps && is_reentrant(pass, run->world))
		finding->severity = SEVERITY_WARNING;
	note_loop_path(pass, finding, path);
	note_runners(pass, finding, found, at);
	set_help(pass, finding, "return to the loop and go on in the completion callback");
}

static void check_run(struct pass *pass, const struct loop_run *run, waits *reported)
{
	waits found = {0};
	find_waits(pass->derived, run->call, is_runner, &found);
	for (uint32_t at = 0; at < found.count; at++) {
		const struct wait *call = &found.items[at];
		struct loop_path path = {0};
		/* A test that nests loops wants to see what happens. */
		bool is_meant = is_test_file(pass->program->nodes.items[call->node].file);
		if (!is_meant && !is_runner(pass->derived, call->node) &&
		    !is_listed_wait(pass->program, reported, call) && is_reentered(pass, run, call, &path)) {
			report_run(pass, run, &found, at, &path);
			table_add(reported, *call);
		}
		table_release(&path.edges);
	}
	table_release(&found);
}

static void check(struct pass *pass)
{
	loop_runs runs = {0};
	waits reported = {0};
	find_loop_runs(pass, &runs);
	for (uint32_t i = 0; i < runs.count; i++)
		check_run(pass, &runs.items[i], &reported);
	table_release(&reported);
	table_release(&runs);
}

const struct rule rule_loop_reentry = {
    .id = "loop-reentry",
    .family = "block",
    .since = "0.1",
    .summary = "callback of an event loop runs the loop again",
    .severity = SEVERITY_ERROR,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_FORBIDDEN_ON_LOOP,
    .check = check,
};
