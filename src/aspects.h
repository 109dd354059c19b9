/*
 * What a call is to rules that judge no effect of it (enum call_aspect, rule.h), and why they stay silent about it.
 *
 * A call may take the library's default loop, ask whether a loop runs, be bound to the loop's thread; it may give
 * memory to a loop, free memory, call a callback. None of this is passed on to callers, so it is no effect; each is
 * found at the call itself, by the same questions that the rules ask.
 */
#ifndef ASYNCLINT_ASPECTS_H
#define ASYNCLINT_ASPECTS_H

#include "pass.h"

/* "'x' frees what it is given": what the call is; NULL if it is nothing of that kind (findings' arena). */
const char *aspect_text(struct pass *pass, struct ref call, enum call_aspect aspect);

/* What keeps the rule from reporting such a call; NULL if only the rule knows (findings' arena). */
const char *aspect_answer(struct pass *pass, const struct rule *rule, struct ref call);

#endif
