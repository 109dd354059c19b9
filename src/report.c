#include "report.h"

#include "paths.h"

#include <string.h>

const struct report_format report_formats[] = {
    {.name = "text", .print = report_text},
    {.name = "json", .print = report_json, .has_coverage = true},
    {.name = "sarif", .print = report_sarif, .tells_provenance = true, .has_coverage = true},
    {.name = "github", .print = report_github, .has_coverage = true},
    {.name = "gitlab", .print = report_gitlab},
    {.name = "rdjson", .print = report_rdjson},
    {.name = "checkstyle", .print = report_checkstyle},
    {.name = "junit", .print = report_junit},
    {.name = "clangtidy", .print = report_clangtidy},
    {.name = "html", .print = report_html, .has_coverage = true, .has_map = true},
    {0},
};

const struct report_format *report_format_find(const char *name)
{
	for (const struct report_format *format = report_formats; format->name; format++)
		if (strcmp(format->name, name) == 0)
			return format;
	return NULL;
}

const char *report_path(const struct report *report, const char *file, struct arena *arena)
{
	return path_relative(path_join(report->root, file, arena), report->directory, arena);
}

const char *report_rule_page(const struct report *report, const char *rule, struct arena *arena)
{
	return arena_printf(arena, "%s/rules/%s.md", report->homepage, rule);
}
