#include "walk_internal.h"

#include "arena.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct pointer_slot *pointer_slot(const struct pointer_map *map, const void *key)
{
	uint32_t mask = map->capacity - 1;
	uint64_t hash = (uint64_t)(uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15);
	for (uint32_t i = (uint32_t)(hash >> 32) & mask;; i = (i + 1) & mask)
		if (!map->slots[i].key || map->slots[i].key == key)
			return &map->slots[i];
}

uint32_t *pointer_map_at(struct pointer_map *map, const void *key)
{
	if (map->count * 2 >= map->capacity) {
		struct pointer_map bigger = {.count = map->count, .capacity = map->capacity ? map->capacity * 2 : 256};
		bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
		if (!bigger.slots)
			arena_out_of_memory();
		for (uint32_t i = 0; i < map->capacity; i++)
			if (map->slots[i].key)
				*pointer_slot(&bigger, map->slots[i].key) = map->slots[i];
		free(map->slots);
		*map = bigger;
	}
	struct pointer_slot *slot = pointer_slot(map, key);
	if (!slot->key) {
		slot->key = key;
		map->count++;
	}
	return &slot->value;
}

void pointer_map_release(struct pointer_map *map)
{
	free(map->slots);
	*map = (struct pointer_map){0};
}

uint32_t walk_string(struct walk *walk, CXString string)
{
	const char *text = clang.getCString(string);
	uint32_t id = intern(&walk->strings, text ? text : "");
	clang.disposeString(string);
	return id;
}

/* Appends `text` to the buffer with each mention of the root cut out: "ROOT/a.c" becomes "a.c", and "ROOT" itself ".".
 */
static size_t copy_without_root(const struct walk *walk, const char *text, size_t length, char *copy)
{
	const char *end = text + length;
	char *to = copy;
	for (const char *found; (found = memmem(text, (size_t)(end - text), walk->root, walk->root_length)) != NULL;) {
		const char *behind = found + walk->root_length;
		to = mempcpy(to, text, (size_t)(found - text));
		if (behind < end && *behind == '/')
			behind++;
		else if (behind < end && (isalnum((unsigned char)*behind) || strchr("._-", *behind))) /* another one */
			to = mempcpy(to, found, walk->root_length);
		else
			*to++ = '.';
		text = behind;
	}
	to = mempcpy(to, text, (size_t)(end - text));
	return (size_t)(to - copy);
}

uint32_t walk_text_without_root(struct walk *walk, const char *text, size_t length, size_t limit)
{
	if (!memmem(text, length, walk->root, walk->root_length))
		return intern_n(&walk->strings, text, length < limit ? length : limit);
	struct arena scratch = {0};
	char *copy = arena_alloc(&scratch, length);
	size_t copied = copy_without_root(walk, text, length, copy);
	uint32_t id = intern_n(&walk->strings, copy, copied < limit ? copied : limit);
	arena_release(&scratch);
	return id;
}

/* Bit 31 of a location's raw encoding is set inside macro expansions (libclang 14-22; there is no function that says
 * so). */
static bool in_macro(CXSourceLocation location)
{
	return location.int_data >> 31;
}

/* Length of the identifier at `offset`, 0 if there is none. */
static size_t identifier_at(const struct walk *walk, struct source_file *source, unsigned offset)
{
	size_t length = 0;
	walk_text(walk, source);
	while (source->text && offset + length < source->size &&
	       (isalnum((unsigned char)source->text[offset + length]) || source->text[offset + length] == '_'))
		length++;
	return length;
}

struct place walk_place(struct walk *walk, CXSourceRange range)
{
	struct place place = {0};
	CXFile file, end_file;
	unsigned offset;
	CXSourceLocation end = clang.getRangeEnd(range);
	clang.getExpansionLocation(clang.getRangeStart(range), &file, &place.line, &place.column, &offset);
	clang.getExpansionLocation(end, &end_file, &place.end_line, &place.end_column, &offset);
	struct source_file *source = walk_source(walk, file);
	if (!source)
		return (struct place){0};
	place.file = walk_source_path(walk, source);
	if (file != end_file) {
		place.end_line = place.line;
		place.end_column = place.column + 1;
	} else if (in_macro(end)) {
		/* An expansion ends where it starts: show the macro's name. */
		place.end_column += (uint32_t)identifier_at(walk, source, offset);
	}
	return place;
}

/* Returns the file that the declaration is in, or NULL, and sets *place to where its name is. */
static struct source_file *locate(struct walk *walk, CXCursor declaration, struct place *place)
{
	CXFile file;
	unsigned offset;
	clang.getExpansionLocation(clang.getCursorLocation(declaration), &file, &place->line, &place->column, &offset);
	struct source_file *source = walk_source(walk, file);
	if (!source) {
		*place = (struct place){0};
		return NULL;
	}
	place->file = walk_source_path(walk, source);
	place->end_line = place->line;
	place->end_column = place->column + (uint32_t)identifier_at(walk, source, offset);
	return source;
}

struct place walk_name_place(struct walk *walk, CXCursor declaration)
{
	struct place place;
	locate(walk, declaration, &place);
	return place;
}

/* String: the identifier that the expansion around `location` starts with. */
static uint32_t expansion_name(struct walk *walk, CXSourceLocation location, bool object_like)
{
	if (!in_macro(location))
		return 0;
	CXFile file;
	unsigned offset;
	clang.getExpansionLocation(location, &file, NULL, NULL, &offset);
	struct source_file *source = walk_source(walk, file);
	if (!source)
		return 0;
	size_t length = identifier_at(walk, source, offset);
	if (object_like && offset + length < source->size && source->text[offset + length] == '(')
		return 0;
	return length ? intern_n(&walk->strings, source->text + offset, length) : 0;
}

uint32_t walk_macro(struct walk *walk, CXSourceLocation start)
{
	return expansion_name(walk, start, false);
}

uint32_t walk_constant_name(struct walk *walk, CXCursor cursor)
{
	return expansion_name(walk, clang.getCursorLocation(cursor), true);
}

enum CXBinaryOperatorKind walk_binary_kind(CXCursor cursor)
{
	return clang.getCursorBinaryOperatorKind ? clang.getCursorBinaryOperatorKind(cursor) : CXBinaryOperator_Invalid;
}

enum CXUnaryOperatorKind walk_unary_kind(CXCursor cursor)
{
	return clang.getCursorUnaryOperatorKind ? clang.getCursorUnaryOperatorKind(cursor) : CXUnaryOperator_Invalid;
}

static const char *without_tag(const char *name)
{
	static const char *const words[] = {"const ", "volatile ", "struct ", "union ", "enum "};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncmp(name, words[i], strlen(words[i])) == 0)
			return without_tag(name + strlen(words[i]));
	return name;
}

/* "name", or "name@path" where nobody outside `declaration`'s main file can mean the same. */
static uint32_t local_identity(struct walk *walk, uint32_t name, CXCursor declaration)
{
	struct place place = walk_name_place(walk, declaration);
	return intern_printf(&walk->strings, "%s@%s", intern_text(&walk->strings, name),
			     intern_text(&walk->strings, place.file));
}

uint32_t walk_record(struct walk *walk, CXCursor declaration)
{
	CXCursor first = clang.getCanonicalCursor(declaration);
	uint32_t *known = pointer_map_at(&walk->known.records, first.data[0]);
	if (*known)
		return *known - 1;
	CXType type = clang.getCanonicalType(clang.getCursorType(declaration));
	CXString spelling = clang.getTypeSpelling(type);
	const char *name = without_tag(clang.getCString(spelling));
	uint32_t identity;
	if (strchr(name, '(')) { /* "(unnamed at path:line:column)": name it by what it is in */
		CXCursor parent = clang.getCursorSemanticParent(declaration);
		enum CXCursorKind kind = clang.getCursorKind(parent);
		if (kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl) {
			identity = walk_record(walk, parent);
			declaration = parent; /* whose fields its own are noted with */
		} else {
			struct place place = walk_name_place(walk, declaration);
			identity =
			    local_identity(walk, intern_printf(&walk->strings, "unnamed:%u", place.line), declaration);
		}
	} else {
		identity = intern(&walk->strings, name);
		CXFile file;
		clang.getExpansionLocation(clang.getCursorLocation(first), &file, NULL, NULL, NULL);
		struct source_file *source = walk_source(walk, file);
		if (source && !source->header && !source->system)
			identity = local_identity(walk, identity, first);
	}
	clang.disposeString(spelling);
	*pointer_map_at(&walk->known.records, first.data[0]) = identity + 1;
	table_add(&walk->mentioned, declaration);
	return identity;
}

static bool is_function_type(CXType type)
{
	return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

static CXType inner_type(CXType type)
{
	switch (type.kind) {
	case CXType_Pointer:
	case CXType_BlockPointer:
		return clang.getPointeeType(type);
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
	case CXType_DependentSizedArray:
		return clang.getArrayElementType(type);
	default:
		return (CXType){.kind = CXType_Invalid};
	}
}

/* The typedef that is named when pointers and arrays are taken off the type as written. */
static uint32_t alias_of(struct walk *walk, CXType type)
{
	for (;;) {
		if (type.kind == CXType_Elaborated) {
			type = clang.Type_getNamedType(type);
		} else if (type.kind == CXType_Typedef) {
			table_add(&walk->mentioned, clang.getTypeDeclaration(type));
			return walk_string(walk, clang.getTypedefName(type));
		} else {
			CXType inner = inner_type(type);
			if (inner.kind == CXType_Invalid)
				return 0;
			type = inner;
		}
	}
}

static uint32_t scalar_flags(CXType type)
{
	switch (type.kind) {
	case CXType_Void:
		return TYPE_VOID;
	case CXType_Bool:
		return TYPE_BOOL;
	case CXType_Enum:
		return TYPE_ENUM;
	case CXType_Record:
		return TYPE_RECORD;
	default:
		return type.kind >= CXType_Char_U && type.kind <= CXType_Int128 ? TYPE_INTEGER : 0;
	}
}

/* The ')' behind "path:line:column", or NULL. The root's own name may look like that. */
static const char *end_of_place(const struct walk *walk, const char *place)
{
	if (strncmp(place, walk->root, walk->root_length) == 0)
		place += walk->root_length;
	const char *end = strchr(place, ')');
	while (end && !isdigit((unsigned char)end[-1]))
		end = strchr(end + 1, ')');
	return end;
}

/* "struct (unnamed struct at /where/it/was/file.h:76:5)" without the place: facts must not depend on where the sources
 * are. */
static uint32_t type_spelling(struct walk *walk, CXType type)
{
	static const char mark[] = " at ";
	CXString spelling = clang.getTypeSpelling(type);
	const char *text = clang.getCString(spelling);
	const char *place = strchr(text, '(') ? strstr(text, mark) : NULL;
	if (!place)
		return walk_string(walk, spelling);
	struct arena scratch = {0};
	char *bare = arena_alloc(&scratch, strlen(text)), *to = bare;
	for (const char *end; place && (end = end_of_place(walk, place + strlen(mark))) != NULL;
	     place = strstr(text, mark)) {
		to = mempcpy(to, text, (size_t)(place - text));
		text = end;
	}
	to = mempcpy(to, text, strlen(text));
	uint32_t id = intern_n(&walk->strings, bare, (size_t)(to - bare));
	arena_release(&scratch);
	clang.disposeString(spelling);
	return id;
}

uint32_t walk_type(struct walk *walk, CXType type)
{
	if (type.kind == CXType_Invalid || !type.data[0])
		return NONE;
	uint32_t *known = pointer_map_at(&walk->known.types, type.data[0]);
	if (*known)
		return *known - 1;
	struct fact_type fact = {.spelling = type_spelling(walk, type), .alias = alias_of(walk, type)};
	CXType bare = clang.getCanonicalType(type);
	bool is_const = clang.isConstQualifiedType(bare);
	if (is_function_type(bare))
		fact.flags |= TYPE_POINTER | TYPE_FUNCTION_POINTER;
	for (CXType inner = inner_type(bare); inner.kind != CXType_Invalid; inner = inner_type(bare)) {
		if (fact.pointers++ == 0)
			fact.flags |=
			    bare.kind == CXType_Pointer || bare.kind == CXType_BlockPointer ? TYPE_POINTER : TYPE_ARRAY;
		bare = clang.getCanonicalType(inner);
		if (is_function_type(bare))
			fact.flags |= TYPE_FUNCTION_POINTER;
		is_const = clang.isConstQualifiedType(bare);
	}
	uint32_t scalar = scalar_flags(bare);
	if (!fact.pointers || scalar == TYPE_VOID)
		fact.flags |= scalar;
	if (is_const)
		fact.flags |= TYPE_CONST;
	if (bare.kind == CXType_Record || bare.kind == CXType_Enum)
		fact.record = walk_record(walk, clang.getTypeDeclaration(bare));
	table_add(&walk->facts.types, fact);
	*pointer_map_at(&walk->known.types, type.data[0]) = walk->facts.types.count;
	return walk->facts.types.count - 1;
}

uint32_t walk_field_owner(struct walk *walk, CXCursor field)
{
	uint32_t *known = pointer_map_at(&walk->known.field_owners, field.data[0]);
	if (*known)
		return *known - 1;
	uint32_t owner = walk_record(walk, clang.getCursorSemanticParent(field));
	*pointer_map_at(&walk->known.field_owners, field.data[0]) = owner + 1;
	return owner;
}

struct record_visit {
	struct walk *walk;
	uint32_t flags; /* of the fields: FIELD_IN_UNION inside a union */
};

static void add_field(struct walk *walk, CXCursor cursor, uint32_t flags)
{
	if (clang.Cursor_isBitField(cursor))
		flags |= FIELD_BITS;
	table_add(&walk->facts.fields, (struct fact_field){.name = walk_string(walk, clang.getCursorSpelling(cursor)),
							   .type = walk_type(walk, clang.getCursorType(cursor)),
							   .flags = flags,
							   .place = walk_name_place(walk, cursor)});
	if (clang.Cursor_hasAttrs(cursor))
		walk_annotations(walk, cursor, NONE, walk->facts.fields.count - 1, NONE);
}

static enum CXChildVisitResult note_enumerator(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (clang.getCursorKind(cursor) == CXCursor_EnumConstantDecl)
		add_field(data, cursor, 0);
	return CXChildVisit_Continue;
}

/* Fields are visited by type: the children of a record from a precompiled header have another order. */
static enum CXVisitorResult note_field(CXCursor cursor, CXClientData data)
{
	struct record_visit *visit = data;
	CXType type = clang.getCursorType(cursor);
	for (CXType inner = inner_type(type); inner.kind != CXType_Invalid; inner = inner_type(type))
		type = inner;
	CXCursor record = clang.getTypeDeclaration(type);
	if (clang.Cursor_isAnonymous(record) && clang.getCursorKind(record) != CXCursor_EnumDecl) {
		struct record_visit inner = *visit;
		if (clang.getCursorKind(record) == CXCursor_UnionDecl)
			inner.flags |= FIELD_IN_UNION;
		clang.Type_visitFields(type, note_field, &inner);
	}
	if (!clang.Cursor_isAnonymousRecordDecl(record))
		add_field(visit->walk, cursor, visit->flags);
	return CXVisit_Continue;
}

static enum CXChildVisitResult note_inner_record(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	enum CXCursorKind kind = clang.getCursorKind(cursor);
	if ((kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl) && !clang.Cursor_isAnonymous(cursor))
		walk_note_record(data, cursor);
	return CXChildVisit_Continue;
}

void walk_note_record(struct walk *walk, CXCursor definition)
{
	if (!clang.isCursorDefinition(definition))
		return;
	uint32_t *known = pointer_map_at(&walk->known.noted, definition.data[0]);
	if (*known)
		return;
	*known = 1;
	enum CXCursorKind kind = clang.getCursorKind(definition);
	clang.visitChildren(definition, note_inner_record, walk);
	struct fact_record record = {.identity = walk_record(walk, definition),
				     .first_field = walk->facts.fields.count,
				     .flags = (kind == CXCursor_UnionDecl ? RECORD_UNION : 0) |
					      (kind == CXCursor_EnumDecl ? RECORD_ENUM : 0),
				     .place = walk_name_place(walk, definition)};
	const char *identity = intern_text(&walk->strings, record.identity);
	record.name = intern_n(&walk->strings, identity, strcspn(identity, "@"));
	struct record_visit visit = {walk, kind == CXCursor_UnionDecl ? FIELD_IN_UNION : 0};
	if (kind == CXCursor_EnumDecl)
		clang.visitChildren(definition, note_enumerator, walk);
	else
		clang.Type_visitFields(clang.getCursorType(definition), note_field, &visit);
	record.field_count = walk->facts.fields.count - record.first_field;
	table_add(&walk->facts.records, record);
}

void walk_note_typedef(struct walk *walk, CXCursor declaration)
{
	uint32_t *known = pointer_map_at(&walk->known.noted, clang.getCanonicalCursor(declaration).data[0]);
	if (*known)
		return;
	*known = 1;
	table_add(&walk->facts.typedefs,
		  (struct fact_typedef){.name = walk_string(walk, clang.getCursorSpelling(declaration)),
					.type = walk_type(walk, clang.getTypedefDeclUnderlyingType(declaration)),
					.place = walk_name_place(walk, declaration)});
}

struct annotation_visit {
	struct walk *walk;
	struct fact_annotation fact;
};

static enum CXChildVisitResult note_annotation(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct annotation_visit *visit = data;
	if (clang.getCursorKind(cursor) == CXCursor_AnnotateAttr) {
		visit->fact.text = walk_string(visit->walk, clang.getCursorSpelling(cursor));
		table_add(&visit->walk->facts.annotations, visit->fact);
	}
	return CXChildVisit_Continue;
}

void walk_annotations(struct walk *walk, CXCursor declaration, uint32_t function, uint32_t field, uint32_t param)
{
	struct annotation_visit visit = {walk, {.function = function, .field = field, .param = param}};
	clang.visitChildren(declaration, note_annotation, &visit);
}

/* Attributes that stand in the spelling of a function's type. */
enum type_attribute {
	ATTRIBUTE_NORETURN = 1u << 0,
	ATTRIBUTE_NONBLOCKING = 1u << 1, /* clang 20 */
	ATTRIBUTE_BLOCKING = 1u << 2,
};

static uint32_t type_attributes(struct walk *walk, CXType type)
{
	uint32_t *known = pointer_map_at(&walk->known.attributes, type.data[0]);
	if (!*known) {
		CXString spelling = clang.getTypeSpelling(type);
		const char *text = clang.getCString(spelling);
		*known = ((strstr(text, "noreturn") ? ATTRIBUTE_NORETURN : 0) |
			  (strstr(text, "nonblocking") ? ATTRIBUTE_NONBLOCKING : 0) |
			  (strstr(text, "((blocking") ? ATTRIBUTE_BLOCKING : 0)) +
			 1;
		clang.disposeString(spelling);
	}
	return *known - 1;
}

static void note_effect(struct walk *walk, uint32_t function, const char *annotation)
{
	table_add(&walk->facts.annotations,
		  (struct fact_annotation){
		      .function = function, .field = NONE, .param = NONE, .text = intern(&walk->strings, annotation)});
}

static void note_type_attributes(struct walk *walk, CXType type, uint32_t function)
{
	uint32_t attributes = type_attributes(walk, type);
	if (attributes & ATTRIBUTE_NORETURN)
		walk->facts.functions.items[function].flags |= FUNCTION_NORETURN;
	if (attributes & ATTRIBUTE_NONBLOCKING)
		note_effect(walk, function, "asynclint:nonblocking");
	if (attributes & ATTRIBUTE_BLOCKING)
		note_effect(walk, function, "asynclint:blocks");
}

static void note_params(struct walk *walk, CXCursor declaration, struct fact_function *function)
{
	int count = clang.Cursor_getNumArguments(declaration);
	function->first_param = walk->facts.params.count;
	function->param_count = 0;
	for (int i = 0; i < count; i++) {
		CXCursor param = clang.Cursor_getArgument(declaration, (unsigned)i);
		struct fact_param fact = {.name = walk_string(walk, clang.getCursorSpelling(param)),
					  .type = walk_type(walk, clang.getCursorType(param))};
		table_add(&walk->facts.params, fact);
		function->param_count++;
	}
}

uint32_t walk_function(struct walk *walk, CXCursor declaration)
{
	CXCursor first = clang.getCanonicalCursor(declaration);
	uint32_t *known = pointer_map_at(&walk->known.functions, first.data[0]);
	uint32_t index = *known - 1;
	if (*known &&
	    (walk->facts.functions.items[index].flags & FUNCTION_DEFINED || !clang.isCursorDefinition(declaration)))
		return index;
	struct place place;
	const struct source_file *source = locate(walk, declaration, &place);
	bool in_header = source && source->header;
	/* Bodies of system headers are not walked. */
	bool is_definition = source && !source->system && clang.isCursorDefinition(declaration);
	if (*known && !is_definition)
		return index;
	if (!*known) {
		table_add(&walk->mentioned, declaration);
		index = walk->facts.functions.count;
		*known = index + 1;
		table_add(&walk->facts.functions, (struct fact_function){0});
	}
	CXType type = clang.getCursorType(declaration);
	struct fact_function fact = {.name = walk_string(walk, clang.getCursorSpelling(declaration)), .place = place};
	struct place first_place;
	if (!clang.equalCursors(first, declaration))
		source = locate(walk, first, &first_place);
	if (!source || source->system)
		fact.flags |= FUNCTION_SYSTEM;
	else if (source->header)
		fact.flags |= FUNCTION_IN_HEADER;
	fact.return_type = walk_type(walk, clang.getResultType(type));
	if (clang.Cursor_getStorageClass(declaration) == CX_SC_Static ||
	    clang.Cursor_getStorageClass(first) == CX_SC_Static)
		fact.flags |= FUNCTION_STATIC;
	if (clang.Cursor_isFunctionInlined(declaration))
		fact.flags |= FUNCTION_INLINE;
	if (clang.Cursor_isVariadic(declaration))
		fact.flags |= FUNCTION_VARIADIC;
	if (is_definition) {
		fact.flags |= FUNCTION_DEFINED | (in_header ? FUNCTION_BODY_IN_HEADER : 0);
		fact.end_line = walk_place(walk, clang.getCursorExtent(declaration)).end_line;
	}
	fact.identity = fact.flags & FUNCTION_STATIC ? local_identity(walk, fact.name, declaration) : fact.name;
	note_params(walk, declaration, &fact);
	walk->facts.functions.items[index] = fact;
	if (!(fact.flags & FUNCTION_SYSTEM) && clang.Cursor_hasAttrs(declaration))
		walk_annotations(walk, declaration, index, NONE, NONE);
	note_type_attributes(walk, type, index);
	return index;
}

uint32_t walk_variable(struct walk *walk, CXCursor declaration)
{
	CXCursor first = clang.getCanonicalCursor(declaration);
	uint32_t *known = pointer_map_at(&walk->known.variables, first.data[0]);
	bool is_definition = clang.isCursorDefinition(declaration);
	if (*known) {
		uint32_t index = *known - 1;
		if (is_definition && !(walk->facts.variables.items[index].flags & VARIABLE_DEFINED)) {
			walk->facts.variables.items[index].flags |= VARIABLE_DEFINED;
			walk->facts.variables.items[index].place = walk_name_place(walk, declaration);
		}
		return index;
	}
	uint32_t index = walk->facts.variables.count;
	*known = index + 1;
	table_add(&walk->facts.variables, (struct fact_variable){0});
	struct fact_variable fact = {.name = walk_string(walk, clang.getCursorSpelling(declaration)),
				     .type = walk_type(walk, clang.getCursorType(declaration)),
				     .flags = is_definition ? VARIABLE_DEFINED : 0,
				     .place = walk_name_place(walk, declaration)};
	fact.identity = fact.name;
	struct place first_place = walk_name_place(walk, first);
	for (uint32_t i = 0; i < walk->sources.count; i++)
		if (first_place.file && walk->sources.items[i].path == first_place.file &&
		    walk->sources.items[i].system)
			fact.flags |= VARIABLE_SYSTEM;
	if (clang.getCursorTLSKind(declaration) != CXTLS_None)
		fact.flags |= VARIABLE_THREAD_LOCAL;
	enum CXLinkageKind linkage = clang.getCursorLinkage(declaration);
	if (linkage == CXLinkage_NoLinkage) {
		fact.flags |= VARIABLE_IN_FUNCTION;
		CXCursor parent = clang.getCursorSemanticParent(declaration);
		CXString name = clang.getCursorSpelling(parent);
		fact.identity = intern_printf(&walk->strings, "%s.%s", clang.getCString(name),
					      intern_text(&walk->strings, fact.name));
		clang.disposeString(name);
	} else {
		table_add(&walk->mentioned, declaration);
	}
	if (linkage == CXLinkage_NoLinkage || linkage == CXLinkage_Internal) {
		fact.flags |= VARIABLE_STATIC;
		fact.identity = local_identity(walk, fact.identity, declaration);
	}
	walk->facts.variables.items[index] = fact;
	return index;
}
