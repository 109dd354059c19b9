/*
 * Functions that wait by contract: `wait_readable(fd)`, `conn_sync_write(conn, data)`, `delay_ms(10)`.
 *
 * Who calls one means to wait, as of a library's sync call, and the function itself is right to: what it waits in is
 * its callers' business. So a wait is judged where somebody asks for it who does not say the same of himself.
 */
#ifndef ASYNCLINT_WAITERS_H
#define ASYNCLINT_WAITERS_H

#include "derive.h"

/* The function says by its name that it waits, is told for what or how long, and is called by nobody but other
   functions of the project: a callback, or what a loop calls itself, has nobody to hand the blame to. */
bool is_waiter(const struct derived *derived, uint32_t node);

/* A call that waits: of a library's function, or of a waiter. */
struct wait {
	uint32_t node; /* that calls */
	struct ref call;
	struct condition condition; /* in terms of the node's parameters */
	uint32_t below;             /* the wait in the waiter that is called, or NONE: a library's function */
};

typedef TABLE(struct wait) waits;

/* Lists the effect's own call (of an effect whose `from` is NONE), then those of the waiters it stands in, and so on
   upwards; callees come before callers. Empty the table with table_release(). */
void find_waits(struct derived *derived, const struct effect *effect, waits *found);

#endif
