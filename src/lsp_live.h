/*
 * A unit that is being edited: its process, and the facts of the text as the editor has it.
 *
 * The process holds what libclang parsed, so that after an edit only what follows the first lines is parsed again. It
 * is given one text at a time; an edit while it is at work is parsed next, with all that has come until then. If it
 * crashes, so does nothing else: it is started again, unless the same text keeps crashing it.
 *
 * Text that cannot be parsed says little: whole functions vanish from it. As long as it does not parse, the last facts
 * of a text that did are kept, and `trouble` says where the error is.
 */
#ifndef ASYNCLINT_LSP_LIVE_H
#define ASYNCLINT_LSP_LIVE_H

#include "command.h"
#include "facts.h"
#include "process.h"
#include "walk.h"

/* Zero-initialise. */
struct live {
	struct process process;
	bool busy;                   /* the process is at work */
	bool due;                    /* and there is newer text than what it has, or has had */
	uint32_t crashes;            /* in a row */
	uint64_t used;               /* when it was given something last: larger is later */
	int64_t deadline;            /* for what it is at work on, as now_in_milliseconds(); 0: there is none */
	struct facts *facts;         /* of the last text that parsed, or the best there are; or NULL */
	const char *failure;         /* why there are no facts of the last text, or NULL */
	struct fact_trouble trouble; /* the first error in the last text; no message, if there is none */
	const char *trouble_message, *trouble_file;
	bool kept;                  /* the facts are of an earlier text than the trouble */
	struct arena facts_arena;   /* of facts; */
	struct arena trouble_arena; /* of the strings of the trouble and the failure; */
	struct arena incoming;      /* of what is being received */
};

/* What is the same for all units of a project. */
struct live_options {
	const char *root;
	uint64_t memory;  /* bytes, as units_options has it */
	int64_t deadline; /* as struct live has it */
};

/* Gives the overlays to the process, which is started if need be. False with errno set. */
bool live_parse(struct live *live, const struct command *command, const struct live_options *options,
		const struct overlay *overlays, uint32_t count);

enum live_event {
	LIVE_NOTHING,
	LIVE_PARSED,  /* facts, trouble and failure are those of what was given */
	LIVE_CRASHED, /* the process is gone; `failure` says how it ended */
};

/* Takes what has come. `good`: whether facts without errors are known from elsewhere, which are better than what an
   erroneous text gives. */
enum live_event live_receive(struct live *live, const struct command *command, bool good);

/* Ends the process because of its deadline: `failure` says so. */
void live_give_up(struct live *live, uint32_t seconds);

/* Ends the process; the facts stay. */
void live_stop(struct live *live);

/* And forgets the facts. */
void live_release(struct live *live);

#endif
