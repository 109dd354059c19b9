#include "line_hash.h"

#include "utf8.h"

#include <stdbool.h>

enum {
	WINDOW = 100,
	FACTOR = 37,
	END_OF_FILE = 0xFFFF,
	BEYOND_BMP = 0x10000,
};

struct roller {
	struct line_hashes *hashes;
	uint64_t hash,
	    oldest_factor;        /* FACTOR to the power of WINDOW: what the oldest unit is multiplied with by now */
	uint16_t units[WINDOW];   /* the last ones, a ring */
	bool begins_line[WINDOW]; /* whether a line begins with the unit */
	unsigned at;              /* the oldest unit, which the next one replaces */
	bool line_begins, after_return;
};

/* The window now holds the 100 units that begin with the oldest one: if a line begins there, this is its hash. */
static void note_line(struct roller *roller)
{
	if (roller->begins_line[roller->at])
		table_add(&roller->hashes->of_line, roller->hash);
	roller->begins_line[roller->at] = false;
}

static void roll(struct roller *roller, uint16_t unit)
{
	roller->hash = FACTOR * roller->hash + unit - roller->oldest_factor * roller->units[roller->at];
	roller->units[roller->at] = unit;
	roller->at = (roller->at + 1) % WINDOW;
}

static void add(struct roller *roller, uint16_t unit)
{
	bool ends_return = roller->after_return && unit == '\n';
	roller->after_return = unit == '\r';
	if (unit == ' ' || unit == '\t' || ends_return)
		return;
	if (unit == '\r')
		unit = '\n';
	note_line(roller);
	roller->begins_line[roller->at] = roller->line_begins;
	roller->line_begins = unit == '\n';
	roll(roller, unit);
}

static void add_text(struct roller *roller, const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		uint32_t character;
		i += utf8_decode(text + i, size - i, &character);
		if (character >= BEYOND_BMP) {
			add(roller, (uint16_t)(0xD7C0 + (character >> 10)));
			character = 0xDC00 | (character & 0x3FF);
		}
		add(roller, (uint16_t)character);
	}
}

void line_hashes_compute(struct line_hashes *hashes, const char *text, size_t size)
{
	struct roller roller = {.hashes = hashes, .oldest_factor = 1, .line_begins = true};
	for (int i = 0; i < WINDOW; i++)
		roller.oldest_factor *= FACTOR;
	hashes->of_line.count = 0;
	add_text(&roller, text, size);
	add(&roller, END_OF_FILE);
	for (int i = 0; i < WINDOW; i++) {
		note_line(&roller);
		roll(&roller, 0);
	}
}

const char *line_hash(const struct line_hashes *hashes, uint32_t line, struct arena *arena)
{
	if (!line || line > hashes->of_line.count)
		return NULL;
	const uint64_t *of_line = hashes->of_line.items;
	uint32_t number = 0;
	for (uint32_t i = 0; i < line; i++)
		number += of_line[i] == of_line[line - 1];
	return arena_printf(arena, "%llx:%u", (unsigned long long)of_line[line - 1], number);
}

void line_hashes_release(struct line_hashes *hashes)
{
	table_release(&hashes->of_line);
}
