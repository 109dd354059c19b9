#include "table.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

void *table_reserve(void *items, uint32_t *capacity, uint32_t count, uint32_t more, size_t size)
{
	if (*capacity - count >= more)
		return items;
	uint64_t wanted = (uint64_t)count + more;
	uint64_t doubled = *capacity ? (uint64_t)*capacity * 2 : 8;
	uint64_t room = wanted > doubled ? wanted : doubled;
	if (room > UINT32_MAX || room > SIZE_MAX / size)
		arena_out_of_memory();
	items = realloc(items, room * size);
	if (!items)
		arena_out_of_memory();
	memset((char *)items + (size_t)*capacity * size, 0, (size_t)(room - *capacity) * size);
	*capacity = (uint32_t)room;
	return items;
}

void table_free(void *items)
{
	free(items);
}
