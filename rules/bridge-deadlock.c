#include "missed_wakes.h"
#include "modelled.h"
#include "pass.h"

#include <string.h>

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

/* The only place where a loop of that world is run, or NULL: then there may be several loops, and one may wait for the
 * other. */
static const struct effect *only_pump(const struct pass *pass, const char *world)
{
	const struct effect *found = NULL;
	for (uint32_t i = 0; i < pass->derived->effects.count; i++) {
		const struct effect *effect = &pass->derived->effects.items[i];
		const struct node *node = &pass->program->nodes.items[effect->node];
		if (effect->kind != EFFECT_PUMPS || effect->from != NONE || strcmp(effect->world, world) != 0 ||
		    node->model || is_test_file(node->file))
			continue;
		if (found)
			return NULL;
		found = effect;
	}
	return found;
}

/* All callbacks of that world run on one loop: one that is written by hand, or that is run in one place. */
static bool is_one_loop(const struct pass *pass, const char *world)
{
	if (strncmp(world, "the ", 4) == 0)
		return true;
	const struct effect *pump = only_pump(pass, world);
	return pump && pump->origin.kind != ORIGIN_UNKNOWN && pump->origin.kind != ORIGIN_PARAM;
}

/* A call whose callee goes by where it is called: it does not wait for the loop that it is on. */
static bool goes_by_loop(const struct pass *pass, const struct bridge *bridge)
{
	return bridge->start_is_call && modelled_effect_at(pass->program, bridge->start, MODEL_PROBES_LOOP);
}

static void check_loop(struct pass *pass, const struct bridges *bridges, const struct bridge *bridge)
{
	const struct wakeup *wait = &bridges->wakeups.list.items[bridge->wait];
	const char *callback = name_of(pass, bridge->callback);
	for (uint32_t i = pass->derived->first_role[bridge->callback]; i != NONE;
	     i = pass->derived->roles.items[i].next) {
		const struct role *role = &pass->derived->roles.items[i];
		struct condition condition = {0};
		struct loop_path path;
		if (role->kind != ROLE_ON_LOOP || !*role->world || goes_by_loop(pass, bridge) ||
		    !is_one_loop(pass, role->world) ||
		    !condition_of_scope(&pass->derived->conditions, wait->call.unit,
					program_call(pass->program, wait->call)->scope, &condition))
			continue;
		bool found = find_loop_path(pass, scope_of_call(pass->program, wait->call), &condition, role->world,
					    false, &path);
		if (found) {
			struct finding *finding =
			    report_call(pass, wait->call, name_of(pass, bridge->node),
					"'%s' waits for '%s' on %s, which cannot call it while it waits",
					name_of(pass, bridge->node), callback, loop_text(pass, path.world));
			note_loop_path(pass, finding, &path);
			note_call(pass, finding, wait->call, "'%s' waits here", name_of(pass, bridge->node));
			set_help(pass, finding, "go on in '%s', or refuse to wait on the loop's own thread", callback);
		}
		table_release(&path.edges);
		if (found)
			return;
	}
}

static void check_wakes(struct pass *pass, const struct bridges *bridges, const struct bridge *bridge)
{
	struct ref scope = missed_wake(pass->derived, bridges, bridge);
	if (scope.unit == NONE)
		return;
	const char *callback = name_of(pass, bridge->callback), *waiter = name_of(pass, bridge->node);
	struct finding *finding = report(
	    pass, scope.unit, &program_facts(pass->program, scope.unit)->scopes[scope.index].place, bridge->callback,
	    waiter, "'%s' does not wake '%s' on this way: it waits for ever", callback, waiter);
	note_call(pass, finding, bridges->wakeups.list.items[bridge->wait].call, "'%s' waits here for '%s'", waiter,
		  callback);
	set_help(pass, finding, "wake the waiter on every way through '%s', with the error as the result", callback);
}

static void check(struct pass *pass)
{
	struct bridges bridges;
	bridges_find(pass->derived, &bridges, true);
	for (uint32_t i = 0; i < bridges.list.count; i++) {
		check_loop(pass, &bridges, &bridges.list.items[i]);
		check_wakes(pass, &bridges, &bridges.list.items[i]);
	}
	bridges_release(&bridges);
}

const struct rule rule_bridge_deadlock = {
    .id = "bridge-deadlock",
    .family = "block",
    .since = "0.1",
    .summary = "function waits for a callback that cannot come, or that does not wake it",
    .severity = SEVERITY_ERROR,
    .status = RULE_PREVIEW,
    .looks_at = 1u << EFFECT_BLOCKS,
    .check = check,
};
