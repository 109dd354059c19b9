/*
 * Waits that are sure: whoever takes the ordinary way through the function waits.
 *
 * Not sure is what a mode decides (a flag, a field, a callback that may be left out) unless the calls on the way decide
 * it; what only the failing or dying do; and waiting for conditions and for readiness, which are hand-shakes and
 * questions as often as they are waits.
 */
#ifndef ASYNCLINT_SURE_WAIT_H
#define ASYNCLINT_SURE_WAIT_H

#include "derive.h"

bool is_sure_wait(struct derived *derived, const struct effect *effect);

#endif
