#include "questions.h"

#include "async_entry.h"
#include "bridges.h"
#include "completion.h"
#include "hand_pump.h"
#include "made_loop.h"
#include "polling_loop.h"
#include "sure_wait.h"
#include "waiters.h"
#include "words.h"

#include <string.h>

static const char *node_name(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

const char *call_place(const struct program *program, struct ref call, struct arena *arena)
{
	const struct place *place = &program_call(program, call)->place;
	return arena_printf(arena, "%s:%u:%u", program_text(program, call.unit, place->file), place->line,
			    place->column);
}

bool is_effect_of(const struct effect *effect, struct ref call)
{
	return effect->call.unit == call.unit && effect->call.index == call.index;
}

/* Each question is asked of one effect of a call and answers with what speaks against a finding, or NULL. */

static const char *ask_certain(struct pass *pass, const struct effect *effect)
{
	(void)pass;
	return effect->certain ? NULL : "it is not certain: what the model makes it depend on is not known here";
}

static const char *ask_cost(struct pass *pass, const struct effect *effect)
{
	if (effect->kind != EFFECT_BLOCKS || pass->costs >> effect->cost & 1)
		return NULL;
	return arena_printf(&pass->findings->arena, "waits of the class '%s' are off (--cost %s)",
			    cost_name(effect->cost), cost_name(effect->cost));
}

static const char *ask_cause(struct pass *pass, const struct effect *effect)
{
	const struct derived *derived = pass->derived;
	if (is_waiter(derived, effect->node) && effect->kind == EFFECT_BLOCKS)
		return arena_printf(&pass->findings->arena, "'%s' says that it waits: it is judged where it is called",
				    node_name(pass, effect->node));
	if (effect->from == NONE)
		return NULL;
	while (effect->from != NONE)
		effect = &derived->effects.items[effect->from];
	return arena_printf(&pass->findings->arena, "it is judged where '%s' is called: %s",
			    node_name(pass, effect->cause),
			    call_place(pass->program, effect->call, &pass->findings->arena));
}

static bool has_way(struct pass *pass, const struct effect *effect, bool but_own_wait)
{
	struct loop_path path;
	bool found = find_loop_path(pass, scope_of_call(pass->program, effect->call), effect->condition,
				    effect->kind == EFFECT_BLOCKS ? NULL : effect->world, but_own_wait, &path);
	table_release(&path.edges);
	return found;
}

static const char *ask_own_wait(struct pass *pass, const struct effect *effect)
{
	if (!pass->derived->wait_step[effect->node] ||
	    (effect->kind == EFFECT_BLOCKS && (!has_way(pass, effect, false) || has_way(pass, effect, true))))
		return NULL;
	return arena_printf(&pass->findings->arena, "'%s' is how a home-made loop waits for its events",
			    node_name(pass, effect->node));
}

static const char *ask_test(struct pass *pass, const struct effect *effect)
{
	bool is_test = effect->cost == COST_SLEEP && is_test_file(pass->program->nodes.items[effect->node].file);
	return is_test ? "a test that sleeps means it" : NULL;
}

static const char *ask_other_rule(struct pass *pass, const struct effect *effect)
{
	const struct derived *derived = pass->derived;
	for (uint32_t i = derived->first_effect[effect->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *other = &derived->effects.items[i];
		if (is_effect_of(other, effect->call) &&
		    (other->kind == EFFECT_PUMPS || other->kind == EFFECT_FORBIDDEN_ON_LOOP))
			return "it runs a loop, or its library forbids it there: that is another rule's business";
	}
	return NULL;
}

static const char *ask_descriptor(struct pass *pass, const struct effect *effect)
{
	const struct model_function *model = pass->program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_READS || model->effects[i].kind == MODEL_SETS_NONBLOCKING)
			return "its descriptor is not known to be a loop's";
	return arena_printf(&pass->findings->arena, "'%s' neither reads, writes nor switches a descriptor",
			    node_name(pass, effect->cause));
}

static const char *role_text(const struct role *role)
{
	return role->kind == ROLE_MAIN ? "main" : role_name((enum role_kind)role->kind);
}

static const char *ask_on_loop(struct pass *pass, const struct effect *effect)
{
	const struct derived *derived = pass->derived;
	const char *roles = NULL, *name = node_name(pass, effect->node);
	bool only_main = true;
	for (uint32_t i = derived->first_role[effect->node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if (role->kind == ROLE_ON_LOOP || role->kind == ROLE_COROUTINE)
			return NULL;
		only_main &= role->kind == ROLE_MAIN;
		roles =
		    roles ? arena_printf(&pass->findings->arena, "%s, %s", roles, role_text(role)) : role_text(role);
	}
	if (!roles)
		return arena_printf(&pass->findings->arena,
				    "'%s' is not known to run on a loop: no callback is seen that calls it", name);
	if (only_main)
		return arena_printf(&pass->findings->arena,
				    "'%s' runs before or after the loop only: nothing but main is seen to reach it",
				    name);
	return arena_printf(&pass->findings->arena, "'%s' is not known to run on a loop, only as: %s", name, roles);
}

/* What keeps every way from a callback down to the call from being sure. */
static const char *ask_way(struct pass *pass, const struct effect *effect)
{
	if (ask_on_loop(pass, effect))
		return NULL;
	for (uint32_t i = 0; i < effect->condition->count; i++) {
		const struct atom *atom = &effect->condition->atoms[i];
		if (atom->subject == SUBJECT_SLOT && mode_of_slot(pass->derived, atom->id))
			return arena_printf(&pass->findings->arena, "it depends on a mode that is not decided here: %s",
					    atom_text(&pass->derived->conditions,
						      &pass->program->nodes.items[effect->node], atom,
						      &pass->findings->arena));
	}
	return has_way(pass, effect, false)
		   ? NULL
		   : "on every way from a callback of that loop a condition rules it out, or leaves a mode open";
}

static const char *const origin_texts[] = {
    [ORIGIN_UNKNOWN] = "not known where from",
    [ORIGIN_MADE] = "made here",
    [ORIGIN_PARAM] = "a parameter",
    [ORIGIN_OBJECT] = "a parameter's",
    [ORIGIN_GLOBAL] = "global",
    [ORIGIN_DEFAULT] = "the library's default",
    [ORIGIN_THREAD] = "the thread's",
    [ORIGIN_RESULT] = "handed to the caller",
    [ORIGIN_PRIVATE] = "made further down and kept there",
};

/* A private loop can neither be run again from its callbacks nor be someone else's. */
static const char *ask_shared_loop(struct pass *pass, const struct effect *effect)
{
	bool is_private = effect->origin.kind == ORIGIN_MADE || effect->origin.kind == ORIGIN_PRIVATE;
	if (effect->kind != EFFECT_PUMPS || !is_private)
		return NULL;
	return arena_printf(&pass->findings->arena, "the loop that is pumped is %s", origin_texts[effect->origin.kind]);
}

static const char *ask_own_loop(struct pass *pass, const struct effect *effect)
{
	if (effect->kind != EFFECT_PUMPS || effect->origin.kind == ORIGIN_MADE)
		return NULL;
	return arena_printf(&pass->findings->arena, "the loop that is pumped is not made here: it is %s",
			    origin_texts[effect->origin.kind]);
}

static bool is_registered(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].from == NONE && derived->roles.items[i].edge == NONE &&
		    derived->roles.items[i].kind != ROLE_MAIN)
			return true;
	return false;
}

static const char *ask_sync_looking(struct pass *pass, const struct effect *effect)
{
	const struct derived *derived = pass->derived;
	const char *name = node_name(pass, effect->node);
	if (derived->owner[effect->node])
		return arena_printf(&pass->findings->arena,
				    "'%s' may run loops: it is main, a thread, a test, or named as what runs one",
				    name);
	if (is_registered(derived, effect->node))
		return arena_printf(&pass->findings->arena, "'%s' is a callback itself", name);
	if (!is_sync_looking(derived, effect->node, true))
		return arena_printf(&pass->findings->arena, "'%s' takes the loop from its caller", name);
	return NULL;
}

/* A callback is none that is answered later where the loop asks it whether to go on. */
static const char *ask_completion(struct pass *pass, const struct effect *effect)
{
	if (!is_sync_looking(pass->derived, effect->node, true) || waits_as_sync(pass->derived, effect))
		return NULL;
	return arena_printf(&pass->findings->arena,
			    "'%s' takes a callback, which is not what its loop asks whether to go on",
			    node_name(pass, effect->node));
}

/* What keeps a wait for events from being a pump by its shape. */
static const char *ask_shape(struct pass *pass, const struct effect *effect)
{
	if (effect->kind != EFFECT_WAITS || is_hand_pump(pass->derived, effect))
		return NULL;
	if (waits_on_own_set(pass->derived, effect))
		return "it waits on a set of descriptors that is made here";
	return loop_around(pass->program, effect->call).index == NONE
		   ? "no loop stands around it"
		   : "the loop around it is not known to call callbacks, one of which ends it";
}

static const char *ask_finisher(struct pass *pass, const struct effect *effect)
{
	static const char *const words[] = {"recv", "finish", "end", "result", "reply", NULL};
	const char *name = node_name(pass, effect->node);
	return ends_in_word(name, words)
		   ? NULL
		   : arena_printf(&pass->findings->arena, "'%s' is not named as what hands over a result", name);
}

/* Whether the effect is what the other one comes from. */
static bool is_root_of(const struct derived *derived, const struct effect *effect, const struct effect *of)
{
	return effect_root(derived, of) == effect;
}

/* Who calls the wait must have promised not to. */
static const char *ask_promise(struct pass *pass, const struct effect *effect)
{
	const struct derived *derived = pass->derived;
	bool promised = false;
	for (uint32_t i = 0; i < derived->effects.count; i++) {
		const struct effect *entry = &derived->effects.items[i];
		if (entry->kind != EFFECT_BLOCKS || !is_async_entry(derived, entry->node) ||
		    !is_root_of(derived, effect, entry))
			continue;
		if (is_sure_wait(pass->derived, entry))
			return NULL;
		promised = true;
	}
	return promised ? "whether it waits there is not sure: a mode or an argument decides it"
			: "no function that waits by it presents itself as async";
}

static const char *ask_polling(struct pass *pass, const struct effect *effect)
{
	if (effect->cost != COST_SLEEP)
		return "it is no sleep that a loop passes its time by";
	struct ref scope = loop_around(pass->program, effect->call);
	struct polling_loop loop;
	if (scope.index == NONE)
		return "no loop stands around it";
	if (!is_polling_loop(pass->derived, effect->node, scope, &loop))
		return "the loop around it does not ask for what others change, or an event ends it as well";
	return ask_on_loop(pass, effect) && !ends_by_signaller(pass->derived, &loop)
		   ? "the loop is not on an event loop, and what it asks for is set by no callback or thread"
		   : NULL;
}

/* A wait for another thread, and a callback that ends it. */
static const char *ask_bridge(struct pass *pass, const struct effect *effect)
{
	struct bridges bridges;
	bridges_find(pass->derived, &bridges, true);
	bool is_wait = false, meets = false;
	for (uint32_t i = bridges.wakeups.first[effect->node]; i != NONE; i = bridges.wakeups.list.items[i].next) {
		const struct wakeup *wakeup = &bridges.wakeups.list.items[i];
		is_wait |= !wakeup->wakes && !wakeup->by_assignment && is_effect_of(effect, wakeup->call);
	}
	for (uint32_t i = 0; i < bridges.list.count; i++)
		meets |= is_effect_of(effect, bridges.wakeups.list.items[bridges.list.items[i].wait].call);
	bridges_release(&bridges);
	if (!is_wait)
		return "it does not wait for another thread";
	return meets ? NULL : "no callback is seen that was handed over before, and ends this wait";
}

/* A loop that is made is closed, or somebody else's business. */
static const char *ask_closed(struct pass *pass, const struct effect *effect)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	struct made_loop made;
	exits ways_out = {0};
	const char *answer = NULL;
	if (!find_made_loop(lifetimes, effect, &made)) {
		answer = "the loop does not stay in one local of the function: others can close it";
	} else {
		find_exits(pass->program,
			   (struct ref){made.call.unit, program_call(pass->program, made.call)->function}, &ways_out);
		if (!find_unclosed_exit(lifetimes, &made, &ways_out))
			answer = "the loop is closed on every way out";
	}
	table_release(&ways_out);
	return answer;
}

/* Who asks what: ids, with a space behind each; NULL stands for every rule. The order is that of the answers. */
static const struct question {
	const char *rules;
	const char *(*ask)(struct pass *pass, const struct effect *effect);
} questions[] = {
    {NULL, ask_certain},
    {"blocking-in-async fake-async loop-reentry transport-blocking-io ", ask_cause},
    {"transport-blocking-io ", ask_descriptor},
    {"blocking-in-async fake-async loop-reentry ", ask_cost},
    {"blocking-in-async loop-reentry ", ask_own_wait},
    {"blocking-in-async loop-reentry ", ask_test},
    {"blocking-in-async ", ask_other_rule},
    {"blocking-in-async loop-reentry ", ask_on_loop},
    {"blocking-in-async loop-reentry ", ask_way},
    {"loop-reentry ", ask_shared_loop},
    {"fake-async ", ask_promise},
    {"busy-wait ", ask_polling},
    {"bridge-deadlock thread-bridge ", ask_bridge},
    {"hidden-loop ", ask_own_loop},
    {"nested-loop finisher-pumps ", ask_shared_loop},
    {"nested-loop ", ask_own_wait},
    {"nested-loop ", ask_shape},
    {"finisher-pumps ", ask_finisher},
    {"hidden-loop nested-loop ", ask_sync_looking},
    {"nested-loop ", ask_completion},
    {"unclosed-loop ", ask_closed},
};

static bool is_asked_by(const struct question *question, const struct rule *rule)
{
	size_t length = strlen(rule->id);
	for (const char *at = question->rules; at && *at; at = strchr(at, ' ') + 1)
		if (strncmp(at, rule->id, length) == 0 && at[length] == ' ')
			return true;
	return !question->rules;
}

const char *next_answer(struct pass *pass, const struct rule *rule, const struct effect *effect, uint32_t *at)
{
	while (*at < sizeof(questions) / sizeof(*questions)) {
		const struct question *question = &questions[(*at)++];
		const char *answer = is_asked_by(question, rule) ? question->ask(pass, effect) : NULL;
		if (answer)
			return answer;
	}
	return NULL;
}
