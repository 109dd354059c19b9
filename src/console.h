/*
 * What asynclint says to the person who started it: all of it on stderr, so that stdout holds findings only.
 */
#ifndef ASYNCLINT_CONSOLE_H
#define ASYNCLINT_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Puts the name in front of each line from now on: for a program whose lines stand among those of others. */
void console_name(const char *name);

/* Each prints one line, "error: ..." and so on; control characters in it are shown as '?'. */
void console_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "[12/62] src/unix/fs.c", in one line that is written over: only on a terminal, and only once the work has taken a
 * second. */
struct console_progress {
	bool wanted, shown;
	struct timespec start;
};

void console_progress_begin(struct console_progress *progress, bool wanted);
void console_progress_show(struct console_progress *progress, uint32_t done, uint32_t total, const char *what);
void console_progress_end(struct console_progress *progress);

#endif
