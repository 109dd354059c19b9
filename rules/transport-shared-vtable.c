#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_transport_shared_vtable = {
	.id = "transport-shared-vtable",
	.family = "transport",
	.since = "0.1",
	.summary = "one ops table holds blocking and async implementations",
	.severity = SEVERITY_WARNING,
	.check = check,
};
