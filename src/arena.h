/*
 * Memory by lifetime.
 *
 * asynclint has four lifetimes: a unit's facts, the models, the joined program, the findings. Each has an arena; what
 * is allocated in it lives until the arena is released, all at once. Nothing is freed one by one, so ownership is never
 * a question: a pointer is good as long as its arena is.
 *
 * Memory that is out ends the process with one message and exit status 2 (arena_out_of_memory()): no caller checks for
 * NULL.
 */
#ifndef ASYNCLINT_ARENA_H
#define ASYNCLINT_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/* Zero-initialise: `struct arena arena = {0};` is an empty arena. */
struct arena {
	struct arena_block *block; /* newest first */
};

/* Returns `size` zeroed bytes, aligned for any type. A size of 0 is valid and gives a distinct pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/* Returns a copy of `count` items of `size` bytes; `items` may be NULL when count is 0. */
void *arena_copy(struct arena *arena, const void *items, size_t count, size_t size);

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);

/* Returns the formatted string. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Frees all that was allocated; the arena is empty and usable again. */
void arena_release(struct arena *arena);

/* Says so on stderr and exits with status 2. */
_Noreturn void arena_out_of_memory(void);

#endif
