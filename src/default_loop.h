/*
 * Work that is put on a library's default loop, and whether its caller could have had another.
 */
#ifndef ASYNCLINT_DEFAULT_LOOP_H
#define ASYNCLINT_DEFAULT_LOOP_H

#include "library.h"

/* The call that the node makes to go on on the default loop although its caller may have another one; index NONE if
   there is none:
   - it is the answer to an operation, which comes on the loop that the operation was started on (*answer: how it was
   handed over), or it takes a callback that its library calls on the loop of whoever asked; and the call puts what it
   starts on the default loop, unasked;
   - it is a library's entry that takes a callback but no loop, and the call is given the default loop. */
struct ref call_on_default_loop(struct derived *derived, const struct libraries *libraries, uint32_t node,
				const struct role **answer);

#endif
