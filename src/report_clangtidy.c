/*
 * What clang-tidy writes with --export-fixes (clang/include/clang/Tooling/DiagnosticsYaml.h), for those who make
 * comments on a review of it: YAML, written as JSON, which is YAML too. Paths are absolute, places are offsets in
 * bytes. Nothing is to be replaced; readers as old as clang 14 know no level beneath "Warning".
 */
#include "json_writer.h"
#include "paths.h"
#include "report.h"
#include "source.h"

/* Where findings are looked up; what was read last is kept, as steps often stand in the finding's file. */
struct exporter {
	struct json_writer json;
	const struct report *report;
	struct arena arena; /* of one finding */
	struct source source;
};

/* Of a place in the file; 0 where its text is not to be had. */
static uint64_t offset_of(struct exporter *exporter, const char *path, const struct location *location)
{
	struct source_line line;
	if (!location->line || !source_find_line(&exporter->source, path, location->line, &line))
		return 0;
	uint64_t column = location->column ? location->column - 1 : 0;
	return (uint64_t)(line.text - exporter->source.text) + (column < line.size ? column : line.size);
}

static void write_message(struct exporter *exporter, const char *key, const char *message,
			  const struct location *location)
{
	struct json_writer *json = &exporter->json;
	bool known = location_is_known(location);
	const char *path = known ? path_join(exporter->report->root, location->file, &exporter->arena) : "";
	json_object(json, key);
	json_string(json, "Message", message);
	json_string(json, "FilePath", path);
	json_number(json, "FileOffset", known ? offset_of(exporter, path, location) : 0);
	json_array(json, "Replacements");
	json_end(json);
	json_end(json);
}

static void write_finding(struct exporter *exporter, const struct finding *finding)
{
	struct json_writer *json = &exporter->json;
	json_object(json, NULL);
	json_string(json, "DiagnosticName", finding->rule);
	write_message(exporter, "DiagnosticMessage", finding->message, &finding->location);
	json_array(json, "Notes");
	for (uint32_t i = 0; i < finding->path.count; i++)
		write_message(exporter, NULL, finding->path.items[i].message, &finding->path.items[i].location);
	json_end(json);
	json_string(json, "Level", finding->severity == SEVERITY_ERROR ? "Error" : "Warning");
	json_string(json, "BuildDirectory", exporter->report->root);
	json_end(json);
}

void report_clangtidy(const struct report *report, FILE *out)
{
	const struct findings *findings = report->findings;
	struct exporter exporter = {.json = {.out = out, .yaml = true}, .report = report};
	struct json_writer *json = &exporter.json;
	json_object(json, NULL);
	json_string(json, "MainSourceFile", "");
	json_array(json, "Diagnostics");
	for (uint32_t i = 0; i < findings->list.count; i++) {
		write_finding(&exporter, findings->list.items[i]);
		arena_release(&exporter.arena);
	}
	json_end(json);
	json_end(json);
	source_release(&exporter.source);
}
