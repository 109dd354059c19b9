/*
 * What can come after what within one function.
 *
 * The facts hold no control flow graph, but order and scopes say nearly as much: code runs in source order, the two
 * branches of an `if` exclude each other, and a scope that ends by return or break is not left at its end. What a
 * `goto` leads to is not known: after one, nothing is believed to come.
 */
#ifndef ASYNCLINT_SEQUENCE_H
#define ASYNCLINT_SEQUENCE_H

#include "condition.h"
#include "program.h"

/* A place in a function: a call, an assignment, an exit. */
struct moment {
	uint32_t unit, function, scope, order;
};

struct moment moment_of_call(const struct program *program, struct ref call);

/* Whether `later` can run after `earlier` in the same run of the function; another turn of a loop is not thought of. */
bool can_follow(struct conditions *conditions, const struct moment *earlier, const struct moment *later);

/* Whether whoever gets to `later` has been at `earlier`. */
bool comes_always_before(const struct facts *facts, const struct moment *earlier, const struct moment *later);

/* A way out of a function: a return, or the end of its body. */
struct exit {
	struct moment moment;
	struct place place;
	uint32_t value; /* that is returned, or NONE */
};

typedef TABLE(struct exit) exits;

/* Lists the ways out of a function, in order. */
void find_exits(const struct program *program, struct ref function, exits *found);

#endif
