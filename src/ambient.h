/*
 * Ambient loops: global variables that hold a loop, or an object that lives on one, and that library functions use
 *without being given it.
 *
 *	static struct event_base *current_base;
 *	int event_once(...) { return event_base_once(current_base, ...); }
 *
 * A function that has a parameter for the loop and takes the global where that is null belongs to them.
 */
#ifndef ASYNCLINT_AMBIENT_H
#define ASYNCLINT_AMBIENT_H

#include "library.h"

enum ambient_use_kind {
	AMBIENT_PASSED,   /* handed on to another function */
	AMBIENT_STORED,   /* kept in an object */
	AMBIENT_FALLBACK, /* in place of a parameter that is null */
	AMBIENT_SET,      /* a loop that is made becomes the global one */
	AMBIENT_WRAPPED,  /* by calling another user of it */
};

struct ambient_use {
	uint32_t variable; /* in ambients.list */
	enum ambient_use_kind kind;
	uint32_t node;
	struct ref at; /* call (AMBIENT_PASSED, AMBIENT_WRAPPED), else assignment */
};

struct ambient {
	uint32_t unit, variable; /* a definition if there is one */
	uint32_t holder;
};

struct ambients {
	TABLE(struct ambient) list;
	TABLE(struct ambient_use) uses;
};

/* Uses of such variables by functions that are exported from a library and do not take the loop. */
void ambients_find(struct derived *derived, const struct libraries *libraries, struct ambients *ambients);
void ambients_release(struct ambients *ambients);

/* Whether a thread of the library's own runs the loop: then nobody else is to bring one. */
bool ambient_has_thread(const struct derived *derived, const struct ambient *ambient);

/* Whether all users of the variable use an earlier one too, which speaks for both; also if it has none. */
bool ambient_is_covered(const struct ambients *ambients, uint32_t index);

#endif
