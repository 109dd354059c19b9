#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_transport_mixed_struct = {
	.id = "transport-mixed-struct",
	.family = "transport",
	.since = "0.1",
	.summary = "one struct carries a sync and an async transport as alternatives",
	.severity = SEVERITY_WARNING,
	.check = check,
};
