#include "callback_use.h"
#include "pass.h"
#include "user_callbacks.h"
#include "words.h"

/* Such a function starts nothing: it changes who is told. */
static const char *const setter_words[] = {"set", "replace", NULL};

/* Whether there is a way out on which the callback was kept and not called. */
static bool is_deferred(struct pass *pass, const callback_uses *uses, const struct callback_use *kept,
			const exits *ways_out)
{
	const struct facts *facts = program_facts(pass->program, kept->moment.unit);
	for (uint32_t x = 0; x < ways_out->count; x++) {
		bool called = !can_follow(&pass->derived->conditions, &kept->moment, &ways_out->items[x].moment);
		for (uint32_t u = 0; u < uses->count && !called; u++)
			called = uses->items[u].kind == CALLBACK_CALLED &&
				 (comes_always_before(facts, &uses->items[u].moment, &kept->moment) ||
				  comes_always_before(facts, &uses->items[u].moment, &ways_out->items[x].moment));
		if (!called)
			return true;
	}
	return false;
}

static void report_use(struct pass *pass, uint32_t node, uint32_t param, const struct callback_use *called,
		       const struct callback_use *kept)
{
	const struct node *of = &pass->program->nodes.items[node];
	const char *name = param_text(pass, node, param);
	struct finding *finding = report(pass, called->moment.unit, &called->place, node, name,
					 "'%s' calls '%s' before it returns here, and later elsewhere", of->name, name);
	uint32_t callee = called->call.index == NONE ? NONE : program_callee(pass->program, called->call);
	if (callee != NONE)
		note_call(pass, finding, called->call, "'%s' calls it before it returns",
			  pass->program->nodes.items[callee].name);
	callee = kept->call.index == NONE ? NONE : program_callee(pass->program, kept->call);
	if (callee != NONE)
		note_call(pass, finding, kept->call, "'%s' keeps it for later",
			  pass->program->nodes.items[callee].name);
	else
		note(pass, finding, kept->moment.unit, &kept->place, node, "it is kept here for later");
	find_surface(pass, finding, node);
	set_help(pass, finding, "let the loop call it in both cases, or return an error instead of calling it");
}

/* Whether users give the callback: to the function, or to one that hands it on. */
static bool is_given_by_users(const struct program *program, uint32_t index, uint32_t param, int depth)
{
	const struct node *node = &program->nodes.items[index];
	if (is_for_others(node))
		return true;
	for (uint32_t i = 0; i < node->in_count && depth < 4; i++) {
		const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
		const struct fact_value *argument =
		    program_value(program, program_argument(program, edge->call, param));
		if (edge->kind == EDGE_CALL && argument->kind == VALUE_PARAM &&
		    is_given_by_users(program, edge->from, argument->a, depth + 1))
			return true;
	}
	return false;
}

/* The function that is called does both by itself: it is the one to report. */
static bool is_callees_own(const struct callback_use *a, const struct callback_use *b)
{
	return a->call.index != NONE && a->call.index == b->call.index;
}

static void check_param(struct pass *pass, const struct callback_params *callbacks, struct ref body, uint32_t node,
			uint32_t param)
{
	callback_uses uses = {0};
	exits ways_out = {0};
	find_callback_uses(callbacks, body, node, param, &uses);
	find_exits(pass->program, body, &ways_out);
	const struct callback_use *called = NULL, *kept = NULL;
	for (uint32_t k = 0; k < uses.count && !called; k++) {
		kept = &uses.items[k];
		if (kept->kind != CALLBACK_KEPT || !is_deferred(pass, &uses, kept, &ways_out))
			continue;
		for (uint32_t c = 0; c < uses.count && !called; c++)
			if (uses.items[c].kind == CALLBACK_CALLED && !is_callees_own(&uses.items[c], kept))
				called = &uses.items[c];
	}
	if (called)
		report_use(pass, node, param, called, kept);
	table_release(&ways_out);
	table_release(&uses);
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	struct callback_params *callbacks = callback_params_new(pass->derived);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		for (uint32_t p = 0; p < node->param_count; p++) {
			if (callbacks->uses[node->first_param + p] != (1u << CALLBACK_CALLED | 1u << CALLBACK_KEPT) ||
			    !is_completion_param(program, node, p) || has_word(node->name, setter_words) ||
			    !is_given_by_users(program, n, p, 0))
				continue;
			for (uint32_t b = 0; b < node->body_count; b++)
				check_param(pass, callbacks, program->bodies.items[node->first_body + b], n, p);
		}
	}
	callback_params_free(callbacks);
}

const struct rule rule_inline_callback = {
    .id = "inline-callback",
    .family = "life",
    .since = "0.1",
    .summary = "async function calls its callback before it returns on one path and later on another",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << ASPECT_CALLS_BACK,
    .check = check,
};
