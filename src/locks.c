#include "locks.h"

#include "words.h"

#include <stdlib.h>

/* A function that leaves a mutex taken or given says so: others take it again for their caller after they have given it
   back somewhere, or hold the one lock under which all of a program runs. */
static const char *const lock_words[] = {"lock",     "unlock", "rdlock",   "rdunlock",   "wrlock",
					 "wrunlock", "rlock",  "runlock",  "wlock",      "wunlock",
					 "trylock",  "mutex",  "spinlock", "spinunlock", NULL};

static const struct model_effect *find_model(const struct node *node, enum model_effect_kind kind)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == kind && node->model->effects[i].argument >= 0)
			return &node->model->effects[i];
	return NULL;
}

/* What a call does, to which mutex. */
static bool event_of_call(const struct locks *locks, struct ref call, struct lock_event *event)
{
	const struct program *program = locks->derived->program;
	uint32_t callee = program_callee(program, call);
	*event = (struct lock_event){.call = call, .mutex = {call.unit, NONE, false}};
	if (callee == NONE)
		return false;
	const struct node *node = &program->nodes.items[callee];
	const struct model_effect *takes = find_model(node, MODEL_LOCKS), *gives = find_model(node, MODEL_UNLOCKS);
	if (!takes && !gives) {
		event->kind = locks->nodes[callee];
		return !node->model && event->kind;
	}
	event->kind = takes ? LOCK_TAKEN : LOCK_GIVEN;
	struct ref mutex = program_argument(program, call, (uint32_t)(takes ? takes : gives)->argument);
	if (mutex.index == NONE)
		return true;
	/* The mutex, not what it lies in: an object may have several. */
	event->mutex = (struct object){mutex.unit, value_resolve(program, mutex.unit, mutex.index), false};
	return true;
}

void locks_find_events(const struct locks *locks, struct ref function, lock_events *events)
{
	const struct fact_function *fact =
	    &program_facts(locks->derived->program, function.unit)->functions[function.index];
	for (uint32_t c = 0; c < fact->call_count; c++) {
		struct lock_event event;
		if (event_of_call(locks, (struct ref){function.unit, fact->first_call + c}, &event))
			table_add(events, event);
	}
}

/* A function that takes and never gives back leaves it taken; one that gives what it did not take gives its caller's.
 */
static bool add_node(struct locks *locks, uint32_t index)
{
	const struct program *program = locks->derived->program;
	const struct node *node = &program->nodes.items[index];
	uint8_t seen = 0;
	for (uint32_t b = 0; b < node->body_count && !node->model && has_word(node->name, lock_words); b++) {
		lock_events events = {0};
		locks_find_events(locks, program->bodies.items[node->first_body + b], &events);
		for (uint32_t i = 0; i < events.count; i++)
			seen |= (uint8_t)events.items[i].kind;
		table_release(&events);
	}
	if (seen == (LOCK_TAKEN | LOCK_GIVEN) || seen == locks->nodes[index])
		return false;
	locks->nodes[index] = seen;
	return true;
}

struct locks *locks_new(struct derived *derived)
{
	struct locks *locks = calloc(1, sizeof(*locks));
	if (!locks)
		arena_out_of_memory();
	locks->derived = derived;
	locks->nodes = calloc(derived->program->nodes.count + 1, 1);
	if (!locks->nodes)
		arena_out_of_memory();
	/* Wrappers of wrappers: three deep is what is seen. */
	for (int round = 0; round < 4; round++)
		for (uint32_t n = 0; n < derived->program->nodes.count; n++)
			add_node(locks, n);
	return locks;
}

void locks_free(struct locks *locks)
{
	free(locks->nodes);
	free(locks);
}

static bool may_be_same(const struct locks *locks, const struct object *a, const struct object *b)
{
	return a->value == NONE || b->value == NONE || same_object(locks->derived->program, a, b);
}

static bool is_given_after(const struct locks *locks, const lock_events *events, const struct lock_event *taken,
			   const struct moment *moment)
{
	for (uint32_t i = 0; i < events->count; i++)
		if (events->items[i].kind == LOCK_GIVEN && may_be_same(locks, &events->items[i].mutex, &taken->mutex) &&
		    program_call(locks->derived->program, events->items[i].call)->order > moment->order)
			return true;
	return false;
}

static bool is_given_between(const struct locks *locks, const lock_events *events, const struct lock_event *taken,
			     const struct moment *moment)
{
	const struct program *program = locks->derived->program;
	uint32_t after = program_call(program, taken->call)->order;
	for (uint32_t i = 0; i < events->count; i++) {
		const struct lock_event *event = &events->items[i];
		struct moment given = moment_of_call(program, event->call);
		if (event->kind == LOCK_GIVEN && given.order > after &&
		    may_be_same(locks, &event->mutex, &taken->mutex) &&
		    can_follow(&locks->derived->conditions, &given, moment))
			return true;
	}
	return false;
}

const struct lock_event *lock_held_at(const struct locks *locks, const lock_events *events, const struct moment *moment)
{
	const struct program *program = locks->derived->program;
	for (uint32_t i = events->count; i-- > 0;) {
		const struct lock_event *event = &events->items[i];
		struct moment taken = moment_of_call(program, event->call);
		if (event->kind == LOCK_TAKEN &&
		    comes_always_before(program_facts(program, moment->unit), &taken, moment) &&
		    !is_given_between(locks, events, event, moment) && is_given_after(locks, events, event, moment))
			return event;
	}
	return NULL;
}

bool lock_given_before(const struct locks *locks, const lock_events *events, const struct moment *moment)
{
	for (uint32_t i = 0; i < events->count; i++) {
		struct moment given = moment_of_call(locks->derived->program, events->items[i].call);
		if (events->items[i].kind == LOCK_GIVEN && can_follow(&locks->derived->conditions, &given, moment))
			return true;
	}
	return false;
}
