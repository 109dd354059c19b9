/*
 * Columns: facts and findings count bytes, as clang does; SARIF (2.1.0, 3.14.17 columnKind) and LSP (3.17, position
 * encoding) count UTF-16 code units unless told otherwise. All columns count from 1; 0 is not known and stays 0.
 *
 * What is not UTF-8 counts as the U+FFFD that readers put in its place (utf8.h). Behind the end of
 * the line units and bytes go on one by one: a location at the end of the line stays there.
 */
#ifndef ASYNCLINT_COLUMNS_H
#define ASYNCLINT_COLUMNS_H

#include "source.h"

/* The column in UTF-16 units of the character that the byte column points into. */
uint32_t column_in_utf16(const struct source_line *line, uint32_t column);

/* The byte column of the character that the column in UTF-16 units points into. */
uint32_t column_in_bytes(const struct source_line *line, uint32_t column);

#endif
