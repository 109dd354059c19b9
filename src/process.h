/*
 * A process of our own that works for this one: forked, with a socket between the two.
 *
 * What may crash, stall, need too much memory or have to be stopped at once is done in such a process: to end it costs
 * only what it was at work on. It begins as a copy of its parent, so all that the parent has in memory it need not be
 * told; it ends with its parent, however that ends. Its standard input and output are nothing, its messages go to a
 * file in memory (process_messages()); with $ASYNCLINT_DEBUG set they go where the
 * parent's do.
 *
 * What goes over the socket either way are frames: a header and the bytes that it announces. The parent never waits for
 * a frame: it takes what has come (process_receive()) and looks again when poll() says so.
 */
#ifndef ASYNCLINT_PROCESS_H
#define ASYNCLINT_PROCESS_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Header of a frame. */
struct frame {
	uint32_t mark; /* always the same: a process that something has gone wrong in may write anything */
	uint32_t kind; /* the user's */
	uint64_t size; /* of the bytes that follow, at least 1 */
};

/* The parent's side of a process. Zero-initialise. */
struct process {
	pid_t pid; /* 0: there is none */
	int socket;
	int messages; /* a file in memory: the process's standard error; -1: there is none */
	struct frame frame;
	char *bytes;       /* of the frame; NULL until its header is complete */
	uint64_t received; /* of the header, then of the bytes */
	bool complete;     /* all of the frame has come */
};

struct process_options {
	uint64_t memory;  /* bytes that it may take beyond what its parent has; 0: no limit */
	bool large_stack; /* for what recurses along the nesting of a source */
	bool background;  /* of low priority: nobody waits for it */
};

/* Forks; `work` is called in the new process, which ends when it returns. False with errno set. */
bool process_start(struct process *process, const struct process_options *options,
		   void (*work)(void *context, int socket), void *context);

/* Ends the process, and returns its status as waitpid() gives it: the one it ended with by itself, if it has done so.
 */
int process_stop(struct process *process);

/* What it has said on its standard error, the first 4 kB (arena). */
const char *process_messages(const struct process *process, struct arena *arena);

/* Whether it got no more memory: neither the C++ library nor LLVM nor arena.h has another way to say so than to print
   it before the process ends. */
bool process_is_out_of_memory(const struct process *process);

/* "signal 11", "exit status 2": how it ended, by the status that process_stop() returned (arena). */
const char *process_end(int status, struct arena *arena);

enum process_event {
	PROCESS_NOTHING, /* no whole frame has come yet */
	PROCESS_FRAME,   /* one has: process->frame and process->bytes, which the caller's arena owns; a NUL follows */
	PROCESS_DAMAGED, /* what came is no frame */
	PROCESS_ENDED,   /* nothing will come any more */
};

/* Takes what has come, without waiting for more; the bytes of a frame are put into the arena. */
enum process_event process_receive(struct process *process, struct arena *arena);

/* Both sides: sends a whole frame. False if the other side is gone. */
bool frame_send(int socket, uint32_t kind, const void *bytes, uint64_t size);

/* In the process: waits for a frame, whose bytes (arena) are followed by a NUL. False when the parent has no more. */
bool frame_wait(int socket, struct frame *frame, char **bytes, struct arena *arena);

#endif
