/*
 * Probes: values that tell whether a loop or a coroutine runs here. Three kinds are known: a library's question, also
 * behind an own function that passes it on (`g_main_context_is_owner(context)`); the current thread compared with one
 * that is remembered (`pthread_equal(pthread_self(), client->thread)`); and a flag that is set before a callback is
 * called and cleared after it (`client->in_callback`).
 */
#ifndef ASYNCLINT_PROBES_H
#define ASYNCLINT_PROBES_H

#include "derive.h"

struct probe {
	struct ref call;  /* that asks; index NONE if it is a flag */
	const char *name; /* of the function or field */
};

/* Whether the value, a condition, reads a probe: says which in *probe. */
bool probe_read(struct derived *derived, struct ref value, struct probe *probe);

/* Whether the scope, or one around it, runs only as a probe has answered: who asks knows whether it may wait. */
bool probe_guards(struct derived *derived, struct ref scope);

#endif
