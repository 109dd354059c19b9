/*
 * The facts of all units as they are saved, made in the background.
 */
#ifndef ASYNCLINT_LSP_INDEX_H
#define ASYNCLINT_LSP_INDEX_H

#include "lsp_project.h"

/* Starts the process that makes them, unless it runs. */
void index_start(struct project *project);

/* Takes what it says; sets project->stale where facts have changed. Returns whether it is done. */
bool index_receive(struct project *project);

void index_stop(struct project *project);

#endif
