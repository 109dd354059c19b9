/*
 * The Reviewdog Diagnostic Format (github.com/reviewdog/reviewdog, proto/rdf/reviewdog.proto, DiagnosticResult), which
 * reviewdog turns into comments on a review. It has columns in bytes and exclusive ends, as findings do; paths are
 * relative to the working directory, where reviewdog runs too.
 */
#include "details.h"
#include "json_writer.h"
#include "report.h"

static const char *severity_of(enum severity severity)
{
	static const char *const names[] = {
	    [SEVERITY_ADVICE] = "INFO",
	    [SEVERITY_WARNING] = "WARNING",
	    [SEVERITY_ERROR] = "ERROR",
	};
	return names[severity];
}

static void write_position(struct json_writer *json, const char *key, uint32_t line, uint32_t column)
{
	json_object(json, key);
	json_number(json, "line", line);
	if (column)
		json_number(json, "column", column);
	json_end(json);
}

static void write_location(struct json_writer *json, const struct report *report, const struct location *location,
			   struct arena *arena)
{
	json_object(json, "location");
	json_string(json, "path", report_path(report, location_is_known(location) ? location->file : ".", arena));
	if (location->line) {
		json_object(json, "range");
		write_position(json, "start", location->line, location->column);
		if (location->column && location->end_line && location->end_column)
			write_position(json, "end", location->end_line, location->end_column);
		json_end(json);
	}
	json_end(json);
}

static void write_path(struct json_writer *json, const struct report *report, const struct finding *finding,
		       struct arena *arena)
{
	json_array(json, "related_locations");
	for (uint32_t i = 0; i < finding->path.count; i++) {
		const struct step *step = &finding->path.items[i];
		if (!location_is_known(&step->location))
			continue;
		json_object(json, NULL);
		json_string(json, "message", step->message);
		write_location(json, report, &step->location, arena);
		json_end(json);
	}
	json_end(json);
}

static void write_code(struct json_writer *json, const struct report *report, const char *rule, struct arena *arena)
{
	json_object(json, "code");
	json_string(json, "value", rule);
	if (*report->homepage)
		json_string(json, "url", report_rule_page(report, rule, arena));
	json_end(json);
}

/* Not every reporter of reviewdog shows the related locations: the message tells the path as well. */
static void write_finding(struct json_writer *json, const struct report *report, const struct finding *finding,
			  struct arena *arena)
{
	const char *details = finding_details(finding, arena);
	json_object(json, NULL);
	json_string(json, "message", arena_printf(arena, "%s%s%s", finding->message, *details ? "\n" : "", details));
	write_location(json, report, &finding->location, arena);
	json_string(json, "severity", severity_of(finding->severity));
	write_code(json, report, finding->rule, arena);
	write_path(json, report, finding, arena);
	json_end(json);
}

void report_rdjson(const struct report *report, FILE *out)
{
	struct json_writer json = {.out = out};
	struct arena arena = {0};
	json_object(&json, NULL);
	json_object(&json, "source");
	json_string(&json, "name", "asynclint");
	if (*report->homepage)
		json_string(&json, "url", report->homepage);
	json_end(&json);
	json_array(&json, "diagnostics");
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		write_finding(&json, report, report->findings->list.items[i], &arena);
		arena_release(&arena);
	}
	json_end(&json);
	json_end(&json);
}
