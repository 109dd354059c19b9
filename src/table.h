/*
 * Growable flat arrays.
 *
 *	TABLE(struct edge) edges = {0};
 *	table_add(&edges, (struct edge){ .from = a, .to = b });
 *	for (uint32_t i = 0; i < edges.count; i++)
 *		use(&edges.items[i]);
 *	table_release(&edges);
 *
 * A table owns its items; pointers into it are good until the next table_add(). Indices are uint32_t, as in the facts.
 */
#ifndef ASYNCLINT_TABLE_H
#define ASYNCLINT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TABLE(type)                       \
	struct {                          \
		type *items;              \
		uint32_t count, capacity; \
	}

typedef TABLE(uint32_t) id_table;

/* Appends one item; its index is (table)->count - 1 afterwards. */
#define table_add(table, ...)                                                                               \
	((table)->items =                                                                                   \
	     table_reserve((table)->items, &(table)->capacity, (table)->count, 1, sizeof(*(table)->items)), \
	 (table)->items[(table)->count++] = (__VA_ARGS__))

/* Makes room for `more` items beyond count, without adding them; what is in them is not known. */
#define table_need(table, more) \
	((table)->items =       \
	     table_reserve((table)->items, &(table)->capacity, (table)->count, (more), sizeof(*(table)->items)))

/* Frees the items; the table is empty and usable again. */
#define table_release(table) \
	(table_free((table)->items), (table)->items = NULL, (table)->count = 0, (table)->capacity = 0)

/* What the macros above call: returns `items` moved, if need be, to where `count + more` fit; zeroed if they were NULL.
 * Out of memory ends the process. */
void *table_reserve(void *items, uint32_t *capacity, uint32_t count, uint32_t more, size_t size);
void table_free(void *items);

#endif
