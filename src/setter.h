/*
 * Mode parameters, sorted by what the function is for.
 */
#ifndef ASYNCLINT_SETTER_H
#define ASYNCLINT_SETTER_H

#include "derive.h"

enum mode_api {
	MODE_API_NONE,       /* a static helper that no caller hands its own mode to: two public names may share it */
	MODE_API_OPERATION,  /* a constructor or an operation: mode-flag-param */
	MODE_API_SETTER,     /* flips an object that is there already: mode-setter */
	MODE_API_DESCRIPTOR, /* sets the mode of a bare descriptor that it is given */
};

/* What the mode (of a parameter) is for users. The function that branches on it may be a static helper: then the
   nearest callers that are not static and hand their own parameter on are the API. */
enum mode_api mode_api_of(const struct derived *derived, const struct mode *mode);

/* The effect by which the function, which is named for it and does nothing else, always makes an object that it is
   given blocking (or non-blocking: effect->clears is false); NULL if it does not. */
const struct effect *fixed_setter(const struct derived *derived, uint32_t node);

/* Whether both functions are given the same type of object. */
bool set_same_type(const struct derived *derived, uint32_t node, uint32_t other);

/* The mode that the chain of MODE_PASSES ends at. */
const struct mode *mode_root(const struct derived *derived, const struct mode *mode);

#endif
