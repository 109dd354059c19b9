/*
 * Ways through a callback that never wake who waits for it.
 *
 *	static void on_written(uv_write_t *write, int status)
 *	{
 *		struct call *call = write->data;
 *		if (status < 0)
 *			return;               the waiter waits for ever
 *		uv_sem_post(&call->done);
 *	}
 *
 * Only a failure counts: a callback may come several times and wake when it is the last. And only if nothing on that
 *way could hand the waiter on to somebody else, nobody else wakes it, and it does not stop waiting by itself.
 */
#ifndef ASYNCLINT_MISSED_WAKES_H
#define ASYNCLINT_MISSED_WAKES_H

#include "bridges.h"

/* The branch of the bridge's callback that a failure takes and that does not wake; index NONE if there is none. */
struct ref missed_wake(const struct derived *derived, const struct bridges *bridges, const struct bridge *bridge);

#endif
