#include "program.h"

#include "flow.h"
#include "stores.h"

#include <stdlib.h>
#include <string.h>

static int compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
	if (a_size != b_size)
		return a_size < b_size ? -1 : 1;
	return a_size ? memcmp(a, b, a_size) : 0;
}

/* By path; the same file compiled twice is told apart by its content, so that no order of units shows in the result. */
static int compare_units(const void *a, const void *b)
{
	const struct facts *x = *(const struct facts *const *)a, *y = *(const struct facts *const *)b;
	int order = strcmp(facts_text(x, x->main_file), facts_text(y, y->main_file));
#define FACT_TABLE(type, name)                                                                 \
	if (!order)                                                                            \
		order = compare_bytes(x->name, x->name##_count * sizeof(struct type), y->name, \
				      y->name##_count * sizeof(struct type));
	FACT_TABLES(FACT_TABLE)
#undef FACT_TABLE
	return order ? order : compare_bytes(x->text, x->text_size, y->text, y->text_size);
}

const struct facts *program_facts(const struct program *program, uint32_t unit)
{
	return program->units[unit].facts;
}

const char *program_text(const struct program *program, uint32_t unit, uint32_t string)
{
	return facts_text(program_facts(program, unit), string);
}

const struct fact_call *program_call(const struct program *program, struct ref call)
{
	return &program_facts(program, call.unit)->calls[call.index];
}

const struct fact_function *program_function(const struct program *program, const struct node *node)
{
	return &program_facts(program, node->function.unit)->functions[node->function.index];
}

const struct fact_value *program_value(const struct program *program, struct ref value)
{
	static const struct fact_value unknown = {.kind = VALUE_UNKNOWN, .type = NONE};
	return value.index == NONE ? &unknown : &program_facts(program, value.unit)->values[value.index];
}

uint32_t program_node(const struct program *program, uint32_t unit, uint32_t function)
{
	return function == NONE ? NONE : program->units[unit].node[function];
}

uint32_t program_callee(const struct program *program, struct ref call)
{
	return program_node(program, call.unit, program_call(program, call)->callee);
}

struct ref program_argument(const struct program *program, struct ref call, uint32_t number)
{
	const struct fact_call *fact = program_call(program, call);
	if (number >= fact->argument_count)
		return (struct ref){call.unit, NONE};
	return (struct ref){call.unit,
			    program_facts(program, call.unit)->arguments[fact->first_argument + number].value};
}

const struct fact_param *program_param(const struct program *program, const struct node *node, uint32_t number)
{
	const struct fact_function *function = program_function(program, node);
	if (number >= function->param_count)
		return NULL;
	return &program_facts(program, node->function.unit)->params[function->first_param + number];
}

bool node_is_exported(const struct node *node)
{
	return !(node->flags & (FUNCTION_STATIC | FUNCTION_SYSTEM)) && node->flags & FUNCTION_IN_HEADER;
}

static const char *directory_end(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash : path;
}

/* How many leading bytes of the two paths' directories agree, up to a whole directory. */
static size_t nearness(const char *a, const char *b)
{
	size_t same = 0;
	for (size_t i = 0; a[i] && a[i] == b[i] && a + i < directory_end(a) && b + i < directory_end(b); i++)
		if (a[i + 1] == '/' || a + i + 1 == directory_end(a))
			same = i + 1;
	return same;
}

static uint32_t *at_string(struct program *program, uint32_t string)
{
	while (program->node_of.count <= string)
		table_add(&program->node_of, NONE);
	return &program->node_of.items[string];
}

static uint32_t add_node(struct program *program, uint32_t unit, uint32_t function)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	struct node node = {.name = facts_text(facts, fact->name),
			    .identity = facts_text(facts, fact->identity),
			    .file = facts_text(facts, fact->place.file),
			    .function = {unit, function},
			    .first_param = NONE,
			    .result = NONE,
			    .next = NONE,
			    .flags = fact->flags};
	if (!(fact->flags & FUNCTION_STATIC) || fact->flags & (FUNCTION_SYSTEM | FUNCTION_BODY_IN_HEADER))
		node.model = models_function(program->models, node.name);
	table_add(&program->nodes, node);
	return program->nodes.count - 1;
}

/* The node of a definition: its own, or that of the same function as another unit sees it (a header, or the file
 * compiled twice). */
static uint32_t define(struct program *program, uint32_t unit, uint32_t function)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	const char *file = facts_text(facts, fact->place.file);
	uint32_t *first = at_string(program, intern(&program->strings, facts_text(facts, fact->identity)));
	for (uint32_t i = *first; i != NONE; i = program->nodes.items[i].next) {
		struct node *node = &program->nodes.items[i];
		if (strcmp(node->file, file) == 0) {
			node->flags |= fact->flags;
			return i;
		}
	}
	uint32_t added = add_node(program, unit, function);
	program->nodes.items[added].next = *first;
	*first = added;
	return added;
}

/* The node that a declaration means. */
static uint32_t resolve(struct program *program, uint32_t unit, uint32_t function)
{
	const struct facts *facts = program_facts(program, unit);
	const struct fact_function *fact = &facts->functions[function];
	uint32_t *first = at_string(program, intern(&program->strings, facts_text(facts, fact->identity)));
	const char *from = facts_text(facts, facts->main_file);
	uint32_t best = NONE;
	size_t best_nearness = 0;
	bool unique = true;
	for (uint32_t i = *first; i != NONE; i = program->nodes.items[i].next) {
		size_t near = nearness(from, program->nodes.items[i].file);
		if (best == NONE || near > best_nearness) {
			best = i;
			best_nearness = near;
			unique = true;
		} else if (near == best_nearness) {
			unique = false;
		}
	}
	if (best != NONE && unique) {
		program->nodes.items[best].flags |= fact->flags & FUNCTION_IN_HEADER;
		return best;
	}
	if (best != NONE) /* several, none nearer: a node without a body, so that nothing is made up */
		return add_node(program, unit, function);
	return *first = add_node(program, unit, function);
}

/* A body, and the one before it of the same node. */
struct body_link {
	struct ref body;
	uint32_t node, previous;
};

typedef TABLE(struct body_link) body_links;

/* Adds the body unless the node has an equal one already: a header function is the same in most units. */
static void add_body(struct program *program, body_links *links, uint32_t *last, uint32_t node, struct ref body)
{
	uint32_t hash = program_facts(program, body.unit)->functions[body.index].body_hash;
	for (uint32_t i = last[node]; i != NONE; i = links->items[i].previous) {
		struct ref other = links->items[i].body;
		if (program_facts(program, other.unit)->functions[other.index].body_hash == hash)
			return;
	}
	table_add(links, (struct body_link){body, node, last[node]});
	last[node] = links->count - 1;
}

static void collect_bodies(struct program *program)
{
	uint32_t *last = arena_alloc(&program->arena, program->nodes.count * sizeof(*last));
	for (uint32_t i = 0; i < program->nodes.count; i++)
		last[i] = NONE;
	body_links links = {0};
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->functions_count; i++)
			if (facts->functions[i].flags & FUNCTION_DEFINED)
				add_body(program, &links, last, program->units[unit].node[i], (struct ref){unit, i});
	}
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		struct node *node = &program->nodes.items[i];
		node->first_body = program->bodies.count;
		for (uint32_t at = last[i]; at != NONE; at = links.items[at].previous)
			table_add(&program->bodies, links.items[at].body);
		node->body_count = program->bodies.count - node->first_body;
		/* The links run backwards; what was seen first comes first. */
		for (uint32_t a = node->first_body, b = program->bodies.count; a + 1 < b; a++, b--) {
			struct ref body = program->bodies.items[a];
			program->bodies.items[a] = program->bodies.items[b - 1];
			program->bodies.items[b - 1] = body;
		}
	}
	table_release(&links);
}

static void make_nodes(struct program *program)
{
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		program->units[unit].node = arena_alloc(&program->arena, facts->functions_count * sizeof(uint32_t));
		for (uint32_t i = 0; i < facts->functions_count; i++)
			if (facts->functions[i].flags & FUNCTION_DEFINED)
				program->units[unit].node[i] = define(program, unit, i);
	}
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t i = 0; i < facts->functions_count; i++)
			if (!(facts->functions[i].flags & FUNCTION_DEFINED))
				program->units[unit].node[i] = resolve(program, unit, i);
	}
}

static void index_records(struct program *program)
{
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++) {
			uint32_t string = intern(&program->strings, facts_text(facts, facts->records[r].identity));
			while (program->record_of.count <= string)
				table_add(&program->record_of, (struct record_ref){0, NULL});
			if (!program->record_of.items[string].record)
				program->record_of.items[string] = (struct record_ref){unit, &facts->records[r]};
		}
	}
}

struct record_ref program_record(const struct program *program, const char *identity)
{
	uint32_t string = intern_find(&program->strings, identity);
	if (string == UINT32_MAX || string >= program->record_of.count)
		return (struct record_ref){0, NULL};
	return program->record_of.items[string];
}

struct field_ref program_field(const struct program *program, const char *slot)
{
	struct arena scratch = {0};
	const char *colons = strstr(slot, "::");
	struct record_ref owner = {0, NULL};
	if (colons)
		owner = program_record(program, arena_strndup(&scratch, slot, (size_t)(colons - slot)));
	arena_release(&scratch);
	if (!owner.record)
		return (struct field_ref){0, NULL, NULL};
	const struct facts *facts = program_facts(program, owner.unit);
	for (uint32_t f = 0; f < owner.record->field_count; f++) {
		const struct fact_field *field = &facts->fields[owner.record->first_field + f];
		if (strcmp(facts_text(facts, field->name), colons + 2) == 0)
			return (struct field_ref){owner.unit, owner.record, field};
	}
	return (struct field_ref){0, NULL, NULL};
}

static void note_local_uses(struct program *program, uint32_t unit)
{
	const struct facts *facts = program_facts(program, unit);
	struct local_use *locals = arena_alloc(&program->arena, facts->locals_count * sizeof(*locals));
	for (uint32_t i = 0; i < facts->locals_count; i++)
		locals[i].source = NONE;
	for (uint32_t i = 0; i < facts->assignments_count; i++) {
		const struct fact_value *target = &facts->values[facts->assignments[i].target];
		if (target->kind != VALUE_LOCAL)
			continue;
		struct local_use *use = &locals[target->a];
		uint32_t operation = facts->assignments[i].operation;
		bool plain = operation == OPERATOR_ASSIGN || operation == OPERATOR_INITIALISE;
		use->source = use->assignments++ == 0 && plain ? facts->assignments[i].source : NONE;
	}
	for (uint32_t i = 0; i < facts->arguments_count; i++) {
		const struct fact_value *value = &facts->values[facts->arguments[i].value];
		if (value->kind == VALUE_ADDRESS && facts->values[value->a].kind == VALUE_LOCAL)
			locals[facts->values[value->a].a].address_passed = true;
	}
	program->units[unit].locals = locals;
}

struct program *program_join(const struct facts *const *units, uint32_t count, const struct models *models)
{
	struct program *program = calloc(1, sizeof(*program));
	if (!program)
		arena_out_of_memory();
	intern_init(&program->strings);
	intern_init(&program->slots);
	program->models = models;
	const struct facts **sorted = arena_copy(&program->arena, units, count, sizeof(*units));
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_units);
	program->units = arena_alloc(&program->arena, count * sizeof(*program->units));
	program->unit_count = count;
	for (uint32_t i = 0; i < count; i++)
		program->units[i].facts = sorted[i];
	for (uint32_t i = 0; i < count; i++)
		note_local_uses(program, i);
	index_records(program);
	make_nodes(program);
	collect_bodies(program);
	stores_index(program);
	flow_resolve(program);
	return program;
}

void program_free(struct program *program)
{
	if (!program)
		return;
	for (uint32_t i = 0; i < program->holders.count; i++) {
		table_release(&program->holders.items[i].held);
		table_release(&program->holders.items[i].flows_to);
	}
	table_release(&program->nodes);
	table_release(&program->bodies);
	table_release(&program->edges);
	table_release(&program->incoming);
	table_release(&program->holders);
	table_release(&program->slot_holder);
	table_release(&program->variable_holder);
	table_release(&program->node_of);
	table_release(&program->record_of);
	table_release(&program->unresolved);
	intern_release(&program->strings);
	intern_release(&program->slots);
	arena_release(&program->arena);
	free(program);
}
