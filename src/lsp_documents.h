/*
 * The files that are open in the editor: their texts as the editor has them, saved or not.
 *
 * Facts are of a text as it was when it was parsed; while somebody types in it, and for as long as it cannot be parsed,
 * the text is another. document_line() says where a line of the parsed text has gone: lines before the first and behind
 * the last difference are the same ones, those between have none that is theirs.
 *
 * Positions of the editor count from 0 and characters in UTF-16 units or bytes, as was agreed on (LSP 3.17,
 * "Position"); those of facts count from 1 and bytes.
 */
#ifndef ASYNCLINT_LSP_DOCUMENTS_H
#define ASYNCLINT_LSP_DOCUMENTS_H

#include "arena.h"
#include "source.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

struct text {
	TABLE(char) bytes; /* a NUL follows, which is not counted */
};

struct document {
	struct arena arena; /* holds the document itself */
	const char *uri;    /* as the editor says it */
	const char *path;   /* absolute, resolved; NULL: none of this machine's files */
	int64_t version;
	struct text text;
	struct text parsed;      /* what the facts in use are of */
	struct project *project; /* lsp_project.h; or NULL */
};

struct documents {
	TABLE(struct document *) list;
	bool utf8; /* how positions count characters */
};

struct position {
	uint32_t line, character;
};

/* NULL if it is not open. */
struct document *documents_find(const struct documents *documents, const char *uri);
struct document *documents_find_path(const struct documents *documents, const char *path);

/* Opened again, it is another one with the same name. */
struct document *documents_open(struct documents *documents, const char *uri, const char *text, int64_t version);
void documents_close(struct documents *documents, struct document *document);
void documents_release(struct documents *documents);

/* Applies the contentChanges of didChange in their order: each of the whole text, or of a range. False if one is
   neither; those before it are applied. */
bool document_change(const struct documents *documents, struct document *document, const cJSON *changes,
		     int64_t version);

/* The text is what the facts are of from now on. */
void document_set_parsed(struct document *document);

/* The line (from 1) of today's text that a line of the parsed text is; 0 if it has been changed. */
uint32_t document_line(const struct document *document, uint32_t line);

/* A line of today's text (from 1). False if there are not as many. */
bool document_find_line(const struct document *document, uint32_t number, struct source_line *line);

/* The editor's position of a place in a line (both from 1; 0 counts as 1). */
struct position position_of(const struct documents *documents, const struct source_line *text, uint32_t line,
			    uint32_t column);

/* Where in the text a position is, in bytes; beyond the end of a line or the text is at its end. */
uint32_t document_offset(const struct documents *documents, const struct document *document, struct position position);

/* Reads {"line": .., "character": ..}. */
bool position_read(const cJSON *json, struct position *position);

#endif
