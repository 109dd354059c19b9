#include "facts.h"

#include "io.h"
#include "replace_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "facts files are little-endian, as the tables in memory must be");

/* Every table of a file, in its order there. */
enum table_id {
	TABLE_strings, /* offsets in the text */
	TABLE_text,
#define TABLE_ID(type, name) TABLE_##name,
	FACT_TABLES(TABLE_ID)
#undef TABLE_ID
	    TABLE_IDS,
};

/*
 * A file is this header, then the items of each table, each table starting at the next multiple of 8. Because nothing
 * else is allowed, the place of every table follows from the counts; the offsets are there to be compared.
 */
struct section {
	uint32_t count, item_size;
	uint64_t offset;
};

struct header {
	char magic[12];
	uint32_t version;
	uint64_t size;              /* of the whole file */
	uint64_t checksum;          /* XXH3 of all that follows it */
	uint64_t object;            /* as in struct facts */
	uint32_t main_file, parser; /* strings */
	uint32_t section_count;
	uint32_t reserved; /* 0: keeps the sections aligned */
	struct section sections[TABLE_IDS];
};

static const char magic[12] = "asynclint\r\n";

enum { CHECKED_FROM = offsetof(struct header, object) };

/* A table as bytes. Its items are records of nothing but uint32_t, except in the text. */
struct view {
	const char *name;
	const void *items;
	uint32_t count, item_size;
};

/* Where a record holds a number that has to be below something: the count of a table, or a fixed limit. What refers to
   a record of its own table must refer to an earlier one. */
struct column {
	const char *name;
	size_t offset;
	enum table_id table;
	uint32_t limit; /* instead of the table's count, unless 0 */
	bool optional;  /* may be NONE */
};

enum { MAX_COLUMNS = 6, MAX_PARAMS = 4096 };

/* clang-format off */
#define INDEX(type, field, of) {#field, offsetof(struct type, field), TABLE_##of, 0, false}
#define INDEX_OR_NONE(type, field, of) {#field, offsetof(struct type, field), TABLE_##of, 0, true}
#define STRING(type, field) INDEX(type, field, strings)
#define BELOW(type, field, limit) {#field, offsetof(struct type, field), TABLE_IDS, limit, false}
/* clang-format on */

/* Lists end where the name is NULL. */
static const struct column columns[TABLE_IDS][MAX_COLUMNS + 1] = {
    [TABLE_functions] = {STRING(fact_function, name), STRING(fact_function, identity),
			 STRING(fact_function, place.file), INDEX(fact_function, return_type, types)},
    [TABLE_params] = {STRING(fact_param, name), INDEX(fact_param, type, types)},
    [TABLE_types] = {STRING(fact_type, spelling), STRING(fact_type, alias), STRING(fact_type, record)},
    [TABLE_variables] = {STRING(fact_variable, name), STRING(fact_variable, identity),
			 STRING(fact_variable, place.file), INDEX(fact_variable, type, types)},
    [TABLE_locals] = {INDEX(fact_local, function, functions), STRING(fact_local, name), STRING(fact_local, place.file),
		      INDEX(fact_local, type, types)},
    [TABLE_values] = {BELOW(fact_value, kind, VALUE_KINDS), INDEX_OR_NONE(fact_value, type, types)},
    [TABLE_calls] = {INDEX_OR_NONE(fact_call, function, functions), INDEX_OR_NONE(fact_call, callee, functions),
		     INDEX_OR_NONE(fact_call, target, values), INDEX_OR_NONE(fact_call, scope, scopes),
		     STRING(fact_call, macro), STRING(fact_call, place.file)},
    [TABLE_arguments] = {INDEX(fact_argument, value, values)},
    [TABLE_scopes] = {INDEX(fact_scope, function, functions), INDEX_OR_NONE(fact_scope, parent, scopes),
		      BELOW(fact_scope, kind, SCOPE_KINDS), INDEX_OR_NONE(fact_scope, condition, values),
		      BELOW(fact_scope, when, 2), STRING(fact_scope, place.file)},
    [TABLE_assignments] = {INDEX_OR_NONE(fact_assignment, function, functions), INDEX(fact_assignment, target, values),
			   INDEX_OR_NONE(fact_assignment, source, values), BELOW(fact_assignment, operation, OPERATORS),
			   INDEX_OR_NONE(fact_assignment, scope, scopes), STRING(fact_assignment, place.file)},
    [TABLE_casts] = {INDEX(fact_cast, function, functions), INDEX(fact_cast, from, types), INDEX(fact_cast, to, types),
		     INDEX(fact_cast, value, values), INDEX(fact_cast, scope, scopes), STRING(fact_cast, place.file)},
    [TABLE_records] = {STRING(fact_record, name), STRING(fact_record, identity), STRING(fact_record, place.file)},
    [TABLE_fields] = {STRING(fact_field, name), INDEX(fact_field, type, types), STRING(fact_field, place.file)},
    [TABLE_typedefs] = {STRING(fact_typedef, name), INDEX(fact_typedef, type, types), STRING(fact_typedef, place.file)},
    [TABLE_annotations] = {INDEX_OR_NONE(fact_annotation, function, functions),
			   INDEX_OR_NONE(fact_annotation, field, fields), STRING(fact_annotation, text)},
    [TABLE_suppressions] = {STRING(fact_suppression, rules), STRING(fact_suppression, reason),
			    BELOW(fact_suppression, own_line, 2), STRING(fact_suppression, place.file)},
    [TABLE_inclusions] = {STRING(fact_inclusion, path)},
    [TABLE_troubles] = {BELOW(fact_trouble, fatal, 2), STRING(fact_trouble, message), STRING(fact_trouble, place.file)},
};

/* The same for a, b and c of a value, by its kind. */
static const struct column operand_columns[VALUE_KINDS][3 + 1] = {
    [VALUE_INTEGER] = {STRING(fact_value, c)},
    [VALUE_STRING] = {STRING(fact_value, a)},
    [VALUE_PARAM] = {BELOW(fact_value, a, MAX_PARAMS)},
    [VALUE_LOCAL] = {INDEX(fact_value, a, locals)},
    [VALUE_VARIABLE] = {INDEX(fact_value, a, variables)},
    [VALUE_FUNCTION] = {INDEX(fact_value, a, functions)},
    [VALUE_FIELD] = {INDEX(fact_value, a, values), STRING(fact_value, b), STRING(fact_value, c)},
    [VALUE_ELEMENT] = {INDEX(fact_value, a, values), INDEX_OR_NONE(fact_value, b, values)},
    [VALUE_POINTEE] = {INDEX(fact_value, a, values)},
    [VALUE_ADDRESS] = {INDEX(fact_value, a, values)},
    [VALUE_CALL] = {INDEX(fact_value, a, calls)},
    [VALUE_UNARY] = {INDEX(fact_value, a, values), BELOW(fact_value, c, OPERATORS)},
    [VALUE_BINARY] = {INDEX(fact_value, a, values), INDEX(fact_value, b, values), BELOW(fact_value, c, OPERATORS)},
    [VALUE_CHOICE] = {INDEX(fact_value, a, values), INDEX(fact_value, b, values), INDEX(fact_value, c, values)},
};

/* Where a record owns a run of another table's items. No item has two owners. */
struct range {
	const char *name;
	enum table_id table;
	size_t first, count;
	enum table_id items;
	bool grouped; /* the items name their owner, in their first word */
};

/* clang-format off */
#define RANGE(of, type, item, grouped) \
	{#item "s", TABLE_##of, offsetof(struct type, first_##item), offsetof(struct type, item##_count), TABLE_##item##s, \
	 grouped}
/* clang-format on */

static const struct range ranges[] = {
    RANGE(functions, fact_function, param, false),     RANGE(functions, fact_function, call, true),
    RANGE(functions, fact_function, assignment, true), RANGE(functions, fact_function, scope, true),
    RANGE(functions, fact_function, local, true),      RANGE(functions, fact_function, cast, true),
    RANGE(calls, fact_call, argument, false),          RANGE(records, fact_record, field, false),
};

_Static_assert(offsetof(struct fact_call, function) == 0 && offsetof(struct fact_assignment, function) == 0 &&
		   offsetof(struct fact_scope, function) == 0 && offsetof(struct fact_local, function) == 0 &&
		   offsetof(struct fact_cast, function) == 0,
	       "grouped items begin with their owner");

/* What is read, for checks and their messages. */
struct reading {
	const char *name;
	const struct facts *facts;
	struct view views[TABLE_IDS];
	struct arena *arena;
	const char **error;
};

static void set_error(struct arena *arena, const char **error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void set_error(struct arena *arena, const char **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*error = arena_vprintf(arena, format, arguments);
	va_end(arguments);
}

/* Returns false, so that a check can end with it. */
static bool refuse(const struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(const struct reading *reading, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *reason = arena_vprintf(reading->arena, format, arguments);
	va_end(arguments);
	set_error(reading->arena, reading->error, "cannot read '%s': %s", reading->name, reason);
	return false;
}

static void view_tables(const struct facts *facts, struct view *views)
{
	views[TABLE_strings] =
	    (struct view){"strings", facts->string_offset, facts->string_count, sizeof(*facts->string_offset)};
	views[TABLE_text] = (struct view){"text", facts->text, facts->text_size, 1};
#define VIEW(type, name) \
	views[TABLE_##name] = (struct view){#name, facts->name, facts->name##_count, sizeof(struct type)};
	FACT_TABLES(VIEW)
#undef VIEW
}

/* Fills the sections and returns the size of the file. Cannot overflow: counts and item sizes have 32 bits. */
static uint64_t lay_out(const struct view *views, struct section *sections)
{
	uint64_t end = sizeof(struct header);
	for (uint32_t i = 0; i < TABLE_IDS; i++) {
		sections[i] = (struct section){views[i].count, views[i].item_size, end};
		end += (uint64_t)views[i].count * views[i].item_size;
		end = (end + 7) / 8 * 8;
	}
	return end;
}

static uint64_t checksum(const void *bytes, uint64_t size)
{
	return XXH3_64bits((const char *)bytes + CHECKED_FROM, size - CHECKED_FROM);
}

static const void *section_items(const struct header *header, enum table_id table)
{
	return (const char *)header + header->sections[table].offset;
}

static uint32_t word(const struct view *view, uint32_t i, size_t offset)
{
	return *(const uint32_t *)((const char *)view->items + (size_t)i * view->item_size + offset);
}

static bool check_header(const struct reading *reading, const struct header *header, uint64_t size)
{
	if (size < offsetof(struct header, size) || memcmp(header->magic, magic, sizeof(magic)) != 0)
		return refuse(reading, "not a file of facts");
	if (header->version != FACTS_VERSION)
		return refuse(reading, "facts of version %u, but this asynclint knows version %u", header->version,
			      FACTS_VERSION);
	if (size < sizeof(*header) || header->size != size)
		return refuse(reading, "damaged: its size is not the one it was written with");
	if (header->checksum != checksum(header, size))
		return refuse(reading, "damaged: wrong checksum");
	return true;
}

/* Also the facts' tables are set here, as far as it is certain that they are inside the file. */
static bool find_tables(struct reading *reading, const struct header *header, struct facts *facts)
{
	const struct section *found = header->sections;
	facts->main_file = header->main_file;
	facts->parser = header->parser;
	facts->checksum = header->checksum;
	facts->object = header->object;
	facts->string_count = found[TABLE_strings].count;
	facts->text_size = found[TABLE_text].count;
#define COUNT(type, name) facts->name##_count = found[TABLE_##name].count;
	FACT_TABLES(COUNT)
#undef COUNT
	struct section expected[TABLE_IDS];
	view_tables(facts, reading->views);
	uint64_t size = lay_out(reading->views, expected);
	for (uint32_t i = 0; i < TABLE_IDS; i++)
		if (memcmp(&found[i], &expected[i], sizeof(expected[i])) != 0)
			return refuse(reading, "table '%s' is not where it has to be", reading->views[i].name);
	if (header->section_count != TABLE_IDS || header->size != size)
		return refuse(reading, "tables do not fill the file");

	facts->string_offset = section_items(header, TABLE_strings);
	facts->text = section_items(header, TABLE_text);
#define ITEMS(type, name) facts->name = section_items(header, TABLE_##name);
	FACT_TABLES(ITEMS)
#undef ITEMS
	view_tables(facts, reading->views);
	return true;
}

static bool check_strings(const struct reading *reading)
{
	const struct facts *facts = reading->facts;
	if (!facts->string_count || !facts->text_size || facts->string_offset[0] != 0 || facts->text[0] != '\0')
		return refuse(reading, "string 0 is not empty");
	if (facts->text[facts->text_size - 1] != '\0')
		return refuse(reading, "text has no end");
	for (uint32_t i = 1; i < facts->string_count; i++) {
		uint32_t offset = facts->string_offset[i];
		if (offset <= facts->string_offset[i - 1] || offset >= facts->text_size ||
		    facts->text[offset - 1] != '\0')
			return refuse(reading, "string %u does not start where one ended", i);
	}
	if (facts->main_file >= facts->string_count)
		return refuse(reading, "main_file is %u, out of range", facts->main_file);
	if (facts->parser >= facts->string_count)
		return refuse(reading, "parser is %u, out of range", facts->parser);
	return true;
}

static bool check_columns(const struct reading *reading, enum table_id table, uint32_t i, const struct column *column)
{
	const struct view *view = &reading->views[table];
	for (; column->name; column++) {
		uint32_t limit = column->limit;
		if (!limit)
			limit = column->table == table ? i : reading->views[column->table].count;
		uint32_t number = word(view, i, column->offset);
		if (number >= limit && !(column->optional && number == NONE))
			return refuse(reading, "%s[%u].%s is %u, out of range", view->name, i, column->name, number);
	}
	return true;
}

static bool check_range(const struct reading *reading, const struct range *range)
{
	const struct view *owners = &reading->views[range->table], *items = &reading->views[range->items];
	uint64_t owned = 0;
	for (uint32_t i = 0; i < owners->count; i++) {
		uint32_t first = word(owners, i, range->first), count = word(owners, i, range->count);
		if (first > items->count || count > items->count - first)
			return refuse(reading, "%s of %s[%u] are out of range", range->name, owners->name, i);
		owned += count;
		if (owned > items->count)
			return refuse(reading, "%s of %s[%u] are another's too", range->name, owners->name, i);
		for (uint32_t item = first; range->grouped && item < first + count; item++)
			if (word(items, item, 0) != i)
				return refuse(reading, "%s of %s[%u] are another's", range->name, owners->name, i);
	}
	/* No two owners share an item, so equal sums mean that every item is inside its owner's range. */
	for (uint32_t item = 0; range->grouped && item < items->count; item++)
		owned -= word(items, item, 0) != NONE;
	if (range->grouped && owned)
		return refuse(reading, "%s are not grouped by their %s", range->name, owners->name);
	return true;
}

/* Also of no function: what stands at file scope is in no scope. */
static bool check_scope(const struct reading *reading, enum table_id table, uint32_t i, uint32_t scope)
{
	uint32_t owner = scope == NONE ? NONE : reading->facts->scopes[scope].function;
	return owner == word(&reading->views[table], i, 0) ||
	       refuse(reading, "%s[%u] is in a scope of another function", reading->views[table].name, i);
}

static bool check_scopes(const struct reading *reading)
{
	static const struct {
		enum table_id table;
		size_t scope;
	} scoped[] = {
	    {TABLE_calls, offsetof(struct fact_call, scope)},
	    {TABLE_assignments, offsetof(struct fact_assignment, scope)},
	    {TABLE_casts, offsetof(struct fact_cast, scope)},
	};
	const struct facts *facts = reading->facts;
	for (uint32_t i = 0; i < facts->scopes_count; i++) {
		const struct fact_scope *scope = &facts->scopes[i];
		if ((scope->kind == SCOPE_BODY) != (scope->parent == NONE))
			return refuse(reading, "scopes[%u]: a body, and nothing else, has no parent", i);
		if (scope->parent != NONE && !check_scope(reading, TABLE_scopes, i, scope->parent))
			return false;
	}
	for (size_t t = 0; t < sizeof(scoped) / sizeof(*scoped); t++) {
		const struct view *view = &reading->views[scoped[t].table];
		for (uint32_t i = 0; i < view->count; i++)
			if (!check_scope(reading, scoped[t].table, i, word(view, i, scoped[t].scope)))
				return false;
	}
	return true;
}

static bool check_functions(const struct reading *reading)
{
	const struct facts *facts = reading->facts;
	for (uint32_t i = 0; i < facts->functions_count; i++)
		if ((facts->functions[i].flags & FUNCTION_DEFINED) && !facts->functions[i].scope_count)
			return refuse(reading, "functions[%u] is defined, but has no body", i);
	for (uint32_t i = 0; i < facts->annotations_count; i++) {
		const struct fact_annotation *annotation = &facts->annotations[i];
		uint32_t params = annotation->function == NONE ? 0 : facts->functions[annotation->function].param_count;
		if (annotation->param != NONE && annotation->param >= params)
			return refuse(reading, "annotations[%u].param is %u, out of range", i, annotation->param);
	}
	for (uint32_t i = 0; i < facts->calls_count; i++)
		if ((facts->calls[i].callee == NONE) == (facts->calls[i].target == NONE))
			return refuse(reading, "calls[%u] has to have either a callee or a target", i);
	return true;
}

/* How deep values nest, as far as they are checked: by value, and by call where it is known (else 0). */
struct depths {
	uint32_t *value, *call;
};

/* Returns the depth of what the call is called with, or NONE when some of it is not smaller than `value`. */
static uint32_t call_depth(const struct reading *reading, struct depths *depths, uint32_t call, uint32_t value)
{
	if (depths->call[call])
		return depths->call[call];
	const struct facts *facts = reading->facts;
	const struct fact_call *fact = &facts->calls[call];
	uint32_t depth = 1;
	if (fact->target != NONE) {
		if (fact->target >= value)
			return NONE;
		depth = depths->value[fact->target];
	}
	for (uint32_t i = 0; i < fact->argument_count; i++) {
		uint32_t argument = facts->arguments[fact->first_argument + i].value;
		if (argument >= value)
			return NONE;
		if (depths->value[argument] > depth)
			depth = depths->value[argument];
	}
	return depths->call[call] = depth;
}

static bool check_value(const struct reading *reading, struct depths *depths, uint32_t i)
{
	const struct view *view = &reading->views[TABLE_values];
	const struct fact_value *value = &reading->facts->values[i];
	uint32_t deepest = 0;
	if (!check_columns(reading, TABLE_values, i, operand_columns[value->kind]))
		return false;
	for (const struct column *column = operand_columns[value->kind]; column->name; column++) {
		uint32_t operand = word(view, i, column->offset), depth = 0;
		if (column->table == TABLE_values && operand != NONE)
			depth = depths->value[operand];
		else if (column->table == TABLE_calls)
			depth = call_depth(reading, depths, operand, i);
		if (depth == NONE)
			return refuse(reading, "values[%u] is the result of a call that uses it", i);
		if (depth > deepest)
			deepest = depth;
	}
	if (deepest >= VALUE_DEPTH_LIMIT)
		return refuse(reading, "values[%u] nests too deep", i);
	depths->value[i] = deepest + 1;
	return true;
}

static bool check_values(const struct reading *reading)
{
	const struct facts *facts = reading->facts;
	struct arena scratch = {0};
	struct depths depths = {
	    .value = arena_alloc(&scratch, facts->values_count * sizeof(uint32_t)),
	    .call = arena_alloc(&scratch, facts->calls_count * sizeof(uint32_t)),
	};
	bool good = true;
	for (uint32_t i = 0; good && i < facts->values_count; i++)
		good = check_value(reading, &depths, i);
	arena_release(&scratch);
	return good;
}

/* Each check may rely on the ones before it. */
static bool check_tables(const struct reading *reading)
{
	if (!check_strings(reading))
		return false;
	for (uint32_t table = 0; table < TABLE_IDS; table++)
		for (uint32_t i = 0; columns[table][0].name && i < reading->views[table].count; i++)
			if (!check_columns(reading, table, i, columns[table]))
				return false;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (!check_range(reading, &ranges[i]))
			return false;
	return check_scopes(reading) && check_functions(reading) && check_values(reading);
}

const char *facts_text(const struct facts *facts, uint32_t string)
{
	if (string == NONE)
		return "";
	assert(string < facts->string_count);
	return facts->text + facts->string_offset[string];
}

int64_t fact_integer(const struct fact_value *value)
{
	assert(value->kind == VALUE_INTEGER);
	return (int64_t)((uint64_t)value->b << 32 | value->a);
}

bool fact_values_agree(const struct facts *facts, uint32_t a, uint32_t b)
{
	const struct fact_value *x = &facts->values[a], *y = &facts->values[b];
	if (a == b)
		return true;
	if (x->kind != y->kind)
		return false;
	switch ((enum value_kind)x->kind) {
	case VALUE_LOCAL:
	case VALUE_PARAM:
	case VALUE_VARIABLE:
	case VALUE_CALL:
		return x->a == y->a;
	case VALUE_FIELD:
		return x->b == y->b && x->c == y->c && fact_values_agree(facts, x->a, y->a);
	case VALUE_POINTEE:
	case VALUE_ADDRESS:
		return fact_values_agree(facts, x->a, y->a);
	case VALUE_ELEMENT:
		return x->b != NONE && y->b != NONE && fact_values_agree(facts, x->b, y->b) &&
		       fact_values_agree(facts, x->a, y->a);
	case VALUE_INTEGER:
		return fact_integer(x) == fact_integer(y);
	default:
		return false;
	}
}

bool fact_repeats(const struct facts *facts, const struct fact_scope *scope)
{
	switch ((enum scope_kind)scope->kind) {
	case SCOPE_WHILE:
	case SCOPE_FOR:
	case SCOPE_LABEL:
		return true;
	case SCOPE_DO:
		return scope->condition == NONE || facts->values[scope->condition].kind != VALUE_INTEGER ||
		       fact_integer(&facts->values[scope->condition]) != 0;
	default:
		return false;
	}
}

const void *facts_write(const struct facts *facts, struct arena *arena, uint64_t *size)
{
	struct view views[TABLE_IDS];
	struct header header = {
	    .version = FACTS_VERSION,
	    .object = facts->object,
	    .main_file = facts->main_file,
	    .parser = facts->parser,
	    .section_count = TABLE_IDS,
	};
	memcpy(header.magic, magic, sizeof(magic));
	view_tables(facts, views);
	header.size = lay_out(views, header.sections);

	char *bytes = arena_alloc(arena, header.size);
	memcpy(bytes, &header, sizeof(header));
	for (uint32_t i = 0; i < TABLE_IDS; i++)
		if (views[i].count)
			memcpy(bytes + header.sections[i].offset, views[i].items,
			       (size_t)views[i].count * views[i].item_size);
	header.checksum = checksum(bytes, header.size);
	memcpy(bytes, &header, sizeof(header));
	*size = header.size;
	return bytes;
}

bool facts_save(const struct facts *facts, const char *path, struct arena *arena, const char **error)
{
	uint64_t size;
	const void *bytes = facts_write(facts, arena, &size);
	if (replace_file(path, bytes, size, arena))
		return true;
	set_error(arena, error, "cannot write '%s': %s", path, strerror(errno));
	return false;
}

struct facts *facts_read(const void *bytes, uint64_t size, const char *name, struct arena *arena, const char **error)
{
	assert((uintptr_t)bytes % 8 == 0);
	struct facts *facts = arena_alloc(arena, sizeof(*facts));
	struct reading reading = {.name = name, .facts = facts, .arena = arena, .error = error};
	if (!check_header(&reading, bytes, size) || !find_tables(&reading, bytes, facts) || !check_tables(&reading))
		return NULL;
	return facts;
}

struct facts *facts_load(const char *path, struct arena *arena, const char **error)
{
	/* Without O_NONBLOCK the open itself would wait at a pipe. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	if (file < 0 || fstat(file, &status) < 0) {
		set_error(arena, error, "cannot open '%s': %s", path, strerror(errno));
		if (file >= 0)
			close(file);
		return NULL;
	}
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		set_error(arena, error, "cannot read '%s': not a file of facts", path);
		close(file);
		return NULL;
	}
	uint64_t size = (uint64_t)status.st_size;
	void *mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
	int reason = errno;
	close(file);
	if (mapping == MAP_FAILED) {
		set_error(arena, error, "cannot read '%s': %s", path, strerror(reason));
		return NULL;
	}
	struct facts *facts = facts_read(mapping, size, path, arena, error);
	if (!facts) {
		munmap(mapping, size);
		return NULL;
	}
	facts->mapping = mapping;
	facts->mapping_size = size;
	return facts;
}

bool facts_object(const char *path, uint64_t *object)
{
	struct header header;
	int file = io_open(path);
	if (file < 0)
		return false;
	bool known = io_read(file, &header, sizeof(header)) == (ssize_t)sizeof(header) &&
		     memcmp(header.magic, magic, sizeof(magic)) == 0 && header.version == FACTS_VERSION;
	close(file);
	*object = known ? header.object : 0;
	return known;
}

void facts_free(struct facts *facts)
{
	if (facts && facts->mapping)
		munmap(facts->mapping, facts->mapping_size);
	if (facts)
		*facts = (struct facts){0};
}
