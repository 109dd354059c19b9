/*
 * JSON for programs: docs/output.schema.json. Paths are relative to the project root; keys are never left out.
 */
#include "json_writer.h"
#include "report.h"

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static void write_location(struct json_writer *json, const struct location *location)
{
	json_object(json, "location");
	json_string(json, "file", text_or_empty(location->file));
	json_number(json, "line", location->line);
	json_number(json, "column", location->column);
	json_number(json, "end_line", location->end_line);
	json_number(json, "end_column", location->end_column);
	json_end(json);
}

static void write_surface(struct json_writer *json, const struct finding *finding)
{
	json_array(json, "surface");
	for (uint32_t i = 0; i < finding->surface.count; i++) {
		const struct surface *surface = &finding->surface.items[i];
		json_object(json, NULL);
		json_string(json, "function", surface->function);
		json_string(json, "file", text_or_empty(surface->location.file));
		json_number(json, "line", surface->location.line);
		json_end(json);
	}
	json_end(json);
}

static void write_path(struct json_writer *json, const struct finding *finding)
{
	json_array(json, "path");
	for (uint32_t i = 0; i < finding->path.count; i++) {
		const struct step *step = &finding->path.items[i];
		json_object(json, NULL);
		json_string(json, "message", step->message);
		json_string(json, "function", text_or_empty(step->function));
		json_string(json, "file", text_or_empty(step->location.file));
		json_number(json, "line", step->location.line);
		json_number(json, "column", step->location.column);
		json_end(json);
	}
	json_end(json);
}

static void write_finding(struct json_writer *json, const struct finding *finding)
{
	json_object(json, NULL);
	json_string(json, "rule", finding->rule);
	json_string(json, "severity", severity_name(finding->severity));
	json_string(json, "message", finding->message);
	write_location(json, &finding->location);
	json_string(json, "function", text_or_empty(finding->function));
	write_surface(json, finding);
	write_path(json, finding);
	json_string(json, "help", finding->help);
	json_string(json, "fingerprint", finding->fingerprint);
	json_end(json);
}

/* `name_key`: what the notes' names are. The place may be in another file than the one a note is about. */
static void write_note(struct json_writer *json, const struct coverage_note *note, const char *name_key)
{
	json_object(json, NULL);
	json_string(json, name_key, text_or_empty(note->name));
	json_string(json, "message", note->message);
	json_string(json, "file", text_or_empty(note->location.file));
	json_number(json, "line", note->location.line);
	json_end(json);
}

static void write_notes(struct json_writer *json, const char *key, const struct coverage_note *notes, uint32_t count,
			const char *name_key)
{
	json_array(json, key);
	for (uint32_t i = 0; i < count; i++)
		write_note(json, &notes[i], name_key);
	json_end(json);
}

static void write_names(struct json_writer *json, const char *key, const struct coverage_note *notes, uint32_t count)
{
	json_array(json, key);
	for (uint32_t i = 0; i < count; i++)
		json_string(json, NULL, notes[i].name);
	json_end(json);
}

static void write_coverage(struct json_writer *json, const struct coverage *coverage)
{
	json_object(json, "coverage");
	json_number(json, "units", coverage->units);
	write_notes(json, "degraded", coverage->degraded.items, coverage->degraded.count, "unit");
	write_notes(json, "failed", coverage->failed.items, coverage->failed.count, "unit");
	json_number(json, "calls", coverage->calls);
	json_number(json, "pointer_calls", coverage->pointer_calls);
	json_number(json, "unresolved_calls", coverage->unresolved_calls);
	write_names(json, "unmodelled", coverage->unmodelled.items, coverage->unmodelled.count);
	write_notes(json, "unused_suppressions", coverage->unused_suppressions.items,
		    coverage->unused_suppressions.count, "rule");
	write_notes(json, "notes", coverage->notes.items, coverage->notes.count, "name");
	json_number(json, "filtered", coverage->filtered);
	json_number(json, "baselined", coverage->baselined);
	write_notes(json, "fixed", coverage->fixed.items, coverage->fixed.count, "rule");
	json_number(json, "changed_files", coverage->changed_files);
	write_names(json, "changed_in_no_unit", coverage->changed_in_no_unit.items, coverage->changed_in_no_unit.count);
	json_end(json);
}

void report_write_json(const struct report *report, const char *key, struct json_writer *json)
{
	json_object(json, key);
	json_number(json, "version", 1);
	json_object(json, "tool");
	json_string(json, "name", "asynclint");
	json_string(json, "version", report->version);
	json_string(json, "libclang", report->libclang);
	json_end(json);
	json_array(json, "findings");
	for (uint32_t i = 0; i < report->findings->list.count; i++)
		write_finding(json, report->findings->list.items[i]);
	json_end(json);
	write_coverage(json, report->coverage);
	json_end(json);
}

void report_json(const struct report *report, FILE *out)
{
	struct json_writer json = {.out = out};
	report_write_json(report, NULL, &json);
}
