/*
 * What the editor offers to do about a finding (LSP 3.17, "Code Action"): suppress it with a reason, which is to be
 * written in the place of the one that is put in, and read the rule's document.
 */
#ifndef ASYNCLINT_LSP_ACTIONS_H
#define ASYNCLINT_LSP_ACTIONS_H

#include "lsp_project.h"

/* The command that opens a rule's document; its argument is the rule's id. */
#define COMMAND_EXPLAIN "asynclint.explain"

/* Answers textDocument/codeAction. The project may be NULL. */
void actions_offer(struct client *client, const struct project *project, const struct document *document,
		   const cJSON *parameters, const char *id);

/* Answers workspace/executeCommand. */
void actions_execute(struct client *client, const cJSON *parameters, const char *id);

#endif
