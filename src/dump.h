/*
 * Facts as JSON: for people who ask what asynclint sees, and for tests of the walker.
 *
 * Indices become names, values become text (value_text.h), places become "file:line:column-end_line:end_column". What
 * belongs to a function stands in it, in source order; its scopes are numbered from 0, the body. What is empty or
 * absent is left out. Equal facts give equal text. Not an exchange format: it may change with every version.
 */
#ifndef ASYNCLINT_DUMP_H
#define ASYNCLINT_DUMP_H

#include "arena.h"
#include "facts.h"

/* Returns the JSON, indented, ended by a newline (arena). */
char *dump_facts(const struct facts *facts, struct arena *arena);

#endif
