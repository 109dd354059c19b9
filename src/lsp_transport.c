#include "lsp_transport.h"

#include "io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Bytes. No source is larger than the content; a header is a line or two. */
enum { READ_AT_ONCE = 64 << 10, LONGEST_HEADER = 4 << 10, LARGEST_CONTENT = 256 << 20 };

bool transport_fill(struct lsp_transport *transport)
{
	if (transport->taken) {
		transport->buffer.count -= transport->taken;
		memmove(transport->buffer.items, transport->buffer.items + transport->taken, transport->buffer.count);
		transport->taken = 0;
	}
	table_need(&transport->buffer, READ_AT_ONCE);
	ssize_t got;
	do
		got = read(transport->in, transport->buffer.items + transport->buffer.count, READ_AT_ONCE);
	while (got < 0 && errno == EINTR);
	transport->buffer.count += got > 0 ? (uint32_t)got : 0;
	return got > 0;
}

/* The number that stands behind "Content-Length:" in one of the header's lines; 0 if there is none that can be
   followed. Names of fields are compared as HTTP does, whatever their case. */
static uint32_t content_length(const char *header, const char *end)
{
	static const char name[] = "Content-Length:";
	for (const char *line = header; line < end;) {
		const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
		if (!stop)
			break;
		if ((size_t)(stop - line) > strlen(name) && strncasecmp(line, name, strlen(name)) == 0) {
			char *behind;
			long length = strtol(line + strlen(name), &behind, 10);
			return behind == stop && length > 0 && length <= LARGEST_CONTENT ? (uint32_t)length : 0;
		}
		line = stop + 2;
	}
	return 0;
}

enum transport_result transport_next(struct lsp_transport *transport, const char **content, uint32_t *size)
{
	static const char blank_line[] = "\r\n\r\n";
	const char *header = transport->buffer.items + transport->taken;
	uint32_t there = transport->buffer.count - transport->taken;
	const char *end = there ? memmem(header, there, blank_line, strlen(blank_line)) : NULL;
	if (!end && there <= LONGEST_HEADER)
		return TRANSPORT_NOTHING;
	if (!end || end - header > LONGEST_HEADER) {
		transport->taken += end ? (uint32_t)(end - header) + 4 : there;
		return TRANSPORT_MALFORMED;
	}
	uint32_t header_size = (uint32_t)(end - header) + 4;
	*size = content_length(header, end + 2);
	if (*size && there - header_size < *size)
		return TRANSPORT_NOTHING;
	transport->taken += header_size + *size;
	*content = header + header_size;
	return *size ? TRANSPORT_MESSAGE : TRANSPORT_MALFORMED;
}

bool transport_send(const struct lsp_transport *transport, const char *content, size_t size)
{
	char header[64];
	int length = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", size);
	return io_write(transport->out, header, (size_t)length) && io_write(transport->out, content, size);
}

void transport_release(struct lsp_transport *transport)
{
	table_release(&transport->buffer);
}
