/*
 * What is known of a function, for people who want to trust or fix a result.
 */
#ifndef ASYNCLINT_WHY_H
#define ASYNCLINT_WHY_H

#include "derive.h"

/* Roles and effects of each function of that name, each with its reasons: text of several lines (arena). NULL if there is no such function. */
char *why_function(const struct derived *derived, const char *name, struct arena *arena);

#endif
