/*
 * Which units of a run begin with the same #include lines, so that a worker need parse those only once.
 *
 * A prefix is what a file begins with as long as it is #include lines, comments and blanks: no token, no other
 * directive and no macro can stand in between, so the prefix means the same wherever the arguments and the folder of
 * the file are the same. Units share a prefix when these three are equal; each gets the longest one that is shared by
 * enough of them.
 *
 * The method is that of precompiled headers, found instead of declared; see "Precompiled Header and Modules Internals"
 * in clang's documentation. walk_prefix.c parses and uses what is planned here.
 */
#ifndef ASYNCLINT_PREFIX_H
#define ASYNCLINT_PREFIX_H

#include "arena.h"
#include "command.h"

/* One for all units that share it: its address tells them. */
struct prefix {
	const char *text; /* its #include lines and nothing else */
	uint32_t lines;
};

/* One entry per command, NULL where the unit shares nothing or is not to be parsed. */
struct prefix_plan {
	struct arena arena;
	const struct prefix *const *list;
};

/* Reads the beginnings of the files of those commands that are to be parsed, of which `units` has the indices. A file
   that cannot be read shares nothing. */
void prefix_plan(const struct commands *commands, const uint32_t *units, uint32_t count, struct prefix_plan *plan);

void prefix_plan_release(struct prefix_plan *plan);

/* Returns how many bytes of `text` (NUL-terminated) are taken by `prefix`; 0 if it does not begin with it. */
size_t prefix_length(const struct prefix *prefix, const char *text);

#endif
