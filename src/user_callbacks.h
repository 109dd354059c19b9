/*
 * Callbacks that come from outside: a user gives a function to an exported function, which keeps or calls it.
 *
 * Unlike a table of the project's own functions, nobody here knows what such a callback does: it may call back into the
 * API.
 */
#ifndef ASYNCLINT_USER_CALLBACKS_H
#define ASYNCLINT_USER_CALLBACKS_H

#include "program.h"

/* By holder: 1 where a function that users give can be, and that may do anything: not those that log or free. A
   function of the API that its own directory calls too is taken for the project's own wiring, and so is one whose name
   says that it is internal. To be freed with table_free(). */
uint8_t *find_user_callbacks(const struct program *program);

/* Whether others can call the function: it stands in a header, or it is visible and nobody here calls it. */
bool is_for_others(const struct node *node);

/* The same, and its name does not say that it is internal (`foo__bar`, `_foo`). */
bool is_api(const struct node *node);

/* Whether a function of that type only tells something: it is not asked for an answer. */
bool returns_nothing(const struct facts *facts, uint32_t type);

/* Whether the parameter is for telling the caller something, later or now: a function that is not asked
   for an answer, does not free its argument and does not tell of progress. */
bool is_completion_param(const struct program *program, const struct node *node, uint32_t number);

#endif
