#include "derive.h"

#include "paths.h"
#include "words.h"

#include <string.h>

bool is_test_file(const char *path)
{
	static const char *const folders[] = {"test", "tests", "testing", "testsuite", "t", "fuzz", NULL};
	for (const char *at = path; at;) {
		const char *slash = strchr(at, '/');
		size_t length = slash ? (size_t)(slash - at) : strlen(at);
		for (size_t i = 0; slash && folders[i]; i++)
			if (strlen(folders[i]) == length && strncmp(folders[i], at, length) == 0)
				return true;
		if (!slash)
			return strncmp(at, "test-", 5) == 0 || strncmp(at, "test_", 5) == 0 || strstr(at, "_test.") ||
			       strstr(at, "-test.");
		at = slash + 1;
	}
	return false;
}

/* Words that say by themselves that a function runs the loop, and words that do where they are its verb. */
static const char *const owner_words[] = {"loop",      "mainloop",  "dispatch", "dispatcher", "iterate",
					  "iteration", "pump",      "spin",     "events",     "main",
					  "forever",   "eventloop", NULL};
static const char *const owner_verbs[] = {"run", "poll", "process", "service", "serve", "drive", "step", NULL};
/* Such a function makes or ends one, it does not run it. */
static const char *const other_words[] = {"new", "init", "create", "free",    "destroy", "close", "get",
					  "set", "add",  "alloc",  "default", "stop",    "quit",  NULL};

static bool is_loop_type(const struct program *program, const struct node *node, const struct fact_param *param)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	if (!param || param->type == NONE)
		return false;
	const struct fact_type *type = &facts->types[param->type];
	const char *names[] = {facts_text(facts, type->alias), facts_text(facts, type->record)};
	for (int i = 0; i < 2; i++) {
		const struct model_type *model = models_type(program->models, names[i]);
		if (model && model->loop)
			return true;
		static const char *const loop_words[] = {"loop", "mainloop", "eventloop", NULL};
		if (has_word(names[i], loop_words))
			return true;
	}
	return false;
}

static bool takes_loop(const struct program *program, const struct node *node)
{
	for (uint32_t i = 0; i < node->param_count; i++)
		if (is_loop_type(program, node, program_param(program, node, i)))
			return true;
	return false;
}

static bool takes_object(const struct program *program, const struct node *node)
{
	const struct fact_param *param = program_param(program, node, 0);
	return param && param->type != NONE &&
	       program_facts(program, node->function.unit)->types[param->type].pointers > 0;
}

static bool is_owner_by_name(const struct program *program, const struct node *node)
{
	if (strcmp(node->name, "main") == 0 || is_test_file(node->file))
		return true;
	if (node->model && node->model->loop_owner_api)
		return true;
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_PUMPS)
			return true; /* the loop library itself */
	if (has_word(node->name, other_words))
		return false;
	if (has_word(node->name, owner_words))
		return true;
	if (takes_loop(program, node))
		return has_word(node->name, owner_verbs);
	return ends_in_word(node->name, owner_verbs) && takes_object(program, node);
}

/* Thread start routines may run loops; a loop by hand in one is the thread's own business, and nobody else waits for
 * it. */
static void mark_threads(struct derived *derived)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		for (uint32_t c = 0; node->model && c < node->model->callback_count; c++) {
			if (node->model->callbacks[c].role != ROLE_THREAD)
				continue;
			const struct holder *holder =
			    &program->holders.items[node->first_param + node->model->callbacks[c].argument];
			for (uint32_t h = 0; h < holder->held.count; h++)
				if (model_callback_at(derived, &node->model->callbacks[c], i, &holder->held.items[h]))
					derived->owner[holder->held.items[h].function] = OWNER_THREAD;
		}
	}
}

/* A sub-command: main, in another file of the same directory, is its only kind of caller, and hands it its arguments.
 */
static bool is_sub_command(const struct program *program, const struct node *node)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	bool takes_arguments = false;
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		takes_arguments |= param && param->type != NONE && facts->types[param->type].pointers == 2;
	}
	if (!takes_arguments)
		return false;
	for (uint32_t i = 0; i < node->in_count; i++) {
		const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
		const struct node *caller = &program->nodes.items[edge->from];
		if (strcmp(caller->name, "main") != 0 || strcmp(caller->file, node->file) == 0 ||
		    !same_directory(caller->file, node->file))
			return false;
	}
	return node->in_count > 0;
}

/* Nobody but owners calls it: it is a part of them. */
static bool is_called_by_owners_only(const struct derived *derived, uint32_t index)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	if (!node->in_count || !node->body_count)
		return false;
	if (node_is_exported(node))
		return is_sub_command(program, node);
	for (uint32_t i = 0; i < node->in_count; i++) {
		const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
		if (edge->from != index && !derived->owner[edge->from])
			return false;
	}
	return true;
}

void derive_owners(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->owner = arena_alloc(&derived->arena, program->nodes.count);
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->owner[i] = is_owner_by_name(program, &program->nodes.items[i]) ? OWNER_BY_NAME : OWNER_NONE;
	mark_threads(derived);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t i = 0; i < program->nodes.count; i++)
			if (!derived->owner[i] && is_called_by_owners_only(derived, i)) {
				derived->owner[i] = OWNER_BY_CALLERS;
				changed = true;
			}
	}
}

bool is_sync_looking(const struct derived *derived, uint32_t index, bool may_take_callback)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	if (derived->owner[index] || takes_loop(program, node))
		return false;
	const struct facts *facts = program_facts(program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count && !may_take_callback; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (param && param->type != NONE && facts->types[param->type].flags & TYPE_FUNCTION_POINTER)
			return false;
	}
	for (uint32_t i = derived->first_role[index]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if (role->from == NONE && role->edge == NONE && role->kind != ROLE_MAIN)
			return false; /* registered as a callback */
	}
	return true;
}

bool goes_over_items(const struct facts *facts, const struct fact_scope *scope)
{
	const struct fact_function *function = &facts->functions[scope->function];
	uint32_t value = scope->condition;
	while (value != NONE && facts->values[value].kind != VALUE_LOCAL) {
		const struct fact_value *fact = &facts->values[value];
		bool inner = fact->kind == VALUE_FIELD || fact->kind == VALUE_ELEMENT || fact->kind == VALUE_POINTEE ||
			     fact->kind == VALUE_BINARY || fact->kind == VALUE_UNARY;
		value = inner ? fact->a : NONE;
	}
	if (value == NONE)
		return false;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_LOCAL || target->a != facts->values[value].a ||
		    assignment->order < scope->order || assignment->order >= scope->end_order)
			continue;
		uint32_t source = assignment->source == NONE ? VALUE_KINDS : facts->values[assignment->source].kind;
		if (source != VALUE_CALL && source != VALUE_INTEGER)
			return true;
	}
	return false;
}

static bool is_inside(const struct fact_call *call, const struct fact_scope *scope)
{
	return call->function == scope->function && call->order >= scope->order && call->order < scope->end_order;
}

/* A call by pointer of one back end or another: whatever the pointer holds, it itself waits for events. */
static bool calls_back_end(const struct derived *derived, uint32_t index, struct ref call)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->call.unit != call.unit || edge->call.index != call.index)
			continue;
		const struct effect *wait = effect_find(derived, edge->to, EFFECT_WAITS);
		if (!wait || !wait->certain || wait->from != NONE)
			return false;
	}
	return true;
}

/* It waits, and not only where a pointer happens to hold a callback that does. */
static bool waits_for_sure(const struct derived *derived, const struct effect *wait)
{
	if (!wait->certain)
		return false;
	for (; wait->by_pointer && wait->from != NONE; wait = &derived->effects.items[wait->from])
		if (program_call(derived->program, wait->call)->callee == NONE &&
		    !calls_back_end(derived, wait->node, wait->call))
			return false;
	return true;
}

/* The effect by which the scope waits for events, or NULL. */
static const struct effect *waits_in_scope(const struct derived *derived, uint32_t node, struct ref scope,
					   const struct effect *after)
{
	const struct fact_scope *fact = &program_facts(derived->program, scope.unit)->scopes[scope.index];
	uint32_t i = after ? after->next : derived->first_effect[node];
	for (; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind == EFFECT_WAITS && effect->call.unit == scope.unit &&
		    is_inside(program_call(derived->program, effect->call), fact) && waits_for_sure(derived, effect))
			return effect;
	}
	return NULL;
}

/* The function calls callbacks: itself, or by one it calls. */
static bool calls_by_pointer(const struct program *program, uint32_t index, int depth)
{
	const struct node *node = &program->nodes.items[index];
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->kind == EDGE_POINTER || (depth < 2 && edge->kind == EDGE_CALL && edge->to != index &&
						   calls_by_pointer(program, edge->to, depth + 1)))
			return true;
	}
	return false;
}

/* Something besides the waiting is done in the scope: calls of the project's own functions, or of callbacks. */
static bool handles_in_scope(const struct derived *derived, uint32_t index, struct ref scope)
{
	const struct program *program = derived->program;
	const struct fact_scope *fact = &program_facts(program, scope.unit)->scopes[scope.index];
	const struct node *node = &program->nodes.items[index];
	for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
		const struct edge *edge = &program->edges.items[e];
		if (edge->call.unit != scope.unit || !is_inside(program_call(program, edge->call), fact))
			continue;
		bool is_wait = false;
		for (const struct effect *wait = waits_in_scope(derived, index, scope, NULL); wait;
		     wait = waits_in_scope(derived, index, scope, wait))
			is_wait |= wait->call.index == edge->call.index;
		if (program->nodes.items[edge->to].body_count && (!is_wait || calls_by_pointer(program, edge->to, 0)))
			return true;
	}
	return false;
}

bool waits_on_own_set(struct derived *derived, const struct effect *effect)
{
	if (effect->kind != EFFECT_WAITS)
		return false;
	const struct facts *facts = program_facts(derived->program, effect->call.unit);
	const struct fact_call *call = program_call(derived->program, effect->call);
	for (uint32_t a = 0; a < call->argument_count; a++) {
		struct ref argument = program_argument(derived->program, effect->call, a);
		if (facts->values[argument.index].kind == VALUE_LOCAL &&
		    origin_of(derived, argument, call->function).kind == ORIGIN_MADE)
			return true;
	}
	return false;
}

static void mark_wait_steps(struct derived *derived, uint32_t node, struct ref scope)
{
	const struct node *of = &derived->program->nodes.items[node];
	for (const struct effect *wait = waits_in_scope(derived, node, scope, NULL); wait;
	     wait = waits_in_scope(derived, node, scope, wait)) {
		for (uint32_t e = of->first_out; e < of->first_out + of->out_count; e++) {
			struct ref call = derived->program->edges.items[e].call;
			derived->wait_edge[e] |= call.unit == wait->call.unit && call.index == wait->call.index;
		}
		for (const struct effect *step = wait;; step = &derived->effects.items[step->from]) {
			derived->wait_step[step->node] = 1;
			if (step->from == NONE)
				break;
		}
	}
}

static bool reads_state(const struct facts *facts, uint32_t value)
{
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_FIELD:
	case VALUE_VARIABLE:
		return true;
	case VALUE_UNARY:
		return reads_state(facts, fact->a);
	case VALUE_BINARY:
		return reads_state(facts, fact->a) || reads_state(facts, fact->b);
	default:
		return false;
	}
}

/* Not just until it has had an event: for ever, or until somebody has told it to stop. */
static bool runs_until_stopped(const struct program *program, const struct hand_loop *loop)
{
	const struct facts *facts = program_facts(program, loop->scope.unit);
	const struct fact_scope *scope = &facts->scopes[loop->scope.index];
	bool breaks = scope->flags & (SCOPE_BREAKS | SCOPE_RETURNS);
	return scope->condition == NONE || facts->values[scope->condition].kind == VALUE_INTEGER
		   ? !breaks
		   : reads_state(facts, scope->condition);
}

/* The wait comes about by another loop that has run to its end when the call returns. */
static bool waits_in_whole_loop(const struct derived *derived, const struct effect *wait)
{
	for (; wait->from != NONE; wait = &derived->effects.items[wait->from]) {
		const struct effect *below = &derived->effects.items[wait->from];
		for (uint32_t l = 0; l < derived->hand_loops.count; l++) {
			const struct hand_loop *inner = &derived->hand_loops.items[l];
			const struct facts *facts = program_facts(derived->program, inner->scope.unit);
			if (inner->node == below->node && inner->scope.unit == below->call.unit &&
			    is_inside(program_call(derived->program, below->call),
				      &facts->scopes[inner->scope.index]) &&
			    runs_until_stopped(derived->program, inner))
				return true;
		}
	}
	return false;
}

/* A main that starts loops, one after the other, is none itself. */
static bool repeats_loops(const struct derived *derived, const struct hand_loop *loop)
{
	for (const struct effect *wait = waits_in_scope(derived, loop->node, loop->scope, NULL); wait;
	     wait = waits_in_scope(derived, loop->node, loop->scope, wait))
		if (!waits_in_whole_loop(derived, wait))
			return false;
	return true;
}

void derive_hand_loops(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->wait_step = arena_alloc(&derived->arena, program->nodes.count);
	derived->wait_edge = arena_alloc(&derived->arena, program->edges.count);
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		if (!derived->owner[i] || derived->owner[i] == OWNER_THREAD || is_test_file(node->file) ||
		    !effect_find(derived, i, EFFECT_WAITS))
			continue;
		for (uint32_t b = 0; b < node->body_count; b++) {
			struct ref body = program->bodies.items[node->first_body + b];
			const struct facts *facts = program_facts(program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			for (uint32_t s = 0; s < function->scope_count; s++) {
				struct ref scope = {body.unit, function->first_scope + s};
				const struct fact_scope *fact = &facts->scopes[scope.index];
				if (!fact_repeats(facts, fact) || goes_over_items(facts, fact))
					continue;
				const struct effect *wait = waits_in_scope(derived, i, scope, NULL);
				if (!wait || !handles_in_scope(derived, i, scope))
					continue;
				table_add(&derived->hand_loops, (struct hand_loop){i, scope, wait->call});
			}
		}
	}
	uint32_t kept = 0;
	for (uint32_t l = 0; l < derived->hand_loops.count; l++)
		if (!repeats_loops(derived, &derived->hand_loops.items[l]))
			derived->hand_loops.items[kept++] = derived->hand_loops.items[l];
	derived->hand_loops.count = kept;
	for (uint32_t l = 0; l < kept; l++)
		mark_wait_steps(derived, derived->hand_loops.items[l].node, derived->hand_loops.items[l].scope);
}
