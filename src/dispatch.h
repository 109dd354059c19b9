/*
 * Calls through the table of an object's type: `object->ops->read(object)`, `READER_GET_CLASS(object)->read(object)`.
 *
 * Such a call reaches one of the implementations, and which one is up to the object, whose type is not followed. That a
 * caller is on a loop therefore says little of each implementation: a stream made for threads and one made for the loop
 * share the dispatching function. Not so where the table is an element of an array (commands, states, plugins): there
 * the data choose at run time, and each is meant to be called from there. Nor where the dispatching function is private
 * and runs on the loop only: who else should call the implementations?
 */
#ifndef ASYNCLINT_DISPATCH_H
#define ASYNCLINT_DISPATCH_H

#include "derive.h"

/* Whether what `edge` calls waits whichever implementation it is: it is no dispatch by type, or each of those that were
 * seen may block at one of `costs` (bit 1u << enum cost), wait for events, or run a loop. */
bool is_sure_to_wait(const struct derived *derived, uint32_t edge, unsigned costs);

#endif
