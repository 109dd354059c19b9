/*
 * Where function pointers flow, and so whom a call by pointer calls: the second half of program_join().
 */
#ifndef ASYNCLINT_FLOW_H
#define ASYNCLINT_FLOW_H

#include "program.h"

/* Makes the holders, solves what each can hold, and makes the edges of the program from nodes and bodies. */
void flow_resolve(struct program *program);

#endif
