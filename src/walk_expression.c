#include "walk_internal.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { STRING_LIMIT = 200 };

static uint32_t nesting_of_call(const struct walk *walk, const struct fact_call *call)
{
	uint32_t depth = call->target == NONE ? 1 : walk->nesting.items[call->target];
	for (uint32_t i = 0; i < call->argument_count; i++) {
		uint32_t argument = walk->facts.arguments.items[call->first_argument + i].value;
		if (walk->nesting.items[argument] > depth)
			depth = walk->nesting.items[argument];
	}
	return depth;
}

/* How deep the value nests: one more than the deepest of the operands, or of what a call is called with. */
static uint32_t nesting(const struct walk *walk, enum value_kind kind, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t depth = kind == VALUE_CALL ? nesting_of_call(walk, &walk->facts.calls.items[a]) : 0;
	uint32_t operands[3] = {NONE, NONE, NONE};
	switch (kind) {
	case VALUE_CHOICE:
		operands[2] = c;
		/* fall through */
	case VALUE_ELEMENT:
	case VALUE_BINARY:
		operands[1] = b;
		/* fall through */
	case VALUE_FIELD:
	case VALUE_POINTEE:
	case VALUE_ADDRESS:
	case VALUE_UNARY:
		operands[0] = a;
		break;
	default:
		break;
	}
	for (int i = 0; i < 3; i++)
		if (operands[i] != NONE && walk->nesting.items[operands[i]] > depth)
			depth = walk->nesting.items[operands[i]];
	return depth + 1;
}

uint32_t walk_add_value(struct walk *walk, enum value_kind kind, uint32_t a, uint32_t b, uint32_t c, uint32_t type)
{
	uint32_t depth = nesting(walk, kind, a, b, c);
	struct fact_value value = {kind, a, b, c, type};
	if (depth > VALUE_DEPTH_LIMIT) { /* a generated sum of thousands of terms: nobody asks what it is */
		value = (struct fact_value){.kind = VALUE_UNKNOWN, .type = type};
		depth = 1;
	}
	table_add(&walk->facts.values, value);
	table_add(&walk->nesting, (uint16_t)depth);
	return walk->facts.values.count - 1;
}

static uint32_t unknown_value(struct walk *walk)
{
	return walk_add_value(walk, VALUE_UNKNOWN, 0, 0, 0, NONE);
}

static uint32_t integer_value(struct walk *walk, int64_t number, uint32_t name, uint32_t type)
{
	return walk_add_value(walk, VALUE_INTEGER, (uint32_t)number, (uint32_t)((uint64_t)number >> 32), name, type);
}

/* The body's hash goes over what it calls and assigns, and where, counted from the function's own line. */
static void hash_event(struct walk *walk, const struct place *place, const char *what)
{
	if (walk->body.function == NONE)
		return;
	uint32_t first_line = walk->facts.functions.items[walk->body.function].place.line;
	uint32_t where[2] = {place->line - first_line, place->column};
	walk->body.hash = XXH3_64bits_withSeed(where, sizeof(where), walk->body.hash);
	walk->body.hash = XXH3_64bits_withSeed(what, strlen(what), walk->body.hash);
}

void walk_assign(struct walk *walk, uint32_t target, uint32_t source, enum fact_operator operation, CXCursor cursor)
{
	struct fact_assignment fact = {.function = walk->body.function,
				       .target = target,
				       .source = source,
				       .operation = operation,
				       .scope = walk->body.scope,
				       .order = walk->body.order++,
				       .place = walk_place(walk, clang.getCursorExtent(cursor))};
	table_add(&walk->facts.assignments, fact);
	hash_event(walk, &fact.place, "=");
}

static bool is_record_or_void_pointer(const struct walk *walk, uint32_t type)
{
	if (type == NONE)
		return false;
	const struct fact_type *fact = &walk->facts.types.items[type];
	return fact->pointers == 1 && !(fact->flags & TYPE_FUNCTION_POINTER) &&
	       (fact->record || fact->flags & TYPE_VOID);
}

static void note_cast(struct walk *walk, uint32_t value, uint32_t to, uint32_t flags, CXCursor cursor)
{
	uint32_t from = walk->facts.values.items[value].type;
	if (walk->body.function == NONE || !is_record_or_void_pointer(walk, from) ||
	    !is_record_or_void_pointer(walk, to))
		return;
	const struct fact_type *a = &walk->facts.types.items[from], *b = &walk->facts.types.items[to];
	if (a->record == b->record)
		return;
	struct fact_cast fact = {.function = walk->body.function,
				 .from = from,
				 .to = to,
				 .value = value,
				 .scope = walk->body.scope,
				 .order = walk->body.order,
				 .flags = flags,
				 .place = walk_place(walk, clang.getCursorExtent(cursor))};
	table_add(&walk->facts.casts, fact);
}

static bool is_pointer(const struct walk *walk, uint32_t type)
{
	return type != NONE && walk->facts.types.items[type].flags & TYPE_POINTER;
}

static bool is_zero(const struct walk *walk, uint32_t value)
{
	const struct fact_value *fact = &walk->facts.values.items[value];
	return fact->kind == VALUE_INTEGER && !fact->a && !fact->b;
}

/* A value seen through a cast to `type`: the same value, but for null pointers. */
static uint32_t cast_value(struct walk *walk, uint32_t value, uint32_t type, uint32_t flags, CXCursor cursor)
{
	if (is_pointer(walk, type) && is_zero(walk, value))
		return walk_add_value(walk, VALUE_NULL, 0, 0, 0, type);
	note_cast(walk, value, type, flags, cursor);
	return value;
}

/* Visits all children for the calls in them. */
static uint32_t walk_others(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	for (uint32_t i = 0; i < count; i++)
		if (clang.isExpression(clang.getCursorKind(walk->stack.items[first + i])))
			walk_value(walk, walk->stack.items[first + i]);
	walk_pop(walk, first);
	return unknown_value(walk);
}

static uint32_t walk_implicit(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first), value;
	if (count == 1) {
		value = walk_value(walk, walk->stack.items[first]);
		value = cast_value(walk, value, walk_type(walk, clang.getCursorType(cursor)), CAST_IMPLICIT, cursor);
	} else if (count == 4) { /* a ?: b is seen as a, a, a, b */
		uint32_t condition = walk_value(walk, walk->stack.items[first]);
		uint32_t scope = walk_open_scope(walk, SCOPE_IF, condition, false, walk->stack.items[first + 3]);
		uint32_t other = walk_value(walk, walk->stack.items[first + 3]);
		walk_close_scope(walk, scope, false);
		value = walk_add_value(walk, VALUE_CHOICE, condition, condition, other,
				       walk->facts.values.items[condition].type);
	} else {
		for (uint32_t i = 0; i < count; i++)
			if (clang.isExpression(clang.getCursorKind(walk->stack.items[first + i])))
				walk_value(walk, walk->stack.items[first + i]);
		value = unknown_value(walk);
	}
	walk_pop(walk, first);
	return value;
}

static uint32_t walk_cast(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t value = count ? walk_value(walk, walk->stack.items[first + count - 1]) : unknown_value(walk);
	walk_pop(walk, first);
	return cast_value(walk, value, walk_type(walk, clang.getCursorType(cursor)), 0, cursor);
}

static uint32_t walk_constant(struct walk *walk, CXCursor cursor)
{
	uint32_t type = walk_type(walk, clang.getCursorType(cursor));
	CXEvalResult result = clang.Cursor_Evaluate(cursor);
	uint32_t value;
	if (result && clang.EvalResult_getKind(result) == CXEval_Int)
		value =
		    integer_value(walk, clang.EvalResult_getAsLongLong(result), walk_constant_name(walk, cursor), type);
	else
		value = unknown_value(walk);
	if (result)
		clang.EvalResult_dispose(result);
	return value;
}

static uint32_t walk_string_literal(struct walk *walk, CXCursor cursor)
{
	CXString spelling = clang.getCursorSpelling(cursor);
	const char *text = clang.getCString(spelling);
	size_t length = text ? strlen(text) : 0;
	if (length >= 2 && text[0] == '"') {
		text++;
		length -= 2;
	}
	bool mentions_root = text && memmem(text, length, walk->root, walk->root_length);
	uint32_t id = walk_text_without_root(walk, text ? text : "", length, STRING_LIMIT);
	clang.disposeString(spelling);
	/* char[N] would tell how long the root's path is. */
	uint32_t type = mentions_root ? NONE : walk_type(walk, clang.getCursorType(cursor));
	return walk_add_value(walk, VALUE_STRING, id, 0, 0, type);
}

static uint32_t param_value(struct walk *walk, CXCursor declaration, uint32_t type)
{
	if (walk->body.function == NONE)
		return unknown_value(walk);
	uint32_t known = *pointer_map_at(&walk->known.locals, declaration.data[0]);
	return known ? walk_add_value(walk, VALUE_PARAM, known - 1, 0, 0, type) : unknown_value(walk);
}

static uint32_t walk_name(struct walk *walk, CXCursor cursor)
{
	CXCursor declaration = clang.getCursorReferenced(cursor);
	uint32_t type = walk_type(walk, clang.getCursorType(cursor));
	switch (clang.getCursorKind(declaration)) {
	case CXCursor_ParmDecl:
		return param_value(walk, declaration, type);
	case CXCursor_FunctionDecl:
		return walk_add_value(walk, VALUE_FUNCTION, walk_function(walk, declaration), 0, 0, type);
	case CXCursor_EnumConstantDecl:
		return integer_value(walk, clang.getEnumConstantDeclValue(declaration),
				     walk_string(walk, clang.getCursorSpelling(declaration)), type);
	case CXCursor_VarDecl: {
		uint32_t known = *pointer_map_at(&walk->known.locals, declaration.data[0]);
		if (known)
			return walk_add_value(walk, VALUE_LOCAL, known - 1, 0, 0, type);
		return walk_add_value(walk, VALUE_VARIABLE, walk_variable(walk, declaration), 0, 0, type);
	}
	default:
		return unknown_value(walk);
	}
}

static uint32_t walk_member(struct walk *walk, CXCursor cursor)
{
	CXCursor field = clang.getCursorReferenced(cursor);
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t base = count ? walk_value(walk, walk->stack.items[first]) : unknown_value(walk);
	walk_pop(walk, first);
	if (clang.getCursorKind(field) != CXCursor_FieldDecl)
		return unknown_value(walk);
	uint32_t name = walk_string(walk, clang.getCursorSpelling(field));
	if (!name) /* the implicit step into an unnamed member */
		return base;
	return walk_add_value(walk, VALUE_FIELD, base, name, walk_field_owner(walk, field),
			      walk_type(walk, clang.getCursorType(cursor)));
}

static uint32_t walk_subscript(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t base = count > 0 ? walk_value(walk, walk->stack.items[first]) : unknown_value(walk);
	uint32_t index = count > 1 ? walk_value(walk, walk->stack.items[first + 1]) : NONE;
	walk_pop(walk, first);
	return walk_add_value(walk, VALUE_ELEMENT, base, index, 0, walk_type(walk, clang.getCursorType(cursor)));
}

static enum fact_operator unary_operator(CXCursor cursor)
{
	switch (walk_unary_kind(cursor)) {
	case CXUnaryOperator_PostInc:
	case CXUnaryOperator_PreInc:
		return OPERATOR_INCREMENT;
	case CXUnaryOperator_PostDec:
	case CXUnaryOperator_PreDec:
		return OPERATOR_DECREMENT;
	case CXUnaryOperator_LNot:
		return OPERATOR_NOT;
	case CXUnaryOperator_Not:
		return OPERATOR_COMPLEMENT;
	case CXUnaryOperator_Minus:
		return OPERATOR_NEGATE;
	default:
		return OPERATOR_NONE;
	}
}

enum pointer_operator { NO_POINTER_OPERATOR, ADDRESS_OF, POINTEE_OF };

/* The types tell: & adds a pointer, * takes one off. */
static enum pointer_operator pointer_operator_by_type(CXCursor cursor, CXCursor operand)
{
	CXType outer = clang.getCanonicalType(clang.getCursorType(cursor));
	CXType inner = clang.getCanonicalType(clang.getCursorType(operand));
	if (outer.kind == CXType_Pointer &&
	    clang.equalTypes(clang.getCanonicalType(clang.getPointeeType(outer)), inner))
		return ADDRESS_OF;
	if (inner.kind == CXType_Pointer &&
	    clang.equalTypes(clang.getCanonicalType(clang.getPointeeType(inner)), outer))
		return POINTEE_OF;
	return NO_POINTER_OPERATOR;
}

static enum pointer_operator pointer_operator(CXCursor cursor, CXCursor operand)
{
	switch (walk_unary_kind(cursor)) {
	case CXUnaryOperator_Invalid:
		return pointer_operator_by_type(cursor, operand);
	case CXUnaryOperator_AddrOf:
		return ADDRESS_OF;
	case CXUnaryOperator_Deref:
		return POINTEE_OF;
	default:
		return NO_POINTER_OPERATOR;
	}
}

static int64_t integer_of(const struct walk *walk, uint32_t value)
{
	const struct fact_value *fact = &walk->facts.values.items[value];
	return (int64_t)((uint64_t)fact->b << 32 | fact->a);
}

static uint32_t unary_value(struct walk *walk, CXCursor cursor, uint32_t operand, uint32_t type)
{
	enum fact_operator op = unary_operator(cursor);
	if (walk->facts.values.items[operand].kind == VALUE_INTEGER) {
		int64_t number = integer_of(walk, operand);
		switch (op) {
		case OPERATOR_NEGATE:
			return integer_value(walk, (int64_t)(0 - (uint64_t)number), 0, type);
		case OPERATOR_COMPLEMENT:
			return integer_value(walk, ~number, 0, type);
		case OPERATOR_NOT:
			return integer_value(walk, !number, 0, type);
		default:
			break;
		}
	}
	if (op == OPERATOR_INCREMENT || op == OPERATOR_DECREMENT) {
		walk_assign(walk, operand, NONE, op, cursor);
		return operand;
	}
	return walk_add_value(walk, VALUE_UNARY, operand, 0, op, type);
}

static uint32_t walk_unary(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first), value;
	uint32_t type = walk_type(walk, clang.getCursorType(cursor));
	if (!count) {
		value = unknown_value(walk);
	} else {
		CXCursor child = walk->stack.items[first];
		enum pointer_operator pointer = pointer_operator(cursor, child);
		uint32_t operand = walk_value(walk, child);
		uint32_t kind = walk->facts.values.items[operand].kind;
		uint32_t operand_type = walk->facts.values.items[operand].type;
		if (pointer == ADDRESS_OF)
			value =
			    kind == VALUE_FUNCTION ? operand : walk_add_value(walk, VALUE_ADDRESS, operand, 0, 0, type);
		else if (pointer == POINTEE_OF && operand_type != NONE &&
			 walk->facts.types.items[operand_type].flags & TYPE_FUNCTION_POINTER &&
			 walk->facts.types.items[operand_type].pointers <= 1)
			value = operand; /* *callback is the function again */
		else if (pointer == POINTEE_OF)
			value = walk_add_value(walk, VALUE_POINTEE, operand, 0, 0, type);
		else
			value = unary_value(walk, cursor, operand, type);
	}
	walk_pop(walk, first);
	return value;
}

static enum fact_operator binary_operator(CXCursor cursor)
{
	switch (walk_binary_kind(cursor)) {
	case CXBinaryOperator_Mul:
	case CXBinaryOperator_MulAssign:
		return OPERATOR_MULTIPLY;
	case CXBinaryOperator_Div:
	case CXBinaryOperator_DivAssign:
		return OPERATOR_DIVIDE;
	case CXBinaryOperator_Rem:
	case CXBinaryOperator_RemAssign:
		return OPERATOR_REMAINDER;
	case CXBinaryOperator_Add:
	case CXBinaryOperator_AddAssign:
		return OPERATOR_ADD;
	case CXBinaryOperator_Sub:
	case CXBinaryOperator_SubAssign:
		return OPERATOR_SUBTRACT;
	case CXBinaryOperator_Shl:
	case CXBinaryOperator_ShlAssign:
		return OPERATOR_SHIFT_LEFT;
	case CXBinaryOperator_Shr:
	case CXBinaryOperator_ShrAssign:
		return OPERATOR_SHIFT_RIGHT;
	case CXBinaryOperator_LT:
		return OPERATOR_LESS;
	case CXBinaryOperator_GT:
		return OPERATOR_GREATER;
	case CXBinaryOperator_LE:
		return OPERATOR_LESS_EQUAL;
	case CXBinaryOperator_GE:
		return OPERATOR_GREATER_EQUAL;
	case CXBinaryOperator_EQ:
		return OPERATOR_EQUAL;
	case CXBinaryOperator_NE:
		return OPERATOR_UNEQUAL;
	case CXBinaryOperator_And:
	case CXBinaryOperator_AndAssign:
		return OPERATOR_AND;
	case CXBinaryOperator_Xor:
	case CXBinaryOperator_XorAssign:
		return OPERATOR_XOR;
	case CXBinaryOperator_Or:
	case CXBinaryOperator_OrAssign:
		return OPERATOR_OR;
	case CXBinaryOperator_LAnd:
		return OPERATOR_LOGICAL_AND;
	case CXBinaryOperator_LOr:
		return OPERATOR_LOGICAL_OR;
	case CXBinaryOperator_Assign:
		return OPERATOR_ASSIGN;
	case CXBinaryOperator_Comma:
		return OPERATOR_COMMA;
	default:
		return OPERATOR_NONE;
	}
}

/* The constant that two constants make, where every compiler agrees what it is. */
static bool fold(enum fact_operator op, int64_t a, int64_t b, int64_t *result)
{
	switch (op) {
	case OPERATOR_OR:
		*result = a | b;
		return true;
	case OPERATOR_AND:
		*result = a & b;
		return true;
	case OPERATOR_XOR:
		*result = a ^ b;
		return true;
	case OPERATOR_ADD:
		*result = (int64_t)((uint64_t)a + (uint64_t)b);
		return true;
	case OPERATOR_SUBTRACT:
		*result = (int64_t)((uint64_t)a - (uint64_t)b);
		return true;
	case OPERATOR_MULTIPLY:
		*result = (int64_t)((uint64_t)a * (uint64_t)b);
		return true;
	case OPERATOR_SHIFT_LEFT:
		if (b < 0 || b > 62)
			return false;
		*result = (int64_t)((uint64_t)a << b);
		return true;
	case OPERATOR_EQUAL:
		*result = a == b;
		return true;
	case OPERATOR_UNEQUAL:
		*result = a != b;
		return true;
	default:
		return false;
	}
}

static uint32_t binary_value(struct walk *walk, uint32_t a, uint32_t b, enum fact_operator op, uint32_t type)
{
	int64_t result;
	if (walk->facts.values.items[a].kind == VALUE_INTEGER && walk->facts.values.items[b].kind == VALUE_INTEGER &&
	    fold(op, integer_of(walk, a), integer_of(walk, b), &result))
		return integer_value(walk, result, 0, type);
	return walk_add_value(walk, VALUE_BINARY, a, b, op, type);
}

/* The list of a compound literal of a record: `(struct watch){f, c}`. */
static bool find_literal(struct walk *walk, CXCursor cursor, CXCursor *list)
{
	enum CXCursorKind kind = clang.getCursorKind(cursor);
	if ((kind != CXCursor_CompoundLiteralExpr && kind != CXCursor_UnexposedExpr && kind != CXCursor_ParenExpr) ||
	    clang.getCanonicalType(clang.getCursorType(cursor)).kind != CXType_Record)
		return false;
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	CXCursor last = count ? walk->stack.items[first + count - 1] : clang.getNullCursor();
	walk_pop(walk, first);
	if (kind != CXCursor_CompoundLiteralExpr)
		return count == 1 && find_literal(walk, last, list);
	*list = last;
	return count > 0;
}

static uint32_t walk_binary(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first), value;
	enum fact_operator op = binary_operator(cursor);
	if (count != 2) {
		walk_pop(walk, first);
		return walk_others(walk, cursor);
	}
	CXCursor left = walk->stack.items[first], right = walk->stack.items[first + 1];
	CXCursor list;
	if (op == OPERATOR_ASSIGN && find_literal(walk, right, &list)) {
		value = walk_value(walk, left);
		walk_initialise(walk, value, list);
	} else if (op == OPERATOR_ASSIGN) {
		uint32_t source = walk_value(walk, right);
		value = walk_value(walk, left);
		walk_assign(walk, value, source, OPERATOR_ASSIGN, cursor);
	} else if (op == OPERATOR_LOGICAL_AND || op == OPERATOR_LOGICAL_OR) {
		uint32_t a = walk_value(walk, left);
		uint32_t scope = walk_open_scope(walk, SCOPE_IF, a, op == OPERATOR_LOGICAL_AND, right);
		uint32_t b = walk_value(walk, right);
		walk_close_scope(walk, scope, false);
		value = walk_add_value(walk, VALUE_BINARY, a, b, op, walk_type(walk, clang.getCursorType(cursor)));
	} else {
		uint32_t a = walk_value(walk, left), b = walk_value(walk, right);
		value = op == OPERATOR_COMMA
			    ? b
			    : binary_value(walk, a, b, op, walk_type(walk, clang.getCursorType(cursor)));
	}
	walk_pop(walk, first);
	return value;
}

static uint32_t walk_compound_assignment(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t target = unknown_value(walk);
	if (count == 2) {
		uint32_t source = walk_value(walk, walk->stack.items[first + 1]);
		target = walk_value(walk, walk->stack.items[first]);
		walk_assign(walk, target, source, binary_operator(cursor), cursor);
	}
	walk_pop(walk, first);
	return target;
}

static uint32_t walk_conditional(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first), value;
	if (count == 3) {
		uint32_t condition = walk_value(walk, walk->stack.items[first]);
		uint32_t scope = walk_open_scope(walk, SCOPE_IF, condition, true, walk->stack.items[first + 1]);
		uint32_t a = walk_value(walk, walk->stack.items[first + 1]);
		walk_close_scope(walk, scope, false);
		scope = walk_open_scope(walk, SCOPE_IF, condition, false, walk->stack.items[first + 2]);
		uint32_t b = walk_value(walk, walk->stack.items[first + 2]);
		walk_close_scope(walk, scope, false);
		const struct fact_value *fact = &walk->facts.values.items[condition];
		if (fact->kind == VALUE_INTEGER)
			value = fact->a || fact->b ? a : b;
		else
			value = walk_add_value(walk, VALUE_CHOICE, condition, a, b,
					       walk_type(walk, clang.getCursorType(cursor)));
	} else {
		value = unknown_value(walk);
	}
	walk_pop(walk, first);
	return value;
}

/* child 0 is what is called: clang.getCursorReferenced() says nothing for (f)() and names `get` in get()(). */
static uint32_t walk_call(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	if (!count) {
		walk_pop(walk, first);
		return unknown_value(walk);
	}
	uint32_t target = walk_value(walk, walk->stack.items[first]);
	TABLE(struct fact_argument) arguments = {0};
	for (uint32_t i = 1; i < count; i++)
		table_add(&arguments, (struct fact_argument){walk_value(walk, walk->stack.items[first + i])});
	walk_pop(walk, first);

	CXSourceRange extent = clang.getCursorExtent(cursor);
	const struct fact_value *called = &walk->facts.values.items[target];
	bool direct = called->kind == VALUE_FUNCTION;
	struct fact_call fact = {.function = walk->body.function,
				 .callee = direct ? called->a : NONE,
				 .target = direct ? NONE : target,
				 .first_argument = walk->facts.arguments.count,
				 .argument_count = arguments.count,
				 .scope = walk->body.scope,
				 .order = walk->body.order++,
				 .macro = walk_macro(walk, clang.getRangeStart(extent)),
				 .place = walk_place(walk, extent)};
	for (uint32_t i = 0; i < arguments.count; i++)
		table_add(&walk->facts.arguments, arguments.items[i]);
	table_release(&arguments);
	if (walk->body.function == NONE) /* an initialiser at file scope: builtins at most */
		return unknown_value(walk);
	table_add(&walk->facts.calls, fact);
	uint32_t name = direct ? walk->facts.functions.items[fact.callee].name : 0;
	hash_event(walk, &fact.place, intern_text(&walk->strings, name));
	return walk_add_value(walk, VALUE_CALL, walk->facts.calls.count - 1, 0, 0,
			      walk_type(walk, clang.getCursorType(cursor)));
}

struct field_at {
	uint32_t wanted, seen;
	CXCursor found;
};

static enum CXVisitorResult pick_field(CXCursor cursor, CXClientData data)
{
	struct field_at *at = data;
	if (at->seen++ == at->wanted) {
		at->found = cursor;
		return CXVisit_Break;
	}
	return CXVisit_Continue;
}

/* Number of `field` in its record. */
static enum CXVisitorResult count_field(CXCursor cursor, CXClientData data)
{
	struct field_at *at = data;
	if (clang.equalCursors(cursor, at->found))
		return CXVisit_Break;
	at->seen++;
	return CXVisit_Continue;
}

static uint32_t field_target(struct walk *walk, uint32_t base, CXCursor field)
{
	uint32_t name = walk_string(walk, clang.getCursorSpelling(field));
	if (!name)
		return base;
	return walk_add_value(walk, VALUE_FIELD, base, name, walk_field_owner(walk, field),
			      walk_type(walk, clang.getCursorType(field)));
}

/* One element of an initialiser list: `.field = x`, `[n] = x` (a child that names the place and ends in the value), or
 * the next in turn. */
static void walk_initialise_element(struct walk *walk, uint32_t target, CXType type, CXCursor element,
				    uint32_t *position)
{
	bool is_record = type.kind == CXType_Record;
	uint32_t place = target;
	CXCursor value = element;
	uint32_t first, count = walk_push_children(walk, element, &first);
	bool designated = clang.getCursorKind(element) == CXCursor_UnexposedExpr && count >= 2 &&
			  clang.getCursorType(element).kind == CXType_Void;
	if (designated) {
		value = walk->stack.items[first + count - 1];
		for (uint32_t i = 0; i + 1 < count; i++) {
			CXCursor designator = walk->stack.items[first + i];
			if (clang.getCursorKind(designator) == CXCursor_MemberRef) {
				CXCursor field = clang.getCursorReferenced(designator);
				place = field_target(walk, place, field);
				if (i == 0) {
					struct field_at at = {.found = field};
					clang.Type_visitFields(type, count_field, &at);
					*position = at.seen;
				}
			} else {
				place =
				    walk_add_value(walk, VALUE_ELEMENT, place, walk_value(walk, designator), 0, NONE);
			}
		}
	} else if (is_record) {
		struct field_at at = {.wanted = *position, .found = clang.getNullCursor()};
		clang.Type_visitFields(type, pick_field, &at);
		if (!clang.Cursor_isNull(at.found))
			place = field_target(walk, target, at.found);
	} else {
		place = walk_add_value(walk, VALUE_ELEMENT, target, NONE, 0,
				       walk_type(walk, clang.getArrayElementType(type)));
	}
	walk_pop(walk, first);
	++*position;
	walk_initialise(walk, place, value);
}

/* Beyond this an array is data: a table of a million numbers tells nothing about calls. */
enum { INITIALISER_LIMIT = 4096 };

void walk_initialise(struct walk *walk, uint32_t target, CXCursor initialiser)
{
	find_literal(walk, initialiser, &initialiser);
	if (clang.getCursorKind(initialiser) == CXCursor_InitListExpr) {
		CXType type = clang.getCanonicalType(clang.getCursorType(initialiser));
		CXType element = clang.getCanonicalType(clang.getArrayElementType(type));
		bool numbers = element.kind >= CXType_Bool && element.kind <= CXType_LongDouble;
		if (numbers)
			return;
		uint32_t first, count = walk_push_children(walk, initialiser, &first), position = 0;
		if (type.kind != CXType_Record && element.kind == CXType_Invalid) { /* int x = {1} */
			if (count)
				walk_initialise(walk, target, walk->stack.items[first]);
			walk_pop(walk, first);
			return;
		}
		for (uint32_t i = 0; i < count && i < INITIALISER_LIMIT; i++)
			walk_initialise_element(walk, target, type, walk->stack.items[first + i], &position);
		walk_pop(walk, first);
		return;
	}
	uint32_t source = walk_value(walk, initialiser);
	walk_assign(walk, target, source, OPERATOR_INITIALISE, initialiser);
}

static uint32_t walk_compound_literal(struct walk *walk, CXCursor cursor)
{
	uint32_t value = walk_add_value(walk, VALUE_UNKNOWN, 0, 0, 0, walk_type(walk, clang.getCursorType(cursor)));
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	if (count)
		walk_initialise(walk, value, walk->stack.items[first + count - 1]);
	walk_pop(walk, first);
	return value;
}

static uint32_t walk_only_child(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t value = count ? walk_value(walk, walk->stack.items[first + count - 1]) : unknown_value(walk);
	walk_pop(walk, first);
	return value;
}

static uint32_t walk_statement_value(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t value = count ? walk_statement_expression(walk, walk->stack.items[first]) : unknown_value(walk);
	walk_pop(walk, first);
	return value;
}

static uint32_t walk_expression(struct walk *walk, CXCursor cursor)
{
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_UnexposedExpr:
		return walk_implicit(walk, cursor);
	case CXCursor_ParenExpr:
		return walk_only_child(walk, cursor);
	case CXCursor_CStyleCastExpr:
		return walk_cast(walk, cursor);
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_UnaryExpr: /* sizeof, alignof: the operand is not evaluated */
		return walk_constant(walk, cursor);
	case CXCursor_StringLiteral:
		return walk_string_literal(walk, cursor);
	case CXCursor_DeclRefExpr:
		return walk_name(walk, cursor);
	case CXCursor_MemberRefExpr:
		return walk_member(walk, cursor);
	case CXCursor_ArraySubscriptExpr:
		return walk_subscript(walk, cursor);
	case CXCursor_UnaryOperator:
		return walk_unary(walk, cursor);
	case CXCursor_BinaryOperator:
		return walk_binary(walk, cursor);
	case CXCursor_CompoundAssignOperator:
		return walk_compound_assignment(walk, cursor);
	case CXCursor_ConditionalOperator:
		return walk_conditional(walk, cursor);
	case CXCursor_CallExpr:
		return walk_call(walk, cursor);
	case CXCursor_CompoundLiteralExpr:
		return walk_compound_literal(walk, cursor);
	case CXCursor_StmtExpr:
		return walk_statement_value(walk, cursor);
	default:
		return walk_others(walk, cursor);
	}
}

uint32_t walk_value(struct walk *walk, CXCursor cursor)
{
	if (walk->depth >= WALK_DEPTH_LIMIT)
		return unknown_value(walk);
	walk->depth++;
	uint32_t value = walk_expression(walk, cursor);
	walk->depth--;
	return value;
}
