#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_mode_flag_param = {
	.id = "mode-flag-param",
	.family = "mode",
	.since = "0.1",
	.summary = "parameter chooses between blocking and async behaviour",
	.severity = SEVERITY_WARNING,
	.check = check,
};
