#include "pass.h"
#include "polling_loop.h"

static const struct place *place_of(const struct pass *pass, struct ref scope)
{
	return &program_facts(pass->program, scope.unit)->scopes[scope.index].place;
}

static void note_sleep(struct pass *pass, struct finding *finding, const struct polling_loop *loop)
{
	if (loop->sleep)
		note_effect(pass, finding, loop->sleep);
}

/* On a loop nothing else runs meanwhile: maybe not even what it waits for. */
static bool check_on_loop(struct pass *pass, uint32_t node, const struct polling_loop *loop)
{
	struct loop_path path;
	struct condition condition = {0};
	const struct facts *facts = program_facts(pass->program, loop->scope.unit);
	struct ref around = {loop->scope.unit, facts->scopes[loop->scope.index].parent};
	bool runs = condition_of_scope(&pass->derived->conditions, around.unit, around.index, &condition);
	bool found = runs && find_loop_path(pass, around, &condition, NULL, false, &path);
	if (found) {
		const char *name = pass->program->nodes.items[node].name;
		struct finding *finding =
		    report(pass, loop->scope.unit, place_of(pass, loop->scope), node, name,
			   "'%s' %s until a condition holds, on %s", name,
			   loop->sleep ? "sleeps and asks again" : "spins", loop_text(pass, path.world));
		note_loop_path(pass, finding, &path);
		note_sleep(pass, finding, loop);
		set_help(pass, finding, "let an event or a timer of the loop call back, and return to the loop");
	}
	if (runs)
		table_release(&path.edges);
	return found;
}

/* A function that looks synchronous, polling for what a callback sets. On a thread of its own nobody else waits for it.
 */
static void check_facade(struct pass *pass, uint32_t node, const struct polling_loop *loop)
{
	const struct derived *derived = pass->derived;
	const struct node *of = &pass->program->nodes.items[node];
	if (!is_sync_looking(derived, node, true) || role_find(derived, node, ROLE_THREAD) ||
	    role_find(derived, node, ROLE_WORKER) || !ends_by_signaller(pass->derived, loop))
		return;
	struct finding *finding = report(pass, loop->scope.unit, place_of(pass, loop->scope), node, of->name,
					 "'%s' %s until a callback or thread has set what it looks at", of->name,
					 loop->sleep ? "sleeps and asks again" : "spins");
	note_sleep(pass, finding, loop);
	find_surface(pass, finding, node);
	set_help(pass, finding,
		 "wait on a condition or semaphore that is signalled there, or take a completion callback");
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		for (uint32_t b = 0; b < node->body_count && !is_test_file(node->file); b++) {
			struct ref body = program->bodies.items[node->first_body + b];
			const struct fact_function *function =
			    &program_facts(program, body.unit)->functions[body.index];
			for (uint32_t s = 0; s < function->scope_count; s++) {
				struct polling_loop loop;
				struct ref scope = {body.unit, function->first_scope + s};
				if (is_polling_loop(pass->derived, n, scope, &loop) && !check_on_loop(pass, n, &loop))
					check_facade(pass, n, &loop);
			}
		}
	}
}

const struct rule rule_busy_wait = {
    .id = "busy-wait",
    .family = "block",
    .since = "0.1",
    .summary = "function polls, by sleeping or spinning, for what an event could signal",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << EFFECT_BLOCKS,
    .check = check,
};
