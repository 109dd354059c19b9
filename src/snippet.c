#include "snippet.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

enum {
	TAB_STOP = 8,
	LONGEST_LINE = 400,              /* bytes */
	LARGEST_FILE = 64 * 1024 * 1024, /* bytes; a file that grew since it was parsed costs its snippets only */
};

/* A line without its end. */
struct line {
	const char *text;
	size_t size;
};

static void read_all(struct snippet_source *source, FILE *file)
{
	struct stat status;
	if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > LARGEST_FILE)
		return;
	char *text = arena_alloc(&source->arena, (size_t)status.st_size);
	source->size = fread(text, 1, (size_t)status.st_size, file);
	source->text = text;
}

static void load(struct snippet_source *source, const char *path)
{
	if (source->path && strcmp(source->path, path) == 0)
		return;
	snippet_release(source);
	source->path = arena_strdup(&source->arena, path);
	FILE *file = fopen(path, "rb");
	if (!file)
		return;
	read_all(source, file);
	fclose(file);
}

/* False if the text has fewer lines. */
static bool find_line(const struct snippet_source *source, uint32_t number, struct line *line)
{
	const char *start = source->text, *end = source->text + source->size;
	for (uint32_t i = 1; start < end; i++) {
		const char *stop = memchr(start, '\n', (size_t)(end - start));
		if (!stop)
			stop = end;
		if (i == number) {
			*line = (struct line){start, (size_t)(stop - start)};
			if (line->size && stop[-1] == '\r')
				line->size--;
			return true;
		}
		start = stop + (stop < end);
	}
	return false;
}

/* What the character at `offset` looks like: a control character and what is not UTF-8 become one that can be shown. */
struct glyph {
	size_t length;        /* bytes in the line */
	int width;            /* columns on the terminal */
	const char *stand_in; /* shown instead, or NULL */
};

static struct glyph glyph_at(const struct line *line, size_t offset, int column)
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

static void print_line(const struct line *line, FILE *out)
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
static int column_of(const struct line *line, size_t byte)
{
	struct glyph glyph;
	int column = 0;
	for (size_t offset = 0; offset < line->size && offset < byte; offset += glyph.length, column += glyph.width)
		glyph = glyph_at(line, offset, column);
	return column;
}

static size_t without_trailing_space(const struct line *line)
{
	size_t size = line->size;
	while (size && (line->text[size - 1] == ' ' || line->text[size - 1] == '\t'))
		size--;
	return size;
}

static void print_mark(const struct line *line, const struct location *location, FILE *out)
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

void snippet_print(struct snippet_source *source, const char *path, const struct location *location, FILE *out)
{
	struct line line;
	load(source, path);
	if (!source->text || !find_line(source, location->line, &line) || line.size > LONGEST_LINE)
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

void snippet_release(struct snippet_source *source)
{
	arena_release(&source->arena);
	*source = (struct snippet_source){0};
}
