#include "source.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST_FILE = 64 * 1024 * 1024 }; /* bytes; a file that grew since it was parsed costs its lines only */

static void read_all(struct source *source, FILE *file)
{
	struct stat status;
	if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > LARGEST_FILE)
		return;
	char *text = arena_alloc(&source->arena, (size_t)status.st_size);
	source->size = fread(text, 1, (size_t)status.st_size, file);
	source->text = text;
}

bool source_read(struct source *source, const char *path)
{
	if (source->path && strcmp(source->path, path) == 0)
		return source->text;
	source_release(source);
	source->path = arena_strdup(&source->arena, path);
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	read_all(source, file);
	fclose(file);
	return source->text;
}

bool source_find_line(struct source *source, const char *path, uint32_t number, struct source_line *line)
{
	if (!source_read(source, path))
		return false;
	const char *start = source->text, *end = source->text + source->size;
	for (uint32_t i = 1; start < end; i++) {
		const char *stop = memchr(start, '\n', (size_t)(end - start));
		if (!stop)
			stop = end;
		if (i == number) {
			*line = (struct source_line){start, (size_t)(stop - start)};
			if (line->size && stop[-1] == '\r')
				line->size--;
			return true;
		}
		start = stop + (stop < end);
	}
	return false;
}

void source_release(struct source *source)
{
	arena_release(&source->arena);
	*source = (struct source){0};
}
