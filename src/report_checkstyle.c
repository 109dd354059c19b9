/*
 * Checkstyle's XML report, which Jenkins (Warnings), reviewdog, cs2pr and many others read. There is no specification;
 * the elements are those that Checkstyle's own XMLLogger.java writes. Paths are relative to the root, columns are
 * bytes.
 */
#include "details.h"
#include "report.h"
#include "xml.h"

#include <string.h>

static const char *severity_of(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "info" : severity_name(severity);
}

static void write_error(FILE *out, const struct finding *finding, struct arena *arena)
{
	const char *details = finding_details(finding, arena);
	const char *message = arena_printf(arena, "%s%s%s", finding->message, *details ? "\n" : "", details);
	fprintf(out, "\t\t<error line=\"%u\" column=\"%u\"", finding->location.line, finding->location.column);
	xml_attribute(out, "severity", severity_of(finding->severity));
	xml_attribute(out, "message", message);
	xml_attribute(out, "source", arena_printf(arena, "asynclint.%s", finding->rule));
	fputs("/>\n", out);
}

static const char *file_of(const struct finding *finding)
{
	return finding->location.file ? finding->location.file : "";
}

void report_checkstyle(const struct report *report, FILE *out)
{
	struct arena arena = {0};
	const char *file = NULL;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n", out);
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		const struct finding *finding = report->findings->list.items[i];
		if (!file || strcmp(file, file_of(finding)) != 0) {
			fputs(file ? "\t</file>\n\t<file" : "\t<file", out);
			file = file_of(finding);
			xml_attribute(out, "name", file);
			fputs(">\n", out);
		}
		write_error(out, finding, &arena);
		arena_release(&arena);
	}
	fputs(file ? "\t</file>\n</checkstyle>\n" : "</checkstyle>\n", out);
}
