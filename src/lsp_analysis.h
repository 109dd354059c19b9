/*
 * The joined program of a project in a process of its own: what is found in it, and answers to questions about it.
 */
#ifndef ASYNCLINT_LSP_ANALYSIS_H
#define ASYNCLINT_LSP_ANALYSIS_H

#include "lsp_project.h"

/* Starts it with the facts there are now, in the place of the one before. */
void analysis_start(struct project *project);

/* Asks what is known of a function: the answer comes as ANALYSIS_ANSWER, in the order of the questions. False if nobody
   is there to be asked. */
bool analysis_ask(struct project *project, const char *function);

enum analysis_event {
	ANALYSIS_NOTHING,
	ANALYSIS_FOUND,  /* findings and coverage of the project are new */
	ANALYSIS_ANSWER, /* project->analysis.bytes is what analysis_why() says; empty: there is no such function */
	ANALYSIS_FAILED, /* it is gone, and has been said so */
};

enum analysis_event analysis_receive(struct project *project);

void analysis_stop(struct project *project);

#endif
