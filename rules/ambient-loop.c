#include "ambient.h"
#include "pass.h"

enum { USES_SHOWN = 5 };

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

static void note_use(struct pass *pass, struct finding *finding, const struct ambient_use *use)
{
	static const char *const formats[] = {
		[AMBIENT_PASSED] = "'%s' hands it on",
		[AMBIENT_STORED] = "'%s' ties an object to it",
		[AMBIENT_FALLBACK] = "'%s' takes it where it is given none",
		[AMBIENT_SET] = "'%s' makes its loop the one of all others",
	};
	if (use->kind == AMBIENT_PASSED)
		note_call(pass, finding, use->at, formats[use->kind], name_of(pass, use->node));
	else
		note(pass, finding, use->at.unit, &program_facts(pass->program, use->at.unit)->assignments[use->at.index].place, use->node,
		     formats[use->kind], name_of(pass, use->node));
}

/* A thread of the library's own runs the loop: nobody else is to bring one. */
static bool is_run_by_own_thread(const struct pass *pass, const struct ambient *ambient)
{
	for (uint32_t i = 0; i < pass->derived->effects.count; i++) {
		const struct effect *effect = &pass->derived->effects.items[i];
		if (effect->kind != EFFECT_PUMPS || effect->from != NONE || effect->origin.kind != ORIGIN_GLOBAL)
			continue;
		const struct program *program = pass->program;
		uint32_t root = value_root(program, effect->origin.value.unit, effect->origin.value.index);
		const struct fact_value *value = &program_facts(program, effect->origin.value.unit)->values[root];
		if (value->kind == VALUE_VARIABLE && program->units[effect->origin.value.unit].variable[value->a] == ambient->holder &&
		    role_find(pass->derived, effect->node, ROLE_THREAD))
			return true;
	}
	return false;
}

/* Its users take an earlier variable too: one finding says both. */
static bool is_said_before(const struct ambients *ambients, uint32_t index)
{
	bool said = true;
	for (uint32_t i = 0; i < ambients->uses.count && said; i++) {
		bool before = ambients->uses.items[i].variable != index;
		for (uint32_t j = 0; j < ambients->uses.count && !before; j++)
			before = ambients->uses.items[j].variable < index && ambients->uses.items[j].node == ambients->uses.items[i].node;
		said = before;
	}
	return said;
}

static void add_user(struct pass *pass, struct finding *finding, uint32_t index)
{
	const struct node *node = &pass->program->nodes.items[index];
	const struct place *place = &program_function(pass->program, node)->place;
	struct arena *arena = &pass->findings->arena;
	table_add(&finding->surface,
		  (struct surface){arena_strdup(arena, node->name),
				   {arena_strdup(arena, program_text(pass->program, node->function.unit, place->file)), place->line, place->column,
				    place->end_line, place->end_column}});
}

static void check_variable(struct pass *pass, const struct ambients *ambients, uint32_t index)
{
	const struct ambient *ambient = &ambients->list.items[index];
	const struct facts *facts = program_facts(pass->program, ambient->unit);
	const struct fact_variable *variable = &facts->variables[ambient->variable];
	const char *name = facts_text(facts, variable->name);
	if (is_said_before(ambients, index) || is_run_by_own_thread(pass, ambient))
		return;
	struct finding *finding = report(pass, ambient->unit, &variable->place, NONE, name,
					 "'%s' is the loop of functions whose callers did not choose it", name);
	for (uint32_t i = 0; i < ambients->uses.count; i++) {
		const struct ambient_use *use = &ambients->uses.items[i];
		if (use->variable != index)
			continue;
		if (finding->path.count < USES_SHOWN)
			note_use(pass, finding, use);
		add_user(pass, finding, use->node);
	}
	set_help(pass, finding, "take the loop as a parameter, and let the caller name it");
}

static const struct model_effect *model_effect_of(const struct node *node, enum model_effect_kind kind)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == kind)
			return &node->model->effects[i];
	return NULL;
}

/* The library puts what is started here on its default loop, unasked. */
static bool is_on_default_loop(struct pass *pass, struct ref call, const struct node *callee)
{
	const struct model_effect *effect = model_effect_of(callee, MODEL_ON_DEFAULT_LOOP);
	struct condition condition = {0};
	bool certain = true;
	return effect && model_effect_at(pass->derived, call, effect, &condition, &certain) && certain;
}

/* The default loop is named here, for something to be started on it. */
static bool is_given_default_loop(struct pass *pass, struct ref call, const struct node *callee)
{
	const struct facts *facts = program_facts(pass->program, call.unit);
	if (model_effect_of(callee, MODEL_PUMPS) || model_effect_of(callee, MODEL_STOPS_LOOP) || model_effect_of(callee, MODEL_CLOSES_LOOP))
		return false;
	for (uint32_t a = 0; a < program_call(pass->program, call)->argument_count; a++) {
		uint32_t value = value_resolve(pass->program, call.unit, program_argument(pass->program, call, a).index);
		uint32_t asked = value != NONE && facts->values[value].kind == VALUE_CALL ? program_callee(pass->program, (struct ref){call.unit, facts->values[value].a}) : NONE;
		if (asked != NONE && model_effect_of(&pass->program->nodes.items[asked], MODEL_DEFAULT_LOOP))
			return true;
	}
	return false;
}

/* The parameter by which the function calls back; `by_model`: of a type that its library calls on the loop of whoever asked. */
static bool takes_callback(const struct pass *pass, const struct node *node, bool by_model)
{
	const struct facts *facts = program_facts(pass->program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(pass->program, node, i);
		if (param && param->type != NONE && facts->types[param->type].flags & TYPE_FUNCTION_POINTER &&
		    (!by_model || models_callback_type(pass->program->models, facts_text(facts, facts->types[param->type].alias))))
			return true;
	}
	return false;
}

static bool takes_loop(const struct pass *pass, const struct node *node)
{
	const struct facts *facts = program_facts(pass->program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(pass->program, node, i);
		const struct model_type *type = param && param->type != NONE ? models_type(pass->program->models, facts_text(facts, facts->types[param->type].alias)) : NULL;
		if (!type && param && param->type != NONE)
			type = models_type(pass->program->models, facts_text(facts, facts->types[param->type].record));
		if (type && type->loop)
			return true;
	}
	return false;
}

/* The node is the answer to an operation, which comes on the loop that the operation was started on. A subscription to events is none. */
static const struct role *answers_operation(const struct pass *pass, uint32_t node)
{
	for (uint32_t i = pass->derived->first_role[node]; i != NONE; i = pass->derived->roles.items[i].next) {
		const struct role *role = &pass->derived->roles.items[i];
		if (role->kind != ROLE_ON_LOOP || role->from != NONE || role->edge != NONE || !role->is_call || role->call.index == NONE)
			continue;
		uint32_t callee = program_callee(pass->program, role->call);
		const struct node *called = callee == NONE ? NULL : &pass->program->nodes.items[callee];
		if (!called || !called->model || model_effect_of(called, MODEL_STARTS_ASYNC))
			return role;
	}
	return NULL;
}

static void check_node(struct pass *pass, const struct libraries *libraries, uint32_t index)
{
	const struct node *node = &pass->program->nodes.items[index];
	const struct role *role = answers_operation(pass, index);
	bool is_entry = is_library_entry(libraries, pass->program, index) && !takes_loop(pass, node) && takes_callback(pass, node, false);
	for (uint32_t e = node->first_out; (role || is_entry) && e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &pass->program->edges.items[e];
		const struct node *callee = &pass->program->nodes.items[edge->to];
		bool unasked = edge->kind == EDGE_CALL && (role || takes_callback(pass, node, true)) && is_on_default_loop(pass, edge->call, callee);
		if (!unasked && (edge->kind != EDGE_CALL || !is_entry || !is_given_default_loop(pass, edge->call, callee)))
			continue;
		struct finding *finding = report_call(pass, edge->call, callee->name, "'%s' goes on by '%s' on the default loop, whatever loop its caller has",
						      node->name, callee->name);
		if (role)
			note_call(pass, finding, role->call, "'%s' is handed over here, to be called on the caller's loop", node->name);
		find_surface(pass, finding, index);
		set_help(pass, finding, "take the loop as a parameter, or use the one that the operation was started on");
		return;
	}
}

static void check(struct pass *pass)
{
	struct libraries libraries;
	struct ambients ambients;
	libraries_find(pass->derived, &libraries);
	ambients_find(pass->derived, &libraries, &ambients);
	for (uint32_t i = 0; i < ambients.list.count; i++)
		check_variable(pass, &ambients, i);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		if (!pass->program->nodes.items[n].model && is_library_file(&libraries, pass->program->nodes.items[n].file))
			check_node(pass, &libraries, n);
	ambients_release(&ambients);
	libraries_release(&libraries);
}

const struct rule rule_ambient_loop = {
	.id = "ambient-loop",
	.family = "loop",
	.since = "0.1",
	.summary = "library function takes a default or global loop that its caller did not choose",
	.severity = SEVERITY_WARNING,
	.check = check,
};
