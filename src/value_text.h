/*
 * Values as people write them: `c->flags & REDIS_BLOCK`, `&req`, `mosquitto_new(...)`.
 *
 * For messages, notes and dumps; never to be compared or parsed.
 */
#ifndef ASYNCLINT_VALUE_TEXT_H
#define ASYNCLINT_VALUE_TEXT_H

#include "arena.h"
#include "facts.h"

/* Longest text in bytes; what is longer ends with "…". */
enum { VALUE_TEXT_LIMIT = 120 };

/* Returns the value spelled in C on one line (arena). `function` is the one the value stands in: it names the
   parameters; NONE at file scope. "…" stands for whatever is not known, also for a value NONE. */
const char *value_text(const struct facts *facts, uint32_t function, uint32_t value, struct arena *arena);

/* Returns the operator as C spells it, "" for one that is not known: "&", "<=", "++". A static string. */
const char *operator_text(enum fact_operator operation);

#endif
