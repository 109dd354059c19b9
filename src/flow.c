#include "flow.h"

#include "lookalike.h"

#include <string.h>

static uint32_t add_holder(struct program *program, enum holder_kind kind, uint32_t owner, uint32_t index,
			   const char *alias)
{
	table_add(&program->holders, (struct holder){.kind = kind, .owner = owner, .index = index, .alias = alias});
	return program->holders.count - 1;
}

static uint32_t named_holder(struct program *program, id_table *table, enum holder_kind kind, uint32_t string,
			     const char *alias)
{
	while (table->count <= string)
		table_add(table, NONE);
	if (table->items[string] == NONE)
		table->items[string] = add_holder(program, kind, string, 0, alias);
	return table->items[string];
}

static const char *type_alias(struct program *program, uint32_t unit, uint32_t type)
{
	const struct facts *facts = program_facts(program, unit);
	return type == NONE ? "" : facts_text(facts, facts->types[type].alias);
}

static bool is_function_pointer(const struct facts *facts, uint32_t type)
{
	return type != NONE && facts->types[type].flags & TYPE_FUNCTION_POINTER;
}

static uint32_t slot_holder(struct program *program, uint32_t unit, const struct fact_value *field)
{
	uint32_t slot =
	    intern_slot(&program->slots, program_text(program, unit, field->c), program_text(program, unit, field->b));
	return named_holder(program, &program->slot_holder, HOLDER_SLOT, slot, type_alias(program, unit, field->type));
}

/* Params and results of every node, then variables and locals of every unit. Slots come as they are met. */
static void make_holders(struct program *program)
{
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		struct node *node = &program->nodes.items[i];
		const struct fact_function *function = program_function(program, node);
		const struct facts *facts = program_facts(program, node->function.unit);
		node->param_count = function->param_count;
		/* A model may speak of arguments behind the declared ones: curl_easy_setopt(handle, option, ...). */
		for (uint32_t c = 0; node->model && c < node->model->callback_count; c++)
			if (node->model->callbacks[c].argument >= node->param_count)
				node->param_count = node->model->callbacks[c].argument + 1;
		node->first_param = program->holders.count;
		for (uint32_t p = 0; p < node->param_count; p++) {
			const char *alias = p < function->param_count
						? type_alias(program, node->function.unit,
							     facts->params[function->first_param + p].type)
						: "";
			add_holder(program, HOLDER_PARAM, i, p, alias);
		}
		node->result = add_holder(program, HOLDER_RESULT, i, 0,
					  type_alias(program, node->function.unit, function->return_type));
	}
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		program->units[unit].variable = arena_alloc(&program->arena, facts->variables_count * sizeof(uint32_t));
		for (uint32_t v = 0; v < facts->variables_count; v++) {
			uint32_t string = intern(&program->strings, facts_text(facts, facts->variables[v].identity));
			program->units[unit].variable[v] =
			    named_holder(program, &program->variable_holder, HOLDER_VARIABLE, string,
					 type_alias(program, unit, facts->variables[v].type));
		}
		program->units[unit].first_local = program->holders.count;
		for (uint32_t l = 0; l < facts->locals_count; l++)
			add_holder(program, HOLDER_LOCAL, unit, l, type_alias(program, unit, facts->locals[l].type));
		for (uint32_t v = 0; v < facts->values_count; v++)
			if (facts->values[v].kind == VALUE_FIELD && is_function_pointer(facts, facts->values[v].type))
				slot_holder(program, unit, &facts->values[v]);
	}
}

static uint32_t holder_of_slot(const struct program *program, uint32_t string)
{
	return string == UINT32_MAX || string >= program->slot_holder.count ? NONE : program->slot_holder.items[string];
}

uint32_t program_slot(const struct program *program, const char *record_and_field)
{
	return holder_of_slot(program, intern_find(&program->slots, record_and_field));
}

const char *program_slot_text(const struct program *program, uint32_t holder, struct arena *arena)
{
	const char *text = intern_text(&program->slots, program->holders.items[holder].owner);
	const char *at = strchr(text, '@'), *field = strstr(text, "::");
	if (!at || !field || at > field)
		return arena_strdup(arena, text);
	return arena_printf(arena, "%.*s%s", (int)(at - text), text, field);
}

uint32_t program_holder(const struct program *program, uint32_t unit, uint32_t function, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	while (value != NONE) {
		const struct fact_value *fact = &facts->values[value];
		switch ((enum value_kind)fact->kind) {
		case VALUE_PARAM: {
			uint32_t node = program_node(program, unit, function);
			if (node == NONE || fact->a >= program->nodes.items[node].param_count)
				return NONE;
			return program->nodes.items[node].first_param + fact->a;
		}
		case VALUE_RETURN: {
			uint32_t node = program_node(program, unit, function);
			return node == NONE ? NONE : program->nodes.items[node].result;
		}
		case VALUE_LOCAL:
			return program->units[unit].first_local + fact->a;
		case VALUE_VARIABLE:
			return program->units[unit].variable[fact->a];
		case VALUE_FIELD:
			return holder_of_slot(program, intern_find_slot(&program->slots, facts_text(facts, fact->c),
									facts_text(facts, fact->b)));
		case VALUE_CALL: {
			uint32_t callee = program_callee(program, (struct ref){unit, fact->a});
			return callee == NONE ? NONE : program->nodes.items[callee].result;
		}
		case VALUE_ELEMENT:
		case VALUE_POINTEE:
		case VALUE_ADDRESS:
			value = fact->a;
			break;
		default:
			return NONE;
		}
	}
	return NONE;
}

struct flow {
	struct program *program;
	id_table work; /* holders whose contents grew */
};

static void put(struct flow *flow, uint32_t holder, struct held held)
{
	struct holder *to = &flow->program->holders.items[holder];
	for (uint32_t i = 0; i < to->held.count; i++)
		if (to->held.items[i].function == held.function)
			return;
	table_add(&to->held, held);
	table_add(&flow->work, holder);
}

/* Lets `value` flow into `holder`: a function is put, another holder is linked. */
static void flow_value(struct flow *flow, uint32_t unit, uint32_t function, uint32_t value, uint32_t holder,
		       struct ref origin, bool is_call)
{
	struct program *program = flow->program;
	const struct facts *facts = program_facts(program, unit);
	if (value == NONE || holder == NONE)
		return;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_FUNCTION) {
		struct held held = {program->units[unit].node[fact->a], origin, is_call,
				    program_node(program, unit, function)};
		put(flow, holder, held);
	} else if (fact->kind == VALUE_CHOICE) {
		flow_value(flow, unit, function, fact->b, holder, origin, is_call);
		flow_value(flow, unit, function, fact->c, holder, origin, is_call);
	} else {
		uint32_t from = program_holder(program, unit, function, value);
		if (from != NONE && from != holder)
			table_add(&program->holders.items[from].flows_to, holder);
	}
}

/* Only what can hold a function takes part: typed as a function pointer, or given a function in spite of its type. */
static bool carries_functions(const struct facts *facts, uint32_t value, uint32_t target_type)
{
	if (value == NONE)
		return false;
	const struct fact_value *fact = &facts->values[value];
	return fact->kind == VALUE_FUNCTION || is_function_pointer(facts, target_type) ||
	       is_function_pointer(facts, fact->type);
}

static void flow_assignments(struct flow *flow, uint32_t unit)
{
	const struct facts *facts = program_facts(flow->program, unit);
	for (uint32_t i = 0; i < facts->assignments_count; i++) {
		const struct fact_assignment *fact = &facts->assignments[i];
		if (!carries_functions(facts, fact->source, facts->values[fact->target].type))
			continue;
		uint32_t holder = program_holder(flow->program, unit, fact->function, fact->target);
		if (holder == NONE && facts->values[fact->target].kind == VALUE_FIELD)
			holder = slot_holder(flow->program, unit, &facts->values[fact->target]);
		flow_value(flow, unit, fact->function, fact->source, holder, (struct ref){unit, i}, false);
	}
}

static void flow_arguments(struct flow *flow, uint32_t unit, uint32_t call, uint32_t callee)
{
	struct program *program = flow->program;
	const struct facts *facts = program_facts(program, unit);
	const struct fact_call *fact = &facts->calls[call];
	const struct node *node = &program->nodes.items[callee];
	for (uint32_t i = 0; i < fact->argument_count && i < node->param_count; i++) {
		uint32_t value = facts->arguments[fact->first_argument + i].value;
		const struct fact_param *param = program_param(program, node, i);
		uint32_t type = param ? param->type : NONE;
		bool takes_function =
		    type != NONE && is_function_pointer(program_facts(program, node->function.unit), type);
		if (takes_function || !param || carries_functions(facts, value, NONE))
			flow_value(flow, unit, fact->function, value, node->first_param + i, (struct ref){unit, call},
				   true);
	}
}

static void solve(struct flow *flow)
{
	struct program *program = flow->program;
	while (flow->work.count) {
		uint32_t holder = flow->work.items[--flow->work.count];
		for (uint32_t i = 0; i < program->holders.items[holder].flows_to.count; i++) {
			uint32_t to = program->holders.items[holder].flows_to.items[i];
			for (uint32_t h = 0; h < program->holders.items[holder].held.count; h++)
				put(flow, to, program->holders.items[holder].held.items[h]);
		}
	}
}

/* Arguments of calls by pointer flow to whatever the pointer holds, which may in turn make pointers hold more. */
static bool flow_pointer_arguments(struct flow *flow, uint32_t *seen)
{
	struct program *program = flow->program;
	bool grew = false;
	uint32_t number = 0;
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->calls_count; i++) {
			if (facts->calls[i].callee != NONE)
				continue;
			uint32_t holder =
			    program_holder(program, unit, facts->calls[i].function, facts->calls[i].target);
			uint32_t held = holder == NONE ? 0 : program->holders.items[holder].held.count;
			for (; seen[number] < held; seen[number]++) {
				flow_arguments(flow, unit, i,
					       program->holders.items[holder].held.items[seen[number]].function);
				grew = true;
			}
			number++;
		}
	}
	for (uint32_t i = 0; i < program->holders.count && grew; i++)
		table_add(&flow->work, i);
	return grew;
}

/* What is called through a field that nothing is stored in is stored through another record that looks like its own. */
static void flow_lookalikes(struct flow *flow)
{
	struct program *program = flow->program;
	for (uint32_t i = 0; i < program->holders.count; i++) {
		if (program->holders.items[i].kind != HOLDER_SLOT || program->holders.items[i].held.count)
			continue;
		uint32_t like = lookalike_slot(program, i);
		for (uint32_t h = 0; like != NONE && h < program->holders.items[like].held.count; h++) {
			struct held held = program->holders.items[like].held.items[h];
			if (lookalike_fits(program, i, &held))
				put(flow, i, held);
		}
	}
}

static void solve_all(struct program *program)
{
	struct flow flow = {.program = program};
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		flow_assignments(&flow, unit);
		for (uint32_t i = 0; i < facts->calls_count; i++) {
			program->call_count++;
			if (facts->calls[i].callee != NONE)
				flow_arguments(&flow, unit, i, program->units[unit].node[facts->calls[i].callee]);
			else
				program->pointer_call_count++;
		}
	}
	uint32_t *seen = arena_alloc(&program->arena, program->pointer_call_count * sizeof(*seen));
	do {
		solve(&flow);
	} while (flow_pointer_arguments(&flow, seen));
	flow_lookalikes(&flow);
	do {
		solve(&flow);
	} while (flow_pointer_arguments(&flow, seen));
	table_release(&flow.work);
}

static void add_edge(struct program *program, uint32_t from, uint32_t to, struct ref call, enum edge_kind kind,
		     uint32_t holder)
{
	if (from != NONE && to != NONE)
		table_add(&program->edges, (struct edge){from, to, call, kind, holder});
}

/* The parameter of the caller that a value is, or NONE: seen through locals by what flows into them is not needed,
   parameters are mostly called as they are. */
static uint32_t param_holder(const struct program *program, uint32_t unit, uint32_t function, uint32_t value)
{
	uint32_t holder = program_holder(program, unit, function, value);
	return holder != NONE && program->holders.items[holder].kind == HOLDER_PARAM ? holder : NONE;
}

static bool is_inline_param(const struct program *program, const struct node *callee, uint32_t number)
{
	if (number >= callee->param_count)
		return false;
	if (program->called_inline[callee->first_param + number])
		return true;
	for (uint32_t c = 0; callee->model && c < callee->model->callback_count; c++)
		if (callee->model->callbacks[c].argument == number && callee->model->callbacks[c].role == ROLE_INLINE)
			return true;
	return false;
}

static bool mark_inline(struct program *program, uint32_t holder)
{
	if (holder == NONE || program->called_inline[holder])
		return false;
	program->called_inline[holder] = 1;
	return true;
}

/* Which parameters a function calls itself, or passes to one that does. */
static void find_inline_params(struct program *program)
{
	program->called_inline = arena_alloc(&program->arena, program->holders.count);
	bool changed;
	do {
		changed = false;
		for (uint32_t unit = 0; unit < program->unit_count; unit++) {
			const struct facts *facts = program_facts(program, unit);
			for (uint32_t i = 0; i < facts->calls_count; i++) {
				const struct fact_call *fact = &facts->calls[i];
				if (fact->callee == NONE) {
					uint32_t holder = param_holder(program, unit, fact->function, fact->target);
					changed |= mark_inline(program, holder);
					continue;
				}
				const struct node *callee =
				    &program->nodes.items[program->units[unit].node[fact->callee]];
				for (uint32_t a = 0; a < fact->argument_count; a++) {
					if (!is_inline_param(program, callee, a))
						continue;
					uint32_t holder =
					    param_holder(program, unit, fact->function,
							 facts->arguments[fact->first_argument + a].value);
					changed |= mark_inline(program, holder);
				}
			}
		}
	} while (changed);
}

/* Edges to the functions that are passed to a parameter which the callee calls: from who passes them, not from who
   calls, so that one caller's callback is not taken for another's. */
static void add_passed_edges(struct program *program, uint32_t unit, uint32_t call, uint32_t from)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_call *fact = &facts->calls[call];
	const struct node *callee = &program->nodes.items[program->units[unit].node[fact->callee]];
	for (uint32_t a = 0; a < fact->argument_count; a++) {
		if (!is_inline_param(program, callee, a))
			continue;
		uint32_t value = facts->arguments[fact->first_argument + a].value;
		if (facts->values[value].kind == VALUE_FUNCTION) {
			add_edge(program, from, program->units[unit].node[facts->values[value].a],
				 (struct ref){unit, call}, EDGE_PASSED, NONE);
			continue;
		}
		uint32_t holder = program_holder(program, unit, fact->function, value);
		if (holder == NONE || program->holders.items[holder].kind == HOLDER_PARAM)
			continue;
		for (uint32_t h = 0; h < program->holders.items[holder].held.count; h++)
			add_edge(program, from, program->holders.items[holder].held.items[h].function,
				 (struct ref){unit, call}, EDGE_PASSED, holder);
	}
}

static void add_call_edges(struct program *program, uint32_t unit, uint32_t call, uint32_t from)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_call *fact = &facts->calls[call];
	if (fact->callee != NONE) {
		add_edge(program, from, program->units[unit].node[fact->callee], (struct ref){unit, call}, EDGE_CALL,
			 NONE);
		add_passed_edges(program, unit, call, from);
		return;
	}
	uint32_t holder = program_holder(program, unit, fact->function, fact->target);
	bool is_param = holder != NONE && program->holders.items[holder].kind == HOLDER_PARAM;
	uint32_t held = holder == NONE ? 0 : program->holders.items[holder].held.count;
	for (uint32_t i = 0; i < held && !is_param; i++)
		add_edge(program, from, program->holders.items[holder].held.items[i].function, (struct ref){unit, call},
			 EDGE_POINTER, holder);
	if (!held)
		table_add(&program->unresolved, (struct ref){unit, call});
}

static void make_edges(struct program *program)
{
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		program->nodes.items[i].first_out = program->edges.count;
		for (uint32_t b = 0; b < program->nodes.items[i].body_count; b++) {
			struct ref body = program->bodies.items[program->nodes.items[i].first_body + b];
			const struct fact_function *function =
			    &program_facts(program, body.unit)->functions[body.index];
			for (uint32_t c = 0; c < function->call_count; c++)
				add_call_edges(program, body.unit, function->first_call + c, i);
		}
		program->nodes.items[i].out_count = program->edges.count - program->nodes.items[i].first_out;
	}
	for (uint32_t e = 0; e < program->edges.count; e++)
		program->nodes.items[program->edges.items[e].to].in_count++;
	uint32_t first = 0;
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		program->nodes.items[i].first_in = first;
		first += program->nodes.items[i].in_count;
		program->nodes.items[i].in_count = 0;
	}
	table_need(&program->incoming, program->edges.count);
	program->incoming.count = program->edges.count;
	for (uint32_t e = 0; e < program->edges.count; e++) {
		struct node *to = &program->nodes.items[program->edges.items[e].to];
		program->incoming.items[to->first_in + to->in_count++] = e;
	}
}

void flow_resolve(struct program *program)
{
	make_holders(program);
	solve_all(program);
	find_inline_params(program);
	make_edges(program);
}
