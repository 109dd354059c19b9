/*
 * GitLab's Code Quality report (docs.gitlab.com, "Code Quality", custom tools): a subset of Code Climate's issues
 * (github.com/codeclimate/platform, spec/analyzers/SPEC.md), whose further fields are written for those who read them.
 * GitLab shows the description and takes two issues with one fingerprint for the same. Paths are relative to the root.
 */
#include "details.h"
#include "json_writer.h"
#include "report.h"

#include <string.h>

static const char *severity_of(enum severity severity)
{
	static const char *const names[] = {
	    [SEVERITY_ADVICE] = "info",
	    [SEVERITY_WARNING] = "minor",
	    [SEVERITY_ERROR] = "major",
	};
	return names[severity];
}

static void write_place(struct json_writer *json, const char *key, const struct location *location)
{
	json_object(json, key);
	json_string(json, "path", location_is_known(location) ? location->file : ".");
	json_object(json, "lines");
	json_number(json, "begin", location->line ? location->line : 1);
	json_number(json, "end", location->end_line ? location->end_line : location->line ? location->line : 1);
	json_end(json);
	json_end(json);
}

static void write_path(struct json_writer *json, const struct finding *finding)
{
	json_array(json, "other_locations");
	for (uint32_t i = 0; i < finding->path.count; i++)
		if (location_is_known(&finding->path.items[i].location))
			write_place(json, NULL, &finding->path.items[i].location);
	json_end(json);
}

static void write_details(struct json_writer *json, const char *details)
{
	if (!*details)
		return;
	json_object(json, "content");
	json_string(json, "body", details);
	json_end(json);
}

/* Whether the step tells a place that is new to a reader who knows the finding's. */
static bool is_elsewhere(const struct location *step, const struct location *finding)
{
	bool same = step->line == finding->line && location_is_known(finding) && location_is_known(step) &&
		    strcmp(step->file, finding->file) == 0;
	return location_is_known(step) && !same;
}

/* With the places of the path: GitLab shows nothing else of a finding. */
static const char *description_of(const struct finding *finding, struct arena *arena)
{
	enum { PLACES = 6 };
	const char *text = finding->message;
	uint32_t places = 0;
	for (uint32_t i = 0; i < finding->path.count && places <= PLACES; i++) {
		const struct location *step = &finding->path.items[i].location;
		if (!is_elsewhere(step, &finding->location))
			continue;
		const char *separator = places++ ? ", " : " (path: ";
		text = places > PLACES ? arena_printf(arena, "%s, ...", text)
				       : arena_printf(arena, "%s%s%s:%u", text, separator, step->file, step->line);
	}
	return places ? arena_printf(arena, "%s)", text) : text;
}

static void write_finding(struct json_writer *json, const struct finding *finding, struct arena *arena)
{
	json_object(json, NULL);
	json_string(json, "type", "issue");
	json_string(json, "check_name", finding->rule);
	json_string(json, "description", description_of(finding, arena));
	write_details(json, finding_details(finding, arena));
	json_array(json, "categories");
	json_string(json, NULL, "Bug Risk");
	json_end(json);
	json_string(json, "severity", severity_of(finding->severity));
	json_string(json, "fingerprint", finding->fingerprint);
	write_place(json, "location", &finding->location);
	write_path(json, finding);
	json_end(json);
}

void report_gitlab(const struct report *report, FILE *out)
{
	struct json_writer json = {.out = out};
	struct arena arena = {0};
	json_array(&json, NULL);
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		write_finding(&json, report->findings->list.items[i], &arena);
		arena_release(&arena);
	}
	json_end(&json);
}
