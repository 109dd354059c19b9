#include "console.h"

#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Clears the line that the cursor is in. */
#define CLEAR "\r\033[K"

static const char *program = "";

static void print_line(const char *word, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

static void print_line(const char *word, const char *format, va_list arguments)
{
	struct arena scratch = {0};
	char *text = arena_vprintf(&scratch, format, arguments);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = '?';
	fprintf(stderr, "%s%s%s: %s\n", program, *program ? ": " : "", word, text);
	arena_release(&scratch);
}

static bool took_a_second(const struct timespec *start)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec > 1 || (now.tv_sec > start->tv_sec && now.tv_nsec >= start->tv_nsec);
}

void console_name(const char *name)
{
	program = name;
}

void console_error(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("error", format, arguments);
	va_end(arguments);
}

void console_warning(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("warning", format, arguments);
	va_end(arguments);
}

void console_note(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	print_line("note", format, arguments);
	va_end(arguments);
}

void console_progress_begin(struct console_progress *progress, bool wanted)
{
	*progress = (struct console_progress){.wanted = wanted && isatty(STDERR_FILENO)};
	clock_gettime(CLOCK_MONOTONIC, &progress->start);
}

void console_progress_show(struct console_progress *progress, uint32_t done, uint32_t total, const char *what)
{
	enum { LONGEST = 60 }; /* keep to one line: a wrapped one could not be written over */
	if (!progress->wanted || (!progress->shown && !took_a_second(&progress->start)))
		return;
	fprintf(stderr, CLEAR "[%u/%u] %.*s", done, total, LONGEST, what);
	progress->shown = true;
}

void console_progress_end(struct console_progress *progress)
{
	if (progress->shown)
		fputs(CLEAR, stderr);
	progress->shown = false;
}
