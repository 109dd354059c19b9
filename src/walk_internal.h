/*
 * What the parts of the walker share. Only src/walk*.c include this.
 *
 *   walk.c             one unit: parse, top-level declarations, inclusions, comments, diagnostics
 *   walk_prefix.c      parse of a unit whose first #include lines are parsed already
 *   walk_live.c        a unit that is being edited
 *   walk_files.c       source files: their paths, texts and hashes
 *   walk_names.c       what declarations, types and operators are called: places, types, records, functions, variables
 *   walk_statement.c   bodies: scopes and declarations
 *   walk_expression.c  expressions: values, calls, assignments, casts
 */
#ifndef ASYNCLINT_WALK_INTERNAL_H
#define ASYNCLINT_WALK_INTERNAL_H

#include "arena.h"
#include "facts.h"
#include "intern.h"
#include "libclang_functions.h"
#include "prefix.h"
#include "table.h"
#include "walk.h"

/* Clang's own addresses of declarations and types → index + 1. */
struct pointer_map {
	struct pointer_slot {
		const void *key;
		uint32_t value;
	} * slots;
	uint32_t count, capacity;
};

/* Returns where the value of `key` is kept: 0 for a new key. Good until the next call. */
uint32_t *pointer_map_at(struct pointer_map *map, const void *key);
void pointer_map_release(struct pointer_map *map);

/* What is known of files from one unit to the next. To ask libclang for a file's text, or the system for its resolved
   path, in each of hundreds of units costs more than to walk the functions in it. Zero-initialise. */
struct known_files {
	struct arena arena;
	struct intern names;           /* as libclang says them, made absolute */
	TABLE(struct known_file) list; /* by name */
};

struct known_file {
	const char *path;  /* resolved, if it can be */
	CXFileUniqueID id; /* of the file that hash and suppressions are of: another one if it has changed */
	bool read;         /* all below are set */
	uint64_t size;     /* of the text, in bytes */
	uint64_t hash;     /* XXH3 of the text */
	bool suppressions; /* there may be some in it */
	bool positional;   /* it may ask the preprocessor where in the unit it is (walk_prefix.c) */
};

/* A file in one unit. */
struct source_file {
	CXFile file;
	uint32_t path;  /* string; 0 until walk_source_path() is called */
	uint32_t known; /* in known_files.list */
	bool system, header;
	bool has_text;
	const char *text; /* walk_text() */
	size_t size;
};

/* What a prefix included, in order. */
struct prefix_headers {
	TABLE(struct prefix_header {
		const char *path; /* as facts have it */
		struct fact_inclusion inclusion;
	})
	list;
};

/* State of the function being walked. */
struct body {
	uint32_t function;
	uint32_t scope; /* innermost open scope */
	uint32_t order; /* next */
	uint64_t hash;
};

struct walk {
	CXTranslationUnit unit;
	const struct prefix_headers *headers; /* of the prefix it was parsed behind; else NULL */
	const char *main_text;                /* then of the main file: the parser was given another of the same size */
	struct known_files *files;
	const char *directory; /* where relative names of files start */
	const char *root;
	size_t root_length;
	struct intern strings;
	/* What is noted already: index + 1 (records: string of the identity + 1). */
	struct {
		struct pointer_map types, functions, variables, locals /* and parameters */, records, noted, files,
		    field_owners;
		struct pointer_map attributes; /* of types: flags of walk_names.c, + 1 */
	} known;
	TABLE(struct source_file) sources; /* the first is the main file */
	struct body body;
	TABLE(uint16_t) nesting; /* of each value: how deep it is */
	TABLE(CXCursor) stack;   /* children of the cursors being visited */
	/* Functions, records and typedefs that something noted names: a header's are noted for that alone. */
	TABLE(CXCursor) mentioned;
	uint32_t depth;
	struct {
#define FACT_TABLE(type, name) TABLE(struct type) name;
		FACT_TABLES(FACT_TABLE)
#undef FACT_TABLE
	} facts;
};

/* What a suppression comment begins with. */
#define SUPPRESSION_MARK "asynclint:"

/* walk_suppressions.c: notes the suppression comments of the file. */
void walk_suppressions(struct walk *walk, struct source_file *source);

/* Below this nesting an expression is noted as unknown: only generated code gets there. */
enum { WALK_DEPTH_LIMIT = 20000 };

/* walk.c */
struct walker {
	CXIndex index;
	struct arena arena;
	const char *root;
	struct known_files files;
	TABLE(struct parsed_prefix *) prefixes; /* walk_prefix.c */
	CXTranslationUnit live;                 /* walk_live.c */
	struct walk_times times;
};

/* What a parse is called with; there is room for two more. */
struct arguments {
	const char **list;
	uint32_t count;
};

struct walk walk_begin(struct walker *walker, const struct command *command);
struct arguments walk_arguments(const struct walker *walker, const struct command *command, struct arena *arena);
void walk_release(struct walk *walk); /* and disposes the unit */

/* Why the command cannot be followed (arena), or NULL; enters its directory. */
const char *walk_obstacle(const struct walker *walker, const struct command *command, struct arena *arena);

/* The facts of the parsed unit. */
struct facts *walk_note_facts(struct walk *walk, const struct command *command, struct arena *arena);

/* What libclang's refusal means (arena). */
const char *walk_failure(const struct walker *walker, const struct command *command, enum CXErrorCode code,
			 struct arena *arena);

/* In libclang's order: the main file, the headers of the prefix, the others. */
void walk_note_inclusions(struct walk *walk);

/* walk_prefix.c */

/* Parses the unit behind the prefix, which is parsed unless that is done already. False where that is not to be had or
   anything was odd: the unit is to be parsed as it stands. */
bool walk_parse_behind(struct walker *walker, const struct command *command, const struct prefix *prefix,
		       struct walk *walk, struct arena *arena);
void prefixes_release(struct walker *walker);

/* walk_live.c */
void walk_live_release(struct walker *walker);

/* walk_files.c */
uint32_t walk_source_path(struct walk *walk, struct source_file *source); /* string */
struct source_file *walk_source(struct walk *walk, CXFile file); /* NULL for no file; good until the next one is met */
void walk_text(const struct walk *walk, struct source_file *source); /* sets text (NULL if there is none) and size */
const struct known_file *walk_read_file(struct walk *walk, struct source_file *source); /* with the hash of the text */
void known_files_release(struct known_files *files);

/* walk_names.c */
uint32_t walk_string(struct walk *walk, CXString string); /* disposes it */
/* String: at most `limit` bytes of the text, which may name files of the project. Facts do not say where it is. */
uint32_t walk_text_without_root(struct walk *walk, const char *text, size_t length, size_t limit);
struct place walk_place(struct walk *walk, CXSourceRange range);
struct place walk_name_place(struct walk *walk, CXCursor declaration); /* of the declared name */
uint32_t walk_macro(struct walk *walk, CXSourceLocation start);        /* string: the macro it is expanded from, or 0 */
uint32_t walk_constant_name(struct walk *walk, CXCursor cursor); /* string: the object-like macro it comes from, or 0 */
enum CXBinaryOperatorKind walk_binary_kind(CXCursor cursor);     /* Invalid where libclang does not say */
enum CXUnaryOperatorKind walk_unary_kind(CXCursor cursor);
uint32_t walk_type(struct walk *walk, CXType type);            /* NONE for no type */
uint32_t walk_record(struct walk *walk, CXCursor declaration); /* string: identity */
uint32_t walk_field_owner(struct walk *walk, CXCursor field);  /* string: identity of the record */
void walk_note_record(struct walk *walk, CXCursor definition);
uint32_t walk_function(struct walk *walk, CXCursor declaration);
uint32_t walk_variable(struct walk *walk, CXCursor declaration);
void walk_note_typedef(struct walk *walk, CXCursor declaration);
void walk_annotations(struct walk *walk, CXCursor declaration, uint32_t function, uint32_t field, uint32_t param);

/* walk_statement.c */
void walk_body(struct walk *walk, CXCursor definition, CXCursor statement);
bool walk_statement(struct walk *walk, CXCursor cursor); /* true: its end is not reached */
uint32_t walk_open_scope(struct walk *walk, enum scope_kind kind, uint32_t condition, bool when, CXCursor cursor);
void walk_close_scope(struct walk *walk, uint32_t scope, bool leaves);
uint32_t walk_statement_expression(struct walk *walk, CXCursor compound); /* ({ ... }): value of the last expression */

/* walk_expression.c */
uint32_t walk_value(struct walk *walk, CXCursor cursor);
uint32_t walk_add_value(struct walk *walk, enum value_kind kind, uint32_t a, uint32_t b, uint32_t c, uint32_t type);
void walk_initialise(struct walk *walk, uint32_t target, CXCursor initialiser);
void walk_assign(struct walk *walk, uint32_t target, uint32_t source, enum fact_operator operation, CXCursor cursor);

/* Direct children of a cursor, pushed on walk->stack. `first` is where they start; pop with walk_pop(). */
uint32_t walk_push_children(struct walk *walk, CXCursor cursor, uint32_t *first);
void walk_pop(struct walk *walk, uint32_t first);

#endif
