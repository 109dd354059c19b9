#include "made_loop.h"
#include "pass.h"

#include <string.h>

static void report_loop(struct pass *pass, uint32_t node, const struct made_loop *made, const struct exit *way_out)
{
	const struct program *program = pass->program;
	const char *name = program->nodes.items[node].name,
		   *maker = program->nodes.items[program_callee(program, made->call)].name;
	struct finding *finding = report_call(
	    pass, made->call, maker, "'%s' makes an event loop that '%s' does not close on every way out", maker, name);
	note(pass, finding, made->call.unit, &way_out->place, node, "'%s' returns here with the loop open", name);
	set_help(pass, finding, "close the loop before this return, too");
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		/* The end of the process closes all that it has. */
		if (strcmp(node->name, "main") == 0 || is_test_file(node->file))
			continue;
		for (uint32_t i = pass->derived->first_effect[n]; i != NONE; i = pass->derived->effects.items[i].next) {
			struct made_loop made;
			if (!find_made_loop(lifetimes, &pass->derived->effects.items[i], &made))
				continue;
			exits ways_out = {0};
			struct ref function = {made.call.unit, program_call(program, made.call)->function};
			find_exits(program, function, &ways_out);
			const struct exit *way_out = find_unclosed_exit(lifetimes, &made, &ways_out);
			if (way_out)
				report_loop(pass, n, &made, way_out);
			table_release(&ways_out);
		}
	}
}

const struct rule rule_unclosed_loop = {
    .id = "unclosed-loop",
    .family = "life",
    .since = "0.1",
    .summary = "event loop is made and dropped without being closed",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << EFFECT_MAKES_LOOP,
    .check = check,
};
