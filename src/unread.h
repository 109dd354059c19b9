/*
 * Parameters and fields that nobody looks at, and functions that look at nothing.
 */
#ifndef ASYNCLINT_UNREAD_H
#define ASYNCLINT_UNREAD_H

#include "derive.h"

/* Whether no body of the function uses the parameter: not in a condition, a call, an assignment or a result. `(void)x`
 * is no use. */
bool is_param_unread(const struct program *program, uint32_t node, uint32_t number);

/* Whether the program writes the field but never reads it, by name or by taking its address. `slot`: "record::field".
 */
bool is_field_unread(const struct program *program, const char *slot);

/* Whether the function does nothing at all: a stub for a system that lacks what it is about. */
bool is_stub(const struct program *program, const struct node *node);

#endif
