#include "silence.h"

#include "allow.h"
#include "waiters.h"
#include "why.h"

#include <stdlib.h>
#include <string.h>

struct silence {
	struct pass pass;
	const struct silence_options *options;
	FILE *out;
	struct arena *arena;
};

static const char *node_name(const struct silence *silence, uint32_t node)
{
	return silence->pass.program->nodes.items[node].name;
}

/* "src/x.c:12:5" */
static const char *call_place(const struct silence *silence, struct ref call)
{
	const struct place *place = &program_call(silence->pass.program, call)->place;
	return arena_printf(silence->arena, "%s:%u:%u", program_text(silence->pass.program, call.unit, place->file),
			    place->line, place->column);
}

/*
 * The questions. Each is asked of one effect of the call and answers with what speaks against a finding, or NULL.
 */

static const char *ask_certain(struct silence *silence, const struct effect *effect)
{
	(void)silence;
	return effect->certain ? NULL : "it is not certain: what the model makes it depend on is not known here";
}

static const char *ask_cost(struct silence *silence, const struct effect *effect)
{
	if (effect->kind != EFFECT_BLOCKS || silence->pass.costs >> effect->cost & 1)
		return NULL;
	return arena_printf(silence->arena, "waits of the class '%s' are off (--cost %s)", cost_name(effect->cost),
			    cost_name(effect->cost));
}

static const char *ask_cause(struct silence *silence, const struct effect *effect)
{
	const struct derived *derived = silence->pass.derived;
	if (is_waiter(derived, effect->node) && effect->kind == EFFECT_BLOCKS)
		return arena_printf(silence->arena, "'%s' says that it waits: it is judged where it is called",
				    node_name(silence, effect->node));
	if (effect->from == NONE)
		return NULL;
	while (effect->from != NONE)
		effect = &derived->effects.items[effect->from];
	return arena_printf(silence->arena, "it is judged where '%s' is called: %s", node_name(silence, effect->cause),
			    call_place(silence, effect->call));
}

static bool has_way(struct silence *silence, const struct effect *effect, bool but_own_wait)
{
	struct loop_path path;
	bool found =
	    find_loop_path(&silence->pass, scope_of_call(silence->pass.program, effect->call), &effect->condition,
			   effect->kind == EFFECT_BLOCKS ? NULL : effect->world, but_own_wait, &path);
	table_release(&path.edges);
	return found;
}

static const char *ask_own_wait(struct silence *silence, const struct effect *effect)
{
	if (!silence->pass.derived->wait_step[effect->node] ||
	    (effect->kind == EFFECT_BLOCKS && (!has_way(silence, effect, false) || has_way(silence, effect, true))))
		return NULL;
	return arena_printf(silence->arena, "'%s' is how a home-made loop waits for its events",
			    node_name(silence, effect->node));
}

static const char *ask_test(struct silence *silence, const struct effect *effect)
{
	bool is_test =
	    effect->cost == COST_SLEEP && is_test_file(silence->pass.program->nodes.items[effect->node].file);
	return is_test ? "a test that sleeps means it" : NULL;
}

static bool is_through(const struct effect *effect, struct ref call)
{
	return effect->call.unit == call.unit && effect->call.index == call.index;
}

static const char *ask_other_rule(struct silence *silence, const struct effect *effect)
{
	const struct derived *derived = silence->pass.derived;
	for (uint32_t i = derived->first_effect[effect->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *other = &derived->effects.items[i];
		if (is_through(other, effect->call) &&
		    (other->kind == EFFECT_PUMPS || other->kind == EFFECT_FORBIDDEN_ON_LOOP))
			return "it runs a loop, or its library forbids it there: that is another rule's business";
	}
	return NULL;
}

static const char *ask_descriptor(struct silence *silence, const struct effect *effect)
{
	const struct model_function *model = silence->pass.program->nodes.items[effect->cause].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_READS || model->effects[i].kind == MODEL_SETS_NONBLOCKING)
			return "its descriptor is not known to be a loop's";
	return arena_printf(silence->arena, "'%s' neither reads, writes nor switches a descriptor",
			    node_name(silence, effect->cause));
}

static const char *role_text(const struct role *role)
{
	return role->kind == ROLE_MAIN ? "main" : role_name((enum role_kind)role->kind);
}

static const char *ask_on_loop(struct silence *silence, const struct effect *effect)
{
	const struct derived *derived = silence->pass.derived;
	const char *roles = NULL, *name = node_name(silence, effect->node);
	bool only_main = true;
	for (uint32_t i = derived->first_role[effect->node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if (role->kind == ROLE_ON_LOOP || role->kind == ROLE_COROUTINE)
			return NULL;
		only_main &= role->kind == ROLE_MAIN;
		roles = roles ? arena_printf(silence->arena, "%s, %s", roles, role_text(role)) : role_text(role);
	}
	if (!roles)
		return arena_printf(silence->arena,
				    "'%s' is not known to run on a loop: no callback is seen that calls it", name);
	if (only_main)
		return arena_printf(silence->arena,
				    "'%s' runs before or after the loop only: nothing but main is seen to reach it",
				    name);
	return arena_printf(silence->arena, "'%s' is not known to run on a loop, only as: %s", name, roles);
}

/* What keeps every way from a callback down to the call from being sure. */
static const char *ask_way(struct silence *silence, const struct effect *effect)
{
	struct pass *pass = &silence->pass;
	if (ask_on_loop(silence, effect))
		return NULL;
	for (uint32_t i = 0; i < effect->condition.count; i++) {
		const struct atom *atom = &effect->condition.atoms[i];
		if (atom->subject == SUBJECT_SLOT && mode_of_slot(pass->derived, atom->id))
			return arena_printf(silence->arena, "it depends on a mode that is not decided here: %s",
					    atom_text(&pass->derived->conditions,
						      &pass->program->nodes.items[effect->node], atom, silence->arena));
	}
	return has_way(silence, effect, false)
		   ? NULL
		   : "on every way from a callback of that loop a condition rules it out, or leaves a mode open";
}

static const char *const origin_texts[] = {
    [ORIGIN_UNKNOWN] = "not known where from",
    [ORIGIN_MADE] = "made here",
    [ORIGIN_PARAM] = "a parameter",
    [ORIGIN_OBJECT] = "a parameter's",
    [ORIGIN_GLOBAL] = "global",
    [ORIGIN_DEFAULT] = "the library's default",
    [ORIGIN_THREAD] = "the thread's",
    [ORIGIN_RESULT] = "handed to the caller",
    [ORIGIN_PRIVATE] = "made further down and kept there",
};

/* A private loop can neither be run again from its callbacks nor be someone else's. */
static const char *ask_shared_loop(struct silence *silence, const struct effect *effect)
{
	bool is_private = effect->origin.kind == ORIGIN_MADE || effect->origin.kind == ORIGIN_PRIVATE;
	if (effect->kind != EFFECT_PUMPS || !is_private)
		return NULL;
	return arena_printf(silence->arena, "the loop that is pumped is %s", origin_texts[effect->origin.kind]);
}

static const char *ask_own_loop(struct silence *silence, const struct effect *effect)
{
	if (effect->kind != EFFECT_PUMPS || effect->origin.kind == ORIGIN_MADE)
		return NULL;
	return arena_printf(silence->arena, "the loop that is pumped is not made here: it is %s",
			    origin_texts[effect->origin.kind]);
}

static bool is_registered(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].from == NONE && derived->roles.items[i].edge == NONE &&
		    derived->roles.items[i].kind != ROLE_MAIN)
			return true;
	return false;
}

static const char *ask_sync_looking(struct silence *silence, const struct effect *effect)
{
	const struct derived *derived = silence->pass.derived;
	const char *name = node_name(silence, effect->node);
	if (derived->owner[effect->node])
		return arena_printf(silence->arena,
				    "'%s' may run loops: it is main, a thread, a test, or named as what runs one",
				    name);
	if (is_registered(derived, effect->node))
		return arena_printf(silence->arena, "'%s' is a callback itself", name);
	if (!is_sync_looking(derived, effect->node, true))
		return arena_printf(silence->arena, "'%s' takes the loop from its caller", name);
	return NULL;
}

static const char *ask_completion(struct silence *silence, const struct effect *effect)
{
	if (!is_sync_looking(silence->pass.derived, effect->node, true) ||
	    is_sync_looking(silence->pass.derived, effect->node, false))
		return NULL;
	return arena_printf(silence->arena, "'%s' takes a callback, so it does not look synchronous",
			    node_name(silence, effect->node));
}

/* Who asks what; NULL stands for every rule. The order is that of the answers. */
static const struct question {
	const char *family, *rule;
	const char *(*ask)(struct silence *silence, const struct effect *effect);
} questions[] = {
    {NULL, NULL, ask_certain},
    {"block", NULL, ask_cause},
    {"transport", NULL, ask_cause},
    {"transport", NULL, ask_descriptor},
    {"block", NULL, ask_cost},
    {"block", NULL, ask_own_wait},
    {"block", NULL, ask_test},
    {"block", "blocking-in-async", ask_other_rule},
    {"block", NULL, ask_on_loop},
    {"block", NULL, ask_way},
    {"block", "loop-reentry", ask_shared_loop},
    {"loop", "hidden-loop", ask_own_loop},
    {"loop", "nested-loop", ask_shared_loop},
    {"loop", "nested-loop", ask_own_wait},
    {"loop", NULL, ask_sync_looking},
    {"loop", "nested-loop", ask_completion},
};

static bool is_selected(const struct silence *silence, const struct rule *rule)
{
	const struct rule *const *selected = silence->options->rules;
	while (*selected && *selected != rule)
		selected++;
	return *selected != NULL;
}

static bool has_reported(const struct silence *silence, const struct rule *rule, struct ref call)
{
	const struct fact_call *fact = program_call(silence->pass.program, call);
	for (uint32_t i = 0; i < silence->pass.findings->list.count; i++) {
		const struct finding *finding = silence->pass.findings->list.items[i];
		if (strcmp(finding->rule, rule->id) == 0 && finding->location.line == fact->place.line &&
		    finding->location.column == fact->place.column &&
		    strcmp(finding->location.file, silence->options->file) == 0)
			return true;
	}
	return false;
}

static void print_verdict(struct silence *silence, const struct rule *rule, const struct effect *effect)
{
	if (!is_selected(silence, rule)) {
		fprintf(silence->out, "    %s: is not switched on (--rules %s)\n", rule->id, rule->id);
		return;
	}
	if (has_reported(silence, rule, effect->call)) {
		fprintf(silence->out, "    %s: reports it\n", rule->id);
		return;
	}
	uint32_t answers = 0;
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		const struct question *question = &questions[i];
		if ((question->family && strcmp(question->family, rule->family) != 0) ||
		    (question->rule && strcmp(question->rule, rule->id) != 0))
			continue;
		const char *answer = question->ask(silence, effect);
		if (answer)
			fprintf(silence->out, "    %s: %s %s\n", rule->id, answers++ ? "and" : "silent:", answer);
	}
	if (!answers)
		fprintf(silence->out,
			"    %s: silent for a reason of its own; 'asynclint explain %s' says what it never reports\n",
			rule->id, rule->id);
}

/* A call can have one effect in many ways: the first stands for all of the same cause. */
static bool is_first_of_cause(const struct derived *derived, uint32_t index)
{
	const struct effect *effect = &derived->effects.items[index];
	for (uint32_t i = derived->first_effect[effect->node]; i != index; i = derived->effects.items[i].next) {
		const struct effect *before = &derived->effects.items[i];
		if (is_through(before, effect->call) && before->kind == effect->kind &&
		    before->cause == effect->cause && before->clears == effect->clears)
			return false;
	}
	return true;
}

static uint32_t print_effects(struct silence *silence, struct ref call, uint32_t node)
{
	const struct derived *derived = silence->pass.derived;
	uint32_t count = 0;
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (!is_through(effect, call) || !is_first_of_cause(derived, i))
			continue;
		count++;
		why_effect(silence->out, derived, effect, silence->arena);
		for (const struct rule *const *rule = all_rules; *rule; rule++)
			if ((*rule)->looks_at >> effect->kind & 1)
				print_verdict(silence, *rule, effect);
	}
	return count;
}

/* Effects that the model has for the function, but not for this call. */
static void print_ruled_out(struct silence *silence, struct ref call, uint32_t callee)
{
	const struct model_function *model = silence->pass.program->nodes.items[callee].model;
	for (uint32_t i = 0; i < model->effect_count; i++) {
		const struct model_effect *effect = &model->effects[i];
		const char *because = effect->because ? effect->because : "has an effect";
		struct condition condition = {0};
		bool certain = true;
		if (!model_effect_at(silence->pass.derived, call, effect, &condition, &certain)) {
			fprintf(silence->out, "  '%s' %s, but not with these arguments\n", model->name, because);
		} else if (effect->kind == MODEL_READS && effect->argument >= 0) {
			static const char *const states[] = {"not known to block", "blocking", "nonblocking"};
			fprintf(silence->out, "  its descriptor is %s here\n",
				states[descriptor_before(silence->pass.derived, call, (uint32_t)effect->argument)]);
		}
	}
}

static void print_callee(struct silence *silence, struct ref call, uint32_t callee)
{
	const struct node *node = &silence->pass.program->nodes.items[callee];
	if (node->model && node->model->harmless)
		fprintf(silence->out, "  the model '%s' says that '%s' has no effect that matters\n",
			node->model->library, node->name);
	else if (node->model)
		print_ruled_out(silence, call, callee);
	else if (!node->body_count)
		fprintf(silence->out, "  no body of '%s' was seen, and no model speaks of it\n", node->name);
}

/* What keeps effects from being derived at all. */
static void print_unreached(struct silence *silence, struct ref call, uint32_t node)
{
	struct derived *derived = silence->pass.derived;
	struct condition condition = {0};
	if (!condition_of_scope(&derived->conditions, call.unit, program_call(silence->pass.program, call)->scope,
				&condition))
		fprintf(silence->out, "  it never runs: the conditions around it contradict each other\n");
	if (derived->child_only[node] || call_in_child(derived, call))
		fprintf(silence->out, "  it runs in a forked child only\n");
	if (call_on_other_thread(derived, call))
		fprintf(silence->out, "  it runs on another thread than the one that is asked for around it\n");
	const struct node *caller = &silence->pass.program->nodes.items[node];
	for (uint32_t e = caller->first_out; e < caller->first_out + caller->out_count; e++) {
		struct ref other = silence->pass.program->edges.items[e].call;
		if (derived->way_out[e] && other.unit == call.unit && other.index == call.index) {
			fprintf(silence->out, "  the process ends after it: who waits for it is not missed\n");
			break;
		}
	}
}

static void print_pointer(struct silence *silence, struct ref call, uint32_t node)
{
	const struct program *program = silence->pass.program;
	const struct node *caller = &program->nodes.items[node];
	uint32_t count = 0;
	for (uint32_t e = caller->first_out; e < caller->first_out + caller->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind == EDGE_POINTER && edge->call.unit == call.unit && edge->call.index == call.index)
			fprintf(silence->out, "%s'%s'", count++ ? ", " : "  it can be: ", node_name(silence, edge->to));
	}
	fprintf(silence->out, count ? "\n" : "  no function was seen that it can be\n");
}

static void print_call(struct silence *silence, struct ref call, uint32_t node)
{
	const struct derived *derived = silence->pass.derived;
	uint32_t callee = program_callee(silence->pass.program, call);
	fprintf(silence->out, "%s: '%s' calls %s%s%s\n", call_place(silence, call), node_name(silence, node),
		callee == NONE ? "" : "'", callee == NONE ? "by pointer" : node_name(silence, callee),
		callee == NONE ? "" : "'");
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		why_role(silence->out, derived, &derived->roles.items[i], silence->arena);
	if (derived->first_role[node] == NONE)
		fprintf(silence->out, "  runs: not known, no callback and no main is seen that calls '%s'\n",
			node_name(silence, node));
	print_unreached(silence, call, node);
	if (callee == NONE)
		print_pointer(silence, call, node);
	else
		print_callee(silence, call, callee);
	if (!print_effects(silence, call, node))
		fprintf(silence->out, "  no effect is known that a rule could judge\n");
}

/* Units see the same header; a place is looked at once. */
struct seen {
	uint32_t column, node, callee;
};

static uint32_t print_calls(struct silence *silence, uint32_t *nearest, bool *known_file)
{
	const struct program *program = silence->pass.program;
	TABLE(struct seen) seen = {0};
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->inclusions_count && !*known_file; i++)
			*known_file = strcmp(facts_text(facts, facts->inclusions[i].path), silence->options->file) == 0;
		for (uint32_t i = 0; i < facts->calls_count; i++) {
			const struct fact_call *fact = &facts->calls[i];
			uint32_t node = program_node(program, unit, fact->function);
			if (node == NONE || strcmp(facts_text(facts, fact->place.file), silence->options->file) != 0)
				continue;
			*known_file = true;
			int64_t line = silence->options->line, away = llabs(fact->place.line - line);
			if (*nearest == 0 || away < llabs(*nearest - line))
				*nearest = fact->place.line;
			struct seen one = {fact->place.column, node, program_callee(program, (struct ref){unit, i})};
			bool is_new = away == 0;
			for (uint32_t s = 0; s < seen.count && is_new; s++)
				is_new = memcmp(&seen.items[s], &one, sizeof(one)) != 0;
			if (!is_new)
				continue;
			table_add(&seen, one);
			print_call(silence, (struct ref){unit, i}, node);
		}
	}
	uint32_t count = seen.count;
	table_release(&seen);
	return count;
}

static bool is_here(const struct silence *silence, const struct finding *finding)
{
	return finding->location.line == silence->options->line &&
	       strcmp(finding->location.file, silence->options->file) == 0;
}

/* All findings of the line, whatever they are about, and those that a comment suppresses. */
static void print_findings(struct silence *silence, const struct facts *const *units, uint32_t unit_count)
{
	struct findings *findings = silence->pass.findings;
	TABLE(const struct finding *) here = {0};
	for (uint32_t i = 0; i < findings->list.count; i++)
		if (is_here(silence, findings->list.items[i]))
			table_add(&here, findings->list.items[i]);
	struct coverage coverage = {0};
	struct allow_options allow = {.rules = silence->options->rules, .partial = true};
	allow_apply(units, unit_count, &allow, findings, &coverage);
	coverage_release(&coverage);
	for (uint32_t i = 0; i < here.count; i++) {
		bool kept = false;
		for (uint32_t f = 0; f < findings->list.count && !kept; f++)
			kept = findings->list.items[f] == here.items[i];
		fprintf(silence->out, "%s by %s: %s\n", kept ? "reported" : "suppressed by a comment, else reported",
			here.items[i]->rule, here.items[i]->message);
	}
	table_release(&here);
}

static void print_all(struct silence *silence, const struct facts *const *units, uint32_t unit_count, bool *known_file)
{
	uint32_t nearest = 0;
	if (!print_calls(silence, &nearest, known_file)) {
		fprintf(silence->out, "%s:%u: no call stands on this line", silence->options->file,
			silence->options->line);
		if (nearest)
			fprintf(silence->out, "; the nearest that does is line %u", nearest);
		fprintf(silence->out, "\n");
	}
	print_findings(silence, units, unit_count);
}

char *silence_text(struct derived *derived, const struct facts *const *units, uint32_t unit_count,
		   const struct silence_options *options, struct arena *arena)
{
	struct findings findings = {0};
	struct silence silence = {
	    .pass = {.program = derived->program, .derived = derived, .findings = &findings, .costs = options->costs},
	    .options = options,
	    .arena = arena,
	};
	for (const struct rule *const *rule = options->rules; *rule; rule++) {
		silence.pass.rule = *rule;
		(*rule)->check(&silence.pass);
	}
	char *text = NULL;
	size_t size = 0;
	bool known_file = false;
	silence.out = open_memstream(&text, &size);
	if (!silence.out)
		arena_out_of_memory();
	print_all(&silence, units, unit_count, &known_file);
	if (fclose(silence.out) != 0 || !text)
		arena_out_of_memory();
	char *copy = known_file ? arena_strndup(arena, text, size) : NULL;
	free(text);
	findings_release(&findings);
	return copy;
}
