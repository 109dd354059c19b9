#include "value_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define UNKNOWN "…"

enum { DEPTH_LIMIT = 24 };

/* How tightly an expression holds together. */
enum binding {
	BINDING_NONE,
	BINDING_COMMA,
	BINDING_ASSIGN,
	BINDING_CHOICE,
	BINDING_LOGICAL_OR,
	BINDING_LOGICAL_AND,
	BINDING_OR,
	BINDING_XOR,
	BINDING_AND,
	BINDING_EQUAL,
	BINDING_ORDER,
	BINDING_SHIFT,
	BINDING_ADD,
	BINDING_MULTIPLY,
	BINDING_UNARY,
	BINDING_POSTFIX,
};

static const struct {
	const char *text;
	enum binding binding; /* as a binary operator */
} operators[OPERATORS] = {
    [OPERATOR_NONE] = {"", BINDING_ASSIGN},
    [OPERATOR_ASSIGN] = {"=", BINDING_ASSIGN},
    [OPERATOR_INITIALISE] = {"=", BINDING_ASSIGN},
    [OPERATOR_OR] = {"|", BINDING_OR},
    [OPERATOR_AND] = {"&", BINDING_AND},
    [OPERATOR_XOR] = {"^", BINDING_XOR},
    [OPERATOR_ADD] = {"+", BINDING_ADD},
    [OPERATOR_SUBTRACT] = {"-", BINDING_ADD},
    [OPERATOR_MULTIPLY] = {"*", BINDING_MULTIPLY},
    [OPERATOR_DIVIDE] = {"/", BINDING_MULTIPLY},
    [OPERATOR_REMAINDER] = {"%", BINDING_MULTIPLY},
    [OPERATOR_SHIFT_LEFT] = {"<<", BINDING_SHIFT},
    [OPERATOR_SHIFT_RIGHT] = {">>", BINDING_SHIFT},
    [OPERATOR_EQUAL] = {"==", BINDING_EQUAL},
    [OPERATOR_UNEQUAL] = {"!=", BINDING_EQUAL},
    [OPERATOR_LESS] = {"<", BINDING_ORDER},
    [OPERATOR_LESS_EQUAL] = {"<=", BINDING_ORDER},
    [OPERATOR_GREATER] = {">", BINDING_ORDER},
    [OPERATOR_GREATER_EQUAL] = {">=", BINDING_ORDER},
    [OPERATOR_LOGICAL_AND] = {"&&", BINDING_LOGICAL_AND},
    [OPERATOR_LOGICAL_OR] = {"||", BINDING_LOGICAL_OR},
    [OPERATOR_NOT] = {"!", BINDING_ASSIGN},
    [OPERATOR_COMPLEMENT] = {"~", BINDING_ASSIGN},
    [OPERATOR_NEGATE] = {"-", BINDING_ASSIGN},
    [OPERATOR_INCREMENT] = {"++", BINDING_ASSIGN},
    [OPERATOR_DECREMENT] = {"--", BINDING_ASSIGN},
    [OPERATOR_COMMA] = {",", BINDING_COMMA},
};

/* The text as far as it is spelled. */
struct spelling {
	const struct facts *facts;
	uint32_t function;
	char text[VALUE_TEXT_LIMIT];
	size_t length;
	bool full; /* nothing more fits, and the text has its end */
};

/* Ends the text with what stands for the rest, at the end of a UTF-8 character. */
static void cut(struct spelling *spelling)
{
	size_t length = VALUE_TEXT_LIMIT - strlen(UNKNOWN);
	while (length && (spelling->text[length] & 0xC0) == 0x80)
		length--;
	memcpy(spelling->text + length, UNKNOWN, strlen(UNKNOWN));
	spelling->length = length + strlen(UNKNOWN);
	spelling->full = true;
}

static void put_n(struct spelling *spelling, const char *text, size_t length)
{
	if (spelling->full)
		return;
	size_t room = sizeof(spelling->text) - spelling->length;
	memcpy(spelling->text + spelling->length, text, length < room ? length : room);
	if (length > room)
		cut(spelling);
	else
		spelling->length += length;
}

static void put(struct spelling *spelling, const char *text)
{
	put_n(spelling, text, strlen(text));
}

static void put_name(struct spelling *spelling, uint32_t string)
{
	const char *text = facts_text(spelling->facts, string);
	put(spelling, *text ? text : UNKNOWN);
}

static void put_string(struct spelling *spelling, const char *text)
{
	static const char special[] = "\a\b\f\n\r\t\v\"\\", letters[] = "abfnrtv\"\\";
	put(spelling, "\"");
	for (; *text && !spelling->full; text++) {
		const char *found = strchr(special, *text);
		char escape[5];
		if (found)
			put_n(spelling, (const char[]){'\\', letters[found - special]}, 2);
		else if ((unsigned char)*text < ' ' || *text == 0x7F)
			put_n(spelling, escape, (size_t)snprintf(escape, sizeof(escape), "\\%03o", (unsigned)*text));
		else
			put_n(spelling, text, 1);
	}
	put(spelling, "\"");
}

static const struct fact_param *param(const struct spelling *spelling, uint32_t number)
{
	const struct facts *facts = spelling->facts;
	if (spelling->function == NONE || number >= facts->functions[spelling->function].param_count)
		return NULL;
	return &facts->params[facts->functions[spelling->function].first_param + number];
}

/* The type of an expression that a field is taken of. */
static uint32_t type_of(const struct spelling *spelling, const struct fact_value *value)
{
	const struct facts *facts = spelling->facts;
	if (value->type != NONE)
		return value->type;
	switch (value->kind) {
	case VALUE_PARAM:
		return param(spelling, value->a) ? param(spelling, value->a)->type : NONE;
	case VALUE_LOCAL:
		return facts->locals[value->a].type;
	case VALUE_VARIABLE:
		return facts->variables[value->a].type;
	case VALUE_CALL:
		return facts->calls[value->a].callee == NONE
			   ? NONE
			   : facts->functions[facts->calls[value->a].callee].return_type;
	default:
		return NONE;
	}
}

static bool is_pointer(const struct spelling *spelling, const struct fact_value *value)
{
	uint32_t type = type_of(spelling, value);
	return type != NONE && (spelling->facts->types[type].flags & (TYPE_POINTER | TYPE_ARRAY));
}

static enum binding binding_of(const struct fact_value *value)
{
	switch (value->kind) {
	case VALUE_ADDRESS:
	case VALUE_POINTEE:
	case VALUE_UNARY:
		return BINDING_UNARY;
	case VALUE_BINARY:
		return operators[value->c].binding;
	case VALUE_CHOICE:
		return BINDING_CHOICE;
	default:
		return BINDING_POSTFIX;
	}
}

static void spell(struct spelling *spelling, uint32_t value, enum binding around, unsigned depth);

static void spell_integer(struct spelling *spelling, const struct fact_value *value)
{
	char digits[24];
	if (value->c) {
		put_name(spelling, value->c);
	} else {
		snprintf(digits, sizeof(digits), "%" PRId64, fact_integer(value));
		put(spelling, digits);
	}
}

/* `(&x)->f` is spelled `x.f`, and `(*p).f` as `p->f`. */
static void spell_field(struct spelling *spelling, const struct fact_value *value, unsigned depth)
{
	const struct fact_value *base = &spelling->facts->values[value->a];
	bool direct = base->kind == VALUE_ADDRESS || base->kind == VALUE_POINTEE;
	bool arrow = base->kind == VALUE_POINTEE || (base->kind != VALUE_ADDRESS && is_pointer(spelling, base));
	spell(spelling, direct ? base->a : value->a, BINDING_POSTFIX, depth);
	put(spelling, arrow ? "->" : ".");
	put_name(spelling, value->b);
}

static void spell_call(struct spelling *spelling, const struct fact_call *call, unsigned depth)
{
	const struct facts *facts = spelling->facts;
	if (call->callee != NONE) {
		put_name(spelling, facts->functions[call->callee].name);
	} else {
		const struct fact_value *target = &facts->values[call->target];
		spell(spelling, target->kind == VALUE_POINTEE ? target->a : call->target, BINDING_POSTFIX, depth);
	}
	put(spelling, call->argument_count ? "(...)" : "()");
}

static void spell_unary(struct spelling *spelling, const char *operation, uint32_t operand, unsigned depth)
{
	put(spelling, *operation ? operation : UNKNOWN);
	spell(spelling, operand, BINDING_UNARY, depth);
}

static void spell_binary(struct spelling *spelling, const struct fact_value *value, unsigned depth)
{
	enum binding binding = operators[value->c].binding;
	bool right_first = binding == BINDING_ASSIGN;
	spell(spelling, value->a, binding + right_first, depth);
	if (value->c != OPERATOR_COMMA)
		put(spelling, " ");
	put(spelling, value->c == OPERATOR_NONE ? UNKNOWN : operators[value->c].text);
	put(spelling, " ");
	spell(spelling, value->b, binding + !right_first, depth);
}

static void spell_choice(struct spelling *spelling, const struct fact_value *value, unsigned depth)
{
	spell(spelling, value->a, BINDING_LOGICAL_OR, depth);
	put(spelling, " ? ");
	spell(spelling, value->b, BINDING_CHOICE, depth);
	put(spelling, " : ");
	spell(spelling, value->c, BINDING_CHOICE, depth);
}

static void spell_value(struct spelling *spelling, const struct fact_value *value, unsigned depth)
{
	const struct facts *facts = spelling->facts;
	switch (value->kind) {
	case VALUE_INTEGER:
		spell_integer(spelling, value);
		break;
	case VALUE_NULL:
		put(spelling, "NULL");
		break;
	case VALUE_STRING:
		put_string(spelling, facts_text(facts, value->a));
		break;
	case VALUE_PARAM:
		put_name(spelling, param(spelling, value->a) ? param(spelling, value->a)->name : NONE);
		break;
	case VALUE_LOCAL:
		put_name(spelling, facts->locals[value->a].name);
		break;
	case VALUE_VARIABLE:
		put_name(spelling, facts->variables[value->a].name);
		break;
	case VALUE_FUNCTION:
		put_name(spelling, facts->functions[value->a].name);
		break;
	case VALUE_FIELD:
		spell_field(spelling, value, depth);
		break;
	case VALUE_ELEMENT:
		spell(spelling, value->a, BINDING_POSTFIX, depth);
		put(spelling, "[");
		spell(spelling, value->b, BINDING_NONE, depth);
		put(spelling, "]");
		break;
	case VALUE_POINTEE:
		spell_unary(spelling, "*", value->a, depth);
		break;
	case VALUE_ADDRESS:
		spell_unary(spelling, "&", value->a, depth);
		break;
	case VALUE_CALL:
		spell_call(spelling, &facts->calls[value->a], depth);
		break;
	case VALUE_UNARY:
		spell_unary(spelling, operators[value->c].text, value->a, depth);
		break;
	case VALUE_BINARY:
		spell_binary(spelling, value, depth);
		break;
	case VALUE_CHOICE:
		spell_choice(spelling, value, depth);
		break;
	case VALUE_RETURN:
		put(spelling, "return");
		break;
	default:
		put(spelling, UNKNOWN);
	}
}

/* `around` is how tightly the expression around the value holds its operands: what holds less gets parentheses. */
static void spell(struct spelling *spelling, uint32_t value, enum binding around, unsigned depth)
{
	if (spelling->full)
		return;
	if (value == NONE || depth > DEPTH_LIMIT) {
		put(spelling, UNKNOWN);
		return;
	}
	const struct fact_value *fact = &spelling->facts->values[value];
	bool parentheses = binding_of(fact) < around;
	if (parentheses)
		put(spelling, "(");
	spell_value(spelling, fact, depth + 1);
	if (parentheses)
		put(spelling, ")");
}

const char *value_text(const struct facts *facts, uint32_t function, uint32_t value, struct arena *arena)
{
	struct spelling spelling = {.facts = facts, .function = function};
	spell(&spelling, value, BINDING_NONE, 0);
	return arena_strndup(arena, spelling.text, spelling.length);
}

const char *operator_text(enum fact_operator operation)
{
	return operators[operation].text;
}
