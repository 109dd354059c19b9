#include "finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(text_or_empty(a), text_or_empty(b));
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_locations(const struct location *a, const struct location *b)
{
	int order = compare_text(a->file, b->file);
	if (!order)
		order = compare_numbers(a->line, b->line);
	return order ? order : compare_numbers(a->column, b->column);
}

/* What makes two findings the same one to a reader. */
static int compare_essence(const struct finding *a, const struct finding *b)
{
	int order = compare_locations(&a->location, &b->location);
	if (!order)
		order = compare_text(a->rule, b->rule);
	return order ? order : compare_text(a->message, b->message);
}

static int compare_paths(const struct finding *a, const struct finding *b)
{
	int order = compare_numbers(a->path.count, b->path.count);
	for (uint32_t i = 0; !order && i < a->path.count; i++) {
		order = compare_locations(&a->path.items[i].location, &b->path.items[i].location);
		if (!order)
			order = compare_text(a->path.items[i].message, b->path.items[i].message);
	}
	return order;
}

static int compare_surfaces(const struct finding *a, const struct finding *b)
{
	int order = compare_numbers(b->surface.count, a->surface.count);
	for (uint32_t i = 0; !order && i < a->surface.count; i++)
		order = compare_text(a->surface.items[i].function, b->surface.items[i].function);
	return order;
}

/* A total order, so that the order in which rules reported does not show. Of equal findings the one with the shortest
   path and the widest surface comes first: it is the one that is kept. */
static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;
	int order = compare_essence(a, b);
	if (!order)
		order = compare_paths(a, b);
	if (!order)
		order = compare_surfaces(a, b);
	if (!order)
		order = compare_text(a->function, b->function);
	if (!order)
		order = compare_text(a->cause, b->cause);
	return order ? order : compare_text(a->help, b->help);
}

static void drop_repetitions(struct findings *findings)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < findings->list.count; i++) {
		struct finding *finding = findings->list.items[i];
		if (kept && compare_essence(findings->list.items[kept - 1], finding) == 0)
			finding_release(finding);
		else
			findings->list.items[kept++] = finding;
	}
	findings->list.count = kept;
}

/* Each part is hashed with its NUL, so that ("ab", "c") and ("a", "bc") differ. */
static XXH128_hash_t hash_identity(const struct finding *finding, uint32_t number)
{
	const char *const parts[] = {finding->rule, finding->function, finding->cause};
	XXH3_state_t state;
	XXH3_INITSTATE(&state);
	XXH3_128bits_reset(&state);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *part = text_or_empty(parts[i]);
		XXH3_128bits_update(&state, part, strlen(part) + 1);
	}
	if (number) {
		char digits[16];
		int length = snprintf(digits, sizeof(digits), "%u", number);
		XXH3_128bits_update(&state, digits, (size_t)length);
	}
	return XXH3_128bits_digest(&state);
}

static int compare_identity(const struct finding *a, const struct finding *b)
{
	int order = compare_text(a->rule, b->rule);
	if (!order)
		order = compare_text(a->function, b->function);
	return order ? order : compare_text(a->cause, b->cause);
}

/* The order of findings breaks ties, so that running numbers follow the source. */
static int compare_identity_then_place(const void *left, const void *right)
{
	int order = compare_identity(*(const struct finding *const *)left, *(const struct finding *const *)right);
	return order ? order : compare_findings(left, right);
}

static void compute_fingerprints(const struct findings *findings)
{
	uint32_t count = findings->list.count;
	if (!count)
		return;
	struct arena scratch = {0};
	struct finding **by_identity = arena_copy(&scratch, findings->list.items, count, sizeof(*by_identity));
	qsort(by_identity, count, sizeof(*by_identity), compare_identity_then_place);
	uint32_t number = 0;
	for (uint32_t i = 0; i < count; i++) {
		number = i && compare_identity(by_identity[i - 1], by_identity[i]) == 0 ? number + 1 : 0;
		XXH128_hash_t hash = hash_identity(by_identity[i], number);
		snprintf(by_identity[i]->fingerprint, sizeof(by_identity[i]->fingerprint), "%016llx%016llx",
			 (unsigned long long)hash.high64, (unsigned long long)hash.low64);
	}
	arena_release(&scratch);
}

bool location_is_known(const struct location *location)
{
	return location->file && *location->file;
}

static const char *const severity_names[] = {
    [SEVERITY_ADVICE] = "advice",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

bool severity_find(const char *name, enum severity *severity)
{
	for (int i = SEVERITY_ADVICE; i <= SEVERITY_ERROR; i++) {
		if (strcmp(name, severity_names[i]) == 0) {
			*severity = (enum severity)i;
			return true;
		}
	}
	return false;
}

struct finding *findings_add(struct findings *findings)
{
	struct finding *finding = arena_alloc(&findings->arena, sizeof(*finding));
	table_add(&findings->list, finding);
	return finding;
}

void finding_release(struct finding *finding)
{
	table_release(&finding->surface);
	table_release(&finding->path);
}

uint32_t findings_keep(struct findings *findings, bool (*wanted)(struct finding *finding, void *context), void *context)
{
	uint32_t kept = 0, count = findings->list.count;
	for (uint32_t i = 0; i < count; i++) {
		struct finding *finding = findings->list.items[i];
		if (wanted(finding, context))
			findings->list.items[kept++] = finding;
		else
			finding_release(finding);
	}
	findings->list.count = kept;
	return count - kept;
}

bool finding_has_surface_note(const struct finding *finding)
{
	return finding->surface.count > 1 || (finding->surface.count == 1 && finding->function &&
					      strcmp(finding->surface.items[0].function, finding->function) != 0);
}

void findings_finish(struct findings *findings)
{
	if (findings->list.count)
		qsort(findings->list.items, findings->list.count, sizeof(*findings->list.items), compare_findings);
	drop_repetitions(findings);
	compute_fingerprints(findings);
}

void findings_release(struct findings *findings)
{
	for (uint32_t i = 0; i < findings->list.count; i++)
		finding_release(findings->list.items[i]);
	table_release(&findings->list);
	arena_release(&findings->arena);
}

void coverage_release(struct coverage *coverage)
{
	table_release(&coverage->degraded);
	table_release(&coverage->failed);
	table_release(&coverage->unmodelled);
	table_release(&coverage->unused_suppressions);
	table_release(&coverage->notes);
	table_release(&coverage->fixed);
	table_release(&coverage->changed_in_no_unit);
}
