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

/* The mode that the chain of MODE_PASSES ends at. */
const struct mode *mode_root(const struct derived *derived, const struct mode *mode);

#endif
