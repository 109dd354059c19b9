#include "result.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Raised whenever the bytes change their meaning. */
enum { RESULT_VERSION = 1 };

/* A text is its length and the bytes with their NUL; this length stands for NULL. */
static const uint32_t no_text = UINT32_MAX;

void result_key(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		const struct analysis_options *options, bool partial, uint64_t key[2])
{
	XXH3_state_t state;
	uint64_t numbers[] = {RESULT_VERSION, unit_count, models->hash, options->costs, partial, options->map != NULL};
	XXH3_128bits_reset(&state);
	XXH3_128bits_update(&state, numbers, sizeof(numbers));
	for (const struct rule *const *rule = options->rules; *rule; rule++)
		XXH3_128bits_update(&state, (*rule)->id, strlen((*rule)->id) + 1);
	for (uint32_t i = 0; i < unit_count; i++)
		XXH3_128bits_update(&state, &units[i]->checksum, sizeof(units[i]->checksum));
	XXH128_hash_t hash = XXH3_128bits_digest(&state);
	key[0] = hash.high64;
	key[1] = hash.low64;
}

typedef TABLE(char) byte_table;

static void write_bytes(byte_table *out, const void *bytes, size_t size)
{
	table_need(out, (uint32_t)size);
	memcpy(out->items + out->count, bytes, size);
	out->count += (uint32_t)size;
}

static void write_number(byte_table *out, uint32_t number)
{
	write_bytes(out, &number, sizeof(number));
}

static void write_text(byte_table *out, const char *text)
{
	uint32_t length = text ? (uint32_t)strlen(text) : no_text;
	write_number(out, length);
	if (text)
		write_bytes(out, text, length + 1);
}

static void write_location(byte_table *out, const struct location *location)
{
	write_text(out, location->file);
	write_number(out, location->line);
	write_number(out, location->column);
	write_number(out, location->end_line);
	write_number(out, location->end_column);
}

static void write_finding(byte_table *out, const struct finding *finding)
{
	write_text(out, finding->rule);
	write_number(out, finding->severity);
	write_text(out, finding->message);
	write_location(out, &finding->location);
	write_text(out, finding->function);
	write_text(out, finding->cause);
	write_text(out, finding->help);
	write_bytes(out, finding->fingerprint, sizeof(finding->fingerprint));
	write_number(out, finding->surface.count);
	for (uint32_t i = 0; i < finding->surface.count; i++) {
		write_text(out, finding->surface.items[i].function);
		write_location(out, &finding->surface.items[i].location);
	}
	write_number(out, finding->path.count);
	for (uint32_t i = 0; i < finding->path.count; i++) {
		write_text(out, finding->path.items[i].message);
		write_text(out, finding->path.items[i].function);
		write_location(out, &finding->path.items[i].location);
	}
}

static void write_notes(byte_table *out, const coverage_notes *notes)
{
	write_number(out, notes->count);
	for (uint32_t i = 0; i < notes->count; i++) {
		write_text(out, notes->items[i].name);
		write_text(out, notes->items[i].message);
		write_location(out, &notes->items[i].location);
	}
}

static void write_map(byte_table *out, const struct map *map)
{
	write_number(out, map->files.count);
	for (uint32_t i = 0; i < map->files.count; i++) {
		const struct map_file *file = &map->files.items[i];
		write_text(out, file->path);
		write_number(out, file->functions);
		write_bytes(out, file->count, sizeof(file->count));
	}
	write_number(out, map->functions.count);
	for (uint32_t i = 0; i < map->functions.count; i++) {
		const struct map_function *function = &map->functions.items[i];
		write_text(out, function->name);
		write_number(out, function->file);
		write_number(out, function->line);
		write_number(out, function->flags);
	}
	write_number(out, map->calls.count);
	if (map->calls.count)
		write_bytes(out, map->calls.items, map->calls.count * sizeof(*map->calls.items));
}

const void *result_write(const struct findings *findings, const struct coverage *coverage, const struct map *map,
			 struct arena *arena, size_t *size)
{
	byte_table out = {0};
	write_number(&out, findings->list.count);
	for (uint32_t i = 0; i < findings->list.count; i++)
		write_finding(&out, findings->list.items[i]);
	write_number(&out, coverage->calls);
	write_number(&out, coverage->pointer_calls);
	write_number(&out, coverage->unresolved_calls);
	write_notes(&out, &coverage->unmodelled);
	write_notes(&out, &coverage->unused_suppressions);
	write_notes(&out, &coverage->notes);
	if (map)
		write_map(&out, map);
	*size = out.count;
	const void *bytes = arena_copy(arena, out.items, out.count, 1);
	table_release(&out);
	return bytes;
}

/* Once something is missing, all that is read is empty, and `good` false. */
struct reader {
	const char *at, *end;
	bool good;
};

static const char *read_bytes(struct reader *reader, size_t size)
{
	reader->good &= (size_t)(reader->end - reader->at) >= size;
	if (!reader->good)
		return NULL;
	reader->at += size;
	return reader->at - size;
}

static uint32_t read_number(struct reader *reader)
{
	uint32_t number = 0;
	const char *bytes = read_bytes(reader, sizeof(number));
	if (bytes)
		memcpy(&number, bytes, sizeof(number));
	return number;
}

/* A number of things that take `size` bytes at least. */
static uint32_t read_count(struct reader *reader, size_t size)
{
	uint32_t count = read_number(reader);
	reader->good &= count <= (size_t)(reader->end - reader->at) / size;
	return reader->good ? count : 0;
}

static const char *read_optional_text(struct reader *reader)
{
	uint32_t length = read_number(reader);
	if (length == no_text)
		return NULL;
	const char *text = read_bytes(reader, (size_t)length + 1);
	reader->good &= text && memchr(text, '\0', (size_t)length + 1) == text + length;
	return text;
}

static const char *read_text(struct reader *reader)
{
	const char *text = read_optional_text(reader);
	reader->good &= text != NULL;
	return text;
}

static struct location read_location(struct reader *reader)
{
	struct location location = {.file = read_text(reader)};
	location.line = read_number(reader);
	location.column = read_number(reader);
	location.end_line = read_number(reader);
	location.end_column = read_number(reader);
	return location;
}

/* The smallest that any of the things in a list takes. */
enum { LEAST_ITEM = sizeof(uint32_t) };

static void read_finding(struct reader *reader, struct finding *finding)
{
	const struct rule *rule = NULL;
	const char *id = read_text(reader);
	if (id)
		rule = rule_find(id);
	reader->good &= rule != NULL;
	finding->rule = rule ? rule->id : "";
	uint32_t severity = read_number(reader);
	reader->good &= severity <= SEVERITY_ERROR;
	finding->severity = (enum severity)severity;
	finding->message = read_text(reader);
	finding->location = read_location(reader);
	finding->function = read_text(reader);
	finding->cause = read_text(reader);
	finding->help = read_optional_text(reader);
	const char *fingerprint = read_bytes(reader, sizeof(finding->fingerprint));
	if (fingerprint)
		memcpy(finding->fingerprint, fingerprint, sizeof(finding->fingerprint));
	reader->good &= finding->fingerprint[sizeof(finding->fingerprint) - 1] == '\0';
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--) {
		struct surface surface = {.function = read_text(reader)};
		surface.location = read_location(reader);
		table_add(&finding->surface, surface);
	}
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--) {
		struct step step = {.message = read_text(reader)};
		step.function = read_text(reader);
		step.location = read_location(reader);
		table_add(&finding->path, step);
	}
}

static void read_notes(struct reader *reader, coverage_notes *notes)
{
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--) {
		struct coverage_note note = {.name = read_text(reader)};
		note.message = read_text(reader);
		note.location = read_location(reader);
		table_add(notes, note);
	}
}

static void read_map_file(struct reader *reader, struct map *map)
{
	struct map_file file = {.path = read_text(reader)};
	file.functions = read_number(reader);
	for (int flag = 0; flag < MAP_FLAGS; flag++)
		file.count[flag] = read_number(reader);
	table_add(&map->files, file);
}

static void read_map_function(struct reader *reader, struct map *map)
{
	struct map_function function = {.name = read_text(reader)};
	function.file = read_number(reader);
	function.line = read_number(reader);
	function.flags = read_number(reader);
	reader->good &= function.file < map->files.count && function.flags < 1u << MAP_FLAGS;
	table_add(&map->functions, function);
}

static void read_map(struct reader *reader, struct map *map)
{
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--)
		read_map_file(reader, map);
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--)
		read_map_function(reader, map);
	for (uint32_t left = read_count(reader, sizeof(struct map_call)); left && reader->good; left--) {
		struct map_call call = {.from = read_number(reader)};
		call.to = read_number(reader);
		reader->good &= call.from < map->functions.count && call.to < map->functions.count;
		table_add(&map->calls, call);
	}
}

/* What belongs to the coverage of a run as a whole, and not to what is found, is not touched. */
static void add_coverage(struct coverage *to, const struct coverage *from)
{
	to->calls += from->calls;
	to->pointer_calls += from->pointer_calls;
	to->unresolved_calls += from->unresolved_calls;
	to->unmodelled = from->unmodelled;
	to->unused_suppressions = from->unused_suppressions;
	to->notes = from->notes;
}

static void read_result(struct reader *reader, struct findings *findings, struct coverage *coverage, struct map *map)
{
	for (uint32_t left = read_count(reader, LEAST_ITEM); left && reader->good; left--)
		read_finding(reader, findings_add(findings));
	coverage->calls = read_number(reader);
	coverage->pointer_calls = read_number(reader);
	coverage->unresolved_calls = read_number(reader);
	read_notes(reader, &coverage->unmodelled);
	read_notes(reader, &coverage->unused_suppressions);
	read_notes(reader, &coverage->notes);
	if (map)
		read_map(reader, map);
	reader->good &= reader->at == reader->end;
}

bool result_read(const void *bytes, size_t size, struct findings *findings, struct coverage *coverage, struct map *map)
{
	struct findings found = {0};
	struct coverage covered = {0};
	struct map drawn = {0};
	const char *copy = arena_copy(&found.arena, bytes, size, 1);
	struct reader reader = {.at = copy, .end = copy + size, .good = true};
	read_result(&reader, &found, &covered, map ? &drawn : NULL);
	if (!reader.good) {
		findings_release(&found);
		coverage_release(&covered);
		map_release(&drawn);
		return false;
	}
	findings_release(findings);
	*findings = found;
	add_coverage(coverage, &covered);
	if (map)
		*map = drawn;
	return true;
}
