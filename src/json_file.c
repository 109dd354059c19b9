#include "json_file.h"

#include "io.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 16 * 1024 * 1024 }; /* bytes: what people write is far smaller */

const char *json_message_at(const char *path, const char *text, const char *at, const char *message,
			    struct arena *arena)
{
	unsigned line = 1;
	const char *start = text;
	for (const char *c = text; c < at; c++) {
		if (*c == '\n') {
			line++;
			start = c + 1;
		}
	}
	return arena_printf(arena, "%s:%u:%u: %s", path, line, (unsigned)(at - start) + 1, message);
}

/* NULL after a message. *size does not count the NUL that is put behind the text. */
static char *read_text(const char *path, struct arena *arena, size_t *size, const char **error)
{
	struct stat status;
	char *text = NULL;
	int file = io_open(path);
	if (file >= 0 && fstat(file, &status) == 0 && status.st_size > LARGEST_FILE) {
		close(file);
		*error = arena_printf(arena, "%s: larger than %d MB", path, LARGEST_FILE >> 20);
		return NULL;
	}
	if (file >= 0) {
		text = arena_alloc(arena, (size_t)status.st_size + 1);
		ssize_t got = io_read(file, text, (size_t)status.st_size);
		*size = got < 0 ? 0 : (size_t)got;
		text = got < 0 ? NULL : text;
		close(file);
	}
	if (!text)
		*error = arena_printf(arena, "%s: cannot read: %s", path, strerror(errno));
	return text;
}

/* The end of the string that begins with the quote at `text`: behind its other quote, or at the end of the text. */
static char *behind_string(char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return text + (*text == '"');
}

/* The end of the comment at `text`; `text` itself if there is none. */
static char *behind_comment(char *text)
{
	if (text[0] == '/' && text[1] == '/')
		return text + strcspn(text, "\n");
	if (text[0] != '/' || text[1] != '*')
		return text;
	char *end = strstr(text + 2, "*/");
	return end ? end + 2 : text + strlen(text);
}

/* cJSON_Minify() would do, but moves all behind it: places would be lost. */
static void blank_comments(char *text)
{
	while (*text) {
		char *end = behind_comment(text);
		if (end == text) {
			text = *text == '"' ? behind_string(text) : text + 1;
			continue;
		}
		for (; text < end; text++)
			if (*text != '\n')
				*text = ' ';
	}
}

bool json_file_read(struct json_file *file, const char *path, struct arena *arena, const char **error)
{
	size_t size = 0;
	char *text = read_text(path, arena, &size, error);
	*file = (struct json_file){.path = path, .text = text};
	if (!text)
		return false;
	blank_comments(text);
	const char *end = text;
	file->root = cJSON_ParseWithLengthOpts(text, size + 1, &end, true);
	if (file->root && end == text + size)
		return true;
	*error = json_message_at(path, text, end, "not valid JSON", arena);
	json_file_release(file);
	return false;
}

/* Returns true when `value` was met; until then counts values in the order of the text. */
static bool count_before(const cJSON *tree, const cJSON *value, unsigned *count)
{
	if (tree == value)
		return true;
	++*count;
	for (const cJSON *child = tree->child; child; child = child->next)
		if (count_before(child, value, count))
			return true;
	return false;
}

static bool is_key(const char *behind)
{
	return behind[strspn(behind, " \t\r\n")] == ':';
}

/* Where the value of that number begins, counted from 0. */
static const char *find_value(const char *text, unsigned number)
{
	static const char between[] = " \t\r\n,:]}";
	for (text += strspn(text, between); *text; text += strspn(text, between)) {
		const char *end = text + 1;
		bool key = false;
		if (*text == '"') {
			end = behind_string((char *)text);
			key = is_key(end);
		} else if (*text != '{' && *text != '[') {
			end = text + strcspn(text, between);
		}
		if (!key && number-- == 0)
			break;
		text = end;
	}
	return text;
}

const char *json_file_message(const struct json_file *file, const cJSON *value, struct arena *arena, const char *format,
			      ...)
{
	unsigned count = 0;
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	count_before(file->root, value, &count);
	return json_message_at(file->path, file->text, find_value(file->text, count), message, arena);
}

void json_file_release(struct json_file *file)
{
	cJSON_Delete(file->root);
	file->root = NULL;
}
