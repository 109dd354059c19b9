#include "print_config.h"

#include "console.h"
#include "json_writer.h"
#include "models.h"
#include "paths.h"

#include <errno.h>
#include <string.h>

static void write_strings(struct json_writer *json, const char *key, const char *const *strings)
{
	json_array(json, key);
	for (; *strings; strings++)
		json_string(json, NULL, *strings);
	json_end(json);
}

static void write_globs(struct json_writer *json, const char *key, const globs *list)
{
	json_array(json, key);
	for (uint32_t i = 0; i < list->count; i++) {
		json_object(json, NULL);
		json_string(json, "pattern", list->items[i].pattern);
		json_string(json, "in", list->items[i].directory);
		json_end(json);
	}
	json_end(json);
}

/* `file` NULL: what holds where no entry of "paths" does. */
static void write_rules(struct json_writer *json, const struct scope *scope, const char *file)
{
	json_object(json, "rules");
	for (const struct rule *const *rule = all_rules; *rule; rule++) {
		if (!scope_has(scope, *rule, file))
			continue;
		json_string(json, (*rule)->id, severity_name(scope_severity(scope, *rule, file, (*rule)->severity)));
	}
	json_end(json);
}

static void write_file(struct json_writer *json, const struct scope *scope, const char *file)
{
	bool excluded = globs_match(&scope->config->exclude, file);
	bool vendored = globs_match(&scope->config->vendored, file);
	json_string(json, "file", file);
	json_string(json, "state", excluded ? "excluded" : vendored ? "vendored" : "checked");
}

static void write_costs(struct json_writer *json, uint32_t costs)
{
	json_array(json, "cost");
	for (int cost = COST_NONE + 1; cost < COSTS; cost++)
		if (costs & 1u << cost)
			json_string(json, NULL, cost_name((enum cost)cost));
	json_end(json);
}

static void write_config(struct json_writer *json, const struct options *options, const char *file)
{
	const struct config *config = &options->config;
	json_object(json, NULL);
	json_array(json, "read");
	for (uint32_t i = 0; i < config->files.count; i++)
		json_string(json, NULL, config->files.items[i]);
	json_end(json);
	if (file)
		write_file(json, &options->scope, file);
	write_rules(json, &options->scope, file ? file : "");
	write_globs(json, "exclude", &config->exclude);
	write_globs(json, "vendored", &config->vendored);
	write_strings(json, "models", options->models);
	write_strings(json, "extra-arg", options->extra_arguments);
	write_costs(json, options->costs);
	json_string(json, "database", options->database);
	json_string(json, "baseline", options->baseline);
	json_string(json, "fail-on", fail_on_name(options->fail_on));
	json_bool(json, "strict", options->strict);
	json_end(json);
}

int print_config(const struct options *options)
{
	struct arena arena = {0};
	struct json_writer json = {.out = stdout};
	const char *file = options->file_count ? path_resolve(options->files[0], &arena) : NULL;
	bool known = file || !options->file_count;
	if (known)
		write_config(&json, options, file);
	else
		console_error("cannot open '%s': %s", options->files[0], strerror(errno));
	arena_release(&arena);
	return known ? 0 : 2;
}
