#include "settings.h"

#include "option_table.h"
#include "paths.h"

#include <string.h>

static const char *find_from(const char *path, struct arena *arena)
{
	const char *start = path_resolve(path, arena);
	return start ? config_find(start, arena) : NULL;
}

/* The config that holds: the one that is named, or the nearest one upward from the first file, or else from the working
   directory, or else from the compile database that is named; NULL if there is none. */
static const char *config_path(const struct options *options, const struct config_request *request, struct arena *arena)
{
	if (request->none || request->path)
		return request->path;
	const char *file = options->action != ACTION_JOIN && options->file_count ? options->files[0] : NULL;
	if (options->launched)
		file = options->root; /* the working directory may be anywhere */
	const char *found = find_from(file ? file : ".", arena);
	if (!found && !file && options->database)
		found = find_from(options->database, arena); /* the project is somewhere else */
	return found;
}

/* Puts `more` before the strings, which are ended by NULL. */
static const char *const *prepend(const config_strings *more, const char *const *strings, struct arena *arena)
{
	uint32_t count = 0;
	while (strings[count])
		count++;
	const char **all = arena_alloc(arena, ((size_t)more->count + count + 1) * sizeof(*all));
	for (uint32_t i = 0; i < more->count; i++)
		all[i] = more->items[i];
	memcpy(all + more->count, strings, count * sizeof(*all));
	return all;
}

/* What the command line says comes after the config, or in its place. What the config says of the exit status is for
   checks: it breaks no build. */
static bool read_config(struct options *options, const struct config_request *request, struct arena *arena,
			const char **error)
{
	struct config *config = &options->config;
	/* A server reads the config of each project that it opens, not the one of where it was started. */
	bool read = CONFIGURED & 1u << options->action && options->action != ACTION_LSP;
	const char *path = read ? config_path(options, request, arena) : NULL;
	if (path && !config_load(config, path, arena, error))
		return false;
	options->scope = (struct scope){
	    .config = config,
	    .named = &options->named_rules,
	    .as_errors = &options->as_errors,
	    .preview = options->preview,
	};
	options->models = prepend(&config->models, options->models, arena);
	options->extra_arguments = prepend(&config->extra_arguments, options->extra_arguments, arena);
	options->costs |= config->costs;
	options->strict |= config->strict && !options->launched;
	if (!options->database)
		options->database = config->database;
	if (!options->baseline && !request->no_baseline)
		options->baseline = config->baseline;
	if (!request->fails_on)
		options->fail_on = options->launched ? FAIL_ON_ERROR : config->fail_on;
	return true;
}

static bool select_rules(struct options *options, struct arena *arena, const char **error)
{
	if (!(JUDGING & 1u << options->action))
		return true;
	uint32_t known = 0, count = 0;
	while (all_rules[known])
		known++;
	const struct rule **selected = arena_alloc(arena, (known + 1) * sizeof(const struct rule *));
	for (uint32_t i = 0; i < known; i++)
		if (scope_may_have(&options->scope, all_rules[i]))
			selected[count++] = all_rules[i];
	options->rules = selected;
	*error = "no rule is left to run";
	return count > 0;
}

bool settings_complete(struct options *options, const struct config_request *request, struct arena *arena,
		       const char **error)
{
	return read_config(options, request, arena, error) && select_rules(options, arena, error);
}
