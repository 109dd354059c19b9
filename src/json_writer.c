#include "json_writer.h"

#include "utf8.h"

#include <assert.h>
#include <string.h>

static void write_text(const struct json_writer *json, const char *text)
{
	FILE *out = json->out;
	putc('"', out);
	size_t size = strlen(text);
	for (size_t i = 0, length; i < size; i += length) {
		uint32_t character;
		length = utf8_decode(text + i, size - i, &character);
		if (character == '"' || character == '\\')
			fprintf(out, "\\%c", (int)character);
		else if (character == '\n')
			fputs("\\n", out);
		else if (character == '\t')
			fputs("\\t", out);
		else if (character < 0x20 || character == 0x7F || (character == '<' && json->embedded))
			fprintf(out, "\\u%04x", (unsigned)character);
		else if (character == UTF8_REPLACEMENT)
			fputs("\xEF\xBF\xBD", out);
		else
			fwrite(text + i, 1, length, out);
	}
	putc('"', out);
}

static void new_line(struct json_writer *json)
{
	if (json->embedded)
		return;
	putc('\n', json->out);
	for (unsigned i = 0; i < json->depth; i++)
		putc(json->yaml ? ' ' : '\t', json->out);
}

static void begin_value(struct json_writer *json, const char *key)
{
	if (json->count[json->depth]++)
		putc(',', json->out);
	if (json->depth)
		new_line(json);
	if (key) {
		write_text(json, key);
		fputs(json->embedded ? ":" : ": ", json->out);
	}
}

static void open_value(struct json_writer *json, const char *key, char opening, char closing)
{
	begin_value(json, key);
	assert(json->depth < JSON_DEPTH);
	putc(opening, json->out);
	json->closing[json->depth++] = closing;
	json->count[json->depth] = 0;
}

void json_object(struct json_writer *json, const char *key)
{
	open_value(json, key, '{', '}');
}

void json_array(struct json_writer *json, const char *key)
{
	open_value(json, key, '[', ']');
}

void json_end(struct json_writer *json)
{
	assert(json->depth);
	bool empty = json->count[json->depth] == 0;
	json->depth--;
	if (!empty)
		new_line(json);
	putc(json->closing[json->depth], json->out);
	if (!json->depth)
		putc('\n', json->out);
}

void json_string(struct json_writer *json, const char *key, const char *text)
{
	begin_value(json, key);
	if (text)
		write_text(json, text);
	else
		fputs("null", json->out);
}

void json_number(struct json_writer *json, const char *key, uint64_t number)
{
	begin_value(json, key);
	fprintf(json->out, "%llu", (unsigned long long)number);
}

void json_bool(struct json_writer *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}
