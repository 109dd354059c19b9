#include "snippet.h"

#include "utf8.h"

#include <limits.h>
#include <wchar.h>

enum {
	TAB_STOP = 8,
	LONGEST_LINE = 400, /* bytes */
	GUTTER = 8,         /* columns before the line, where it has up to five digits */
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

/* Columns of a line, counted from 0; the end is exclusive. */
struct columns {
	int first, end;
};

/* A character that is only partly in view, and a tab, are blanks. */
static void print_line(const struct source_line *line, struct columns view, FILE *out)
{
	struct glyph glyph;
	int column = 0;
	for (size_t offset = 0; offset < line->size && column < view.end;
	     offset += glyph.length, column += glyph.width) {
		glyph = glyph_at(line, offset, column);
		int first = column > view.first ? column : view.first;
		int end = column + glyph.width < view.end ? column + glyph.width : view.end;
		bool is_whole = first == column && end == column + glyph.width;
		if (is_whole && !glyph.stand_in)
			fwrite(line->text + offset, 1, glyph.length, out);
		else if (is_whole && *glyph.stand_in)
			fputs(glyph.stand_in, out);
		else if (end > first)
			fprintf(out, "%*s", end - first, "");
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

/* Where the location stands. */
static struct columns marked(const struct source_line *line, const struct location *location)
{
	size_t begin = location->column - 1;
	size_t end = begin + 1;
	if (location->end_line == location->line && location->end_column > location->column)
		end = location->end_column - 1;
	else if (location->end_line > location->line)
		end = without_trailing_space(line);
	struct columns mark = {column_of(line, begin), column_of(line, end)};
	if (mark.end <= mark.first)
		mark.end = mark.first + 1;
	return mark;
}

/* What of the line is shown on a terminal of that width: all if it fits, else from its begin as long as the mark is in
   view, else so that the mark is, with a little of what stands before it. */
static struct columns view_of(const struct source_line *line, struct columns mark, unsigned width)
{
	enum { NARROWEST = 40, BEFORE_MARK = 12 };
	int room = (int)width - GUTTER;
	int total = column_of(line, line->size);
	if (width < NARROWEST || total <= room)
		return (struct columns){0, INT_MAX};
	int first = mark.end > room ? mark.end - room : 0;
	if (first > mark.first - BEFORE_MARK)
		first = mark.first > BEFORE_MARK ? mark.first - BEFORE_MARK : 0;
	return (struct columns){first, first + room};
}

static void print_mark(struct columns mark, struct columns view, FILE *out)
{
	fprintf(out, "%*s\033[1;32m^", mark.first - view.first, "");
	for (int column = mark.first + 1; column < mark.end && column < view.end; column++)
		putc('~', out);
	fputs("\033[0m\n", out);
}

void snippet_print(struct source *source, const char *path, const struct location *location, unsigned width, FILE *out)
{
	struct source_line line;
	if (!source_find_line(source, path, location->line, &line) || line.size > LONGEST_LINE)
		return;
	bool has_mark = location->column && location->column <= line.size + 1;
	struct columns mark = has_mark ? marked(&line, location) : (struct columns){0, 0};
	struct columns view = view_of(&line, mark, width);
	fprintf(out, "%5u | ", location->line);
	print_line(&line, view, out);
	putc('\n', out);
	if (!has_mark)
		return;
	int gutter = snprintf(NULL, 0, "%5u", location->line);
	fprintf(out, "%*s | ", gutter, "");
	print_mark(mark, view, out);
}
