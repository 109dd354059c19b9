#include "inputs.h"

#include "compdb.h"
#include "console.h"
#include "facts_files.h"
#include "paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

static const char database_name[] = "compile_commands.json";

/* A file as the command line names it. */
struct named_file {
	const char *name, *path; /* as written; resolved */
	bool header;
	bool found; /* some unit is, or includes, this file */
};

struct selection {
	TABLE(struct named_file) files;
	bool has_headers;
	bool for_report;   /* the files say what is reported, not what is analysed */
	uint32_t excluded; /* files that were named and are not looked at */
};

/* How a path of the facts, or an absolute one, is shown to someone in the working directory. */
static const char *shown(struct inputs *inputs, const char *path)
{
	return path_relative(path_join(inputs->root, path, &inputs->arena), inputs->viewpoint, &inputs->arena);
}

static bool is_header(const char *path)
{
	size_t length = strlen(path);
	return length > 2 && strcmp(path + length - 2, ".h") == 0;
}

/* False after an error message if it does not exist or is no file. */
static bool resolve_named_file(struct inputs *inputs, const char *name, struct named_file *file)
{
	struct stat status;
	*file = (struct named_file){.name = name, .path = path_resolve(name, &inputs->arena)};
	bool exists = file->path && stat(file->path, &status) == 0;
	if (!exists)
		console_error("cannot open '%s': %s", name, strerror(errno));
	else if (S_ISDIR(status.st_mode))
		console_error("'%s' is a directory; name files, or none for the whole database", name);
	else
		return file->header = is_header(file->path), true;
	return false;
}

/* A file that is named is looked at even if it is excluded, unless --force-exclude says otherwise. */
static void resolve_named_files(struct inputs *inputs, const struct options *options, struct selection *selection)
{
	for (uint32_t i = 0; i < options->file_count; i++) {
		struct named_file file;
		if (!resolve_named_file(inputs, options->files[i], &file)) {
			inputs->incomplete = true;
			continue;
		}
		bool excluded = scope_excludes(&options->scope, file.path);
		if (excluded && options->force_exclude) {
			selection->excluded++;
			continue;
		}
		if (excluded)
			table_add(&inputs->asked, file.path);
		selection->has_headers |= file.header;
		table_add(&selection->files, file);
	}
}

static struct compdb_options compdb_options(const struct options *options)
{
	return (struct compdb_options){
	    .extra_arguments = options->extra_arguments,
	    .extra_arguments_before = options->extra_arguments_before,
	};
}

/* What --root names, or what is found from `start` on. Builds compile and link in many folders: where no root is
   marked, all of them have only "/" in common. False with a message in *error. */
static bool find_root(struct inputs *inputs, const struct options *options, const char *start, const char **error)
{
	struct arena *arena = &inputs->arena;
	if (options->root)
		inputs->root = path_resolve(options->root, arena);
	else if (!options->launched)
		inputs->root = compdb_root(start, arena);
	else if (!(inputs->root = compdb_marked_root(start, arena)))
		inputs->root = "/";
	if (!inputs->root)
		*error = arena_printf(&inputs->arena, "cannot open '%s': %s", options->root, strerror(errno));
	return inputs->root != NULL;
}

/* False after an error message. */
static bool set_root(struct inputs *inputs, const struct options *options, const char *start)
{
	const char *error = NULL;
	bool found = find_root(inputs, options, start, &error);
	if (!found)
		console_error("%s", error);
	return found;
}

/* The directory that -p means, which may be the database itself; NULL if there is no database, with a message in
 * *error. */
static const char *named_database(struct inputs *inputs, const char *name, const char **error)
{
	struct arena *arena = &inputs->arena;
	struct stat status;
	const char *path = path_resolve(name, arena);
	const char *file = path;
	if (path && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		file = path_join(path, database_name, arena);
	const char *slash = file ? strrchr(file, '/') : NULL;
	if (!file || access(file, F_OK) != 0) {
		*error = arena_printf(arena, "no %s in '%s'", database_name, name);
		return NULL;
	}
	if (strcmp(slash + 1, database_name) != 0) {
		*error = arena_printf(arena, "'%s' is neither a directory nor a %s", name, database_name);
		return NULL;
	}
	return arena_strndup(arena, file, (size_t)(slash - file));
}

static bool find_database(struct inputs *inputs, const struct options *options, const char **error)
{
	if (options->database) {
		inputs->database = named_database(inputs, options->database, error);
	} else {
		inputs->database = compdb_find(inputs->directory, &inputs->arena);
		*error =
		    arena_printf(&inputs->arena,
				 "no %s found in '%s' or above it; name one with -p, or compiler arguments after '--'",
				 database_name, inputs->directory);
	}
	return inputs->database != NULL;
}

enum inputs_result inputs_read_database(struct inputs *inputs, const struct options *options, const char **error)
{
	if (!find_database(inputs, options, error))
		return INPUTS_SKIPPED;
	struct compdb_options how = compdb_options(options);
	if (!find_root(inputs, options, inputs->database, error) ||
	    !compdb_load(inputs->database, &how, &inputs->arena, &inputs->commands, error))
		return INPUTS_FAILED;
	if (inputs->commands.list.count)
		return INPUTS_READY;
	*error = arena_printf(&inputs->arena, "'%s/%s' has no command for a C file", inputs->database, database_name);
	return INPUTS_FAILED;
}

/* Marks the named files that the command compiles; returns whether there are any. */
static bool is_named(struct selection *selection, const struct command *command)
{
	bool named = false;
	for (uint32_t i = 0; i < selection->files.count; i++) {
		struct named_file *file = &selection->files.items[i];
		if (strcmp(file->path, command->file) == 0)
			named = file->found = true;
	}
	return named;
}

/* Keeps the commands of the named files; all of them if a header is named, as only its facts tell which unit includes
 * it. */
static void select_commands(struct inputs *inputs, struct selection *selection)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < inputs->commands.list.count; i++) {
		struct command command = inputs->commands.list.items[i];
		if (is_named(selection, &command) || selection->has_headers || selection->for_report)
			inputs->commands.list.items[kept++] = command;
	}
	inputs->partial |= kept < inputs->commands.list.count;
	inputs->commands.list.count = kept;
}

/* Each file is of one part, whatever else is in the database and in which order: machines that configure for themselves
 * leave nothing out. */
static void select_shard(struct inputs *inputs, const struct options *options)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < inputs->commands.list.count; i++) {
		struct command command = inputs->commands.list.items[i];
		const char *name = path_in_root(command.file, inputs->root);
		if (XXH3_64bits(name, strlen(name)) % options->shards == options->shard - 1)
			inputs->commands.list.items[kept++] = command;
	}
	inputs->commands.list.count = kept;
}

bool inputs_drop_excluded(struct inputs *inputs, bool verbose, const char **error)
{
	uint32_t kept = 0, count = inputs->commands.list.count;
	for (uint32_t i = 0; i < count; i++) {
		struct command command = inputs->commands.list.items[i];
		if (!scope_excludes(&inputs->scope, command.file))
			inputs->commands.list.items[kept++] = command;
	}
	inputs->commands.list.count = kept;
	if (verbose && kept < count)
		console_note("excluded: %u of %u units", count - kept, count);
	if (!kept && count)
		*error =
		    arena_printf(&inputs->arena, "every file of '%s/%s' is excluded", inputs->database, database_name);
	return kept || !count;
}

static void keep_first_command(struct inputs *inputs)
{
	uint32_t count = inputs->commands.list.count;
	if (count < 2)
		return;
	console_warning("%s: %u commands compile it; took the first",
			shown(inputs, inputs->commands.list.items[0].file), count);
	inputs->commands.list.count = 1;
}

static enum inputs_result read_database(struct inputs *inputs, const struct options *options,
					struct selection *selection)
{
	const char *error = NULL;
	enum inputs_result result = inputs_read_database(inputs, options, &error);
	if (result == INPUTS_SKIPPED && options->skip_without_database) {
		console_warning("%s: nothing was checked", error);
		return INPUTS_SKIPPED;
	}
	if (result == INPUTS_READY && options->file_count)
		select_commands(inputs, selection);
	if (result != INPUTS_READY || !inputs_drop_excluded(inputs, options->verbose, &error)) {
		console_error("%s", error);
		return INPUTS_FAILED;
	}
	if (options->shards)
		select_shard(inputs, options);
	return INPUTS_READY;
}

static enum inputs_result make_fixed_commands(struct inputs *inputs, const struct options *options,
					      struct selection *selection)
{
	if (!set_root(inputs, options, inputs->directory))
		return INPUTS_FAILED;
	struct compdb_options how = compdb_options(options);
	for (uint32_t i = 0; i < selection->files.count; i++) {
		struct named_file *file = &selection->files.items[i];
		compdb_fixed(file->path, options->compiler_arguments, &how, &inputs->arena, &inputs->commands);
		file->found = true;
	}
	selection->has_headers = false; /* they are units of their own */
	return INPUTS_READY;
}

static void tell_commands(struct inputs *inputs)
{
	if (inputs->database)
		console_note("database: %s/%s", inputs->database, database_name);
	console_note("project root: %s", inputs->root);
	console_note("units: %u", inputs->commands.list.count);
	const char *const *flag = compdb_dropped_flags(&inputs->commands, &inputs->arena);
	for (; *flag; flag++)
		console_note("flag that clang does not know, dropped: %s", *flag);
}

/* What the units report their progress to. */
struct progress_of_units {
	struct console_progress line;
	const char *root;
};

static void show_progress(void *context, uint32_t done, uint32_t total, const char *file)
{
	struct progress_of_units *progress = context;
	console_progress_show(&progress->line, done, total, path_in_root(file, progress->root));
}

static bool parse_units(struct inputs *inputs, const struct options *options)
{
	struct progress_of_units progress = {.root = inputs->root};
	stats_begin(inputs->stats, "facts");
	inputs_open_cache(inputs, options);
	struct units_options how = {
	    .root = inputs->root,
	    .stats = inputs->stats,
	    .cache = inputs->cache,
	    .jobs = options->jobs,
	    .timeout = options->unit_timeout,
	    .memory = options->unit_memory,
	    .progress = show_progress,
	    .context = &progress,
	};
	console_progress_begin(&progress.line, !options->quiet);
	const char *error = NULL;
	bool parsed = units_collect(&inputs->commands, &how, &inputs->units, &error);
	console_progress_end(&progress.line);
	stats_end(inputs->stats);
	if (!parsed)
		console_error("%s", error);
	return parsed;
}

static bool includes(const struct facts *unit, const char *path)
{
	for (uint32_t i = 0; i < unit->inclusions_count; i++)
		if (strcmp(facts_text(unit, unit->inclusions[i].path), path) == 0)
			return true;
	return false;
}

/* Whether the unit is one of the named files or includes one of the named headers. Marks these. */
static bool is_asked_for(struct inputs *inputs, struct selection *selection, const struct unit *unit)
{
	bool asked = is_named(selection, unit->command);
	for (uint32_t i = 0; i < selection->files.count; i++) {
		struct named_file *file = &selection->files.items[i];
		if (file->header && unit->facts && includes(unit->facts, path_in_root(file->path, inputs->root)))
			asked = file->found = true;
	}
	return asked;
}

/* What fails in a library that is only read beside is worth a warning. `name` is the facts' name of the file. */
static bool is_vendored(struct inputs *inputs, const char *name)
{
	return scope_is_silent(&inputs->scope, path_join(inputs->root, name, &inputs->arena));
}

static void note_failed(struct inputs *inputs, struct coverage *coverage, const char *name, const char *message)
{
	if (is_vendored(inputs, name)) {
		console_warning("%s", message);
	} else {
		console_error("%s", message);
		inputs->incomplete = true;
	}
	table_add(&coverage->failed, (struct coverage_note){.name = name, .message = message});
}

/* Of a unit that was parsed with errors; else false. */
static bool first_trouble(const struct facts *facts, struct coverage_note *note)
{
	if (!facts->troubles_count)
		return false;
	const struct fact_trouble *trouble = &facts->troubles[0];
	*note = (struct coverage_note){
	    .name = facts_text(facts, facts->main_file),
	    .message = facts_text(facts, trouble->message),
	    .location = {facts_text(facts, trouble->place.file), trouble->place.line, trouble->place.column,
			 trouble->place.end_line, trouble->place.end_column},
	};
	return true;
}

static void add_facts(struct inputs *inputs, struct coverage *coverage, const struct facts *facts)
{
	struct coverage_note note;
	table_add(&inputs->facts, facts);
	if (!first_trouble(facts, &note))
		return;
	table_add(&coverage->degraded, note);
	if (!is_vendored(inputs, note.name))
		console_warning("%s: parsed with errors: %s:%u:%u: %s", shown(inputs, note.name),
				shown(inputs, note.location.file), note.location.line, note.location.column,
				note.message);
}

/* Adds a unit that is only to complete the program. What is wrong with it is counted, and is no failure of the run. */
static void add_quietly(struct inputs *inputs, struct coverage *coverage, const struct unit *unit)
{
	struct coverage_note note = {.name = path_in_root(unit->command->file, inputs->root), .message = unit->error};
	if (unit->facts)
		table_add(&inputs->facts, unit->facts);
	if (!unit->facts)
		table_add(&coverage->failed, note);
	else if (first_trouble(unit->facts, &note))
		table_add(&coverage->degraded, note);
	else
		return;
	inputs->partial |= !unit->facts;
	inputs->elsewhere += !is_vendored(inputs, note.name);
}

static void sort_units(struct inputs *inputs, struct coverage *coverage, struct selection *selection)
{
	bool all = !selection->has_headers && !selection->for_report;
	for (uint32_t i = 0; i < inputs->units.list.count; i++) {
		const struct unit *unit = &inputs->units.list.items[i];
		bool asked = all || is_asked_for(inputs, selection, unit);
		if (!asked && selection->for_report)
			add_quietly(inputs, coverage, unit);
		else if (!unit->facts)
			note_failed(inputs, coverage, path_in_root(unit->command->file, inputs->root), unit->error);
		else if (asked)
			add_facts(inputs, coverage, unit->facts);
		else
			inputs->partial = true;
	}
	if (inputs->elsewhere)
		console_warning("%u unit%s beside the named files could not be read without errors; "
				"'asynclint' without files tells more",
				inputs->elsewhere, inputs->elsewhere == 1 ? "" : "s");
}

/* Returns whether there is anything to report on. A file that the database does not know is an error, unless it is to
 * be skipped. */
static bool report_files_not_found(struct inputs *inputs, const struct options *options,
				   const struct selection *selection)
{
	bool skip = options->skip_without_database, any = !selection->files.count || !skip;
	for (uint32_t i = 0; i < selection->files.count; i++) {
		const struct named_file *file = &selection->files.items[i];
		any |= file->found;
		if (file->found)
			continue;
		const char *what = arena_printf(&inputs->arena,
						file->header ? "'%s' is included by no unit of '%s/%s'"
							     : "'%s' has no command in '%s/%s'",
						file->name, inputs->database, database_name);
		if (skip)
			console_warning("%s: it was not checked", what);
		else
			console_error("%s", what);
		inputs->incomplete |= !skip;
	}
	return any;
}

/* False after an error message. */
static bool read_changes(struct inputs *inputs, const struct options *options, struct coverage *coverage)
{
	coverage->changes_only = true;
	inputs->reported = &inputs->changes.names;
	const char *error = NULL;
	stats_begin(inputs->stats, "changes");
	bool read = changes_read(inputs->root, options->since, &inputs->arena, &inputs->changes, &error);
	stats_end(inputs->stats);
	if (!read)
		console_error("%s (--%s)", error, options->since ? "since" : "changed");
	return read;
}

/* Says so where a file that changed is not looked at because no unit has it. */
static void tell_unreached(struct inputs *inputs, const struct coverage *coverage)
{
	enum { NAMED = 3 };
	uint32_t count = coverage->changed_in_no_unit.count;
	const char *names = "";
	for (uint32_t i = 0; i < count && i < NAMED; i++)
		names = arena_printf(&inputs->arena, "%s%s'%s'", names, *names ? ", " : "",
				     shown(inputs, coverage->changed_in_no_unit.items[i].name));
	if (count > NAMED)
		names = arena_printf(&inputs->arena, "%s and %u more", names, count - NAMED);
	if (count)
		console_warning("changed, but compiled or included by no unit: %s", names);
}

/* Tells which of the files that changed are part of a unit; returns whether any is. */
static bool find_changed_units(struct inputs *inputs, struct coverage *coverage)
{
	struct changes *changes = &inputs->changes;
	for (uint32_t i = 0; i < inputs->commands.list.count; i++)
		changes_mark(changes, path_in_root(inputs->commands.list.items[i].file, inputs->root));
	for (uint32_t i = 0; i < inputs->facts.count; i++)
		changes_mark_unit(changes, inputs->facts.items[i]);
	for (uint32_t id = 1; id < changes->names.count; id++) {
		if (!changes_concern(changes, id))
			continue;
		coverage->changed_files++;
		if (!changes->in_units.items[id])
			table_add(&coverage->changed_in_no_unit,
				  (struct coverage_note){.name = intern_text(&changes->names, id), .message = ""});
	}
	return coverage->changed_files > coverage->changed_in_no_unit.count;
}

/* With --whole-program: what is in the named files is asked for. */
static void name_what_is_asked(struct inputs *inputs, const struct selection *selection)
{
	intern_init(&inputs->named);
	for (uint32_t i = 0; i < selection->files.count; i++)
		intern(&inputs->named, path_in_root(selection->files.items[i].path, inputs->root));
	inputs->reported = &inputs->named;
}

static enum inputs_result make_facts(struct inputs *inputs, const struct options *options, struct coverage *coverage,
				     struct selection *selection)
{
	stats_begin(inputs->stats, "database");
	resolve_named_files(inputs, options, selection);
	selection->for_report = options->whole_program && options->file_count && !options->compiler_arguments;
	if (selection->excluded && !selection->files.count && !inputs->incomplete) {
		stats_end(inputs->stats);
		console_warning("all that is named is excluded: nothing was checked");
		return INPUTS_SKIPPED;
	}
	enum inputs_result result = options->compiler_arguments ? make_fixed_commands(inputs, options, selection)
								: read_database(inputs, options, selection);
	stats_end(inputs->stats);
	if (result != INPUTS_READY)
		return result;
	if (selection->for_report)
		name_what_is_asked(inputs, selection);
	if (options->action == ACTION_FACTS && !options->many_facts)
		keep_first_command(inputs);
	if (options->verbose)
		tell_commands(inputs);
	if (options->changed && !read_changes(inputs, options, coverage))
		return INPUTS_FAILED;
	if (options->changed && inputs->changes.names.count == 1)
		return INPUTS_UNCHANGED;
	if (!parse_units(inputs, options))
		return INPUTS_FAILED;
	sort_units(inputs, coverage, selection);
	if (!report_files_not_found(inputs, options, selection))
		return INPUTS_SKIPPED;
	return options->changed && !find_changed_units(inputs, coverage) ? INPUTS_UNCHANGED : INPUTS_READY;
}

/* The files that are meant: of a directory, all that is in it. */
static void name_facts(struct inputs *inputs, const struct options *options, struct coverage *coverage,
		       facts_names *names)
{
	for (uint32_t i = 0; i < options->file_count; i++) {
		const char *name = options->files[i], *error = NULL;
		struct stat status;
		if (stat(name, &status) != 0 || !S_ISDIR(status.st_mode))
			table_add(names, name);
		else if (!facts_files_list(name, names, &inputs->arena, &error))
			note_failed(inputs, coverage, name, error);
	}
}

static enum inputs_result load_facts(struct inputs *inputs, const struct options *options, struct coverage *coverage)
{
	if (!set_root(inputs, options, inputs->directory))
		return INPUTS_FAILED;
	if (options->action == ACTION_LD) {
		inputs_open_cache(inputs, options);
		inputs->partial = true; /* one program of several */
	}
	if (options->changed && !read_changes(inputs, options, coverage))
		return INPUTS_FAILED;
	stats_begin(inputs->stats, "load");
	facts_names names = {0};
	name_facts(inputs, options, coverage, &names);
	for (uint32_t i = 0; i < names.count; i++) {
		const char *error = NULL;
		struct facts *facts = facts_load(names.items[i], &inputs->arena, &error);
		if (!facts) {
			note_failed(inputs, coverage, names.items[i], error);
			continue;
		}
		table_add(&inputs->loaded, facts);
		add_facts(inputs, coverage, facts);
	}
	table_release(&names);
	stats_end(inputs->stats);
	return options->changed && !find_changed_units(inputs, coverage) ? INPUTS_UNCHANGED : INPUTS_READY;
}

static int compare_notes(const void *left, const void *right)
{
	const struct coverage_note *a = left, *b = right;
	int order = strcmp(a->name, b->name);
	return order ? order : strcmp(a->message, b->message);
}

static void sort_notes(struct coverage_note *notes, uint32_t count)
{
	if (count)
		qsort(notes, count, sizeof(*notes), compare_notes);
}

enum inputs_result inputs_collect(struct inputs *inputs, const struct options *options, struct coverage *coverage)
{
	inputs->directory = path_resolve(".", &inputs->arena);
	if (!inputs->directory) {
		console_error("cannot tell the working directory: %s", strerror(errno));
		return INPUTS_FAILED;
	}
	/* Builds run commands in many folders and seldom say in which: there paths are shown whole. */
	inputs->viewpoint = options->launched ? "/" : inputs->directory;
	inputs->scope = options->scope;
	inputs->scope.asked = &inputs->asked;
	struct selection selection = {0};
	bool made = options->action == ACTION_JOIN || options->action == ACTION_LD;
	enum inputs_result result =
	    made ? load_facts(inputs, options, coverage) : make_facts(inputs, options, coverage, &selection);
	table_release(&selection.files);
	sort_notes(coverage->degraded.items, coverage->degraded.count);
	sort_notes(coverage->failed.items, coverage->failed.count);
	sort_notes(coverage->changed_in_no_unit.items, coverage->changed_in_no_unit.count);
	tell_unreached(inputs, coverage);
	coverage->units = inputs->facts.count;
	return result;
}

void inputs_release(struct inputs *inputs)
{
	for (uint32_t i = 0; i < inputs->loaded.count; i++)
		facts_free(inputs->loaded.items[i]);
	table_release(&inputs->loaded);
	table_release(&inputs->facts);
	table_release(&inputs->asked);
	table_release(&inputs->commands.list);
	changes_release(&inputs->changes);
	intern_release(&inputs->named);
	units_release(&inputs->units);
	arena_release(&inputs->arena);
}
