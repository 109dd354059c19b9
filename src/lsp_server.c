#include "lsp_server.h"

#include "lsp_actions.h"
#include "lsp_analysis.h"
#include "lsp_diagnostics.h"

#include <stdlib.h>
#include <string.h>

/* A message that is being dealt with. */
struct call {
	struct server *server;
	struct client *client;
	const cJSON *parameters;
	const char *id; /* NULL: a notification */
};

static void initialize(struct call *call)
{
	struct server *server = call->server;
	client_read_capabilities(call->client, call->parameters);
	server->documents.utf8 = call->client->utf8;
	workspace_read_folders(&server->workspace, call->parameters);
	client_get_number(call->parameters, "processId", &server->client_process);
	server->state = SERVER_RUNNING;

	struct json_writer *json = client_respond(call->client, call->id);
	json_object(json, "result");
	json_object(json, "capabilities");
	json_string(json, "positionEncoding", call->client->utf8 ? "utf-8" : "utf-16");
	json_object(json, "textDocumentSync");
	json_bool(json, "openClose", true);
	json_number(json, "change", 2); /* TextDocumentSyncKind.Incremental */
	json_bool(json, "save", true);
	json_end(json);
	json_bool(json, "hoverProvider", true);
	json_object(json, "codeActionProvider");
	json_array(json, "codeActionKinds");
	json_string(json, NULL, "quickfix");
	json_end(json);
	json_end(json);
	json_object(json, "executeCommandProvider");
	json_array(json, "commands");
	json_string(json, NULL, COMMAND_EXPLAIN);
	json_end(json);
	json_end(json);
	json_object(json, "workspace");
	json_object(json, "workspaceFolders");
	json_bool(json, "supported", true);
	json_bool(json, "changeNotifications", true);
	json_end(json);
	json_end(json);
	json_end(json);
	json_object(json, "serverInfo");
	json_string(json, "name", "asynclint");
	json_string(json, "version", ASYNCLINT_VERSION);
	client_send(call->client);
}

/* Asks to be told of files that change outside of the editor. */
static void initialized(struct call *call)
{
	static const char *const patterns[] = {"**/compile_commands.json", "**/.asynclint.json", "**/*.{c,h}"};
	if (!call->client->watched_files)
		return;
	struct json_writer *json = client_request(call->client, "client/registerCapability");
	json_array(json, "registrations");
	json_object(json, NULL);
	json_string(json, "id", "files");
	json_string(json, "method", "workspace/didChangeWatchedFiles");
	json_object(json, "registerOptions");
	json_array(json, "watchers");
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		json_object(json, NULL);
		json_string(json, "globPattern", patterns[i]);
		json_end(json);
	}
	client_send(call->client);
}

static void shut_down(struct call *call)
{
	struct server *server = call->server;
	server->state = SERVER_SHUT_DOWN;
	server->was_shut_down = true;
	hovers_drop(&server->hovers, call->client, NULL);
	workspace_close_projects(&server->workspace);
	client_respond_nothing(call->client, call->id);
}

static void leave(struct call *call)
{
	call->server->state = SERVER_EXITED;
}

static void cancel_request(struct call *call)
{
	char *id = cJSON_PrintUnformatted(client_get(call->parameters, "id"));
	if (id)
		hovers_cancel(&call->server->hovers, call->client, id);
	cJSON_free(id);
}

static int64_t version_of(const cJSON *parameters)
{
	uint32_t version = 0;
	client_get_number(parameters, "textDocument.version", &version);
	return version;
}

static void place(struct server *server, struct document *document)
{
	workspace_place(&server->workspace, document);
	if (!document->project)
		return;
	document->project->news = true; /* what is known of the file already is to be published */
	project_touch(document->project, document, false);
}

static void did_open(struct call *call)
{
	const char *uri = client_get_string(call->parameters, "textDocument.uri");
	const char *text = client_get_string(call->parameters, "textDocument.text");
	if (uri && text)
		place(call->server, documents_open(&call->server->documents, uri, text, version_of(call->parameters)));
}

/* The document that the message is about; NULL after a line in the log. */
static struct document *document_of(struct call *call, const char *method)
{
	const char *uri = client_get_string(call->parameters, "textDocument.uri");
	struct document *document = uri ? documents_find(&call->server->documents, uri) : NULL;
	if (!document)
		client_log(call->client, MESSAGE_WARNING, "%s of '%s', which is not open", method, uri ? uri : "");
	return document;
}

static void did_change(struct call *call)
{
	struct document *document = document_of(call, "textDocument/didChange");
	if (!document)
		return;
	if (!document_change(&call->server->documents, document, client_get(call->parameters, "contentChanges"),
			     version_of(call->parameters)))
		client_log(call->client, MESSAGE_ERROR, "'%s': a change that is none was left out", document->uri);
	if (document->project)
		project_touch(document->project, document, true);
}

static void did_save(struct call *call)
{
	struct document *document = document_of(call, "textDocument/didSave");
	if (document && document->project)
		document->project->index_due = true;
}

static void did_close(struct call *call)
{
	struct document *document = document_of(call, "textDocument/didClose");
	if (!document)
		return;
	diagnostics_clear(call->client, document->uri);
	struct project *project = document->project;
	if (project)
		project_forget(project, document);
	documents_close(&call->server->documents, document);
}

/* Another database or configuration: all begins anew. Another source: its unit is looked at again. */
static void did_change_watched_files(struct call *call)
{
	struct server *server = call->server;
	const cJSON *change;
	bool anew = false;
	cJSON_ArrayForEach(change, client_get(call->parameters, "changes"))
	{
		const char *uri = client_get_string(change, "uri");
		const char *name = uri ? strrchr(uri, '/') : NULL;
		anew |= name && (strcmp(name, "/compile_commands.json") == 0 || strcmp(name, "/.asynclint.json") == 0);
	}
	for (uint32_t i = 0; i < server->workspace.projects.count; i++)
		server->workspace.projects.items[i]->index_due = true;
	if (!anew)
		return;
	hovers_drop(&server->hovers, call->client, NULL);
	workspace_close_projects(&server->workspace);
	for (uint32_t i = 0; i < server->documents.list.count; i++) {
		struct document *document = server->documents.list.items[i];
		place(server, document);
		if (!document->project)
			diagnostics_clear(call->client, document->uri);
	}
}

static void did_change_workspace_folders(struct call *call)
{
	workspace_change_folders(&call->server->workspace, call->parameters);
}

static void hover(struct call *call)
{
	struct document *document = document_of(call, "textDocument/hover");
	if (!document)
		client_respond_nothing(call->client, call->id);
	else
		hover_begin(&call->server->hovers, call->client, document->project, document, call->parameters,
			    call->id);
}

static void code_action(struct call *call)
{
	struct document *document = document_of(call, "textDocument/codeAction");
	if (!document)
		client_respond_nothing(call->client, call->id);
	else
		actions_offer(call->client, document->project, document, call->parameters, call->id);
}

static void execute_command(struct call *call)
{
	actions_execute(call->client, call->parameters, call->id);
}

static const struct method {
	const char *name;
	bool request;
	void (*act)(struct call *call);
} methods[] = {
    {"initialize", true, initialize},
    {"initialized", false, initialized},
    {"shutdown", true, shut_down},
    {"exit", false, leave},
    {"$/cancelRequest", false, cancel_request},
    {"textDocument/didOpen", false, did_open},
    {"textDocument/didChange", false, did_change},
    {"textDocument/didSave", false, did_save},
    {"textDocument/didClose", false, did_close},
    {"textDocument/hover", true, hover},
    {"textDocument/codeAction", true, code_action},
    {"workspace/executeCommand", true, execute_command},
    {"workspace/didChangeWatchedFiles", false, did_change_watched_files},
    {"workspace/didChangeWorkspaceFolders", false, did_change_workspace_folders},
};

static const struct method *find_method(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

/* What must not be done in the state of the server: 0, or the error. Notifications are dropped then, but for exit. */
static int refusal(const struct server *server, const char *name)
{
	if (strcmp(name, "exit") == 0)
		return 0;
	if (server->state == SERVER_NEW)
		return strcmp(name, "initialize") == 0 ? 0 : SERVER_NOT_INITIALIZED;
	return server->state == SERVER_RUNNING && strcmp(name, "initialize") != 0 ? 0 : INVALID_REQUEST;
}

static void dispatch(struct call *call, const char *name)
{
	const struct method *method = find_method(name);
	int refused = refusal(call->server, name);
	if (refused && call->id)
		client_respond_error(call->client, call->id, (enum response_error)refused,
				     refused == SERVER_NOT_INITIALIZED ? "the first request must be 'initialize'"
								       : "not in this state of the server");
	else if (!refused && method && method->request == (call->id != NULL))
		method->act(call);
	else if (call->id && !refused)
		client_respond_error(call->client, call->id, METHOD_NOT_FOUND, name);
}

static void handle(struct server *server, const cJSON *message)
{
	struct call call = {.server = server, .client = &server->client};
	const cJSON *id = client_get(message, "id");
	const char *name = client_get_string(message, "method");
	bool response = !name && (client_get(message, "result") || client_get(message, "error"));
	char *id_text = cJSON_IsString(id) || cJSON_IsNumber(id) ? cJSON_PrintUnformatted(id) : NULL;
	call.parameters = client_get(message, "params");
	call.id = id_text;
	if (name)
		dispatch(&call, name);
	else if (!response) /* answers to what was asked of the client decide nothing */
		client_respond_error(&server->client, id_text ? id_text : "null", INVALID_REQUEST,
				     "neither a request nor a response");
	cJSON_free(id_text);
}

void server_handle(struct server *server, const char *content, size_t size)
{
	cJSON *message = cJSON_ParseWithLength(content, size);
	if (message)
		handle(server, message);
	else
		client_respond_error(&server->client, "null", PARSE_ERROR, "what came is no JSON");
	cJSON_Delete(message);
}

static void publish(struct server *server, struct project *project)
{
	for (uint32_t i = 0; i < server->documents.list.count; i++)
		if (server->documents.list.items[i]->project == project)
			diagnostics_publish(project, server->documents.list.items[i]);
}

static void receive_from_analysis(struct server *server, struct project *project)
{
	enum analysis_event event;
	while ((event = analysis_receive(project)) != ANALYSIS_NOTHING) {
		if (event == ANALYSIS_ANSWER)
			hovers_answer(&server->hovers, project);
		else if (event == ANALYSIS_FOUND)
			hovers_ask(&server->hovers, project);
		else
			hovers_ask_again(&server->hovers, project);
	}
}

void server_step(struct server *server)
{
	for (uint32_t i = 0; i < server->workspace.projects.count; i++) {
		struct project *project = server->workspace.projects.items[i];
		project_receive(project);
		receive_from_analysis(server, project);
		pid_t before = project->analysis.pid;
		project_step(project);
		if (project->analysis.pid != before)
			hovers_ask_again(&server->hovers, project);
		if (project_has_news(project))
			publish(server, project);
	}
}

void server_release(struct server *server)
{
	hovers_drop(&server->hovers, &server->client, NULL);
	workspace_release(&server->workspace);
	documents_release(&server->documents);
	client_release(&server->client);
}
