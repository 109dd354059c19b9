#include "pass.h"
#include "shared.h"
#include "words.h"

/* Who is called so is meant to switch what it is given: its caller is asked whose that is. */
static const char *const switch_words[] = {"nonblock", "nonblocking", "nonblocked", "noblock", "nonblk", "nonb", "nbio", "block", "blocking", "setblocking",
					   "setnonblocking", "setnonblock", "unblock", "flags", NULL};

/* The same descriptor is switched again in a way that may undo it: the other way, or to flags that were saved. For one that the process was
   started with anywhere in the program, at exit perhaps; for one of a caller behind the call in the same function. */
static bool is_put_back(struct pass *pass, const struct mode_change *change, const struct shared *shared)
{
	const struct program *program = pass->program;
	const struct fact_call *fact = program_call(program, change->call);
	for (uint32_t e = 0; e < program->edges.count; e++) {
		const struct edge *edge = &program->edges.items[e];
		const struct fact_call *call = program_call(program, edge->call);
		bool same_function = edge->call.unit == change->call.unit && call->function == fact->function;
		if (edge->kind != EDGE_CALL || (shared->kind != SHARING_STANDARD && (!same_function || call->order <= fact->order)))
			continue;
		for (uint32_t a = 0; a < call->argument_count; a++) {
			struct mode_change other;
			if (!mode_change_at(pass->derived, edge->call, a, &other) || (other.sets && !other.clears && change->sets) ||
			    (other.clears && !other.sets && change->clears))
				continue;
			struct shared again = shared_descriptor(pass->derived, program_argument(program, edge->call, a), call->function);
			bool same_call = same_function && call->order == fact->order;
			if (!same_call && is_same_shared(program, shared, &again))
				return true;
		}
	}
	return false;
}

/* Closed or replaced before, in the same function: what has the number now was made here. */
static bool is_replaced(struct pass *pass, const struct mode_change *change, const struct shared *shared)
{
	const struct program *program = pass->program;
	const struct fact_call *fact = program_call(program, change->call);
	const struct fact_function *function = &program_facts(program, change->call.unit)->functions[fact->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {change->call.unit, function->first_call + c};
		uint32_t callee = program_callee(program, call);
		const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
		if (program_call(program, call)->order >= fact->order)
			break;
		for (uint32_t i = 0; model && i < model->effect_count; i++) {
			if (model->effects[i].kind != MODEL_ENDS_DESCRIPTOR)
				continue;
			struct shared ended = shared_descriptor(pass->derived, program_argument(program, call, (uint32_t)model->effects[i].argument), fact->function);
			if (is_same_shared(program, shared, &ended))
				return true;
		}
	}
	return false;
}

/* The parameter is stored, or handed to another function: the descriptor is given away, not lent. */
static bool is_kept(struct pass *pass, const struct mode_change *change, uint32_t number)
{
	const struct facts *facts = program_facts(pass->program, change->call.unit);
	const struct fact_function *function = &facts->functions[program_call(pass->program, change->call)->function];
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *source = assignment->source == NONE ? NULL : &facts->values[assignment->source];
		if (source && source->kind == VALUE_PARAM && source->a == number)
			return true;
	}
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {change->call.unit, function->first_call + c};
		uint32_t callee = program_callee(pass->program, call);
		bool is_system = callee != NONE && pass->program->nodes.items[callee].flags & FUNCTION_SYSTEM;
		for (uint32_t a = 0; a < program_call(pass->program, call)->argument_count; a++) {
			const struct fact_value *value = program_value(pass->program, program_argument(pass->program, call, a));
			struct mode_change other;
			if (value->kind == VALUE_PARAM && value->a == number && !is_system && !mode_change_at(pass->derived, call, a, &other))
				return true;
		}
	}
	return false;
}

/* A function that outsiders call, and nobody here, to do something with a descriptor that stays theirs. */
static bool is_lent(struct pass *pass, const struct mode_change *change, uint32_t caller, uint32_t number)
{
	const struct node *node = &pass->program->nodes.items[caller];
	return node_is_exported(node) && !node->in_count && !has_word(node->name, switch_words) && !is_kept(pass, change, number);
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
	struct shared shared = shared_descriptor(pass->derived, program_argument(pass->program, edge->call, argument), call->function);
	if (shared.kind == SHARING_NONE || (shared.kind == SHARING_CALLER && !is_lent(pass, &change, edge->from, shared.number)) ||
	    is_replaced(pass, &change, &shared) || is_put_back(pass, &change, &shared))
		return;
	struct finding *finding =
		report_call(pass, edge->call, name, "'%s' makes %s %s for all who share it, and nobody puts it back", name, whose(&shared),
			    !change.clears ? "nonblocking" : change.sets ? "blocking or nonblocking" : "blocking");
	if (change.effect->node != edge->from)
		note_effect(pass, finding, change.effect);
	set_help(pass, finding, "open it anew, ask for readiness before each call, or put the mode back on every way out");
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t e = 0; e < pass->program->edges.count; e++) {
		const struct edge *edge = &pass->program->edges.items[e];
		if (edge->kind != EDGE_CALL || derived->in_child[e] || derived->child_only[edge->from] || is_test_file(pass->program->nodes.items[edge->from].file))
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
	.looks_at = 1u << EFFECT_SETS_NONBLOCKING,
	.check = check,
};
