#include "archive.h"

#include <stdlib.h>
#include <string.h>

enum { MAGIC_SIZE = 8 };

static const char thick_magic[] = "!<arch>\n", thin_magic[] = "!<thin>\n";

/* In front of each member; text, filled with blanks. Members begin at even offsets. */
struct member_header {
	char name[16], date[12], user[6], group[6], mode[8], size[10], end[2];
};

struct reading {
	const char *bytes;
	uint64_t size;
	bool thin;
	const char *names; /* the member "//": names longer than a header has room for, each ended by "/\n" */
	uint64_t names_size;
	struct arena *arena;
};

bool archive_is(const void *bytes, uint64_t size)
{
	return size >= MAGIC_SIZE &&
	       (memcmp(bytes, thick_magic, MAGIC_SIZE) == 0 || memcmp(bytes, thin_magic, MAGIC_SIZE) == 0);
}

/* A field's number; false if it has none. */
static bool read_number(const char *text, size_t size, struct arena *arena, uint64_t *number)
{
	const char *digits = arena_strndup(arena, text, size);
	char *end;
	*number = strtoull(digits, &end, 10);
	return end > digits && strspn(end, " ") == strlen(end);
}

/* The end of a name in `size` bytes of text: before "/\n" in the table of names, "/" and blanks in a header. */
static size_t name_length(const char *text, uint64_t size, char end)
{
	const char *found = memchr(text, end, size);
	size_t length = found ? (size_t)(found - text) : size;
	while (length && (text[length - 1] == ' ' || text[length - 1] == '/'))
		length--;
	return length;
}

/* NULL if the name is not to be had. */
static const char *read_name(const struct reading *reading, const struct member_header *header)
{
	uint64_t offset;
	if (header->name[0] != '/')
		return arena_strndup(reading->arena, header->name,
				     name_length(header->name, sizeof(header->name), '/'));
	if (!read_number(header->name + 1, sizeof(header->name) - 1, reading->arena, &offset) ||
	    offset >= reading->names_size)
		return NULL;
	const char *text = reading->names + offset;
	return arena_strndup(reading->arena, text, name_length(text, reading->names_size - offset, '\n'));
}

static bool is_named(const struct member_header *header, const char *name)
{
	size_t length = strlen(name);
	return strncmp(header->name, name, length) == 0 && header->name[length] == ' ';
}

/* Takes the member at *offset and moves on to the next. False if there is damage. */
static bool read_member(struct reading *reading, uint64_t *offset, archive_members *members)
{
	struct member_header header;
	uint64_t left = reading->size - *offset, size;
	if (left < sizeof(header))
		return false;
	memcpy(&header, reading->bytes + *offset, sizeof(header));
	if (memcmp(header.end, "`\n", sizeof(header.end)) != 0 ||
	    !read_number(header.size, sizeof(header.size), reading->arena, &size))
		return false;
	bool names = is_named(&header, "//"), table = names || is_named(&header, "/") || is_named(&header, "/SYM64/");
	bool inside = table || !reading->thin;
	left -= sizeof(header);
	*offset += sizeof(header);
	if (inside && size > left)
		return false;
	if (names) {
		reading->names = reading->bytes + *offset;
		reading->names_size = size;
	} else if (!table) {
		const char *name = read_name(reading, &header);
		if (!name)
			return false;
		table_add(members, (struct archive_member){
				       .name = name,
				       .bytes = inside ? reading->bytes + *offset : NULL,
				       .size = size,
				   });
	}
	uint64_t taken = inside ? size + size % 2 : 0;
	*offset += taken < left ? taken : left;
	return true;
}

bool archive_read(const void *bytes, uint64_t size, struct arena *arena, archive_members *members)
{
	struct reading reading = {
	    .bytes = bytes, .size = size, .thin = memcmp(bytes, thin_magic, MAGIC_SIZE) == 0, .arena = arena};
	for (uint64_t offset = MAGIC_SIZE; offset < size;)
		if (!read_member(&reading, &offset, members))
			return false;
	return true;
}
