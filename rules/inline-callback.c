#include "callback_use.h"
#include "pass.h"
#include "stored_callback.h"
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

/* The first implementation in the slot that only calls its callback before it returns (or, with `keeps`, that keeps it
 * for later); NONE if there is none. */
static uint32_t find_implementation(const struct pass *pass, const struct callback_params *callbacks,
				    const struct holder *slot, uint32_t param, bool keeps)
{
	for (uint32_t i = 0; i < slot->held.count; i++) {
		const struct held *held = &slot->held.items[i];
		const struct node *node = &pass->program->nodes.items[held->function];
		if (held->is_call || param >= node->param_count || is_test_file(node->file) ||
		    !is_completion_param(pass->program, node, param))
			continue;
		uint32_t uses = callbacks->uses[node->first_param + param];
		if (keeps ? uses >> CALLBACK_KEPT & 1 : uses == 1u << CALLBACK_CALLED)
			return held->function;
	}
	return NONE;
}

static void report_first_use(struct pass *pass, const struct callback_params *callbacks, uint32_t calling,
			     uint32_t keeping, uint32_t param, const char *slot)
{
	const struct node *called = &pass->program->nodes.items[calling], *kept = &pass->program->nodes.items[keeping];
	callback_uses uses = {0};
	for (uint32_t b = 0; b < called->body_count && !uses.count; b++)
		find_callback_uses(callbacks, pass->program->bodies.items[called->first_body + b], calling, param,
				   &uses);
	if (uses.count) {
		struct finding *finding =
		    report(pass, uses.items[0].moment.unit, &uses.items[0].place, calling, slot,
			   "'%s' calls '%s' before it returns, and '%s', which is '%s' as well, later", called->name,
			   param_text(pass, calling, param), kept->name, slot);
		note(pass, finding, kept->function.unit, &program_function(pass->program, kept)->place, keeping,
		     "'%s' keeps its callback for later", kept->name);
		set_help(pass, finding, "let the loop call it in both cases");
	}
	table_release(&uses);
}

/* Who calls by way of a slot cannot know which implementation he gets. */
static void check_slots(struct pass *pass, const struct callback_params *callbacks)
{
	const struct program *program = pass->program;
	for (uint32_t h = 0; h < program->holders.count; h++) {
		const struct holder *slot = &program->holders.items[h];
		if (slot->kind != HOLDER_SLOT || slot->held.count < 2)
			continue;
		const struct node *first = &program->nodes.items[slot->held.items[0].function];
		const char *name = program_slot_text(program, h, &pass->findings->arena);
		for (uint32_t p = 0; p < first->param_count && !has_word(name, setter_words); p++) {
			uint32_t calling = find_implementation(pass, callbacks, slot, p, false),
				 keeping = find_implementation(pass, callbacks, slot, p, true);
			if (calling != NONE && keeping != NONE)
				report_first_use(pass, callbacks, calling, keeping, p, name);
		}
	}
}

static void report_operation(struct pass *pass, const struct stored_callback *callback, uint32_t at)
{
	const struct program *program = pass->program;
	const struct wait *ways = callback->ways.items;
	const char *name = program->nodes.items[ways[at].node].name,
		   *slot = program_slot_text(program, callback->holder, &pass->findings->arena);
	struct finding *finding = report_call(
	    pass, ways[at].call, slot,
	    "'%s' calls the user's '%s' before it returns here, which the loop calls later otherwise", name, slot);
	find_surface(pass, finding, ways[at].node);
	for (; ways[at].below != NONE; at = ways[at].below)
		note_call(pass, finding, ways[at].call, "'%s' calls '%s'", program->nodes.items[ways[at].node].name,
			  program->nodes.items[ways[ways[at].below].node].name);
	note_call(pass, finding, ways[at].call, "'%s' calls the user's function",
		  program->nodes.items[ways[at].node].name);
	set_help(pass, finding, "let the loop call it in both cases");
}

/* Operations that get to the callback that their user has stored, which it is for the loop to call. One way each. */
static void check_stored(struct pass *pass)
{
	stored_callbacks callbacks = {0};
	id_table reported = {0};
	stored_callbacks_find(pass->derived, &callbacks);
	for (uint32_t i = 0; i < callbacks.count; i++)
		for (uint32_t at = 0; at < callbacks.items[i].ways.count; at++) {
			uint32_t node = callbacks.items[i].ways.items[at].node;
			bool is_new = is_own_operation(pass->derived, &callbacks.items[i], at);
			for (uint32_t r = 0; r < reported.count; r++)
				is_new &= reported.items[r] != node;
			if (!is_new)
				continue;
			table_add(&reported, node);
			report_operation(pass, &callbacks.items[i], at);
		}
	table_release(&reported);
	stored_callbacks_release(&callbacks);
}

static void check_params(struct pass *pass, const struct callback_params *callbacks)
{
	const struct program *program = pass->program;
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
}

static void check(struct pass *pass)
{
	struct callback_params *callbacks = callback_params_new(pass->derived);
	check_params(pass, callbacks);
	check_slots(pass, callbacks);
	check_stored(pass);
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
