/*
 * `asynclint lsp`: the language server, LSP 3.17 on standard input and output.
 *
 *   lsp.c              the loop: waits for the client and for processes, in this order
 *   lsp_server.c       methods: which message is answered how
 *   lsp_transport.c    messages as bytes
 *   lsp_client.c       what the client can do, what is said to it
 *   lsp_documents.c    open files and positions in them
 *   lsp_workspace.c    which project a file belongs to
 *   lsp_project.c      the units of a project and who works on them: lsp_live.c, lsp_index.c, lsp_analysis.c
 *   lsp_diagnostics.c  lsp_actions.c  lsp_hover.c
 *
 * Everything that takes long or may crash is done in processes of its own (process.h), so the loop never waits for
 * anything but the next message, and one thread does.
 */
#ifndef ASYNCLINT_LSP_H
#define ASYNCLINT_LSP_H

/* The arguments are what the program was called with, and have been found to be good: each project is checked as
   `asynclint check` with them would check it. Serves until the client says exit, or is gone. Returns the exit status of
   LSP: 0 after `shutdown`, else 1. */
int lsp_serve(int argc, char **argv);

#endif
