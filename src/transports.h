/*
 * Transport types: which records stand for a connection that blocks, and which for one that lives on a loop.
 *
 * Libraries' types are modelled. A project's own are recognised in pairs: two records whose names differ in a word such as "async", where the
 * async one holds something of a loop (a handle, an async transport, a callback) and the other does not.
 */
#ifndef ASYNCLINT_TRANSPORTS_H
#define ASYNCLINT_TRANSPORTS_H

#include "derive.h"

/* Of a record's identity ("name" or "name@path") or a typedef's name. */
enum transport transport_of_name(const struct program *program, const char *name);

/* Of a type: what is left when pointers are taken off. */
enum transport transport_of_type(const struct program *program, uint32_t unit, uint32_t type);

/* The record as units have it, by identity; record NULL if none has its fields. */
struct record_ref {
	uint32_t unit;
	const struct fact_record *record;
};
struct record_ref find_record(const struct program *program, const char *identity);

#endif
