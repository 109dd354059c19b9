/*
 * Functions that do by contract what others are blamed for: `wait_readable(fd)`, `conn_sync_write(conn, data)`,
 * `delay_ms(10)` wait; `process_events()`, `main_loop_step(loop)` run a loop.
 *
 * Who calls one means to wait (or to run the loop), as of a library's sync call, and the function itself is right to:
 * what it does is its callers' business. So it is judged where somebody asks for it who does not say the same of
 * himself.
 */
#ifndef ASYNCLINT_WAITERS_H
#define ASYNCLINT_WAITERS_H

#include "derive.h"

/* The function says by its name that it waits, is told for what or how long, and is called by nobody but other
   functions of the project: a callback, or what a loop calls itself, has nobody to hand the blame to. */
bool is_waiter(const struct derived *derived, uint32_t node);

/* The same of a function that says by its name that it runs a loop. It need not be told which. */
bool is_runner(const struct derived *derived, uint32_t node);

/* A call that waits or runs a loop: of a library's function, or of one that does so by contract. */
struct wait {
	uint32_t node; /* that calls */
	struct ref call;
	struct condition condition; /* in terms of the node's parameters */
	uint32_t below;             /* the wait in the waiter that is called, or NONE: a library's function */
};

typedef TABLE(struct wait) waits;

/* Lists the call in `node`, which happens under the condition, then, while the functions that calls stand in do so by
   contract (is_waiter() or is_runner()), the calls of these, and so on upwards; callees come before callers. Empty the
   table with table_release(). */
void find_waits(struct derived *derived, struct wait first, bool (*by_contract)(const struct derived *, uint32_t),
		waits *found);

/* Whether the list has the call, or another one of the same waiter in the same function: one is enough to see what has
   to change. */
bool is_listed_wait(const struct program *program, const waits *list, const struct wait *wait);

#endif
