#include "user_callbacks.h"

#include "derive.h"
#include "paths.h"
#include "words.h"

#include <string.h>

/* What such a function is for is memory, not news. */
static const char *const memory_words[] = {"free",    "destroy", "destructor", "dtor",  "delete", "unref",
					   "release", "cleanup", "dispose",    "clear", NULL};

/* What asks for an answer is called when that is needed, and gives it without further ado. */
static const char *const answer_words[] = {"cmp",   "compare",   "comparator", "equal", "hash",  "filter",
					   "match", "predicate", "sort",       "test",  "check", "select",
					   "alloc", "malloc",    "realloc",    NULL};
/* What goes over items, or tells how far something has come, is called several times, whenever that is. */
static const char *const step_words[] = {"visit", "visitor", "each", "foreach", "iter", "iterator", "progress", NULL};

/* Nobody calls back into the API while he writes a log. */
static const char *const log_words[] = {"log",   "logger", "logging", "debug", "trace",
					"print", "printf", "output",  NULL};

static const struct fact_typedef *find_typedef(const struct facts *facts, uint32_t name)
{
	for (uint32_t i = 0; i < facts->typedefs_count; i++)
		if (facts->typedefs[i].name == name)
			return &facts->typedefs[i];
	return NULL;
}

/* The type as it is spelled when its typedefs are seen through: "void (*)(void *)". */
static const char *seen_through(const struct facts *facts, uint32_t type)
{
	for (int steps = 0; steps < 4; steps++) {
		const struct fact_typedef *found =
		    *facts_text(facts, facts->types[type].alias) ? find_typedef(facts, facts->types[type].alias) : NULL;
		if (!found || found->type == NONE)
			break;
		type = found->type;
	}
	return facts_text(facts, facts->types[type].spelling);
}

bool returns_nothing(const struct facts *facts, uint32_t type)
{
	return type != NONE && strncmp(seen_through(facts, type), "void (", 6) == 0;
}

/* By its own name or that of its type. */
static bool is_called(const char *name, const char *alias, const char *const *words)
{
	return has_word(name, words) || has_word(alias, words);
}

bool is_completion_param(const struct program *program, const struct node *node, uint32_t number)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	const struct fact_param *param = program_param(program, node, number);
	if (!param || param->type == NONE || !(facts->types[param->type].flags & TYPE_FUNCTION_POINTER))
		return false;
	const char *type = seen_through(facts, param->type);
	if (strncmp(type, "void (", 6) != 0 && strncmp(type, "int (", 5) != 0)
		return false;
	const char *name = facts_text(facts, param->name), *alias = facts_text(facts, facts->types[param->type].alias);
	return !is_called(name, alias, memory_words) && !is_called(name, alias, answer_words) &&
	       !is_called(name, alias, step_words);
}

/* `_foo`, `foo_` and `foo__bar` are nobody's API. */
static bool is_internal_name(const char *name)
{
	size_t length = strlen(name);
	return *name == '_' || (length && name[length - 1] == '_') || strstr(name, "__");
}

bool is_for_others(const struct node *node)
{
	return node_is_exported(node) || (!(node->flags & (FUNCTION_STATIC | FUNCTION_SYSTEM)) && node->in_count == 0);
}

bool is_api(const struct node *node)
{
	return is_for_others(node) && !is_internal_name(node->name);
}

static bool is_for_users(const struct program *program, const struct node *node, uint32_t number)
{
	if (!node->body_count || !is_api(node) || is_test_file(node->file))
		return false;
	for (uint32_t i = 0; i < node->in_count; i++) {
		const struct edge *edge = &program->edges.items[program->incoming.items[node->first_in + i]];
		const struct node *caller = &program->nodes.items[edge->from];
		struct ref argument = program_argument(program, edge->call, number);
		bool gives = edge->kind != EDGE_CALL || program_value(program, argument)->kind != VALUE_NULL;
		if (gives && same_directory(caller->file, node->file) && !is_test_file(caller->file))
			return false;
	}
	return true;
}

/* A parameter for a function that may do anything. */
static bool is_free_callback(const struct program *program, const struct node *node, uint32_t number)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	const struct fact_param *param = program_param(program, node, number);
	if (!param || param->type == NONE || !(facts->types[param->type].flags & TYPE_FUNCTION_POINTER))
		return false;
	const char *name = facts_text(facts, param->name), *alias = facts_text(facts, facts->types[param->type].alias);
	return !is_called(name, alias, memory_words) && !is_called(name, alias, log_words) &&
	       !is_called(name, alias, answer_words) && !has_word(node->name, log_words);
}

/* The project itself puts functions in, where it is not a test: then what is called is known to it. */
static bool is_own_wiring(const struct program *program, const struct holder *holder, const char *directory_of)
{
	for (uint32_t h = 0; h < holder->held.count; h++) {
		uint32_t in = holder->held.items[h].in;
		if (in != NONE && !is_test_file(program->nodes.items[in].file) &&
		    same_directory(program->nodes.items[in].file, directory_of))
			return true;
	}
	return false;
}

/* Marks where functions go that users give to the function `node`. */
static void mark_from(const struct program *program, const struct node *node, uint32_t from, uint8_t *marked)
{
	id_table work = {0};
	table_add(&work, from);
	marked[from] = 1;
	while (work.count) {
		const struct holder *holder = &program->holders.items[work.items[--work.count]];
		for (uint32_t i = 0; i < holder->flows_to.count; i++) {
			uint32_t to = holder->flows_to.items[i];
			if (marked[to] || is_own_wiring(program, &program->holders.items[to], node->file))
				continue;
			marked[to] = 1;
			table_add(&work, to);
		}
	}
	table_release(&work);
}

uint8_t *find_user_callbacks(const struct program *program)
{
	uint32_t capacity = 0;
	uint8_t *marked = table_reserve(NULL, &capacity, 0, program->holders.count + 1, 1);
	memset(marked, 0, program->holders.count + 1);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		for (uint32_t p = 0; p < node->param_count; p++)
			if (is_free_callback(program, node, p) && is_for_users(program, node, p))
				mark_from(program, node, node->first_param + p, marked);
	}
	return marked;
}
