/*
 * Which project a file belongs to: the one that compiles it, else the one of the compile database that is found from
 * its directory, else the one of the workspace folder around it. Projects are opened when a file of theirs is.
 */
#ifndef ASYNCLINT_LSP_WORKSPACE_H
#define ASYNCLINT_LSP_WORKSPACE_H

#include "lsp_project.h"

struct workspace {
	struct client *client;
	struct documents *documents;
	struct arguments_of_project arguments;
	struct arena arena;
	TABLE(const char *) folders; /* absolute */
	TABLE(struct project *) projects;
	TABLE(const char *) refused; /* what was said already: each reason once */
};

/* Takes the folders of `initialize`: if there are none, the working directory is one. */
void workspace_read_folders(struct workspace *workspace, const cJSON *parameters);

/* Takes workspace/didChangeWorkspaceFolders. */
void workspace_change_folders(struct workspace *workspace, const cJSON *parameters);

/* Sets the document's project, and says why if it has none. */
void workspace_place(struct workspace *workspace, struct document *document);

/* Closes all projects, to begin again with the databases as they are now. */
void workspace_close_projects(struct workspace *workspace);

void workspace_release(struct workspace *workspace);

#endif
