#include "filter.h"

#include "paths.h"

#include <cjson/cJSON.h>
#include <regex.h>
#include <string.h>

/* What a line filter is read with. */
struct reader {
	struct arena *arena;
	const char **error;
	uint32_t entry; /* that is being read, from 1 */
};

/* Returns false, for `return fail(...)`. */
static bool fail(const struct reader *reader, const char *what)
{
	*reader->error = reader->entry
			     ? arena_printf(reader->arena, "entry %u of the line filter %s", reader->entry, what)
			     : arena_printf(reader->arena, "the line filter %s", what);
	return false;
}

static bool is_line(const cJSON *json)
{
	return cJSON_IsNumber(json) && json->valuedouble >= 1 && json->valuedouble <= UINT32_MAX &&
	       json->valuedouble == (uint32_t)json->valuedouble;
}

static bool read_range(const struct reader *reader, const cJSON *json, struct line_range *range)
{
	const cJSON *first = cJSON_IsArray(json) ? json->child : NULL, *last = first ? first->next : NULL;
	if (!is_line(first) || !is_line(last) || last->next)
		return fail(reader, "has a range that is not of the form [first line, last line], from 1 on");
	*range = (struct line_range){(uint32_t)first->valuedouble, (uint32_t)last->valuedouble};
	return true;
}

static bool read_ranges(const struct reader *reader, const cJSON *json, struct line_filter_file *file)
{
	if (!cJSON_IsArray(json))
		return fail(reader, "has 'lines' that are not a list of ranges");
	struct line_range *ranges = arena_alloc(reader->arena, (size_t)cJSON_GetArraySize(json) * sizeof(*ranges));
	for (const cJSON *item = json->child; item; item = item->next)
		if (!read_range(reader, item, &ranges[file->range_count++]))
			return false;
	file->ranges = ranges;
	return true;
}

static bool read_file(const struct reader *reader, const cJSON *json, struct line_filter_file *file)
{
	if (!cJSON_IsObject(json))
		return fail(reader, "is not an object");
	for (const cJSON *member = json->child; member; member = member->next) {
		if (strcmp(member->string, "name") == 0 && cJSON_IsString(member))
			file->name = arena_strdup(reader->arena, member->valuestring);
		else if (strcmp(member->string, "lines") != 0)
			return fail(reader, "has another key than 'name', a string, and 'lines'");
		else if (!read_ranges(reader, member, file))
			return false;
	}
	return (file->name && *file->name) || fail(reader, "has no 'name'");
}

static bool read_files(struct reader *reader, const cJSON *json, struct line_filter *filter)
{
	if (!cJSON_IsArray(json))
		return fail(reader, "is not a list");
	struct line_filter_file *files = arena_alloc(reader->arena, (size_t)cJSON_GetArraySize(json) * sizeof(*files));
	for (const cJSON *item = json->child; item; item = item->next) {
		reader->entry++;
		if (!read_file(reader, item, &files[filter->file_count++]))
			return false;
	}
	filter->files = files;
	return true;
}

bool line_filter_parse(const char *text, struct arena *arena, struct line_filter *filter, const char **error)
{
	struct reader reader = {.arena = arena, .error = error};
	*filter = (struct line_filter){0};
	if (!*text)
		return true;
	const char *end = text;
	cJSON *json = cJSON_ParseWithLengthOpts(text, strlen(text) + 1, &end, true);
	if (!json)
		return fail(&reader, arena_printf(arena, "is not valid JSON at offset %zu", (size_t)(end - text)));
	bool read = read_files(&reader, json, filter);
	cJSON_Delete(json);
	return read;
}

bool filter_check_pattern(const char *pattern, struct arena *arena, const char **error)
{
	regex_t compiled;
	char reason[128];
	int failed = regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB);
	if (!failed) {
		regfree(&compiled);
		return true;
	}
	regerror(failed, &compiled, reason, sizeof(reason));
	*error = arena_printf(arena, "'%s' is no regular expression: %s", pattern, reason);
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);
	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static bool is_in_ranges(const struct line_filter_file *file, uint32_t line)
{
	for (uint32_t i = 0; i < file->range_count; i++)
		if (file->ranges[i].first <= line && line <= file->ranges[i].last)
			return true;
	return !file->range_count;
}

/* A filter that is being applied. */
struct sieve {
	const struct filter *filter;
	regex_t headers, headers_left_out; /* compiled where the filter has them */
	struct arena scratch;              /* for paths */
};

static void compile(regex_t *compiled, const char *pattern)
{
	/* It was compiled once before, so what is wrong now is a lack of memory. */
	if (pattern && regcomp(compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		arena_out_of_memory();
}

static void sieve_begin(struct sieve *sieve, const struct filter *filter)
{
	*sieve = (struct sieve){.filter = filter};
	compile(&sieve->headers, filter->headers);
	compile(&sieve->headers_left_out, filter->headers_left_out);
}

static void sieve_end(struct sieve *sieve)
{
	if (sieve->filter->headers)
		regfree(&sieve->headers);
	if (sieve->filter->headers_left_out)
		regfree(&sieve->headers_left_out);
	arena_release(&sieve->scratch);
}

static bool line_passes(const struct line_filter *lines, const char *path, uint32_t line)
{
	for (uint32_t i = 0; i < lines->file_count; i++)
		if (ends_with(path, lines->files[i].name))
			return is_in_ranges(&lines->files[i], line);
	return !lines->file_count;
}

static bool header_passes(const struct sieve *sieve, const char *path)
{
	const struct filter *filter = sieve->filter;
	if (ends_with(path, ".c"))
		return true;
	if (filter->headers && regexec(&sieve->headers, path, 0, NULL, 0) != 0)
		return false;
	return !filter->headers_left_out || regexec(&sieve->headers_left_out, path, 0, NULL, 0) != 0;
}

/* What has no place cannot be looked for by its place. */
static bool place_passes(struct sieve *sieve, const struct location *location)
{
	const struct filter *filter = sieve->filter;
	if (!location->file || !*location->file)
		return true;
	if (filter->files && intern_find(filter->files, location->file) == UINT32_MAX)
		return false;
	const char *path = path_join(filter->root, location->file, &sieve->scratch);
	return header_passes(sieve, path) && (!filter->lines || line_passes(filter->lines, path, location->line));
}

static bool finding_passes(struct finding *finding, void *context)
{
	struct sieve *sieve = context;
	bool passes = place_passes(sieve, &finding->location);
	for (uint32_t i = 0; i < finding->path.count && !passes; i++)
		passes = finding->path.items[i].location.line && place_passes(sieve, &finding->path.items[i].location);
	return passes ||
	       (finding_has_surface_note(finding) && place_passes(sieve, &finding->surface.items[0].location));
}

static void keep_notes(struct sieve *sieve, coverage_notes *notes)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < notes->count; i++)
		if (place_passes(sieve, &notes->items[i].location))
			notes->items[kept++] = notes->items[i];
	notes->count = kept;
}

void filter_apply(const struct filter *filter, struct findings *findings, struct coverage *coverage)
{
	struct sieve sieve;
	sieve_begin(&sieve, filter);
	coverage->filtered = findings_keep(findings, finding_passes, &sieve);
	keep_notes(&sieve, &coverage->unused_suppressions);
	sieve_end(&sieve);
}
