/*
 * A project of the language server: one compile database, all its units, and what is found in them.
 *
 * Three kinds of processes work for it, all forked from the server, so that none can take it down and each can be ended
 * at once:
 *
 *   - lsp_live.c, one per unit that is open: parses it again after each edit;
 *   - lsp_index.c, one from time to time: brings the facts of all units up to date with what is saved, from the cache
 * or by parsing, and hands over those that differ;
 *   - lsp_analysis.c, one at a time: joins the facts of all units, those of open ones as they are in the editor, finds,
 *     and stays to answer questions until the next one takes its place. A newer edit ends it.
 *
 * project_step() starts what is due; project_receive() takes what they have to say.
 */
#ifndef ASYNCLINT_LSP_PROJECT_H
#define ASYNCLINT_LSP_PROJECT_H

#include "inputs.h"
#include "lsp_client.h"
#include "lsp_documents.h"
#include "lsp_live.h"
#include "models.h"
#include "options.h"

struct project_unit {
	const struct command *command;
	struct facts *saved; /* of the files as they are saved; NULL: not known yet, or there are none */
	struct arena saved_arena;
	struct live live;
};

struct project {
	struct arena arena; /* holds the project itself */
	struct client *client;
	struct documents *documents;
	const char *folder; /* absolute: where the database was looked for */
	struct arena options_arena;
	struct options options; /* points into itself */
	struct inputs inputs;   /* database, root, commands */
	struct arena models_arena;
	struct models models;
	TABLE(struct project_unit) units; /* one per command */

	int64_t edited; /* when: milliseconds, as now_in_milliseconds() */
	bool typing;    /* what is due waits until the edits have paused */

	struct process index;
	struct arena index_arena; /* of what is being received */
	bool index_due, indexed;  /* facts of what is saved are to be asked for; have been had once */
	bool progress_shown;      /* the client shows how far the index is */
	uint32_t progress_token;

	struct process analysis;
	struct arena analysis_arena; /* likewise */
	bool stale;                  /* facts have changed since the analysis began */
	bool found;                  /* the analysis has told what it found, and answers questions */
	bool news;                   /* what was last said of the open files is not all that is known now */
	struct findings findings;
	struct coverage coverage;
};

/* The facts that are analysed: those of the editor's text, else the saved ones; NULL if there are none. */
const struct facts *project_facts(const struct project_unit *unit);

/* What the server was called with. */
struct arguments_of_project {
	int count;
	char **list;
};

/* Finds and reads what the folder's project is made of: config, baseline, models, database, as `asynclint check` would
   that is called in it with these arguments. NULL if there is no database (*found is false then) or it is of
   no use, with a message in *error (arena). */
struct project *project_open(struct client *client, struct documents *documents,
			     const struct arguments_of_project *arguments, const char *folder, struct arena *arena,
			     bool *found, const char **error);
void project_close(struct project *project);

/* Whether a unit compiles the file. */
bool project_compiles(const struct project *project, const char *path);

/* The document's text is another than what the facts are of: its units are to be parsed again, once edits pause if
   `typing`. */
void project_touch(struct project *project, const struct document *document, bool typing);

/* The document is about to be closed: what is saved counts again. */
void project_forget(struct project *project, const struct document *document);

/* Starts what is due. */
void project_step(struct project *project);

/* Takes what processes have to say. */
void project_receive(struct project *project);

/* Whether the diagnostics of open files are to be published: all that is due is done, and there are others. True once.
 */
bool project_has_news(struct project *project);

/* Milliseconds until project_step() has something to do by the clock; -1: nothing. */
int project_wait(const struct project *project);

/* Adds the sockets that project_receive() reads. */
typedef TABLE(int) socket_table;
void project_sockets(const struct project *project, socket_table *sockets);

int64_t now_in_milliseconds(void);

#endif
