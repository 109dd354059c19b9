#include "walk.h"

#include "paths.h"
#include "walk_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a unit behind a parsed prefix or preamble only the unit's own declarations are visited. Preambles are kept in
   memory, where libclang can do so: in files they would outlive a process that is killed. */
static CXIndex new_index(void)
{
#if CINDEX_VERSION_MINOR >= 64
	CXIndexOptions options = {
	    .Size = sizeof(options), .ExcludeDeclarationsFromPCH = 1, .StorePreamblesInMemory = 1};
	CXIndex index = clang.createIndexWithOptions ? clang.createIndexWithOptions(&options) : NULL;
	if (index)
		return index;
#endif
	return clang.createIndex(1, 0);
}

struct walker *walker_new(const char *root)
{
	struct walker *walker = calloc(1, sizeof(*walker));
	if (!walker)
		arena_out_of_memory();
	walker->root = arena_strdup(&walker->arena, root);
	walker->index = new_index();
	return walker;
}

void walker_free(struct walker *walker)
{
	if (!walker)
		return;
	prefixes_release(walker);
	walk_live_release(walker);
	clang.disposeIndex(walker->index);
	known_files_release(&walker->files);
	arena_release(&walker->arena);
	free(walker);
}

const char *walk_libclang_version(struct arena *arena)
{
	const char *error;
	if (!libclang_load(arena, &error))
		return error;
	CXString version = clang.getClangVersion();
	const char *text = arena_strdup(arena, clang.getCString(version));
	clang.disposeString(version);
	return text;
}

static const struct source_file *file_of(struct walk *walk, CXCursor declaration)
{
	CXFile file;
	clang.getExpansionLocation(clang.getCursorLocation(declaration), &file, NULL, NULL, NULL);
	return walk_source(walk, file);
}

/* A header that is included, not one that is the unit itself. */
static bool is_included_header(const struct walk *walk, const struct source_file *source)
{
	return source->header && source != walk->sources.items;
}

struct find_body {
	CXCursor body;
};

static enum CXChildVisitResult find_body(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct find_body *found = data;
	if (clang.getCursorKind(cursor) != CXCursor_CompoundStmt)
		return CXChildVisit_Continue;
	found->body = cursor;
	return CXChildVisit_Break;
}

static void walk_function_definition(struct walk *walk, CXCursor cursor)
{
	uint32_t function = walk_function(walk, cursor);
	if (walk->facts.functions.items[function].scope_count)
		return;
	struct find_body found = {clang.getNullCursor()};
	clang.visitChildren(cursor, find_body, &found);
	if (!clang.Cursor_isNull(found.body))
		walk_body(walk, cursor, found.body);
}

static void walk_global(struct walk *walk, CXCursor cursor)
{
	uint32_t variable = walk_variable(walk, cursor);
	CXCursor initialiser = clang.Cursor_getVarDeclInitializer(cursor);
	if (clang.Cursor_isNull(initialiser))
		return;
	uint32_t *noted = pointer_map_at(&walk->known.noted, clang.getCanonicalCursor(cursor).data[0]);
	if (*noted)
		return;
	*noted = 1;
	uint32_t target =
	    walk_add_value(walk, VALUE_VARIABLE, variable, 0, 0, walk->facts.variables.items[variable].type);
	walk_initialise(walk, target, initialiser);
}

/* Notes what a header has to say of what was named, and what that names in turn. */
static void note_mentioned(struct walk *walk)
{
	while (walk->mentioned.count) {
		CXCursor declaration = walk->mentioned.items[--walk->mentioned.count];
		CXCursor definition = clang.getCursorDefinition(declaration);
		const struct source_file *source =
		    file_of(walk, clang.Cursor_isNull(definition) ? declaration : definition);
		if (!source || source->system || !is_included_header(walk, source))
			continue;
		switch (clang.getCursorKind(declaration)) {
		case CXCursor_FunctionDecl:
			if (!clang.Cursor_isNull(definition))
				walk_function_definition(walk, definition);
			break;
		case CXCursor_VarDecl:
			walk_global(walk, clang.Cursor_isNull(definition) ? declaration : definition);
			break;
		case CXCursor_TypedefDecl:
			walk_note_typedef(walk, declaration);
			break;
		default:
			walk_note_record(walk, definition);
			break;
		}
	}
}

/* What a header declares and defines, thousands of things in a unit, is noted where something names it: what nothing
   names, no compiler makes code of either. */
static enum CXChildVisitResult walk_declaration(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct walk *walk = data;
	const struct source_file *source = file_of(walk, cursor);
	if (!source || source->system || is_included_header(walk, source))
		return CXChildVisit_Continue;
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_FunctionDecl:
		if (clang.isCursorDefinition(cursor))
			walk_function_definition(walk, cursor);
		break;
	case CXCursor_VarDecl:
		walk_global(walk, cursor);
		break;
	case CXCursor_StructDecl:
	case CXCursor_UnionDecl:
	case CXCursor_EnumDecl:
		walk_note_record(walk, cursor);
		break;
	case CXCursor_TypedefDecl:
		walk_note_typedef(walk, cursor);
		break;
	default:
		break;
	}
	note_mentioned(walk);
	return CXChildVisit_Continue;
}

static void note_headers(struct walk *walk)
{
	for (uint32_t i = 0; i < walk->headers->list.count; i++) {
		struct fact_inclusion inclusion = walk->headers->list.items[i].inclusion;
		inclusion.path = intern(&walk->strings, walk->headers->list.items[i].path);
		table_add(&walk->facts.inclusions, inclusion);
	}
}

static void note_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	(void)stack;
	struct walk *walk = data;
	struct source_file *source = walk_source(walk, file);
	uint64_t hash = walk_read_file(walk, source)->hash;
	uint32_t flags = (source->system ? INCLUSION_SYSTEM : 0) | (depth == 0 ? INCLUSION_MAIN : 0);
	table_add(&walk->facts.inclusions, (struct fact_inclusion){.path = walk_source_path(walk, source),
								   .hash_low = (uint32_t)hash,
								   .hash_high = (uint32_t)(hash >> 32),
								   .flags = flags});
	if (depth == 0 && walk->headers)
		note_headers(walk);
}

void walk_note_inclusions(struct walk *walk)
{
	clang.getInclusions(walk->unit, note_inclusion, walk);
}

/* An inclusion while they are sorted. */
struct path_of_inclusion {
	const char *path;
	struct fact_inclusion inclusion;
};

/* The main file first, then by path: libclang's own order is that of the hash of its file entries. */
static int compare_inclusions(const void *left, const void *right)
{
	const struct path_of_inclusion *a = left, *b = right;
	bool a_is_main = a->inclusion.flags & INCLUSION_MAIN, b_is_main = b->inclusion.flags & INCLUSION_MAIN;
	return a_is_main != b_is_main ? b_is_main - a_is_main : strcmp(a->path, b->path);
}

static void sort_inclusions(struct walk *walk)
{
	struct arena scratch = {0};
	uint32_t count = walk->facts.inclusions.count;
	struct path_of_inclusion *sorted = arena_alloc(&scratch, count * sizeof(*sorted));
	for (uint32_t i = 0; i < count; i++) {
		sorted[i].inclusion = walk->facts.inclusions.items[i];
		sorted[i].path = intern_text(&walk->strings, sorted[i].inclusion.path);
	}
	qsort(sorted, count, sizeof(*sorted), compare_inclusions);
	for (uint32_t i = 0; i < count; i++)
		walk->facts.inclusions.items[i] = sorted[i].inclusion;
	arena_release(&scratch);
}

static void note_troubles(struct walk *walk, uint32_t main_file)
{
	unsigned count = clang.getNumDiagnostics(walk->unit);
	for (unsigned i = 0; i < count; i++) {
		CXDiagnostic diagnostic = clang.getDiagnostic(walk->unit, i);
		enum CXDiagnosticSeverity severity = clang.getDiagnosticSeverity(diagnostic);
		if (severity >= CXDiagnostic_Error) {
			CXString message = clang.getDiagnosticSpelling(diagnostic);
			const char *text = clang.getCString(message);
			struct fact_trouble fact = {.fatal = severity == CXDiagnostic_Fatal,
						    .message =
							walk_text_without_root(walk, text, strlen(text), SIZE_MAX)};
			clang.disposeString(message);
			CXFile file;
			clang.getExpansionLocation(clang.getDiagnosticLocation(diagnostic), &file, &fact.place.line,
						   &fact.place.column, NULL);
			struct source_file *source = walk_source(walk, file);
			fact.place.file = source ? walk_source_path(walk, source) : main_file;
			if (!source) /* it is about the file as a whole */
				fact.place.line = fact.place.column = 1;
			fact.place.end_line = fact.place.line;
			fact.place.end_column = fact.place.column;
			table_add(&walk->facts.troubles, fact);
		}
		clang.disposeDiagnostic(diagnostic);
	}
}

/* Moves the tables into the arena. */
static struct facts *finish(struct walk *walk, uint32_t main_file, struct arena *arena)
{
	uint32_t parser = walk_string(walk, clang.getClangVersion());
	struct facts *facts = arena_alloc(arena, sizeof(*facts));
	facts->main_file = main_file;
	facts->parser = parser;
	facts->string_count = walk->strings.count;
	facts->text_size = walk->strings.text_size;
	facts->string_offset =
	    arena_copy(arena, walk->strings.offset, walk->strings.count, sizeof(*walk->strings.offset));
	facts->text = arena_copy(arena, walk->strings.text, walk->strings.text_size, 1);
#define FACT_TABLE(type, name)                        \
	facts->name##_count = walk->facts.name.count; \
	facts->name = arena_copy(arena, walk->facts.name.items, walk->facts.name.count, sizeof(struct type));
	FACT_TABLES(FACT_TABLE)
#undef FACT_TABLE
	return facts;
}

void walk_release(struct walk *walk)
{
#define FACT_TABLE(type, name) table_release(&walk->facts.name);
	FACT_TABLES(FACT_TABLE)
#undef FACT_TABLE
	pointer_map_release(&walk->known.attributes);
	table_release(&walk->sources);
	table_release(&walk->nesting);
	table_release(&walk->stack);
	table_release(&walk->mentioned);
	pointer_map_release(&walk->known.types);
	pointer_map_release(&walk->known.functions);
	pointer_map_release(&walk->known.variables);
	pointer_map_release(&walk->known.locals);
	pointer_map_release(&walk->known.records);
	pointer_map_release(&walk->known.noted);
	pointer_map_release(&walk->known.files);
	pointer_map_release(&walk->known.field_owners);
	intern_release(&walk->strings);
	if (walk->unit)
		clang.disposeTranslationUnit(walk->unit);
}

const char *walk_failure(const struct walker *walker, const struct command *command, enum CXErrorCode code,
			 struct arena *arena)
{
	const char *what = code == CXError_Crashed            ? "the parser crashed"
			   : code == CXError_InvalidArguments ? "the parser refused the arguments"
							      : "the parser gave up";
	return arena_printf(arena, "%s: %s", path_in_root(command->file, walker->root), what);
}

/* A pipe would be read for ever, and a directory give no reason. */
const char *walk_obstacle(const struct walker *walker, const struct command *command, struct arena *arena)
{
	const char *shown = path_in_root(command->file, walker->root);
	struct stat status;
	if (chdir(command->directory) != 0)
		return arena_printf(arena, "%s: cannot enter '%s': %s", shown, command->directory, strerror(errno));
	if (stat(command->file, &status) != 0 || access(command->file, R_OK) != 0)
		return arena_printf(arena, "cannot open '%s': %s", shown, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return arena_printf(arena, "cannot read '%s': not a regular file", shown);
	return NULL;
}

struct walk walk_begin(struct walker *walker, const struct command *command)
{
	struct walk walk = {.files = &walker->files,
			    .directory = command->directory,
			    .root = walker->root,
			    .root_length = strlen(walker->root),
			    .body = {.function = NONE, .scope = NONE}};
	intern_init(&walk.strings);
	return walk;
}

/* clang splits the argument that lets __FILE__ name the project's files relative to its root at the first '='. */
struct arguments walk_arguments(const struct walker *walker, const struct command *command, struct arena *arena)
{
	struct arguments arguments = {.list = arena_alloc(arena, (command->argument_count + 3) * sizeof(char *))};
	if (!strchr(walker->root, '='))
		arguments.list[arguments.count++] = arena_printf(arena, "-fmacro-prefix-map=%s/=", walker->root);
	for (uint32_t i = 0; i < command->argument_count; i++)
		arguments.list[arguments.count++] = command->arguments[i];
	return arguments;
}

static enum CXErrorCode parse(struct walker *walker, const struct command *command, struct walk *walk,
			      struct arena *arena)
{
	struct arguments arguments = walk_arguments(walker, command, arena);
	return clang.parseTranslationUnit2(walker->index, command->file, arguments.list, (int)arguments.count, NULL, 0,
					   CXTranslationUnit_KeepGoing, &walk->unit);
}

struct facts *walk_note_facts(struct walk *walk, const struct command *command, struct arena *arena)
{
	struct source_file *main_file = walk_source(walk, clang.getFile(walk->unit, command->file));
	uint32_t main_path = main_file ? walk_source_path(walk, main_file) : intern(&walk->strings, command->file);
	clang.visitChildren(clang.getTranslationUnitCursor(walk->unit), walk_declaration, walk);
	walk_note_inclusions(walk);
	sort_inclusions(walk);
	for (uint32_t i = 0; i < walk->facts.inclusions.count; i++)
		for (uint32_t j = 0; j < walk->sources.count; j++)
			if (walk->sources.items[j].path == walk->facts.inclusions.items[i].path &&
			    !walk->sources.items[j].system)
				walk_suppressions(walk, &walk->sources.items[j]);
	note_troubles(walk, main_path);
	return finish(walk, main_path, arena);
}

struct walk_times walker_times(const struct walker *walker)
{
	return walker->times;
}

struct facts *walk_unit(struct walker *walker, const struct command *command, const struct prefix *prefix,
			struct arena *arena, const char **error)
{
	const char *reason = walk_obstacle(walker, command, arena);
	walker->times = (struct walk_times){0};
	if (reason) {
		*error = reason;
		return NULL;
	}
	struct stats_time begin = stats_now();
	struct walk walk = walk_begin(walker, command);
	enum CXErrorCode code = CXError_Success;
	if (!prefix || !walk_parse_behind(walker, command, prefix, &walk, arena))
		code = parse(walker, command, &walk, arena);
	struct stats_time parsed = stats_now();
	walker->times = (struct walk_times){.parse = stats_between(begin, parsed)};
	struct facts *facts = NULL;
	if (code == CXError_Success)
		facts = walk_note_facts(&walk, command, arena);
	else
		*error = walk_failure(walker, command, code, arena);
	walk_release(&walk);
	walker->times.walk = stats_between(parsed, stats_now());
	return facts;
}
