/*
 * Transport types: which records stand for a connection that blocks, and which for one that lives on a loop.
 *
 * Libraries' types are modelled. A project's own are recognised in pairs: two records whose names differ in a word such
 * as "async", where the async one holds something of a loop (a handle, an async transport, a callback) and the other
 * does not.
 */
#ifndef ASYNCLINT_TRANSPORTS_H
#define ASYNCLINT_TRANSPORTS_H

#include "derive.h"

/* Finds the pairs, once, before the rules. */
void derive_transports(struct derived *derived);

/* Of a record's identity ("name" or "name@path") or a typedef's name. */
enum transport transport_of_name(const struct derived *derived, const char *name);

/* Of a type: what is left when pointers are taken off. */
enum transport transport_of_type(const struct derived *derived, uint32_t unit, uint32_t type);

#endif
