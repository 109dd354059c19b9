/*
 * One page of HTML with everything in it: findings with their source, the paths to them, the map, coverage.
 *
 * The page (src/html/page.html, its style and its script, put together when asynclint is built) is the same for all
 * reports, and so is its Content-Security-Policy, which allows that style and that script by their hashes and nothing
 * else. What differs is one value of JSON in the middle, which is no script and which the page shows as text only:
 * whatever a name or a source line holds, it is not markup.
 *
 *	{ "project": "redis",
 *	  "report":  what --format json writes (docs/output.schema.json),
 *	  "rules":   [{ "id": ..., "family": ..., "summary": ..., "document": Markdown or null }],
 *	                             those that found something
 *	  "lines":   [{ "file": ..., "lines": [number, text, number, text] }],   the source around findings and steps
 *	  "marks":   [begin, end, ...],      of each finding, on its first line, in UTF-16 units from 0; end exclusive
 *	  "map":     { "flags": [name of each bit],
 *	               "files": [[path, functions, number with each flag ...]],
 *	               "functions": [[name, file, line, flags]], "calls": [from, to, from, to] } }
 */
#include "columns.h"
#include "html_page.h"
#include "paths.h"
#include "report.h"
#include "rule.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>

enum {
	LINES_AROUND = 4,   /* a finding; of a step just its own line is shown */
	LONGEST_LINE = 400, /* bytes; the rest of a longer one is not for people */
};

struct line_of_file {
	const char *file;
	uint32_t number;
};

typedef TABLE(struct line_of_file) line_table;

static void add_lines(line_table *lines, const struct location *location, uint32_t around)
{
	if (!location->file || !*location->file || !location->line)
		return;
	uint32_t first = location->line > around ? location->line - around : 1;
	for (uint32_t number = first; number <= location->line + around; number++)
		table_add(lines, (struct line_of_file){location->file, number});
}

static int compare_lines(const void *left, const void *right)
{
	const struct line_of_file *a = left, *b = right;
	int order = strcmp(a->file, b->file);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* Where a line that is too long is cut: not within a character. */
static size_t shown_size(const struct source_line *line)
{
	size_t size = line->size < LONGEST_LINE ? line->size : LONGEST_LINE;
	while (size && size < line->size && (line->text[size] & 0xC0) == 0x80)
		size--;
	return size;
}

static void write_line(struct json_writer *json, const struct source_line *line, uint32_t number, struct arena *arena)
{
	size_t size = shown_size(line);
	const char *text = arena_strndup(arena, line->text, size);
	json_number(json, NULL, number);
	json_string(json, NULL, size < line->size ? arena_printf(arena, "%s …", text) : text);
}

/* The lines are sorted; each is written once, however many findings show it. */
static void write_lines(struct json_writer *json, const struct report *report, const line_table *lines)
{
	struct source source = {0};
	struct arena arena = {0};
	json_array(json, "lines");
	for (uint32_t i = 0, next; i < lines->count; i = next) {
		const char *file = lines->items[i].file, *path = path_join(report->root, file, &arena);
		json_object(json, NULL);
		json_string(json, "file", file);
		json_array(json, "lines");
		for (next = i; next < lines->count && strcmp(lines->items[next].file, file) == 0; next++) {
			struct source_line line;
			bool is_repeated = next > i && lines->items[next].number == lines->items[next - 1].number;
			if (!is_repeated && source_find_line(&source, path, lines->items[next].number, &line))
				write_line(json, &line, lines->items[next].number, &arena);
		}
		json_end(json);
		json_end(json);
	}
	json_end(json);
	arena_release(&arena);
	source_release(&source);
}

static void write_source(struct json_writer *json, const struct report *report)
{
	line_table lines = {0};
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		const struct finding *finding = report->findings->list.items[i];
		add_lines(&lines, &finding->location, LINES_AROUND);
		for (uint32_t step = 0; step < finding->path.count; step++)
			add_lines(&lines, &finding->path.items[step].location, 0);
	}
	if (lines.count)
		qsort(lines.items, lines.count, sizeof(*lines.items), compare_lines);
	write_lines(json, report, &lines);
	table_release(&lines);
}

/* From the column to the end of what the finding is about, or of the line where that goes on beneath it. */
static void write_mark(struct json_writer *json, const struct source_line *line, const struct location *location)
{
	uint32_t begin = column_in_utf16(line, location->column ? location->column : 1), end = begin + 1;
	if (location->end_line > location->line)
		end = column_in_utf16(line, (uint32_t)line->size + 1);
	else if (location->end_line == location->line && location->end_column > location->column)
		end = column_in_utf16(line, location->end_column);
	json_number(json, NULL, begin - 1);
	json_number(json, NULL, end - 1);
}

static void write_marks(struct json_writer *json, const struct report *report)
{
	struct source source = {0};
	struct arena arena = {0};
	json_array(json, "marks");
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		const struct location *location = &report->findings->list.items[i]->location;
		struct source_line line = {.text = ""};
		if (location->file && *location->file)
			source_find_line(&source, path_join(report->root, location->file, &arena), location->line,
					 &line);
		write_mark(json, &line, location);
	}
	json_end(json);
	arena_release(&arena);
	source_release(&source);
}

static bool has_found(const struct findings *findings, const struct rule *rule)
{
	for (uint32_t i = 0; i < findings->list.count; i++)
		if (strcmp(findings->list.items[i]->rule, rule->id) == 0)
			return true;
	return false;
}

/* NULL where it is not to be read. */
static const char *document_of(const struct report *report, const struct rule *rule, struct arena *arena)
{
	struct source file = {0};
	const char *text = NULL;
	if (report->documents && source_read(&file, arena_printf(arena, "%s/%s.md", report->documents, rule->id)))
		text = arena_strndup(arena, file.text, file.size);
	source_release(&file);
	return text;
}

static void write_rules(struct json_writer *json, const struct report *report)
{
	struct arena arena = {0};
	json_array(json, "rules");
	for (const struct rule *const *rule = all_rules; *rule; rule++) {
		if (!has_found(report->findings, *rule))
			continue;
		json_object(json, NULL);
		json_string(json, "id", (*rule)->id);
		json_string(json, "family", (*rule)->family);
		json_string(json, "summary", (*rule)->summary);
		json_string(json, "document", document_of(report, *rule, &arena));
		json_end(json);
	}
	json_end(json);
	arena_release(&arena);
}

static void write_map_files(struct json_writer *json, const struct map *map)
{
	json_array(json, "files");
	for (uint32_t i = 0; i < map->files.count; i++) {
		const struct map_file *file = &map->files.items[i];
		json_array(json, NULL);
		json_string(json, NULL, file->path);
		json_number(json, NULL, file->functions);
		for (int flag = 0; flag < MAP_FLAGS; flag++)
			json_number(json, NULL, file->count[flag]);
		json_end(json);
	}
	json_end(json);
}

static void write_map_functions(struct json_writer *json, const struct map *map)
{
	json_array(json, "functions");
	for (uint32_t i = 0; i < map->functions.count; i++) {
		const struct map_function *function = &map->functions.items[i];
		json_array(json, NULL);
		json_string(json, NULL, function->name);
		json_number(json, NULL, function->file);
		json_number(json, NULL, function->line);
		json_number(json, NULL, function->flags);
		json_end(json);
	}
	json_end(json);
}

static void write_map(struct json_writer *json, const struct map *map)
{
	static const char *const names[MAP_FLAGS] = {
	    [MAP_ON_LOOP] = "on-loop",     [MAP_OFF_LOOP] = "off-loop",     [MAP_BLOCKS] = "blocks",
	    [MAP_RUNS_LOOP] = "runs-loop", [MAP_MAKES_LOOP] = "makes-loop", [MAP_LEADS] = "leads",
	};
	json_object(json, "map");
	json_array(json, "flags");
	for (int flag = 0; flag < MAP_FLAGS; flag++)
		json_string(json, NULL, names[flag]);
	json_end(json);
	write_map_files(json, map);
	write_map_functions(json, map);
	json_array(json, "calls");
	for (uint32_t i = 0; i < map->calls.count; i++) {
		json_number(json, NULL, map->calls.items[i].from);
		json_number(json, NULL, map->calls.items[i].to);
	}
	json_end(json);
	json_end(json);
}

/* The last part of the root's path: a report is the same wherever the project lies. */
static const char *project_name(const struct report *report)
{
	const char *slash = report->root ? strrchr(report->root, '/') : NULL;
	return slash ? slash + 1 : "";
}

void report_html(const struct report *report, FILE *out)
{
	struct json_writer json = {.out = out, .embedded = true};
	fwrite(html_page_before_data, 1, sizeof(html_page_before_data), out);
	json_object(&json, NULL);
	json_string(&json, "project", project_name(report));
	report_write_json(report, "report", &json);
	write_rules(&json, report);
	write_source(&json, report);
	write_marks(&json, report);
	write_map(&json, report->map);
	json_end(&json);
	fwrite(html_page_after_data, 1, sizeof(html_page_after_data), out);
}
