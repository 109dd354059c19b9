#include "hand_pump.h"
#include "reentry.h"
#include "words.h"

#include <string.h>

/* Draining a loop before the object goes is what its owner does. */
static const char *const teardown_words[] = {"free",   "destroy", "close",   "shutdown", "stop",  "cleanup",
					     "deinit", "fini",    "dispose", "teardown", "drain", NULL};

static const char *origin_text(const struct effect *effect)
{
	switch (effect->origin.kind) {
	case ORIGIN_DEFAULT:
		return "the default loop";
	case ORIGIN_THREAD:
		return "the loop of its thread";
	case ORIGIN_GLOBAL:
		return "a global loop";
	case ORIGIN_OBJECT:
		return "the loop of its object";
	default:
		break;
	}
	return "a loop that it did not make";
}

/* The call in the node is the first one, seen from the pump, that no loop owner makes. */
static bool is_root(const struct pass *pass, const struct effect *effect)
{
	return effect->from == NONE || pass->derived->owner[pass->derived->effects.items[effect->from].node];
}

/* A helper whose callers have all set the loop up that it runs: they are reported, for hiding one. */
static bool is_set_up_by_callers(const struct pass *pass, const struct effect *effect)
{
	const struct program *program = pass->program;
	const struct node *node = &program->nodes.items[effect->node];
	uint32_t index = (uint32_t)(effect - pass->derived->effects.items);
	for (uint32_t i = 0; i < node->in_count; i++) {
		uint32_t caller = program->edges.items[program->incoming.items[node->first_in + i]].from;
		bool set_up = false;
		for (uint32_t e = pass->derived->first_effect[caller]; e != NONE && !set_up;
		     e = pass->derived->effects.items[e].next)
			set_up = pass->derived->effects.items[e].from == index &&
				 pass->derived->effects.items[e].origin.kind == ORIGIN_MADE;
		if (!set_up)
			return false;
	}
	return node->in_count > 0 && !node_is_exported(node);
}

static bool is_pump_of_other(struct pass *pass, const struct effect *effect)
{
	return effect->kind == EFFECT_PUMPS && effect->certain && is_root(pass, effect) &&
	       effect->origin.kind != ORIGIN_MADE && effect->origin.kind != ORIGIN_PRIVATE &&
	       !made_for_object(pass->derived, effect) && !is_set_up_by_callers(pass, effect);
}

/* Ending something as an afterthought (`complete_and_free`) makes no teardown of what comes first. */
static bool is_teardown(struct pass *pass, const char *name)
{
	const char *and = strstr(name, "_and_");
	if (and&&and > name)
		name = arena_printf(&pass->findings->arena, "%.*s", (int)(and-name), name);
	return has_word(name, teardown_words);
}

static bool report_at(struct pass *pass, uint32_t node, const struct effect *effect)
{
	const char *name = pass->program->nodes.items[node].name;
	bool by_hand = is_hand_pump(pass->derived, effect);
	if ((!by_hand && !is_pump_of_other(pass, effect)) || is_teardown(pass, name) ||
	    !waits_as_sync(pass->derived, effect))
		return false;
	struct finding *finding =
	    report_call(pass, effect->call, name, "'%s' looks synchronous, but pumps %s until its own work is done",
			name, by_hand ? "a loop by hand" : origin_text(effect));
	note_effect(pass, finding, effect);
	find_surface_and_helpers(pass, finding, node);
	const char *twin = async_twin(pass, name);
	if (twin)
		set_help(pass, finding, "'%s' lets the loop's owner run it", twin);
	return true;
}

/* Nothing that it is given says which loop it means. */
static bool is_told_which_loop(const struct pass *pass, uint32_t node)
{
	const struct node *of = &pass->program->nodes.items[node];
	for (uint32_t i = 0; i < of->param_count; i++) {
		const struct fact_param *param = program_param(pass->program, of, i);
		if (param && param->type != NONE &&
		    program_facts(pass->program, of->function.unit)->types[param->type].pointers)
			return true;
	}
	return false;
}

/* Its name says that it runs a loop, but it is there for callbacks of that very loop: it takes the loop from where they
 * take it, and its caller has to bear that all others run meanwhile. */
static void check_runner(struct pass *pass, const struct loop_run *run)
{
	waits found = {0};
	const char *name = pass->program->nodes.items[run->call.node].name;
	bool reported = (run->effect && run->effect->kind != EFFECT_PUMPS) ||
			!is_runner(pass->derived, run->call.node) || is_told_which_loop(pass, run->call.node) ||
			is_teardown(pass, name);
	if (!reported)
		find_waits(pass->derived, run->call, is_runner, &found);
	for (uint32_t at = 0; at < found.count && !reported; at++) {
		struct loop_path path = {0};
		reported =
		    !is_runner(pass->derived, found.items[at].node) && is_reentered(pass, run, &found.items[at], &path);
		if (reported) {
			struct finding *finding =
			    report_call(pass, run->call.call, name,
					"'%s' runs %s for one of its callbacks, which waits in it meanwhile", name,
					loop_text(pass, run->world));
			note_loop_path(pass, finding, &path);
			note_call(pass, finding, found.items[at].call, "'%s' calls '%s'",
				  pass->program->nodes.items[found.items[at].node].name, name);
		}
		table_release(&path.edges);
	}
	table_release(&found);
}

static void check_runners(struct pass *pass)
{
	loop_runs runs = {0};
	find_loop_runs(pass, &runs);
	for (uint32_t i = 0; i < runs.count; i++)
		check_runner(pass, &runs.items[i]);
	table_release(&runs);
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (!pass->program->nodes.items[n].body_count || derived->wait_step[n])
			continue;
		bool reported = false;
		for (uint32_t i = derived->first_effect[n]; i != NONE && !reported; i = derived->effects.items[i].next)
			reported = report_at(pass, n, &derived->effects.items[i]);
	}
	check_runners(pass);
}

const struct rule rule_nested_loop = {
    .id = "nested-loop",
    .family = "loop",
    .since = "0.1",
    .summary = "sync-looking function pumps an event loop that it did not make",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_PUMPS | 1u << EFFECT_WAITS,
    .check = check,
};
