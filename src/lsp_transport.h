/*
 * The language server's messages as bytes: the base protocol of LSP 3.17 ("Base Protocol", header part and content
 * part), `Content-Length: N\r\n\r\n` and N bytes of JSON.
 *
 * A header that cannot be followed costs itself only: it is skipped, and what follows is read again as a header, so
 * that the stream is found again at the next one that can be.
 */
#ifndef ASYNCLINT_LSP_TRANSPORT_H
#define ASYNCLINT_LSP_TRANSPORT_H

#include "table.h"

#include <stdbool.h>

/* Set the descriptors, zero the rest. */
struct lsp_transport {
	int in, out;
	TABLE(char) buffer; /* what was read */
	uint32_t taken;     /* of it, at the beginning: messages that were handed out */
};

/* Reads what has come, waiting for something if need be. False at the end of the input. */
bool transport_fill(struct lsp_transport *transport);

enum transport_result {
	TRANSPORT_NOTHING, /* no whole message has come yet */
	TRANSPORT_MESSAGE,
	TRANSPORT_MALFORMED, /* what came is no header; it is skipped */
};

/* Hands out the next message: its content is good until the next call of either function. */
enum transport_result transport_next(struct lsp_transport *transport, const char **content, uint32_t *size);

/* False if nobody reads any more. */
bool transport_send(const struct lsp_transport *transport, const char *content, size_t size);

void transport_release(struct lsp_transport *transport);

#endif
