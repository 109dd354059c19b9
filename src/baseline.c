#include "baseline.h"

#include "json_file.h"
#include "json_writer.h"
#include "replace_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1 };

static int compare_fingerprints(const void *left, const void *right)
{
	const struct baseline_entry *a = left, *b = right;
	int order = strcmp(a->fingerprint, b->fingerprint);
	return order ? order : (a->number > b->number) - (a->number < b->number);
}

static int compare_numbers(const void *left, const void *right)
{
	const struct baseline_entry *const *a = left, *const *b = right;
	return ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

/* "" where the entry does not say. */
static const char *member(const cJSON *json, const char *name, struct arena *arena)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);
	return cJSON_IsString(value) ? arena_strdup(arena, value->valuestring) : "";
}

static bool read_entry(struct baseline *baseline, const struct json_file *file, const cJSON *json, struct arena *arena,
		       const char **error)
{
	struct baseline_entry entry = {
	    .fingerprint = member(json, "fingerprint", arena),
	    .rule = member(json, "rule", arena),
	    .file = member(json, "file", arena),
	    .function = member(json, "function", arena),
	    .message = member(json, "message", arena),
	    .number = baseline->entries.count,
	};
	if (!*entry.fingerprint) {
		*error = json_file_message(file, json, arena, "an entry of a baseline has a 'fingerprint'");
		return false;
	}
	table_add(&baseline->entries, entry);
	return true;
}

static bool read_entries(struct baseline *baseline, const struct json_file *file, struct arena *arena,
			 const char **error)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(file->root, "version");
	const cJSON *findings = cJSON_GetObjectItemCaseSensitive(file->root, "findings");
	if (!cJSON_IsArray(findings) || !cJSON_IsNumber(version)) {
		*error =
		    json_file_message(file, file->root, arena,
				      "not a baseline: '--write-baseline' writes one, with 'version' and 'findings'");
		return false;
	}
	if (version->valuedouble != FORMAT_VERSION) {
		*error = json_file_message(file, version, arena, "a baseline of version %g; this asynclint reads %d",
					   version->valuedouble, FORMAT_VERSION);
		return false;
	}
	for (const cJSON *entry = findings->child; entry; entry = entry->next)
		if (!read_entry(baseline, file, entry, arena, error))
			return false;
	return true;
}

bool baseline_read(struct baseline *baseline, const char *path, struct arena *arena, const char **error)
{
	struct json_file file;
	if (!json_file_read(&file, path, arena, error))
		return false;
	bool read = read_entries(baseline, &file, arena, error);
	json_file_release(&file);
	if (baseline->entries.count)
		qsort(baseline->entries.items, baseline->entries.count, sizeof(struct baseline_entry),
		      compare_fingerprints);
	return read;
}

static int compare_to_fingerprint(const void *key, const void *item)
{
	return strcmp(key, ((const struct baseline_entry *)item)->fingerprint);
}

/* A merge may have left an entry twice: both are found. */
static bool is_new(struct finding *finding, void *context)
{
	struct baseline *baseline = context;
	if (!baseline->entries.count)
		return true;
	struct baseline_entry *items = baseline->entries.items, *end = items + baseline->entries.count;
	struct baseline_entry *entry =
	    bsearch(finding->fingerprint, items, baseline->entries.count, sizeof(*items), compare_to_fingerprint);
	if (!entry)
		return true;
	while (entry > items && strcmp(entry[-1].fingerprint, finding->fingerprint) == 0)
		entry--;
	for (; entry < end && strcmp(entry->fingerprint, finding->fingerprint) == 0; entry++)
		entry->found = true;
	return false;
}

/* Whether it is a rule that did not run. What is a rule no more is found no more. */
static bool cannot_be_found(const struct rule *const *rules, const char *id)
{
	while (*rules && strcmp((*rules)->id, id) != 0)
		rules++;
	return !*rules && rule_find(id);
}

uint32_t baseline_apply(struct baseline *baseline, const struct rule *const *rules, struct findings *findings)
{
	for (uint32_t i = 0; i < baseline->entries.count; i++)
		baseline->entries.items[i].found = cannot_be_found(rules, baseline->entries.items[i].rule);
	return findings_keep(findings, is_new, baseline);
}

/* Those that were found, or those that were not, in the order of the file. */
static const struct baseline_entry **select_entries(const struct baseline *baseline, bool found, struct arena *arena,
						    uint32_t *count)
{
	uint32_t all = baseline->entries.count;
	const struct baseline_entry **list = arena_alloc(arena, all * sizeof(const struct baseline_entry *));
	*count = 0;
	for (uint32_t i = 0; i < all; i++)
		if (baseline->entries.items[i].found == found)
			list[(*count)++] = &baseline->entries.items[i];
	qsort(list, *count, sizeof(*list), compare_numbers);
	return list;
}

void baseline_note_fixed(const struct baseline *baseline, coverage_notes *fixed)
{
	struct arena scratch = {0};
	uint32_t count;
	const struct baseline_entry **list = select_entries(baseline, false, &scratch, &count);
	for (uint32_t i = 0; i < count; i++) {
		struct coverage_note note = {
		    .name = list[i]->rule,
		    .message = list[i]->message,
		    .location = {.file = list[i]->file},
		};
		table_add(fixed, note);
	}
	arena_release(&scratch);
}

static void write_entry(struct json_writer *json, const struct baseline_entry *entry)
{
	json_object(json, NULL);
	json_string(json, "file", entry->file);
	json_string(json, "rule", entry->rule);
	json_string(json, "function", entry->function);
	json_string(json, "message", entry->message);
	json_string(json, "fingerprint", entry->fingerprint);
	json_end(json);
}

/* Returns the file's text. */
static const char *compose(const struct baseline_entry *const *entries, uint32_t count, struct arena *arena,
			   size_t *size)
{
	char *written = NULL;
	struct json_writer json = {.out = open_memstream(&written, size)};
	if (!json.out)
		arena_out_of_memory();
	json_object(&json, NULL);
	json_number(&json, "version", FORMAT_VERSION);
	json_array(&json, "findings");
	for (uint32_t i = 0; i < count; i++)
		write_entry(&json, entries[i]);
	json_end(&json);
	json_end(&json);
	if (fclose(json.out) != 0)
		arena_out_of_memory();
	const char *text = arena_strndup(arena, written, *size);
	free(written);
	return text;
}

static bool write_entries(const char *path, const struct baseline_entry *const *entries, uint32_t count,
			  struct arena *arena, const char **error)
{
	size_t size;
	const char *text = compose(entries, count, arena, &size);
	if (replace_file(path, text, size, arena))
		return true;
	*error = arena_printf(arena, "cannot write '%s': %s", path, strerror(errno));
	return false;
}

static int compare_places(const void *left, const void *right)
{
	const struct baseline_entry *a = *(const struct baseline_entry *const *)left;
	const struct baseline_entry *b = *(const struct baseline_entry *const *)right;
	int order = strcmp(a->file, b->file);
	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = strcmp(a->function, b->function);
	return order ? order : strcmp(a->fingerprint, b->fingerprint);
}

bool baseline_write(const char *path, const struct findings *findings, struct arena *arena, const char **error)
{
	uint32_t count = findings->list.count;
	struct baseline_entry *entries = arena_alloc(arena, count * sizeof(*entries));
	const struct baseline_entry **list = arena_alloc(arena, count * sizeof(const struct baseline_entry *));
	for (uint32_t i = 0; i < count; i++) {
		const struct finding *finding = findings->list.items[i];
		entries[i] = (struct baseline_entry){
		    .fingerprint = finding->fingerprint,
		    .rule = finding->rule,
		    .file = finding->location.file,
		    .function = finding->function ? finding->function : "",
		    .message = finding->message,
		};
		list[i] = &entries[i];
	}
	qsort(list, count, sizeof(*list), compare_places);
	return write_entries(path, list, count, arena, error);
}

bool baseline_prune(const char *path, const struct baseline *baseline, struct arena *arena, const char **error)
{
	uint32_t count;
	const struct baseline_entry **list = select_entries(baseline, true, arena, &count);
	return write_entries(path, list, count, arena, error);
}

void baseline_release(struct baseline *baseline)
{
	table_release(&baseline->entries);
}
