/*
 * Thread bridges: functions that hand work to another thread or loop, and wait until its callback says that it is done.
 *
 *	call->cond = ...; post(loop, on_done, call); while (!call->done) cond_wait(&call->cond, ...);
 *
 * What proves it is the callback: handed over before the wait, it wakes the very thing that is waited for. Where the
 *work is answered by a callback that somebody else handed over, that one runs on a loop and wakes the same slot. The
 *lowest function in which start and wait meet is the bridge; its callers are its surface.
 */
#ifndef ASYNCLINT_BRIDGES_H
#define ASYNCLINT_BRIDGES_H

#include "wakeups.h"

struct bridge {
	uint32_t node;
	struct ref start; /* call or assignment that hands the work over, in `node` or further down */
	bool start_is_call;
	uint32_t callback;   /* node that wakes */
	uint32_t wait, wake; /* in wakeups.list */
};

struct bridges {
	struct wakeups wakeups;
	TABLE(struct bridge) list;
};

/* With `callbacks_too` also functions that are registered as callbacks: they block a loop rather than their caller. */
void bridges_find(struct derived *derived, struct bridges *bridges, bool callbacks_too);
void bridges_release(struct bridges *bridges);

#endif
