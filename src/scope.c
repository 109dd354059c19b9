#include "scope.h"

#include "paths.h"

#include <string.h>

static bool is_on_everywhere(const struct scope *scope, const struct rule *rule, bool preview)
{
	bool on = rule_names_select(&scope->config->rules, rule, rule_runs_by_default(rule, preview), preview);
	return rule_names_select(scope->named, rule, on, preview);
}

/* `file` NULL: as if it were in every entry that adds the rule, and in none that takes it away. */
static bool is_on(const struct scope *scope, const struct rule *rule, const char *file)
{
	const struct config *config = scope->config;
	bool preview = scope->preview || config->preview;
	if (!rule_names_select(scope->named, rule, true, preview))
		return false; /* what --rules leaves out stays out */
	bool on = is_on_everywhere(scope, rule, preview);
	for (uint32_t i = 0; i < config->paths.count; i++) {
		const struct config_paths *entry = &config->paths.items[i];
		if (!file)
			on |= rule_names_adjust(&entry->rules, rule, on, preview);
		else if (globs_match(&entry->files, file))
			on = rule_names_adjust(&entry->rules, rule, on, preview);
	}
	return on;
}

bool scope_has(const struct scope *scope, const struct rule *rule, const char *file)
{
	return is_on(scope, rule, file);
}

bool scope_may_have(const struct scope *scope, const struct rule *rule)
{
	return is_on(scope, rule, NULL);
}

static enum severity last_severity(const severities *list, const struct rule *rule, enum severity severity)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (rule_name_means(list->items[i].rule, rule))
			severity = list->items[i].severity;
	return severity;
}

enum severity scope_severity(const struct scope *scope, const struct rule *rule, const char *file,
			     enum severity severity)
{
	const struct config *config = scope->config;
	severity = last_severity(&config->severities, rule, severity);
	for (uint32_t i = 0; i < config->paths.count; i++)
		if (globs_match(&config->paths.items[i].files, file))
			severity = last_severity(&config->paths.items[i].severities, rule, severity);
	return rule_names_adjust(scope->as_errors, rule, false, true) ? SEVERITY_ERROR : severity;
}

static bool is_asked_for(const struct scope *scope, const char *file)
{
	for (uint32_t i = 0; scope->asked && i < scope->asked->count; i++)
		if (strcmp(scope->asked->items[i], file) == 0)
			return true;
	return false;
}

bool scope_excludes(const struct scope *scope, const char *file)
{
	return globs_match(&scope->config->exclude, file) && !is_asked_for(scope, file);
}

bool scope_is_silent(const struct scope *scope, const char *file)
{
	return globs_match(&scope->config->vendored, file) || scope_excludes(scope, file);
}

struct application {
	const struct scope *scope;
	const char *root;
	struct arena scratch;
};

static bool apply_to_finding(struct finding *finding, void *context)
{
	struct application *application = context;
	const struct scope *scope = application->scope;
	const struct rule *rule = rule_find(finding->rule);
	const char *file = path_join(application->root, finding->location.file, &application->scratch);
	if (scope_is_silent(scope, file) || !scope_has(scope, rule, file))
		return false;
	finding->severity = scope_severity(scope, rule, file, finding->severity);
	return true;
}

static void apply_to_notes(struct application *application, coverage_notes *notes)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < notes->count; i++) {
		struct coverage_note note = notes->items[i];
		const char *file = path_join(application->root, note.location.file, &application->scratch);
		if (!scope_is_silent(application->scope, file))
			notes->items[kept++] = note;
	}
	notes->count = kept;
}

void scope_apply(const struct scope *scope, const char *root, struct findings *findings, struct coverage *coverage)
{
	struct application application = {.scope = scope, .root = root};
	findings_keep(findings, apply_to_finding, &application);
	apply_to_notes(&application, &coverage->unused_suppressions);
	arena_release(&application.scratch);
}
