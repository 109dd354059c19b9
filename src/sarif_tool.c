#include "sarif.h"

#include "paths.h"
#include "uri.h"

#include <string.h>

static const char taxonomy[] = "asynclint families";

/* What GitHub shows for a rule that has no security severity. */
static const char *problem_severity_of(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "recommendation" : severity_name(severity);
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
	const char *text = sarif_sentence(rule->summary, &sarif->arena);
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
	sarif_name(sarif, rule->id);
	sarif_message(sarif, "shortDescription", sarif_sentence(rule->summary, &sarif->arena));
	sarif_message(sarif, "fullDescription", description_in(document, &sarif->arena));
	json_object(json, "help");
	json_string(json, "text", document);
	json_string(json, "markdown", document);
	json_end(json);
	write_page(sarif, "helpUri", rule->id);
	json_object(json, "defaultConfiguration");
	json_bool(json, "enabled", rule->status == RULE_DEFAULT);
	json_string(json, "level", sarif_level(rule->severity));
	json_end(json);
	write_relationship(json, rule);
	write_rule_properties(json, rule);
	json_end(json);
	arena_release(&sarif->arena);
}

void sarif_tool(struct sarif *sarif)
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
	sarif_notification_descriptors(sarif);
	json_end(json);
	json_end(json);
}

void sarif_taxonomies(struct sarif *sarif)
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
		sarif_message(sarif, "shortDescription", sarif_sentence(family->summary, &sarif->arena));
		json_end(json);
	}
	json_end(json);
	json_end(json);
	json_end(json);
}
