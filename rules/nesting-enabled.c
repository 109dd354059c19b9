#include "modelled.h"
#include "pass.h"
#include "words.h"

static const char *const permit_words[] = {"allow", "allows", "allowed", "can", "may", "enable", "permit", NULL};
static const char *const nest_words[] = {"nest",       "nested",  "nesting",   "reenter",   "reentry", "reentrant",
					 "reentrancy", "recurse", "recursion", "recursive", NULL};

static bool is_permission(const char *name)
{
	return has_word(name, permit_words) && has_word(name, nest_words);
}

/* A library's permission, given at this call. */
static bool is_library_permission(struct pass *pass, struct ref call)
{
	const struct model_effect *effect = modelled_effect_at(pass->program, call, MODEL_ALLOWS_NESTING);
	struct condition condition = {0};
	bool certain = true;
	return effect && model_effect_at(pass->derived, call, effect, &condition, &certain) && certain;
}

static void check_call(struct pass *pass, const struct edge *edge)
{
	const struct node *callee = &pass->program->nodes.items[edge->to],
			  *caller = &pass->program->nodes.items[edge->from];
	if (edge->kind == EDGE_CALL && !caller->model && is_library_permission(pass, edge->call))
		report_call(pass, edge->call, callee->name,
			    "'%s' allows the event loop to be run from its own callbacks", callee->name);
}

/* The field decides something where a loop is run: names propose, this confirms. */
static bool is_read_by_loop(struct pass *pass, uint32_t subject)
{
	const struct program *program = pass->program;
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		bool runs = effect_find(pass->derived, n, EFFECT_PUMPS) ||
			    effect_find(pass->derived, n, EFFECT_WAITS) || pass->derived->owner[n];
		for (uint32_t b = 0; runs && b < program->nodes.items[n].body_count; b++) {
			struct ref body = program->bodies.items[program->nodes.items[n].first_body + b];
			const struct fact_function *function =
			    &program_facts(program, body.unit)->functions[body.index];
			for (uint32_t s = 0; s < function->scope_count; s++) {
				struct condition condition = {0};
				condition_of_scope(&pass->derived->conditions, body.unit, function->first_scope + s,
						   &condition);
				if (condition_find(&condition, SUBJECT_SLOT, subject))
					return true;
			}
		}
	}
	return false;
}

static void check_assignment(struct pass *pass, uint32_t unit, const struct fact_assignment *fact)
{
	const struct facts *facts = program_facts(pass->program, unit);
	const struct fact_value *target = &facts->values[fact->target];
	const char *name = target->kind == VALUE_FIELD ? facts_text(facts, target->b) : "";
	int64_t number;
	if (fact->function != NONE && is_permission(name) && fact->operation == OPERATOR_ASSIGN &&
	    value_constant(pass->program, unit, fact->source, &number) && number &&
	    is_read_by_loop(pass, slot_subject(&pass->derived->conditions, unit, fact->target)))
		report(pass, unit, &fact->place, program_node(pass->program, unit, fact->function), name,
		       "'%s' allows the event loop to be run from its own callbacks", name);
}

static void check(struct pass *pass)
{
	for (uint32_t e = 0; e < pass->program->edges.count; e++)
		check_call(pass, &pass->program->edges.items[e]);
	for (uint32_t unit = 0; unit < pass->program->unit_count; unit++) {
		const struct facts *facts = program_facts(pass->program, unit);
		for (uint32_t i = 0; i < facts->assignments_count; i++)
			check_assignment(pass, unit, &facts->assignments[i]);
	}
}

const struct rule rule_nesting_enabled = {
    .id = "nesting-enabled",
    .family = "loop",
    .since = "0.1",
    .summary = "event loop is allowed to be run from its own callbacks",
    .severity = SEVERITY_ADVICE,
    .status = RULE_ADVICE,
    .looks_at = 1u << ASPECT_ALLOWS_NESTING,
    .check = check,
};
