#include "pass.h"

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

/* A test that sleeps in a callback means it. */
static bool is_meant(const struct pass *pass, const struct effect *effect, const struct loop_path *path)
{
	uint32_t caller = path->role == NONE ? effect->node : pass->derived->roles.items[path->role].node;
	return effect->cost == COST_SLEEP && is_test_file(pass->program->nodes.items[caller].file);
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	struct ref reported = {NONE, NONE};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		for (uint32_t i = derived->first_effect[n]; i != NONE; i = derived->effects.items[i].next) {
			const struct effect *effect = &derived->effects.items[i];
			if (effect->kind != EFFECT_BLOCKS || effect->from != NONE || !effect->certain ||
			    !(pass->costs >> effect->cost & 1) ||
			    (effect->call.unit == reported.unit && effect->call.index == reported.index) ||
			    is_of_another_rule(pass, effect))
				continue;
			struct loop_path path;
			if (find_loop_path(pass, scope_of_call(pass->program, effect->call), &effect->condition, NULL,
					   is_event_wait(pass, effect), &path) &&
			    !is_meant(pass, effect, &path)) {
				const char *name = pass->program->nodes.items[effect->cause].name;
				struct finding *finding = report_call(pass, effect->call, name, "'%s' %s on %s", name,
								      effect->because, loop_text(pass, path.world));
				note_loop_path(pass, finding, &path);
				const char *twin = async_twin(pass, name);
				if (twin)
					set_help(pass, finding, "use '%s', or move the call to a worker thread", twin);
				reported = effect->call;
			}
			table_release(&path.edges);
		}
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
