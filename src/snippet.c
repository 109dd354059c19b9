#include "snippet.h"

#include "utf8.h"

#include <wchar.h>

enum {
	TAB_STOP = 8,
	LONGEST_LINE = 400, /* bytes */
};

/* What the character at `offset` looks like: a control character and what is not UTF-8 become one that can be shown. */
struct glyph {
	size_t length;        /* bytes in the line */
	int width;            /* columns on the terminal */
	const char *stand_in; /* shown instead, or NULL */
};

static struct glyph glyph_at(const struct source_line *line, size_t offset, int column)
{
	uint32_t character;
	struct glyph glyph = {.length = utf8_decode(line->text + offset, line->size - offset, &character)};
	if (character == '\t')
		return (struct glyph){1, TAB_STOP - column % TAB_STOP, ""};
	glyph.width = wcwidth((wchar_t)character);
	if (glyph.width < 0 || character == UTF8_REPLACEMENT) {
		glyph.width = 1;
		glyph.stand_in = character >= 0xA0 && character != UTF8_REPLACEMENT ? NULL : "\xEF\xBF\xBD";
	}
	return glyph;
}

static void print_line(const struct source_line *line, FILE *out)
{
	struct glyph glyph;
	int column = 0;
	for (size_t offset = 0; offset < line->size; offset += glyph.length, column += glyph.width) {
		glyph = glyph_at(line, offset, column);
		if (!glyph.stand_in)
			fwrite(line->text + offset, 1, glyph.length, out);
		else if (*glyph.stand_in)
			fputs(glyph.stand_in, out);
		else
			fprintf(out, "%*s", glyph.width, "");
	}
}

/* The column on the terminal at which the byte stands. */
static int column_of(const struct source_line *line, size_t byte)
{
	struct glyph glyph;
	int column = 0;
	for (size_t offset = 0; offset < line->size && offset < byte; offset += glyph.length, column += glyph.width)
		glyph = glyph_at(line, offset, column);
	return column;
}

static size_t without_trailing_space(const struct source_line *line)
{
	size_t size = line->size;
	while (size && (line->text[size - 1] == ' ' || line->text[size - 1] == '\t'))
		size--;
	return size;
}

static void print_mark(const struct source_line *line, const struct location *location, FILE *out)
{
	size_t begin = location->column - 1;
	size_t end = begin + 1;
	if (location->end_line == location->line && location->end_column > location->column)
		end = location->end_column - 1;
	else if (location->end_line > location->line)
		end = without_trailing_space(line);
	int from = column_of(line, begin), to = column_of(line, end);
	fprintf(out, "%*s\033[1;32m^", from, "");
	for (int column = from + 1; column < to; column++)
		putc('~', out);
	fputs("\033[0m\n", out);
}

void snippet_print(struct source *source, const char *path, const struct location *location, FILE *out)
{
	struct source_line line;
	if (!source_find_line(source, path, location->line, &line) || line.size > LONGEST_LINE)
		return;
	fprintf(out, "%5u | ", location->line);
	print_line(&line, out);
	putc('\n', out);
	if (location->column == 0 || location->column > line.size + 1)
		return;
	int gutter = snprintf(NULL, 0, "%5u", location->line);
	fprintf(out, "%*s | ", gutter, "");
	print_mark(&line, location, out);
}
