/*
 * Ways from the start of a thread, or from a job of a thread pool, down to a function.
 *
 * The counterpart of find_loop_path() for code that runs beside the loop. A thread that runs a loop of its own is no
 * such thing: what it calls is called by the owner of that loop.
 */
#ifndef ASYNCLINT_THREAD_PATH_H
#define ASYNCLINT_THREAD_PATH_H

#include "pass.h"

struct thread_path {
	uint32_t role;  /* index of the role that the start routine has */
	id_table edges; /* from the start routine down to the call */
};

/* Looks for a way from a start routine to the call on which no function runs a loop, no step is a call by pointer, and
   none stands under a test of which thread this is. Breadth first: the shortest. False if there is none. Release
   path->edges with table_release(). */
bool find_thread_path(struct pass *pass, uint32_t edge, struct thread_path *path);

/* Adds the start of the thread and the calls of the path. */
void note_thread_path(struct pass *pass, struct finding *finding, const struct thread_path *path);

/* "a worker thread", "a thread of its own". */
const char *thread_text(const struct pass *pass, const struct thread_path *path);

#endif
