/*
 * Reads and dumps forged facts. The first byte of the input says how they are forged: out of the rest as it is, or out
 * of the sample with words replaced as the rest says. What is checked first (size, checksum) is made right in both
 * cases, so that the fuzzer gets beyond it.
 */
#include "dump.h"
#include "facts.h"
#include "facts_sample.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Where facts.c puts them. */
enum { SIZE_AT = 16, CHECKSUM_AT = 24, CHECKED_FROM = 32 };

struct edit {
	uint32_t word, value;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_forged(uint8_t *bytes, uint64_t size, struct arena *arena)
{
	if (size >= CHECKED_FROM) {
		uint64_t checksum = XXH3_64bits(bytes + CHECKED_FROM, size - CHECKED_FROM);
		memcpy(bytes + SIZE_AT, &size, sizeof(size));
		memcpy(bytes + CHECKSUM_AT, &checksum, sizeof(checksum));
	}
	const char *error = NULL;
	struct facts *facts = facts_read(bytes, size, "fuzz", arena, &error);
	if (facts)
		dump_facts(facts, arena);
	else if (!error)
		abort();
}

static void apply_edits(uint8_t *bytes, uint64_t size, const uint8_t *edits, size_t edits_size)
{
	for (struct edit edit; edits_size >= sizeof(edit); edits += sizeof(edit), edits_size -= sizeof(edit)) {
		memcpy(&edit, edits, sizeof(edit));
		memcpy(bytes + edit.word % (size / 4) * 4, &edit.value, sizeof(edit.value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena arena = {0};
	const void *source = data + 1;
	uint64_t forged_size = size - 1;
	bool edited = data[0] & 1;
	if (edited)
		source = facts_write(sample_facts(&arena), &arena, &forged_size);
	/* Of exactly that size, so that AddressSanitizer sees each step outside. */
	uint8_t *forged = malloc(forged_size ? forged_size : 1);
	if (!forged)
		abort();
	memcpy(forged, source, forged_size);
	if (edited)
		apply_edits(forged, forged_size, data + 1, size - 1);
	read_forged(forged, forged_size, &arena);
	free(forged);
	arena_release(&arena);
	return 0;
}
