#include "sarif.h"

#include "columns.h"
#include "paths.h"
#include "uri.h"

#include <string.h>

static bool find_line(struct sarif *sarif, const char *file, uint32_t number, struct source_line *line)
{
	return source_find_line(&sarif->source, path_join(sarif->report->root, file, &sarif->arena), number, line);
}

/* In UTF-16 units; what cannot be read keeps its bytes. */
static uint32_t column_of(struct sarif *sarif, const char *file, uint32_t number, uint32_t column)
{
	struct source_line line;
	return find_line(sarif, file, number, &line) ? column_in_utf16(&line, column) : column;
}

/* The text of the source from `from` to `to`; both lie in the memory of the source that was read last. */
static void write_snippet(struct sarif *sarif, const char *from, const char *to)
{
	json_object(&sarif->json, "snippet");
	json_string(&sarif->json, "text", arena_strndup(&sarif->arena, from, (size_t)(to - from)));
	json_end(&sarif->json);
}

/* What stands in the region, unless the file is no longer what was analysed. */
static void write_region_snippet(struct sarif *sarif, const struct location *location)
{
	struct source_line first, last;
	if (!find_line(sarif, location->file, location->line, &first) ||
	    !find_line(sarif, location->file, location->end_line, &last) || !location->column ||
	    !location->end_column || location->column > first.size + 1 || location->end_column > last.size + 1)
		return;
	const char *from = first.text + location->column - 1, *to = last.text + location->end_column - 1;
	if (from <= to)
		write_snippet(sarif, from, to);
}

static void write_region(struct sarif *sarif, const struct location *location, bool with_source)
{
	struct json_writer *json = &sarif->json;
	const char *file = location->file;
	json_object(json, "region");
	json_number(json, "startLine", location->line);
	if (location->column)
		json_number(json, "startColumn", column_of(sarif, file, location->line, location->column));
	if (location->column && location->end_line && location->end_column) {
		json_number(json, "endLine", location->end_line);
		json_number(json, "endColumn", column_of(sarif, file, location->end_line, location->end_column));
	}
	if (with_source)
		write_region_snippet(sarif, location);
	json_end(json);
}

/* Some lines around the region (3.29.5). */
static void write_context(struct sarif *sarif, const struct location *location)
{
	enum { AROUND = 2 };
	struct json_writer *json = &sarif->json;
	uint32_t begin = location->line > AROUND ? location->line - AROUND : 1;
	uint32_t end = (location->end_line ? location->end_line : location->line) + AROUND;
	struct source_line first, last;
	if (!find_line(sarif, location->file, location->line, &last))
		return;
	find_line(sarif, location->file, begin, &first);
	while (!find_line(sarif, location->file, end, &last))
		end--;
	json_object(json, "contextRegion");
	json_number(json, "startLine", begin);
	json_number(json, "endLine", end);
	write_snippet(sarif, first.text, last.text + last.size);
	json_end(json);
}

static void write_artifact(struct sarif *sarif, const char *file)
{
	json_object(&sarif->json, "artifactLocation");
	json_string(&sarif->json, "uri", uri_of_path(file, &sarif->arena));
	if (file[0] != '/')
		json_string(&sarif->json, "uriBaseId", SARIF_ROOT);
	json_end(&sarif->json);
}

void sarif_physical(struct sarif *sarif, const struct location *location, bool with_source)
{
	if (!location_is_known(location))
		return;
	json_object(&sarif->json, "physicalLocation");
	write_artifact(sarif, location->file);
	if (location->line)
		write_region(sarif, location, with_source);
	if (location->line && with_source)
		write_context(sarif, location);
	json_end(&sarif->json);
}

void sarif_logical(struct json_writer *json, const char *function)
{
	if (!function || !*function)
		return;
	json_array(json, "logicalLocations");
	json_object(json, NULL);
	json_string(json, "fullyQualifiedName", function);
	json_string(json, "kind", "function");
	json_end(json);
	json_end(json);
}

void sarif_place(struct sarif *sarif, const struct location *location, const char *function, const char *message)
{
	sarif_physical(sarif, location, false);
	sarif_logical(&sarif->json, function);
	sarif_message(sarif, "message", sarif_sentence(sarif_plain(message, &sarif->arena), &sarif->arena));
}
