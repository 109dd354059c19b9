#include "waiters.h"

#include "words.h"

enum { WAITS = 200 };

/* Waits or sleeps, whatever else the word says of how: "job_waitpid", "wait_readable", "msleep". */
static bool says_it_waits(const char *name)
{
	static const char *const words[] = {"delay", "sync", "blocking", "synchronous", NULL};
	static const char *const others[] = {"nowait", "await", NULL};
	return contains(name, "sleep") || (contains(name, "wait") && !has_word(name, others)) || has_word(name, words);
}

/* Nobody calls it but functions of the project, by name or by pointer: it is no callback, and no loop's own. */
static bool has_only_callers(const struct derived *derived, uint32_t node)
{
	const struct program *program = derived->program;
	const struct node *of = &program->nodes.items[node];
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		bool by_loops_own_wait = role->edge != NONE && derived->wait_edge[role->edge];
		if (role->from == NONE && !by_loops_own_wait)
			return false;
	}
	for (uint32_t i = 0; i < of->in_count; i++)
		if (program->edges.items[program->incoming.items[of->first_in + i]].kind == EDGE_PASSED)
			return false;
	return of->in_count > 0;
}

bool is_waiter(const struct derived *derived, uint32_t node)
{
	const struct node *of = &derived->program->nodes.items[node];
	return of->param_count && says_it_waits(of->name) && has_only_callers(derived, node);
}

bool is_runner(const struct derived *derived, uint32_t node)
{
	const struct node *of = &derived->program->nodes.items[node];
	return derived->owner[node] == OWNER_BY_NAME && !of->model && !is_test_file(of->file) &&
	       has_only_callers(derived, node);
}

static bool is_listed(const waits *found, struct ref call)
{
	for (uint32_t i = 0; i < found->count; i++)
		if (found->items[i].call.unit == call.unit && found->items[i].call.index == call.index)
			return true;
	return false;
}

static void add_callers(struct derived *derived, uint32_t at, waits *found)
{
	const struct program *program = derived->program;
	struct wait wait = found->items[at];
	const struct node *node = &program->nodes.items[wait.node];
	for (uint32_t i = 0; i < node->in_count && found->count < WAITS; i++) {
		uint32_t number = program->incoming.items[node->first_in + i];
		const struct edge *edge = &program->edges.items[number];
		struct wait caller = {.node = edge->from, .call = edge->call, .below = at};
		uint32_t unknown = 0;
		if (!derived->in_child[number] && !derived->way_out[number] && !is_listed(found, edge->call) &&
		    condition_of_scope(&derived->conditions, edge->call.unit, program_call(program, edge->call)->scope,
				       &caller.condition) &&
		    condition_at_call(&derived->conditions, edge->call, &wait.condition, &caller.condition, &unknown))
			table_add(found, caller);
	}
}

void find_waits(struct derived *derived, struct wait first, bool (*by_contract)(const struct derived *, uint32_t),
		waits *found)
{
	first.below = NONE;
	table_add(found, first);
	for (uint32_t at = 0; at < found->count; at++)
		if (by_contract(derived, found->items[at].node))
			add_callers(derived, at, found);
}

bool is_listed_wait(const struct program *program, const waits *list, const struct wait *wait)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct wait *other = &list->items[i];
		bool same_call = other->call.unit == wait->call.unit && other->call.index == wait->call.index;
		if (same_call || (wait->below != NONE && other->node == wait->node &&
				  program_callee(program, other->call) == program_callee(program, wait->call)))
			return true;
	}
	return false;
}
