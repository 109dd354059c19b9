/*
 * What a rule works with: the program, what is derived from it, and a way to report.
 */
#ifndef ASYNCLINT_PASS_H
#define ASYNCLINT_PASS_H

#include "derive.h"
#include "finding.h"
#include "rule.h"

struct pass {
	const struct program *program;
	struct derived *derived; /* conditions of values are computed on demand; nothing else changes */
	const struct rule *rule;
	struct findings *findings;
	uint32_t costs; /* bit (1u << enum cost): blocking of these classes is reported */
};

/* Adds a finding at the place, in the node (NONE: at file scope). `cause` is what its fingerprint is made of besides
   rule and function: a name, never a line. */
struct finding *report(struct pass *pass, uint32_t unit, const struct place *place, uint32_t node, const char *cause,
		       const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same at a call. */
struct finding *report_call(struct pass *pass, struct ref call, const char *cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a step to the finding's path. */
void note(struct pass *pass, struct finding *finding, uint32_t unit, const struct place *place, uint32_t node,
	  const char *format, ...) __attribute__((format(printf, 6, 7)));
void note_call(struct pass *pass, struct finding *finding, struct ref call, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the calls by which `effect` comes about, from its node down to the cause. */
void note_effect(struct pass *pass, struct finding *finding, const struct effect *effect);

/* How a function came to run on a loop. */
struct loop_path {
	uint32_t role; /* index of the role at the registered function; NONE: it is called by a loop written by hand */
	const char *world; /* of the loop */
	id_table edges;    /* from the registered function, or from the loop, down to the node */
};

/* The scope that a call stands in. */
struct ref scope_of_call(const struct program *program, struct ref call);

/* Looks for a way from a callback that runs on a loop of `world` (NULL: any) down to `scope` on which `condition`, a
   condition in terms of its function's parameters, is not ruled out by what is passed, and nobody asks where he runs; a
   parameter that is a mode must be passed as the condition wants it, a slot that is a mode makes it undecided. With
   `but_own_wait` a loop written by hand that waits there itself is no such way. Breadth first: the shortest. False if
   there is none. Release path->edges with table_release(). */
bool find_loop_path(struct pass *pass, struct ref scope, const struct condition *condition, const char *world,
		    bool but_own_wait, struct loop_path *path);

/* Adds the registration and the calls of the path. */
void note_loop_path(struct pass *pass, struct finding *finding, const struct loop_path *path);

/* "the event loop of libuv", "the loop in 'serve'" (findings' arena). */
const char *loop_text(struct pass *pass, const char *world);

/* Lists the exported sync-looking functions through which `node` is reached, itself included. */
void find_surface(struct pass *pass, struct finding *finding, uint32_t node);

/* The same, and the private functions between the node and its surface become steps of the path: a reader who looks at
   one of them finds out here. */
void find_surface_and_helpers(struct pass *pass, struct finding *finding, uint32_t node);

/* Adds the function to the finding's surface. */
void add_surface(struct pass *pass, struct finding *finding, uint32_t node);

/* The name of an async or sync twin of the function that the project or a model has ("foo_async", "foo_start"), or
 * NULL. */
const char *async_twin(struct pass *pass, const char *name);

void set_help(struct pass *pass, struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A parameter's name, "" if it has none. */
const char *param_text(const struct pass *pass, uint32_t node, uint32_t number);

#endif
