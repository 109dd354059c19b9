/*
 * Facts made by hand, with at least one record in every table and one value of every kind, for tests and fuzzers. They
 * are what the walker could note of:
 *
 *	int client_call(struct client *c, int timeout)
 *	{
 *		struct request req = {0};
 *		start(c, &req, client_done, "say \"hi\"\n", NULL);
 *		while (!req.done)
 *			pump(&c->loop, RUN_ONCE);
 *		c->flags |= BLOCK;
 *		c->on_done(c);
 *		return (c->flags & BLOCK) == -2 ? BLOCK : 0;
 *	}
 *	static struct client clients[4] = {make(), ...};
 */
#ifndef ASYNCLINT_FACTS_SAMPLE_H
#define ASYNCLINT_FACTS_SAMPLE_H

#include "facts.h"

enum { SAMPLE_CALL, SAMPLE_PUMP, SAMPLE_START, SAMPLE_DONE, SAMPLE_MAKE }; /* functions */

enum { SAMPLE_INT, SAMPLE_CLIENT, SAMPLE_CLIENT_POINTER, SAMPLE_REQUEST, SAMPLE_CLIENTS }; /* types */

enum sample_value {
	SAMPLE_C,
	SAMPLE_REQ,
	SAMPLE_REQ_ADDRESS,
	SAMPLE_DONE_FUNCTION,
	SAMPLE_TEXT,
	SAMPLE_NULL,
	SAMPLE_START_RESULT,
	SAMPLE_REQ_DONE,
	SAMPLE_NOT_DONE,
	SAMPLE_LOOP,
	SAMPLE_LOOP_ADDRESS,
	SAMPLE_RUN_ONCE,
	SAMPLE_VARIABLE,
	SAMPLE_MINUS_TWO,
	SAMPLE_ELEMENT,
	SAMPLE_SOME_ELEMENT,
	SAMPLE_FLAGS,
	SAMPLE_BLOCK,
	SAMPLE_MASKED,
	SAMPLE_IS_MASKED,
	SAMPLE_POINTEE,
	SAMPLE_POINTEE_FLAGS,
	SAMPLE_ADDRESS_DONE,
	SAMPLE_CHOICE,
	SAMPLE_RETURN,
	SAMPLE_UNKNOWN,
	SAMPLE_ON_DONE,
	SAMPLE_ON_DONE_RESULT,
	SAMPLE_ELEMENT_FLAGS,
	SAMPLE_MAKE_RESULT,
	SAMPLE_VALUES,
};

/* Returns the sample, in the arena. */
static const struct facts *sample_facts(struct arena *arena)
{
	struct intern strings;
	intern_init(&strings);
#define TEXT(text) intern(&strings, text)
/* clang-format off */
#define AT(l, c) {.file = TEXT("src/client.c"), .line = l, .column = c, .end_line = l, .end_column = c + 4}
	/* clang-format on */
	const struct fact_function functions[] = {
	    [SAMPLE_CALL] = {.name = TEXT("client_call"),
			     .identity = TEXT("client_call"),
			     .place = AT(1, 5),
			     .end_line = 10,
			     .param_count = 2,
			     .call_count = 3,
			     .assignment_count = 3,
			     .scope_count = 2,
			     .local_count = 1,
			     .cast_count = 1,
			     .flags = FUNCTION_DEFINED | FUNCTION_IN_HEADER,
			     .body_hash = 0xABCD},
	    [SAMPLE_PUMP] = {.name = TEXT("pump"), .identity = TEXT("pump"), .flags = FUNCTION_SYSTEM},
	    [SAMPLE_START] = {.name = TEXT("start"), .identity = TEXT("start")},
	    [SAMPLE_DONE] = {.name = TEXT("client_done"), .identity = TEXT("client_done@src/client.c")},
	    [SAMPLE_MAKE] = {.name = TEXT("make"), .identity = TEXT("make"), .return_type = SAMPLE_CLIENT},
	};
	const struct fact_param params[] = {{TEXT("c"), SAMPLE_CLIENT_POINTER}, {TEXT("timeout"), SAMPLE_INT}};
	const struct fact_type types[] = {
	    [SAMPLE_INT] = {.spelling = TEXT("int"), .flags = TYPE_INTEGER},
	    [SAMPLE_CLIENT] = {.spelling = TEXT("struct client"), .record = TEXT("client"), .flags = TYPE_RECORD},
	    [SAMPLE_CLIENT_POINTER] = {.spelling = TEXT("client_t *"),
				       .alias = TEXT("client_t"),
				       .record = TEXT("client"),
				       .flags = TYPE_POINTER,
				       .pointers = 1},
	    [SAMPLE_REQUEST] = {.spelling = TEXT("struct request"), .record = TEXT("request"), .flags = TYPE_RECORD},
	    [SAMPLE_CLIENTS] = {.spelling = TEXT("struct client[4]"),
				.record = TEXT("client"),
				.flags = TYPE_ARRAY,
				.pointers = 1},
	};
	const struct fact_variable variables[] = {{.name = TEXT("clients"),
						   .identity = TEXT("clients@src/client.c"),
						   .type = SAMPLE_CLIENTS,
						   .flags = VARIABLE_STATIC | VARIABLE_DEFINED,
						   .place = AT(12, 1)}};
	const struct fact_local locals[] = {
	    {.function = SAMPLE_CALL, .name = TEXT("req"), .type = SAMPLE_REQUEST, .place = AT(3, 9)}};
	const struct fact_value values[SAMPLE_VALUES] = {
	    [SAMPLE_C] = {VALUE_PARAM, 0, 0, 0, NONE},
	    [SAMPLE_REQ] = {VALUE_LOCAL, 0, 0, 0, SAMPLE_REQUEST},
	    [SAMPLE_REQ_ADDRESS] = {VALUE_ADDRESS, SAMPLE_REQ, 0, 0, NONE},
	    [SAMPLE_DONE_FUNCTION] = {VALUE_FUNCTION, SAMPLE_DONE, 0, 0, NONE},
	    [SAMPLE_TEXT] = {VALUE_STRING, TEXT("say \"hi\"\n\x01"), 0, 0, NONE},
	    [SAMPLE_NULL] = {VALUE_NULL, 0, 0, 0, NONE},
	    [SAMPLE_START_RESULT] = {VALUE_CALL, 0, 0, 0, SAMPLE_INT},
	    [SAMPLE_REQ_DONE] = {VALUE_FIELD, SAMPLE_REQ, TEXT("done"), TEXT("request"), SAMPLE_INT},
	    [SAMPLE_NOT_DONE] = {VALUE_UNARY, SAMPLE_REQ_DONE, 0, OPERATOR_NOT, SAMPLE_INT},
	    [SAMPLE_LOOP] = {VALUE_FIELD, SAMPLE_C, TEXT("loop"), TEXT("client"), NONE},
	    [SAMPLE_LOOP_ADDRESS] = {VALUE_ADDRESS, SAMPLE_LOOP, 0, 0, NONE},
	    [SAMPLE_RUN_ONCE] = {VALUE_INTEGER, 1, 0, TEXT("RUN_ONCE"), SAMPLE_INT},
	    [SAMPLE_VARIABLE] = {VALUE_VARIABLE, 0, 0, 0, NONE},
	    [SAMPLE_MINUS_TWO] = {VALUE_INTEGER, (uint32_t)-2, UINT32_MAX, 0, SAMPLE_INT},
	    [SAMPLE_ELEMENT] = {VALUE_ELEMENT, SAMPLE_VARIABLE, SAMPLE_RUN_ONCE, 0, SAMPLE_CLIENT},
	    [SAMPLE_SOME_ELEMENT] = {VALUE_ELEMENT, SAMPLE_VARIABLE, NONE, 0, SAMPLE_CLIENT},
	    [SAMPLE_FLAGS] = {VALUE_FIELD, SAMPLE_C, TEXT("flags"), TEXT("client"), SAMPLE_INT},
	    [SAMPLE_BLOCK] = {VALUE_INTEGER, 4, 0, TEXT("BLOCK"), SAMPLE_INT},
	    [SAMPLE_MASKED] = {VALUE_BINARY, SAMPLE_FLAGS, SAMPLE_BLOCK, OPERATOR_AND, SAMPLE_INT},
	    [SAMPLE_IS_MASKED] = {VALUE_BINARY, SAMPLE_MASKED, SAMPLE_MINUS_TWO, OPERATOR_EQUAL, SAMPLE_INT},
	    [SAMPLE_POINTEE] = {VALUE_POINTEE, SAMPLE_C, 0, 0, SAMPLE_CLIENT},
	    [SAMPLE_POINTEE_FLAGS] = {VALUE_FIELD, SAMPLE_POINTEE, TEXT("flags"), TEXT("client"), SAMPLE_INT},
	    [SAMPLE_ADDRESS_DONE] = {VALUE_FIELD, SAMPLE_REQ_ADDRESS, TEXT("done"), TEXT("request"), SAMPLE_INT},
	    [SAMPLE_CHOICE] = {VALUE_CHOICE, SAMPLE_IS_MASKED, SAMPLE_BLOCK, SAMPLE_NULL, SAMPLE_INT},
	    [SAMPLE_RETURN] = {VALUE_RETURN, 0, 0, 0, SAMPLE_INT},
	    [SAMPLE_UNKNOWN] = {VALUE_UNKNOWN, 0, 0, 0, NONE},
	    [SAMPLE_ON_DONE] = {VALUE_FIELD, SAMPLE_C, TEXT("on_done"), TEXT("client"), NONE},
	    [SAMPLE_ON_DONE_RESULT] = {VALUE_CALL, 2, 0, 0, NONE},
	    [SAMPLE_ELEMENT_FLAGS] = {VALUE_FIELD, SAMPLE_ELEMENT, TEXT("flags"), TEXT("client"), SAMPLE_INT},
	    [SAMPLE_MAKE_RESULT] = {VALUE_CALL, 3, 0, 0, NONE},
	};
	const struct fact_argument arguments[] = {
	    {SAMPLE_C},    {SAMPLE_REQ_ADDRESS},  {SAMPLE_DONE_FUNCTION}, {SAMPLE_TEXT},
	    {SAMPLE_NULL}, {SAMPLE_LOOP_ADDRESS}, {SAMPLE_RUN_ONCE},      {SAMPLE_C},
	};
	const struct fact_call calls[] = {
	    {SAMPLE_CALL, SAMPLE_START, NONE, 0, 5, 0, 2, 0, AT(4, 2)},
	    {SAMPLE_CALL, SAMPLE_PUMP, NONE, 5, 2, 1, 4, TEXT("WAIT_UNTIL"), AT(6, 3)},
	    {SAMPLE_CALL, NONE, SAMPLE_ON_DONE, 7, 1, 0, 7, 0, AT(8, 2)},
	    {NONE, SAMPLE_MAKE, NONE, 8, 0, NONE, 0, 0, AT(12, 30)},
	};
	const struct fact_scope scopes[] = {
	    {SAMPLE_CALL, NONE, SCOPE_BODY, NONE, 0, SCOPE_RETURNS | SCOPE_LEAVES, 0, 9, AT(2, 1)},
	    {SAMPLE_CALL, 0, SCOPE_WHILE, SAMPLE_NOT_DONE, 1, 0, 3, 5, AT(5, 2)},
	};
	const struct fact_assignment assignments[] = {
	    {SAMPLE_CALL, SAMPLE_FLAGS, SAMPLE_BLOCK, OPERATOR_OR, 0, 6, AT(7, 2)},
	    {SAMPLE_CALL, SAMPLE_FLAGS, NONE, OPERATOR_INCREMENT, 0, 6, AT(7, 2)},
	    {SAMPLE_CALL, SAMPLE_RETURN, SAMPLE_CHOICE, OPERATOR_ASSIGN, 0, 8, AT(9, 2)},
	    {NONE, SAMPLE_ELEMENT, SAMPLE_MAKE_RESULT, OPERATOR_INITIALISE, NONE, 1, AT(12, 30)},
	};
	const struct fact_cast casts[] = {
	    {SAMPLE_CALL, SAMPLE_CLIENT_POINTER, SAMPLE_CLIENT_POINTER, SAMPLE_C, 0, 1, CAST_IMPLICIT, AT(4, 8)}};
	const struct fact_record records[] = {{TEXT("client"), TEXT("client"), 0, 2, 0, AT(20, 8)}};
	const struct fact_field fields[] = {{TEXT("flags"), SAMPLE_INT, 0, AT(21, 6)},
					    {TEXT("bits"), SAMPLE_INT, FIELD_BITS, AT(22, 6)}};
	const struct fact_typedef typedefs[] = {{TEXT("client_t"), SAMPLE_CLIENT, AT(24, 23)}};
	const struct fact_annotation annotations[] = {{SAMPLE_CALL, NONE, 1, TEXT("asynclint:timeout")},
						      {NONE, 1, NONE, TEXT("asynclint:mode")}};
	const struct fact_suppression suppressions[] = {{TEXT("nested-loop"), TEXT("tested"), 1, AT(5, 2)}};
	const struct fact_inclusion inclusions[] = {{TEXT("src/client.c"), 0x1234, 0x5678, INCLUSION_MAIN}};
	const struct fact_trouble troubles[] = {{0, TEXT("bad byte \xFF"), AT(30, 1)}};

	struct facts *facts = arena_alloc(arena, sizeof(*facts));
	facts->main_file = TEXT("src/client.c");
	facts->parser = TEXT("clang version 19.1.7");
#define COPY(type, name)                                    \
	facts->name##_count = sizeof(name) / sizeof(*name); \
	facts->name = arena_copy(arena, name, facts->name##_count, sizeof(*name));
	FACT_TABLES(COPY)
#undef COPY
#undef TEXT
#undef AT
	facts->string_count = strings.count;
	facts->string_offset = arena_copy(arena, strings.offset, strings.count, sizeof(*strings.offset));
	facts->text_size = strings.text_size;
	facts->text = arena_copy(arena, strings.text, strings.text_size, 1);
	intern_release(&strings);
	return facts;
}

#endif
