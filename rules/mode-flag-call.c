#include "pass.h"
#include "setter.h"
#include "words.h"

#include <string.h>

static bool is_modelled(const struct node *node, uint32_t number)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_MODE && node->model->effects[i].argument == (int)number)
			return true;
	return false;
}

/* Of a descriptor's mode only the way back to blocking matters: making a fresh one nonblocking is what everybody does.
 */
static bool matters(const struct pass *pass, const struct mode *mode, int64_t number)
{
	if (mode_api_of(pass->derived, mode) != MODE_API_DESCRIPTOR)
		return true;
	for (uint32_t i = pass->derived->first_effect[mode->node]; i != NONE;
	     i = pass->derived->effects.items[i].next) {
		const struct effect *effect = &pass->derived->effects.items[i];
		const struct atom *atom = condition_find(effect->condition, SUBJECT_PARAM, mode->id);
		if (effect->kind == EFFECT_SETS_NONBLOCKING && effect->clears && atom &&
		    (atom->test == TEST_NONZERO) == (number != 0))
			return true;
	}
	return false;
}

/* The object was made in this function, and nobody has used it before: to choose its mode is part of making it. */
static bool is_fresh(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = program_call(program, call);
	const struct fact_function *function = &facts->functions[fact->function];
	uint32_t object = program_argument(program, call, 0).index, made = NONE;
	for (uint32_t i = 0; i < function->assignment_count && object != NONE; i++) {
		const struct fact_assignment *store = &facts->assignments[function->first_assignment + i];
		if (store->order > fact->order || !fact_values_agree(facts, store->target, object))
			continue;
		bool is_made = store->source != NONE && facts->values[store->source].kind == VALUE_CALL;
		made = is_made ? store->order : NONE;
	}
	for (uint32_t c = 0; c < function->call_count && made != NONE; c++) {
		struct ref other = {call.unit, function->first_call + c};
		const struct fact_call *between = program_call(program, other);
		if (between->order < made || between->order >= fact->order)
			continue;
		for (uint32_t a = 0; a < between->argument_count; a++)
			if (fact_values_agree(facts, program_argument(program, other, a).index, object))
				return false;
	}
	return made != NONE;
}

/* The literal as its author thinks of it: null, a truth value, a name. */
static const char *literal_text(struct pass *pass, struct ref argument, const struct fact_type *type, int64_t number)
{
	const struct fact_value *value = program_value(pass->program, argument);
	if (value->kind == VALUE_NULL)
		return "null";
	if (type && type->flags & TYPE_BOOL)
		return number ? "true" : "false";
	if (value->kind == VALUE_INTEGER && value->c)
		return arena_strdup(&pass->findings->arena, program_text(pass->program, argument.unit, value->c));
	return arena_printf(&pass->findings->arena, "%lld", (long long)number);
}

/* "net_socket_read" and "net_socket_receive_with" are of one family. */
static bool is_one_family(const char *a, const char *b)
{
	size_t first = strcspn(a, "_"), length = first + strcspn(a + first + (a[first] != '\0'), "_") + 1;
	return a[first] && strncmp(a, b, length) == 0 && (b[length] == '_' || b[length] == '\0');
}

/* A literal that a function passes on: to say it once is enough. */
struct said {
	uint32_t callee;
	int64_t number;
};

typedef TABLE(struct said) said_table;

static bool was_said(const said_table *said, uint32_t callee, int64_t number)
{
	for (uint32_t i = 0; i < said->count; i++)
		if (said->items[i].callee == callee && said->items[i].number == number)
			return true;
	return false;
}

static void check_call(struct pass *pass, const struct edge *edge, said_table *said)
{
	const struct program *program = pass->program;
	const struct node *callee = &program->nodes.items[edge->to], *caller = &program->nodes.items[edge->from];
	const struct fact_call *call = program_call(program, edge->call);
	/* Who says the mode by its name is an explicit surface. */
	bool is_own = strcmp(callee->file, caller->file) == 0 || says_mode(caller->name);
	if (is_own || is_test_file(caller->file) || (caller->model && caller->body_count) ||
	    is_fresh(program, edge->call))
		return;
	for (uint32_t a = 0; a < call->argument_count; a++) {
		struct ref argument = program_argument(program, edge->call, a);
		int64_t number;
		const struct mode *mode = mode_of_param(pass->derived, edge->to, a);
		enum mode_api api = mode ? mode_api_of(pass->derived, mode) : MODE_API_NONE;
		/* Of an operation, its own family is the implementation; a setter flips what others use, whoever calls.
		 */
		bool is_family = callee->body_count && is_one_family(caller->name, callee->name);
		bool known = api == MODE_API_SETTER || api == MODE_API_DESCRIPTOR ||
			     ((is_modelled(callee, a) || api == MODE_API_OPERATION) && !is_family);
		/* A callback that is given is no flag; that it is left out is. */
		if (!known || !value_constant(program, argument.unit, argument.index, &number) ||
		    (mode && !matters(pass, mode, number)) || was_said(said, edge->to, number))
			continue;
		table_add(said, (struct said){edge->to, number});
		const struct fact_param *param = program_param(program, callee, a);
		const char *name = param ? param_text(pass, edge->to, a) : "";
		const char *text = literal_text(
		    pass, argument, param ? &program_facts(program, callee->function.unit)->types[param->type] : NULL,
		    number);
		struct finding *finding = report_call(pass, edge->call, callee->name,
						      "call of '%s' chooses blocking or async behaviour by '%s' = %s",
						      callee->name, *name ? name : "a flag", text);
		if (mode)
			note(pass, finding, callee->function.unit, &program_function(program, callee)->place, edge->to,
			     "'%s' is defined here", callee->name);
		return;
	}
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	said_table said = {0};
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		said.count = 0;
		for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++)
			if (program->edges.items[e].kind == EDGE_CALL && !pass->derived->in_child[e])
				check_call(pass, &program->edges.items[e], &said);
	}
	table_release(&said);
}

const struct rule rule_mode_flag_call = {
    .id = "mode-flag-call",
    .family = "mode",
    .since = "0.1",
    .summary = "call chooses blocking or async behaviour by a literal",
    .severity = SEVERITY_WARNING,
    .check = check,
};
