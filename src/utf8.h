/*
 * Just enough UTF-8 for output: sources and paths may hold any bytes.
 */
#ifndef ASYNCLINT_UTF8_H
#define ASYNCLINT_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xFFFD };

/* Decodes the character that begins at `text`, of which `size` bytes (at least 1) may be read, and returns its length
   in bytes. What is not well-formed (cut short, overlong, a surrogate, beyond U+10FFFF) is UTF8_REPLACEMENT, one for
   the bytes that begin a character and one for each that cannot: so do Unicode 15 (3.9, "U+FFFD Substitution of Maximal
   Subparts") and the WHATWG's Encoding Standard, and readers of what is written here count their columns by it. */
size_t utf8_decode(const char *text, size_t size, uint32_t *character);

#endif
