/*
 * Twins: two functions of a project that do the same, one when it is called and one later.
 *
 * Names propose a pair: `file_copy` and `file_copy_async`, `bus_call_sync` and `bus_call`, `redisConnect` and
 * `redisAsyncConnect`. Signatures confirm it: most of what one is given the other is given too, and the async one takes
 * a callback besides, or just the same. What is usual in a project is learnt from its pairs: if cancellation is given
 * to both of nearly all, the pair in which one of them lacks it is out of step; if only the async ones take a priority,
 * that is the project's way.
 */
#ifndef ASYNCLINT_TWINS_H
#define ASYNCLINT_TWINS_H

#include "derive.h"

/* What one of a pair is given and the other is not. */
struct twin_extra {
	uint32_t param;   /* its number */
	const char *kind; /* of its type: equal for types that mean the same; "timeout" for whatever says how long */
	bool is_async;    /* the async twin has it, the sync one lacks it */
	bool is_text;     /* which says nothing of what it is for */
	bool is_input;    /* it surely goes in: a function, a time, text, or a record that is only read */
};

struct twins {
	uint32_t sync, async; /* nodes */
	const char *word;     /* that tells them apart: "async", "Blocking" */
	uint32_t callback;    /* number of the async one's completion callback, or NONE */
	bool has_user_data;   /* a pointer that the callback gets back stands beside it */
	bool in_other_order;  /* parameters of the same names stand in another order */
	TABLE(struct twin_extra) extras;
};

struct twin_table {
	struct arena arena;
	TABLE(struct twins) list;
	uint8_t *in_table;          /* by node: a table of operations holds it */
	TABLE(const char *) shared; /* kinds of what both of a pair are given: once for each pair */
};

/* Finds the pairs among the functions that others can call: exported, or held in a table of operations. */
void find_twins(const struct derived *derived, struct twin_table *twins);
void twins_release(struct twin_table *twins);

/* The pair that the function is of, or NULL. */
const struct twins *twins_of(const struct twin_table *twins, uint32_t node);

/* Whether both of nearly all other pairs are given the like of it, or give their callback's data back: then the pair
 * without is out of step. */
bool is_extra_usual(const struct twin_table *twins, const struct twin_extra *extra);
bool is_data_usual(const struct twin_table *twins);

/* Whether `variant` does what `function` does and is given more: its name starts with that of `function`, its
   parameters with those. One that is given a mode does both, and needs no twin. */
bool is_variant(const struct program *program, uint32_t function, uint32_t variant);

/* Whether `node` waits for what `other` waits for, or is what that waits by. */
bool waits_like(const struct derived *derived, uint32_t node, uint32_t other);

/* Whether the name says that the function does not wait, or that it does. */
bool is_named_async(const char *name);
bool is_named_sync(const char *name);

#endif
