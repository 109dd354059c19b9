#include "pass.h"

static void check(struct pass *pass)
{
	(void)pass;
}

const struct rule rule_transport_blocking_io = {
	.id = "transport-blocking-io",
	.family = "transport",
	.since = "0.1",
	.summary = "blocking I/O on a descriptor that an event loop owns",
	.severity = SEVERITY_WARNING,
	.check = check,
};
