/*
 * The two sides of an `if`: its branch, and the other branch or what follows when the first one leaves.
 *
 * For rules that ask whether both sides do the same job in different ways.
 */
#ifndef ASYNCLINT_SIDES_H
#define ASYNCLINT_SIDES_H

#include "derive.h"

/* What runs on one side: calls and assignments of a function in [first, end) of its order. */
struct side {
	uint32_t node, unit, function;
	uint32_t first, end;
};

struct sides {
	struct side when, otherwise;
};

/* The sides of a branch; false if the scope is none, or has no other side. */
bool sides_of(const struct program *program, struct ref scope, struct sides *sides);

/* The first call on the side by which the node has an effect of that kind, and for EFFECT_BLOCKS a cost of at least
 * `cost`; or NULL. */
const struct effect *side_effect(const struct derived *derived, const struct side *side, enum effect_kind kind,
				 enum cost cost);

/* A function, or a parameter that holds one, which one side calls and the other hands over to be called later: "the
 *same job". Says its name in name, the two places in *direct and *later. */
bool is_called_or_deferred(const struct derived *derived, const struct sides *sides, const char **name,
			   struct ref *direct, struct ref *later);

/* The call by which one side works off at once what the function has queued before, as a loop does too, while the other
   side calls nothing: it is left to the loop. Index NONE if there is none. */
struct ref done_or_left_to_loop(const struct derived *derived, const struct sides *sides);

#endif
