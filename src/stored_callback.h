/*
 * Callbacks that users have stored (`client->on_publish`), and by what ways they are called.
 *
 * Mostly the loop calls them, when something has happened. An operation of the API whose own completion they tell
 * (`client_publish()`) may get there as well, before it returns.
 */
#ifndef ASYNCLINT_STORED_CALLBACK_H
#define ASYNCLINT_STORED_CALLBACK_H

#include "waiters.h"

struct stored_callback {
	uint32_t holder; /* the slot */
	waits ways;      /* calls of it, and calls that get there; callees come before callers */
};

typedef TABLE(struct stored_callback) stored_callbacks;

/* Lists the callbacks that are called on a loop, or by what runs one. */
void stored_callbacks_find(struct derived *derived, stored_callbacks *callbacks);
void stored_callbacks_release(stored_callbacks *callbacks);

/* Whether way `at` starts in an operation of the API that is named for what the callback tells, and no call below does
   so already. What others here call to have the callback called is no operation. */
bool is_own_operation(const struct derived *derived, const struct stored_callback *callback, uint32_t at);

#endif
