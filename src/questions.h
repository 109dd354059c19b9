/*
 * Why a rule says nothing of an effect of a call: the questions that rules put to it, put again.
 *
 * Rules report on what is surely so and keep silent for many reasons, which they do not give: they are pure. But what
 * they ask is asked of the derived program, so it can be asked again: from "can it happen here at all" to "is it on a
 * loop". An exclusion that several rules share, or that people stumble over, has its question here.
 */
#ifndef ASYNCLINT_QUESTIONS_H
#define ASYNCLINT_QUESTIONS_H

#include "pass.h"

/* What speaks against a finding of the rule at the effect: the next answer from *at on (start with 0), NULL at the end
 * (findings' arena). */
const char *next_answer(struct pass *pass, const struct rule *rule, const struct effect *effect, uint32_t *at);

/* Whether the effect is one of that call. */
bool is_effect_of(const struct effect *effect, struct ref call);

/* "src/x.c:12:5" (arena). */
const char *call_place(const struct program *program, struct ref call, struct arena *arena);

#endif
