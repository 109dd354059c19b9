/*
 * Facts: what is written is read again, and what is damaged or hostile is refused, never believed. Also values as text,
 * and the dump.
 */
#include "dump.h"
#include "facts.h"
#include "facts_sample.h"
#include "value_text.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Where facts.c puts what the tests forge. */
enum { VERSION_AT = 12, SIZE_AT = 16, CHECKSUM_AT = 24, CHECKED_FROM = 32 };

static struct arena arena;
static const struct facts *sample;
static char directory[] = "/tmp/asynclint-facts-XXXXXX";

static void setup(void)
{
	sample = sample_facts(&arena);
}

static void teardown(void)
{
	arena_release(&arena);
}

static void setup_directory(void)
{
	setup();
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void teardown_directory(void)
{
	ck_assert_int_eq(rmdir(directory), 0);
	teardown();
}

/* A copy of exactly that size, so that AddressSanitizer sees each step outside of it. */
static unsigned char *exact_copy(const void *bytes, uint64_t size)
{
	unsigned char *copy = malloc(size ? size : 1);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, size);
	return copy;
}

static unsigned char *written_sample(uint64_t *size)
{
	const void *bytes = facts_write(sample, &arena, size);
	return exact_copy(bytes, *size);
}

/* Makes header and content agree, as who forges a file would. */
static void forge(unsigned char *bytes, uint64_t size)
{
	if (size < CHECKED_FROM)
		return;
	uint64_t checksum = XXH3_64bits(bytes + CHECKED_FROM, size - CHECKED_FROM);
	memcpy(bytes + SIZE_AT, &size, sizeof(size));
	memcpy(bytes + CHECKSUM_AT, &checksum, sizeof(checksum));
}

/* Reads the bytes and, if they are taken for facts, looks at all of them. Returns whether they were refused, which
 * needs a message. */
static bool refused(const void *bytes, uint64_t size)
{
	struct arena scratch = {0};
	const char *error = NULL;
	struct facts *facts = facts_read(bytes, size, "forged", &scratch, &error);
	if (facts)
		ck_assert_ptr_nonnull(dump_facts(facts, &scratch));
	else
		ck_assert_msg(error && strncmp(error, "cannot read 'forged': ", 22) == 0, "message: %s", error);
	arena_release(&scratch);
	return !facts;
}

static void assert_refused(const struct facts *facts, const char *message)
{
	uint64_t size;
	const void *bytes = facts_write(facts, &arena, &size);
	const char *error = NULL;
	ck_assert_msg(!facts_read(bytes, size, "x", &arena, &error), "was not refused: %s", message);
	ck_assert_str_eq(error, arena_printf(&arena, "cannot read 'x': %s", message));
}

/* The sample with one field of one record changed must be refused. */
#define REFUSED(table, i, field, value, message)                                              \
	do {                                                                                  \
		__typeof__(*sample->table) *items =                                           \
		    arena_copy(&arena, sample->table, sample->table##_count, sizeof(*items)); \
		struct facts changed = *sample;                                               \
		*(uint32_t *)&items[i].field = value;                                         \
		changed.table = items;                                                        \
		assert_refused(&changed, message);                                            \
	} while (0)

START_TEST(written_facts_are_read_again)
{
	uint64_t size, again;
	const char *error = NULL;
	const void *bytes = facts_write(sample, &arena, &size);
	ck_assert_uint_eq(size % 8, 0);
	struct facts *facts = facts_read(bytes, size, "x", &arena, &error);
	ck_assert_msg(facts, "%s", error);
	const void *copy = facts_write(facts, &arena, &again);
	ck_assert_uint_eq(size, again);
	ck_assert_mem_eq(bytes, copy, size);
	ck_assert_str_eq(dump_facts(sample, &arena), dump_facts(facts, &arena));
}
END_TEST

START_TEST(facts_without_records_are_read_again)
{
	const uint32_t offset = 0;
	const struct facts nothing = {.string_count = 1, .text_size = 1, .string_offset = &offset, .text = ""};
	uint64_t size;
	const char *error = NULL;
	const void *bytes = facts_write(&nothing, &arena, &size);
	ck_assert_msg(facts_read(bytes, size, "x", &arena, &error) != NULL, "%s", error);
}
END_TEST

START_TEST(strings_and_integers_are_found)
{
	ck_assert_str_eq(facts_text(sample, sample->main_file), "src/client.c");
	ck_assert_str_eq(facts_text(sample, 0), "");
	ck_assert_str_eq(facts_text(sample, NONE), "");
	ck_assert_int_eq(fact_integer(&sample->values[SAMPLE_RUN_ONCE]), 1);
	ck_assert_int_eq(fact_integer(&sample->values[SAMPLE_MINUS_TWO]), -2);
	const struct fact_value smallest = {.kind = VALUE_INTEGER, .a = 0, .b = 0x80000000};
	ck_assert_int_eq(fact_integer(&smallest), INT64_MIN);
}
END_TEST

START_TEST(saved_facts_are_loaded)
{
	const char *error = NULL, *path = arena_printf(&arena, "%s/a.facts", directory);
	ck_assert_msg(facts_save(sample, path, &arena, &error), "%s", error);
	ck_assert_msg(facts_save(sample, path, &arena, &error), "over an older file: %s", error);
	struct facts *facts = facts_load(path, &arena, &error);
	ck_assert_msg(facts != NULL, "%s", error);
	ck_assert_str_eq(dump_facts(sample, &arena), dump_facts(facts, &arena));
	facts_free(facts);
	ck_assert_ptr_null(error);
	/* Nothing else is left in the directory, or it could not be removed afterwards. */
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(what_cannot_be_saved_says_why)
{
	const char *error = NULL;
	const char *path = arena_printf(&arena, "%s/missing/a.facts", directory);
	ck_assert(!facts_save(sample, path, &arena, &error));
	ck_assert_str_eq(error, arena_printf(&arena, "cannot write '%s': %s", path, strerror(ENOENT)));
	/* A directory cannot be replaced by a file; the temporary file must not stay. */
	const char *folder = arena_printf(&arena, "%s/folder", directory);
	ck_assert_int_eq(mkdir(folder, 0777), 0);
	ck_assert(!facts_save(sample, folder, &arena, &error));
	ck_assert_str_eq(error, arena_printf(&arena, "cannot write '%s': %s", folder, strerror(EISDIR)));
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(what_cannot_be_loaded_says_why)
{
	const char *error = NULL, *path = arena_printf(&arena, "%s/a.facts", directory);
	ck_assert_ptr_null(facts_load(path, &arena, &error));
	ck_assert_str_eq(error, arena_printf(&arena, "cannot open '%s': %s", path, strerror(ENOENT)));
	ck_assert_ptr_null(facts_load(directory, &arena, &error));
	ck_assert_str_eq(error, arena_printf(&arena, "cannot read '%s': not a file of facts", directory));
	static const char *const contents[] = {"",
					       "{\"facts\": \"in another format, and long enough to be a header\"}"};
	for (size_t i = 0; i < 2; i++) {
		FILE *file = fopen(path, "w");
		ck_assert_ptr_nonnull(file);
		fputs(contents[i], file);
		ck_assert_int_eq(fclose(file), 0);
		ck_assert_ptr_null(facts_load(path, &arena, &error));
		ck_assert_str_eq(error, arena_printf(&arena, "cannot read '%s': not a file of facts", path));
	}
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(facts_of_another_version_are_refused)
{
	uint64_t size;
	const char *error = NULL;
	unsigned char *bytes = (unsigned char *)facts_write(sample, &arena, &size);
	uint32_t version = FACTS_VERSION + 1;
	memcpy(bytes + VERSION_AT, &version, sizeof(version));
	ck_assert_ptr_null(facts_read(bytes, size, "x", &arena, &error));
	ck_assert_str_eq(
	    error, arena_printf(&arena, "cannot read 'x': facts of version %u, but this asynclint knows version %u",
				version, FACTS_VERSION));
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	uint64_t size;
	const void *bytes = facts_write(sample, &arena, &size);
	for (uint64_t length = 0; length < size; length++) {
		unsigned char *copy = exact_copy(bytes, length);
		ck_assert_msg(refused(copy, length), "cut after %u bytes", (unsigned)length);
		forge(copy, length);
		ck_assert_msg(refused(copy, length), "cut after %u bytes and forged", (unsigned)length);
		free(copy);
	}
	unsigned char *longer = written_sample(&size);
	longer = realloc(longer, size + 8);
	memset(longer + size, 0, 8);
	ck_assert(refused(longer, size + 8));
	forge(longer, size + 8);
	ck_assert(refused(longer, size + 8));
	free(longer);
}
END_TEST

START_TEST(every_damaged_byte_is_found)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xFF};
	uint64_t size;
	unsigned char *bytes = written_sample(&size);
	for (uint64_t i = 0; i < size; i++) {
		for (size_t mask = 0; mask < sizeof(masks); mask++) {
			bytes[i] ^= masks[mask];
			ck_assert_msg(refused(bytes, size), "byte %u ^ %u", (unsigned)i, masks[mask]);
			bytes[i] ^= masks[mask];
		}
	}
	ck_assert(!refused(bytes, size));
	free(bytes);
}
END_TEST

/* With a checksum that fits, a change may be harmless; refused() looks at all facts then, and the sanitizers at
 * refused(). */
START_TEST(no_forged_byte_does_harm)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xFF};
	uint64_t size;
	unsigned char *bytes = written_sample(&size);
	unsigned refusals = 0;
	for (uint64_t i = CHECKED_FROM; i < size; i++) {
		for (size_t mask = 0; mask < sizeof(masks); mask++) {
			bytes[i] ^= masks[mask];
			forge(bytes, size);
			refusals += refused(bytes, size);
			bytes[i] ^= masks[mask];
		}
	}
	ck_assert_uint_gt(refusals, size);
	free(bytes);
}
END_TEST

START_TEST(no_forged_word_does_harm)
{
	static const uint32_t words[] = {0, 1, 2, 5, 30, 1000, 0x7FFFFFFF, NONE - 1, NONE};
	uint64_t size;
	unsigned char *bytes = written_sample(&size);
	unsigned refusals = 0;
	for (uint64_t i = CHECKED_FROM; i + 4 <= size; i += 4) {
		uint32_t saved;
		memcpy(&saved, bytes + i, 4);
		for (size_t word = 0; word < sizeof(words) / sizeof(*words); word++) {
			memcpy(bytes + i, &words[word], 4);
			forge(bytes, size);
			refusals += refused(bytes, size);
		}
		memcpy(bytes + i, &saved, 4);
	}
	ck_assert_uint_gt(refusals, size / 4);
	free(bytes);
}
END_TEST

START_TEST(indices_out_of_range_are_refused)
{
	REFUSED(functions, 1, name, 999, "functions[1].name is 999, out of range");
	REFUSED(functions, 0, return_type, NONE, "functions[0].return_type is 4294967295, out of range");
	REFUSED(functions, 0, place.file, 999, "functions[0].place.file is 999, out of range");
	REFUSED(params, 1, type, 5, "params[1].type is 5, out of range");
	REFUSED(types, 0, record, 999, "types[0].record is 999, out of range");
	REFUSED(variables, 0, type, 5, "variables[0].type is 5, out of range");
	REFUSED(locals, 0, function, NONE, "locals[0].function is 4294967295, out of range");
	REFUSED(calls, 0, callee, 5, "calls[0].callee is 5, out of range");
	REFUSED(calls, 0, macro, 999, "calls[0].macro is 999, out of range");
	REFUSED(arguments, 0, value, SAMPLE_VALUES, "arguments[0].value is 30, out of range");
	REFUSED(scopes, 1, condition, SAMPLE_VALUES, "scopes[1].condition is 30, out of range");
	REFUSED(scopes, 1, kind, SCOPE_KINDS, "scopes[1].kind is 8, out of range");
	REFUSED(scopes, 1, parent, 1, "scopes[1].parent is 1, out of range");
	REFUSED(assignments, 0, target, NONE, "assignments[0].target is 4294967295, out of range");
	REFUSED(assignments, 0, operation, OPERATORS, "assignments[0].operation is 27, out of range");
	REFUSED(casts, 0, from, 5, "casts[0].from is 5, out of range");
	REFUSED(records, 0, identity, 999, "records[0].identity is 999, out of range");
	REFUSED(fields, 0, type, 5, "fields[0].type is 5, out of range");
	REFUSED(typedefs, 0, type, 5, "typedefs[0].type is 5, out of range");
	REFUSED(annotations, 0, param, 2, "annotations[0].param is 2, out of range");
	REFUSED(annotations, 1, param, 0, "annotations[1].param is 0, out of range");
	REFUSED(annotations, 1, field, 2, "annotations[1].field is 2, out of range");
	REFUSED(suppressions, 0, own_line, 2, "suppressions[0].own_line is 2, out of range");
	REFUSED(inclusions, 0, path, 999, "inclusions[0].path is 999, out of range");
	REFUSED(troubles, 0, message, 999, "troubles[0].message is 999, out of range");
}
END_TEST

START_TEST(values_out_of_range_are_refused)
{
	REFUSED(values, SAMPLE_C, kind, VALUE_KINDS, "values[0].kind is 17, out of range");
	REFUSED(values, SAMPLE_C, type, 5, "values[0].type is 5, out of range");
	REFUSED(values, SAMPLE_C, a, 4096, "values[0].a is 4096, out of range");
	REFUSED(values, SAMPLE_REQ, a, 1, "values[1].a is 1, out of range");
	REFUSED(values, SAMPLE_TEXT, a, 999, "values[4].a is 999, out of range");
	REFUSED(values, SAMPLE_NOT_DONE, a, SAMPLE_NOT_DONE, "values[8].a is 8, out of range");
	REFUSED(values, SAMPLE_NOT_DONE, c, OPERATORS, "values[8].c is 27, out of range");
	REFUSED(values, SAMPLE_MASKED, b, SAMPLE_MASKED, "values[18].b is 18, out of range");
	REFUSED(values, SAMPLE_CHOICE, c, NONE, "values[23].c is 4294967295, out of range");
	REFUSED(values, SAMPLE_START_RESULT, a, 4, "values[6].a is 4, out of range");
	REFUSED(arguments, 0, value, SAMPLE_START_RESULT, "values[6] is the result of a call that uses it");
	REFUSED(calls, 2, target, SAMPLE_ON_DONE_RESULT, "values[27] is the result of a call that uses it");
}
END_TEST

START_TEST(what_does_not_belong_together_is_refused)
{
	REFUSED(functions, 0, call_count, 5, "calls of functions[0] are out of range");
	REFUSED(functions, 0, first_call, NONE, "calls of functions[0] are out of range");
	REFUSED(functions, 0, call_count, 4, "calls of functions[0] are another's");
	REFUSED(functions, 0, call_count, 2, "calls are not grouped by their functions");
	REFUSED(functions, 1, param_count, 1, "params of functions[1] are another's too");
	REFUSED(functions, 1, flags, FUNCTION_DEFINED, "functions[1] is defined, but has no body");
	REFUSED(calls, 0, argument_count, 8, "arguments of calls[1] are another's too");
	REFUSED(calls, 0, callee, NONE, "calls[0] has to have either a callee or a target");
	REFUSED(calls, 3, scope, 0, "calls[3] is in a scope of another function");
	REFUSED(calls, 0, scope, NONE, "calls[0] is in a scope of another function");
	REFUSED(scopes, 1, parent, NONE, "scopes[1]: a body, and nothing else, has no parent");
	REFUSED(scopes, 0, kind, SCOPE_IF, "scopes[0]: a body, and nothing else, has no parent");
	REFUSED(scopes, 0, function, SAMPLE_PUMP, "scopes of functions[0] are another's");
}
END_TEST

START_TEST(broken_strings_are_refused)
{
	struct facts changed = *sample;
	changed.main_file = changed.string_count;
	assert_refused(&changed, arena_printf(&arena, "main_file is %u, out of range", changed.string_count));

	changed = *sample;
	changed.parser = changed.string_count;
	assert_refused(&changed, arena_printf(&arena, "parser is %u, out of range", changed.string_count));

	changed = *sample;
	changed.text_size--;
	assert_refused(&changed, "text has no end");

	changed = *sample;
	changed.string_count = 0;
	assert_refused(&changed, "string 0 is not empty");

	uint32_t *offsets = arena_copy(&arena, sample->string_offset, sample->string_count, sizeof(*offsets));
	changed = *sample;
	changed.string_offset = offsets;
	offsets[3]++;
	assert_refused(&changed, "string 3 does not start where one ended");
	offsets[3] = offsets[2];
	assert_refused(&changed, "string 3 does not start where one ended");
	offsets[3] = NONE;
	assert_refused(&changed, "string 3 does not start where one ended");
}
END_TEST

/* The sample with `depth` values more, each of that kind and with the one before as its operand. */
static struct facts with_chain(enum value_kind kind, uint32_t depth)
{
	struct facts changed = *sample;
	struct fact_value *values = arena_alloc(&arena, (SAMPLE_VALUES + depth) * sizeof(*values));
	memcpy(values, sample->values, SAMPLE_VALUES * sizeof(*values));
	for (uint32_t i = 0; i < depth; i++)
		values[SAMPLE_VALUES + i] =
		    (struct fact_value){kind, SAMPLE_VALUES + i - 1, sample->values[SAMPLE_FLAGS].b, 0, NONE};
	values[SAMPLE_VALUES] = values[SAMPLE_NULL];
	changed.values = values;
	changed.values_count += depth;
	return changed;
}

START_TEST(values_that_nest_too_deep_are_refused)
{
	uint64_t size;
	const char *error = NULL;
	struct facts deep = with_chain(VALUE_POINTEE, VALUE_DEPTH_LIMIT);
	const void *bytes = facts_write(&deep, &arena, &size);
	ck_assert_msg(facts_read(bytes, size, "x", &arena, &error) != NULL, "%s", error);
	deep = with_chain(VALUE_POINTEE, VALUE_DEPTH_LIMIT + 1);
	assert_refused(&deep, arena_printf(&arena, "values[%u] nests too deep", SAMPLE_VALUES + VALUE_DEPTH_LIMIT));
}
END_TEST

START_TEST(values_are_spelled_as_in_c)
{
	static const char *const texts[SAMPLE_VALUES] = {
	    [SAMPLE_C] = "c",
	    [SAMPLE_REQ] = "req",
	    [SAMPLE_REQ_ADDRESS] = "&req",
	    [SAMPLE_DONE_FUNCTION] = "client_done",
	    [SAMPLE_TEXT] = "\"say \\\"hi\\\"\\n\\001\"",
	    [SAMPLE_NULL] = "NULL",
	    [SAMPLE_START_RESULT] = "start(...)",
	    [SAMPLE_REQ_DONE] = "req.done",
	    [SAMPLE_NOT_DONE] = "!req.done",
	    [SAMPLE_LOOP] = "c->loop",
	    [SAMPLE_LOOP_ADDRESS] = "&c->loop",
	    [SAMPLE_RUN_ONCE] = "RUN_ONCE",
	    [SAMPLE_VARIABLE] = "clients",
	    [SAMPLE_MINUS_TWO] = "-2",
	    [SAMPLE_ELEMENT] = "clients[RUN_ONCE]",
	    [SAMPLE_SOME_ELEMENT] = "clients[…]",
	    [SAMPLE_FLAGS] = "c->flags",
	    [SAMPLE_BLOCK] = "BLOCK",
	    [SAMPLE_MASKED] = "c->flags & BLOCK",
	    [SAMPLE_IS_MASKED] = "(c->flags & BLOCK) == -2",
	    [SAMPLE_POINTEE] = "*c",
	    [SAMPLE_POINTEE_FLAGS] = "c->flags",
	    [SAMPLE_ADDRESS_DONE] = "req.done",
	    [SAMPLE_CHOICE] = "(c->flags & BLOCK) == -2 ? BLOCK : NULL",
	    [SAMPLE_RETURN] = "return",
	    [SAMPLE_UNKNOWN] = "…",
	    [SAMPLE_ON_DONE] = "c->on_done",
	    [SAMPLE_ON_DONE_RESULT] = "c->on_done(...)",
	    [SAMPLE_ELEMENT_FLAGS] = "clients[RUN_ONCE].flags",
	    [SAMPLE_MAKE_RESULT] = "make()",
	};
	for (uint32_t i = 0; i < SAMPLE_VALUES; i++)
		ck_assert_str_eq(value_text(sample, SAMPLE_CALL, i, &arena), texts[i]);
	ck_assert_str_eq(value_text(sample, SAMPLE_CALL, NONE, &arena), "…");
	/* Without its function, nothing is known of a parameter. */
	ck_assert_str_eq(value_text(sample, NONE, SAMPLE_FLAGS, &arena), "….flags");
}
END_TEST

static const char *binary_text(enum fact_operator outer, uint32_t left, enum fact_operator inner, uint32_t right)
{
	struct facts changed = with_chain(VALUE_BINARY, 2);
	struct fact_value *values = (struct fact_value *)changed.values + SAMPLE_VALUES;
	values[0] = (struct fact_value){VALUE_BINARY, SAMPLE_C, SAMPLE_REQ, inner, NONE};
	values[1] = (struct fact_value){VALUE_BINARY, left, right, outer, NONE};
	return value_text(&changed, SAMPLE_CALL, SAMPLE_VALUES + 1, &arena);
}

START_TEST(operators_get_the_parentheses_they_need)
{
	enum { INNER = SAMPLE_VALUES };
	ck_assert_str_eq(binary_text(OPERATOR_SUBTRACT, INNER, OPERATOR_SUBTRACT, SAMPLE_BLOCK), "c - req - BLOCK");
	ck_assert_str_eq(binary_text(OPERATOR_SUBTRACT, SAMPLE_BLOCK, OPERATOR_SUBTRACT, INNER), "BLOCK - (c - req)");
	ck_assert_str_eq(binary_text(OPERATOR_MULTIPLY, INNER, OPERATOR_ADD, SAMPLE_BLOCK), "(c + req) * BLOCK");
	ck_assert_str_eq(binary_text(OPERATOR_ADD, INNER, OPERATOR_MULTIPLY, SAMPLE_BLOCK), "c * req + BLOCK");
	ck_assert_str_eq(binary_text(OPERATOR_LESS, INNER, OPERATOR_ASSIGN, SAMPLE_BLOCK), "(c = req) < BLOCK");
	ck_assert_str_eq(binary_text(OPERATOR_ASSIGN, SAMPLE_BLOCK, OPERATOR_ASSIGN, INNER), "BLOCK = c = req");
	ck_assert_str_eq(binary_text(OPERATOR_COMMA, INNER, OPERATOR_LOGICAL_OR, SAMPLE_BLOCK), "c || req, BLOCK");
	ck_assert_str_eq(binary_text(OPERATOR_ADD, INNER, OPERATOR_NONE, SAMPLE_BLOCK), "(c … req) + BLOCK");
}
END_TEST

START_TEST(long_and_deep_values_are_cut)
{
	struct facts fields = with_chain(VALUE_FIELD, 20);
	const char *text = value_text(&fields, NONE, SAMPLE_VALUES + 19, &arena);
	ck_assert_str_eq(
	    text, "NULL.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags.flags."
		  "flags.flags.flags.flags");
	fields = with_chain(VALUE_FIELD, 21);
	text = value_text(&fields, NONE, SAMPLE_VALUES + 20, &arena);
	ck_assert_uint_eq(strlen(text), VALUE_TEXT_LIMIT);
	ck_assert_str_eq(text + VALUE_TEXT_LIMIT - strlen(".flag…"), ".flag…");

	struct facts pointees = with_chain(VALUE_POINTEE, 100);
	text = value_text(&pointees, NONE, SAMPLE_VALUES + 99, &arena);
	ck_assert_str_eq(text, "*************************…");
}
END_TEST

START_TEST(texts_are_cut_between_characters)
{
	for (size_t shift = 0; shift < 4; shift++) {
		struct facts changed = *sample;
		char *text = arena_alloc(&arena, 300);
		uint32_t offsets[] = {0, 1};
		memset(text + 1, 'x', shift);
		for (size_t i = 0; i < 60; i++)
			memcpy(text + 1 + shift + i * 3, "→", 3);
		changed.string_count = 2;
		changed.string_offset = offsets;
		changed.text = text;
		changed.text_size = 300;
		const struct fact_value value = {VALUE_STRING, 1, 0, 0, NONE};
		changed.values = &value;
		const char *spelled = value_text(&changed, NONE, 0, &arena);
		size_t length = strlen(spelled);
		ck_assert_uint_le(length, VALUE_TEXT_LIMIT);
		ck_assert_uint_gt(length, VALUE_TEXT_LIMIT - 3);
		ck_assert_str_eq(spelled + length - 6, "→…");
	}
}
END_TEST

/* Follows keys and list numbers, as in "functions/0/calls/1/callee", and returns what is there, printed. */
static const char *at(const cJSON *json, const char *path)
{
	for (const char *end; json && *path; path = *end ? end + 1 : end) {
		end = path + strcspn(path, "/");
		const char *key = arena_strndup(&arena, path, (size_t)(end - path));
		json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(key))
					   : cJSON_GetObjectItemCaseSensitive(json, key);
	}
	if (!json)
		return "missing";
	char *printed = cJSON_PrintUnformatted(json);
	const char *text = arena_strdup(&arena, printed);
	cJSON_free(printed);
	return text;
}

START_TEST(dump_shows_every_table)
{
	static const char *const expected[][2] = {
	    {"main_file", "\"src/client.c\""},
	    {"parser", "\"clang version 19.1.7\""},
	    {"functions/0/name", "\"client_call\""},
	    {"functions/0/flags", "[\"defined\",\"header\"]"},
	    {"functions/0/returns", "\"int\""},
	    {"functions/0/place", "\"src/client.c:1:5-1:9\""},
	    {"functions/0/body_hash", "\"abcd\""},
	    {"functions/0/params/0", "{\"name\":\"c\",\"type\":\"client_t *\"}"},
	    {"functions/0/locals/0/name", "\"req\""},
	    {"functions/0/scopes/0/kind", "\"body\""},
	    {"functions/0/scopes/0/condition", "missing"},
	    {"functions/0/scopes/1/condition", "\"!req.done\""},
	    {"functions/0/scopes/1/when", "1"},
	    {"functions/0/scopes/1/parent", "0"},
	    {"functions/0/calls/0/callee", "\"start\""},
	    {"functions/0/calls/0/arguments",
	     "[\"c\",\"&req\",\"client_done\",\"\\\"say \\\\\\\"hi\\\\\\\"\\\\n\\\\001\\\"\",\"NULL\"]"},
	    {"functions/0/calls/1/macro", "\"WAIT_UNTIL\""},
	    {"functions/0/calls/1/scope", "1"},
	    {"functions/0/calls/1/order", "4"},
	    {"functions/0/calls/2/callee", "missing"},
	    {"functions/0/calls/2/target", "\"c->on_done\""},
	    {"functions/0/assignments/0/text", "\"c->flags |= BLOCK\""},
	    {"functions/0/assignments/1/text", "\"c->flags++\""},
	    {"functions/0/assignments/2/text", "\"return (c->flags & BLOCK) == -2 ? BLOCK : NULL\""},
	    {"functions/0/casts/0/flags", "[\"implicit\"]"},
	    {"functions/1/flags", "[\"system\"]"},
	    {"functions/1/calls", "missing"},
	    {"calls/0/callee", "\"make\""},
	    {"calls/0/scope", "missing"},
	    {"assignments/0/text", "\"clients[RUN_ONCE] = make()\""},
	    {"assignments/0/initialiser", "1"},
	    {"records/0/fields/1/flags", "[\"bits\"]"},
	    {"typedefs/0/name", "\"client_t\""},
	    {"variables/0/identity", "\"clients@src/client.c\""},
	    {"annotations/0", "{\"text\":\"asynclint:timeout\",\"function\":\"client_call\",\"param\":1}"},
	    {"annotations/1/field", "\"bits\""},
	    {"suppressions/0/reason", "\"tested\""},
	    {"inclusions/0", "{\"path\":\"src/client.c\",\"flags\":[\"main\"],\"hash\":\"567800001234\"}"},
	    {"troubles/0/message", "\"bad byte \xEF\xBF\xBD\""},
	    {"types/2/alias", "\"client_t\""},
	    {"types/2/pointers", "1"},
	};
	cJSON *json = cJSON_Parse(dump_facts(sample, &arena));
	ck_assert_ptr_nonnull(json);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		ck_assert_msg(strcmp(at(json, expected[i][0]), expected[i][1]) == 0, "%s is %s, not %s", expected[i][0],
			      at(json, expected[i][0]), expected[i][1]);
	cJSON_Delete(json);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("facts");
	TCase *bytes = tcase_create("bytes");
	tcase_add_checked_fixture(bytes, setup, teardown);
	tcase_set_timeout(bytes, 0);
	tcase_add_test(bytes, written_facts_are_read_again);
	tcase_add_test(bytes, facts_without_records_are_read_again);
	tcase_add_test(bytes, strings_and_integers_are_found);
	tcase_add_test(bytes, facts_of_another_version_are_refused);
	tcase_add_test(bytes, every_truncation_is_refused);
	tcase_add_test(bytes, every_damaged_byte_is_found);
	tcase_add_test(bytes, no_forged_byte_does_harm);
	tcase_add_test(bytes, no_forged_word_does_harm);
	tcase_add_test(bytes, indices_out_of_range_are_refused);
	tcase_add_test(bytes, values_out_of_range_are_refused);
	tcase_add_test(bytes, what_does_not_belong_together_is_refused);
	tcase_add_test(bytes, broken_strings_are_refused);
	tcase_add_test(bytes, values_that_nest_too_deep_are_refused);
	suite_add_tcase(suite, bytes);
	TCase *files = tcase_create("files");
	tcase_add_checked_fixture(files, setup_directory, teardown_directory);
	tcase_add_test(files, saved_facts_are_loaded);
	tcase_add_test(files, what_cannot_be_saved_says_why);
	tcase_add_test(files, what_cannot_be_loaded_says_why);
	suite_add_tcase(suite, files);
	TCase *text = tcase_create("text");
	tcase_add_checked_fixture(text, setup, teardown);
	tcase_add_test(text, values_are_spelled_as_in_c);
	tcase_add_test(text, operators_get_the_parentheses_they_need);
	tcase_add_test(text, long_and_deep_values_are_cut);
	tcase_add_test(text, texts_are_cut_between_characters);
	tcase_add_test(text, dump_shows_every_table);
	suite_add_tcase(suite, text);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
