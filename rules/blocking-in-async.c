#include "pass.h"
#include "waiters.h"
#include "words.h"

/* A wait for events: what loops themselves do. */
static bool is_event_wait(const struct pass *pass, const struct effect *effect)
{
	const struct model_function *model = pass->program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_WAITS)
			return true;
	return false;
}

/* A call that pumps a loop, or that its library forbids here, is loop-reentry's business. */
static bool is_of_another_rule(const struct pass *pass, const struct effect *effect)
{
	for (uint32_t i = pass->derived->first_effect[effect->node]; i != NONE;
	     i = pass->derived->effects.items[i].next) {
		const struct effect *other = &pass->derived->effects.items[i];
		bool same_call = other->call.unit == effect->call.unit && other->call.index == effect->call.index;
		if (same_call && (other->kind == EFFECT_PUMPS || other->kind == EFFECT_FORBIDDEN_ON_LOOP))
			return true;
	}
	return false;
}

/* A test or a debugging aid that sleeps in a callback means it. */
static bool is_meant(const struct pass *pass, const struct effect *effect, const waits *found, uint32_t at,
		     const struct loop_path *path)
{
	static const char *const debug_words[] = {"debug", NULL};
	const struct node *nodes = pass->program->nodes.items;
	uint32_t caller = path->role == NONE ? found->items[at].node : pass->derived->roles.items[path->role].node;
	if (effect->cost != COST_SLEEP)
		return false;
	bool meant = is_test_file(nodes[caller].file);
	for (; at != NONE && !meant; at = found->items[at].below)
		meant = has_word(nodes[found->items[at].node].name, debug_words);
	return meant;
}

static void report_wait(struct pass *pass, const struct effect *effect, const waits *found, uint32_t at,
			const struct loop_path *path)
{
	const struct wait *wait = &found->items[at];
	const struct node *nodes = pass->program->nodes.items;
	const char *name = nodes[wait->below == NONE ? effect->cause : found->items[wait->below].node].name;
	struct finding *finding =
	    report_call(pass, wait->call, name, "'%s' %s on %s", name, effect->because, loop_text(pass, path->world));
	note_loop_path(pass, finding, path);
	for (; wait->below != NONE; wait = &found->items[wait->below])
		note_call(pass, finding, wait->call, "'%s' calls '%s'", nodes[wait->node].name,
			  nodes[found->items[wait->below].node].name);
	if (found->items[at].below != NONE)
		note_call(pass, finding, wait->call, "'%s' calls '%s'", nodes[wait->node].name,
			  nodes[effect->cause].name);
	const char *twin = async_twin(pass, name);
	if (twin)
		set_help(pass, finding, "use '%s', or move the call to a worker thread", twin);
}

static void check_effect(struct pass *pass, const struct effect *effect, waits *reported)
{
	waits found = {0};
	bool is_event = is_event_wait(pass, effect);
	find_waits(pass->derived, (struct wait){effect->node, effect->call, *effect->condition, NONE}, is_waiter,
		   &found);
	for (uint32_t at = 0; at < found.count; at++) {
		const struct wait *wait = &found.items[at];
		if (is_waiter(pass->derived, wait->node) || is_listed_wait(pass->program, reported, wait) ||
		    call_on_other_thread(pass->derived, wait->call))
			continue;
		struct loop_path path;
		if (find_loop_path(pass, scope_of_call(pass->program, wait->call), &wait->condition, NULL, is_event,
				   &path) &&
		    !is_meant(pass, effect, &found, at, &path)) {
			report_wait(pass, effect, &found, at, &path);
			table_add(reported, *wait);
		}
		table_release(&path.edges);
	}
	table_release(&found);
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	waits reported = {0};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		for (uint32_t i = derived->first_effect[n]; i != NONE; i = derived->effects.items[i].next) {
			const struct effect *effect = &derived->effects.items[i];
			if (effect->kind == EFFECT_BLOCKS && effect->from == NONE && effect->certain &&
			    pass->costs >> effect->cost & 1 && !is_of_another_rule(pass, effect))
				check_effect(pass, effect, &reported);
		}
	table_release(&reported);
}

const struct rule rule_blocking_in_async = {
    .id = "blocking-in-async",
    .family = "block",
    .since = "0.1",
    .summary = "function that runs on an event loop makes a blocking call",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_BLOCKS,
    .check = check,
};
