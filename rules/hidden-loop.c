#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_hidden_loop = {
	.id = "hidden-loop",
	.family = "loop",
	.since = "0.1",
	.summary = "sync-looking function makes an event loop, runs it and drops it",
	.severity = SEVERITY_WARNING,
	.check = check,
};
