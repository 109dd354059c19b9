#include "stored_callback.h"

#include "paths.h"
#include "user_callbacks.h"
#include "words.h"

#include <string.h>

/* Words of a slot that do not say what the callback is told. */
static const char *const callback_words[] = {"callback", "callbacks", "cback",  "func",   "function", "user", "handler",
					     "hook",     "notify",    "handle", "client", "conn",     "data", NULL};
/* Such an operation changes who is told, or ends the object: the callback tells that it did. A callback that is named
 * so does it for the API, or answers it ("info"). */
static const char *const other_words[] = {"set",      "get",      "add",   "remove",   "register", "unregister",
					  "new",      "init",     "free",  "close",    "destroy",  "cleanup",
					  "shutdown", "stop",     "reset", "callback", "info",     "dispose",
					  "unref",    "teardown", "abort", "cancel",   NULL};

/* Whoever runs the loop, or is called on it: the way ends here. */
static bool is_of_loop(const struct derived *derived, uint32_t node)
{
	if (derived->owner[node] && strcmp(derived->program->nodes.items[node].name, "main") != 0)
		return true;
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next)
		if (derived->roles.items[i].kind == ROLE_ON_LOOP && derived->roles.items[i].from == NONE)
			return true;
	return false;
}

static bool is_helper(const struct derived *derived, uint32_t node)
{
	return !derived->owner[node] && !is_of_loop(derived, node);
}

static const char *field_of(const struct program *program, uint32_t holder)
{
	return strstr(intern_text(&program->slots, program->holders.items[holder].owner), "::") + 2;
}

/* Whether the slot is for telling users something. */
static bool tells(const struct program *program, uint32_t holder)
{
	struct field_ref field =
	    program_field(program, intern_text(&program->slots, program->holders.items[holder].owner));
	return field.field && returns_nothing(program_facts(program, field.unit), field.field->type) &&
	       !has_word(field_of(program, holder), other_words);
}

/* Where it is given a callback itself, that one is what it is about. */
static bool takes_callback(const struct program *program, const struct node *node)
{
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (param && param->type != NONE &&
		    program_facts(program, node->function.unit)->types[param->type].flags & TYPE_FUNCTION_POINTER)
			return true;
	}
	return false;
}

/* Whoever calls it beside it is named for the same operation, and is no part of the loop: it is there for others. */
static bool has_only_wrappers(const struct derived *derived, uint32_t holder, uint32_t index)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t i = 0; i < node->in_count; i++) {
		uint32_t from = program->edges.items[program->incoming.items[node->first_in + i]].from;
		const char *file = program->nodes.items[from].file, *name = program->nodes.items[from].name;
		if (same_directory(file, node->file) && !is_test_file(file) &&
		    (!is_helper(derived, from) || !shares_last_word(field_of(program, holder), name, callback_words)))
			return false;
	}
	return true;
}

static bool is_operation(const struct derived *derived, const struct stored_callback *callback, uint32_t at)
{
	const struct wait *way = &callback->ways.items[at];
	const struct node *node = &derived->program->nodes.items[way->node];
	bool is_notifier = way->below == NONE && node->in_count;
	return !is_notifier && is_api(node) && has_only_wrappers(derived, callback->holder, way->node) &&
	       is_helper(derived, way->node) && !takes_callback(derived->program, node) &&
	       !has_word(node->name, other_words) &&
	       shares_last_word(field_of(derived->program, callback->holder), node->name, callback_words);
}

bool is_own_operation(const struct derived *derived, const struct stored_callback *callback, uint32_t at)
{
	if (!is_operation(derived, callback, at))
		return false;
	for (at = callback->ways.items[at].below; at != NONE; at = callback->ways.items[at].below)
		if (is_operation(derived, callback, at))
			return false;
	return true;
}

static struct stored_callback *entry_of(stored_callbacks *callbacks, uint32_t holder)
{
	for (uint32_t i = 0; i < callbacks->count; i++)
		if (callbacks->items[i].holder == holder)
			return &callbacks->items[i];
	table_add(callbacks, (struct stored_callback){.holder = holder});
	return &callbacks->items[callbacks->count - 1];
}

static void add_calls(struct derived *derived, struct ref body, const uint8_t *from_users, stored_callbacks *callbacks)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, body.unit);
	const struct fact_function *function = &facts->functions[body.index];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {body.unit, function->first_call + c};
		const struct fact_call *fact = program_call(program, call);
		if (fact->callee != NONE || fact->target == NONE || facts->values[fact->target].kind != VALUE_FIELD)
			continue;
		uint32_t holder = program_holder(program, body.unit, body.index, fact->target);
		struct wait way = {program_node(program, body.unit, body.index), call, {0}, NONE};
		if (holder != NONE && from_users[holder] && program->holders.items[holder].kind == HOLDER_SLOT &&
		    tells(program, holder) &&
		    condition_of_scope(&derived->conditions, body.unit, fact->scope, &way.condition))
			find_waits(derived, way, is_helper, &entry_of(callbacks, holder)->ways);
	}
}

static bool is_called_on_loop(const struct derived *derived, const struct stored_callback *callback)
{
	for (uint32_t i = 0; i < callback->ways.count; i++)
		if (is_of_loop(derived, callback->ways.items[i].node))
			return true;
	return false;
}

void stored_callbacks_find(struct derived *derived, stored_callbacks *callbacks)
{
	const struct program *program = derived->program;
	uint8_t *from_users = find_user_callbacks(program);
	for (uint32_t n = 0; n < program->nodes.count; n++)
		for (uint32_t b = 0; b < program->nodes.items[n].body_count; b++)
			add_calls(derived, program->bodies.items[program->nodes.items[n].first_body + b], from_users,
				  callbacks);
	table_free(from_users);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < callbacks->count; i++) {
		if (is_called_on_loop(derived, &callbacks->items[i]))
			callbacks->items[kept++] = callbacks->items[i];
		else
			table_release(&callbacks->items[i].ways);
	}
	callbacks->count = kept;
}

void stored_callbacks_release(stored_callbacks *callbacks)
{
	for (uint32_t i = 0; i < callbacks->count; i++)
		table_release(&callbacks->items[i].ways);
	table_release(callbacks);
}
