/*
 * Methods of the language server: what each message means.
 */
#ifndef ASYNCLINT_LSP_SERVER_H
#define ASYNCLINT_LSP_SERVER_H

#include "lsp_hover.h"
#include "lsp_workspace.h"

/* LSP 3.17, "Server lifecycle". */
enum server_state { SERVER_NEW, SERVER_RUNNING, SERVER_SHUT_DOWN, SERVER_EXITED };

struct server {
	enum server_state state;
	struct client client;
	struct documents documents;
	struct workspace workspace;
	struct hovers hovers;
	uint32_t client_process; /* that is to be outlived by nobody; 0: not known */
	bool was_shut_down;
};

/* Deals with the content of one message, whatever it is. */
void server_handle(struct server *server, const char *content, size_t size);

/* Takes what processes have to say, starts what is due and publishes what is new. */
void server_step(struct server *server);

void server_release(struct server *server);

#endif
