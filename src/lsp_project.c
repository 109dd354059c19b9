#include "lsp_project.h"

#include "baseline.h"
#include "catalog.h"
#include "lsp_analysis.h"
#include "lsp_index.h"
#include "paths.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds without an edit before the text is looked at, or nobody would get to type; processes that hold parsed
   units, each as large as a compiler; crashes by one text before it is left alone. */
enum { PAUSE = 100, MOST_PROCESSES = 8, MOST_CRASHES = 3 };

int64_t now_in_milliseconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

const struct facts *project_facts(const struct project_unit *unit)
{
	return unit->live.facts ? unit->live.facts : unit->saved;
}

/* The one place where a project's options are made. Names in them are relative to the folder, which is entered. */
static bool make_options(struct project *project, const struct arguments_of_project *arguments, const char **error)
{
	static char check[] = "check";
	struct arena *arena = &project->options_arena;
	char **list = arena_copy(arena, arguments->list, (size_t)arguments->count + 1, sizeof(char *));
	list[1] = check;
	if (chdir(project->folder) != 0) {
		*error = arena_printf(arena, "cannot enter '%s': %s", project->folder, strerror(errno));
		return false;
	}
	return options_parse(&project->options, arguments->count, list, arena, error);
}

/* A baseline is read for each analysis: here only to say what is wrong with it. */
static bool try_baseline(const struct project *project, struct arena *arena, const char **error)
{
	struct baseline baseline = {0};
	bool good = !project->options.baseline || baseline_read(&baseline, project->options.baseline, arena, error);
	baseline_release(&baseline);
	return good;
}

static enum inputs_result read_project(struct project *project, const struct arguments_of_project *arguments,
				       const char **error)
{
	struct inputs *inputs = &project->inputs;
	if (!make_options(project, arguments, error) || !try_baseline(project, &project->options_arena, error) ||
	    !catalog_load_models(&project->models, &project->options, &project->models_arena, error))
		return INPUTS_FAILED;
	inputs->directory = project->folder;
	inputs->scope = project->options.scope;
	enum inputs_result result = inputs_read_database(inputs, &project->options, error);
	if (result == INPUTS_READY && !inputs_drop_excluded(inputs, false, error))
		result = INPUTS_FAILED;
	return result;
}

struct project *project_open(struct client *client, struct documents *documents,
			     const struct arguments_of_project *arguments, const char *folder, struct arena *arena,
			     bool *found, const char **error)
{
	struct arena own = {0};
	struct project *project = arena_alloc(&own, sizeof(*project));
	project->arena = own;
	project->client = client;
	project->documents = documents;
	project->folder = arena_strdup(&project->arena, folder);
	enum inputs_result result = read_project(project, arguments, error);
	*found = result != INPUTS_SKIPPED;
	if (result != INPUTS_READY) {
		*error = arena_strdup(arena, *error);
		project_close(project);
		return NULL;
	}
	for (uint32_t i = 0; i < project->inputs.commands.list.count; i++)
		table_add(&project->units, (struct project_unit){.command = &project->inputs.commands.list.items[i]});
	project->index_due = true;
	return project;
}

void project_close(struct project *project)
{
	index_stop(project);
	analysis_stop(project);
	for (uint32_t i = 0; i < project->units.count; i++) {
		live_release(&project->units.items[i].live);
		arena_release(&project->units.items[i].saved_arena);
	}
	table_release(&project->units);
	findings_release(&project->findings);
	coverage_release(&project->coverage);
	models_release(&project->models);
	arena_release(&project->models_arena);
	inputs_release(&project->inputs);
	options_release(&project->options);
	arena_release(&project->options_arena);
	struct arena arena = project->arena;
	arena_release(&arena);
}

bool project_compiles(const struct project *project, const char *path)
{
	for (uint32_t i = 0; i < project->units.count; i++)
		if (strcmp(project->units.items[i].command->file, path) == 0)
			return true;
	return false;
}

static bool includes(const struct project *project, const struct project_unit *unit, const char *path)
{
	const struct facts *facts = project_facts(unit);
	const char *name = path_in_root(path, project->inputs.root);
	for (uint32_t i = 0; facts && i < facts->inclusions_count; i++)
		if (strcmp(facts_text(facts, facts->inclusions[i].path), name) == 0)
			return true;
	return false;
}

static bool is_open(const struct project *project, const struct project_unit *unit)
{
	return documents_find_path(project->documents, unit->command->file) != NULL;
}

/* Whether both paths are the same but for what follows the last dot. */
static bool are_siblings(const char *path, const char *other)
{
	const char *dot = strrchr(path, '.'), *other_dot = strrchr(other, '.');
	return dot && other_dot && dot - path == other_dot - other && strncmp(path, other, (size_t)(dot - path)) == 0;
}

/* A header is seen through a unit that includes it: one that is open, the one of the same name, or else the first. NULL
   if none is known to include it. */
static struct project_unit *representative(const struct project *project, const char *path)
{
	struct project_unit *best = NULL;
	uint32_t best_rank = 0;
	for (uint32_t i = 0; i < project->units.count; i++) {
		struct project_unit *unit = &project->units.items[i];
		uint32_t rank = 1 + 2 * is_open(project, unit) + are_siblings(path, unit->command->file);
		if (rank <= best_rank || !includes(project, unit, path))
			continue;
		best = unit;
		best_rank = rank;
	}
	return best;
}

/* Calls `act` for the units in which the document's text is looked at: those it is the main file of, else those that
   include it and are open, or one that does. Returns whether there are any. */
static bool for_units_of(struct project *project, const char *path,
			 void (*act)(struct project *project, struct project_unit *unit))
{
	bool compiled = project_compiles(project, path), any = false;
	const struct project_unit *one = compiled ? NULL : representative(project, path);
	for (uint32_t i = 0; i < project->units.count; i++) {
		struct project_unit *unit = &project->units.items[i];
		bool concerned = strcmp(unit->command->file, path) == 0 || unit == one ||
				 (is_open(project, unit) && includes(project, unit, path));
		if (concerned)
			act(project, unit);
		any |= concerned;
	}
	return any;
}

static void make_due(struct project *project, struct project_unit *unit)
{
	(void)project;
	unit->live.due = true;
	unit->live.crashes = 0;
}

void project_touch(struct project *project, const struct document *document, bool typing)
{
	if (!document->path || !for_units_of(project, document->path, make_due))
		return;
	project->typing = typing;
	project->edited = now_in_milliseconds();
	if (project->analysis.pid && !project->found) {
		analysis_stop(project);
		project->stale = true;
	}
}

static void forget(struct project *project, struct project_unit *unit)
{
	live_release(&unit->live);
	project->stale = true;
}

/* A header's units that are open themselves are parsed again, without its text. */
static void forget_or_parse(struct project *project, struct project_unit *unit)
{
	if (is_open(project, unit))
		make_due(project, unit);
	else
		forget(project, unit);
}

void project_forget(struct project *project, const struct document *document)
{
	if (!document->path)
		return;
	bool compiled = project_compiles(project, document->path);
	for_units_of(project, document->path, compiled ? forget : forget_or_parse);
}

/* Whether one more process may be started. If there are as many as may be, the one that has not been used for longest
   is ended: its facts stay good. */
static bool make_room(struct project *project)
{
	struct live *oldest = NULL;
	uint32_t count = 0;
	for (uint32_t i = 0; i < project->units.count; i++) {
		struct live *live = &project->units.items[i].live;
		count += live->process.pid != 0;
		if (live->process.pid && !live->busy && !live->due && (!oldest || live->used < oldest->used))
			oldest = live;
	}
	if (count >= MOST_PROCESSES && !oldest)
		return false;
	if (count >= MOST_PROCESSES)
		live_stop(oldest);
	return true;
}

/* As long as there is no room for its process the unit stays due: one that is at work will end, and be heard of. */
static void parse(struct project *project, struct project_unit *unit)
{
	if (!unit->live.process.pid && !make_room(project))
		return;
	struct arena scratch = {0};
	const struct documents *documents = project->documents;
	struct overlay *overlays = arena_alloc(&scratch, (documents->list.count + 1) * sizeof(*overlays));
	uint32_t count = 0;
	for (uint32_t i = 0; i < documents->list.count; i++) {
		const struct document *document = documents->list.items[i];
		if (document->path)
			overlays[count++] =
			    (struct overlay){document->path, document->text.bytes.items, document->text.bytes.count};
	}
	uint32_t timeout = project->options.unit_timeout;
	struct live_options how = {
	    .root = project->inputs.root,
	    .memory = project->options.unit_memory,
	    .deadline = timeout ? now_in_milliseconds() + (int64_t)timeout * 1000 : 0,
	};
	if (!live_parse(&unit->live, unit->command, &how, overlays, count)) {
		unit->live.due = false;
		client_log(project->client, MESSAGE_ERROR, "cannot start a parser for '%s': %s", unit->command->file,
			   strerror(errno));
	}
	arena_release(&scratch);
}

/* The next moment at which there is something to do; INT64_MAX: none. */
static int64_t next_moment(const struct project *project)
{
	int64_t next = project->typing ? project->edited + PAUSE : INT64_MAX;
	for (uint32_t i = 0; i < project->units.count; i++) {
		const struct live *live = &project->units.items[i].live;
		if (live->busy && live->deadline && live->deadline < next)
			next = live->deadline;
	}
	return next;
}

int project_wait(const struct project *project)
{
	int64_t next = next_moment(project);
	if (next == INT64_MAX)
		return -1;
	int64_t left = next - now_in_milliseconds();
	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static bool is_typing(const struct project *project)
{
	return project->typing && now_in_milliseconds() < project->edited + PAUSE;
}

/* Whether a unit that is open is at work or will be. */
static bool is_parsing(const struct project *project)
{
	for (uint32_t i = 0; i < project->units.count; i++)
		if (project->units.items[i].live.busy || project->units.items[i].live.due)
			return true;
	return false;
}

void project_step(struct project *project)
{
	if (project->index_due)
		index_start(project);
	if (is_typing(project))
		return;
	project->typing = false;
	for (uint32_t i = 0; i < project->units.count; i++)
		if (project->units.items[i].live.due && !project->units.items[i].live.busy)
			parse(project, &project->units.items[i]);
	if (project->stale && !is_parsing(project))
		analysis_start(project);
}

/* What the facts are of now. */
static void note_parsed(struct project *project, const struct project_unit *unit)
{
	for (uint32_t i = 0; i < project->documents->list.count; i++) {
		struct document *document = project->documents->list.items[i];
		if (document->path &&
		    (strcmp(document->path, unit->command->file) == 0 ||
		     (!project_compiles(project, document->path) && includes(project, unit, document->path))))
			document_set_parsed(document);
	}
}

bool project_has_news(struct project *project)
{
	if (!project->news || project->stale || !project->found || is_parsing(project))
		return false;
	project->news = false;
	return true;
}

static void take_crash(struct project *project, struct project_unit *unit)
{
	bool again = unit->live.crashes < MOST_CRASHES;
	client_log(project->client, MESSAGE_ERROR, "%s: %s; %s",
		   path_in_root(unit->command->file, project->inputs.root), unit->live.failure,
		   again ? "it is started again" : "it is not started again before the next edit");
	unit->live.due = again;
	project->news = true;
}

static void take_stall(struct project *project, struct project_unit *unit)
{
	bool due = unit->live.due;
	live_give_up(&unit->live, project->options.unit_timeout);
	unit->live.due = due;
	project->news = true;
	client_log(project->client, MESSAGE_ERROR, "%s: %s", path_in_root(unit->command->file, project->inputs.root),
		   unit->live.failure);
}

static void receive_from_unit(struct project *project, struct project_unit *unit)
{
	bool good = unit->saved && !unit->saved->troubles_count;
	switch (live_receive(&unit->live, unit->command, good)) {
	case LIVE_NOTHING:
		return;
	case LIVE_CRASHED:
		take_crash(project, unit);
		return;
	case LIVE_PARSED:
		project->news = true;
		if (unit->live.kept || unit->live.failure)
			return;
		project->stale = true;
		if (!unit->live.due)
			note_parsed(project, unit);
		return;
	}
}

void project_receive(struct project *project)
{
	for (uint32_t i = 0; i < project->units.count; i++) {
		struct project_unit *unit = &project->units.items[i];
		receive_from_unit(project, unit);
		if (unit->live.busy && unit->live.deadline && now_in_milliseconds() >= unit->live.deadline)
			take_stall(project, unit);
	}
	if (!index_receive(project))
		return;
	/* Which unit includes a header that is open may have become known. */
	for (uint32_t i = 0; i < project->documents->list.count; i++) {
		struct document *document = project->documents->list.items[i];
		if (document->project == project && document->path && !project_compiles(project, document->path))
			project_touch(project, document, false);
	}
}

void project_sockets(const struct project *project, socket_table *sockets)
{
	for (uint32_t i = 0; i < project->units.count; i++)
		if (project->units.items[i].live.process.pid)
			table_add(sockets, project->units.items[i].live.process.socket);
	if (project->index.pid)
		table_add(sockets, project->index.socket);
	if (project->analysis.pid)
		table_add(sockets, project->analysis.socket);
}
