#include "pass.h"

/* The loop made by `maker` leaves the function: it is returned, stored, or given to a parameter. That of the thread is
   taken back. */
static bool is_handed_out(const struct pass *pass, uint32_t node, struct ref maker)
{
	for (uint32_t i = pass->derived->first_effect[node]; i != NONE; i = pass->derived->effects.items[i].next) {
		const struct effect *effect = &pass->derived->effects.items[i];
		if (effect->kind == EFFECT_MAKES_LOOP && effect->call.unit == maker.unit &&
		    effect->call.index == maker.index && effect->origin.kind != ORIGIN_MADE &&
		    effect->origin.kind != ORIGIN_THREAD)
			return true;
	}
	return false;
}

static bool report_at(struct pass *pass, uint32_t node, const struct effect *effect)
{
	struct ref maker = effect->origin.value;
	const struct node *of = &pass->program->nodes.items[node];
	const struct effect *kept = made_for_object(pass->derived, effect);
	if (effect->kind == EFFECT_PUMPS && kept) {
		maker = kept->call;
	} else if (effect->kind == EFFECT_PUMPS) {
		if (effect->origin.kind != ORIGIN_MADE || is_handed_out(pass, node, maker))
			return false;
	} else if (waits_on_own_set(pass->derived, effect)) {
		maker = effect->call;
	} else {
		return false;
	}
	struct finding *finding =
	    report_call(pass, effect->call, of->name, "'%s' looks synchronous, but makes an event loop%s", of->name,
			kept ? " for its object and runs it" : ", runs it and drops it");
	if (maker.index != effect->call.index)
		note_call(pass, finding, maker, "the loop is made here");
	note_effect(pass, finding, effect);
	find_surface_and_helpers(pass, finding, node);
	const char *twin = async_twin(pass, of->name);
	if (twin)
		set_help(pass, finding, "'%s' lets the caller bring the loop", twin);
	return true;
}

/* Asked before what takes longer: few do. */
static bool runs_any_loop(const struct derived *derived, uint32_t node)
{
	return effect_find(derived, node, EFFECT_PUMPS) || effect_find(derived, node, EFFECT_WAITS);
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (!pass->program->nodes.items[n].body_count || !runs_any_loop(derived, n) ||
		    !is_sync_looking(derived, n, true))
			continue;
		bool reported = false;
		for (uint32_t i = derived->first_effect[n]; i != NONE && !reported; i = derived->effects.items[i].next)
			if (derived->effects.items[i].certain)
				reported = report_at(pass, n, &derived->effects.items[i]);
	}
}

const struct rule rule_hidden_loop = {
    .id = "hidden-loop",
    .family = "loop",
    .since = "0.1",
    .summary = "sync-looking function makes an event loop, runs it and drops it",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_WAITS,
    .check = check,
};
