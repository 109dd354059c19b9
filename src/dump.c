#include "dump.h"

#include "json_writer.h"
#include "value_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct dump {
	const struct facts *facts;
	struct json_writer json;
	struct arena arena; /* for texts on their way into the JSON */
};

static const char *const scope_kinds[SCOPE_KINDS] = {
    [SCOPE_BODY] = "body",   [SCOPE_IF] = "if", [SCOPE_AFTER] = "after", [SCOPE_CASE] = "case",
    [SCOPE_WHILE] = "while", [SCOPE_DO] = "do", [SCOPE_FOR] = "for",     [SCOPE_LABEL] = "label",
};

/* A bit and its name; lists end where the name is NULL. */
struct flag_name {
	uint32_t flag;
	const char *name;
};

static const struct flag_name function_flags[] = {
    {FUNCTION_DEFINED, "defined"},
    {FUNCTION_STATIC, "static"},
    {FUNCTION_INLINE, "inline"},
    {FUNCTION_VARIADIC, "variadic"},
    {FUNCTION_NORETURN, "noreturn"},
    {FUNCTION_SYSTEM, "system"},
    {FUNCTION_IN_HEADER, "header"},
    {FUNCTION_BODY_IN_HEADER, "header-body"},
    {0, NULL},
};

static const struct flag_name type_flags[] = {
    {TYPE_POINTER, "pointer"}, {TYPE_FUNCTION_POINTER, "function-pointer"},
    {TYPE_BOOL, "bool"},       {TYPE_INTEGER, "integer"},
    {TYPE_ENUM, "enum"},       {TYPE_VOID, "void"},
    {TYPE_ARRAY, "array"},     {TYPE_RECORD, "record"},
    {TYPE_CONST, "const"},     {0, NULL},
};

static const struct flag_name variable_flags[] = {
    {VARIABLE_STATIC, "static"}, {VARIABLE_IN_FUNCTION, "in-function"},   {VARIABLE_DEFINED, "defined"},
    {VARIABLE_SYSTEM, "system"}, {VARIABLE_THREAD_LOCAL, "thread-local"}, {0, NULL},
};

static const struct flag_name local_flags[] = {{LOCAL_ATTRIBUTE, "attribute"}, {0, NULL}};

static const struct flag_name scope_flags[] = {
    {SCOPE_BREAKS, "breaks"},       {SCOPE_RETURNS, "returns"}, {SCOPE_LEAVES, "leaves"},
    {SCOPE_CONTINUES, "continues"}, {SCOPE_GOES, "goes"},       {0, NULL},
};

static const struct flag_name cast_flags[] = {{CAST_IMPLICIT, "implicit"}, {0, NULL}};

static const struct flag_name record_flags[] = {
    {RECORD_UNION, "union"}, {RECORD_SYSTEM, "system"}, {RECORD_ENUM, "enum"}, {0, NULL}};

static const struct flag_name field_flags[] = {{FIELD_IN_UNION, "in-union"}, {FIELD_BITS, "bits"}, {0, NULL}};

static const struct flag_name inclusion_flags[] = {{INCLUSION_SYSTEM, "system"}, {INCLUSION_MAIN, "main"}, {0, NULL}};

static void add_text(struct dump *dump, const char *key, const char *text)
{
	if (*text)
		json_string(&dump->json, key, text);
}

static void add_string(struct dump *dump, const char *key, uint32_t string)
{
	add_text(dump, key, facts_text(dump->facts, string));
}

static void add_number(struct dump *dump, const char *key, uint32_t number)
{
	json_number(&dump->json, key, number);
}

static void add_hash(struct dump *dump, const char *key, uint64_t hash)
{
	add_text(dump, key, arena_printf(&dump->arena, "%" PRIx64, hash));
}

static void add_type(struct dump *dump, const char *key, uint32_t type)
{
	add_string(dump, key, dump->facts->types[type].spelling);
}

static void add_value(struct dump *dump, const char *key, uint32_t function, uint32_t value)
{
	if (value != NONE)
		add_text(dump, key, value_text(dump->facts, function, value, &dump->arena));
}

static void add_place(struct dump *dump, const struct place *place)
{
	if (place->line)
		add_text(dump, "place",
			 arena_printf(&dump->arena, "%s:%u:%u-%u:%u", facts_text(dump->facts, place->file), place->line,
				      place->column, place->end_line, place->end_column));
}

static void add_flags(struct dump *dump, const struct flag_name *names, uint32_t flags)
{
	if (!flags)
		return;
	json_array(&dump->json, "flags");
	for (; names->name; names++)
		if (flags & names->flag)
			json_string(&dump->json, NULL, names->name);
	json_end(&dump->json);
}

/* Writes what is in record i of a table. */
typedef void item_writer(struct dump *dump, uint32_t i);

static void add_item(struct dump *dump, uint32_t i, item_writer *write_item)
{
	json_object(&dump->json, NULL);
	write_item(dump, i);
	json_end(&dump->json);
}

static void add_list(struct dump *dump, const char *key, uint32_t first, uint32_t count, item_writer *write_item)
{
	if (!count)
		return;
	json_array(&dump->json, key);
	for (uint32_t i = 0; i < count; i++)
		add_item(dump, first + i, write_item);
	json_end(&dump->json);
}

/* Where a call, assignment or cast stands in its function. */
static void add_position(struct dump *dump, uint32_t scope, uint32_t order, const struct place *place)
{
	const struct facts *facts = dump->facts;
	if (scope != NONE)
		add_number(dump, "scope", scope - facts->functions[facts->scopes[scope].function].first_scope);
	add_number(dump, "order", order);
	add_place(dump, place);
}

static void write_param(struct dump *dump, uint32_t i)
{
	add_string(dump, "name", dump->facts->params[i].name);
	add_type(dump, "type", dump->facts->params[i].type);
}

static void write_call(struct dump *dump, uint32_t i)
{
	const struct facts *facts = dump->facts;
	const struct fact_call *call = &facts->calls[i];
	if (call->callee != NONE)
		add_string(dump, "callee", facts->functions[call->callee].name);
	add_value(dump, "target", call->function, call->target);
	json_array(&dump->json, "arguments");
	for (uint32_t argument = 0; argument < call->argument_count; argument++) {
		uint32_t value = facts->arguments[call->first_argument + argument].value;
		json_string(&dump->json, NULL, value_text(facts, call->function, value, &dump->arena));
	}
	json_end(&dump->json);
	add_string(dump, "macro", call->macro);
	add_position(dump, call->scope, call->order, &call->place);
}

static const char *assignment_text(struct dump *dump, const struct fact_assignment *assignment)
{
	const struct facts *facts = dump->facts;
	const char *target = value_text(facts, assignment->function, assignment->target, &dump->arena);
	const char *source = value_text(facts, assignment->function, assignment->source, &dump->arena);
	const char *operation = operator_text(assignment->operation);
	if (facts->values[assignment->target].kind == VALUE_RETURN)
		return arena_printf(&dump->arena, "%s %s", target, source);
	switch (assignment->operation) {
	case OPERATOR_INCREMENT:
	case OPERATOR_DECREMENT:
		return arena_printf(&dump->arena, "%s%s", target, operation);
	case OPERATOR_ASSIGN:
	case OPERATOR_INITIALISE:
		return arena_printf(&dump->arena, "%s %s %s", target, operation, source);
	default:
		return arena_printf(&dump->arena, "%s %s= %s", target, operation, source);
	}
}

static void write_assignment(struct dump *dump, uint32_t i)
{
	const struct fact_assignment *assignment = &dump->facts->assignments[i];
	add_text(dump, "text", assignment_text(dump, assignment));
	if (assignment->operation == OPERATOR_INITIALISE)
		add_number(dump, "initialiser", 1);
	add_position(dump, assignment->scope, assignment->order, &assignment->place);
}

static void write_scope(struct dump *dump, uint32_t i)
{
	const struct facts *facts = dump->facts;
	const struct fact_scope *scope = &facts->scopes[i];
	add_text(dump, "kind", scope_kinds[scope->kind]);
	if (scope->parent != NONE)
		add_number(dump, "parent", scope->parent - facts->functions[scope->function].first_scope);
	add_value(dump, "condition", scope->function, scope->condition);
	if (scope->condition != NONE)
		add_number(dump, "when", scope->when);
	add_flags(dump, scope_flags, scope->flags);
	add_number(dump, "order", scope->order);
	add_number(dump, "end_order", scope->end_order);
	add_place(dump, &scope->place);
}

static void write_local(struct dump *dump, uint32_t i)
{
	const struct fact_local *local = &dump->facts->locals[i];
	add_string(dump, "name", local->name);
	add_type(dump, "type", local->type);
	add_flags(dump, local_flags, local->flags);
	add_place(dump, &local->place);
}

static void write_cast(struct dump *dump, uint32_t i)
{
	const struct fact_cast *cast = &dump->facts->casts[i];
	add_value(dump, "value", cast->function, cast->value);
	add_type(dump, "from", cast->from);
	add_type(dump, "to", cast->to);
	add_flags(dump, cast_flags, cast->flags);
	add_position(dump, cast->scope, cast->order, &cast->place);
}

static void write_function(struct dump *dump, uint32_t i)
{
	const struct fact_function *function = &dump->facts->functions[i];
	add_string(dump, "name", function->name);
	add_string(dump, "identity", function->identity);
	add_flags(dump, function_flags, function->flags);
	add_type(dump, "returns", function->return_type);
	add_place(dump, &function->place);
	if (function->end_line)
		add_number(dump, "end_line", function->end_line);
	if (function->body_hash)
		add_hash(dump, "body_hash", function->body_hash);
	add_list(dump, "params", function->first_param, function->param_count, write_param);
	add_list(dump, "locals", function->first_local, function->local_count, write_local);
	add_list(dump, "scopes", function->first_scope, function->scope_count, write_scope);
	add_list(dump, "calls", function->first_call, function->call_count, write_call);
	add_list(dump, "assignments", function->first_assignment, function->assignment_count, write_assignment);
	add_list(dump, "casts", function->first_cast, function->cast_count, write_cast);
}

static void write_variable(struct dump *dump, uint32_t i)
{
	const struct fact_variable *variable = &dump->facts->variables[i];
	add_string(dump, "name", variable->name);
	add_string(dump, "identity", variable->identity);
	add_flags(dump, variable_flags, variable->flags);
	add_type(dump, "type", variable->type);
	add_place(dump, &variable->place);
}

static void write_field(struct dump *dump, uint32_t i)
{
	const struct fact_field *field = &dump->facts->fields[i];
	add_string(dump, "name", field->name);
	add_flags(dump, field_flags, field->flags);
	add_type(dump, "type", field->type);
	add_place(dump, &field->place);
}

static void write_record(struct dump *dump, uint32_t i)
{
	const struct fact_record *record = &dump->facts->records[i];
	add_string(dump, "name", record->name);
	add_string(dump, "identity", record->identity);
	add_flags(dump, record_flags, record->flags);
	add_place(dump, &record->place);
	add_list(dump, "fields", record->first_field, record->field_count, write_field);
}

static void write_typedef(struct dump *dump, uint32_t i)
{
	const struct fact_typedef *definition = &dump->facts->typedefs[i];
	add_string(dump, "name", definition->name);
	add_type(dump, "type", definition->type);
	add_place(dump, &definition->place);
}

static void write_annotation(struct dump *dump, uint32_t i)
{
	const struct facts *facts = dump->facts;
	const struct fact_annotation *annotation = &facts->annotations[i];
	add_string(dump, "text", annotation->text);
	if (annotation->function != NONE)
		add_string(dump, "function", facts->functions[annotation->function].identity);
	if (annotation->param != NONE)
		add_number(dump, "param", annotation->param);
	if (annotation->field != NONE) {
		add_string(dump, "field", facts->fields[annotation->field].name);
		add_place(dump, &facts->fields[annotation->field].place);
	}
}

static void write_suppression(struct dump *dump, uint32_t i)
{
	const struct fact_suppression *suppression = &dump->facts->suppressions[i];
	add_string(dump, "rules", suppression->rules);
	add_string(dump, "reason", suppression->reason);
	add_number(dump, "own_line", suppression->own_line);
	add_place(dump, &suppression->place);
}

static void write_inclusion(struct dump *dump, uint32_t i)
{
	const struct fact_inclusion *inclusion = &dump->facts->inclusions[i];
	add_string(dump, "path", inclusion->path);
	add_flags(dump, inclusion_flags, inclusion->flags);
	add_hash(dump, "hash", (uint64_t)inclusion->hash_high << 32 | inclusion->hash_low);
}

static void write_trouble(struct dump *dump, uint32_t i)
{
	const struct fact_trouble *trouble = &dump->facts->troubles[i];
	add_string(dump, "message", trouble->message);
	add_number(dump, "fatal", trouble->fatal);
	add_place(dump, &trouble->place);
}

static void write_type(struct dump *dump, uint32_t i)
{
	const struct fact_type *type = &dump->facts->types[i];
	add_string(dump, "spelling", type->spelling);
	add_string(dump, "alias", type->alias);
	add_string(dump, "record", type->record);
	add_flags(dump, type_flags, type->flags);
	if (type->pointers)
		add_number(dump, "pointers", type->pointers);
}

/* Calls and assignments of initialisers at file scope, which belong to no function. */
static void write_file_scope(struct dump *dump)
{
	const struct facts *facts = dump->facts;
	json_array(&dump->json, "calls");
	for (uint32_t i = 0; i < facts->calls_count; i++)
		if (facts->calls[i].function == NONE)
			add_item(dump, i, write_call);
	json_end(&dump->json);
	json_array(&dump->json, "assignments");
	for (uint32_t i = 0; i < facts->assignments_count; i++)
		if (facts->assignments[i].function == NONE)
			add_item(dump, i, write_assignment);
	json_end(&dump->json);
}

static void write_unit(struct dump *dump)
{
	const struct facts *facts = dump->facts;
	json_object(&dump->json, NULL);
	add_string(dump, "main_file", facts->main_file);
	add_string(dump, "parser", facts->parser);
	add_list(dump, "functions", 0, facts->functions_count, write_function);
	write_file_scope(dump);
	add_list(dump, "records", 0, facts->records_count, write_record);
	add_list(dump, "typedefs", 0, facts->typedefs_count, write_typedef);
	add_list(dump, "variables", 0, facts->variables_count, write_variable);
	add_list(dump, "annotations", 0, facts->annotations_count, write_annotation);
	add_list(dump, "suppressions", 0, facts->suppressions_count, write_suppression);
	add_list(dump, "inclusions", 0, facts->inclusions_count, write_inclusion);
	add_list(dump, "troubles", 0, facts->troubles_count, write_trouble);
	add_list(dump, "types", 0, facts->types_count, write_type);
	json_end(&dump->json);
}

char *dump_facts(const struct facts *facts, struct arena *arena)
{
	char *written = NULL;
	size_t size;
	struct dump dump = {.facts = facts, .json.out = open_memstream(&written, &size)};
	if (!dump.json.out)
		arena_out_of_memory();
	write_unit(&dump);
	if (fclose(dump.json.out) != 0)
		arena_out_of_memory();
	char *text = arena_strndup(arena, written, size);
	free(written);
	arena_release(&dump.arena);
	return text;
}
