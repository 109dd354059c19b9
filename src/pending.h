/*
 * What is still pending when a function returns.
 *
 * A function lets a loop, a thread or a callback use its own memory. Whatever it calls behind that may end the use: run
 * the loop, wait, or undo by the handle that it was given. Where nothing of the kind comes before a return, the memory
 * is certainly gone too early.
 */
#ifndef ASYNCLINT_PENDING_H
#define ASYNCLINT_PENDING_H

#include "lifetime.h"

/* Whether a call in the same function may end what the event began. */
bool may_end(struct lifetimes *lifetimes, const struct lifetime_event *begun, struct ref call);

/* The first way out of the function that is reached with the event's use pending, or NULL. A way out of a loop that
   waits for a completion flag counts, too, where it is taken for another reason than that flag: a time-out, an error.
 */
const struct exit *pending_exit(struct lifetimes *lifetimes, struct ref function, const struct lifetime_event *begun,
				const exits *ways_out);

#endif
