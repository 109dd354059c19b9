#include "lsp_client.h"

#include <stdlib.h>
#include <string.h>

const cJSON *client_get(const cJSON *json, const char *path)
{
	struct arena scratch = {0};
	while (json && *path) {
		size_t length = strcspn(path, ".");
		json = cJSON_GetObjectItemCaseSensitive(json, arena_strndup(&scratch, path, length));
		path += length + (path[length] == '.');
	}
	arena_release(&scratch);
	return json;
}

const char *client_get_string(const cJSON *json, const char *path)
{
	const cJSON *found = client_get(json, path);
	return cJSON_IsString(found) ? found->valuestring : NULL;
}

bool client_get_number(const cJSON *json, const char *path, uint32_t *number)
{
	const cJSON *found = client_get(json, path);
	if (!cJSON_IsNumber(found) || found->valuedouble < 0 || found->valuedouble > INT32_MAX)
		return false;
	*number = (uint32_t)found->valuedouble;
	return true;
}

bool client_get_true(const cJSON *json, const char *path)
{
	return cJSON_IsTrue(client_get(json, path));
}

static bool list_has(const cJSON *list, const char *text)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0) return true;
	return false;
}

void client_read_capabilities(struct client *client, const cJSON *parameters)
{
	const cJSON *can = client_get(parameters, "capabilities");
	const cJSON *diagnostics = client_get(can, "textDocument.publishDiagnostics");
	client->utf8 = list_has(client_get(can, "general.positionEncodings"), "utf-8");
	client->related_information = client_get_true(diagnostics, "relatedInformation");
	client->code_description = client_get_true(diagnostics, "codeDescriptionSupport");
	client->tags = client_get(diagnostics, "tagSupport") && !cJSON_IsFalse(client_get(diagnostics, "tagSupport"));
	client->progress = client_get_true(can, "window.workDoneProgress");
	client->show_document = client_get_true(can, "window.showDocument.support");
	client->markdown = list_has(client_get(can, "textDocument.hover.contentFormat"), "markdown");
	client->document_changes = client_get_true(can, "workspace.workspaceEdit.documentChanges");
	client->action_literals = client_get(can, "textDocument.codeAction.codeActionLiteralSupport") != NULL;
	client->watched_files = client_get_true(can, "workspace.didChangeWatchedFiles.dynamicRegistration");
}

static struct json_writer *begin(struct client *client)
{
	client->json = (struct json_writer){.out = open_memstream(&client->text, &client->size)};
	if (!client->json.out)
		arena_out_of_memory();
	json_object(&client->json, NULL);
	json_string(&client->json, "jsonrpc", "2.0");
	return &client->json;
}

struct json_writer *client_notify(struct client *client, const char *method)
{
	struct json_writer *json = begin(client);
	json_string(json, "method", method);
	json_object(json, "params");
	return json;
}

struct json_writer *client_request(struct client *client, const char *method)
{
	struct json_writer *json = begin(client);
	json_number(json, "id", ++client->requests);
	json_string(json, "method", method);
	json_object(json, "params");
	return json;
}

struct json_writer *client_respond(struct client *client, const char *id)
{
	struct json_writer *json = begin(client);
	json_raw(json, "id", id);
	return json;
}

void client_send(struct client *client)
{
	while (client->json.depth)
		json_end(&client->json);
	if (fclose(client->json.out) != 0 || !client->text)
		arena_out_of_memory();
	client->gone |= !transport_send(&client->transport, client->text, client->size);
	free(client->text);
	client->text = NULL;
}

void client_respond_nothing(struct client *client, const char *id)
{
	json_string(client_respond(client, id), "result", NULL);
	client_send(client);
}

void client_respond_error(struct client *client, const char *id, enum response_error code, const char *message)
{
	struct json_writer *json = client_respond(client, id);
	char number[16];
	snprintf(number, sizeof(number), "%d", (int)code);
	json_object(json, "error");
	json_raw(json, "code", number);
	json_string(json, "message", message);
	client_send(client);
}

static void say(struct client *client, const char *method, enum message_type type, const char *format,
		va_list arguments) __attribute__((format(printf, 4, 0)));

static void say(struct client *client, const char *method, enum message_type type, const char *format,
		va_list arguments)
{
	struct arena scratch = {0};
	struct json_writer *json = client_notify(client, method);
	json_number(json, "type", type);
	json_string(json, "message", arena_vprintf(&scratch, format, arguments));
	client_send(client);
	arena_release(&scratch);
}

void client_log(struct client *client, enum message_type type, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(client, "window/logMessage", type, format, arguments);
	va_end(arguments);
}

void client_show(struct client *client, enum message_type type, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(client, "window/showMessage", type, format, arguments);
	va_end(arguments);
}

void client_release(struct client *client)
{
	transport_release(&client->transport);
}
