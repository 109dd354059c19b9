#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_transport_cast = {
	.id = "transport-cast",
	.family = "transport",
	.since = "0.1",
	.summary = "cast between a sync and an async transport type",
	.severity = SEVERITY_WARNING,
	.check = check,
};
