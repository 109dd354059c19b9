/*
 * What is shipped with the program: library models, and a document for each rule.
 */
#ifndef ASYNCLINT_CATALOG_H
#define ASYNCLINT_CATALOG_H

#include "arena.h"
#include "options.h"

/* The directory that holds <rule>.md and models/: $ASYNCLINT_DATA, else the one that was installed with this
   executable, else the source tree it was built from. NULL if there is none, with a message in *error (arena). */
const char *catalog_directory(struct arena *arena, const char **error);

/* Prints the document of options->subject. Returns the exit status. */
int catalog_explain(const struct options *options);

/* Prints the ids of options->rules as clang-tidy lists its checks, which its drivers ask for to see whether the program
   can be run at all. Returns the exit status. */
int catalog_list_checks(const struct options *options);

/* Prints a line for each rule, or all as a JSON array. Returns the exit status. */
int catalog_rules(const struct options *options);

#endif
