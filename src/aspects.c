#include "aspects.h"

#include "callback_use.h"
#include "library.h"
#include "locks.h"
#include "modelled.h"
#include "pending.h"
#include "probes.h"
#include "user_callbacks.h"

#include <string.h>

static uint32_t function_of(const struct pass *pass, struct ref call)
{
	return program_call(pass->program, call)->function;
}

static uint32_t node_of(const struct pass *pass, struct ref call)
{
	return program_node(pass->program, call.unit, function_of(pass, call));
}

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

/* Bits of enum lifetime_kind: what the call does to memory that it is given. With `event` the first such thing. */
static uint32_t lifetime_kinds(struct lifetimes *lifetimes, struct ref call, uint32_t wanted,
			       struct lifetime_event *event)
{
	lifetime_events events = {0};
	uint32_t kinds = 0;
	struct ref function = {call.unit, program_call(lifetimes->derived->program, call)->function};
	lifetime_find_events(lifetimes, function, &events);
	for (uint32_t i = 0; i < events.count; i++) {
		if (events.items[i].call.index != call.index)
			continue;
		if (event && !(kinds & wanted) && wanted >> events.items[i].kind & 1)
			*event = events.items[i];
		kinds |= 1u << events.items[i].kind;
	}
	table_release(&events);
	return kinds & wanted;
}

enum { GIVES = 1u << LIFETIME_KEPT | 1u << LIFETIME_CLOSED | 1u << LIFETIME_HANDED, FREES = 1u << LIFETIME_FREED };

static bool touches_memory(struct pass *pass, struct ref call, uint32_t wanted)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	uint32_t kinds = lifetime_kinds(lifetimes, call, wanted, NULL);
	return kinds != 0;
}

/* The value that holds the callback which the call calls: itself, or by handing it to a function that does. */
static struct ref callback_of(const struct pass *pass, struct ref call)
{
	const struct program *program = pass->program;
	uint32_t callee = program_callee(program, call);
	if (callee == NONE)
		return (struct ref){call.unit, program_call(program, call)->target};
	const struct node *node = &program->nodes.items[callee];
	for (uint32_t a = 0; a < program_call(program, call)->argument_count && a < node->param_count; a++)
		if (program->called_inline[node->first_param + a])
			return program_argument(program, call, a);
	return (struct ref){call.unit, NONE};
}

static bool is_modelled_as(const struct pass *pass, struct ref call, enum model_effect_kind kind)
{
	return modelled_effect_at(pass->program, call, kind) != NULL;
}

/* What the call does in that respect, in the third person, or NULL. */
static const char *aspect_verb(struct pass *pass, struct ref call, enum call_aspect aspect)
{
	switch (aspect) {
	case ASPECT_DEFAULT_LOOP:
		return is_modelled_as(pass, call, MODEL_DEFAULT_LOOP) ||
			       is_modelled_as(pass, call, MODEL_ON_DEFAULT_LOOP)
			   ? "takes the library's default loop"
			   : NULL;
	case ASPECT_ASKS_LOOP:
		return is_modelled_as(pass, call, MODEL_PROBES_LOOP) ? "goes by whether the loop is running here"
								     : NULL;
	case ASPECT_ALLOWS_NESTING:
		return is_modelled_as(pass, call, MODEL_ALLOWS_NESTING)
			   ? "can allow a loop to be run from its own callbacks"
			   : NULL;
	case ASPECT_LOOP_THREAD:
		return is_modelled_as(pass, call, MODEL_LOOP_THREAD) ? "is for the thread that runs the loop" : NULL;
	case ASPECT_GIVES_MEMORY:
		return touches_memory(pass, call, GIVES) ? "lets a loop or callback use what it is given" : NULL;
	case ASPECT_FREES_MEMORY:
		return touches_memory(pass, call, FREES) ? "frees what it is given" : NULL;
	case ASPECT_CALLS_BACK:
		return callback_of(pass, call).index != NONE ? "calls a callback that it is given" : NULL;
	case ASPECTS_END:
		break;
	}
	return NULL;
}

const char *aspect_text(struct pass *pass, struct ref call, enum call_aspect aspect)
{
	const char *verb = aspect_verb(pass, call, aspect);
	uint32_t callee = program_callee(pass->program, call);
	if (!verb)
		return NULL;
	return callee == NONE ? "it calls a callback"
			      : arena_printf(&pass->findings->arena, "'%s' %s", name_of(pass, callee), verb);
}

static const char *about_caller(const struct pass *pass, struct ref call, const char *before, const char *after)
{
	return arena_printf(&pass->findings->arena, "%s'%s'%s", before, name_of(pass, node_of(pass, call)), after);
}

static const char *why_default_loop(struct pass *pass, struct ref call)
{
	struct libraries libraries;
	libraries_find(pass->derived, &libraries);
	bool is_library = is_library_file(&libraries, pass->program->nodes.items[node_of(pass, call)].file);
	libraries_release(&libraries);
	return is_library ? NULL : about_caller(pass, call, "", " is part of a program, which may choose its loop");
}

/* Whether a branch of the function goes by the call's answer. */
static bool is_branched_on(struct pass *pass, struct ref call)
{
	const struct facts *facts = program_facts(pass->program, call.unit);
	const struct fact_function *function = &facts->functions[function_of(pass, call)];
	for (uint32_t s = 0; s < function->scope_count; s++) {
		const struct fact_scope *scope = &facts->scopes[function->first_scope + s];
		struct probe probe;
		if (scope->condition != NONE &&
		    probe_read(pass->derived, (struct ref){call.unit, scope->condition}, &probe) &&
		    probe.call.unit == call.unit && probe.call.index == call.index)
			return true;
	}
	return false;
}

static const char *why_asks_loop(struct pass *pass, struct ref call)
{
	return is_branched_on(pass, call) ? NULL : about_caller(pass, call, "nothing in ", " branches on its answer");
}

static const char *why_loop_thread(struct pass *pass, struct ref call)
{
	uint32_t node = node_of(pass, call);
	bool elsewhere = role_find(pass->derived, node, ROLE_THREAD) || role_find(pass->derived, node, ROLE_WORKER);
	return elsewhere ? NULL : about_caller(pass, call, "", " is not known to run on another thread");
}

/* An event of one of the kinds in `wanted` on the same memory, before the event or (with `behind`) after it. */
static bool has_other(struct lifetimes *lifetimes, const struct lifetime_event *event, uint32_t wanted, bool behind)
{
	const struct program *program = lifetimes->derived->program;
	lifetime_events events = {0};
	struct moment moment = moment_of_call(program, event->call);
	lifetime_find_events(lifetimes, (struct ref){moment.unit, moment.function}, &events);
	bool found = false;
	for (uint32_t i = 0; i < events.count && !found; i++) {
		struct moment other = moment_of_call(program, events.items[i].call);
		found = wanted >> events.items[i].kind & 1 && (other.order > moment.order) == behind &&
			same_object(program, &events.items[i].object, &event->object);
	}
	table_release(&events);
	return found;
}

static const char *why_memory_is_safe(struct pass *pass, struct ref call)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	struct lifetime_event event = {0};
	const char *answer = NULL;
	if (lifetime_kinds(lifetimes, call, FREES, &event)) {
		if (!has_other(lifetimes, &event, GIVES, false))
			answer = about_caller(pass, call, "nothing before it in ", " gives that memory to a loop");
	} else if (lifetime_kinds(lifetimes, call, GIVES, &event) && !has_other(lifetimes, &event, FREES, true)) {
		answer = about_caller(pass, call, "nothing behind it in ", " frees that memory");
	}
	return answer;
}

static const char *why_stack_is_safe(struct pass *pass, struct ref call)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	struct lifetime_event event = {0};
	struct ref function = {call.unit, function_of(pass, call)};
	const char *answer = NULL;
	exits ways_out = {0};
	find_exits(pass->program, function, &ways_out);
	lifetime_kinds(lifetimes, call, GIVES, &event);
	if (object_local(pass->program, &event.object) == NONE)
		answer = about_caller(pass, call, "that memory is not known to be on the stack of ", "");
	else if (!pending_exit(lifetimes, function, &event, &ways_out))
		answer = about_caller(pass, call, "its use ends before each return of ", ", or may");
	table_release(&ways_out);
	return answer;
}

static const char *why_no_lock(struct pass *pass, struct ref call)
{
	struct locks *locks = locks_new(pass->derived);
	lock_events events = {0};
	struct moment moment = moment_of_call(pass->program, call);
	locks_find_events(locks, (struct ref){moment.unit, moment.function}, &events);
	bool is_held = lock_held_at(locks, &events, &moment) != NULL;
	table_release(&events);
	locks_free(locks);
	if (!is_held)
		return "no mutex is known to be held here";
	uint8_t *from_user = find_user_callbacks(pass->program);
	struct ref value = callback_of(pass, call);
	uint32_t holder = program_holder(pass->program, value.unit, moment.function, value.index);
	bool is_users = holder != NONE && from_user[holder];
	table_free(from_user);
	return is_users ? NULL : "the callback is not known to come from a user";
}

static const char *why_always_inline(struct pass *pass, struct ref call)
{
	const struct node *caller = &pass->program->nodes.items[node_of(pass, call)];
	const struct fact_value *value = program_value(pass->program, callback_of(pass, call));
	if (value->kind != VALUE_PARAM || value->a >= caller->param_count)
		return about_caller(pass, call, "the callback is no parameter of ", "");
	struct callback_params *callbacks = callback_params_new(pass->derived);
	bool is_kept = callbacks->uses[caller->first_param + value->a] >> CALLBACK_KEPT & 1;
	callback_params_free(callbacks);
	return is_kept ? NULL : about_caller(pass, call, "", " does not keep the callback for later as well");
}

const char *aspect_answer(struct pass *pass, const struct rule *rule, struct ref call)
{
	static const struct {
		const char *rule;
		const char *(*ask)(struct pass *pass, struct ref call);
	} questions[] = {
	    {"ambient-loop", why_default_loop},     {"loop-probe", why_asks_loop},
	    {"off-loop-call", why_loop_thread},     {"free-before-close", why_memory_is_safe},
	    {"stack-handle", why_stack_is_safe},    {"callback-under-lock", why_no_lock},
	    {"inline-callback", why_always_inline},
	};
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
		if (strcmp(questions[i].rule, rule->id) == 0)
			return questions[i].ask(pass, call);
	return NULL;
}
