#include "lsp_hover.h"

#include "lsp_analysis.h"
#include "lsp_diagnostics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct hover {
	struct arena arena; /* holds itself */
	const char *id;     /* NULL: it was taken back, but the analysis will still answer */
	const char *function;
	struct project *project;
	struct range range; /* of the word */
	bool asked;
};

static void drop(struct hovers *hovers, uint32_t index)
{
	struct arena arena = hovers->list.items[index]->arena;
	hovers->list.count--;
	memmove(&hovers->list.items[index], &hovers->list.items[index + 1],
		(hovers->list.count - index) * sizeof(*hovers->list.items));
	arena_release(&arena);
	if (!hovers->list.count)
		table_release(&hovers->list);
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The word around the position (arena) and where it is; NULL if there is none. */
static const char *find_word(const struct documents *documents, const struct document *document,
			     struct position position, struct range *range, struct arena *arena)
{
	struct source_line line;
	if (!document_find_line(document, position.line + 1, &line))
		return NULL;
	uint32_t at =
	    document_offset(documents, document, position) - (uint32_t)(line.text - document->text.bytes.items);
	uint32_t begin = at, end = at;
	while (begin > 0 && is_of_word(line.text[begin - 1]))
		begin--;
	while (end < line.size && is_of_word(line.text[end]))
		end++;
	range->start = position_of(documents, &line, position.line + 1, begin + 1);
	range->end = position_of(documents, &line, position.line + 1, end + 1);
	bool found = begin < end && !isdigit((unsigned char)line.text[begin]);
	return found ? arena_strndup(arena, line.text + begin, end - begin) : NULL;
}

void hover_begin(struct hovers *hovers, struct client *client, struct project *project, const struct document *document,
		 const cJSON *parameters, const char *id)
{
	struct arena arena = {0};
	struct hover *hover = arena_alloc(&arena, sizeof(*hover));
	struct position position;
	if (!position_read(client_get(parameters, "position"), &position)) {
		client_respond_error(client, id, INVALID_PARAMS, "'position' is missing or no position");
		arena_release(&arena);
		return;
	}
	hover->function = project ? find_word(project->documents, document, position, &hover->range, &arena) : NULL;
	if (!hover->function) {
		client_respond_nothing(client, id);
		arena_release(&arena);
		return;
	}
	hover->id = arena_strdup(&arena, id);
	hover->project = project;
	hover->arena = arena;
	table_add(&hovers->list, hover);
	hovers_ask(hovers, project);
}

void hovers_ask(struct hovers *hovers, struct project *project)
{
	for (uint32_t i = 0; i < hovers->list.count; i++) {
		struct hover *hover = hovers->list.items[i];
		if (hover->project != project)
			continue;
		if (!hover->asked)
			hover->asked = analysis_ask(project, hover->function);
		return;
	}
}

void hovers_ask_again(struct hovers *hovers, const struct project *project)
{
	for (uint32_t i = hovers->list.count; i-- > 0;) {
		if (hovers->list.items[i]->project != project)
			continue;
		hovers->list.items[i]->asked = false;
		if (!hovers->list.items[i]->id)
			drop(hovers, i);
	}
}

/* A line of why.h's text as an item of a list, as deep as it is indented; what it quotes is code, in which nothing is
   to be escaped. */
static void write_item(FILE *out, const char *line, size_t size)
{
	size_t depth = 0;
	while (depth < size && line[depth] == ' ')
		depth++;
	if (depth)
		fprintf(out, "%*s- ", (int)depth - 2, "");
	bool code = false;
	for (size_t i = depth; i < size; i++) {
		/* Not the apostrophe of a genitive. */
		bool quote = line[i] == '\'' && (code || i == depth || strchr(" (", line[i - 1]));
		if (quote)
			code = !code;
		if (quote)
			putc('`', out);
		else if (!code && strchr("\\`*_<>[]#", line[i]))
			fprintf(out, "\\%c", line[i]);
		else
			putc(line[i], out);
	}
	fputs(depth ? "\n" : "\n\n", out);
}

static char *as_markdown(const char *text, struct arena *arena)
{
	char *written = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&written, &size);
	if (!out)
		arena_out_of_memory();
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		write_item(out, line, length);
		line += length + (line[length] == '\n');
	}
	if (fclose(out) != 0 || !written)
		arena_out_of_memory();
	char *copy = arena_strndup(arena, written, size);
	free(written);
	return copy;
}

void hovers_answer(struct hovers *hovers, struct project *project)
{
	uint32_t i = 0;
	while (i < hovers->list.count && !(hovers->list.items[i]->project == project && hovers->list.items[i]->asked))
		i++;
	if (i == hovers->list.count)
		return;
	struct hover *hover = hovers->list.items[i];
	struct client *client = project->client;
	const char *text = project->analysis.bytes;
	if (hover->id && !*text) {
		client_respond_nothing(client, hover->id);
	} else if (hover->id) {
		struct json_writer *json = client_respond(client, hover->id);
		json_object(json, "result");
		json_object(json, "contents");
		json_string(json, "kind", client->markdown ? "markdown" : "plaintext");
		json_string(json, "value", client->markdown ? as_markdown(text, &hover->arena) : text);
		json_end(json);
		range_write(json, "range", &hover->range);
		client_send(client);
	}
	drop(hovers, i);
	hovers_ask(hovers, project);
}

void hovers_cancel(struct hovers *hovers, struct client *client, const char *id)
{
	for (uint32_t i = 0; i < hovers->list.count; i++) {
		struct hover *hover = hovers->list.items[i];
		if (!hover->id || strcmp(hover->id, id) != 0)
			continue;
		client_respond_error(client, id, REQUEST_CANCELLED, "cancelled");
		/* Answers come in the order of the questions: its place must stay. */
		if (hover->asked)
			hover->id = NULL;
		else
			drop(hovers, i);
		return;
	}
}

void hovers_drop(struct hovers *hovers, struct client *client, const struct project *project)
{
	for (uint32_t i = hovers->list.count; i-- > 0;) {
		if (project && hovers->list.items[i]->project != project)
			continue;
		if (hovers->list.items[i]->id)
			client_respond_nothing(client, hovers->list.items[i]->id);
		drop(hovers, i);
	}
}
