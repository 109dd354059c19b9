/*
 * SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), for GitHub's code scanning, IDEs and whoever collects results.
 * Numbers in comments are its sections.
 *
 * One run: the tool with the rules that ran and their documents, the families as a taxonomy, the findings with their
 * paths, and what was not understood as notifications (3.20.21). Columns are UTF-16 units (3.14.17). Paths are relative
 * to SRCROOT, whose own place is the only absolute path in the report: without it a reader could not resolve them
 * (3.14.14). Nothing else depends on the machine, and nothing on the time.
 */
#include "columns.h"
#include "json_writer.h"
#include "line_hash.h"
#include "paths.h"
#include "report.h"
#include "uri.h"

#include <ctype.h>
#include <string.h>

enum { NOWHERE = -1, LINKED_SURFACE = 3 };

static const char schema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
static const char taxonomy[] = "asynclint families";
static const char root_id[] = "SRCROOT";

struct sarif {
	struct json_writer json;
	const struct report *report;
	struct source source;      /* that columns are counted in */
	struct line_hashes hashes; /* of the file `hashed` */
	const char *hashed;        /* path in the findings, or NULL */
	struct arena arena;        /* for one finding, rule or notification */
};

/* What a notification is about. */
enum notification {
	FAILED_UNIT,
	DEGRADED_UNIT,
	CHANGED_IN_NO_UNIT,
	UNUSED_SUPPRESSION,
	FIXED_FINDING,
	UNMODELLED_FUNCTION,
	UNRESOLVED_CALLS,
	OTHER_NOTE,
	NOTIFICATIONS,
};

/* The descriptors that notifications point to (3.58.2), and how serious each is. */
static const struct notification_kind {
	const char *id, *level, *summary;
} notification_kinds[NOTIFICATIONS] = {
    [FAILED_UNIT] = {"failed-unit", "error", "A unit was not analysed."},
    [DEGRADED_UNIT] = {"degraded-unit", "warning", "A unit was parsed with errors, and not all of it was understood."},
    [CHANGED_IN_NO_UNIT] = {"changed-in-no-unit", "warning", "A file changed that no unit compiles or includes."},
    [UNUSED_SUPPRESSION] = {"unused-suppression", "warning", "A suppression suppresses nothing."},
    [FIXED_FINDING] = {"fixed-finding", "note", "The baseline has a finding that was not found."},
    [UNMODELLED_FUNCTION] = {"unmodelled-function", "note", "No model speaks of a function that is reached on a loop."},
    [UNRESOLVED_CALLS] = {"unresolved-calls", "note", "The targets of calls by pointer were not seen."},
    [OTHER_NOTE] = {"analysis-note", "note", "Something else is to be known about the analysis."},
};

static const char *level_of(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "note" : severity_name(severity);
}

/* What GitHub shows for a rule that has no security severity. */
static const char *problem_severity_of(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "recommendation" : severity_name(severity);
}

/* With a full stop, and a capital where it begins with a word, as messages of SARIF are sentences (3.11.3). */
static const char *sentence(const char *text, struct arena *arena)
{
	char *copy = arena_printf(arena, "%s.", text);
	if (copy[strspn(copy, "abcdefghijklmnopqrstuvwxyz")] == ' ')
		copy[0] = (char)toupper((unsigned char)copy[0]);
	return copy;
}

/* Text in which nothing is taken for a link (3.11.6). */
static const char *plain(const char *text, struct arena *arena)
{
	char *copy = arena_alloc(arena, 2 * strlen(text) + 1), *end = copy;
	for (; *text; *end++ = *text++)
		if (strchr("[]\\", *text))
			*end++ = '\\';
	return copy;
}

static void write_message(struct sarif *sarif, const char *key, const char *text)
{
	json_object(&sarif->json, key);
	json_string(&sarif->json, "text", text);
	json_end(&sarif->json);
}

static bool find_line(struct sarif *sarif, const char *file, uint32_t number, struct source_line *line)
{
	return source_find_line(&sarif->source, path_join(sarif->report->root, file, &sarif->arena), number, line);
}

/* In UTF-16 units; what cannot be read keeps its bytes. */
static uint32_t column_of(struct sarif *sarif, const char *file, uint32_t number, uint32_t column)
{
	struct source_line line;
	return find_line(sarif, file, number, &line) ? column_in_utf16(&line, column) : column;
}

/* The text of the source from `from` to `to`; both lie in the memory of the source that was read last. */
static void write_snippet(struct sarif *sarif, const char *from, const char *to)
{
	json_object(&sarif->json, "snippet");
	json_string(&sarif->json, "text", arena_strndup(&sarif->arena, from, (size_t)(to - from)));
	json_end(&sarif->json);
}

/* What stands in the region, unless the file is no longer what was analysed. */
static void write_region_snippet(struct sarif *sarif, const struct location *location)
{
	struct source_line first, last;
	if (!find_line(sarif, location->file, location->line, &first) ||
	    !find_line(sarif, location->file, location->end_line, &last) || !location->column ||
	    !location->end_column || location->column > first.size + 1 || location->end_column > last.size + 1)
		return;
	const char *from = first.text + location->column - 1, *to = last.text + location->end_column - 1;
	if (from <= to)
		write_snippet(sarif, from, to);
}

static void write_region(struct sarif *sarif, const struct location *location, bool with_source)
{
	struct json_writer *json = &sarif->json;
	const char *file = location->file;
	json_object(json, "region");
	json_number(json, "startLine", location->line);
	if (location->column)
		json_number(json, "startColumn", column_of(sarif, file, location->line, location->column));
	if (location->column && location->end_line && location->end_column) {
		json_number(json, "endLine", location->end_line);
		json_number(json, "endColumn", column_of(sarif, file, location->end_line, location->end_column));
	}
	if (with_source)
		write_region_snippet(sarif, location);
	json_end(json);
}

/* Some lines around the region (3.29.5). */
static void write_context(struct sarif *sarif, const struct location *location)
{
	enum { AROUND = 2 };
	struct json_writer *json = &sarif->json;
	uint32_t begin = location->line > AROUND ? location->line - AROUND : 1;
	uint32_t end = (location->end_line ? location->end_line : location->line) + AROUND;
	struct source_line first, last;
	if (!find_line(sarif, location->file, location->line, &last))
		return;
	find_line(sarif, location->file, begin, &first);
	while (!find_line(sarif, location->file, end, &last))
		end--;
	json_object(json, "contextRegion");
	json_number(json, "startLine", begin);
	json_number(json, "endLine", end);
	write_snippet(sarif, first.text, last.text + last.size);
	json_end(json);
}

static void write_artifact(struct sarif *sarif, const char *file)
{
	json_object(&sarif->json, "artifactLocation");
	json_string(&sarif->json, "uri", uri_of_path(file, &sarif->arena));
	if (file[0] != '/')
		json_string(&sarif->json, "uriBaseId", root_id);
	json_end(&sarif->json);
}

/* `with_source`: for readers without the sources. */
static void write_physical(struct sarif *sarif, const struct location *location, bool with_source)
{
	if (!location_is_known(location))
		return;
	json_object(&sarif->json, "physicalLocation");
	write_artifact(sarif, location->file);
	if (location->line)
		write_region(sarif, location, with_source);
	if (location->line && with_source)
		write_context(sarif, location);
	json_end(&sarif->json);
}

/* `function` may be NULL or "". */
static void write_logical(struct json_writer *json, const char *function)
{
	if (!function || !*function)
		return;
	json_array(json, "logicalLocations");
	json_object(json, NULL);
	json_string(json, "fullyQualifiedName", function);
	json_string(json, "kind", "function");
	json_end(json);
	json_end(json);
}

/* What the location object (3.28) of a step holds. */
static void write_place(struct sarif *sarif, const struct location *location, const char *function, const char *message)
{
	write_physical(sarif, location, false);
	write_logical(&sarif->json, function);
	write_message(sarif, "message", sentence(plain(message, &sarif->arena), &sarif->arena));
}

/* "[text](3)": a link to the related location of that id (3.11.6), the only way in which GitHub shows them. */
static const char *link_to(const char *text, const struct location *location, uint32_t id, struct arena *arena)
{
	const char *escaped = plain(text, arena);
	return location_is_known(location) ? arena_printf(arena, "[%s](%u)", escaped, id) : escaped;
}

static const char *path_text(const struct finding *finding, struct arena *arena)
{
	const char *text = "";
	for (uint32_t i = 0; i < finding->path.count; i++) {
		const struct step *step = &finding->path.items[i];
		text = arena_printf(arena, "%s%s%s", text,
				    i ? "; " : " Path: ", link_to(step->message, &step->location, i + 1, arena));
	}
	return *text ? arena_printf(arena, "%s.", text) : "";
}

static const char *surface_text(const struct finding *finding, struct arena *arena)
{
	uint32_t count = finding->surface.count, first_id = finding->path.count + 1;
	if (!finding_has_surface_note(finding))
		return "";
	const char *text = " Reached through ";
	for (uint32_t i = 0; i < count && i < LINKED_SURFACE; i++) {
		const struct surface *surface = &finding->surface.items[i];
		text = arena_printf(arena, "%s%s'%s'", text, i ? ", " : "",
				    link_to(surface->function, &surface->location, first_id + i, arena));
	}
	return count > LINKED_SURFACE ? arena_printf(arena, "%s and %u more.", text, count - LINKED_SURFACE)
				      : arena_printf(arena, "%s.", text);
}

static const char *finding_text(const struct finding *finding, struct arena *arena)
{
	const char *help =
	    finding->help ? arena_printf(arena, " %s", sentence(plain(finding->help, arena), arena)) : "";
	return arena_printf(arena, "%s%s%s%s", sentence(plain(finding->message, arena), arena),
			    path_text(finding, arena), surface_text(finding, arena), help);
}

static void write_related(struct sarif *sarif, uint32_t id, const struct location *location, const char *function,
			  const char *message)
{
	if (!location_is_known(location))
		return;
	json_object(&sarif->json, NULL);
	json_number(&sarif->json, "id", id);
	write_place(sarif, location, function, message);
	json_end(&sarif->json);
}

static void write_related_locations(struct sarif *sarif, const struct finding *finding)
{
	uint32_t steps = finding->path.count;
	json_array(&sarif->json, "relatedLocations");
	for (uint32_t i = 0; i < steps; i++) {
		const struct step *step = &finding->path.items[i];
		write_related(sarif, i + 1, &step->location, step->function, step->message);
	}
	for (uint32_t i = 0; finding_has_surface_note(finding) && i < finding->surface.count; i++) {
		const struct surface *surface = &finding->surface.items[i];
		write_related(sarif, steps + 1 + i, &surface->location, surface->function,
			      "public function that leads to it");
	}
	json_end(&sarif->json);
}

static bool same_place(const struct location *a, const struct location *b)
{
	return a->line == b->line && a->column == b->column && a->file && b->file && strcmp(a->file, b->file) == 0;
}

/* Before which step the finding happens: NOWHERE where a step stands at its place and says the same. As a path leads to
   its finding that is the end of the path; but some findings are where it begins, and tell what comes of it. */
static int finding_position(const struct finding *finding)
{
	const struct step *first = &finding->path.items[0];
	for (uint32_t i = 0; i < finding->path.count; i++)
		if (same_place(&finding->path.items[i].location, &finding->location))
			return NOWHERE;
	bool begins = first->function && finding->function && *first->function &&
		      strcmp(first->function, finding->function) == 0 && first->location.line > finding->location.line;
	return begins ? 0 : (int)finding->path.count;
}

/* The path with the finding in its place. */
static uint32_t complete_path(const struct finding *finding, struct step *steps)
{
	uint32_t count = 0;
	int position = finding_position(finding);
	for (uint32_t i = 0; i <= finding->path.count; i++) {
		if ((int)i == position)
			steps[count++] = (struct step){finding->message, finding->function, finding->location};
		if (i < finding->path.count)
			steps[count++] = finding->path.items[i];
	}
	return count;
}

/* How deep in calls the step is (3.38.10): as deep as the last step in the same function, or one below the one before.
 */
static uint32_t nesting_of(const struct step *steps, const uint32_t *nesting, uint32_t i)
{
	for (uint32_t before = i; before-- > 0;)
		if (strcmp(steps[before].function ? steps[before].function : "",
			   steps[i].function ? steps[i].function : "") == 0)
			return nesting[before];
	return i ? nesting[i - 1] + 1 : 0;
}

static void write_thread_flow(struct sarif *sarif, const struct finding *finding)
{
	struct json_writer *json = &sarif->json;
	struct step *steps = arena_alloc(&sarif->arena, (finding->path.count + 1) * sizeof(*steps));
	uint32_t *nesting = arena_alloc(&sarif->arena, (finding->path.count + 1) * sizeof(*nesting));
	uint32_t count = complete_path(finding, steps);
	json_array(json, "locations");
	for (uint32_t i = 0; i < count; i++) {
		nesting[i] = nesting_of(steps, nesting, i);
		json_object(json, NULL);
		json_object(json, "location");
		write_place(sarif, &steps[i].location, steps[i].function, steps[i].message);
		json_end(json);
		json_number(json, "nestingLevel", nesting[i]);
		json_end(json);
	}
	json_end(json);
}

static void write_code_flow(struct sarif *sarif, const struct finding *finding)
{
	struct json_writer *json = &sarif->json;
	if (!finding->path.count)
		return;
	json_array(json, "codeFlows");
	json_object(json, NULL);
	json_array(json, "threadFlows");
	json_object(json, NULL);
	write_thread_flow(sarif, finding);
	json_end(json);
	json_end(json);
	json_end(json);
	json_end(json);
}

/* NULL if the file cannot be read or has no such line. */
static const char *github_hash(struct sarif *sarif, const struct location *location)
{
	const char *path = path_join(sarif->report->root, location->file, &sarif->arena);
	if (!source_read(&sarif->source, path))
		return NULL;
	if (!sarif->hashed || strcmp(sarif->hashed, location->file) != 0)
		line_hashes_compute(&sarif->hashes, sarif->source.text, sarif->source.size);
	sarif->hashed = location->file;
	return line_hash(&sarif->hashes, location->line, &sarif->arena);
}

static void write_fingerprints(struct sarif *sarif, const struct finding *finding)
{
	const char *hash = location_is_known(&finding->location) ? github_hash(sarif, &finding->location) : NULL;
	json_object(&sarif->json, "partialFingerprints");
	json_string(&sarif->json, "asynclint/v1", finding->fingerprint);
	if (hash)
		json_string(&sarif->json, "primaryLocationLineHash", hash);
	json_end(&sarif->json);
}

/* -1, "no such rule" (3.27.6), for what is not among the rules that ran. */
static int rule_index(const struct report *report, const char *id)
{
	for (int i = 0; report->rules[i]; i++)
		if (strcmp(report->rules[i]->id, id) == 0)
			return i;
	return -1;
}

static void write_result(struct sarif *sarif, const struct finding *finding)
{
	struct json_writer *json = &sarif->json;
	int index = rule_index(sarif->report, finding->rule);
	json_object(json, NULL);
	json_string(json, "ruleId", finding->rule);
	if (index >= 0)
		json_number(json, "ruleIndex", (uint64_t)index);
	json_string(json, "level", level_of(finding->severity));
	write_message(sarif, "message", finding_text(finding, &sarif->arena));
	json_array(json, "locations");
	json_object(json, NULL);
	write_physical(sarif, &finding->location, true);
	write_logical(json, finding->function);
	json_end(json);
	json_end(json);
	write_fingerprints(sarif, finding);
	write_code_flow(sarif, finding);
	write_related_locations(sarif, finding);
	json_end(json);
	arena_release(&sarif->arena);
}

/* Length of "](other.md)" at `text`, 0 if it is none. */
static size_t end_of_link(const char *text)
{
	static const char begin[] = "](", end[] = ".md)";
	size_t length = strcspn(text, ")\n") + 1, end_length = strlen(end);
	bool is_link = strncmp(text, begin, strlen(begin)) == 0 && strlen(text) >= length && length > end_length &&
		       strncmp(text + length - end_length, end, end_length) == 0;
	return is_link ? length : 0;
}

/* The text without links that lead nowhere outside of the source tree: "[this](other.md)" is "this". */
static const char *without_links(const char *text, struct arena *arena)
{
	char *copy = arena_alloc(arena, strlen(text) + 1), *end = copy, *opening = NULL;
	while (*text) {
		size_t link = opening ? end_of_link(text) : 0;
		if (link) {
			memmove(opening, opening + 1, (size_t)(end - opening - 1));
			end--;
			opening = NULL;
			text += link;
			continue;
		}
		if (*text == '[')
			opening = end;
		*end++ = *text++;
	}
	return copy;
}

/* The rule's document, or its summary where there is none to be read. */
static const char *document_of(struct sarif *sarif, const struct rule *rule)
{
	struct source file = {0};
	const char *text = sentence(rule->summary, &sarif->arena);
	const char *directory = sarif->report->documents;
	if (directory && source_read(&file, arena_printf(&sarif->arena, "%s/%s.md", directory, rule->id)))
		text = without_links(arena_strndup(&sarif->arena, file.text, file.size), &sarif->arena);
	source_release(&file);
	return text;
}

/* The first paragraph beneath the document's first heading, in one line; the document itself if it has none. */
static const char *description_in(const char *document, struct arena *arena)
{
	const char *heading = strstr(document, "\n## ");
	const char *begin = heading ? strstr(heading, "\n\n") : NULL;
	if (!begin)
		return document;
	const char *end = strstr(begin + 2, "\n\n");
	char *paragraph = arena_strndup(arena, begin + 2, end ? (size_t)(end - begin - 2) : strlen(begin + 2));
	for (char *c = paragraph; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return paragraph;
}

/* The id, and the name that GitHub filters by (3.49.7: without blanks and hyphens): "fake-async", "FakeAsync". */
static void write_name(struct sarif *sarif, const char *id)
{
	char *name = arena_alloc(&sarif->arena, strlen(id) + 1), *end = name;
	for (const char *c = id; *c; c++)
		if (*c != '-')
			*end++ = (char)(c == id || c[-1] == '-' ? toupper((unsigned char)*c) : *c);
	json_string(&sarif->json, "id", id);
	json_string(&sarif->json, "name", name);
}

static void write_component_reference(struct json_writer *json, const char *key)
{
	json_object(json, key);
	json_string(json, "name", taxonomy);
	json_number(json, "index", 0);
	json_end(json);
}

/* A rule's family contains it (3.53.3). */
static void write_relationship(struct json_writer *json, const struct rule *rule)
{
	uint32_t index = 0;
	while (strcmp(rule_families[index].name, rule->family) != 0)
		index++;
	json_array(json, "relationships");
	json_object(json, NULL);
	json_object(json, "target");
	json_string(json, "id", rule->family);
	json_number(json, "index", index);
	write_component_reference(json, "toolComponent");
	json_end(json);
	json_array(json, "kinds");
	json_string(json, NULL, "superset");
	json_end(json);
	json_end(json);
	json_end(json);
}

/* What GitHub reads: docs.github.com, "SARIF support for code scanning", reportingDescriptor object. */
static void write_rule_properties(struct json_writer *json, const struct rule *rule)
{
	json_object(json, "properties");
	json_array(json, "tags");
	json_string(json, NULL, "async");
	json_string(json, NULL, rule->family);
	json_end(json);
	json_string(json, "precision", rule->status == RULE_DEFAULT ? "high" : "medium");
	json_string(json, "problem.severity", problem_severity_of(rule->severity));
	json_end(json);
}

/* On the web if that is known, else what is installed here, which is shown by what reads the report here; NULL if
   neither is there. */
static const char *page_of(struct sarif *sarif, const char *rule)
{
	const struct report *report = sarif->report;
	if (*report->homepage)
		return rule ? report_rule_page(report, rule, &sarif->arena) : report->homepage;
	const char *directory = report->documents ? path_resolve(report->documents, &sarif->arena) : NULL;
	const char *path = directory && rule ? arena_printf(&sarif->arena, "%s/%s.md", directory, rule) : directory;
	return path ? uri_of_path(path, &sarif->arena) : NULL;
}

static void write_page(struct sarif *sarif, const char *key, const char *rule)
{
	const char *page = page_of(sarif, rule);
	if (page)
		json_string(&sarif->json, key, page);
}

static void write_rule(struct sarif *sarif, const struct rule *rule)
{
	struct json_writer *json = &sarif->json;
	const char *document = document_of(sarif, rule);
	json_object(json, NULL);
	write_name(sarif, rule->id);
	write_message(sarif, "shortDescription", sentence(rule->summary, &sarif->arena));
	write_message(sarif, "fullDescription", description_in(document, &sarif->arena));
	json_object(json, "help");
	json_string(json, "text", document);
	json_string(json, "markdown", document);
	json_end(json);
	write_page(sarif, "helpUri", rule->id);
	json_object(json, "defaultConfiguration");
	json_bool(json, "enabled", rule->status == RULE_DEFAULT);
	json_string(json, "level", level_of(rule->severity));
	json_end(json);
	write_relationship(json, rule);
	write_rule_properties(json, rule);
	json_end(json);
	arena_release(&sarif->arena);
}

static void write_notification_descriptors(struct sarif *sarif)
{
	json_array(&sarif->json, "notifications");
	for (int i = 0; i < NOTIFICATIONS; i++) {
		json_object(&sarif->json, NULL);
		write_name(sarif, notification_kinds[i].id);
		write_message(sarif, "shortDescription", notification_kinds[i].summary);
		write_message(sarif, "fullDescription", notification_kinds[i].summary);
		write_message(sarif, "help", notification_kinds[i].summary);
		json_end(&sarif->json);
	}
	json_end(&sarif->json);
}

static void write_tool(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	json_object(json, "tool");
	json_object(json, "driver");
	json_string(json, "name", "asynclint");
	json_string(json, "version", sarif->report->version);
	json_string(json, "semanticVersion", sarif->report->version);
	write_page(sarif, "informationUri", NULL);
	json_array(json, "supportedTaxonomies");
	write_component_reference(json, NULL);
	json_end(json);
	json_array(json, "rules");
	for (const struct rule *const *rule = sarif->report->rules; *rule; rule++)
		write_rule(sarif, *rule);
	json_end(json);
	write_notification_descriptors(sarif);
	json_end(json);
	json_end(json);
}

static void write_taxonomies(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	json_array(json, "taxonomies");
	json_object(json, NULL);
	json_string(json, "name", taxonomy);
	json_bool(json, "isComprehensive", true);
	json_array(json, "taxa");
	for (const struct rule_family *family = rule_families; family->name; family++) {
		json_object(json, NULL);
		json_string(json, "id", family->name);
		write_message(sarif, "shortDescription", sentence(family->summary, &sarif->arena));
		json_end(json);
	}
	json_end(json);
	json_end(json);
	json_end(json);
}

static void write_notification(struct sarif *sarif, enum notification kind, const char *message,
			       const struct location *location)
{
	struct json_writer *json = &sarif->json;
	json_object(json, NULL);
	json_object(json, "descriptor");
	json_string(json, "id", notification_kinds[kind].id);
	json_number(json, "index", kind);
	json_end(json);
	json_string(json, "level", notification_kinds[kind].level);
	write_message(sarif, "message", sentence(plain(message, &sarif->arena), &sarif->arena));
	if (location_is_known(location)) {
		json_array(json, "locations");
		json_object(json, NULL);
		write_physical(sarif, location, false);
		json_end(json);
		json_end(json);
	}
	json_end(json);
	arena_release(&sarif->arena);
}

/* What is about a unit as a whole has its place there. */
static void write_failed(struct sarif *sarif)
{
	const coverage_notes *units = &sarif->report->coverage->failed;
	for (uint32_t i = 0; i < units->count; i++)
		write_notification(sarif, FAILED_UNIT, units->items[i].message,
				   &(struct location){.file = units->items[i].name});
}

static void write_notes(struct sarif *sarif, enum notification kind, const coverage_notes *notes)
{
	for (uint32_t i = 0; i < notes->count; i++)
		write_notification(sarif, kind, notes->items[i].message, &notes->items[i].location);
}

static void write_changed_in_no_unit(struct sarif *sarif)
{
	const coverage_notes *files = &sarif->report->coverage->changed_in_no_unit;
	for (uint32_t i = 0; i < files->count; i++)
		write_notification(sarif, CHANGED_IN_NO_UNIT, "the file changed, and no unit compiles or includes it",
				   &(struct location){.file = files->items[i].name});
}

static void write_fixed(struct sarif *sarif)
{
	const coverage_notes *fixed = &sarif->report->coverage->fixed;
	for (uint32_t i = 0; i < fixed->count; i++)
		write_notification(sarif, FIXED_FINDING,
				   arena_printf(&sarif->arena, "a finding of '%s' in the baseline was not found: %s",
						fixed->items[i].name, fixed->items[i].message),
				   &fixed->items[i].location);
}

static void write_unmodelled(struct sarif *sarif)
{
	const coverage_notes *functions = &sarif->report->coverage->unmodelled;
	for (uint32_t i = 0; i < functions->count; i++)
		write_notification(sarif, UNMODELLED_FUNCTION,
				   arena_printf(&sarif->arena,
						"'%s' is reached on an event loop, and no model speaks of it",
						functions->items[i].name),
				   &functions->items[i].location);
}

static void write_unresolved(struct sarif *sarif)
{
	const struct coverage *coverage = sarif->report->coverage;
	if (coverage->unresolved_calls)
		write_notification(sarif, UNRESOLVED_CALLS,
				   arena_printf(&sarif->arena,
						"the targets of %u out of %u calls by pointer were not seen",
						coverage->unresolved_calls, coverage->pointer_calls),
				   &(struct location){0});
}

static void write_invocation(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	const struct coverage *coverage = sarif->report->coverage;
	json_array(json, "invocations");
	json_object(json, NULL);
	json_bool(json, "executionSuccessful", sarif->report->exit_status < 2);
	json_number(json, "exitCode", (uint64_t)sarif->report->exit_status);
	json_array(json, "toolExecutionNotifications");
	write_failed(sarif);
	write_notes(sarif, DEGRADED_UNIT, &coverage->degraded);
	write_changed_in_no_unit(sarif);
	write_notes(sarif, UNUSED_SUPPRESSION, &coverage->unused_suppressions);
	write_fixed(sarif);
	write_unmodelled(sarif);
	write_unresolved(sarif);
	write_notes(sarif, OTHER_NOTE, &coverage->notes);
	json_end(json);
	json_end(json);
	json_end(json);
}

/* 3.14.13 */
static void write_version_control(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	const struct provenance *provenance = sarif->report->provenance;
	if (!provenance)
		return;
	json_array(json, "versionControlProvenance");
	json_object(json, NULL);
	json_string(json, "repositoryUri", provenance->repository);
	json_string(json, "revisionId", provenance->revision);
	if (provenance->branch)
		json_string(json, "branch", provenance->branch);
	json_object(json, "mappedTo");
	json_string(json, "uriBaseId", root_id);
	json_end(json);
	json_end(json);
	json_end(json);
}

static void write_root(struct sarif *sarif)
{
	const char *root = sarif->report->root;
	const char *slash = root[strlen(root) - 1] == '/' ? "" : "/";
	json_object(&sarif->json, "originalUriBaseIds");
	json_object(&sarif->json, root_id);
	json_string(&sarif->json, "uri", arena_printf(&sarif->arena, "%s%s", uri_of_path(root, &sarif->arena), slash));
	write_message(sarif, "description", "The root of the project.");
	json_end(&sarif->json);
	json_end(&sarif->json);
}

static void write_run(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	json_object(json, NULL);
	write_tool(sarif);
	write_taxonomies(sarif);
	json_object(json, "automationDetails");
	json_string(json, "id", "asynclint/");
	json_end(json);
	write_invocation(sarif);
	write_version_control(sarif);
	write_root(sarif);
	json_string(json, "columnKind", "utf16CodeUnits");
	json_array(json, "results");
	for (uint32_t i = 0; i < sarif->report->findings->list.count; i++)
		write_result(sarif, sarif->report->findings->list.items[i]);
	json_end(json);
	json_end(json);
}

void report_sarif(const struct report *report, FILE *out)
{
	struct sarif sarif = {.json = {.out = out}, .report = report};
	struct json_writer *json = &sarif.json;
	json_object(json, NULL);
	json_string(json, "$schema", schema);
	json_string(json, "version", "2.1.0");
	json_array(json, "runs");
	write_run(&sarif);
	json_end(json);
	json_end(json);
	line_hashes_release(&sarif.hashes);
	source_release(&sarif.source);
	arena_release(&sarif.arena);
}
