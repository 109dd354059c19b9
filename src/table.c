#include "table.h"

#include "arena.h"

#include <stdlib.h>

void *table_reserve(void *items, uint32_t *capacity, uint32_t count, uint32_t more, size_t size)
{
	if (*capacity - count >= more)
		return items;
	uint64_t wanted = (uint64_t)count + more;
	uint64_t grown = *capacity ? (uint64_t)*capacity + *capacity / 2 : 8;
	uint64_t room = wanted > grown ? wanted : grown;
	if (room > UINT32_MAX || room > SIZE_MAX / size)
		arena_out_of_memory();
	/* Room that was never written to takes no memory. */
	items = items ? realloc(items, room * size) : calloc(room, size);
	if (!items)
		arena_out_of_memory();
	*capacity = (uint32_t)room;
	return items;
}

void table_free(void *items)
{
	free(items);
}
