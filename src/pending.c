#include "pending.h"

#include "completion.h"
#include "words.h"

/* A function of a library of which the model says no more than that it is harmless may well be the one that undoes. */
static const char *const undo_words[] = {
    "cancel", "stop",    "remove", "del",    "delete", "unregister", "deregister", "disconnect",  "unref",   "free",
    "clear",  "destroy", "close",  "abort",  "finish", "disable",    "detach",     "unsubscribe", "unwatch", "reset",
    "steal",  "quit",    "exit",   "deinit", "fini",   "shutdown",   "terminate",  "kill",        "uninit",  NULL};

/* The whole loop of a library is closed, and with it whatever was on it. */
static bool closes_loop(const struct model_function *model)
{
	for (uint32_t i = 0; model && model->world && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_CLOSES_LOOP)
			return true;
	return false;
}

/* Whether the value comes from the result of the call: a handle, by which what it began can be ended. */
static bool is_from_result(const struct program *program, struct ref value, struct ref call)
{
	const struct facts *facts = program_facts(program, value.unit);
	const struct fact_function *function = &facts->functions[facts->calls[call.index].function];
	struct object object = object_of(program, value.unit, value.index);
	if (object.value == NONE)
		return false;
	if (facts->values[object.value].kind == VALUE_CALL && facts->values[object.value].a == call.index)
		return true;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (assignment->source == NONE || facts->values[assignment->source].kind != VALUE_CALL ||
		    facts->values[assignment->source].a != call.index)
			continue;
		struct object target = object_of(program, value.unit, assignment->target);
		if (same_object(program, &target, &object))
			return true;
	}
	return false;
}

static bool is_pointer(const struct program *program, struct ref value)
{
	const struct facts *facts = program_facts(program, value.unit);
	const struct fact_value *fact = &facts->values[value.index];
	return fact->kind == VALUE_ADDRESS || (fact->type != NONE && facts->types[fact->type].pointers > 0);
}

/* Whether the call is given something that the one that began was given too, or its result. */
static bool shares_argument(const struct program *program, struct ref begun, struct ref call)
{
	for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++) {
		struct ref argument = program_argument(program, call, a);
		struct object object = object_of(program, argument.unit, argument.index);
		if (is_from_result(program, argument, begun))
			return true;
		for (uint32_t b = 0; b < program_call(program, begun)->argument_count && is_pointer(program, argument);
		     b++) {
			struct ref other = program_argument(program, begun, b);
			struct object other_object = object_of(program, other.unit, other.index);
			if (same_object(program, &object, &other_object))
				return true;
		}
	}
	return false;
}

bool may_end(struct lifetimes *lifetimes, const struct lifetime_event *begun, struct ref call)
{
	const struct program *program = lifetimes->derived->program;
	uint32_t callee = program_callee(program, call);
	if (callee == NONE || lets_others_run(lifetimes->derived, call) ||
	    closes_loop(program->nodes.items[callee].model))
		return true;
	if (!shares_argument(program, begun->call, call))
		return false;
	if (!program->nodes.items[callee].model)
		return true;
	for (uint32_t a = 0; a < program_call(program, call)->argument_count; a++)
		if (lifetime_of_argument(lifetimes, call, a) &
		    (1u << LIFETIME_RELEASED | 1u << LIFETIME_FREED | 1u << LIFETIME_ENDED))
			return true;
	return !(lifetime_of_argument(lifetimes, call, 0) >> LIFETIME_CLOSED & 1) &&
	       has_word(program->nodes.items[callee].name, undo_words);
}

/* What the call prepared is begun by a later one, which has failed: `fill(request, &local)` and then `if
 * (submit(request) < 0) return`. */
static bool was_never_begun(const struct program *program, const struct lifetime_event *begun, struct ref call,
			    const struct exit *way_out)
{
	return may_have_failed(program, call, &way_out->moment) && shares_argument(program, begun->call, call);
}

/* Whether the way out leaves a loop that waits for a completion flag, without a look at the flag, while the call in
 * that loop is what waits. */
static bool leaves_wait_early(struct derived *derived, struct ref wait, const struct exit *way_out)
{
	const struct facts *facts = program_facts(derived->program, wait.unit);
	struct ref loop = loop_around(derived->program, wait);
	if (loop.index == NONE || !ends_by_callback(derived, loop))
		return false;
	for (uint32_t scope = way_out->moment.scope; scope != NONE; scope = facts->scopes[scope].parent) {
		if (scope == loop.index)
			return way_out->moment.scope != loop.index;
		/* What follows `if (done) return` is where it is not done. */
		if (facts->scopes[scope].kind != SCOPE_AFTER &&
		    reads_completion(derived, (struct ref){wait.unit, scope}))
			return false;
	}
	return false;
}

const struct exit *pending_exit(struct lifetimes *lifetimes, struct ref function, const struct lifetime_event *begun,
				const exits *ways_out)
{
	struct derived *derived = lifetimes->derived;
	const struct fact_function *fact = &program_facts(derived->program, function.unit)->functions[function.index];
	struct moment start = moment_of_call(derived->program, begun->call);
	if (lets_others_run(derived, begun->call))
		return NULL;
	for (uint32_t x = 0; x < ways_out->count; x++) {
		const struct exit *way_out = &ways_out->items[x];
		bool ended = !can_follow(&derived->conditions, &start, &way_out->moment) ||
			     may_have_failed(derived->program, begun->call, &way_out->moment);
		for (uint32_t c = 0; c < fact->call_count && !ended; c++) {
			struct ref call = {function.unit, fact->first_call + c};
			struct moment moment = moment_of_call(derived->program, call);
			ended = moment.order > start.order && moment.order < way_out->moment.order &&
				(was_never_begun(derived->program, begun, call, way_out) ||
				 (may_end(lifetimes, begun, call) &&
				  can_follow(&derived->conditions, &moment, &way_out->moment) &&
				  !leaves_wait_early(derived, call, way_out)));
		}
		if (!ended)
			return way_out;
	}
	return NULL;
}
