/*
 * JUnit's XML report, which every CI system shows in its list of tests. There is no specification; what is written
 * keeps to what Jenkins' xUnit plugin accepts (junit-10.xsd), the strictest reader in use.
 *
 * A finding is a failed case, named by rule and message but not by line, so that its history survives edits; its class
 * is the file. A unit that was not analysed is a case that ended in an error. Where there is neither, one case has
 * passed: readers take a report without cases for a broken one.
 */
#include "details.h"
#include "report.h"
#include "xml.h"

#include <string.h>

static void begin_case(FILE *out, const char *file, const char *name)
{
	fputs("\t\t<testcase", out);
	xml_attribute(out, "classname", file);
	xml_attribute(out, "name", name);
}

/* `element` says how the case ended: "failure" or "error". */
static void end_case(FILE *out, const char *element, const char *type, const char *message, const char *text)
{
	fprintf(out, ">\n\t\t\t<%s", element);
	xml_attribute(out, "type", type);
	xml_attribute(out, "message", message);
	putc('>', out);
	xml_text(out, text);
	fprintf(out, "</%s>\n\t\t</testcase>\n", element);
}

static void write_finding(FILE *out, const struct finding *finding, struct arena *arena)
{
	const struct location *location = &finding->location;
	const char *file = location->file ? location->file : "";
	const char *place = arena_printf(arena, "%s:%u:%u", file, location->line, location->column);
	const char *details = finding_details(finding, arena);
	begin_case(out, file, arena_printf(arena, "%s: %s", finding->rule, finding->message));
	end_case(out, "failure", finding->rule, arena_printf(arena, "%s: %s", place, finding->message),
		 arena_printf(arena, "%s: %s: %s%s%s", place, severity_name(finding->severity), finding->message,
			      *details ? "\n" : "", details));
}

static void write_failed_unit(FILE *out, const struct coverage_note *unit)
{
	begin_case(out, unit->name, "analysis of the unit");
	end_case(out, "error", "failed-unit", unit->message, "");
}

static void write_cases(const struct report *report, FILE *out)
{
	const coverage_notes *failed = &report->coverage->failed;
	struct arena arena = {0};
	for (uint32_t i = 0; i < failed->count; i++)
		write_failed_unit(out, &failed->items[i]);
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		write_finding(out, report->findings->list.items[i], &arena);
		arena_release(&arena);
	}
	if (failed->count || report->findings->list.count)
		return;
	begin_case(out, "asynclint", "nothing found");
	fputs("/>\n", out);
}

void report_junit(const struct report *report, FILE *out)
{
	uint32_t failures = report->findings->list.count, errors = report->coverage->failed.count;
	uint32_t tests = failures || errors ? failures + errors : 1;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
	fprintf(out, "<testsuites name=\"asynclint\" tests=\"%u\" failures=\"%u\" errors=\"%u\">\n", tests, failures,
		errors);
	fprintf(out, "\t<testsuite name=\"asynclint\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"0\">\n",
		tests, failures, errors);
	write_cases(report, out);
	fputs("\t\t<system-out>", out);
	report_summary(report, out);
	fputs("</system-out>\n\t</testsuite>\n</testsuites>\n", out);
}
