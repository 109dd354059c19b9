/*
 * Threads that wait for threads: who waits on what, and who ends that wait.
 *
 * `g_cond_wait(&call->done, ...)` and `g_cond_signal(&call->done)` belong together because both speak of `call::done`.
 * A place is a slot
 * (`record::field`, whatever the object) or a variable. A function that hands its parameter on to one of these waits or
 * wakes as well: on the slot that its own argument comes from, or on its callee's where the argument names none. So a
 * wait has several places, nearest first, and a wake ends it if they share one.
 *
 * A loop that sleeps until a field is set waits too: whoever sets the field wakes it.
 */
#ifndef ASYNCLINT_WAKEUPS_H
#define ASYNCLINT_WAKEUPS_H

#include "derive.h"

enum { WAKEUP_PLACES = 4, WAKEUP_DEPTH = 4 };

struct wakeup {
	uint32_t node;
	struct ref call;    /* in `node`: the primitive, or what leads to it; an assignment if `by_assignment` */
	bool by_assignment; /* a wake: `done = true` */
	bool wakes;
	bool certain;                   /* a wake: it comes whatever way the function takes */
	uint32_t depth;                 /* calls down to the primitive */
	uint32_t below;                 /* wakeup of the callee, or NONE */
	uint32_t order;                 /* of the call or assignment in its function */
	uint32_t places[WAKEUP_PLACES]; /* strings of conditions.subjects */
	uint32_t place_count;
	uint32_t param;  /* parameter that the place is reached from, or NONE */
	uint32_t object; /* value in call.unit that the place is reached from: what is waited for belongs to it; NONE: a
			    callee's own */
	uint32_t next;   /* of the same node, or NONE */
};

struct wakeups {
	TABLE(struct wakeup) list;
	uint32_t *first;  /* by node (derived's arena) */
	uint32_t address; /* place of locals that others know by their address only */
};

void wakeups_find(struct derived *derived, struct wakeups *wakeups);
void wakeups_release(struct wakeups *wakeups);

/* Whether the wake ends the wait. */
bool wakeup_meets(const struct wakeups *wakeups, const struct wakeup *wait, const struct wakeup *wake);

/* A wake by the node, in its own body or further down, that ends the wait; NULL if there is none. */
const struct wakeup *wakeup_in(const struct wakeups *wakeups, uint32_t node, const struct wakeup *wait);

#endif
