#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_mode_flag_field = {
	.id = "mode-flag-field",
	.family = "mode",
	.since = "0.1",
	.summary = "field of an object chooses between blocking and async behaviour",
	.severity = SEVERITY_WARNING,
	.check = check,
};
