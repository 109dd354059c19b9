/*
 * Records that look alike: memory that is filled as one and read as the other.
 *
 * A program that calls plugins through compact arrays stores all functions by one record, `struct { void (*fn)(void *);
 * void *data; }`, and calls them by others of the same file that differ in the function's type only. No assignment
 * joins the two fields: what is called seems never to be stored. Taken for the same are fields of records that have the
 * same fields in the same order, and of the functions only those whose parameters are as the field is written that they
 * are called by.
 */
#ifndef ASYNCLINT_LOOKALIKE_H
#define ASYNCLINT_LOOKALIKE_H

#include "program.h"

/* The slot, of a record that looks like this slot's, that functions are stored in; NONE if there is none. */
uint32_t lookalike_slot(const struct program *program, uint32_t slot);

/* Whether the function's parameters are those that the slot's type has (false where that is written as a typedef), and
   it is not for starting up, by the name of the field that it was first stored in: at a glance all look alike, and what
   is called once would seem to be called ever after. */
bool lookalike_fits(const struct program *program, uint32_t slot, const struct held *held);

#endif
