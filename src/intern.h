/*
 * Strings ↔ ids: equal strings have equal ids, ids are dense and start at 0, and id 0 is the empty string.
 *
 * Because ids are dense, "a map from strings" is a flat array indexed by id everywhere in asynclint; this is its only
 * hash table. Ids depend on the order of interning, so they never reach output: sort by text instead.
 */
#ifndef ASYNCLINT_INTERN_H
#define ASYNCLINT_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern {
	char *text; /* all strings, each ended by NUL, in order of id */
	uint32_t text_size, text_capacity;
	uint32_t *offset; /* of id's string in text */
	uint32_t count, capacity;
	struct intern_slot {
		uint32_t hash, id_plus_one; /* the second is 0 in an empty slot */
	} * slot;                           /* open addressing */
	uint32_t slot_count;
};

void intern_init(struct intern *strings);
void intern_release(struct intern *strings);

/* Returns the id of the string, adding it if it is new. What intern_n() adds may be any bytes, with NULs among them. */
uint32_t intern(struct intern *strings, const char *text);
uint32_t intern_n(struct intern *strings, const char *text, size_t length);
uint32_t intern_printf(struct intern *strings, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for "record::field". */
uint32_t intern_slot(struct intern *strings, const char *record, const char *field);

/* Returns the id of the string, or UINT32_MAX if nobody interned it. */
uint32_t intern_find(const struct intern *strings, const char *text);
uint32_t intern_find_n(const struct intern *strings, const char *text, size_t length);
uint32_t intern_find_slot(const struct intern *strings, const char *record, const char *field);

/* Returns the string, good until the next string is added. */
const char *intern_text(const struct intern *strings, uint32_t id);

#endif
