#include "lsp_documents.h"

#include "columns.h"
#include "lsp_client.h"
#include "uri.h"

#include <string.h>

static void set_text(struct text *text, const char *bytes, size_t size)
{
	text->bytes.count = 0;
	table_need(&text->bytes, (uint32_t)size + 1);
	memcpy(text->bytes.items, bytes, size);
	text->bytes.items[size] = '\0';
	text->bytes.count = (uint32_t)size;
}

/* Puts `bytes` in the place of those from `begin` to `end`. */
static void replace(struct text *text, uint32_t begin, uint32_t end, const char *bytes, size_t size)
{
	uint32_t rest = text->bytes.count - end;
	table_need(&text->bytes, (uint32_t)size + 1);
	memmove(text->bytes.items + begin + size, text->bytes.items + end, rest);
	memcpy(text->bytes.items + begin, bytes, size);
	text->bytes.count = begin + (uint32_t)size + rest;
	text->bytes.items[text->bytes.count] = '\0';
}

struct document *documents_find(const struct documents *documents, const char *uri)
{
	for (uint32_t i = 0; i < documents->list.count; i++)
		if (strcmp(documents->list.items[i]->uri, uri) == 0)
			return documents->list.items[i];
	return NULL;
}

struct document *documents_find_path(const struct documents *documents, const char *path)
{
	for (uint32_t i = 0; i < documents->list.count; i++) {
		const char *other = documents->list.items[i]->path;
		if (other && strcmp(other, path) == 0)
			return documents->list.items[i];
	}
	return NULL;
}

static void release(struct document *document)
{
	table_release(&document->text.bytes);
	table_release(&document->parsed.bytes);
	struct arena arena = document->arena;
	arena_release(&arena);
}

struct document *documents_open(struct documents *documents, const char *uri, const char *text, int64_t version)
{
	struct document *document = documents_find(documents, uri);
	if (document)
		documents_close(documents, document);
	struct arena arena = {0};
	document = arena_alloc(&arena, sizeof(*document));
	document->uri = arena_strdup(&arena, uri);
	document->path = path_of_uri(uri, &arena);
	document->version = version;
	document->arena = arena;
	set_text(&document->text, text, strlen(text));
	document_set_parsed(document);
	table_add(&documents->list, document);
	return document;
}

void documents_close(struct documents *documents, struct document *document)
{
	uint32_t i = 0;
	while (documents->list.items[i] != document)
		i++;
	documents->list.items[i] = documents->list.items[--documents->list.count];
	release(document);
}

void documents_release(struct documents *documents)
{
	while (documents->list.count)
		release(documents->list.items[--documents->list.count]);
	table_release(&documents->list);
}

void document_set_parsed(struct document *document)
{
	set_text(&document->parsed, document->text.bytes.items, document->text.bytes.count);
}

bool position_read(const cJSON *json, struct position *position)
{
	return client_get_number(json, "line", &position->line) &&
	       client_get_number(json, "character", &position->character);
}

/* Where the line that begins at `offset` ends: at its line feed, or the end of the text. */
static uint32_t end_of_line(const struct text *text, uint32_t offset)
{
	const char *from = text->bytes.items + offset;
	const char *end = memchr(from, '\n', text->bytes.count - offset);
	return end ? (uint32_t)(end - text->bytes.items) : text->bytes.count;
}

uint32_t document_offset(const struct documents *documents, const struct document *document, struct position position)
{
	const struct text *text = &document->text;
	uint32_t begin = 0;
	for (uint32_t i = 0; i < position.line; i++) {
		begin = end_of_line(text, begin) + 1;
		if (begin > text->bytes.count)
			return text->bytes.count;
	}
	uint32_t end = end_of_line(text, begin);
	struct source_line line = {text->bytes.items + begin, end - begin};
	if (line.size && line.text[line.size - 1] == '\r')
		line.size--;
	uint32_t column = position.character;
	if (!documents->utf8)
		column = column_in_bytes(&line, position.character + 1) - 1;
	return begin + (column < line.size ? column : (uint32_t)line.size);
}

static bool apply(const struct documents *documents, struct document *document, const cJSON *change)
{
	const char *text = client_get_string(change, "text");
	const cJSON *range = client_get(change, "range");
	struct position begin, end;
	if (!text)
		return false;
	if (!range) {
		set_text(&document->text, text, strlen(text));
		return true;
	}
	if (!position_read(client_get(range, "start"), &begin) || !position_read(client_get(range, "end"), &end))
		return false;
	uint32_t from = document_offset(documents, document, begin), to = document_offset(documents, document, end);
	replace(&document->text, from, to < from ? from : to, text, strlen(text));
	return true;
}

bool document_change(const struct documents *documents, struct document *document, const cJSON *changes,
		     int64_t version)
{
	const cJSON *change;
	document->version = version;
	cJSON_ArrayForEach(change, changes) if (!apply(documents, document, change)) return false;
	return true;
}

bool document_find_line(const struct document *document, uint32_t number, struct source_line *line)
{
	const struct text *text = &document->text;
	uint32_t begin = 0;
	for (uint32_t i = 1; i < number; i++) {
		begin = end_of_line(text, begin) + 1;
		if (begin > text->bytes.count)
			return false;
	}
	*line = (struct source_line){text->bytes.items + begin, end_of_line(text, begin) - begin};
	if (line->size && line->text[line->size - 1] == '\r')
		line->size--;
	return true;
}

static uint32_t count_lines(const char *from, const char *to)
{
	uint32_t count = 0;
	for (; from < to && (from = memchr(from, '\n', (size_t)(to - from))); from++)
		count++;
	return count;
}

uint32_t document_line(const struct document *document, uint32_t line)
{
	const char *old = document->parsed.bytes.items, *new = document->text.bytes.items;
	uint32_t old_size = document->parsed.bytes.count, new_size = document->text.bytes.count;
	uint32_t shorter = old_size < new_size ? old_size : new_size, before = 0, behind = 0;
	while (before < shorter && old[before] == new[before])
		before++;
	if (before == old_size && before == new_size)
		return line;
	while (behind < shorter - before && old[old_size - 1 - behind] == new[new_size - 1 - behind])
		behind++;
	if (line <= count_lines(old, old + before))
		return line;
	/* Of the lines that both texts end with, only the whole ones: the first of them follows a line feed. */
	uint32_t same = count_lines(old + old_size - behind, old + old_size);
	uint32_t old_lines = count_lines(old, old + old_size) + 1;
	if (line + same <= old_lines)
		return 0;
	return line + count_lines(new, new + new_size) + 1 - old_lines;
}

struct position position_of(const struct documents *documents, const struct source_line *text, uint32_t line,
			    uint32_t column)
{
	if (column && !documents->utf8)
		column = column_in_utf16(text, column);
	return (struct position){line ? line - 1 : 0, column ? column - 1 : 0};
}
