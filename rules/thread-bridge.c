#include "bridges.h"
#include "pass.h"
#include "words.h"

/* Waiting for the end of what is to end is what a stop is for. */
static const char *const teardown_words[] = {"free", "destroy", "close",    "shutdown", "stop", "cleanup", "deinit",
					     "fini", "dispose", "teardown", "drain",    "join", NULL};

/* The calls from the bridge down to the wait. */
static void note_wait(struct pass *pass, struct finding *finding, const struct wakeups *wakeups,
		      const struct wakeup *wait)
{
	const struct program *program = pass->program;
	for (; wait->below != NONE; wait = &wakeups->list.items[wait->below])
		note_call(pass, finding, wait->call, "'%s' calls '%s'", program->nodes.items[wait->node].name,
			  program->nodes.items[wakeups->list.items[wait->below].node].name);
	note_call(pass, finding, wait->call, "'%s' waits here", program->nodes.items[wait->node].name);
}

/* A step at a call or an assignment. */
static void note_place(struct pass *pass, struct finding *finding, struct ref at, bool is_call, const char *format,
		       const char *name)
{
	if (is_call) {
		note_call(pass, finding, at, format, name);
		return;
	}
	const struct fact_assignment *fact = &program_facts(pass->program, at.unit)->assignments[at.index];
	note(pass, finding, at.unit, &fact->place, program_node(pass->program, at.unit, fact->function), format, name);
}

static void report_bridge(struct pass *pass, const struct bridges *bridges, const struct bridge *bridge)
{
	const struct node *node = &pass->program->nodes.items[bridge->node];
	const struct wakeup *wait = &bridges->wakeups.list.items[bridge->wait],
			    *wake = &bridges->wakeups.list.items[bridge->wake];
	const char *callback = pass->program->nodes.items[bridge->callback].name;
	struct finding *finding = report_call(
	    pass, wait->call, node->name,
	    "'%s' starts work elsewhere and blocks its thread until '%s' says that it is done", node->name, callback);
	note_place(pass, finding, bridge->start, bridge->start_is_call, "the work is started here, '%s' answers",
		   callback);
	note_wait(pass, finding, &bridges->wakeups, wait);
	note_place(pass, finding, wake->call, !wake->by_assignment, "'%s' ends the wait", callback);
	find_surface_and_helpers(pass, finding, bridge->node);
	const char *twin = async_twin(pass, node->name);
	if (twin)
		set_help(pass, finding, "'%s' returns at once and calls back", twin);
}

static void check(struct pass *pass)
{
	struct bridges bridges;
	bridges_find(pass->derived, &bridges, false);
	for (uint32_t i = 0; i < bridges.list.count; i++)
		if (!has_word(pass->program->nodes.items[bridges.list.items[i].node].name, teardown_words))
			report_bridge(pass, &bridges, &bridges.list.items[i]);
	bridges_release(&bridges);
}

const struct rule rule_thread_bridge = {
    .id = "thread-bridge",
    .family = "loop",
    .since = "0.1",
    .summary = "sync-looking function starts async work and blocks its thread until the callback",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_BLOCKS,
    .check = check,
};
