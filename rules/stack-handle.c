#include "pass.h"
#include "pending.h"

#include <string.h>

static bool is_use(const struct lifetime_event *event)
{
	return event->kind == LIFETIME_KEPT || event->kind == LIFETIME_CLOSED || event->kind == LIFETIME_HANDED;
}

static void report_use(struct pass *pass, const struct lifetime_event *use, uint32_t local, const struct exit *way_out)
{
	const struct program *program = pass->program;
	const struct facts *facts = program_facts(program, use->call.unit);
	const char *name = facts_text(facts, facts->locals[local].name),
		   *callee = program->nodes.items[use->callee].name;
	uint32_t node = program_node(program, use->call.unit, way_out->moment.function);
	const char *function = program->nodes.items[node].name;
	struct finding *finding =
	    report_call(pass, use->call, name, "'%s' is on the stack of '%s', and '%s' lets %s use it after the return",
			name, function, callee, use->kind == LIFETIME_HANDED ? "a callback" : "the loop");
	note(pass, finding, use->call.unit, &way_out->place, node, "'%s' returns here, with '%s' still in use",
	     function, name);
	set_help(pass, finding, "allocate it, and free it in the callback; or end the use before each return");
}

static void check_function(struct pass *pass, struct lifetimes *lifetimes, struct ref function)
{
	const struct program *program = pass->program;
	const struct facts *facts = program_facts(program, function.unit);
	lifetime_events events = {0};
	exits ways_out = {0};
	lifetime_find_events(lifetimes, function, &events);
	find_exits(program, function, &ways_out);
	uint32_t reported = NONE; /* local */
	for (uint32_t e = 0; e < events.count; e++) {
		const struct lifetime_event *use = &events.items[e];
		uint32_t local = is_use(use) ? object_local(program, &use->object) : NONE;
		if (local == NONE || local == reported || facts->locals[local].flags & LOCAL_ATTRIBUTE)
			continue;
		const struct exit *way_out = pending_exit(lifetimes, function, use, &ways_out);
		if (!way_out)
			continue;
		report_use(pass, use, local, way_out);
		reported = local;
	}
	table_release(&ways_out);
	table_release(&events);
}

static void check(struct pass *pass)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		const struct node *node = &pass->program->nodes.items[n];
		/* A test that returns ends, and its process with it. */
		bool ends = strcmp(node->name, "main") == 0 || is_test_file(node->file);
		for (uint32_t b = 0; b < node->body_count && !ends; b++)
			check_function(pass, lifetimes, pass->program->bodies.items[node->first_body + b]);
	}
}

const struct rule rule_stack_handle = {
    .id = "stack-handle",
    .family = "life",
    .since = "0.1",
    .summary = "function returns while a loop or callback still uses its local variable",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << ASPECT_GIVES_MEMORY,
    .check = check,
};
