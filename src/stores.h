/*
 * What is assigned where: for a field (`record::field`, whatever the object) or a variable, every assignment to it.
 *
 * Rules and derivations ask this of one place after the other. The index is made once by program_join(), so that an
 * answer costs what it is long, not what the program is.
 */
#ifndef ASYNCLINT_STORES_H
#define ASYNCLINT_STORES_H

#include "program.h"

/* Assignments, in order of unit and index: good as long as the program. */
struct stores {
	const struct ref *items;
	uint32_t count;
};

/* Makes the index: a step of program_join(). */
void stores_index(struct program *program);

/* The assignments to the place: "record::field", or the identity of a variable. */
struct stores stores_of(const struct program *program, const char *place);

/* The same for the place that a value is; none if it is neither a field nor a variable. */
struct stores stores_of_value(const struct program *program, uint32_t unit, const struct fact_value *value);

#endif
