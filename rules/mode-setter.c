#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_mode_setter = {
	.id = "mode-setter",
	.family = "mode",
	.since = "0.1",
	.summary = "function flips an object between blocking and async",
	.severity = SEVERITY_WARNING,
	.check = check,
};
