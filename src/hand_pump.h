/*
 * Pumps by shape: loops that need no model to be told for what they are.
 *
 * `while (!done) { poll(...); service(...); }` runs other people's callbacks until one of them says that the loop's own
 * operation is done. Waiting and handling may both sit in a helper (`while (c->queued) iterate(c);`), and so may the
 * look at the flag (`while (!is_done(c))`, see completion.h). Where nothing is called by pointer no callback runs:
 * waiting for one's own descriptor, and then reading from it, pumps nothing.
 */
#ifndef ASYNCLINT_HAND_PUMP_H
#define ASYNCLINT_HAND_PUMP_H

#include "derive.h"

/* Whether the effect, a wait for events, stands in such a loop of its node. Not if a function below waits so already:
   that one is the pump. */
bool is_hand_pump(struct derived *derived, const struct effect *wait);

/* Whether the effect's node looks synchronous (is_sync_looking()). A callback that it takes is no objection where it is
   a predicate: what the loop around the effect asks whether to go on. */
bool waits_as_sync(struct derived *derived, const struct effect *effect);

#endif
