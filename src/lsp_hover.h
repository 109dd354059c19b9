/*
 * What is known of the function under the cursor (LSP 3.17, "Hover"): where it runs and what it does, with the reasons,
 * as `asynclint why` says it.
 *
 * The analysis answers, and one may be under way: a question waits until it is done, and is asked again if an edit
 * ended it. The client may take a question back.
 */
#ifndef ASYNCLINT_LSP_HOVER_H
#define ASYNCLINT_LSP_HOVER_H

#include "lsp_project.h"

/* Questions that have not been answered, in the order in which they came. */
struct hovers {
	TABLE(struct hover *) list;
};

/* Takes up textDocument/hover; what can be answered at once is. The project may be NULL. */
void hover_begin(struct hovers *hovers, struct client *client, struct project *project, const struct document *document,
		 const cJSON *parameters, const char *id);

/* Asks the first question about the project, if its analysis is there and has none to answer. Never two at a time: were
   the analysis held up by answers that nobody takes, this process would be by questions that nobody takes. */
void hovers_ask(struct hovers *hovers, struct project *project);

/* The analysis has answered the question that it was asked. */
void hovers_answer(struct hovers *hovers, struct project *project);

/* The analysis is gone, or is about to be: what it was asked is to be asked again. */
void hovers_ask_again(struct hovers *hovers, const struct project *project);

/* Answers REQUEST_CANCELLED to the question of that id, if there is one. */
void hovers_cancel(struct hovers *hovers, struct client *client, const char *id);

/* Answers nothing to those about the project, or to all if it is NULL: it is gone. */
void hovers_drop(struct hovers *hovers, struct client *client, const struct project *project);

#endif
