/*
 * What becomes of a callback that a function is given: it is called before the function returns, or kept for later.
 */
#ifndef ASYNCLINT_CALLBACK_USE_H
#define ASYNCLINT_CALLBACK_USE_H

#include "derive.h"
#include "object.h"
#include "sequence.h"

enum callback_use_kind {
	CALLBACK_CALLED, /* on the way, by the function or one that it calls */
	CALLBACK_KEPT,   /* stored in what outlives the call, or given to a library that calls it later */
};

struct callback_use {
	enum callback_use_kind kind;
	struct moment moment;
	struct place place;
	struct ref call; /* index NONE: an assignment */
};

typedef TABLE(struct callback_use) callback_uses;

/* What functions do with their callback parameters. */
struct callback_params {
	struct derived *derived;
	uint8_t *uses; /* by holder: bit (1u << enum callback_use_kind) */
};

struct callback_params *callback_params_new(struct derived *derived);
void callback_params_free(struct callback_params *callbacks);

/* Lists what a function's body does with the parameter. A call to a function that does both counts as both. */
void find_callback_uses(const struct callback_params *callbacks, struct ref body, uint32_t node, uint32_t param,
			callback_uses *uses);

#endif
