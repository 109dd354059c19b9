#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_nested_loop = {
	.id = "nested-loop",
	.family = "loop",
	.since = "0.1",
	.summary = "sync-looking function pumps an event loop that it did not make",
	.severity = SEVERITY_WARNING,
	.check = check,
};
