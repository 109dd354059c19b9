/*
 * Loops that ask again and again: `while (!done) usleep(1000);`, `while (!done);`.
 *
 * What such a loop asks for is outside of it: a field or variable that it does not change itself, or the result of a
 * call. A loop that only counts, and sleeps in between, asks for nothing.
 */
#ifndef ASYNCLINT_POLLING_LOOP_H
#define ASYNCLINT_POLLING_LOOP_H

#include "derive.h"

struct polling_loop {
	struct ref scope;
	const struct effect *sleep; /* by which it passes the time; NULL: it spins */
};

/* Whether the loop scope of the node is one. Not if it waits for events, or runs a loop, as well: then something does
 * signal it. */
bool is_polling_loop(struct derived *derived, uint32_t node, struct ref scope, struct polling_loop *loop);

/* Whether the loop ends by what somebody sets who could as well signal it: a callback (see completion.h), or another
 * thread. */
bool ends_by_signaller(struct derived *derived, const struct polling_loop *loop);

#endif
