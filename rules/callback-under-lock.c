#include "locks.h"
#include "pass.h"
#include "user_callbacks.h"
#include "value_text.h"

#include <string.h>

/* A callback further down is called under conditions that are not seen from the lock. */
enum { WAY_STEPS = 3 };

/* How a function comes to call a user's callback without giving back what its caller has locked. */
struct way {
	struct ref call; /* index NONE: it does not */
	uint32_t steps;
};

/* A mutex of an object, "record::field", and what was reported of it. */
struct reported {
	const char *mutex;
	struct finding *finding;
};

struct search {
	struct pass *pass;
	struct locks *locks;
	uint8_t *from_user; /* by holder */
	struct way *ways;   /* by node */
	uint32_t limit;     /* steps that ways may have now */
	TABLE(struct reported) reported;
};

static bool is_from_user(const struct search *search, struct ref value, uint32_t function)
{
	uint32_t holder = program_holder(search->pass->program, value.unit, function, value.index);
	return holder != NONE && search->from_user[holder];
}

/* The user's callback that a call calls: it itself, or the function that it is passed to. Index NONE: none. */
static struct ref called_callback(const struct search *search, struct ref call)
{
	const struct program *program = search->pass->program;
	const struct fact_call *fact = program_call(program, call);
	uint32_t callee = program_callee(program, call);
	if (callee == NONE) {
		struct ref target = {call.unit, fact->target};
		return is_from_user(search, target, fact->function) ? target : (struct ref){call.unit, NONE};
	}
	const struct node *node = &program->nodes.items[callee];
	for (uint32_t a = 0; a < fact->argument_count && a < node->param_count; a++) {
		struct ref argument = program_argument(program, call, a);
		if (program->called_inline[node->first_param + a] && is_from_user(search, argument, fact->function))
			return argument;
	}
	return (struct ref){call.unit, NONE};
}

/* How many calls from a user's callback the call is: 1 for the callback itself; 0: it leads to none. */
static uint32_t steps_to_user(const struct search *search, struct ref call)
{
	uint32_t callee = program_callee(search->pass->program, call);
	if (called_callback(search, call).index != NONE)
		return 1;
	return callee != NONE && search->ways[callee].call.index != NONE ? search->ways[callee].steps + 1 : 0;
}

static void find_way(struct search *search, uint32_t index)
{
	const struct program *program = search->pass->program;
	const struct node *node = &program->nodes.items[index];
	bool found = false;
	for (uint32_t b = 0; b < node->body_count && !node->model && !found; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
		lock_events events = {0};
		locks_find_events(search->locks, body, &events);
		for (uint32_t c = 0; c < function->call_count && !found; c++) {
			struct ref call = {body.unit, function->first_call + c};
			struct moment moment = moment_of_call(program, call);
			uint32_t steps = steps_to_user(search, call);
			/* What a parameter holds depends on the caller, who is asked for it. */
			bool is_param =
			    steps == 1 && program_value(program, called_callback(search, call))->kind == VALUE_PARAM;
			found = steps && !is_param && steps <= search->limit &&
				!lock_given_before(search->locks, &events, &moment) &&
				!lock_held_at(search->locks, &events, &moment);
			if (found)
				search->ways[index] = (struct way){call, steps};
		}
		table_release(&events);
	}
}

/* Shortest ways first. */
static void find_ways(struct search *search)
{
	const struct program *program = search->pass->program;
	uint32_t capacity = 0;
	search->ways = table_reserve(NULL, &capacity, 0, program->nodes.count + 1, sizeof(*search->ways));
	for (uint32_t n = 0; n < program->nodes.count; n++)
		search->ways[n].call = (struct ref){0, NONE};
	for (search->limit = 1; search->limit < WAY_STEPS; search->limit++)
		for (uint32_t n = 0; n < program->nodes.count; n++)
			if (search->ways[n].call.index == NONE)
				find_way(search, n);
}

/* "record::field" of a mutex that is kept in an object, or NULL. */
static const char *mutex_slot(const struct search *search, const struct lock_event *held)
{
	const struct facts *facts = program_facts(search->pass->program, held->call.unit);
	uint32_t value = held->mutex.value;
	while (value != NONE && facts->values[value].kind == VALUE_ADDRESS)
		value = facts->values[value].a;
	if (value == NONE || facts->values[value].kind != VALUE_FIELD)
		return NULL;
	return arena_printf(&search->pass->findings->arena, "%s::%s", facts_text(facts, facts->values[value].c),
			    facts_text(facts, facts->values[value].b));
}

/* The finding that already speaks of the mutex, or NULL: to be careful with one lock is one thing to do. */
static struct finding *find_reported(const struct search *search, const char *mutex)
{
	for (uint32_t i = 0; mutex && i < search->reported.count; i++)
		if (strcmp(search->reported.items[i].mutex, mutex) == 0)
			return search->reported.items[i].finding;
	return NULL;
}

static void report_call_under_lock(struct search *search, struct ref call, const struct lock_event *held)
{
	struct pass *pass = search->pass;
	const struct program *program = pass->program;
	const char *slot = mutex_slot(search, held);
	struct finding *known = find_reported(search, slot);
	if (known) {
		note_call(pass, known, call, "so is another here");
		return;
	}
	struct ref last = call;
	while (called_callback(search, last).index == NONE)
		last = search->ways[program_callee(program, last)].call;
	const struct fact_call *fact = program_call(program, last);
	struct arena *arena = &pass->findings->arena;
	const char *callback =
	    value_text(program_facts(program, last.unit), fact->function, called_callback(search, last).index, arena);
	uint32_t locker = program_callee(program, held->call);
	const char *mutex = held->mutex.value == NONE
				? NULL
				: value_text(program_facts(program, call.unit), program_call(program, call)->function,
					     held->mutex.value, arena);
	struct finding *finding =
	    mutex
		? report_call(
		      pass, call, callback,
		      "the user's '%s' is called while '%s' is locked: a call back into the API may wait for ever",
		      callback, mutex)
		: report_call(pass, call, callback,
			      "the user's '%s' is called with a mutex held: a call back into the API may wait for ever",
			      callback);
	note_call(pass, finding, held->call, "'%s' takes the mutex", program->nodes.items[locker].name);
	for (struct ref step = call; step.index != last.index || step.unit != last.unit;
	     step = search->ways[program_callee(program, step)].call)
		note_call(pass, finding, step, "'%s' is called",
			  program->nodes.items[program_callee(program, step)].name);
	note_call(pass, finding, last, "the callback is called");
	set_help(pass, finding, "release the mutex around the callback");
	if (slot)
		table_add(&search->reported, (struct reported){slot, finding});
}

static void check_function(struct search *search, struct ref body)
{
	const struct program *program = search->pass->program;
	const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
	lock_events events = {0};
	const struct lock_event *reported = NULL; /* one finding for all callbacks under one lock */
	locks_find_events(search->locks, body, &events);
	for (uint32_t c = 0; c < function->call_count && events.count; c++) {
		struct ref call = {body.unit, function->first_call + c};
		if (!steps_to_user(search, call))
			continue;
		struct moment moment = moment_of_call(program, call);
		const struct lock_event *held = lock_held_at(search->locks, &events, &moment);
		if (held && held != reported)
			report_call_under_lock(search, call, held);
		reported = held ? held : reported;
	}
	table_release(&events);
}

static void check(struct pass *pass)
{
	struct search search = {
	    .pass = pass, .locks = locks_new(pass->derived), .from_user = find_user_callbacks(pass->program)};
	find_ways(&search);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		const struct node *node = &pass->program->nodes.items[n];
		for (uint32_t b = 0; b < node->body_count; b++)
			check_function(&search, pass->program->bodies.items[node->first_body + b]);
	}
	table_release(&search.reported);
	table_free(search.ways);
	table_free(search.from_user);
	locks_free(search.locks);
}

const struct rule rule_callback_under_lock = {
    .id = "callback-under-lock",
    .family = "life",
    .since = "0.1",
    .summary = "user's callback is called with a mutex held",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << ASPECT_CALLS_BACK,
    .check = check,
};
