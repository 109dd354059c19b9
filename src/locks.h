/*
 * Which calls are made with a mutex held.
 *
 * Models say which functions take a mutex and give it back; a function of the project that takes one and returns
 * (`conn_lock(c)`), or gives one back, does the same to its callers. Only what is locked on every way to a call counts
 * as held there.
 */
#ifndef ASYNCLINT_LOCKS_H
#define ASYNCLINT_LOCKS_H

#include "derive.h"
#include "object.h"
#include "sequence.h"

enum lock_kind { LOCK_TAKEN = 1, LOCK_GIVEN = 2 };

struct locks {
	struct derived *derived;
	uint8_t *nodes; /* by node: enum lock_kind, what its callers see when it has returned */
};

struct locks *locks_new(struct derived *derived);
void locks_free(struct locks *locks);

/* Calls in a function's body that take or give a mutex, in order. */
struct lock_event {
	enum lock_kind kind;
	struct ref call;
	struct object mutex; /* value NONE: not known which */
};

typedef TABLE(struct lock_event) lock_events;

void locks_find_events(const struct locks *locks, struct ref function, lock_events *events);

/* The event that took a mutex which is certainly held at the moment, and given back behind it; or NULL. */
const struct lock_event *lock_held_at(const struct locks *locks, const lock_events *events,
				      const struct moment *moment);

/* Whether some mutex may have been given back on the way to the moment. */
bool lock_given_before(const struct locks *locks, const lock_events *events, const struct moment *moment);

#endif
