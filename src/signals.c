#include "signals.h"

sigset_t signals_hold(void)
{
	sigset_t held, before;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	return before;
}

void signals_let(sigset_t before)
{
	sigprocmask(SIG_SETMASK, &before, NULL);
}
