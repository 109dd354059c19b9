#include "columns.h"

#include "utf8.h"

enum { BEYOND_BMP = 0x10000 }; /* from here on a character takes two UTF-16 units */

/* A place in a line, counted both ways from 0. */
struct place {
	uint32_t bytes, units;
};

/* Walks the characters that end at or before both of the limits. */
static struct place walk_to(const struct source_line *line, uint32_t bytes, uint32_t units)
{
	struct place place = {0};
	while (place.bytes < line->size) {
		uint32_t character;
		struct place next = place;
		next.bytes += (uint32_t)utf8_decode(line->text + place.bytes, line->size - place.bytes, &character);
		next.units += character >= BEYOND_BMP ? 2 : 1;
		if (next.bytes > bytes || next.units > units)
			break;
		place = next;
	}
	return place;
}

uint32_t column_in_utf16(const struct source_line *line, uint32_t column)
{
	if (column == 0)
		return 0;
	struct place place = walk_to(line, column - 1, UINT32_MAX);
	return place.units + 1 + (place.bytes < line->size ? 0 : column - 1 - place.bytes);
}

uint32_t column_in_bytes(const struct source_line *line, uint32_t column)
{
	if (column == 0)
		return 0;
	struct place place = walk_to(line, UINT32_MAX, column - 1);
	return place.bytes + 1 + (place.bytes < line->size ? 0 : column - 1 - place.units);
}
