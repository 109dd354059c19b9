/*
 * Whether a call has done what it was called for, as far as tests of its result tell.
 *
 * `if (uv_tcp_init(loop, tcp) != 0) { free(tcp); return; }`: where the call has failed, it did nothing. Results are
 * read as C libraries mean them: 0 and pointers that are not null are success, negative numbers are failure. What a
 * project's own function means by its numbers is not known.
 */
#ifndef ASYNCLINT_OUTCOME_H
#define ASYNCLINT_OUTCOME_H

#include "program.h"
#include "sequence.h"

/* Whether the moment stands where tests of the call's result say, or may say, that it failed. */
bool may_have_failed(const struct program *program, struct ref call, const struct moment *moment);

#endif
