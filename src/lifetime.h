/*
 * What calls do to memory that a loop uses: it is kept, released, closed, freed.
 *
 * `uv_tcp_init(loop, &client->tcp)` lets the loop use the client's memory, `uv_close(&client->tcp, NULL)` announces
 * that it will end, a later turn ends it, `free(client)` does not ask. Models say so of libraries; here it is joined
 * with what the project's own functions do to their parameters by calling them.
 */
#ifndef ASYNCLINT_LIFETIME_H
#define ASYNCLINT_LIFETIME_H

#include "derive.h"
#include "object.h"
#include "outcome.h"
#include "sequence.h"

enum lifetime_kind {
	LIFETIME_KEPT,     /* the loop uses the memory from now on */
	LIFETIME_RELEASED, /* and has done with it */
	LIFETIME_CLOSED,   /* will have done with it on a later turn */
	LIFETIME_FREED,
	LIFETIME_ENDED,  /* it is a loop, and is closed */
	LIFETIME_HANDED, /* a callback gets it, after the call has returned */
	LIFETIME_STORED, /* the pointer is put where it outlives the call; or given to a function of which nothing is
			    known */
	LIFETIME_KINDS,
};

/* What a function does to the memory that a parameter points to. */
struct param_lifetime {
	uint8_t kinds;                  /* bit (1u << enum lifetime_kind) */
	uint32_t cause[LIFETIME_KINDS]; /* node: the library's function that it comes from, or NONE */
};

struct lifetimes {
	struct derived *derived;
	struct param_lifetime *params; /* by holder */
};

/* Computed when it is first asked for; good as long as `derived`. */
struct lifetimes *lifetimes_of(struct derived *derived);

/* One such thing that a call does in a function. */
struct lifetime_event {
	enum lifetime_kind kind;
	struct ref call;
	struct object object;
	uint32_t value;  /* the argument */
	uint32_t callee; /* node that is called */
	uint32_t cause;  /* node: the library's function that does it */
};

typedef TABLE(struct lifetime_event) lifetime_events;

/* Lists them for a function's body, in order. A thing that depends on arguments that are not known is left out. */
void lifetime_find_events(struct lifetimes *lifetimes, struct ref function, lifetime_events *events);

/* What the call does to the memory of its argument: bits as in param_lifetime. */
uint32_t lifetime_of_argument(struct lifetimes *lifetimes, struct ref call, uint32_t argument);

/* Whether the call runs a loop. */
bool runs_loop(const struct derived *derived, struct ref call);

/* Whether the call gives a loop or another thread the time to end what was begun: it runs the loop, or waits. */
bool lets_others_run(struct derived *derived, struct ref call);

#endif
