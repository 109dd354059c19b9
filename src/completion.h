/*
 * Completion flags: what a wait loop looks at to see that its own operation is done.
 *
 * `while (!done) { poll(...); service(...); }` is a pump if `done` is set by a callback that service() calls. The flag
 * is a field, a variable or a local; the callback gets at it by its user data, so fields are matched by record and
 * name, locals by their address being given away with the callback. It may be looked at through a function of the
 * project: `while (!is_done(c))`, or `while (!until(context))` where the pump serves many operations.
 */
#ifndef ASYNCLINT_COMPLETION_H
#define ASYNCLINT_COMPLETION_H

#include "derive.h"

/* Whether the loop scope ends by something that a callback sets: a callback is a function that is kept in a slot or
   variable, or that a library calls on a loop. */
bool ends_by_callback(const struct derived *derived, struct ref scope);

/* The same, of one of the nodes that are marked, those that the loop itself gets to run; or of any callback, where the
   loop calls by a pointer of which nothing is known. */
bool ends_by_dispatched(const struct derived *derived, struct ref scope, const uint8_t *dispatched, bool any_callback);

/* Whether the loop scope ends when a function says so that its own function was given: a pump for any operation. */
bool ends_by_predicate(const struct derived *derived, struct ref scope);

/* Whether the scope's condition looks at such a flag. */
bool reads_completion(const struct derived *derived, struct ref scope);

/* The innermost loop around a call, or index NONE. */
struct ref loop_around(const struct program *program, struct ref call);

#endif
