#include "derive.h"

#include <string.h>

const struct role *role_find(const struct derived *derived, uint32_t node, uint32_t kind)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].kind == kind)
			return &derived->roles.items[i];
	return NULL;
}

static void add_role(struct derived *derived, struct role role)
{
	uint32_t *last = &derived->first_role[role.node];
	while (*last != NONE) {
		struct role *other = &derived->roles.items[*last];
		if (other->kind == role.kind && strcmp(other->world, role.world) == 0)
			return;
		last = &other->next;
	}
	role.next = NONE;
	*last = derived->roles.count;
	table_add(&derived->roles, role);
}

static void seed_held(struct derived *derived, const struct held *held, enum role_kind kind, const char *world,
		      const char *how)
{
	if (kind == ROLE_INLINE)
		return;
	add_role(derived, (struct role){.kind = kind,
					.world = kind == ROLE_ON_LOOP && world ? world : "",
					.node = held->function,
					.from = NONE,
					.call = held->origin,
					.is_call = held->is_call,
					.in = held->in,
					.how = how,
					.edge = NONE});
}

/* All that the holder can hold runs as `kind`. */
static void seed_holder(struct derived *derived, uint32_t holder, enum role_kind kind, const char *world,
			const char *how)
{
	const struct holder *from = &derived->program->holders.items[holder];
	for (uint32_t i = 0; i < from->held.count; i++)
		seed_held(derived, &from->held.items[i], kind, world, how);
}

/* What is given to a library's function runs as its model says, where that depends on nothing else that is given. */
static void seed_callback(struct derived *derived, uint32_t index, const struct model_callback *callback)
{
	const struct node *node = &derived->program->nodes.items[index];
	const struct holder *holder = &derived->program->holders.items[node->first_param + callback->argument];
	for (uint32_t i = 0; i < holder->held.count; i++)
		if (model_callback_at(derived, callback, index, &holder->held.items[i]))
			seed_held(derived, &holder->held.items[i], callback->role, node->model->world, node->name);
}

static void seed_registrations(struct derived *derived)
{
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		for (uint32_t c = 0; node->model && c < node->model->callback_count; c++)
			seed_callback(derived, i, &node->model->callbacks[c]);
	}
	for (uint32_t i = 0; i < program->holders.count; i++) {
		const struct holder *holder = &program->holders.items[i];
		if (!holder->held.count)
			continue;
		if (holder->kind == HOLDER_SLOT) {
			const char *slot = program_slot_text(program, i, &derived->arena);
			const struct model_slot *model = models_field(program->models, slot);
			if (model)
				seed_holder(derived, i, model->role, model->world, slot);
		}
		const struct model_slot *model =
		    *holder->alias ? models_callback_type(program->models, holder->alias) : NULL;
		if (model)
			seed_holder(derived, i, model->role, model->world, model->name);
	}
}

/* Mains, and what a project says of its own functions by annotation. */
static void seed_named(struct derived *derived)
{
	static const struct {
		const char *annotation;
		uint32_t kind;
	} annotations[] = {
	    {"asynclint:on-loop", ROLE_ON_LOOP}, {"asynclint:worker", ROLE_WORKER}, {"asynclint:thread", ROLE_THREAD},
	    {"asynclint:signal", ROLE_SIGNAL},   {"coroutine_fn", ROLE_COROUTINE},
	};
	const struct program *program = derived->program;
	for (uint32_t i = 0; i < program->nodes.count; i++)
		if (program->nodes.items[i].body_count && strcmp(program->nodes.items[i].name, "main") == 0)
			add_role(derived, (struct role){.kind = ROLE_MAIN,
							.world = "",
							.node = i,
							.from = NONE,
							.in = NONE,
							.how = "main",
							.edge = NONE,
							.call = {0, NONE}});
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->annotations_count; i++)
			for (size_t a = 0; a < sizeof(annotations) / sizeof(*annotations); a++)
				if (facts->annotations[i].function != NONE && facts->annotations[i].param == NONE &&
				    strcmp(facts_text(facts, facts->annotations[i].text), annotations[a].annotation) ==
					0)
					add_role(derived,
						 (struct role){.kind = annotations[a].kind,
							       .world = "",
							       .node = program_node(program, unit,
										    facts->annotations[i].function),
							       .from = NONE,
							       .call = {unit, NONE},
							       .in = NONE,
							       .how = annotations[a].annotation,
							       .edge = NONE});
	}
}

/* What the body of a home-made wait loop calls runs on that loop; the call that waits is the loop itself. */
static void seed_hand_loops(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->hand_loop_of = arena_alloc(&derived->arena, program->edges.count * sizeof(uint32_t));
	for (uint32_t e = 0; e < program->edges.count; e++)
		derived->hand_loop_of[e] = NONE;
	for (uint32_t l = 0; l < derived->hand_loops.count; l++) {
		const struct hand_loop *loop = &derived->hand_loops.items[l];
		const struct node *node = &program->nodes.items[loop->node];
		const struct fact_scope *scope = &program_facts(program, loop->scope.unit)->scopes[loop->scope.index];
		const char *world = arena_printf(&derived->arena, "the loop in '%s'", node->name);
		for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
			const struct edge *edge = &program->edges.items[e];
			const struct fact_call *call = program_call(program, edge->call);
			if (edge->call.unit != loop->scope.unit || call->function != scope->function ||
			    call->order < scope->order || call->order >= scope->end_order ||
			    !program->nodes.items[edge->to].body_count || program->nodes.items[edge->to].model ||
			    derived->in_child[e] || derived->way_out[e] == WAY_OUT)
				continue;
			derived->hand_loop_of[e] = l;
			add_role(derived, (struct role){.kind = ROLE_ON_LOOP,
							.world = world,
							.node = edge->to,
							.from = NONE,
							.call = edge->call,
							.is_call = true,
							.in = loop->node,
							.how = world,
							.edge = e});
		}
	}
}

/* Where the callee of an edge runs whose caller has the role. */
static uint32_t kind_behind(const struct derived *derived, uint32_t edge, uint32_t kind)
{
	if (derived->in_child[edge])
		return ROLE_CHILD;
	return derived->way_out[edge] && (kind == ROLE_ON_LOOP || kind == ROLE_COROUTINE) ? ROLE_EXIT : kind;
}

static void spread(struct derived *derived)
{
	const struct program *program = derived->program;
	for (uint32_t at = 0; at < derived->roles.count; at++) {
		struct role role = derived->roles.items[at];
		const struct node *node = &program->nodes.items[role.node];
		for (uint32_t e = node->first_out; e < node->first_out + node->out_count; e++) {
			const struct edge *edge = &program->edges.items[e];
			const struct node *to = &program->nodes.items[edge->to];
			/* A model says all that matters of its function: what its body does is the library's own
			 * business. */
			bool leaves_loop = derived->other_thread[e] && role.kind == ROLE_ON_LOOP;
			if (leaves_loop || !to->body_count || (to->model && edge->kind == EDGE_CALL))
				continue;
			struct condition condition = {0};
			if (!condition_of_scope(&derived->conditions, edge->call.unit,
						program_call(program, edge->call)->scope, &condition))
				continue;
			struct role callee = role;
			callee.kind = kind_behind(derived, e, role.kind);
			callee.world = callee.kind == role.kind ? role.world : "";
			callee.node = edge->to;
			callee.from = at;
			callee.call = edge->call;
			callee.is_call = true;
			callee.in = role.node;
			callee.edge = e;
			add_role(derived, callee);
		}
	}
}

void derive_roles(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->first_role = arena_alloc(&derived->arena, program->nodes.count * sizeof(uint32_t));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		derived->first_role[i] = NONE;
	seed_registrations(derived);
	seed_named(derived);
	seed_hand_loops(derived);
	spread(derived);
}
