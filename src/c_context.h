/*
 * Code, comment or string: what a place in a C source is in (C17 5.1.1.2, translation phases 2 and 3; 6.4.9). For what
 * looks at the text of sources; what the code means, libclang knows.
 */
#ifndef ASYNCLINT_C_CONTEXT_H
#define ASYNCLINT_C_CONTEXT_H

#include <stddef.h>

enum c_context { CODE, LINE_COMMENT, BLOCK_COMMENT, STRING, CHARACTER };

/* Takes the next character, or two that belong together; returns how many. `next` is the character behind the first
   one, or 0. A string that is not closed, as in the text of an #error, ends with its line. */
size_t c_take(const char *text, char next, enum c_context *context);

#endif
