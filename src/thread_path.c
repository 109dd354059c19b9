#include "thread_path.h"

#include "words.h"

struct visit {
	uint32_t node;
	uint32_t below; /* visit that it was reached from, NONE at the start */
	uint32_t edge;  /* to the node below, or the call itself */
};

enum { VISITS = 4000 };

typedef TABLE(struct visit) visits;

static const char *const identity_words[] = {"thread", "threads", "self", "equal", "current", "owner", "locked", NULL};

/* Whether the value comes from a question about threads: `pthread_equal(...)`, `on_loop_thread(c)`. */
static bool asks_for_thread(const struct program *program, uint32_t unit, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(program, unit);
	value = value_resolve(program, unit, value);
	if (value == NONE || depth > 8)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_CALL: {
		uint32_t callee = program_callee(program, (struct ref){unit, fact->a});
		return callee != NONE && has_word(program->nodes.items[callee].name, identity_words);
	}
	case VALUE_UNARY:
		return asks_for_thread(program, unit, fact->a, depth + 1);
	case VALUE_BINARY:
		return asks_for_thread(program, unit, fact->a, depth + 1) ||
		       asks_for_thread(program, unit, fact->b, depth + 1);
	default:
		return false;
	}
}

static bool is_guarded(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	for (uint32_t scope = program_call(program, call)->scope; scope != NONE; scope = facts->scopes[scope].parent)
		if (asks_for_thread(program, call.unit, facts->scopes[scope].condition, 0))
			return true;
	return false;
}

/* It runs a loop of a library or of its own, or has made one. */
static bool has_loop(const struct derived *derived, uint32_t node)
{
	for (uint32_t l = 0; l < derived->hand_loops.count; l++)
		if (derived->hand_loops.items[l].node == node)
			return true;
	return derived->wait_step[node] || effect_find(derived, node, EFFECT_PUMPS) ||
	       effect_find(derived, node, EFFECT_MAKES_LOOP);
}

static bool is_beside_loop(const struct derived *derived, uint32_t node)
{
	return (role_find(derived, node, ROLE_WORKER) || role_find(derived, node, ROLE_THREAD)) &&
	       !has_loop(derived, node);
}

/* The role by which the node itself was given to a thread, or NONE. */
static uint32_t start_role(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if ((role->kind == ROLE_WORKER || role->kind == ROLE_THREAD) && role->from == NONE &&
		    role->edge == NONE)
			return i;
	}
	return NONE;
}

static void visit(struct pass *pass, visits *visited, uint32_t below, uint32_t number)
{
	const struct edge *edge = &pass->program->edges.items[number];
	/* Whom a pointer calls on which thread is not known well enough: tables are shared by the loop and the threads.
	 */
	if (edge->kind == EDGE_POINTER || pass->derived->in_child[number] ||
	    !is_beside_loop(pass->derived, edge->from) || is_guarded(pass->program, edge->call) ||
	    visited->count >= VISITS)
		return;
	for (uint32_t i = 0; i < visited->count; i++)
		if (visited->items[i].node == edge->from)
			return;
	table_add(visited, (struct visit){edge->from, below, number});
}

bool find_thread_path(struct pass *pass, uint32_t edge, struct thread_path *path)
{
	const struct program *program = pass->program;
	visits visited = {0};
	*path = (struct thread_path){.role = NONE};
	visit(pass, &visited, NONE, edge);
	for (uint32_t at = 0; at < visited.count && path->role == NONE; at++) {
		const struct node *node = &program->nodes.items[visited.items[at].node];
		path->role = start_role(pass->derived, visited.items[at].node);
		for (uint32_t step = at; path->role != NONE && step != NONE; step = visited.items[step].below)
			table_add(&path->edges, visited.items[step].edge);
		for (uint32_t i = 0; path->role == NONE && i < node->in_count; i++)
			visit(pass, &visited, at, program->incoming.items[node->first_in + i]);
	}
	table_release(&visited);
	return path->role != NONE;
}

const char *thread_text(const struct pass *pass, const struct thread_path *path)
{
	return pass->derived->roles.items[path->role].kind == ROLE_WORKER ? "a worker thread" : "a thread of its own";
}

void note_thread_path(struct pass *pass, struct finding *finding, const struct thread_path *path)
{
	const struct node *nodes = pass->program->nodes.items;
	const struct role *role = &pass->derived->roles.items[path->role];
	if (role->call.index != NONE && role->is_call) {
		uint32_t callee = program_callee(pass->program, role->call);
		note_call(pass, finding, role->call, "'%s' is given to '%s', to run on %s", nodes[role->node].name,
			  callee == NONE ? role->how : nodes[callee].name, thread_text(pass, path));
	} else if (role->call.index != NONE) {
		const struct fact_assignment *fact =
		    &program_facts(pass->program, role->call.unit)->assignments[role->call.index];
		note(pass, finding, role->call.unit, &fact->place, role->in, "'%s' is stored as '%s', to run on %s",
		     nodes[role->node].name, role->how, thread_text(pass, path));
	}
	for (uint32_t i = 0; i < path->edges.count; i++) {
		const struct edge *edge = &pass->program->edges.items[path->edges.items[i]];
		note_call(pass, finding, edge->call, "'%s' calls '%s'", nodes[edge->from].name, nodes[edge->to].name);
	}
}
