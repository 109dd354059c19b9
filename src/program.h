/*
 * Units joined: the functions of the whole program, who calls whom, and which functions a pointer can hold.
 *
 * A node is a function: all bodies that units have of it (a header function may have several, by #ifdef), or none.
 * Functions of external linkage are joined by name. Where several programs of one database define the same name (main,
 * usage), each definition is a node, and a call goes to the nearest: the same unit, else the one whose directory is
 * closest, if there is just one.
 *
 * A holder is a place that function pointers are kept in: a parameter, a result, a variable, a local, or a slot
 * (`record::field`, whatever the object). What each holder can hold is computed once, from all stores and calls of the
 * program, without order or context: the inclusion-based analysis of Andersen (1994), field-based as in Heintze and
 * Tardieu (2001).
 */
#ifndef ASYNCLINT_PROGRAM_H
#define ASYNCLINT_PROGRAM_H

#include "facts.h"
#include "intern.h"
#include "models.h"
#include "table.h"

/* A fact of one unit: which unit, and its index in one of its tables. */
struct ref {
	uint32_t unit, index;
};

struct node {
	const char *name;
	const char *identity;               /* unique but for several definitions of one external name */
	const char *file;                   /* of the definition, or of a declaration; "" if none is known */
	struct ref function;                /* the definition, or a declaration */
	uint32_t first_body, body_count;    /* in program.bodies; 0: no body was seen */
	uint32_t first_out, out_count;      /* edges from it, in order of unit and call */
	uint32_t first_in, in_count;        /* indices into program.incoming */
	uint32_t param_count, first_param;  /* holders */
	uint32_t result;                    /* holder */
	uint32_t flags;                     /* enum function_flag, of all units together */
	uint32_t next;                      /* next definition of the same external name, or NONE */
	const struct model_function *model; /* what a library model says of it, or NULL */
};

enum edge_kind {
	EDGE_CALL,    /* by name */
	EDGE_POINTER, /* by pointer: one of those the pointer can hold */
	EDGE_PASSED,  /* passed to a function that calls it before it returns */
};

struct edge {
	uint32_t from, to; /* nodes */
	struct ref call;
	uint32_t kind;   /* enum edge_kind */
	uint32_t holder; /* EDGE_POINTER: what was called */
};

/* A function that a holder can hold, and the place that names it. */
struct held {
	uint32_t function; /* node */
	struct ref origin; /* assignment or call, see is_call */
	uint32_t is_call;
	uint32_t in; /* node that the origin is in, or NONE at file scope */
};

enum holder_kind { HOLDER_PARAM, HOLDER_RESULT, HOLDER_VARIABLE, HOLDER_SLOT, HOLDER_LOCAL };

struct holder {
	enum holder_kind kind;
	uint32_t owner; /* node of a parameter or result; unit of a local; string of a variable's identity or a slot's
			   "record::field" */
	uint32_t index; /* number of the parameter; index of the local */
	const char *alias; /* typedef its type is written with, or "" */
	TABLE(struct held) held;
	id_table flows_to; /* holders */
};

/* What is known of a local from all of its function at once. */
struct local_use {
	uint32_t source;      /* value of its only assignment, or NONE if it has none or several */
	uint32_t assignments; /* how many */
	bool address_passed;  /* to a call, which may change it */
};

struct program_unit {
	const struct facts *facts;
	struct local_use *locals; /* of each local */
	uint32_t *node;           /* of each function of the unit */
	uint32_t *variable;       /* holder of each variable */
	uint32_t first_local;     /* holder of local 0 */
};

/* A record as the first unit that has its fields sees it. */
struct record_ref {
	uint32_t unit;
	const struct fact_record *record; /* NULL: none has */
};

struct program {
	struct arena arena;
	TABLE(struct record_ref) record_of; /* by string of the identity */
	struct intern strings;              /* names of all units */
	struct intern slots;                /* "record::field", and variables that are assigned to */
	const struct models *models;
	struct program_unit *units; /* in order of path */
	uint32_t unit_count;
	TABLE(struct node) nodes;
	TABLE(struct ref) bodies;
	TABLE(struct edge) edges;
	id_table incoming;
	TABLE(struct holder) holders;
	id_table slot_holder;         /* by slot string: holder or NONE */
	id_table variable_holder;     /* by string of the identity */
	id_table node_of;             /* by string of the identity: first node or NONE */
	TABLE(struct ref) unresolved; /* calls by pointer for which no function was seen */
	uint32_t call_count, pointer_call_count;
	uint8_t *called_inline; /* by holder: a parameter that its function calls before it returns */
	struct ref *stores;     /* see stores.h: assignments, by string of slots, and where those of each end */
	uint32_t *store_end, store_place_count;
};

/* Joins the units. They stay the caller's and must outlive the program. The order they come in does not matter. */
struct program *program_join(const struct facts *const *units, uint32_t count, const struct models *models);
void program_free(struct program *program);

/* Shorthands; all return what the unit's tables hold. */
const struct facts *program_facts(const struct program *program, uint32_t unit);
const struct fact_call *program_call(const struct program *program, struct ref call);
const struct fact_function *program_function(const struct program *program, const struct node *node);
const struct fact_value *program_value(const struct program *program, struct ref value);
const char *program_text(const struct program *program, uint32_t unit, uint32_t string);

/* The node that a call calls by name, or NONE. */
uint32_t program_callee(const struct program *program, struct ref call);
/* The node of the function that a call, assignment or scope is in, or NONE. */
uint32_t program_node(const struct program *program, uint32_t unit, uint32_t function);
/* The value of argument `number` of a call; index NONE if it has none such. */
struct ref program_argument(const struct program *program, struct ref call, uint32_t number);

/* The holder that a value reads or names, or NONE. Elements and pointees are their array's or pointer's. */
uint32_t program_holder(const struct program *program, uint32_t unit, uint32_t function, uint32_t value);
/* The slot's holder, or NONE if nothing was ever stored in it or called through it. */
uint32_t program_slot(const struct program *program, const char *record_and_field);
/* "record::field" of a VALUE_FIELD without the "@path" of a record of one file: for people (arena). */
const char *program_slot_text(const struct program *program, uint32_t holder, struct arena *arena);

/* The record of that identity; record NULL if there is none. */
struct record_ref program_record(const struct program *program, const char *identity);

/* Where the field of a slot ("record::field") is declared; field NULL if that is not known. */
struct field_ref {
	uint32_t unit;
	const struct fact_record *record;
	const struct fact_field *field;
};
struct field_ref program_field(const struct program *program, const char *slot);

/* The parameter's name and type in the definition, or in a declaration. */
const struct fact_param *program_param(const struct program *program, const struct node *node, uint32_t number);

/* Whether others can call it: external linkage and declared in a header, or external linkage in a program without
 * headers. */
bool node_is_exported(const struct node *node);

#endif
