/*
 * SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), for GitHub's code scanning, IDEs and whoever collects results.
 * Numbers in comments are its sections.
 *
 * One run: the tool with the rules that ran and their documents, the families as a taxonomy, the findings with their
 * paths, and what was not understood as notifications (3.20.21). Columns are UTF-16 units (3.14.17). Paths are relative
 * to SRCROOT, whose own place is the only absolute path in the report: without it a reader could not resolve them
 * (3.14.14). Nothing else depends on the machine, and nothing on the time.
 */
#include "paths.h"
#include "sarif.h"
#include "uri.h"

#include <string.h>

enum { NOWHERE = -1, LINKED_SURFACE = 3 };

static const char schema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/* "[text](3)": a link to the related location of that id (3.11.6), the only way in which GitHub shows them. */
static const char *link_to(const char *text, const struct location *location, uint32_t id, struct arena *arena)
{
	const char *escaped = sarif_plain(text, arena);
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
	    finding->help ? arena_printf(arena, " %s", sarif_sentence(sarif_plain(finding->help, arena), arena)) : "";
	return arena_printf(arena, "%s%s%s%s", sarif_sentence(sarif_plain(finding->message, arena), arena),
			    path_text(finding, arena), surface_text(finding, arena), help);
}

static void write_related(struct sarif *sarif, uint32_t id, const struct location *location, const char *function,
			  const char *message)
{
	if (!location_is_known(location))
		return;
	json_object(&sarif->json, NULL);
	json_number(&sarif->json, "id", id);
	sarif_place(sarif, location, function, message);
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
		sarif_place(sarif, &steps[i].location, steps[i].function, steps[i].message);
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
	json_string(json, "level", sarif_level(finding->severity));
	sarif_message(sarif, "message", finding_text(finding, &sarif->arena));
	json_array(json, "locations");
	json_object(json, NULL);
	sarif_physical(sarif, &finding->location, true);
	sarif_logical(json, finding->function);
	json_end(json);
	json_end(json);
	write_fingerprints(sarif, finding);
	write_code_flow(sarif, finding);
	write_related_locations(sarif, finding);
	json_end(json);
	arena_release(&sarif->arena);
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
	json_string(json, "uriBaseId", SARIF_ROOT);
	json_end(json);
	json_end(json);
	json_end(json);
}

static void write_root(struct sarif *sarif)
{
	const char *root = sarif->report->root;
	const char *slash = root[strlen(root) - 1] == '/' ? "" : "/";
	json_object(&sarif->json, "originalUriBaseIds");
	json_object(&sarif->json, SARIF_ROOT);
	json_string(&sarif->json, "uri", arena_printf(&sarif->arena, "%s%s", uri_of_path(root, &sarif->arena), slash));
	sarif_message(sarif, "description", "The root of the project.");
	json_end(&sarif->json);
	json_end(&sarif->json);
}

static void write_run(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	json_object(json, NULL);
	sarif_tool(sarif);
	sarif_taxonomies(sarif);
	json_object(json, "automationDetails");
	json_string(json, "id", "asynclint/");
	json_end(json);
	sarif_invocation(sarif);
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
