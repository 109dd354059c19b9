/*
 * Completion flags: what a wait loop looks at to see that its own operation is done.
 *
 * `while (!done) { poll(...); service(...); }` is a pump if `done` is set by a callback that service() calls. The flag
 * is a field, a variable or a local; the callback gets at it by its user data, so fields are matched by record and
 * name, locals by their address being given away with the callback.
 */
#ifndef ASYNCLINT_COMPLETION_H
#define ASYNCLINT_COMPLETION_H

#include "derive.h"

/* Whether the loop scope ends by something that a callback sets: a callback is a function that is kept in a slot or
   variable, or that a library calls on a loop. */
bool ends_by_callback(struct derived *derived, struct ref scope);

/* Whether the scope's condition looks at such a flag. */
bool reads_completion(struct derived *derived, struct ref scope);

/* The innermost loop around a call, or index NONE. */
struct ref loop_around(const struct program *program, struct ref call);

#endif
