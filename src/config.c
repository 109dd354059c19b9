#include "config.h"

#include "json_file.h"
#include "models.h"
#include "paths.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MOST_EXTENDED = 16 }; /* configs, one extending the next */

static const char config_name[] = ".asynclint.json";

/* What one file is read with. */
struct reader {
	struct json_file file;
	const char *directory;       /* of the file */
	const struct reader *within; /* that extends this one, or NULL */
	struct config *config;
	struct arena *arena;
	const char **error;
};

/* A key of an object, and what reads its value into `target`. */
struct key {
	const char *name;
	bool (*read)(struct reader *reader, const cJSON *value, void *target);
	size_t offset; /* of what it is read into, from the target of its object */
};

static bool fail(const struct reader *reader, const cJSON *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns false, for `return fail(...)`. */
static bool fail(const struct reader *reader, const cJSON *value, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(reader->arena, format, arguments);
	va_end(arguments);
	*reader->error = json_file_message(&reader->file, value, reader->arena, "%s", message);
	return false;
}

static const char *names_of_keys(const struct key *keys, struct arena *arena)
{
	const char *names = "";
	for (const struct key *key = keys; key->name; key++)
		names = arena_printf(arena, "%s%s'%s'", names, *names ? ", " : "", key->name);
	return names;
}

static bool read_member(struct reader *reader, const cJSON *member, const struct key *keys, void *target)
{
	for (const struct key *key = keys; key->name; key++)
		if (strcmp(member->string, key->name) == 0)
			return key->read(reader, member, (char *)target + key->offset);
	return fail(reader, member, "unknown key '%s'; known are %s", member->string,
		    names_of_keys(keys, reader->arena));
}

static bool read_object(struct reader *reader, const cJSON *value, const struct key *keys, void *target)
{
	if (!cJSON_IsObject(value))
		return fail(reader, value, "an object is expected here");
	for (const cJSON *member = value->child; member; member = member->next)
		if (!read_member(reader, member, keys, target))
			return false;
	return true;
}

static bool is_text(const cJSON *value)
{
	return cJSON_IsString(value) && *value->valuestring;
}

/* Calls `item` for each string of a list. */
static bool read_list(struct reader *reader, const cJSON *value, void *target,
		      bool (*item)(struct reader *reader, const cJSON *value, void *target))
{
	if (!cJSON_IsArray(value))
		return fail(reader, value, "'%s' is a list of strings", value->string);
	for (const cJSON *string = value->child; string; string = string->next) {
		if (!is_text(string))
			return fail(reader, string, "'%s' is a list of strings, none of them empty", value->string);
		if (!item(reader, string, target))
			return false;
	}
	return true;
}

static bool read_flag(struct reader *reader, const cJSON *value, void *target)
{
	if (!cJSON_IsBool(value))
		return fail(reader, value, "'%s' is true or false", value->string);
	*(bool *)target = cJSON_IsTrue(value);
	return true;
}

static bool read_path(struct reader *reader, const cJSON *value, void *target)
{
	if (!is_text(value))
		return fail(reader, value, "'%s' is a path", value->string);
	*(const char **)target =
	    arena_strdup(reader->arena, path_join(reader->directory, value->valuestring, reader->arena));
	return true;
}

static bool add_rule(struct reader *reader, const cJSON *value, void *target)
{
	const char *unknown = rule_names_add(target, arena_strdup(reader->arena, value->valuestring), reader->arena);
	return !unknown || fail(reader, value, "%s", unknown);
}

static bool read_rules(struct reader *reader, const cJSON *value, void *target)
{
	return read_list(reader, value, target, add_rule);
}

static bool add_glob(struct reader *reader, const cJSON *value, void *target)
{
	globs *list = target;
	const char *pattern = value->valuestring;
	const char *wrong = glob_check(pattern);
	if (wrong)
		return fail(reader, value, "the pattern '%s' %s", pattern, wrong);
	if (strncmp(pattern, "./", 2) == 0)
		pattern += 2;
	table_add(list, (struct glob){reader->directory, arena_strdup(reader->arena, pattern)});
	return true;
}

static bool read_globs(struct reader *reader, const cJSON *value, void *target)
{
	return read_list(reader, value, target, add_glob);
}

static bool read_severity(struct reader *reader, const cJSON *value, severities *list)
{
	struct severity_of one = {.rule = arena_strdup(reader->arena, value->string)};
	if (!cJSON_IsString(value) || !severity_find(value->valuestring, &one.severity))
		return fail(reader, value, "a severity is \"advice\", \"warning\" or \"error\"");
	if (!rule_name_is_known(one.rule))
		return fail(reader, value, "%s", rule_unknown(one.rule, reader->arena));
	table_add(list, one);
	return true;
}

static bool read_severities(struct reader *reader, const cJSON *value, void *target)
{
	if (!cJSON_IsObject(value))
		return fail(reader, value, "'%s' is an object: of rules, their severity", value->string);
	for (const cJSON *member = value->child; member; member = member->next)
		if (!read_severity(reader, member, target))
			return false;
	return true;
}

static bool add_cost(struct reader *reader, const cJSON *value, void *target)
{
	const char *unknown = costs_add(target, value->valuestring, reader->arena);
	return !unknown || fail(reader, value, "%s", unknown);
}

static bool read_costs(struct reader *reader, const cJSON *value, void *target)
{
	return read_list(reader, value, target, add_cost);
}

static bool add_string(struct reader *reader, const cJSON *value, void *target)
{
	config_strings *list = target;
	table_add(list, arena_strdup(reader->arena, value->valuestring));
	return true;
}

static bool read_strings(struct reader *reader, const cJSON *value, void *target)
{
	return read_list(reader, value, target, add_string);
}

static bool add_path(struct reader *reader, const cJSON *value, void *target)
{
	config_strings *list = target;
	table_add(list, arena_strdup(reader->arena, path_join(reader->directory, value->valuestring, reader->arena)));
	return true;
}

static bool read_path_list(struct reader *reader, const cJSON *value, void *target)
{
	return read_list(reader, value, target, add_path);
}

static bool read_fail_on(struct reader *reader, const cJSON *value, void *target)
{
	return (cJSON_IsString(value) && fail_on_find(value->valuestring, target)) ||
	       fail(reader, value, "'%s' is \"advice\", \"warning\", \"error\" or \"never\"", value->string);
}

static bool read_paths_entry(struct reader *reader, const cJSON *value, struct config_paths *entry)
{
	static const struct key keys[] = {
	    {"files", read_globs, offsetof(struct config_paths, files)},
	    {"rules", read_rules, offsetof(struct config_paths, rules)},
	    {"severity", read_severities, offsetof(struct config_paths, severities)},
	    {0},
	};
	if (!read_object(reader, value, keys, entry))
		return false;
	return entry->files.count || fail(reader, value, "an entry of 'paths' says in 'files' what it is about");
}

static bool read_paths(struct reader *reader, const cJSON *value, void *target)
{
	(void)target;
	struct config *config = reader->config;
	if (!cJSON_IsArray(value))
		return fail(reader, value, "'%s' is a list of objects", value->string);
	for (const cJSON *entry = value->child; entry; entry = entry->next) {
		table_add(&config->paths, (struct config_paths){0});
		if (!read_paths_entry(reader, entry, &config->paths.items[config->paths.count - 1]))
			return false;
	}
	return true;
}

/* For editors, which look the schema up. */
static bool skip_value(struct reader *reader, const cJSON *value, void *target)
{
	(void)reader, (void)value, (void)target;
	return true;
}

static bool load(struct config *config, const char *path, const struct reader *within, struct arena *arena,
		 const char **error);

static bool extend(struct reader *reader, const cJSON *value, void *target)
{
	(void)target;
	const char *path = path_join(reader->directory, value->valuestring, reader->arena);
	const char *resolved = path_resolve(path, reader->arena);
	if (!resolved)
		return fail(reader, value, "cannot open '%s': %s", path, strerror(errno));
	unsigned depth = 1;
	for (const struct reader *outer = reader; outer; outer = outer->within, depth++)
		if (strcmp(outer->file.path, resolved) == 0)
			return fail(reader, value, "'%s' extends itself", resolved);
	if (depth > MOST_EXTENDED)
		return fail(reader, value, "more than %d configs extend each other", MOST_EXTENDED);
	return load(reader->config, resolved, reader, reader->arena, reader->error);
}

/* One, or a list; read before all else, wherever it stands. */
static bool read_extends(struct reader *reader)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(reader->file.root, "extends");
	if (!value || is_text(value))
		return !value || extend(reader, value, NULL);
	return read_list(reader, value, NULL, extend);
}

static bool read_config(struct reader *reader)
{
	static const struct key keys[] = {
	    {"$schema", skip_value, 0},
	    {"extends", skip_value, 0},
	    {"rules", read_rules, offsetof(struct config, rules)},
	    {"preview", read_flag, offsetof(struct config, preview)},
	    {"severity", read_severities, offsetof(struct config, severities)},
	    {"paths", read_paths, 0},
	    {"exclude", read_globs, offsetof(struct config, exclude)},
	    {"vendored", read_globs, offsetof(struct config, vendored)},
	    {"models", read_path_list, offsetof(struct config, models)},
	    {"cost", read_costs, offsetof(struct config, costs)},
	    {"baseline", read_path, offsetof(struct config, baseline)},
	    {"database", read_path, offsetof(struct config, database)},
	    {"extra-arg", read_strings, offsetof(struct config, extra_arguments)},
	    {"fail-on", read_fail_on, offsetof(struct config, fail_on)},
	    {"strict", read_flag, offsetof(struct config, strict)},
	    {0},
	};
	return read_extends(reader) && read_object(reader, reader->file.root, keys, reader->config);
}

/* `path` is absolute and resolved. */
static bool load(struct config *config, const char *path, const struct reader *within, struct arena *arena,
		 const char **error)
{
	struct reader reader = {.within = within, .config = config, .arena = arena, .error = error};
	if (!json_file_read(&reader.file, path, arena, error))
		return false;
	const char *slash = strrchr(path, '/');
	reader.directory = slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
	bool read = read_config(&reader);
	json_file_release(&reader.file);
	table_add(&config->files, path);
	return read;
}

static const char *const fail_on_names[] = {
    [FAIL_ON_ADVICE] = "advice",
    [FAIL_ON_WARNING] = "warning",
    [FAIL_ON_ERROR] = "error",
    [FAIL_NEVER] = "never",
};

const char *fail_on_name(enum fail_on level)
{
	return fail_on_names[level];
}

bool fail_on_find(const char *name, enum fail_on *level)
{
	for (int i = FAIL_ON_ADVICE; i <= FAIL_NEVER; i++) {
		if (strcmp(name, fail_on_names[i]) == 0) {
			*level = (enum fail_on)i;
			return true;
		}
	}
	return false;
}

const char *config_find(const char *directory, struct arena *arena)
{
	for (size_t length = strlen(directory);;) {
		const char *path = arena_printf(arena, "%.*s/%s", (int)length, directory, config_name);
		if (access(path, F_OK) == 0)
			return path;
		if (!length)
			return NULL;
		while (directory[--length] != '/')
			continue;
	}
}

bool config_load(struct config *config, const char *path, struct arena *arena, const char **error)
{
	const char *resolved = path_resolve(path, arena);
	if (resolved)
		return load(config, resolved, NULL, arena, error);
	*error = arena_printf(arena, "%s: cannot read: %s", path, strerror(errno));
	return false;
}

void config_release(struct config *config)
{
	for (uint32_t i = 0; i < config->paths.count; i++) {
		table_release(&config->paths.items[i].files);
		table_release(&config->paths.items[i].rules);
		table_release(&config->paths.items[i].severities);
	}
	table_release(&config->paths);
	table_release(&config->files);
	table_release(&config->rules);
	table_release(&config->severities);
	table_release(&config->exclude);
	table_release(&config->vendored);
	table_release(&config->models);
	table_release(&config->extra_arguments);
}
