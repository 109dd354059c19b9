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

static uint32_t *find_slot(const struct intern *strings, const char *text, size_t length)
{
	uint32_t mask = strings->slot_count - 1;
	for (uint32_t i = (uint32_t)XXH3_64bits(text, length) & mask;; i = (i + 1) & mask) {
		uint32_t id = strings->slot[i];
		if (!id)
			return &strings->slot[i];
		const char *other = strings->text + strings->offset[id - 1];
		if (strncmp(other, text, length) == 0 && other[length] == '\0')
			return &strings->slot[i];
	}
}

static void grow_slots(struct intern *strings)
{
	uint32_t count = strings->slot_count ? strings->slot_count * 2 : 256;
	free(strings->slot);
	strings->slot = calloc(count, sizeof(*strings->slot));
	if (!strings->slot)
		arena_out_of_memory();
	strings->slot_count = count;
	for (uint32_t id = 0; id < strings->count; id++) {
		const char *text = strings->text + strings->offset[id];
		*find_slot(strings, text, strlen(text)) = id + 1;
	}
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
	uint32_t *slot = find_slot(strings, text, length);
	if (*slot)
		return *slot - 1;
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
	*slot = ++strings->count;
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

uint32_t intern_find(const struct intern *strings, const char *text)
{
	if (!strings->slot_count)
		return UINT32_MAX;
	uint32_t slot = *find_slot(strings, text, strlen(text));
	return slot ? slot - 1 : UINT32_MAX;
}

const char *intern_text(const struct intern *strings, uint32_t id)
{
	assert(id < strings->count);
	return strings->text + strings->offset[id];
}
