#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_mode_flag_call = {
	.id = "mode-flag-call",
	.family = "mode",
	.since = "0.1",
	.summary = "call chooses blocking or async behaviour by a literal",
	.severity = SEVERITY_WARNING,
	.check = check,
};
