/*
 * Descriptors that others share, and who switches their mode.
 *
 * O_NONBLOCK belongs to the open file description, not to the descriptor: every duplicate of it, in whatever process,
 * changes with it. So it matters whose a descriptor is: one of the three that a process is started with (the
 * terminal's, in most cases the shell's too), one named by the environment or the command line, or one that a caller
 * lent.
 */
#ifndef ASYNCLINT_SHARED_H
#define ASYNCLINT_SHARED_H

#include "derive.h"

enum sharing {
	SHARING_NONE,      /* not known to be shared */
	SHARING_STANDARD,  /* number 0, 1 or 2, or a standard stream */
	SHARING_INHERITED, /* its number comes from the environment or the command line */
	SHARING_CALLER,    /* passed in */
};

/* Whose a descriptor is. Descriptors of equal kind, number and value are the same one. */
struct shared {
	enum sharing kind;
	uint32_t number;  /* SHARING_STANDARD: the descriptor, or NONE for a stream; SHARING_CALLER: of the parameter */
	struct ref value; /* the variable or call that it comes from, else index NONE */
};

/* Of the value in the function (index in its unit). A duplicate is as shared as what it duplicates. */
struct shared shared_descriptor(struct derived *derived, struct ref value, uint32_t function);

bool is_same_shared(const struct program *program, const struct shared *a, const struct shared *b);

/* A call that switches the mode of the descriptor in one of its arguments, itself or by what it calls. */
struct mode_change {
	struct ref call;
	uint32_t argument;
	bool sets, clears; /* O_NONBLOCK; both if a parameter or field decides, neither if it is not known: flags that
			      were saved */
	const struct effect *effect; /* of the function that is called, or of the caller if a model speaks of that; NULL
					if none is known */
};

/* Whether the call is one. */
bool mode_change_at(struct derived *derived, struct ref call, uint32_t argument, struct mode_change *change);

/* The same descriptor is switched again in a way that may undo the change: the other way, or to flags that were saved.
   For one that the process was started with, anywhere in the program: at exit perhaps; for others behind the call in
   the same function. */
bool is_put_back(struct derived *derived, const struct mode_change *change, const struct shared *shared);

/* It was closed or replaced before, in the same function: what has the number now was made here. */
bool is_replaced(struct derived *derived, const struct mode_change *change, const struct shared *shared);

/* The parameter is stored, or handed to another function: the descriptor is given away, not lent. */
bool is_kept(struct derived *derived, const struct mode_change *change, uint32_t number);

#endif
