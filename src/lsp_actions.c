#include "lsp_actions.h"

#include "allow_place.h"
#include "lsp_diagnostics.h"
#include "rule.h"

#include <string.h>

static const char quick_fix[] = "quickfix";

/* Whether kinds of actions are named and quick fixes are none of them ("" is all of them). */
static bool is_excluded(const cJSON *parameters)
{
	const cJSON *only = client_get(parameters, "context.only"), *kind;
	cJSON_ArrayForEach(kind,
			   only) if (cJSON_IsString(kind) &&
				     (!*kind->valuestring || strcmp(kind->valuestring, quick_fix) == 0)) return false;
	return cJSON_IsArray(only);
}

static bool is_before(struct position a, struct position b)
{
	return a.line < b.line || (a.line == b.line && a.character < b.character);
}

static bool overlap(const struct range *a, const struct range *b)
{
	return !is_before(a->end, b->start) && !is_before(b->end, a->start);
}

/* An edit that puts a suppression where it speaks of the line; NULL if there is no place for one. */
static const char *suppression(const struct documents *documents, const struct document *document, uint32_t line,
			       const char *rule, struct range *range, struct arena *arena)
{
	struct source_line text;
	struct allow_place place;
	if (!document_find_line(document, line, &text) ||
	    allow_place_find(document->text.bytes.items, document->text.bytes.count, line, &place))
		return NULL;
	range->start = range->end = position_of(documents, &text, line, place.column);
	return allow_place_comment(&place, rule, "say here why this is meant", arena);
}

static void write_edit(struct json_writer *json, const struct range *range, const char *text)
{
	json_object(json, NULL);
	range_write(json, "range", range);
	json_string(json, "newText", text);
	json_end(json);
	json_end(json);
}

static void write_workspace_edit(struct json_writer *json, const struct client *client, const struct document *document,
				 const struct range *range, const char *text)
{
	json_object(json, "edit");
	if (client->document_changes) {
		json_array(json, "documentChanges");
		json_object(json, NULL);
		json_object(json, "textDocument");
		json_string(json, "uri", document->uri);
		json_number(json, "version", (uint64_t)document->version);
		json_end(json);
		json_array(json, "edits");
		write_edit(json, range, text);
		json_end(json);
		json_end(json);
	} else {
		json_object(json, "changes");
		json_array(json, document->uri);
		write_edit(json, range, text);
		json_end(json);
	}
	json_end(json);
}

static void write_command(struct json_writer *json, const char *key, const char *title, const char *rule)
{
	json_object(json, key);
	json_string(json, "title", title);
	json_string(json, "command", COMMAND_EXPLAIN);
	json_array(json, "arguments");
	json_string(json, NULL, rule);
	json_end(json);
	json_end(json);
}

static void write_actions(struct json_writer *json, const struct project *project, const struct document *document,
			  const struct finding *finding, uint32_t line)
{
	struct arena scratch = {0};
	struct range range;
	const char *explain = arena_printf(&scratch, "Explain %s", finding->rule);
	if (!project->client->action_literals) {
		write_command(json, NULL, explain, finding->rule);
		arena_release(&scratch);
		return;
	}
	const char *text = suppression(project->documents, document, line, finding->rule, &range, &scratch);
	if (text) {
		json_object(json, NULL);
		json_string(json, "title", arena_printf(&scratch, "Allow %s here, with a reason", finding->rule));
		json_string(json, "kind", quick_fix);
		write_workspace_edit(json, project->client, document, &range, text);
		json_end(json);
	}
	json_object(json, NULL);
	json_string(json, "title", explain);
	json_string(json, "kind", quick_fix);
	write_command(json, "command", explain, finding->rule);
	json_end(json);
	arena_release(&scratch);
}

void actions_offer(struct client *client, const struct project *project, const struct document *document,
		   const cJSON *parameters, const char *id)
{
	struct range asked, range;
	if (!position_read(client_get(parameters, "range.start"), &asked.start) ||
	    !position_read(client_get(parameters, "range.end"), &asked.end)) {
		client_respond_error(client, id, INVALID_PARAMS, "'range' is missing or no range");
		return;
	}
	struct json_writer *json = client_respond(client, id);
	json_array(json, "result");
	for (uint32_t i = 0; project && !is_excluded(parameters) && i < project->findings.list.count; i++) {
		const struct finding *finding = project->findings.list.items[i];
		if (diagnostics_is_in(project, document, &finding->location) &&
		    diagnostics_range(project, document, &finding->location, &range) && overlap(&range, &asked))
			write_actions(json, project, document, finding, range.start.line + 1);
	}
	client_send(client);
}

/* An editor that cannot open a document is told where it is. */
static void show_document(struct client *client, const char *uri)
{
	if (!client->show_document) {
		client_show(client, MESSAGE_INFO, "%s", uri);
		return;
	}
	struct json_writer *json = client_request(client, "window/showDocument");
	json_string(json, "uri", uri);
	client_send(client);
}

void actions_execute(struct client *client, const cJSON *parameters, const char *id)
{
	const char *command = client_get_string(parameters, "command");
	const cJSON *argument = cJSON_GetArrayItem(client_get(parameters, "arguments"), 0);
	struct arena scratch = {0};
	const char *rule = cJSON_IsString(argument) ? argument->valuestring : "";
	const char *uri = rule_find(rule) ? rule_document(rule, &scratch) : NULL;
	if (!command || strcmp(command, COMMAND_EXPLAIN) != 0) {
		client_respond_error(client, id, INVALID_PARAMS, "unknown command; known is " COMMAND_EXPLAIN);
	} else if (!uri) {
		client_respond_error(client, id, INVALID_PARAMS,
				     arena_printf(&scratch, "no document for rule '%s'", rule));
	} else {
		show_document(client, uri);
		client_respond_nothing(client, id);
	}
	arena_release(&scratch);
}
