#include "silence.h"

#include "allow.h"
#include "aspects.h"
#include "questions.h"
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

static bool is_selected(const struct silence *silence, const struct rule *rule)
{
	const struct rule *const *selected = silence->options->rules;
	while (*selected && *selected != rule)
		selected++;
	return *selected != NULL;
}

static bool is_at(const struct silence *silence, const struct location *location, struct ref call)
{
	const struct place *place = &program_call(silence->pass.program, call)->place;
	return location->line == place->line && location->column == place->column &&
	       strcmp(location->file, silence->options->file) == 0;
}

/* The call is where the rule reports, or a step on the way there. */
static bool print_report(struct silence *silence, const struct rule *rule, struct ref call)
{
	const struct finding *on_the_way = NULL;
	for (uint32_t i = 0; i < silence->pass.findings->list.count; i++) {
		const struct finding *finding = silence->pass.findings->list.items[i];
		if (strcmp(finding->rule, rule->id) != 0)
			continue;
		if (is_at(silence, &finding->location, call)) {
			fprintf(silence->out, "    %s: reports it\n", rule->id);
			return true;
		}
		for (uint32_t s = 0; s < finding->path.count && !on_the_way; s++)
			if (is_at(silence, &finding->path.items[s].location, call))
				on_the_way = finding;
	}
	if (on_the_way)
		fprintf(silence->out, "    %s: it is a step of what is reported at %s:%u:%u\n", rule->id,
			on_the_way->location.file, on_the_way->location.line, on_the_way->location.column);
	return on_the_way != NULL;
}

/* Says what can be said without asking the rule's questions. */
static bool print_known(struct silence *silence, const struct rule *rule, struct ref call)
{
	if (is_selected(silence, rule))
		return print_report(silence, rule, call);
	fprintf(silence->out, "    %s: is not switched on (--rules %s)\n", rule->id, rule->id);
	return true;
}

static void print_answer(struct silence *silence, const struct rule *rule, uint32_t number, const char *answer)
{
	if (answer)
		fprintf(silence->out, "    %s: %s %s\n", rule->id, number ? "and" : "silent:", answer);
	else if (!number)
		fprintf(silence->out,
			"    %s: silent for a reason of its own; 'asynclint explain %s' says what it never reports\n",
			rule->id, rule->id);
}

static void print_verdict(struct silence *silence, const struct rule *rule, const struct effect *effect)
{
	if (print_known(silence, rule, effect->call))
		return;
	uint32_t at = 0, number = 0;
	const char *answer;
	do {
		answer = next_answer(&silence->pass, rule, effect, &at);
		print_answer(silence, rule, number++, answer);
	} while (answer);
}

/* A call can have one effect in many ways: the first stands for all of the same cause. */
static bool is_first_of_cause(const struct derived *derived, uint32_t index)
{
	const struct effect *effect = &derived->effects.items[index];
	for (uint32_t i = derived->first_effect[effect->node]; i != index; i = derived->effects.items[i].next) {
		const struct effect *before = &derived->effects.items[i];
		if (is_effect_of(before, effect->call) && before->kind == effect->kind &&
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
		if (!is_effect_of(effect, call) || !is_first_of_cause(derived, i))
			continue;
		count++;
		why_effect(silence->out, derived, effect, silence->arena);
		for (const struct rule *const *rule = all_rules; *rule; rule++)
			if ((*rule)->looks_at >> effect->kind & 1)
				print_verdict(silence, *rule, effect);
	}
	return count;
}

/* What the call is to rules besides its effects. */
static uint32_t print_aspects(struct silence *silence, struct ref call)
{
	uint32_t count = 0;
	for (enum call_aspect aspect = ASPECT_DEFAULT_LOOP; aspect < ASPECTS_END; aspect++) {
		const char *text = aspect_text(&silence->pass, call, aspect);
		if (!text)
			continue;
		count++;
		fprintf(silence->out, "  %s\n", text);
		for (const struct rule *const *rule = all_rules; *rule; rule++)
			if ((*rule)->looks_at >> aspect & 1 && !print_known(silence, *rule, call))
				print_answer(silence, *rule, 0, aspect_answer(&silence->pass, *rule, call));
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
	fprintf(silence->out, "%s: '%s' calls %s%s%s\n", call_place(silence->pass.program, call, silence->arena),
		node_name(silence, node), callee == NONE ? "" : "'",
		callee == NONE ? "by pointer" : node_name(silence, callee), callee == NONE ? "" : "'");
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
	uint32_t effects = print_effects(silence, call, node), aspects = print_aspects(silence, call);
	if (effects + aspects == 0)
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
