/*
 * Loops that a function makes for itself, and whether it closes them.
 */
#ifndef ASYNCLINT_MADE_LOOP_H
#define ASYNCLINT_MADE_LOOP_H

#include "lifetime.h"

struct made_loop {
	struct ref call; /* that makes it */
	uint32_t local;  /* that it is kept in */
};

/* Whether the effect makes a loop that stays in one local of the function: it is not handed out, nor owned by something
   else, nor given to a function that may keep or close it unseen. */
bool find_made_loop(struct lifetimes *lifetimes, const struct effect *effect, struct made_loop *made);

/* The first way out on which the loop was made and is not closed, or NULL. */
const struct exit *find_unclosed_exit(struct lifetimes *lifetimes, const struct made_loop *made, const exits *ways_out);

#endif
