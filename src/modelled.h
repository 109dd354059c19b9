/*
 * What a library model says of a function, as questions.
 */
#ifndef ASYNCLINT_MODELLED_H
#define ASYNCLINT_MODELLED_H

#include "program.h"

/* The first effect of that kind that a model gives the function, or NULL. */
const struct model_effect *modelled_effect(const struct node *node, enum model_effect_kind kind);

/* The same of the function that a call calls by name. */
const struct model_effect *modelled_effect_at(const struct program *program, struct ref call,
					      enum model_effect_kind kind);

/* What a model says of a type, by its typedef or its record; NULL if none does, or there is no type. */
const struct model_type *modelled_type(const struct program *program, const struct facts *facts, uint32_t type);

/* The same of a parameter, as the function declares it. */
const struct model_type *modelled_param(const struct program *program, const struct node *node, uint32_t number);

#endif
