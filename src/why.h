/*
 * What is known of a function, for people who want to trust or fix a result.
 */
#ifndef ASYNCLINT_WHY_H
#define ASYNCLINT_WHY_H

#include "derive.h"

#include <stdio.h>

/* Roles and effects of each function of that name, each with its reasons: text of several lines (arena). NULL if there
   is no such function. Of blocking only the cost classes in `costs` (bit 1u << enum cost) are shown, and how many there
   are besides; effects of the same cause are one, shown with the way that needs the fewest conditions. */
char *why_function(const struct derived *derived, const char *name, uint32_t costs, struct arena *arena);

/* A role, from the function up to where it was registered; an effect, from the function down to its cause: lines
 * indented by two. */
void why_role(FILE *out, const struct derived *derived, const struct role *role, struct arena *arena);
void why_effect(FILE *out, const struct derived *derived, const struct effect *effect, struct arena *arena);

#endif
