/*
 * Signals that end a run: SIGINT, SIGTERM, SIGHUP.
 *
 * They end it as they end any program, at once and with the status that shells show as 128 + signal; nobody catches
 * them, so a loop of a shell ends with it as well. Worker processes go with their parent (units.c), and reports are
 * written last. What must not be cut in two, as the life of a temporary file, is done between hold and let: the signal
 * comes as soon as it is over. It is to be short, and must not wait for anybody.
 */
#ifndef ASYNCLINT_SIGNALS_H
#define ASYNCLINT_SIGNALS_H

#include <signal.h>

/* Holds the signals back; returns what is to be given to signals_let(). */
sigset_t signals_hold(void);

void signals_let(sigset_t before);

#endif
