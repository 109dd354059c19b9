#include "intern.h"

#include "arena.h"
#include "table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum { SLOT_LENGTH = 512 };

static uint32_t length_of(const struct intern *strings, uint32_t id)
{
	uint32_t end = id + 1 < strings->count ? strings->offset[id + 1] : strings->text_size;
	return end - strings->offset[id] - 1;
}

static uint32_t hash_of(const char *text, size_t length)
{
	return (uint32_t)XXH3_64bits(text, length);
}

static struct intern_slot *find_slot(const struct intern *strings, uint32_t hash, const char *text, size_t length)
{
	uint32_t mask = strings->slot_count - 1;
	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		struct intern_slot *slot = &strings->slot[i];
		if (!slot->id_plus_one)
			return slot;
		uint32_t id = slot->id_plus_one - 1;
		if (slot->hash == hash && length_of(strings, id) == length &&
		    memcmp(strings->text + strings->offset[id], text, length) == 0)
			return slot;
	}
}

static void grow_slots(struct intern *strings)
{
	struct intern_slot *old = strings->slot;
	uint32_t old_count = strings->slot_count, count = old_count ? old_count * 2 : 256;
	strings->slot = calloc(count, sizeof(*strings->slot));
	if (!strings->slot)
		arena_out_of_memory();
	strings->slot_count = count;
	for (uint32_t i = 0; i < old_count; i++) {
		uint32_t at = old[i].hash & (count - 1);
		if (!old[i].id_plus_one)
			continue;
		while (strings->slot[at].id_plus_one)
			at = (at + 1) & (count - 1);
		strings->slot[at] = old[i];
	}
	free(old);
}

void intern_init(struct intern *strings)
{
	*strings = (struct intern){0};
	intern(strings, "");
}

void intern_release(struct intern *strings)
{
	free(strings->text);
	free(strings->offset);
	free(strings->slot);
	*strings = (struct intern){0};
}

uint32_t intern_n(struct intern *strings, const char *text, size_t length)
{
	if (strings->count * 2 >= strings->slot_count)
		grow_slots(strings);
	uint32_t hash = hash_of(text, length);
	struct intern_slot *slot = find_slot(strings, hash, text, length);
	if (slot->id_plus_one)
		return slot->id_plus_one - 1;
	if (length >= UINT32_MAX / 2)
		arena_out_of_memory();
	strings->text =
	    table_reserve(strings->text, &strings->text_capacity, strings->text_size, (uint32_t)length + 1, 1);
	strings->offset =
	    table_reserve(strings->offset, &strings->capacity, strings->count, 1, sizeof(*strings->offset));
	memcpy(strings->text + strings->text_size, text, length);
	strings->text[strings->text_size + length] = '\0';
	strings->offset[strings->count] = strings->text_size;
	strings->text_size += (uint32_t)length + 1;
	*slot = (struct intern_slot){hash, ++strings->count};
	return strings->count - 1;
}

uint32_t intern(struct intern *strings, const char *text)
{
	return intern_n(strings, text, strlen(text));
}

uint32_t intern_printf(struct intern *strings, const char *format, ...)
{
	char fixed[256];
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(fixed, sizeof(fixed), format, arguments);
	uint32_t id;
	if (length >= 0 && (size_t)length < sizeof(fixed)) {
		id = intern_n(strings, fixed, (size_t)length);
	} else {
		struct arena scratch = {0};
		id = intern(strings, arena_vprintf(&scratch, format, again));
		arena_release(&scratch);
	}
	va_end(again);
	va_end(arguments);
	return id;
}

/* Puts "record::field" into `fixed` if it fits there, else into the arena. */
static const char *slot_text(const char *record, const char *field, char fixed[static SLOT_LENGTH], struct arena *arena,
			     size_t *length)
{
	size_t first = strlen(record), last = strlen(field);
	*length = first + 2 + last;
	char *text = *length <= SLOT_LENGTH ? fixed : arena_alloc(arena, *length);
	memcpy(text, record, first);
	memcpy(text + first, "::", 2);
	memcpy(text + first + 2, field, last);
	return text;
}

uint32_t intern_slot(struct intern *strings, const char *record, const char *field)
{
	char fixed[SLOT_LENGTH];
	struct arena scratch = {0};
	size_t length;
	const char *text = slot_text(record, field, fixed, &scratch, &length);
	uint32_t id = intern_n(strings, text, length);
	arena_release(&scratch);
	return id;
}

uint32_t intern_find_n(const struct intern *strings, const char *text, size_t length)
{
	if (!strings->slot_count)
		return UINT32_MAX;
	uint32_t id_plus_one = find_slot(strings, hash_of(text, length), text, length)->id_plus_one;
	return id_plus_one ? id_plus_one - 1 : UINT32_MAX;
}

uint32_t intern_find(const struct intern *strings, const char *text)
{
	return intern_find_n(strings, text, strlen(text));
}

uint32_t intern_find_slot(const struct intern *strings, const char *record, const char *field)
{
	char fixed[SLOT_LENGTH];
	struct arena scratch = {0};
	size_t length;
	const char *text = slot_text(record, field, fixed, &scratch, &length);
	uint32_t id = intern_find_n(strings, text, length);
	arena_release(&scratch);
	return id;
}

const char *intern_text(const struct intern *strings, uint32_t id)
{
	assert(id < strings->count);
	return strings->text + strings->offset[id];
}
