#include "allow_place.h"

#include "c_context.h"

#include <string.h>

/* A line, what it begins in, and whether the line before goes on in it by a backslash. */
struct line {
	const char *text;
	size_t size; /* without its end */
	const char *end;
	enum c_context context;
	bool continued;
};

static enum c_context context_behind(const char *text, size_t size, enum c_context context)
{
	for (size_t i = 0; i < size;)
		i += c_take(text + i, i + 1 < size ? text[i + 1] : 0, &context);
	return context;
}

static bool goes_on(const struct line *line)
{
	return line->size && line->text[line->size - 1] == '\\';
}

/* Sets text, size and end of the line that begins at `start`. */
static void measure(struct line *line, const char *start, const char *end_of_text)
{
	const char *stop = memchr(start, '\n', (size_t)(end_of_text - start));
	line->text = start;
	line->size = (size_t)((stop ? stop : end_of_text) - start);
	line->end = "\n";
	if (stop && line->size && stop[-1] == '\r') {
		line->size--;
		line->end = "\r\n";
	}
}

static bool find_line(const char *text, size_t size, uint32_t number, struct line *line)
{
	const char *end = text + size;
	*line = (struct line){.context = CODE};
	for (uint32_t i = 1; text < end; i++) {
		measure(line, text, end);
		if (i == number)
			return true;
		enum c_context behind = context_behind(line->text, line->size, line->context);
		line->continued = goes_on(line);
		line->context = behind == BLOCK_COMMENT || line->continued ? behind : CODE;
		text += line->size;
		text = text < end ? (const char *)memchr(text, '\n', (size_t)(end - text)) + 1 : end;
	}
	return false;
}

const char *allow_place_find(const char *text, size_t size, uint32_t number, struct allow_place *place)
{
	struct line line;
	if (!find_line(text, size, number, &line))
		return "its line is no longer there";
	*place = (struct allow_place){
	    .own_line = line.context == CODE && !line.continued, .indentation = line.text, .line_end = line.end};
	size_t column = 0;
	if (place->own_line) {
		while (place->indentation_size < line.size && strchr(" \t", line.text[place->indentation_size]))
			place->indentation_size++;
	} else {
		column = line.size - goes_on(&line);
		place->goes_on = goes_on(&line);
		if (context_behind(line.text, column, line.context) != CODE)
			return "its line begins and ends within comments or strings";
	}
	place->offset = (size_t)(line.text - text) + column;
	place->column = (uint32_t)column + 1;
	return NULL;
}

const char *allow_place_comment(const struct allow_place *place, const char *rules, const char *reason,
				struct arena *arena)
{
	if (!place->own_line)
		return arena_printf(arena, " /* asynclint: allow %s: %s */%s", rules, reason,
				    place->goes_on ? " " : "");
	return arena_printf(arena, "%.*s/* asynclint: allow %s: %s */%s", (int)place->indentation_size,
			    place->indentation, rules, reason, place->line_end);
}
