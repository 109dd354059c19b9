/*
 * What follows from the program and the models: effects bottom-up, roles top-down, loops and their owners, modes.
 *
 * Computed once, before the rules. Every derived thing keeps its reason (a call, and what it was derived from), so that
 * an explanation is a walk along reasons and always true. Breadth first, so that the reason kept is a shortest one.
 *
 * Effects say what calling a function does; roles say where its body runs. Off-load calls (a worker, a thread, a child)
 * pass neither on: their callbacks are no edges of the program, they get roles of their own.
 */
#ifndef ASYNCLINT_DERIVE_H
#define ASYNCLINT_DERIVE_H

#include "condition.h"
#include "program.h"
#include "stats.h"

enum effect_kind {
	EFFECT_BLOCKS,
	EFFECT_WAITS,            /* for one of several descriptors: what loops are made of */
	EFFECT_PUMPS,            /* a loop: its callbacks run before the call returns */
	EFFECT_MAKES_LOOP,       /* and hands it out: result, parameter, or stored in one of them */
	EFFECT_STARTS_ASYNC,     /* gives a callback away that is called later */
	EFFECT_SETS_NONBLOCKING, /* a descriptor or object; see effect.clears */
	EFFECT_FORBIDDEN_ON_LOOP,
	EFFECT_KINDS,
};

/* Where a loop (or descriptor) comes from, as seen by the function that uses it. */
enum origin_kind {
	ORIGIN_UNKNOWN,
	ORIGIN_MADE,   /* by a call in this function; value: the call */
	ORIGIN_PARAM,  /* parameter `number` itself */
	ORIGIN_OBJECT, /* a field reached from parameter `number` */
	ORIGIN_GLOBAL,
	ORIGIN_DEFAULT, /* the library's default loop */
	ORIGIN_THREAD,  /* the loop that the calling thread was given */
	ORIGIN_RESULT,  /* EFFECT_MAKES_LOOP: the function's result */
	ORIGIN_PRIVATE, /* made by a function further down and kept there */
};

struct origin {
	enum origin_kind kind;
	uint32_t number;
	struct ref value; /* the value it was found for */
};

/* There are many of them, some ten per function: small fields first. */
struct effect {
	uint8_t kind;                      /* enum effect_kind */
	uint8_t cost;                      /* enum cost, of EFFECT_BLOCKS */
	bool clears;                       /* EFFECT_SETS_NONBLOCKING: makes it blocking */
	bool by_pointer;                   /* a call by pointer is on the way */
	bool certain;                      /* false: a condition of the model could not be decided */
	uint32_t node;                     /* that has the effect */
	const char *because;               /* English, third person; never NULL */
	const char *world;                 /* of the loop, or "" */
	const struct condition *condition; /* of condition_intern() */
	struct ref call;                   /* the call in `node` through which it has it */
	uint32_t cause;       /* node: the function that a model speaks of, or whose own shape is the reason */
	uint32_t from;        /* effect of the callee, or NONE: the call itself */
	struct origin origin; /* of the loop pumped or made, or the descriptor */
	uint32_t next;        /* of the same node, or NONE */
	uint32_t alike;       /* next in its bucket (derived.effect_bucket), or NONE */
};

enum { ROLE_MAIN = ROLE_KINDS };

/* How a function came to run where it does. */
struct role {
	uint32_t kind;     /* enum role_kind or ROLE_MAIN */
	const char *world; /* ROLE_ON_LOOP: of which loop */
	uint32_t node;
	uint32_t from;   /* role of the caller, or NONE: it is registered (or called by a home-made loop) */
	struct ref call; /* from != NONE: the call; else the registration's place, see is_call */
	bool is_call;    /* registration: a call (else an assignment or initialiser) */
	uint32_t in;     /* registration: node it stands in, or NONE */
	const char *how; /* registration: "uv_timer_start", "field 'ops::read'", "the loop in 'serve'" */
	uint32_t edge;   /* from != NONE */
	uint32_t next;   /* of the same node, or NONE */
};

/* Whether a function may run loops. */
enum owner {
	OWNER_NONE,
	OWNER_BY_NAME,    /* main, tests, what is named for it, and loop libraries themselves */
	OWNER_THREAD,     /* the start of a thread */
	OWNER_BY_CALLERS, /* nobody but owners calls it */
};

/* A `while` or `for` that waits for events and handles them: a loop written by hand. */
struct hand_loop {
	uint32_t node;
	struct ref scope;
	struct ref wait; /* the call in it that waits */
};

/* A parameter or slot on which it depends whether a function waits. */
enum mode_reason {
	MODE_NONE,
	MODE_WAITS_OR_STARTS,  /* one side waits, the other starts an operation and returns */
	MODE_SETS_NONBLOCKING, /* decides O_NONBLOCK or its like */
	MODE_PASSES,           /* handed on to a parameter that is a mode */
	MODE_WOULD_BLOCK,      /* decides whether "would block" is an error */
	MODE_NAMED,            /* one side waits, and its name says that this is what it is for */
	MODE_MODELLED,         /* a library model says so */
	MODE_STORED,           /* stored in a slot that is a mode */
};

struct mode {
	enum subject_kind subject;
	uint32_t node;        /* SUBJECT_PARAM: whose */
	uint32_t id;          /* parameter number, or string of conditions.subjects */
	int64_t bit;          /* for flags: which, 0: the whole value */
	const char *bit_name; /* or "" */
	enum mode_reason reason;
	uint32_t where;       /* node that branches on it, or sets by it */
	uint32_t effect;      /* the effect that depends on it, or NONE */
	uint32_t other;       /* the effect on the other side, or NONE */
	struct ref call;      /* MODE_PASSES: the call; unit NONE if none */
	uint32_t callee_mode; /* MODE_PASSES */
	uint32_t next;        /* of the same function's parameters, or of the same slot; NONE at the end */
};

struct derived {
	struct arena arena;
	const struct program *program;
	struct conditions conditions;
	TABLE(struct effect) effects;
	/* Those of calls of modelled functions, but for EFFECT_MAKES_LOOP and EFFECT_SETS_NONBLOCKING: by node. */
	uint32_t first_settled, settled_end;
	uint32_t *first_effect; /* by node */
	struct effect_tally {
		uint32_t last; /* effect */
		uint16_t count, cheap;
	} * effect_tally;       /* by node */
	id_table effect_bucket; /* by hash of node, kind and cause: the newest effect, or NONE */
	TABLE(struct role) roles;
	uint32_t *first_role; /* by node */
	TABLE(struct hand_loop) hand_loops;
	uint8_t *owner;         /* by node: enum owner */
	uint8_t *deferred;      /* by holder: a function put in here is called later */
	uint8_t *forks;         /* by node: its result is that of a fork */
	uint8_t *child_only;    /* by node: is only called in a forked child */
	uint8_t *in_child;      /* by edge: the call stands in the child after a fork */
	uint8_t *ends;          /* by node: enum ending */
	uint8_t *way_out;       /* by edge: enum way_out */
	uint8_t *other_thread;  /* by edge: call_on_other_thread() */
	uint32_t *hand_loop_of; /* by edge: hand loop that the call stands in, or NONE */
	uint8_t *wait_edge;     /* by edge: the call by which a home-made loop waits */
	uint8_t *wait_step;     /* by node: part of how a home-made loop waits: its waiting is the loop's own */
	TABLE(struct mode) modes;
	uint32_t *first_param_mode;  /* by node */
	id_table first_slot_mode;    /* by string of conditions.subjects */
	uint8_t *marks;              /* by node: for whoever looks for nodes; 0 when he has done */
	struct lifetimes *lifetimes; /* see lifetime.h: NULL until somebody asks */
	uint8_t *probe_flag; /* by string of conditions.subjects, up to probe_flag_count: set while callbacks run */
	uint32_t probe_flag_count;
	uint8_t *transport; /* enum transport, by string (of the program) of a record's identity: the project's own */
	uint32_t transport_count;
};

/* `stats` may be NULL. */
struct derived *derive(const struct program *program, struct stats *stats);
void derived_free(struct derived *derived);

/* children.c: what runs in a forked child, where waiting harms no loop of the parent */
void derive_children(struct derived *derived);
/* Whether the function that the model's `node` was given is a callback of that kind: as the arguments of the call say
 * that names it; where another function passes it on, only what needs no `when` is. */
bool model_callback_at(struct derived *derived, const struct model_callback *callback, uint32_t node,
		       const struct held *held);
/* Whether the call stands where only a forked child gets. */
bool call_in_child(const struct derived *derived, struct ref call);

/* endings.c: what runs when the process is about to end, where waiting harms no loop that would have to go on: what
   every way leads from to a call that ends the process, and shutting down as its last step */
enum ending {
	GOES_ON,
	ENDS,      /* calling the function ends the process, whatever it does before */
	ENDS_WELL, /* and not because something has failed */
};
enum way_out {
	WAY_ON,
	WAY_OUT,             /* the process ends after this call */
	WAY_OUT_BEHIND_LOOP, /* after the loop has ended that the call stands in */
};
void derive_endings(struct derived *derived);

/* other_thread.c */
/* Whether the value is that of the running thread: of a library's function, also handed on by own functions. */
bool is_current_thread(const struct program *program, uint32_t unit, uint32_t value);
void derive_other_threads(struct derived *derived);
/* Whether the call stands where a comparison has said that this thread is not the one that was asked for: no callback
   of that one's loop gets there. */
bool call_on_other_thread(const struct derived *derived, struct ref call);

/* seeds.c: where effects begin */
void derive_deferred(struct derived *derived);
/* Effects of calls of functions that models speak of, and of calls that give a callback away: first (`settled` false)
 * those that make descriptors and loops what they are, then all that depends on that. */
void seed_effects(struct derived *derived, bool settled);

/* model_effect.c */
/* Whether the model's effect is there at this call: adds to *condition what it depends on, clears *certain where that
 * is not known. */
bool model_effect_at(struct derived *derived, struct ref call, const struct model_effect *effect,
		     struct condition *condition, bool *certain);

/* effects.c */
void derive_effects(struct derived *derived);
/* Under the condition, unless the node has it already, or too many of its like. */
void effect_add(struct derived *derived, struct effect effect, const struct condition *condition);
/* Where the list along effect.alike begins that has all effects of the same node, kind and cause, among others. */
uint32_t first_alike(const struct derived *derived, const struct effect *effect);
/* The first effect of that kind of the node, or NULL. */
const struct effect *effect_find(const struct derived *derived, uint32_t node, enum effect_kind kind);

/* made_origin.c */
/* What a loop made by `call` (in `argument`, or its result if that is negative) becomes in its function: the result, an
 * output parameter, a field of either, or private. */
struct origin made_origin(struct derived *derived, struct ref call, int argument, uint32_t function);
/* The effect by which the function has made the loop that it pumps, for the object that keeps it; NULL if it has not.
 */
const struct effect *made_for_object(const struct derived *derived, const struct effect *pump);
/* The origin of an effect of the callee, as seen by the caller. */
struct origin origin_at_call(struct derived *derived, struct ref call, const struct effect *callee);

/* origin.c */
struct origin origin_of(struct derived *derived, struct ref value, uint32_t function);

/* descriptor.c: whether a descriptor blocks, from where it was made, by helpers too, and what was done to it since */
enum descriptor_state { DESCRIPTOR_UNKNOWN, DESCRIPTOR_BLOCKING, DESCRIPTOR_NONBLOCKING };
/* Of the descriptor in argument `number`, just before the call. */
enum descriptor_state descriptor_before(struct derived *derived, struct ref call, uint32_t number);

/* roles.c */
void derive_roles(struct derived *derived);
const struct role *role_find(const struct derived *derived, uint32_t node, uint32_t kind);

/* loops.c */
void derive_hand_loops(struct derived *derived);
void derive_owners(struct derived *derived);
/* The loop scope goes over items: its condition is about a local that the loop itself moves on. What comes from a call
 * may be what was waited for. */
bool goes_over_items(const struct facts *facts, const struct fact_scope *scope);
/* A wait on a set that the function itself made: epoll_create() ... epoll_wait(). */
bool waits_on_own_set(struct derived *derived, const struct effect *effect);
/* No loop parameter, not a loop owner, not registered as a callback, and no completion callback: it returns when the
   work is done. With `may_take_callback` a callback is no objection: one that is called before the function returns
   makes nothing async. */
bool is_sync_looking(const struct derived *derived, uint32_t node, bool may_take_callback);
/* In a test, or in a program's own example code. */
bool is_test_file(const char *path);

/* probes.c; what probes are, and questions about them: probes.h */
void derive_probes(struct derived *derived);

/* modes.c */
void derive_modes(struct derived *derived);
const struct mode *mode_of_param(const struct derived *derived, uint32_t node, uint32_t number);
const struct mode *mode_of_slot(const struct derived *derived, uint32_t subject);

#endif
