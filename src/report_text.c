/*
 * Text as compilers write it: editors, CI and people know how to read it. On a terminal with colours and the source
 * beneath.
 *
 * Only words that readers of gcc's output know stand after the place: advice is a "note", and so is the help.
 */
#include "report.h"

#include "details.h"
#include "paths.h"
#include "snippet.h"

#include <string.h>

/* SGR sequences, as gcc and clang use them. */
#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define MAGENTA "\033[1;35m"
#define CYAN "\033[1;36m"
#define RESET "\033[0m"

struct printer {
	const struct report *report;
	FILE *out;
	struct arena arena; /* for one finding */
	struct source source;
	const struct location *shown; /* whose source was printed last, of this finding; or NULL */
};

struct label {
	const char *word, *color;
};

static struct label label_of(enum severity severity)
{
	static const struct label labels[] = {
	    [SEVERITY_ADVICE] = {"note", CYAN},
	    [SEVERITY_WARNING] = {"warning", MAGENTA},
	    [SEVERITY_ERROR] = {"error", RED},
	};
	return labels[severity];
}

static const struct label note = {"note", CYAN};

/* A path or message may hold what the source made it hold: nothing in it may break the line or drive the terminal. */
static void put(const struct printer *printer, const char *text)
{
	for (; *text; text++)
		putc((unsigned char)*text < 0x20 || *text == 0x7F ? '?' : *text, printer->out);
}

static void set_color(const struct printer *printer, const char *color)
{
	if (printer->report->terminal)
		fputs(color, printer->out);
}

static void put_place(struct printer *printer, const struct location *location)
{
	if (!location_is_known(location)) {
		fputs("asynclint: ", printer->out);
		return;
	}
	put(printer, report_path(printer->report, location->file, &printer->arena));
	if (location->line)
		fprintf(printer->out, ":%u:%u", location->line, location->column ? location->column : 1);
	fputs(": ", printer->out);
}

/* `rule` NULL: a line beneath a finding, without its id and without bold. */
static void put_message(struct printer *printer, const struct location *location, struct label label,
			const char *message, const char *rule)
{
	set_color(printer, BOLD);
	put_place(printer, location);
	set_color(printer, label.color);
	fprintf(printer->out, "%s: ", label.word);
	set_color(printer, rule ? RESET BOLD : RESET);
	put(printer, message);
	set_color(printer, RESET);
	if (rule)
		fprintf(printer->out, " [%s]", rule);
	putc('\n', printer->out);
}

static bool same_region(const struct location *a, const struct location *b)
{
	return a->line == b->line && a->column == b->column && a->end_line == b->end_line &&
	       a->end_column == b->end_column && strcmp(a->file, b->file) == 0;
}

/* Nothing where it would only be repeated. */
static void put_snippet(struct printer *printer, const struct location *location)
{
	if (!printer->report->terminal || !location->file || !location->line)
		return;
	if (printer->shown && same_region(printer->shown, location))
		return;
	printer->shown = location;
	const char *path = path_join(printer->report->root, location->file, &printer->arena);
	snippet_print(&printer->source, path, location, printer->report->width, printer->out);
}

/* Programs find it as a note at the finding's place; for the eye, it is the end of what stands beneath. */
static void put_help(struct printer *printer, const struct finding *finding)
{
	if (!printer->report->terminal) {
		const char *message = arena_printf(&printer->arena, "help: %s", finding->help);
		put_message(printer, &finding->location, note, message, NULL);
		return;
	}
	fputs("      = " CYAN "help: " RESET, printer->out);
	put(printer, finding->help);
	putc('\n', printer->out);
}

static void put_finding(struct printer *printer, const struct finding *finding)
{
	printer->shown = NULL;
	put_message(printer, &finding->location, label_of(finding->severity), finding->message, finding->rule);
	put_snippet(printer, &finding->location);
	for (uint32_t i = 0; i < finding->path.count; i++) {
		const struct step *step = &finding->path.items[i];
		put_message(printer, &step->location, note, step->message, NULL);
		put_snippet(printer, &step->location);
	}
	if (finding->help)
		put_help(printer, finding);
	if (finding_has_surface_note(finding)) {
		const struct location *location = &finding->surface.items[0].location;
		put_message(printer, location->line ? location : &finding->location, note,
			    finding_surface(finding, &printer->arena), NULL);
	}
}

static uint32_t count_severity(const struct findings *findings, enum severity severity)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < findings->list.count; i++)
		count += findings->list.items[i]->severity == severity;
	return count;
}

static const char *plural(uint32_t count)
{
	return count == 1 ? "" : "s";
}

/* "3 findings (1 error, 2 warnings) in 62 units" */
static void put_totals(const struct report *report, FILE *out)
{
	uint32_t count = report->findings->list.count, units = report->coverage->units;
	fprintf(out, "%u finding%s", count, plural(count));
	const char *separator = " (";
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_ADVICE; severity--) {
		uint32_t n = count_severity(report->findings, (enum severity)severity);
		if (!n)
			continue;
		fprintf(out, "%s%u %s%s", separator, n, severity_name((enum severity)severity),
			severity == SEVERITY_ADVICE ? "" : plural(n));
		separator = ", ";
	}
	fprintf(out, "%s in %u unit%s", count ? ")" : "", units, plural(units));
}

static void put_count(FILE *out, uint32_t count, const char *what_one, const char *what_many)
{
	if (count)
		fprintf(out, "; %u %s", count, count == 1 ? what_one : what_many);
}

/* How much less was asked for than there is. */
static void put_filtered(const struct coverage *coverage, FILE *out)
{
	uint32_t files = coverage->changed_files, others = coverage->changed_in_no_unit.count;
	if (coverage->filtered)
		fprintf(out, "; %u more finding%s outside %s", coverage->filtered, plural(coverage->filtered),
			coverage->changes_only ? "the files that changed" : "what was asked for");
	if (coverage->baselined)
		fprintf(out, "; %u more in the baseline", coverage->baselined);
	if (coverage->fixed.count)
		fprintf(out, "; %u of the baseline fixed", coverage->fixed.count);
	if (!coverage->changes_only)
		return;
	if (!files)
		fputs("; no C file changed", out);
	else if (others == files)
		fprintf(out, "; %u file%s changed, in no unit", files, plural(files));
	else if (others)
		fprintf(out, "; %u file%s changed, %u of them in no unit", files, plural(files), others);
	else
		fprintf(out, "; %u file%s changed", files, plural(files));
}

void report_text(const struct report *report, FILE *out)
{
	struct printer printer = {.report = report, .out = out};
	for (uint32_t i = 0; i < report->findings->list.count; i++) {
		put_finding(&printer, report->findings->list.items[i]);
		if (report->terminal)
			putc('\n', out);
		arena_release(&printer.arena);
	}
	source_release(&printer.source);
}

void report_notes(const struct report *report, FILE *out)
{
	const struct coverage *coverage = report->coverage;
	struct printer printer = {.report = report, .out = out};
	for (uint32_t i = 0; i < coverage->unused_suppressions.count; i++) {
		const struct coverage_note *wrong = &coverage->unused_suppressions.items[i];
		put_message(&printer, &wrong->location, label_of(SEVERITY_WARNING), wrong->message, NULL);
	}
	for (uint32_t i = 0; i < coverage->notes.count; i++)
		put_message(&printer, &coverage->notes.items[i].location, note, coverage->notes.items[i].message, NULL);
	for (uint32_t i = 0; i < coverage->fixed.count; i++) {
		const struct coverage_note *fixed = &coverage->fixed.items[i];
		put_message(&printer, &fixed->location, note,
			    arena_printf(&printer.arena,
					 "fixed, to be taken out of the baseline (--prune-baseline): %s",
					 fixed->message),
			    fixed->name);
	}
	arena_release(&printer.arena);
}

void report_summary(const struct report *report, FILE *out)
{
	const struct coverage *coverage = report->coverage;
	put_totals(report, out);
	put_filtered(coverage, out);
	put_count(out, coverage->failed.count, "unit failed", "units failed");
	put_count(out, coverage->degraded.count, "unit parsed with errors", "units parsed with errors");
	put_count(out, coverage->unresolved_calls, "call by pointer not resolved", "calls by pointer not resolved");
	put_count(out, coverage->unmodelled.count, "function on a loop without a model",
		  "functions on a loop without a model");
	put_count(out, coverage->unused_suppressions.count, "suppression without effect",
		  "suppressions without effect");
	putc('\n', out);
}
