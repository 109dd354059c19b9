#include "pass.h"

#include "dispatch.h"
#include "probes.h"
#include "words.h"

#include <string.h>

static struct location location_of(struct pass *pass, uint32_t unit, const struct place *place)
{
	return (struct location){arena_strdup(&pass->findings->arena, program_text(pass->program, unit, place->file)),
				 place->line, place->column, place->end_line, place->end_column};
}

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return node == NONE ? "" : pass->program->nodes.items[node].name;
}

static struct finding *add(struct pass *pass, uint32_t unit, const struct place *place, uint32_t node,
			   const char *cause, const char *format, va_list arguments)
{
	struct arena *arena = &pass->findings->arena;
	struct finding *finding = findings_add(pass->findings);
	finding->rule = pass->rule->id;
	finding->severity = pass->rule->severity;
	finding->message = arena_vprintf(arena, format, arguments);
	finding->location = location_of(pass, unit, place);
	finding->function = arena_strdup(arena, name_of(pass, node));
	finding->cause = arena_strdup(arena, cause);
	return finding;
}

struct finding *report(struct pass *pass, uint32_t unit, const struct place *place, uint32_t node, const char *cause,
		       const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct finding *finding = add(pass, unit, place, node, cause, format, arguments);
	va_end(arguments);
	return finding;
}

struct finding *report_call(struct pass *pass, struct ref call, const char *cause, const char *format, ...)
{
	const struct fact_call *fact = program_call(pass->program, call);
	va_list arguments;
	va_start(arguments, format);
	struct finding *finding = add(pass, call.unit, &fact->place,
				      program_node(pass->program, call.unit, fact->function), cause, format, arguments);
	va_end(arguments);
	return finding;
}

static void add_step(struct pass *pass, struct finding *finding, uint32_t unit, const struct place *place,
		     uint32_t node, const char *format, va_list arguments)
{
	struct arena *arena = &pass->findings->arena;
	table_add(&finding->path, (struct step){.message = arena_vprintf(arena, format, arguments),
						.function = arena_strdup(arena, name_of(pass, node)),
						.location = location_of(pass, unit, place)});
}

void note(struct pass *pass, struct finding *finding, uint32_t unit, const struct place *place, uint32_t node,
	  const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	add_step(pass, finding, unit, place, node, format, arguments);
	va_end(arguments);
}

void note_call(struct pass *pass, struct finding *finding, struct ref call, const char *format, ...)
{
	const struct fact_call *fact = program_call(pass->program, call);
	va_list arguments;
	va_start(arguments, format);
	add_step(pass, finding, call.unit, &fact->place, program_node(pass->program, call.unit, fact->function), format,
		 arguments);
	va_end(arguments);
}

void set_help(struct pass *pass, struct finding *finding, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	finding->help = arena_vprintf(&pass->findings->arena, format, arguments);
	va_end(arguments);
}

const char *param_text(const struct pass *pass, uint32_t node, uint32_t number)
{
	const struct node *of = &pass->program->nodes.items[node];
	const struct fact_param *param = program_param(pass->program, of, number);
	return param ? program_text(pass->program, of->function.unit, param->name) : "";
}

void note_effect(struct pass *pass, struct finding *finding, const struct effect *effect)
{
	for (; effect->from != NONE; effect = &pass->derived->effects.items[effect->from]) {
		const struct effect *callee = &pass->derived->effects.items[effect->from];
		note_call(pass, finding, effect->call, "'%s' calls '%s'", name_of(pass, effect->node),
			  name_of(pass, callee->node));
	}
	note_call(pass, finding, effect->call, "'%s' %s", name_of(pass, effect->cause), effect->because);
}

const char *loop_text(struct pass *pass, const char *world)
{
	if (!*world)
		return "an event loop";
	if (strncmp(world, "the ", 4) == 0)
		return world;
	return arena_printf(&pass->findings->arena, "the event loop of %s", world);
}

/* A function on the way up from a call to a registered callback. */
struct visit {
	uint32_t node;
	uint32_t below; /* visit that it was reached from, NONE at the start */
	uint32_t edge;  /* to the node below */
	bool is_loop;   /* a loop written by hand makes that call: the way ends here */
	bool is_step;   /* all from here down is part of how a loop written by hand waits */
	struct condition condition;
};

enum { VISITS = 4000 };

typedef TABLE(struct visit) visits;

static bool was_visited(const visits *visited, uint32_t node, bool is_step, const struct condition *condition)
{
	for (uint32_t i = 0; i < visited->count; i++)
		if (visited->items[i].node == node && visited->items[i].is_step == is_step &&
		    conditions_equal(&visited->items[i].condition, condition))
			return true;
	return false;
}

/* Only what a caller can decide is kept; false where what is left over is a mode that nobody decided. */
static bool keep_decidable(struct pass *pass, const struct condition *from, struct condition *kept)
{
	*kept = (struct condition){0};
	for (uint32_t i = 0; i < from->count; i++) {
		const struct atom *atom = &from->atoms[i];
		if (atom->subject == SUBJECT_SLOT && mode_of_slot(pass->derived, atom->id))
			return false;
		if (atom->subject == SUBJECT_PARAM)
			kept->atoms[kept->count++] = *atom;
	}
	return true;
}

/* A mode that the condition wants, but that the call leaves open. */
static bool leaves_mode_open(struct pass *pass, const struct edge *edge, const struct condition *condition)
{
	for (uint32_t i = 0; i < condition->count; i++) {
		const struct atom *atom = &condition->atoms[i];
		if (atom->subject != SUBJECT_PARAM || !mode_of_param(pass->derived, edge->to, atom->id))
			continue;
		struct atom mapped;
		struct ref argument = program_argument(pass->program, edge->call, atom->id);
		enum truth truth = test_value(&pass->derived->conditions, argument.unit, argument.index, atom->test,
					      atom->number, &mapped);
		if (truth == TRUTH_UNKNOWN || (truth == TRUTH_ATOM && mapped.subject != SUBJECT_PARAM))
			return true;
	}
	return false;
}

/* The role by which the node itself was registered on a loop, or NONE. */
static uint32_t registered_role(const struct pass *pass, uint32_t node, const char *world)
{
	for (uint32_t i = pass->derived->first_role[node]; i != NONE; i = pass->derived->roles.items[i].next) {
		const struct role *role = &pass->derived->roles.items[i];
		if ((role->kind == ROLE_ON_LOOP || (role->kind == ROLE_COROUTINE && !world)) && role->from == NONE &&
		    role->edge == NONE && (!world || strcmp(role->world, world) == 0))
			return i;
	}
	return NONE;
}

static bool is_on_loop(const struct pass *pass, uint32_t node, const char *world)
{
	for (uint32_t i = pass->derived->first_role[node]; i != NONE; i = pass->derived->roles.items[i].next) {
		const struct role *role = &pass->derived->roles.items[i];
		if ((role->kind == ROLE_ON_LOOP || (role->kind == ROLE_COROUTINE && !world)) &&
		    (!world || strcmp(role->world, world) == 0))
			return true;
	}
	return false;
}

/* The world of the hand-written loop that an edge's call stands in. */
static const char *hand_world(struct pass *pass, uint32_t edge)
{
	const struct hand_loop *loop = &pass->derived->hand_loops.items[pass->derived->hand_loop_of[edge]];
	return arena_printf(&pass->findings->arena, "the loop in '%s'", name_of(pass, loop->node));
}

static bool calls_by_pointer(const struct program *program, uint32_t node)
{
	const struct node *of = &program->nodes.items[node];
	for (uint32_t e = of->first_out; e < of->first_out + of->out_count; e++)
		if (program->edges.items[e].kind == EDGE_POINTER)
			return true;
	return false;
}

struct ref scope_of_call(const struct program *program, struct ref call)
{
	return (struct ref){call.unit, program_call(program, call)->scope};
}

static void visit_callers(struct pass *pass, visits *visited, uint32_t at, const char *world, bool but_own_wait)
{
	const struct program *program = pass->program;
	struct visit visit = visited->items[at];
	const struct node *node = &program->nodes.items[visit.node];
	for (uint32_t i = 0; i < node->in_count && visited->count < VISITS; i++) {
		uint32_t number = program->incoming.items[node->first_in + i];
		const struct edge *edge = &program->edges.items[number];
		bool is_loop = pass->derived->hand_loop_of[number] != NONE &&
			       (!world || strcmp(hand_world(pass, number), world) == 0);
		bool is_step = visit.is_step && pass->derived->wait_step[edge->from];
		if (but_own_wait && visit.is_step &&
		    (pass->derived->wait_edge[number] || calls_by_pointer(program, visit.node)))
			continue;
		if (pass->derived->in_child[number] || pass->derived->other_thread[number] ||
		    (!is_loop && pass->derived->way_out[number]) ||
		    (!is_loop && !is_on_loop(pass, edge->from, world)) ||
		    !is_sure_to_wait(pass->derived, number, pass->costs))
			continue;
		struct condition condition = {0}, kept;
		struct ref scope = scope_of_call(program, edge->call);
		uint32_t unknown = 0;
		if (!condition_of_scope(&pass->derived->conditions, scope.unit, scope.index, &condition) ||
		    probe_guards(pass->derived, scope))
			continue;
		if (edge->kind != EDGE_PASSED && (leaves_mode_open(pass, edge, &visit.condition) ||
						  !condition_at_call(&pass->derived->conditions, edge->call,
								     &visit.condition, &condition, &unknown)))
			continue;
		if (!keep_decidable(pass, &condition, &kept) ||
		    (!is_loop && was_visited(visited, edge->from, is_step, &kept)))
			continue;
		table_add(visited, (struct visit){edge->from, at, number, is_loop, is_step, kept});
	}
}

bool find_loop_path(struct pass *pass, struct ref scope, const struct condition *condition, const char *world,
		    bool but_own_wait, struct loop_path *path)
{
	visits visited = {0};
	struct condition kept;
	bool found = false;
	*path = (struct loop_path){.role = NONE};
	uint32_t node = program_node(pass->program, scope.unit,
				     program_facts(pass->program, scope.unit)->scopes[scope.index].function);
	if (!is_on_loop(pass, node, world) || !keep_decidable(pass, condition, &kept) ||
	    probe_guards(pass->derived, scope))
		return false;
	table_add(&visited, (struct visit){node, NONE, NONE, false, pass->derived->wait_step[node], kept});
	for (uint32_t at = 0; at < visited.count && !found; at++) {
		if (!visited.items[at].is_loop)
			path->role = registered_role(pass, visited.items[at].node, world);
		found = visited.items[at].is_loop || path->role != NONE;
		if (!found) {
			visit_callers(pass, &visited, at, world, but_own_wait);
			continue;
		}
		path->world = path->role != NONE ? pass->derived->roles.items[path->role].world
						 : hand_world(pass, visited.items[at].edge);
		for (uint32_t step = at; visited.items[step].below != NONE; step = visited.items[step].below)
			table_add(&path->edges, visited.items[step].edge);
	}
	table_release(&visited);
	return found;
}

static void note_registration(struct pass *pass, struct finding *finding, const struct role *role)
{
	const char *name = name_of(pass, role->node);
	if (role->call.index == NONE) {
		note(pass, finding, pass->program->nodes.items[role->node].function.unit,
		     &program_function(pass->program, &pass->program->nodes.items[role->node])->place, role->node,
		     "'%s' is marked '%s'", name, role->how);
	} else if (role->is_call) {
		uint32_t callee = program_callee(pass->program, role->call);
		const char *called = callee == NONE ? role->how : name_of(pass, callee);
		note_call(pass, finding, role->call, "'%s' is registered by '%s' to run on %s", name, called,
			  loop_text(pass, role->world));
	} else {
		const struct fact_assignment *fact =
		    &program_facts(pass->program, role->call.unit)->assignments[role->call.index];
		note(pass, finding, role->call.unit, &fact->place, role->in, "'%s' is stored as '%s', to run on %s",
		     name, role->how, loop_text(pass, role->world));
	}
}

void note_loop_path(struct pass *pass, struct finding *finding, const struct loop_path *path)
{
	if (path->role != NONE)
		note_registration(pass, finding, &pass->derived->roles.items[path->role]);
	for (uint32_t i = 0; i < path->edges.count; i++) {
		const struct edge *edge = &pass->program->edges.items[path->edges.items[i]];
		static const char *const verbs[] = {
		    [EDGE_CALL] = "calls", [EDGE_POINTER] = "calls by pointer", [EDGE_PASSED] = "passes on"};
		if (i == 0 && path->role == NONE)
			note_call(pass, finding, edge->call, "%s %s '%s'", path->world, verbs[edge->kind],
				  name_of(pass, edge->to));
		else
			note_call(pass, finding, edge->call, "'%s' %s '%s'", name_of(pass, edge->from),
				  verbs[edge->kind], name_of(pass, edge->to));
	}
}

void add_surface(struct pass *pass, struct finding *finding, uint32_t node)
{
	const struct node *of = &pass->program->nodes.items[node];
	const struct fact_function *function = program_function(pass->program, of);
	table_add(&finding->surface, (struct surface){arena_strdup(&pass->findings->arena, of->name),
						      location_of(pass, of->function.unit, &function->place)});
}

/* Whether the node is reached from API only through the helpers between. */
enum reached { REACHED_NOT, REACHED_BY_HELPERS, REACHED_BY_API };

static void visit_users(struct pass *pass, struct finding *finding, uint32_t node, bool with_helpers)
{
	const struct program *program = pass->program;
	uint8_t *reached = pass->derived->marks;
	id_table queue = {0};
	table_add(&queue, node);
	reached[node] = REACHED_BY_HELPERS;
	for (uint32_t at = 0; at < queue.count; at++) {
		uint32_t index = queue.items[at];
		const struct node *of = &program->nodes.items[index];
		bool is_api = node_is_exported(of);
		if (is_api && is_sync_looking(pass->derived, index, true))
			add_surface(pass, finding, index);
		for (uint32_t i = 0; i < of->in_count; i++) {
			const struct edge *edge = &program->edges.items[program->incoming.items[of->first_in + i]];
			if (edge->kind != EDGE_CALL || reached[edge->from] || pass->derived->owner[edge->from])
				continue;
			reached[edge->from] = is_api ? REACHED_BY_API : reached[index];
			table_add(&queue, edge->from);
			if (with_helpers && reached[edge->from] == REACHED_BY_HELPERS &&
			    !node_is_exported(&program->nodes.items[edge->from]))
				note_call(pass, finding, edge->call, "'%s' is called by '%s'", of->name,
					  name_of(pass, edge->from));
		}
	}
	for (uint32_t at = 0; at < queue.count; at++)
		reached[queue.items[at]] = REACHED_NOT;
	table_release(&queue);
}

void find_surface(struct pass *pass, struct finding *finding, uint32_t node)
{
	visit_users(pass, finding, node, false);
}

void find_surface_and_helpers(struct pass *pass, struct finding *finding, uint32_t node)
{
	visit_users(pass, finding, node, true);
}

const char *async_twin(struct pass *pass, const char *name)
{
	static const char *const endings[] = {"_async", "_start", "_nb", "_send", "_begin", "Async", NULL};
	struct arena *arena = &pass->findings->arena;
	size_t length = strlen(name);
	if (length > 5 && strcmp(name + length - 5, "_sync") == 0)
		length -= 5;
	for (const char *const *ending = endings; *ending; ending++) {
		const char *twin = arena_printf(arena, "%.*s%s", (int)length, name, *ending);
		uint32_t string = intern_find(&pass->program->strings, twin);
		bool known = string != UINT32_MAX && string < pass->program->node_of.count &&
			     pass->program->node_of.items[string] != NONE;
		if (known || models_function(pass->program->models, twin))
			return twin;
	}
	/* Of a library "foo_sync" has "foo" beside it; the project's "clock_sync" has nothing to do with clock(). */
	const char *plain = arena_printf(arena, "%.*s", (int)length, name);
	const struct models *models = pass->program->models;
	return length < strlen(name) && models_function(models, name) && models_function(models, plain) ? plain : NULL;
}
