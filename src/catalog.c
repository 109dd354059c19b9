#include "catalog.h"

#include "console.h"
#include "json_writer.h"
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

static bool holds_models(const char *directory, struct arena *arena)
{
	struct stat status;
	return stat(path_join(directory, "models", arena), &status) == 0 && S_ISDIR(status.st_mode);
}

/* NULL if the executable's own path cannot be told. Where /proc is missing, as in some chroots of builds, it is what
   the kernel was asked to run. */
static const char *installed_directory(struct arena *arena)
{
	char *executable = path_resolve("/proc/self/exe", arena);
	if (!executable)
		executable = path_resolve((const char *)getauxval(AT_EXECFN), arena);
	if (!executable)
		return NULL;
	*strrchr(executable, '/') = '\0';
	return path_join(executable, ASYNCLINT_DATA_FROM_BIN, arena);
}

const char *catalog_directory(struct arena *arena, const char **error)
{
	const char *named = getenv("ASYNCLINT_DATA");
	if (named && *named) {
		if (holds_models(named, arena))
			return named;
		*error = arena_printf(arena, "ASYNCLINT_DATA is '%s', which has no directory 'models'", named);
		return NULL;
	}
	const char *installed = installed_directory(arena);
	if (installed && holds_models(installed, arena))
		return installed;
	if (holds_models(ASYNCLINT_SOURCE_DATA, arena))
		return ASYNCLINT_SOURCE_DATA;
	*error = arena_printf(arena, "no library models found in '%s' or '%s'; set ASYNCLINT_DATA", installed,
			      ASYNCLINT_SOURCE_DATA);
	return NULL;
}

static bool load_models_from(struct models *models, const char *path, bool verbose, struct arena *arena,
			     const char **error)
{
	struct stat status;
	bool directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
	bool loaded =
	    directory ? models_load_directory(models, path, arena, error) : models_load(models, path, arena, error);
	if (loaded && verbose)
		console_note("models: %s", path);
	return loaded;
}

bool catalog_load_models(struct models *models, const struct options *options, struct arena *arena, const char **error)
{
	bool loaded = true;
	if (!options->no_models) {
		const char *directory = catalog_directory(arena, error);
		loaded = directory && load_models_from(models, path_join(directory, "models", arena), options->verbose,
						       arena, error);
	}
	for (const char *const *path = options->models; *path && loaded; path++)
		loaded = load_models_from(models, *path, options->verbose, arena, error);
	return loaded;
}

static bool copy_to_stdout(const char *path, struct arena *arena, const char **error)
{
	FILE *file = fopen(path, "r");
	if (!file) {
		*error = arena_printf(arena, "cannot open '%s': %s", path, strerror(errno));
		return false;
	}
	char bytes[4096];
	for (size_t size; (size = fread(bytes, 1, sizeof(bytes), file));)
		fwrite(bytes, 1, size, stdout);
	bool read = !ferror(file);
	if (!read)
		*error = arena_printf(arena, "cannot read '%s'", path);
	fclose(file);
	return read;
}

static bool explain(const char *id, struct arena *arena, const char **error)
{
	if (!rule_find(id)) {
		*error = rule_unknown(id, arena);
		return false;
	}
	const char *directory = catalog_directory(arena, error);
	return directory && copy_to_stdout(arena_printf(arena, "%s/%s.md", directory, id), arena, error);
}

int catalog_explain(const struct options *options)
{
	struct arena arena = {0};
	const char *error = NULL;
	bool done = explain(options->subject, &arena, &error);
	if (!done)
		console_error("%s", error);
	arena_release(&arena);
	return done ? 0 : 2;
}

static const char *status_name(enum rule_status status)
{
	static const char *const names[] = {
	    [RULE_DEFAULT] = "default",
	    [RULE_PREVIEW] = "preview",
	    [RULE_ADVICE] = "advice",
	};
	return names[status];
}

static void print_rules_as_json(FILE *out)
{
	struct json_writer json = {.out = out};
	json_array(&json, NULL);
	for (const struct rule *const *rule = all_rules; *rule; rule++) {
		json_object(&json, NULL);
		json_string(&json, "id", (*rule)->id);
		json_string(&json, "family", (*rule)->family);
		json_string(&json, "severity", severity_name((*rule)->severity));
		json_string(&json, "status", status_name((*rule)->status));
		json_string(&json, "since", (*rule)->since);
		json_string(&json, "summary", (*rule)->summary);
		json_end(&json);
	}
	json_end(&json);
}

int catalog_rules(const struct options *options)
{
	if (options->format->print == report_json) {
		print_rules_as_json(stdout);
		return 0;
	}
	if (options->format->print != report_text) {
		console_error("rules are listed as text or json, not as %s", options->format->name);
		return 2;
	}
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		printf("%-24s %-10s %-8s %s\n", (*rule)->id, (*rule)->family, status_name((*rule)->status),
		       (*rule)->summary);
	return 0;
}

int catalog_list_checks(const struct options *options)
{
	puts("Enabled checks:");
	for (const struct rule *const *rule = options->rules; *rule; rule++)
		printf("    %s\n", (*rule)->id);
	putchar('\n');
	return 0;
}
