#include "pass.h"
#include "unread.h"
#include "words.h"

#include <string.h>

/* Words for a choice between blocking and async; those that mean other things too count for a bool only. */
static const char *const mode_words[] = {"blocking",     "nonblock",    "nonblocking", "noblock",    "nonblk", "async",
					 "asynchronous", "synchronous", "nowait",      "unblocking", NULL};
static const char *const bool_words[] = {"block", "sync", "wait", NULL};

static bool is_mode_flag(const struct facts *facts, const char *name, uint32_t type)
{
	if (type == NONE || facts->types[type].pointers ||
	    !(facts->types[type].flags & (TYPE_BOOL | TYPE_INTEGER | TYPE_ENUM)))
		return false;
	bool is_bool =
	    facts->types[type].flags & TYPE_BOOL || contains(facts_text(facts, facts->types[type].alias), "bool");
	return has_word(name, mode_words) || (is_bool && has_word(name, bool_words));
}

/* By node: kept in some pointer, so that its parameters are given by what the pointer is for. */
static uint8_t *find_held(const struct program *program)
{
	uint8_t *held = table_reserve(NULL, &(uint32_t){0}, 0, program->nodes.count, 1);
	for (uint32_t h = 0; h < program->holders.count; h++)
		for (uint32_t i = 0; i < program->holders.items[h].held.count; i++)
			held[program->holders.items[h].held.items[i].function] = 1;
	return held;
}

static void check_params(struct pass *pass, uint32_t index, const uint8_t *held)
{
	const struct program *program = pass->program;
	const struct node *node = &program->nodes.items[index];
	if (!node->body_count || node->flags & FUNCTION_STATIC || node->next != NONE || held[index] ||
	    is_test_file(node->file) || is_stub(program, node))
		return;
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		const char *name = param_text(pass, index, i);
		if (!param || !is_mode_flag(program_facts(program, node->function.unit), name, param->type) ||
		    !is_param_unread(program, index, i))
			continue;
		struct finding *finding =
		    report(pass, node->function.unit, &program_function(program, node)->place, index, name,
			   "'%s' takes '%s', but behaves the same whatever it is", node->name, name);
		set_help(pass, finding, "remove the parameter, or give each behaviour a function of its own");
	}
}

static bool is_own_record(const struct program *program, const char *identity)
{
	struct record_ref found = program_record(program, identity);
	return found.record && !(found.record->flags & RECORD_SYSTEM);
}

/* A parameter is kept in a field for later, and nothing later looks at it. */
static void check_store(struct pass *pass, uint32_t unit, const struct fact_assignment *assignment)
{
	const struct program *program = pass->program;
	const struct facts *facts = program_facts(program, unit);
	const struct fact_value *target = &facts->values[assignment->target];
	if (assignment->function == NONE || target->kind != VALUE_FIELD || assignment->source == NONE ||
	    assignment->operation != OPERATOR_ASSIGN)
		return;
	uint32_t source = value_resolve(program, unit, assignment->source);
	const char *field = facts_text(facts, target->b), *record = facts_text(facts, target->c);
	uint32_t node = program_node(program, unit, assignment->function);
	if (source == NONE || facts->values[source].kind != VALUE_PARAM || !is_mode_flag(facts, field, target->type) ||
	    !is_own_record(program, record) || is_test_file(program->nodes.items[node].file))
		return;
	const char *slot = arena_printf(&pass->findings->arena, "%s::%s", record, field);
	if (!is_field_unread(program, slot))
		return;
	const char *name = program->nodes.items[node].name;
	struct finding *finding =
	    report(pass, unit, &assignment->place, node, field, "'%s' keeps '%s' in field '%s', which nothing reads",
		   name, param_text(pass, node, facts->values[source].a), field);
	set_help(pass, finding, "remove the field and what sets it, or act on it");
}

static void check(struct pass *pass)
{
	uint8_t *held = find_held(pass->program);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		check_params(pass, n, held);
	table_free(held);
	for (uint32_t unit = 0; unit < pass->program->unit_count; unit++) {
		const struct facts *facts = program_facts(pass->program, unit);
		for (uint32_t i = 0; i < facts->assignments_count; i++)
			check_store(pass, unit, &facts->assignments[i]);
	}
}

const struct rule rule_dead_mode_flag = {
    .id = "dead-mode-flag",
    .family = "mode",
    .since = "0.1",
    .summary = "choice between blocking and async is accepted and then ignored",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .check = check,
};
