/*
 * The facts of one translation unit: what the source says, in flat tables.
 *
 * A unit is one compilation of one main file. The walker (walk.h) visits its AST once and writes facts; everything
 * later reads only facts. Tables refer to one another by index, never by pointer, so that the tables in memory are the
 * tables on disk: saving writes them one after another, loading maps the file and checks every index once
 * (facts_load()).
 *
 * Facts say what the source says and no more. That `uv_run` pumps a loop is not a fact but a model (models.h); that a
 * function blocks is not a fact but a derivation (derive.h).
 *
 * Conventions
 *   - Every index is uint32_t; NONE means "no such thing". Strings are indices too (facts_text()); 0 is "".
 *   - Paths are relative to the project root, with '/'. A file outside the root (a system header) keeps its absolute
 * path.
 *   - Tables of things inside a function (calls, assignments, scopes, locals, casts) are grouped by function and in
 * source order; `order` numbers the calls, assignments and scopes of one function in one sequence.
 *   - Of what headers of the project declare and define (functions, variables, records, typedefs), only what is named
 * by something noted is noted: the rest, thousands of things in a unit, says nothing of it.
 *   - A place is where the reader looks: for code out of a macro, where the macro is expanded.
 *   - Identity is what joins units: the name for external linkage; `name@path` for internal linkage (path of the file
 * that defines it). Records defined in a main file, not in a header, are `name@path` too. Not clang's USR, which is
 * equal for statics of same-named files.
 */
#ifndef ASYNCLINT_FACTS_H
#define ASYNCLINT_FACTS_H

#include "arena.h"
#include "intern.h"

#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX

/* Raised whenever the layout or the meaning of any table changes: files of another version are not loaded. */
#define FACTS_VERSION 6u

/* What names of files of facts end in. */
#define FACTS_SUFFIX ".facts"

/* Lines and columns count from 1, columns in bytes; the end is exclusive. All zero: no place known. */
struct place {
	uint32_t file; /* string: path */
	uint32_t line, column;
	uint32_t end_line, end_column;
};

enum function_flag {
	FUNCTION_DEFINED = 1u << 0, /* this unit has its body, and notes it: scope_count is not 0 */
	FUNCTION_STATIC = 1u << 1,  /* internal linkage */
	FUNCTION_INLINE = 1u << 2,
	FUNCTION_VARIADIC = 1u << 3,
	FUNCTION_NORETURN = 1u << 4,
	FUNCTION_SYSTEM = 1u << 5,    /* declared in a system header: not the project's */
	FUNCTION_IN_HEADER = 1u << 6, /* declared in a header of the project: others can call it */
	FUNCTION_BODY_IN_HEADER = 1u << 7,
};

/* A function that is defined in this unit's main file, or called or named by what is noted. */
struct fact_function {
	uint32_t name, identity; /* strings */
	struct place place;      /* of the name, in the definition if there is one */
	uint32_t end_line;       /* of the body */
	uint32_t return_type;    /* type */
	uint32_t first_param, param_count;
	uint32_t first_call, call_count;
	uint32_t first_assignment, assignment_count;
	uint32_t first_scope, scope_count; /* the first is the body */
	uint32_t first_local, local_count;
	uint32_t first_cast, cast_count;
	uint32_t flags;     /* enum function_flag */
	uint32_t body_hash; /* of the tokens' meaning: equal bodies have equal hashes, whatever unit they are in */
};

struct fact_param {
	uint32_t name; /* string, "" if unnamed */
	uint32_t type; /* type */
};

enum type_flag {
	TYPE_POINTER = 1u << 0,
	TYPE_FUNCTION_POINTER = 1u << 1, /* or a block or a function, as parameter types decay */
	TYPE_BOOL = 1u << 2,
	TYPE_INTEGER = 1u << 3, /* without bool and enum */
	TYPE_ENUM = 1u << 4,
	TYPE_VOID = 1u << 5, /* void, or with TYPE_POINTER a pointer to void */
	TYPE_ARRAY = 1u << 6,
	TYPE_RECORD = 1u << 7, /* a struct or union itself, not behind a pointer */
	TYPE_CONST = 1u << 8,  /* pointer: what it points to is const; else the type itself */
};

/* Seen through typedefs, but for `spelling` and `alias`. */
struct fact_type {
	uint32_t spelling; /* string, as written */
	uint32_t alias;  /* string: the typedef named here (behind pointers too: `uv_loop_t *` → uv_loop_t), or "" */
	uint32_t record; /* string: identity of the struct, union or enum that is left when pointers and arrays are
			    taken off, or "" */
	uint32_t flags;  /* enum type_flag */
	uint32_t pointers; /* depth of pointers and arrays */
};

/* A variable with static storage: global, file-static or function-static. */
enum variable_flag {
	VARIABLE_STATIC = 1u << 0, /* internal linkage */
	VARIABLE_IN_FUNCTION = 1u << 1,
	VARIABLE_DEFINED = 1u << 2, /* not only declared extern */
	VARIABLE_SYSTEM = 1u << 3,
	VARIABLE_THREAD_LOCAL = 1u << 4,
};

struct fact_variable {
	uint32_t name, identity; /* strings */
	uint32_t type;
	uint32_t flags; /* enum variable_flag */
	struct place place;
};

enum local_flag {
	/* Has an attribute that libclang does not name. It may be `cleanup`: then a function is called when it goes out
	   of scope. */
	LOCAL_ATTRIBUTE = 1u << 0,
};

/* A variable with automatic storage (parameters are not locals). */
struct fact_local {
	uint32_t function;
	uint32_t name; /* string */
	uint32_t type;
	uint32_t flags; /* enum local_flag */
	struct place place;
};

/* What an expression is, as far as its spelling says; parentheses and casts are seen through. */
enum value_kind {
	VALUE_UNKNOWN,
	VALUE_INTEGER,  /* a, b: low and high half of the value (int64_t); c: string, the enumerator or macro that names
			   it, or "" */
	VALUE_NULL,     /* a null pointer constant */
	VALUE_STRING,   /* a: string, cut after 200 bytes */
	VALUE_PARAM,    /* a: number of the parameter of the function around it */
	VALUE_LOCAL,    /* a: local */
	VALUE_VARIABLE, /* a: variable */
	VALUE_FUNCTION, /* a: function */
	VALUE_FIELD, /* a: value, the record or a pointer to it; b: string, the field's name; c: string, identity of the
			record */
	VALUE_ELEMENT, /* a: value, the array; b: value, the index, or NONE */
	VALUE_POINTEE, /* a: value, the pointer: *a */
	VALUE_ADDRESS, /* a: value: &a */
	VALUE_CALL,    /* a: call whose result it is */
	VALUE_UNARY,   /* a: operand; c: enum fact_operator */
	VALUE_BINARY,  /* a, b: operands; c: enum fact_operator */
	VALUE_CHOICE,  /* a: condition; b: value when it is true; c: value when it is false */
	VALUE_RETURN,  /* only as the target of an assignment: the function's result */
	VALUE_KINDS,
};

enum fact_operator {
	OPERATOR_NONE, /* not known: libclang before 17 does not say */
	OPERATOR_ASSIGN,
	OPERATOR_INITIALISE,
	OPERATOR_OR, /* bitwise; as an assignment: |= */
	OPERATOR_AND,
	OPERATOR_XOR,
	OPERATOR_ADD,
	OPERATOR_SUBTRACT,
	OPERATOR_MULTIPLY,
	OPERATOR_DIVIDE,
	OPERATOR_REMAINDER,
	OPERATOR_SHIFT_LEFT,
	OPERATOR_SHIFT_RIGHT,
	OPERATOR_EQUAL,
	OPERATOR_UNEQUAL,
	OPERATOR_LESS,
	OPERATOR_LESS_EQUAL,
	OPERATOR_GREATER,
	OPERATOR_GREATER_EQUAL,
	OPERATOR_LOGICAL_AND,
	OPERATOR_LOGICAL_OR,
	OPERATOR_NOT,        /* ! */
	OPERATOR_COMPLEMENT, /* ~ */
	OPERATOR_NEGATE,
	OPERATOR_INCREMENT, /* also as an assignment: x++ and ++x */
	OPERATOR_DECREMENT,
	OPERATOR_COMMA,
	OPERATORS,
};

/* Operands, and what a VALUE_CALL's call is called with, always have a smaller index than the value that uses them, and
   values nest at most VALUE_DEPTH_LIMIT deep (what is deeper is noted as unknown): recursion over values ends, and
   soon. */
enum { VALUE_DEPTH_LIMIT = 2000 };

struct fact_value {
	uint32_t kind; /* enum value_kind */
	uint32_t a, b, c;
	uint32_t type; /* type of the expression before any cast, or NONE */
};

/* A call, in source order (arguments' calls before the call they are arguments of). */
struct fact_call {
	uint32_t function;                       /* the caller, or NONE in an initialiser at file scope */
	uint32_t callee;                         /* function, or NONE when it is called by pointer */
	uint32_t target;                         /* value that is called, when callee is NONE; else NONE */
	uint32_t first_argument, argument_count; /* in arguments[] */
	uint32_t scope;                          /* NONE when function is */
	uint32_t order;
	uint32_t macro; /* string: the outermost macro it comes out of, or "" */
	struct place place;
};

struct fact_argument {
	uint32_t value;
};

enum scope_kind {
	SCOPE_BODY,
	SCOPE_IF,    /* either branch of an if, a ?:, or the right side of && and || */
	SCOPE_AFTER, /* what follows an if whose other branch left: `if (c) return;` puts the rest under !c */
	SCOPE_CASE,  /* statements under case labels; condition: switch value == label (`||` for several labels), or
			NONE with default among them, or where the case before falls through */
	SCOPE_WHILE,
	SCOPE_DO,
	SCOPE_FOR,
	SCOPE_LABEL, /* a loop by goto: from a label to the statement of its block that has the last goto back to it; no
			condition. A break in it leaves what is around it */
	SCOPE_KINDS,
};

enum scope_flag {
	SCOPE_BREAKS = 1u << 0,  /* has a break (of the loop or switch around it) directly in it */
	SCOPE_RETURNS = 1u << 1, /* has a return directly in it */
	SCOPE_LEAVES =
	    1u << 2, /* its end is not reached: it ends by return, break, continue, goto or a noreturn call */
	SCOPE_CONTINUES = 1u << 3,
	SCOPE_GOES = 1u << 4, /* has a goto directly in it */
};

/* A region of a function that runs under a condition or repeatedly. */
struct fact_scope {
	uint32_t function;
	uint32_t parent;    /* scope, NONE for the body */
	uint32_t kind;      /* enum scope_kind */
	uint32_t condition; /* value, or NONE (`for (;;)`, body) */
	uint32_t when;      /* 1: runs when the condition is true; 0: when it is false */
	uint32_t flags;     /* enum scope_flag */
	uint32_t order;     /* of its begin; a loop's condition is evaluated inside it */
	uint32_t end_order; /* orders in [order, end_order) are inside */
	struct place place;
};

/* Also initialisers, returns (target VALUE_RETURN), and struct copies. Initialisers of records and arrays are one
   assignment per element, targets VALUE_FIELD and VALUE_ELEMENT of the variable. */
struct fact_assignment {
	uint32_t function;       /* NONE at file scope */
	uint32_t target, source; /* values; for ++ and -- source is NONE */
	uint32_t operation;      /* enum fact_operator: ASSIGN, INITIALISE, or the operator of a compound assignment */
	uint32_t scope, order;
	struct place place;
};

enum cast_flag {
	CAST_IMPLICIT = 1u << 0, /* a pointer of one record type passed or assigned as another without being written */
};

/* Only between pointers to records, and between records and void pointers. */
struct fact_cast {
	uint32_t function;
	uint32_t from, to; /* types */
	uint32_t value;    /* what is cast */
	uint32_t scope, order;
	uint32_t flags;
	struct place place;
};

enum record_flag {
	RECORD_UNION = 1u << 0,
	RECORD_SYSTEM = 1u << 1,
	RECORD_ENUM = 1u << 2, /* fields are its enumerators */
};

struct fact_record {
	uint32_t name, identity; /* strings; name is the tag or the typedef of an unnamed one */
	uint32_t first_field, field_count;
	uint32_t flags;
	struct place place;
};

/* Fields of unnamed members are listed with those of the named record around them. */
enum field_flag {
	FIELD_IN_UNION = 1u << 0, /* shares its storage with another field */
	FIELD_BITS = 1u << 1,
};

struct fact_field {
	uint32_t name; /* string */
	uint32_t type;
	uint32_t flags;
	struct place place;
};

struct fact_typedef {
	uint32_t name; /* string */
	uint32_t type;
	struct place place;
};

/* `__attribute__((annotate("...")))` on a function or a field; other attributes that say something are translated to
   the same words ("asynclint:blocks"). */
struct fact_annotation {
	uint32_t function; /* or NONE */
	uint32_t field;    /* or NONE */
	uint32_t param;    /* number of the parameter of `function` it stands on, or NONE */
	uint32_t text;     /* string */
};

/* `asynclint: allow RULE: REASON` in a comment. */
struct fact_suppression {
	uint32_t rules;    /* string: ids as written, comma-separated */
	uint32_t reason;   /* string, "" if none was given */
	uint32_t own_line; /* 1: nothing else stands on its line, so it speaks of the next one */
	struct place place;
};

struct fact_inclusion {
	uint32_t path;                /* string */
	uint32_t hash_low, hash_high; /* XXH3 of the content */
	uint32_t flags;
};

enum inclusion_flag {
	INCLUSION_SYSTEM = 1u << 0,
	INCLUSION_MAIN = 1u << 1, /* the main file itself, always first */
};

/* A diagnostic that broke the parse: facts near it are incomplete. */
struct fact_trouble {
	uint32_t fatal;   /* 1: nothing after it was read */
	uint32_t message; /* string */
	struct place place;
};

/* Every table once: X(struct, field of struct facts). */
#define FACT_TABLES(X)                    \
	X(fact_function, functions)       \
	X(fact_param, params)             \
	X(fact_type, types)               \
	X(fact_variable, variables)       \
	X(fact_local, locals)             \
	X(fact_value, values)             \
	X(fact_call, calls)               \
	X(fact_argument, arguments)       \
	X(fact_scope, scopes)             \
	X(fact_assignment, assignments)   \
	X(fact_cast, casts)               \
	X(fact_record, records)           \
	X(fact_field, fields)             \
	X(fact_typedef, typedefs)         \
	X(fact_annotation, annotations)   \
	X(fact_suppression, suppressions) \
	X(fact_inclusion, inclusions)     \
	X(fact_trouble, troubles)

/* The tables of one unit, read-only. Owned by the arena or mapping they were made in (facts_free()). */
struct facts {
	uint32_t main_file; /* string */
	uint32_t parser;    /* string: what read the source, as it calls itself */
	uint32_t string_count, text_size;
	const uint32_t *string_offset;
	const char *text;
#define FACT_TABLE(type, name)   \
	const struct type *name; \
	uint32_t name##_count;
	FACT_TABLES(FACT_TABLE)
#undef FACT_TABLE
	uint64_t checksum; /* of all that was read (facts_read()): equal for equal facts */
	uint64_t object;   /* hash of the object file that was compiled from the unit (linked.h); 0: not known */
	void *mapping;     /* what facts_load() mapped, or NULL */
	uint64_t mapping_size;
};

/* Returns the string; "" for NONE. */
const char *facts_text(const struct facts *facts, uint32_t string);

/* The value of a VALUE_INTEGER. */
int64_t fact_integer(const struct fact_value *value);

/* Whether two values are spelled alike, and so name the same place or number as long as nothing changes in between. */
bool fact_values_agree(const struct facts *facts, uint32_t a, uint32_t b);

/* Whether what is in the scope can run again: a loop, but no `do { } while (0)` of a macro. */
bool fact_repeats(const struct facts *facts, const struct fact_scope *scope);

/* Writes the facts to `path`, by a temporary file beside it that is renamed: readers see all of it or nothing. A pipe
   or device is written to as it is. Little-endian. Equal facts give equal bytes. False on failure, with a message in
   *error (arena). */
bool facts_save(const struct facts *facts, const char *path, struct arena *arena, const char **error);

/* Maps a file that facts_save() wrote and checks every count, index and string once, so that no later reader has to: a
   file that is truncated, of another version, or hostile is refused with a message naming the file and what is wrong.
   Returns NULL then. The result is to be given back with facts_free(). */
struct facts *facts_load(const char *path, struct arena *arena, const char **error);

/* The same for facts in memory, as a worker sends them: `bytes` must be aligned to 8 and stay as long as the facts.
   `name` is what messages call it. */
struct facts *facts_read(const void *bytes, uint64_t size, const char *name, struct arena *arena, const char **error);

/* Reads of a file that facts_save() wrote only which object file it goes with. False if it cannot be read, or is no
   such file of this version. */
bool facts_object(const char *path, uint64_t *object);

/* Returns the bytes facts_save() would write (arena), and their number. */
const void *facts_write(const struct facts *facts, struct arena *arena, uint64_t *size);

/* Unmaps what facts_load() mapped. */
void facts_free(struct facts *facts);

#endif
