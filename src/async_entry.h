/*
 * Functions that promise to return at once.
 *
 * An entry presents itself as async by its name (`redisAsyncConnect`, `connect_nb`), by a completion callback that it
 * keeps for later, or by what a library model says of it. That it keeps the promise is for its effects to show.
 */
#ifndef ASYNCLINT_ASYNC_ENTRY_H
#define ASYNCLINT_ASYNC_ENTRY_H

#include "derive.h"

/* Whether callers take the function for one that starts an operation and returns. Not for what is registered as a
   callback itself, nor for those that by their name wait, end or tear down. */
bool is_async_entry(const struct derived *derived, uint32_t node);

/* The next effect on the way down to why an entry blocks, NULL at the end. A model hides a function's body from its
   callers: where the program has that body (a library that is analysed itself) and the function is an async entry too,
   the way goes on in there. */
const struct effect *effect_below(const struct derived *derived, const struct effect *effect);

/* The last one of them. */
const struct effect *effect_root(const struct derived *derived, const struct effect *effect);

#endif
