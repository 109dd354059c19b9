#include "sarif.h"

/* What a notification is about. */
enum notification {
	FAILED_UNIT,
	DEGRADED_UNIT,
	CHANGED_IN_NO_UNIT,
	UNUSED_SUPPRESSION,
	FIXED_FINDING,
	UNMODELLED_FUNCTION,
	UNRESOLVED_CALLS,
	OTHER_NOTE,
	NOTIFICATIONS,
};

/* The descriptors that notifications point to (3.58.2), and how serious each is. */
static const struct notification_kind {
	const char *id, *level, *summary;
} notification_kinds[NOTIFICATIONS] = {
    [FAILED_UNIT] = {"failed-unit", "error", "A unit was not analysed."},
    [DEGRADED_UNIT] = {"degraded-unit", "warning", "A unit was parsed with errors, and not all of it was understood."},
    [CHANGED_IN_NO_UNIT] = {"changed-in-no-unit", "warning", "A file changed that no unit compiles or includes."},
    [UNUSED_SUPPRESSION] = {"unused-suppression", "warning", "A suppression suppresses nothing."},
    [FIXED_FINDING] = {"fixed-finding", "note", "The baseline has a finding that was not found."},
    [UNMODELLED_FUNCTION] = {"unmodelled-function", "note", "No model speaks of a function that is reached on a loop."},
    [UNRESOLVED_CALLS] = {"unresolved-calls", "note", "The targets of calls by pointer were not seen."},
    [OTHER_NOTE] = {"analysis-note", "note", "Something else is to be known about the analysis."},
};

void sarif_notification_descriptors(struct sarif *sarif)
{
	json_array(&sarif->json, "notifications");
	for (int i = 0; i < NOTIFICATIONS; i++) {
		json_object(&sarif->json, NULL);
		sarif_name(sarif, notification_kinds[i].id);
		sarif_message(sarif, "shortDescription", notification_kinds[i].summary);
		sarif_message(sarif, "fullDescription", notification_kinds[i].summary);
		sarif_message(sarif, "help", notification_kinds[i].summary);
		json_end(&sarif->json);
	}
	json_end(&sarif->json);
}

static void write_notification(struct sarif *sarif, enum notification kind, const char *message,
			       const struct location *location)
{
	struct json_writer *json = &sarif->json;
	json_object(json, NULL);
	json_object(json, "descriptor");
	json_string(json, "id", notification_kinds[kind].id);
	json_number(json, "index", kind);
	json_end(json);
	json_string(json, "level", notification_kinds[kind].level);
	sarif_message(sarif, "message", sarif_sentence(sarif_plain(message, &sarif->arena), &sarif->arena));
	if (location_is_known(location)) {
		json_array(json, "locations");
		json_object(json, NULL);
		sarif_physical(sarif, location, false);
		json_end(json);
		json_end(json);
	}
	json_end(json);
	arena_release(&sarif->arena);
}

/* What is about a unit as a whole has its place there. */
static void write_failed(struct sarif *sarif)
{
	const coverage_notes *units = &sarif->report->coverage->failed;
	for (uint32_t i = 0; i < units->count; i++)
		write_notification(sarif, FAILED_UNIT, units->items[i].message,
				   &(struct location){.file = units->items[i].name});
}

static void write_notes(struct sarif *sarif, enum notification kind, const coverage_notes *notes)
{
	for (uint32_t i = 0; i < notes->count; i++)
		write_notification(sarif, kind, notes->items[i].message, &notes->items[i].location);
}

static void write_changed_in_no_unit(struct sarif *sarif)
{
	const coverage_notes *files = &sarif->report->coverage->changed_in_no_unit;
	for (uint32_t i = 0; i < files->count; i++)
		write_notification(sarif, CHANGED_IN_NO_UNIT, "the file changed, and no unit compiles or includes it",
				   &(struct location){.file = files->items[i].name});
}

static void write_fixed(struct sarif *sarif)
{
	const coverage_notes *fixed = &sarif->report->coverage->fixed;
	for (uint32_t i = 0; i < fixed->count; i++)
		write_notification(sarif, FIXED_FINDING,
				   arena_printf(&sarif->arena, "a finding of '%s' in the baseline was not found: %s",
						fixed->items[i].name, fixed->items[i].message),
				   &fixed->items[i].location);
}

static void write_unmodelled(struct sarif *sarif)
{
	const coverage_notes *functions = &sarif->report->coverage->unmodelled;
	for (uint32_t i = 0; i < functions->count; i++)
		write_notification(sarif, UNMODELLED_FUNCTION,
				   arena_printf(&sarif->arena,
						"'%s' is reached on an event loop, and no model speaks of it",
						functions->items[i].name),
				   &functions->items[i].location);
}

static void write_unresolved(struct sarif *sarif)
{
	const struct coverage *coverage = sarif->report->coverage;
	if (coverage->unresolved_calls)
		write_notification(sarif, UNRESOLVED_CALLS,
				   arena_printf(&sarif->arena,
						"the targets of %u out of %u calls by pointer were not seen",
						coverage->unresolved_calls, coverage->pointer_calls),
				   &(struct location){0});
}

void sarif_invocation(struct sarif *sarif)
{
	struct json_writer *json = &sarif->json;
	const struct coverage *coverage = sarif->report->coverage;
	json_array(json, "invocations");
	json_object(json, NULL);
	json_bool(json, "executionSuccessful", sarif->report->exit_status < 2);
	json_number(json, "exitCode", (uint64_t)sarif->report->exit_status);
	json_array(json, "toolExecutionNotifications");
	write_failed(sarif);
	write_notes(sarif, DEGRADED_UNIT, &coverage->degraded);
	write_changed_in_no_unit(sarif);
	write_notes(sarif, UNUSED_SUPPRESSION, &coverage->unused_suppressions);
	write_fixed(sarif);
	write_unmodelled(sarif);
	write_unresolved(sarif);
	write_notes(sarif, OTHER_NOTE, &coverage->notes);
	json_end(json);
	json_end(json);
	json_end(json);
}
