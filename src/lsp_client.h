/*
 * The other side of the language server: what it can do, and what is said to it.
 *
 * A message is begun, filled in by way of the writer, and sent:
 *
 *	struct json_writer *json = client_notify(client, "window/logMessage");
 *	json_number(json, "type", 3);
 *	client_send(client);
 *
 * Ids of requests are kept as the JSON they came as. What is read is cJSON's; `client_...` readers take a path of keys
 * with dots between them, and whatever is not of the kind asked for is as good as missing.
 */
#ifndef ASYNCLINT_LSP_CLIENT_H
#define ASYNCLINT_LSP_CLIENT_H

#include "arena.h"
#include "json_writer.h"
#include "lsp_transport.h"

#include <cjson/cJSON.h>

/* LSP 3.17, "Message Types" (MessageType) and JSON-RPC's error codes. */
enum message_type { MESSAGE_ERROR = 1, MESSAGE_WARNING, MESSAGE_INFO, MESSAGE_LOG };

enum response_error {
	PARSE_ERROR = -32700,
	INVALID_REQUEST = -32600,
	METHOD_NOT_FOUND = -32601,
	INVALID_PARAMS = -32602,
	SERVER_NOT_INITIALIZED = -32002,
	REQUEST_CANCELLED = -32800,
};

/* Set the transport's descriptors, zero the rest. */
struct client {
	struct lsp_transport transport;
	bool gone; /* nobody reads any more */
	/* What it said it can. */
	bool utf8; /* characters of positions are bytes, else UTF-16 units */
	bool related_information, code_description, tags;
	bool progress, show_document, markdown, document_changes, action_literals, watched_files;
	uint32_t requests; /* sent to it so far */
	/* The message being written. */
	char *text;
	size_t size;
	struct json_writer json;
};

/* Notes what the parameters of `initialize` say. */
void client_read_capabilities(struct client *client, const cJSON *parameters);

/* Each leaves the writer inside "params" (of a response: at the place of "result", to be written with that key). */
struct json_writer *client_notify(struct client *client, const char *method);
struct json_writer *client_request(struct client *client, const char *method);
struct json_writer *client_respond(struct client *client, const char *id);
void client_send(struct client *client);

void client_respond_nothing(struct client *client, const char *id);
void client_respond_error(struct client *client, const char *id, enum response_error code, const char *message);

/* window/logMessage and window/showMessage. */
void client_log(struct client *client, enum message_type type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void client_show(struct client *client, enum message_type type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where the path leads, or NULL. */
const cJSON *client_get(const cJSON *json, const char *path);
const char *client_get_string(const cJSON *json, const char *path); /* NULL if there is none */
bool client_get_number(const cJSON *json, const char *path, uint32_t *number);
bool client_get_true(const cJSON *json, const char *path);

void client_release(struct client *client);

#endif
