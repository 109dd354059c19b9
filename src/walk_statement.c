#include "walk_internal.h"

static enum CXChildVisitResult push_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct walk *walk = data;
	table_add(&walk->stack, cursor);
	return CXChildVisit_Continue;
}

uint32_t walk_push_children(struct walk *walk, CXCursor cursor, uint32_t *first)
{
	*first = walk->stack.count;
	clang.visitChildren(cursor, push_child, walk);
	return walk->stack.count - *first;
}

void walk_pop(struct walk *walk, uint32_t first)
{
	walk->stack.count = first;
}

uint32_t walk_open_scope(struct walk *walk, enum scope_kind kind, uint32_t condition, bool when, CXCursor cursor)
{
	if (walk->body.function == NONE) /* an initialiser at file scope: nothing runs under a condition */
		return NONE;
	struct fact_scope scope = {.function = walk->body.function,
				   .parent = walk->body.scope,
				   .kind = kind,
				   .condition = condition,
				   .when = when,
				   .order = walk->body.order++,
				   .place = walk_place(walk, clang.getCursorExtent(cursor))};
	table_add(&walk->facts.scopes, scope);
	walk->body.scope = walk->facts.scopes.count - 1;
	return walk->body.scope;
}

void walk_close_scope(struct walk *walk, uint32_t scope, bool leaves)
{
	if (scope == NONE)
		return;
	struct fact_scope *fact = &walk->facts.scopes.items[scope];
	fact->end_order = walk->body.order;
	if (leaves)
		fact->flags |= SCOPE_LEAVES;
	walk->body.scope = fact->parent;
}

static void flag_scope(struct walk *walk, enum scope_flag flag)
{
	if (walk->body.scope == NONE)
		return;
	walk->facts.scopes.items[walk->body.scope].flags |= flag;
}

/* Scopes that last until the end of a block: what follows a guard, and the statements under a case label. */
struct block {
	uint32_t outer;      /* scope around the block */
	uint32_t guard_base; /* scope that guards are opened in: the block's own, its case's, or its loop's */
	uint32_t case_scope; /* open case, or NONE */
	uint32_t switched;   /* value, or NONE outside a switch */
	bool leaves;         /* the statement before did */
	uint32_t at, end;    /* on walk->stack: the statement that is walked, and the end of the block */
	uint32_t loop;       /* open loop by goto, or NONE */
	uint32_t loop_last;  /* on walk->stack: its last statement */
};

static struct block open_block(const struct walk *walk, uint32_t switched)
{
	return (struct block){.outer = walk->body.scope,
			      .guard_base = walk->body.scope,
			      .case_scope = NONE,
			      .switched = switched,
			      .loop = NONE};
}

static void close_guards(struct walk *walk, uint32_t base, bool leaves)
{
	while (walk->body.scope != base)
		walk_close_scope(walk, walk->body.scope, leaves);
}

static void close_case(struct walk *walk, struct block *block)
{
	if (block->case_scope == NONE)
		return;
	close_guards(walk, block->case_scope, block->leaves);
	walk_close_scope(walk, block->case_scope, block->leaves);
	block->case_scope = block->loop = NONE;
	block->guard_base = block->outer;
}

struct goto_search {
	const void *label; /* its statement */
	bool found;
};

static enum CXChildVisitResult find_goto(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct goto_search *search = data;
	if (clang.getCursorKind(cursor) == CXCursor_LabelRef)
		search->found |= clang.getCursorReferenced(cursor).data[1] == search->label;
	if (search->found)
		return CXChildVisit_Break;
	return clang.isStatement(clang.getCursorKind(cursor)) ? CXChildVisit_Recurse : CXChildVisit_Continue;
}

/* A label that a later statement of its block goes back to begins a loop. Only what follows a label is looked through
   for that, and no expression. A label in an open loop makes no loop of its own, but may lengthen that one. */
static void open_loop(struct walk *walk, struct block *block, CXCursor label)
{
	uint32_t last = block->end;
	while (last > block->at) {
		struct goto_search search = {label.data[1], false};
		clang.visitChildren(walk->stack.items[last - 1], find_goto, &search);
		if (search.found)
			break;
		last--;
	}
	if (last == block->at)
		return;
	if (block->loop == NONE) {
		block->loop = block->guard_base = walk_open_scope(walk, SCOPE_LABEL, NONE, true, label);
		block->loop_last = 0;
	}
	if (last - 1 > block->loop_last)
		block->loop_last = last - 1;
}

/* Closes the loop and what is open in it; guards that held at its end go on behind it. */
static void close_scopes_of_loop(struct walk *walk, uint32_t loop, bool leaves)
{
	uint32_t scope = walk->body.scope;
	const struct fact_scope guard = walk->facts.scopes.items[scope];
	walk_close_scope(walk, scope, leaves);
	if (scope == loop)
		return;
	close_scopes_of_loop(walk, loop, leaves);
	struct fact_scope behind = guard;
	behind.parent = walk->body.scope;
	behind.flags = 0;
	behind.order = walk->body.order++;
	table_add(&walk->facts.scopes, behind);
	walk->body.scope = walk->facts.scopes.count - 1;
}

static void close_loop(struct walk *walk, struct block *block)
{
	if (block->loop == NONE || block->at != block->loop_last)
		return;
	close_scopes_of_loop(walk, block->loop, block->leaves);
	block->loop = NONE;
	block->guard_base = block->case_scope != NONE ? block->case_scope : block->outer;
}

/* `condition`, of the labels before, or that the switch goes by this one. */
static uint32_t add_label(struct walk *walk, const struct block *block, uint32_t condition, uint32_t label)
{
	if (block->switched == NONE)
		return NONE;
	uint32_t equal = walk_add_value(walk, VALUE_BINARY, block->switched, label, OPERATOR_EQUAL, NONE);
	return condition == NONE ? equal
				 : walk_add_value(walk, VALUE_BINARY, condition, equal, OPERATOR_LOGICAL_OR, NONE);
}

/* Opens the scope of a label; the statement behind it (and behind further labels) is left in *statement. */
static void open_case(struct walk *walk, struct block *block, CXCursor cursor, CXCursor *statement)
{
	bool falls_through = block->case_scope != NONE && !block->leaves;
	close_case(walk, block);
	uint32_t condition = NONE;
	bool has_default = false;
	CXCursor label = cursor;
	*statement = clang.getNullCursor();
	for (;;) {
		enum CXCursorKind kind = clang.getCursorKind(label);
		uint32_t first, count = walk_push_children(walk, label, &first);
		CXCursor inner = count ? walk->stack.items[first + count - 1] : clang.getNullCursor();
		if (kind == CXCursor_CaseStmt && count > 1) {
			uint32_t value = walk_value(walk, walk->stack.items[first]);
			condition = add_label(walk, block, condition, value);
		} else {
			has_default = true;
		}
		walk_pop(walk, first);
		enum CXCursorKind inner_kind = clang.getCursorKind(inner);
		if (!count)
			break;
		if (inner_kind != CXCursor_CaseStmt && inner_kind != CXCursor_DefaultStmt) {
			*statement = inner;
			break;
		}
		label = inner;
	}
	if (has_default || falls_through)
		condition = NONE;
	block->case_scope = walk_open_scope(walk, SCOPE_CASE, condition, true, cursor);
	block->guard_base = block->case_scope;
}

/* An `if` of which one branch left: the rest of the block runs under what made it not leave. */
struct guard {
	uint32_t condition;
	bool when;
	bool found;
};

static bool walk_if(struct walk *walk, CXCursor cursor, struct guard *guard)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	bool then_leaves = false, else_leaves = false;
	if (count >= 2) {
		uint32_t condition = walk_value(walk, walk->stack.items[first]);
		uint32_t scope = walk_open_scope(walk, SCOPE_IF, condition, true, walk->stack.items[first + 1]);
		then_leaves = walk_statement(walk, walk->stack.items[first + 1]);
		walk_close_scope(walk, scope, then_leaves);
		if (count >= 3) {
			scope = walk_open_scope(walk, SCOPE_IF, condition, false, walk->stack.items[first + 2]);
			else_leaves = walk_statement(walk, walk->stack.items[first + 2]);
			walk_close_scope(walk, scope, else_leaves);
		}
		*guard = (struct guard){condition, else_leaves, then_leaves != else_leaves};
	}
	walk_pop(walk, first);
	return then_leaves && else_leaves;
}

static void walk_block_statement(struct walk *walk, struct block *block, CXCursor cursor)
{
	enum CXCursorKind kind = clang.getCursorKind(cursor);
	if (kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt) {
		CXCursor statement;
		open_case(walk, block, cursor, &statement);
		block->leaves = false;
		if (clang.Cursor_isNull(statement))
			return;
		walk_block_statement(walk, block, statement);
	} else if (kind == CXCursor_LabelStmt) {
		close_guards(walk, block->guard_base, false); /* a goto gets here whatever the guards said */
		open_loop(walk, block, cursor);
		block->leaves = walk_statement(walk, cursor);
	} else if (kind == CXCursor_IfStmt) {
		struct guard guard = {0};
		block->leaves = walk_if(walk, cursor, &guard);
		if (guard.found)
			walk_open_scope(walk, SCOPE_AFTER, guard.condition, guard.when, cursor);
	} else {
		block->leaves = walk_statement(walk, cursor);
	}
}

static bool walk_block(struct walk *walk, CXCursor cursor, uint32_t switched)
{
	struct block block = open_block(walk, switched);
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	block.end = first + count;
	for (block.at = first; block.at < block.end; block.at++) {
		walk_block_statement(walk, &block, walk->stack.items[block.at]);
		close_loop(walk, &block);
	}
	walk_pop(walk, first);
	close_case(walk, &block);
	close_guards(walk, block.outer, block.leaves);
	return block.leaves;
}

static bool is_assignment(CXCursor cursor)
{
	enum CXCursorKind kind = clang.getCursorKind(cursor);
	if (kind == CXCursor_CompoundAssignOperator)
		return true;
	if (kind == CXCursor_BinaryOperator)
		return walk_binary_kind(cursor) == CXBinaryOperator_Assign ||
		       walk_binary_kind(cursor) == CXBinaryOperator_Comma;
	if (kind == CXCursor_UnaryOperator) {
		enum CXUnaryOperatorKind op = walk_unary_kind(cursor);
		return op >= CXUnaryOperator_PostInc && op <= CXUnaryOperator_PreDec;
	}
	return false;
}

/* Parts of a `for` header that are not there leave no child, so each is told by what it is: a declaration or assignment
   before the condition, a test, a change after it. */
static bool walk_for(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	uint32_t condition = NONE, increment = NONE, parts = count ? count - 1 : 0;
	for (uint32_t i = 0; i < parts; i++) {
		CXCursor part = walk->stack.items[first + i];
		enum CXCursorKind kind = clang.getCursorKind(part);
		bool changes =
		    is_assignment(part) || (kind == CXCursor_CallExpr && (condition != NONE || (parts == 3 && i != 1)));
		if (kind == CXCursor_DeclStmt || (changes && i == 0 && parts > 1))
			walk_statement(walk, part);
		else if (changes)
			increment = i;
		else
			condition = i;
	}
	uint32_t scope = walk_open_scope(walk, SCOPE_FOR, NONE, true, cursor);
	if (condition != NONE) {
		uint32_t value = walk_value(walk, walk->stack.items[first + condition]);
		if (scope != NONE)
			walk->facts.scopes.items[scope].condition = value;
	}
	if (count)
		walk_statement(walk, walk->stack.items[first + count - 1]);
	if (increment != NONE)
		walk_statement(walk, walk->stack.items[first + increment]);
	walk_close_scope(walk, scope, false);
	walk_pop(walk, first);
	return false;
}

static bool walk_loop(struct walk *walk, CXCursor cursor, enum scope_kind kind)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	if (count >= 2) {
		uint32_t condition_at = kind == SCOPE_WHILE ? 0 : count - 1,
			 body_at = kind == SCOPE_WHILE ? count - 1 : 0;
		uint32_t scope = walk_open_scope(walk, kind, NONE, true, cursor);
		if (kind == SCOPE_DO)
			walk_statement(walk, walk->stack.items[first + body_at]);
		uint32_t condition = walk_value(walk, walk->stack.items[first + condition_at]);
		if (scope != NONE)
			walk->facts.scopes.items[scope].condition = condition;
		if (kind == SCOPE_WHILE)
			walk_statement(walk, walk->stack.items[first + body_at]);
		walk_close_scope(walk, scope, false);
	}
	walk_pop(walk, first);
	return false;
}

static bool walk_switch(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	if (count >= 2) {
		uint32_t switched = walk_value(walk, walk->stack.items[first]);
		CXCursor body = walk->stack.items[first + count - 1];
		if (clang.getCursorKind(body) == CXCursor_CompoundStmt)
			walk_block(walk, body, switched);
		else
			walk_statement(walk, body);
	}
	walk_pop(walk, first);
	return false;
}

static enum CXChildVisitResult note_attribute(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (clang.getCursorKind(cursor) != CXCursor_UnexposedAttr)
		return CXChildVisit_Continue;
	*(uint32_t *)data |= LOCAL_ATTRIBUTE;
	return CXChildVisit_Break;
}

static void walk_local(struct walk *walk, CXCursor declaration)
{
	CXCursor initialiser = clang.Cursor_getVarDeclInitializer(declaration);
	bool initialised = !clang.Cursor_isNull(initialiser);
	uint32_t target, type;
	enum CX_StorageClass storage = clang.Cursor_getStorageClass(declaration);
	if (storage == CX_SC_Static || storage == CX_SC_Extern) {
		uint32_t variable = walk_variable(walk, declaration);
		type = walk->facts.variables.items[variable].type;
		target = initialised ? walk_add_value(walk, VALUE_VARIABLE, variable, 0, 0, type) : NONE;
	} else {
		type = walk_type(walk, clang.getCursorType(declaration));
		struct fact_local local = {.function = walk->body.function,
					   .name = walk_string(walk, clang.getCursorSpelling(declaration)),
					   .type = type,
					   .place = walk_name_place(walk, declaration)};
		if (clang.Cursor_hasAttrs(declaration))
			clang.visitChildren(declaration, note_attribute, &local.flags);
		table_add(&walk->facts.locals, local);
		*pointer_map_at(&walk->known.locals, declaration.data[0]) = walk->facts.locals.count;
		target =
		    initialised ? walk_add_value(walk, VALUE_LOCAL, walk->facts.locals.count - 1, 0, 0, type) : NONE;
	}
	if (initialised)
		walk_initialise(walk, target, initialiser);
}

static void walk_declarations(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	for (uint32_t i = 0; i < count; i++) {
		CXCursor declaration = walk->stack.items[first + i];
		switch (clang.getCursorKind(declaration)) {
		case CXCursor_VarDecl:
			walk_local(walk, declaration);
			break;
		case CXCursor_StructDecl:
		case CXCursor_UnionDecl:
			walk_note_record(walk, declaration);
			break;
		default:
			break;
		}
	}
	walk_pop(walk, first);
}

static void walk_return(struct walk *walk, CXCursor cursor)
{
	uint32_t first, count = walk_push_children(walk, cursor, &first);
	if (count) {
		uint32_t source = walk_value(walk, walk->stack.items[first]);
		uint32_t target = walk_add_value(walk, VALUE_RETURN, 0, 0, 0, walk->facts.values.items[source].type);
		walk_assign(walk, target, source, OPERATOR_ASSIGN, cursor);
	}
	walk_pop(walk, first);
	flag_scope(walk, SCOPE_RETURNS);
}

static bool is_noreturn_call(const struct walk *walk, uint32_t value)
{
	const struct fact_value *fact = &walk->facts.values.items[value];
	if (fact->kind != VALUE_CALL)
		return false;
	uint32_t callee = walk->facts.calls.items[fact->a].callee;
	return callee != NONE && walk->facts.functions.items[callee].flags & FUNCTION_NORETURN;
}

bool walk_statement(struct walk *walk, CXCursor cursor)
{
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_CompoundStmt:
		return walk_block(walk, cursor, NONE);
	case CXCursor_IfStmt: {
		struct guard guard;
		return walk_if(walk, cursor, &guard);
	}
	case CXCursor_WhileStmt:
		return walk_loop(walk, cursor, SCOPE_WHILE);
	case CXCursor_DoStmt:
		return walk_loop(walk, cursor, SCOPE_DO);
	case CXCursor_ForStmt:
		return walk_for(walk, cursor);
	case CXCursor_SwitchStmt:
		return walk_switch(walk, cursor);
	case CXCursor_DeclStmt:
		walk_declarations(walk, cursor);
		return false;
	case CXCursor_ReturnStmt:
		walk_return(walk, cursor);
		return true;
	case CXCursor_BreakStmt:
		flag_scope(walk, SCOPE_BREAKS);
		return true;
	case CXCursor_ContinueStmt:
		flag_scope(walk, SCOPE_CONTINUES);
		return true;
	case CXCursor_GotoStmt:
	case CXCursor_IndirectGotoStmt:
		flag_scope(walk, SCOPE_GOES);
		return true;
	case CXCursor_NullStmt:
		return false;
	case CXCursor_LabelStmt:
	case CXCursor_CaseStmt: /* a label that is not directly in its switch's block */
	case CXCursor_DefaultStmt: {
		uint32_t first, count = walk_push_children(walk, cursor, &first);
		bool leaves = count && walk_statement(walk, walk->stack.items[first + count - 1]);
		walk_pop(walk, first);
		return leaves;
	}
	default:
		if (clang.isStatement(clang.getCursorKind(cursor)) &&
		    !clang.isExpression(clang.getCursorKind(cursor))) {
			uint32_t first, count = walk_push_children(walk, cursor, &first);
			for (uint32_t i = 0; i < count; i++)
				walk_statement(walk, walk->stack.items[first + i]);
			walk_pop(walk, first);
			return false;
		}
		return is_noreturn_call(walk, walk_value(walk, cursor));
	}
}

uint32_t walk_statement_expression(struct walk *walk, CXCursor compound)
{
	struct block block = open_block(walk, NONE);
	uint32_t first, count = walk_push_children(walk, compound, &first);
	uint32_t value = NONE;
	block.end = first + count;
	for (block.at = first; block.at < block.end; block.at++) {
		CXCursor child = walk->stack.items[block.at];
		if (block.at + 1 == block.end && clang.isExpression(clang.getCursorKind(child)))
			value = walk_value(walk, child);
		else
			walk_block_statement(walk, &block, child);
		close_loop(walk, &block);
	}
	walk_pop(walk, first);
	close_case(walk, &block);
	close_guards(walk, block.outer, block.leaves);
	return value == NONE ? walk_add_value(walk, VALUE_UNKNOWN, 0, 0, 0, NONE) : value;
}

void walk_body(struct walk *walk, CXCursor definition, CXCursor statement)
{
	uint32_t index = walk_function(walk, definition);
	struct fact_function *function = &walk->facts.functions.items[index];
	function->first_call = walk->facts.calls.count;
	function->first_assignment = walk->facts.assignments.count;
	function->first_scope = walk->facts.scopes.count;
	function->first_local = walk->facts.locals.count;
	function->first_cast = walk->facts.casts.count;
	walk->body = (struct body){.function = index, .scope = NONE};
	int params = clang.Cursor_getNumArguments(definition);
	for (int i = 0; i < params; i++)
		*pointer_map_at(&walk->known.locals, clang.Cursor_getArgument(definition, (unsigned)i).data[0]) =
		    (uint32_t)i + 1;
	uint32_t scope = walk_open_scope(walk, SCOPE_BODY, NONE, true, statement);
	bool leaves = walk_block(walk, statement, NONE);
	walk_close_scope(walk, scope, leaves);
	function = &walk->facts.functions.items[index];
	function->call_count = walk->facts.calls.count - function->first_call;
	function->assignment_count = walk->facts.assignments.count - function->first_assignment;
	function->scope_count = walk->facts.scopes.count - function->first_scope;
	function->local_count = walk->facts.locals.count - function->first_local;
	function->cast_count = walk->facts.casts.count - function->first_cast;
	function->body_hash = (uint32_t)(walk->body.hash ^ walk->body.hash >> 32);
	walk->body = (struct body){.function = NONE, .scope = NONE};
}
