/*
 * What libraries mean: the contents of rules/models/<library>.json.
 *
 * Facts say that `uv_queue_work(loop, &req, work, done)` is called; a model says that argument 2 runs on a worker and
 * argument 3 on the loop. No C code of asynclint names a library function: it is all here. rules/models/README.md
 * teaches the format.
 *
 * Three-valued conditions: every effect has `when` (all must hold for the effect to be there) and `unless` (any that
 * holds takes it away). A condition about an argument whose value is not known is unknown; an unknown `when` makes the
 * effect unknown, an unknown `unless` does not take it away. So the author of a model chooses what is believed in
 * doubt.
 */
#ifndef ASYNCLINT_MODELS_H
#define ASYNCLINT_MODELS_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a callback runs. */
enum role_kind {
	ROLE_INLINE,  /* during the call that takes it: it has its caller's roles */
	ROLE_ON_LOOP, /* by the loop, later */
	ROLE_WORKER,  /* on a thread pool */
	ROLE_THREAD,  /* as a thread of its own */
	ROLE_SIGNAL,  /* as a signal handler */
	ROLE_COROUTINE,
	ROLE_CHILD, /* in a forked child */
	ROLE_INIT,  /* once, at first use or at start-up */
	ROLE_EXIT,  /* at process or thread exit */
	ROLE_KINDS,
};

enum model_effect_kind {
	MODEL_BLOCKS, /* does not return until something outside happened; cost, because */
	MODEL_WAITS, /* waits until one of several descriptors is ready: what loops are made of; timeout: `argument`, if
			it has one */
	MODEL_WAITS_THREAD, /* waits until another thread says so: condition, semaphore, join; timeout: `argument`, if
			       it has one */
	MODEL_WAKES,        /* ends such a wait of another thread */
	MODEL_PUMPS,        /* runs a loop: its callbacks are called before it returns; loop: `argument` */
	MODEL_PUMPS_ONCE_READY, /* hands over a result, and pumps if it is not there yet (finishers) */
	MODEL_MAKES_LOOP,       /* argument: where the new loop is: MODEL_RESULT or an argument it is stored through */
	MODEL_CLOSES_LOOP,      /* argument: the loop */
	MODEL_STOPS_LOOP,
	MODEL_DEFAULT_LOOP,      /* returns the library's default loop */
	MODEL_THREAD_LOOP,       /* returns the loop that the calling thread was given, if it was */
	MODEL_SETS_THREAD_LOOP,  /* gives the calling thread the loop `argument` */
	MODEL_STARTS_ASYNC,      /* returns before the operation ends */
	MODEL_FORBIDDEN_ON_LOOP, /* must not be called from a callback of its world; because */
	MODEL_SETS_NONBLOCKING,  /* argument: descriptor or object (or MODEL_RESULT); value: see struct */
	/* argument: MODEL_RESULT, or one it stores the descriptors through: a new descriptor. It is nonblocking if
	   there is a `when` that holds, else blocking; where an `unless` holds, nothing is known of it (files, timers,
	   counters). */
	MODEL_OPENS,
	MODEL_LOOP_DESCRIPTOR,   /* argument: result or output: a descriptor that a loop owns */
	MODEL_ADOPTS_DESCRIPTOR, /* argument: a descriptor that a loop owns from now on */
	MODEL_READS,             /* blocking input or output on descriptor `argument` unless it is nonblocking */
	MODEL_FORKS,             /* result 0: the child */
	MODEL_MODE,              /* `argument` chooses between blocking and async behaviour: an API with a mode flag */
	MODEL_RETURNS_ARGUMENT,  /* the result is `argument`, or the same object under another type (realloc, ref) */
	MODEL_LOCKS,             /* takes the mutex `argument` */
	MODEL_UNLOCKS,
	MODEL_KEEPS,    /* from now on the loop uses the memory of `argument`, until it is released or its operation has
			   ended */
	MODEL_RELEASES, /* the loop has done with the memory of `argument` when the call returns */
	MODEL_CLOSES,   /* the loop will have done with it on a later turn, and says so by a callback */
	MODEL_FREES,    /* the memory of `argument` is gone */
	MODEL_OWNED_BY, /* what is made goes when `argument` goes, unless that is null */
	MODEL_LOOP_THREAD, /* may be called only by the thread that runs the loop of `argument`, a loop or something on
			      one */
	MODEL_MAKES_THREAD_SAFE, /* lifts that of all functions of its world */
	MODEL_ALLOWS_NESTING,    /* permits a loop, or a source of it, to be run from its own callbacks */
	MODEL_PROBES_LOOP, /* tells, or goes by, whether a loop or a coroutine runs here: on this thread, further up the
			      stack */
	MODEL_CURRENT_THREAD,  /* returns which thread this is */
	MODEL_ON_DEFAULT_LOOP, /* puts what it starts on the library's default loop */
	MODEL_INHERITS,        /* the result is what the process was started with: its environment */
	MODEL_ENDS_DESCRIPTOR, /* `argument`: its number does not stand for the same descriptor afterwards (close, the
				  target of dup2) */
	MODEL_ENDS_PROCESS,    /* ends the process, or the one that `argument` names: does not return from it */
	MODEL_ENDS_WELL,       /* and that is no failure */
	MODEL_CURRENT_PROCESS, /* returns which process this is */
	MODEL_EFFECT_KINDS,
};

enum { MODEL_RESULT = -1, MODEL_NO_ARGUMENT = -2, MODEL_DEFAULT = -3 };

/* Classes of waiting, in order of what they do to a loop. */
enum cost {
	COST_NONE,
	COST_LOCK,
	COST_DISK, /* regular file, small and local */
	COST_NETWORK,
	COST_IPC, /* round trip to another process or a database */
	COST_FSYNC,
	COST_SLEEP,
	COST_PROCESS, /* until a child ends */
	COST_DNS,
	COST_WAIT, /* unbounded: condition, join, poll */
	COSTS,
};

const char *cost_name(enum cost cost); /* as in the models: "lock", "disk", "network", "ipc", "fsync", "sleep",
					  "process", "dns", "wait" */

/* Adds the class to a set of bits (1u << enum cost). Returns NULL, or a message (arena) if none is called so. */
const char *costs_add(uint32_t *costs, const char *name, struct arena *arena);

const char *role_name(
    enum role_kind role); /* "inline", "on-loop", "worker", "thread", "signal", "coroutine", "child", "init", "exit" */

enum condition_kind {
	CONDITION_NULL,
	CONDITION_NOT_NULL,
	CONDITION_IS, /* == number */
	CONDITION_IS_NOT,
	CONDITION_HAS, /* (value & number) == number */
	CONDITION_LACKS,
	CONDITION_BLOCKING,    /* a descriptor that is known to block */
	CONDITION_NONBLOCKING, /* a descriptor that is known not to */
	CONDITION_ZERO_TIME,   /* points to a record whose every field is 0 */
	CONDITION_FIRST_WORD,  /* a text that begins with one of the words in `name`, "COMMIT|INSERT" */
	CONDITION_KINDS,
};

struct model_condition {
	enum condition_kind kind;
	uint32_t argument;
	const char *field; /* of the record that the argument points to, or NULL: the argument itself */
	int64_t number;
	const char *name; /* of the number, as the model gives it, or NULL; CONDITION_FIRST_WORD: the words */
};

struct model_effect {
	enum model_effect_kind kind;
	int argument;        /* see enum model_effect_kind; MODEL_NO_ARGUMENT if it has none */
	const char *because; /* English, fits after "blocks: " or "because it "; NULL if the model gives none */
	enum cost cost;
	/* MODEL_SETS_NONBLOCKING: the mode is argument `mode_argument` (nonzero: nonblocking, or blocking if
	 * `inverted`), or fixed: -1 */
	int mode_argument;
	bool inverted;
	const struct model_condition *when;
	uint32_t when_count;
	const struct model_condition *unless;
	uint32_t unless_count;
};

struct model_callback {
	uint32_t argument;
	enum role_kind role;
	int user_data; /* argument that the callback gets back, or MODEL_NO_ARGUMENT */
	/* As of an effect: the role is that of callbacks which are registered so. */
	const struct model_condition *when;
	uint32_t when_count;
	const struct model_condition *unless;
	uint32_t unless_count;
};

struct model_function {
	const char *name, *library, *world;
	const struct model_effect *effects;
	uint32_t effect_count;
	const struct model_callback *callbacks;
	uint32_t callback_count;
	bool loop_owner_api; /* the documented way to run the loop: calling it is owning it (implied by "pumps") */
	bool harmless;       /* known to have no effect that matters: not counted as unmodelled */
};

enum transport { TRANSPORT_NONE, TRANSPORT_SYNC, TRANSPORT_ASYNC };

struct model_type {
	const char *name, *library, *world; /* typedef or tag, without "struct" */
	enum transport transport;
	bool loop;   /* is an event loop, or the object whose documented job is looping */
	bool handle; /* lives on a loop until closed */
};

/* A typedef of a callback, or a field `record::field` that callbacks are stored in. */
struct model_slot {
	const char *name, *library, *world;
	enum role_kind role;
};

struct model_world {
	const char *name;
	bool reentrant; /* its loop may be run from its own callbacks */
	bool known;
};

struct models {
	struct arena *arena;
	struct model_tables *tables;
	uint64_t hash; /* of all files that were read, in their order */
};

/* Reads one file. False on bad JSON, an unknown key, a wrong type or value: *error (arena) names file, function and
   key. What the file said is then not added. A second file that speaks of the same function replaces what the first
   said of it. */
bool models_load(struct models *models, const char *path, struct arena *arena, const char **error);

/* All *.json of a directory, in order of name. */
bool models_load_directory(struct models *models, const char *path, struct arena *arena, const char **error);

void models_release(struct models *models);

/* NULL if no model speaks of it. */
const struct model_function *models_function(const struct models *models, const char *name);
const struct model_type *models_type(const struct models *models, const char *name);
const struct model_slot *models_callback_type(const struct models *models, const char *typedef_name);
const struct model_slot *models_field(const struct models *models, const char *record_and_field); /* "record::field" */
const struct model_world *models_world(const struct models *models, const char *name);

/* Whether a constant of that name says "would block": EAGAIN and its like. */
bool models_would_block(const struct models *models, const char *constant);

/* For walks over all (tests against headers, `asynclint models`): i from 0 until NULL; in order of library and name. */
const struct model_function *models_function_at(const struct models *models, uint32_t i);
const struct model_type *models_type_at(const struct models *models, uint32_t i);
const struct model_slot *models_callback_type_at(const struct models *models, uint32_t i);
const struct model_slot *models_field_at(const struct models *models, uint32_t i);

#endif
