/*
 * Workflow commands of GitHub Actions (docs.github.com, "Workflow commands"): lines of the log that become annotations
 * of the commit and the pull request. Escaped as packages/core/src/command.ts in github.com/actions/toolkit does.
 * Paths are relative to the root, columns are bytes.
 */
#include "details.h"
#include "report.h"

#include <string.h>

static const char *command_of(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "notice" : severity_name(severity);
}

/* A property ends at a comma or colon, a message at the end of the line. Nothing in it may drive a terminal. */
static void put(FILE *out, const char *text, const char *escaped)
{
	for (; *text; text++) {
		if (strchr(escaped, *text))
			fprintf(out, "%%%02X", (unsigned)*text);
		else
			putc((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text, out);
	}
}

static void put_property(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=", name);
	put(out, value, "%\r\n:,");
}

/* GitHub takes columns only where they are of one line. */
static void put_place(FILE *out, const struct location *location)
{
	if (!location_is_known(location))
		return;
	put_property(out, ",file", location->file);
	if (!location->line)
		return;
	uint32_t end_line = location->end_line ? location->end_line : location->line;
	fprintf(out, ",line=%u,endLine=%u", location->line, end_line);
	if (location->column && end_line == location->line)
		fprintf(out, ",col=%u", location->column);
}

static void put_command(FILE *out, const char *command, const struct location *location, const char *title,
			const char *message)
{
	fprintf(out, "::%s", command);
	put_property(out, " title", title);
	put_place(out, location);
	fputs("::", out);
	put(out, message, "%\r\n");
	putc('\n', out);
}

static void put_finding(FILE *out, const struct finding *finding, struct arena *arena)
{
	const char *details = finding_details(finding, arena);
	put_command(out, command_of(finding->severity), &finding->location, finding->rule,
		    arena_printf(arena, "%s%s%s", finding->message, *details ? "\n" : "", details));
}

static void put_notes(FILE *out, const coverage_notes *notes, const char *command, const char *title)
{
	for (uint32_t i = 0; i < notes->count; i++)
		put_command(out, command, &notes->items[i].location, title, notes->items[i].message);
}

static void put_failed(FILE *out, const coverage_notes *units)
{
	for (uint32_t i = 0; i < units->count; i++)
		put_command(out, "error", &(struct location){.file = units->items[i].name}, "unit not analysed",
			    units->items[i].message);
}

/* GitHub shows ten annotations of each level and step: the summary is the first of its level, to be among them. */
void report_github(const struct report *report, FILE *out)
{
	struct arena arena = {0};
	fputs("::notice title=asynclint::", out);
	report_summary(report, out);
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		put_finding(out, report->findings->list.items[i], &arena);
		arena_release(&arena);
	}
	put_failed(out, &report->coverage->failed);
	put_notes(out, &report->coverage->degraded, "warning", "unit parsed with errors");
	put_notes(out, &report->coverage->unused_suppressions, "warning", "suppression");
	put_notes(out, &report->coverage->fixed, "notice", "fixed, to be taken out of the baseline");
	put_notes(out, &report->coverage->notes, "notice", "asynclint");
}
