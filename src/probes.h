/*
 * Probes: values that tell whether a loop or a coroutine runs here.
 *
 *	g_main_context_is_owner(context)                  a library's question, also behind an own function that passes
 *it on pthread_equal(pthread_self(), client->thread)     the thread compared with one that is known, also in an own
 *function client->in_callback                               a flag that is set before a callback is called and cleared
 *after it
 */
#ifndef ASYNCLINT_PROBES_H
#define ASYNCLINT_PROBES_H

#include "derive.h"

struct probes {
	uint8_t *is_flag; /* by string of conditions.subjects, up to flag_count */
	uint32_t flag_count;
};

struct probe {
	struct ref call;  /* that asks; index NONE if it is a flag */
	const char *name; /* of the function or field */
};

void probes_find(struct derived *derived, struct probes *probes);

/* Whether the value, a condition, reads a probe: says which in *probe. */
bool probe_read(struct derived *derived, const struct probes *probes, struct ref value, struct probe *probe);

/* Whether the scope, or one around it, runs only as a probe has answered. */
bool probe_guards(struct derived *derived, const struct probes *probes, uint32_t unit, uint32_t scope);

#endif
