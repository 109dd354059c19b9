#include "pass.h"
#include "shared.h"
#include "words.h"

/* Who is called so is meant to switch what it is given: its caller is asked whose that is. */
static const char *const switch_words[] = {"nonblock",       "nonblocking", "nonblocked", "noblock",  "nonblk",
					   "nonb",           "nbio",        "block",      "blocking", "setblocking",
					   "setnonblocking", "setnonblock", "unblock",    "flags",    NULL};

/* A function that outsiders call, and nobody here, to do something with a descriptor that stays theirs. */
static bool is_lent(struct pass *pass, const struct mode_change *change, uint32_t caller, uint32_t number)
{
	const struct node *node = &pass->program->nodes.items[caller];
	return node_is_exported(node) && !node->in_count && !has_word(node->name, switch_words) &&
	       !is_kept(pass->derived, change, number);
}

static const char *whose(const struct shared *shared)
{
	static const char *const names[] = {"standard input", "standard output", "standard error"};
	if (shared->kind == SHARING_CALLER)
		return "its caller's descriptor";
	if (shared->kind == SHARING_INHERITED)
		return "an inherited descriptor";
	return shared->number < 3 ? names[shared->number] : "a standard stream";
}

static void check_argument(struct pass *pass, const struct edge *edge, uint32_t argument)
{
	const struct fact_call *call = program_call(pass->program, edge->call);
	const char *name = pass->program->nodes.items[edge->to].name;
	struct mode_change change;
	if (!mode_change_at(pass->derived, edge->call, argument, &change) || !change.effect)
		return;
	struct shared shared =
	    shared_descriptor(pass->derived, program_argument(pass->program, edge->call, argument), call->function);
	/* Blocking is how everybody expects the standard ones: who makes them so cleans up behind another. */
	bool cleans_up = shared.kind == SHARING_STANDARD && !change.sets;
	if (shared.kind == SHARING_NONE || cleans_up ||
	    (shared.kind == SHARING_CALLER && !is_lent(pass, &change, edge->from, shared.number)) ||
	    is_replaced(pass->derived, &change, &shared) || is_put_back(pass->derived, &change, &shared))
		return;
	struct finding *finding =
	    report_call(pass, edge->call, name, "'%s' makes %s %s for all who share it, and nobody puts it back", name,
			whose(&shared),
			!change.clears ? "nonblocking"
			: change.sets  ? "blocking or nonblocking"
				       : "blocking");
	if (change.effect->node != edge->from)
		note_effect(pass, finding, change.effect);
	set_help(pass, finding,
		 "open it anew, ask for readiness before each call, or put the mode back on every way out");
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t e = 0; e < pass->program->edges.count; e++) {
		const struct edge *edge = &pass->program->edges.items[e];
		if (edge->kind != EDGE_CALL || derived->in_child[e] || derived->child_only[edge->from] ||
		    is_test_file(pass->program->nodes.items[edge->from].file))
			continue;
		const struct fact_call *call = program_call(pass->program, edge->call);
		for (uint32_t a = 0; a < call->argument_count; a++)
			check_argument(pass, edge, a);
	}
}

const struct rule rule_shared_fd_mode = {
    .id = "shared-fd-mode",
    .family = "mode",
    .since = "0.1",
    .summary = "mode of a descriptor that others share is changed for good",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << EFFECT_SETS_NONBLOCKING,
    .check = check,
};
