/*
 * Conditions under which something happens, as far as a caller can decide them.
 *
 * `if (blocking) poll(...)` makes poll() conditional on the parameter `blocking`: a call with a literal decides it, a
 * call with the caller's own parameter hands the condition on. A condition is a conjunction of atoms; an atom is a test
 * of a parameter, a slot (`record::field`, whatever the object) or a variable against a constant. What cannot be put so
 * is left out: a condition says "at least this must hold", never "this is enough".
 */
#ifndef ASYNCLINT_CONDITION_H
#define ASYNCLINT_CONDITION_H

#include "program.h"

enum subject_kind {
	SUBJECT_PARAM,    /* id: number of the parameter */
	SUBJECT_SLOT,     /* id: string in conditions.subjects */
	SUBJECT_VARIABLE, /* id: string of the identity in conditions.subjects */
};

enum test {
	TEST_NULL,
	TEST_NOT_NULL,
	TEST_ZERO, /* false, none */
	TEST_NONZERO,
	TEST_EQUAL,
	TEST_UNEQUAL,
	TEST_HAS,    /* all bits of number */
	TEST_LACKS,  /* none of them */
	TEST_ANY,    /* one of several bits, at least */
	TEST_ONE_OF, /* a number from 0 to 63 whose bit in `number` is set */
	TEST_NONE_OF,
	TEST_FIRST_WORD, /* the text begins with one of the words in string `number` of conditions.subjects: "A|B" */
	TEST_OTHER_WORD,
};

struct atom {
	enum subject_kind subject;
	uint32_t id;
	enum test test;
	int64_t number;
};

enum { CONDITION_ATOMS = 6 };

/* A conjunction; no atoms: always. Beyond the limit, tests for a pointer that is not null give way first: they say the
 * least. */
struct condition {
	uint32_t count;
	struct atom atoms[CONDITION_ATOMS];
};

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN, TRUTH_ATOM /* it depends on the atom */ };

struct conditions {
	const struct program *program;
	struct intern subjects; /* "record::field", variables' identities, and the words of TEST_FIRST_WORD */
	struct arena arena;
	struct intern keys;                    /* atoms as bytes */
	TABLE(const struct condition *) known; /* by key */
	uint32_t **of_scope; /* by unit: of each scope what condition_of_scope() found, once it was asked */
};

void conditions_init(struct conditions *conditions, const struct program *program);
void conditions_release(struct conditions *conditions);

/* Returns the one condition with these atoms in this order: good as long as `conditions`, never changed, and equal to
   another one only if it is the same pointer. */
const struct condition *condition_intern(struct conditions *conditions, const struct condition *condition);

enum test test_opposite(enum test test);

/* Whether both can hold at once (of the same subject). */
bool atoms_agree(const struct atom *a, const struct atom *b);

/* Adds the atom; false if it contradicts one that is there. */
bool condition_add(struct condition *condition, const struct atom *atom);

/* The atom on that subject, or NULL. */
const struct atom *condition_find(const struct condition *condition, enum subject_kind subject, uint32_t id);

bool conditions_equal(const struct condition *a, const struct condition *b);

/* Sees through locals that are assigned once, and never changed by a call: returns the value that is meant. */
uint32_t value_resolve(const struct program *program, uint32_t unit, uint32_t value);

/* Whether the value is a known number (null is 0). */
bool value_constant(const struct program *program, uint32_t unit, uint32_t value, int64_t *number);

/* The local, parameter, variable or call result that a chain of fields, elements, pointees and addresses starts at. */
uint32_t value_root(const struct program *program, uint32_t unit, uint32_t value);

/* "record::field" of a VALUE_FIELD, as conditions.subjects has it. */
uint32_t slot_subject(struct conditions *conditions, uint32_t unit, uint32_t value);

/* Tests a value where it stands. TRUTH_ATOM: *atom is what decides it. */
enum truth test_value(struct conditions *conditions, uint32_t unit, uint32_t value, enum test test, int64_t number,
		      struct atom *atom);

/* Calls `each` for every atom that must hold for `value` to be true (or false, by `when`). False as soon as a constant
 * decides that it never is. */
bool condition_of_value(struct conditions *conditions, uint32_t unit, uint32_t value, bool when,
			struct condition *condition);

/* Adds what must hold for the scope to run, all enclosing scopes included. False if it never runs. */
bool condition_of_scope(struct conditions *conditions, uint32_t unit, uint32_t scope, struct condition *condition);

/* A callee's condition as its caller sees it at `call`: parameters become what is passed. False if the call's arguments
   rule it out. A parameter whose argument is neither constant nor nameable is left out and counted in *unknown. */
bool condition_at_call(struct conditions *conditions, struct ref call, const struct condition *callee,
		       struct condition *condition, uint32_t *unknown);

/* For people: "'blocking' is true", "'c->flags' has REDIS_BLOCK" (arena). */
const char *atom_text(const struct conditions *conditions, const struct node *node, const struct atom *atom,
		      struct arena *arena);

#endif
