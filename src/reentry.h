/*
 * Calls that run a loop, and whether a callback of that loop gets there.
 *
 * A library's pump, or the step of a home-made loop (a helper of it that waits and then calls what is ready). Where the
 * function around such a call says by its name that it runs the loop, who calls that function is asked (waiters.h).
 */
#ifndef ASYNCLINT_REENTRY_H
#define ASYNCLINT_REENTRY_H

#include "pass.h"
#include "waiters.h"

struct loop_run {
	struct wait call;            /* in terms of its node's parameters */
	const char *world;           /* of the loop that is run */
	uint32_t callee;             /* node: what is called */
	const struct effect *effect; /* NULL: the step of a home-made loop */
};

typedef TABLE(struct loop_run) loop_runs;

/* Lists all calls that run a loop which their function did not make, or that their library forbids in callbacks. Empty
   the table with table_release(). */
void find_loop_runs(struct pass *pass, loop_runs *runs);

/* Whether one of the loop's callbacks gets to the call. Release path->edges in any case. */
bool is_reentered(struct pass *pass, const struct loop_run *run, const struct wait *call, struct loop_path *path);

#endif
