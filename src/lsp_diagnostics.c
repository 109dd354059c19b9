#include "lsp_diagnostics.h"

#include "catalog.h"
#include "paths.h"
#include "uri.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

/* LSP 3.17, DiagnosticSeverity and DiagnosticTag. */
enum { LSP_ERROR = 1, LSP_WARNING, LSP_INFORMATION, LSP_HINT };
enum { LSP_UNNECESSARY = 1 };

/* What is written into the diagnostics of one document. */
struct publication {
	struct project *project;
	const struct document *document;
	struct json_writer *json;
	struct source source; /* of lines of files that are not open */
	struct arena arena;
};

static void write_position(struct json_writer *json, const char *key, struct position position)
{
	json_object(json, key);
	json_number(json, "line", position.line);
	json_number(json, "character", position.character);
	json_end(json);
}

void range_write(struct json_writer *json, const char *key, const struct range *range)
{
	json_object(json, key);
	write_position(json, "start", range->start);
	write_position(json, "end", range->end);
	json_end(json);
}

static const char *path_of(const struct project *project, const char *file, struct arena *arena)
{
	return path_join(project->inputs.root, file, arena);
}

bool diagnostics_is_in(const struct project *project, const struct document *document, const struct location *location)
{
	return document->path && strcmp(path_in_root(document->path, project->inputs.root), location->file) == 0;
}

/* Where the word that begins at the column ends, in bytes from 1: what is underlined of a place without an end. */
static uint32_t end_of_word(const struct source_line *line, uint32_t column)
{
	uint32_t end = column ? column - 1 : 0;
	while (end < line->size && (isalnum((unsigned char)line->text[end]) || line->text[end] == '_'))
		end++;
	return end + 1;
}

/* The range of the place in a text whose line `line` is its first. A place that ends in a later line ends with its
   first: what is wrong begins there, and whole bodies underlined help nobody. */
static struct range range_in(const struct documents *documents, const struct source_line *text, uint32_t line,
			     const struct location *location)
{
	uint32_t end = location->end_line == location->line && location->end_column > location->column
			   ? location->end_column
		       : location->end_line > location->line ? (uint32_t)text->size + 1
							     : end_of_word(text, location->column);
	return (struct range){position_of(documents, text, line, location->column),
			      position_of(documents, text, line, end)};
}

bool diagnostics_range(const struct project *project, const struct document *document, const struct location *location,
		       struct range *range)
{
	struct source_line text;
	uint32_t line = document_line(document, location->line ? location->line : 1);
	if (!line || !document_find_line(document, line, &text))
		return false;
	*range = range_in(project->documents, &text, line, location);
	return true;
}

/* "location": {uri, range} of a place in any file. A file that cannot be read any more has columns as facts have them.
 */
static void write_location(struct publication *publication, const struct location *location)
{
	struct project *project = publication->project;
	const char *path = path_of(project, location->file, &publication->arena);
	const struct document *open = documents_find_path(project->documents, path);
	struct source_line text = {"", 0};
	struct range range;
	json_object(publication->json, "location");
	json_string(publication->json, "uri", open ? open->uri : uri_of_path(path, &publication->arena));
	if (!open || !diagnostics_range(project, open, location, &range)) {
		source_find_line(&publication->source, path, location->line, &text);
		range = range_in(project->documents, &text, location->line, location);
	}
	range_write(publication->json, "range", &range);
	json_end(publication->json);
}

const char *rule_document(const char *rule, struct arena *arena)
{
	const char *error;
	const char *directory = catalog_directory(arena, &error);
	const char *path = directory ? path_resolve(arena_printf(arena, "%s/%s.md", directory, rule), arena) : NULL;
	if (path)
		return uri_of_path(path, arena);
	return *ASYNCLINT_HOMEPAGE ? arena_printf(arena, "%s/rules/%s.md", ASYNCLINT_HOMEPAGE, rule) : NULL;
}

static void write_related(struct publication *publication, const char *message, const struct location *location)
{
	json_object(publication->json, NULL);
	write_location(publication, location);
	json_string(publication->json, "message", message);
	json_end(publication->json);
}

static void write_path(struct publication *publication, const struct finding *finding)
{
	json_array(publication->json, "relatedInformation");
	for (uint32_t i = 0; i < finding->path.count; i++)
		write_related(publication, finding->path.items[i].message, &finding->path.items[i].location);
	for (uint32_t i = 0; finding_has_surface_note(finding) && i < finding->surface.count; i++) {
		const struct surface *surface = &finding->surface.items[i];
		write_related(publication, arena_printf(&publication->arena, "reached through '%s'", surface->function),
			      &surface->location);
	}
	json_end(publication->json);
}

/* Who cannot show related information is told it in the message. */
static const char *message_of(struct publication *publication, const struct finding *finding)
{
	struct arena *arena = &publication->arena;
	const char *text = finding->message;
	for (uint32_t i = 0; !publication->project->client->related_information && i < finding->path.count; i++) {
		const struct step *step = &finding->path.items[i];
		text =
		    arena_printf(arena, "%s\n%s:%u: %s", text, step->location.file, step->location.line, step->message);
	}
	return finding->help ? arena_printf(arena, "%s\nhelp: %s", text, finding->help) : text;
}

/* Begins a diagnostic: the caller ends it. */
static void begin(struct publication *publication, const struct range *range, int severity, const char *code,
		  const char *message)
{
	json_object(publication->json, NULL);
	range_write(publication->json, "range", range);
	json_number(publication->json, "severity", (uint64_t)severity);
	if (code)
		json_string(publication->json, "code", code);
	json_string(publication->json, "source", "asynclint");
	json_string(publication->json, "message", message);
}

static void write_finding(struct publication *publication, const struct finding *finding)
{
	static const int lsp_severities[] = {
	    [SEVERITY_ADVICE] = LSP_INFORMATION,
	    [SEVERITY_WARNING] = LSP_WARNING,
	    [SEVERITY_ERROR] = LSP_ERROR,
	};
	const struct client *client = publication->project->client;
	struct range range;
	if (!diagnostics_range(publication->project, publication->document, &finding->location, &range))
		return;
	begin(publication, &range, lsp_severities[finding->severity], finding->rule, message_of(publication, finding));
	const char *document = client->code_description ? rule_document(finding->rule, &publication->arena) : NULL;
	if (document) {
		json_object(publication->json, "codeDescription");
		json_string(publication->json, "href", document);
		json_end(publication->json);
	}
	if (client->related_information)
		write_path(publication, finding);
	json_end(publication->json);
}

/* What is wrong with a suppression: above all that it suppresses nothing. */
static void write_suppression(struct publication *publication, const struct coverage_note *note)
{
	struct range range;
	if (!diagnostics_range(publication->project, publication->document, &note->location, &range))
		return;
	range.end.character = UINT16_MAX; /* to the end of its line, which editors find */
	begin(publication, &range, LSP_WARNING, "suppression", note->message);
	if (publication->project->client->tags) {
		json_array(publication->json, "tags");
		json_number(publication->json, NULL, LSP_UNNECESSARY);
		json_end(publication->json);
	}
	json_end(publication->json);
}

/* The text as it is now does not parse: said at its first error, or in the first line if that is in another file. */
static void write_trouble(struct publication *publication, const struct live *live)
{
	const struct fact_trouble *trouble = &live->trouble;
	struct location location = {live->trouble_file, trouble->place.line, trouble->place.column, 0, 0};
	const char *message = live->failure ? live->failure : live->trouble_message;
	struct range range = {0};
	struct source_line text;
	if (!message)
		return;
	bool here = !live->failure && diagnostics_is_in(publication->project, publication->document, &location);
	if (here && document_find_line(publication->document, location.line, &text))
		range = range_in(publication->project->documents, &text, location.line, &location);
	else if (!live->failure)
		message = arena_printf(&publication->arena, "%s:%u: %s", location.file, location.line, message);
	const char *what = live->kept ? "findings are those of the text before" : "some findings may be missing";
	begin(publication, &range, LSP_INFORMATION, "degraded",
	      arena_printf(&publication->arena, "not parsed cleanly, so %s: %s", what, message));
	json_end(publication->json);
}

static void write_all(struct publication *publication)
{
	const struct project *project = publication->project;
	const struct document *document = publication->document;
	for (uint32_t i = 0; i < project->findings.list.count; i++)
		if (diagnostics_is_in(project, document, &project->findings.list.items[i]->location))
			write_finding(publication, project->findings.list.items[i]);
	for (uint32_t i = 0; i < project->coverage.unused_suppressions.count; i++)
		if (diagnostics_is_in(project, document, &project->coverage.unused_suppressions.items[i].location))
			write_suppression(publication, &project->coverage.unused_suppressions.items[i]);
	for (uint32_t i = 0; i < project->units.count; i++)
		if (document->path && strcmp(project->units.items[i].command->file, document->path) == 0)
			write_trouble(publication, &project->units.items[i].live);
}

static struct json_writer *begin_publication(struct client *client, const char *uri)
{
	struct json_writer *json = client_notify(client, "textDocument/publishDiagnostics");
	json_string(json, "uri", uri);
	return json;
}

void diagnostics_publish(struct project *project, const struct document *document)
{
	struct publication publication = {.project = project, .document = document};
	publication.json = begin_publication(project->client, document->uri);
	json_number(publication.json, "version", (uint64_t)document->version);
	json_array(publication.json, "diagnostics");
	write_all(&publication);
	client_send(project->client);
	source_release(&publication.source);
	arena_release(&publication.arena);
}

void diagnostics_clear(struct client *client, const char *uri)
{
	json_array(begin_publication(client, uri), "diagnostics");
	client_send(client);
}
