/*
 * Cancellation: which types stand for something under way that can be called off.
 *
 * A record is cancellable if a function that is not static and whose name says so takes it: evdns_cancel_request(base,
 * request), event_del(event). Of several records that it takes the last is meant; a loop never is.
 */
#ifndef ASYNCLINT_CANCEL_H
#define ASYNCLINT_CANCEL_H

#include "derive.h"

/* The records that can be cancelled: `intern_find(records, identity)`. To be released with intern_release(). */
void find_cancellable(const struct program *program, struct intern *records);

/* The function takes such a record, or something that is called a cancellation, or returns one; *by is its record. */
bool can_be_cancelled(const struct program *program, uint32_t node, const struct intern *records, const char **by);

#endif
