#include "lsp_index.h"

#include "cache.h"

#include <errno.h>
#include <string.h>

/* A unit: its index (eight bytes, so that facts stay aligned) and its facts; a unit without facts: its index and the
   reason. How far it is: done and total. */
enum { FRAME_FACTS, FRAME_FAILURE, FRAME_PROGRESS, FRAME_DONE };

struct progress {
	uint32_t done, total;
};

struct indexer {
	struct project *project;
	int socket;
};

/* A hundred times at most: what an editor shows is a bar. */
static void tell_progress(void *context, uint32_t done, uint32_t total, const char *file)
{
	(void)file;
	const struct indexer *indexer = context;
	struct progress progress = {done, total};
	if (done * 100ull / total != (done - 1) * 100ull / total)
		frame_send(indexer->socket, FRAME_PROGRESS, &progress, sizeof(progress));
}

static void tell_unit(int socket, uint64_t index, uint32_t kind, const void *bytes, uint64_t size)
{
	struct arena arena = {0};
	char *copy = arena_alloc(&arena, sizeof(index) + size);
	memcpy(mempcpy(copy, &index, sizeof(index)), bytes, size);
	frame_send(socket, kind, copy, sizeof(index) + size);
	arena_release(&arena);
}

/* What the server has already it is not told again. */
static void tell(const struct project *project, const struct units *units, int socket)
{
	for (uint32_t i = 0; i < units->list.count; i++) {
		const struct unit *unit = &units->list.items[i];
		const struct facts *known = project->units.items[i].saved;
		struct arena arena = {0};
		uint64_t size;
		if (!unit->facts) {
			tell_unit(socket, i, FRAME_FAILURE, unit->error, strlen(unit->error));
		} else if (!known || known->checksum != unit->facts->checksum) {
			const void *bytes = facts_write(unit->facts, &arena, &size);
			tell_unit(socket, i, FRAME_FACTS, bytes, size);
		}
		arena_release(&arena);
	}
}

/* The life of the process. What goes wrong with the cache it says on its standard error. */
static void work(void *context, int socket)
{
	struct project *project = context;
	struct indexer indexer = {project, socket};
	struct inputs *inputs = &project->inputs;
	inputs_open_cache(inputs, &project->options);
	struct units_options how = {
	    .root = inputs->root,
	    .cache = inputs->cache,
	    .jobs = project->options.jobs,
	    .timeout = project->options.unit_timeout,
	    .memory = project->options.unit_memory,
	    .progress = tell_progress,
	    .context = &indexer,
	};
	struct units units;
	const char *error = NULL;
	if (units_collect(&inputs->commands, &how, &units, &error)) {
		tell(project, &units, socket);
		frame_send(socket, FRAME_DONE, "", 1);
	} else {
		frame_send(socket, FRAME_DONE, error, strlen(error));
	}
	inputs_close_cache(inputs, false);
}

static const char *token_of(const struct project *project, struct arena *arena)
{
	return arena_printf(arena, "asynclint-%u", project->progress_token);
}

static struct json_writer *begin_progress(struct project *project, const char *kind)
{
	struct arena scratch = {0};
	struct json_writer *json = client_notify(project->client, "$/progress");
	json_string(json, "token", token_of(project, &scratch));
	json_object(json, "value");
	json_string(json, "kind", kind);
	arena_release(&scratch);
	return json;
}

/* Only the first time: later there is little to do. */
static void show_begin(struct project *project)
{
	struct arena scratch = {0};
	if (!project->client->progress || project->indexed)
		return;
	project->progress_shown = true;
	struct json_writer *json = client_request(project->client, "window/workDoneProgress/create");
	project->progress_token = project->client->requests;
	json_string(json, "token", token_of(project, &scratch));
	client_send(project->client);
	json = begin_progress(project, "begin");
	json_string(json, "title", "asynclint");
	json_string(json, "message", arena_printf(&scratch, "reading %u units", project->units.count));
	json_number(json, "percentage", 0);
	client_send(project->client);
	arena_release(&scratch);
}

static void show_progress(struct project *project)
{
	struct arena scratch = {0};
	struct progress progress;
	if (!project->progress_shown || project->index.frame.size != sizeof(progress))
		return;
	memcpy(&progress, project->index.bytes, sizeof(progress));
	struct json_writer *json = begin_progress(project, "report");
	json_string(json, "message", arena_printf(&scratch, "%u of %u units", progress.done, progress.total));
	json_number(json, "percentage", progress.done * 100ull / progress.total);
	client_send(project->client);
	arena_release(&scratch);
}

static void show_end(struct project *project)
{
	if (!project->progress_shown)
		return;
	project->progress_shown = false;
	begin_progress(project, "end");
	client_send(project->client);
}

void index_start(struct project *project)
{
	if (project->index.pid)
		return;
	project->index_due = false;
	struct process_options how = {.background = true};
	if (!process_start(&project->index, &how, work, project)) {
		client_log(project->client, MESSAGE_ERROR, "cannot read the units of '%s': %s", project->inputs.root,
			   strerror(errno));
		return;
	}
	show_begin(project);
}

static struct project_unit *unit_of_frame(struct project *project)
{
	uint64_t index;
	if (project->index.frame.size < sizeof(index))
		return NULL;
	memcpy(&index, project->index.bytes, sizeof(index));
	return index < project->units.count ? &project->units.items[index] : NULL;
}

static void forget_saved(struct project *project, struct project_unit *unit)
{
	project->stale |= unit->saved != NULL;
	arena_release(&unit->saved_arena);
	unit->saved = NULL;
}

static void take_facts(struct project *project, struct project_unit *unit)
{
	const char *error = NULL;
	uint64_t index_size = sizeof(uint64_t);
	struct facts *facts = facts_read(project->index.bytes + index_size, project->index.frame.size - index_size,
					 unit->command->file, &project->index_arena, &error);
	forget_saved(project, unit);
	unit->saved = facts;
	unit->saved_arena = project->index_arena;
	project->index_arena = (struct arena){0};
	project->stale = true;
}

static void take_failure(struct project *project, struct project_unit *unit)
{
	if (unit->saved || !project->indexed)
		client_log(project->client, MESSAGE_WARNING, "%s", project->index.bytes + sizeof(uint64_t));
	forget_saved(project, unit);
}

/* A line each. */
static void pass_messages_on(struct project *project)
{
	char *text = arena_strdup(&project->index_arena, process_messages(&project->index, &project->index_arena));
	for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		client_log(project->client, MESSAGE_WARNING, "%s", line);
}

static void finish(struct project *project, bool done)
{
	pass_messages_on(project);
	if (!done)
		client_log(project->client, MESSAGE_ERROR, "reading the units of '%s' ended early (%s)",
			   project->inputs.root, process_end(process_stop(&project->index), &project->index_arena));
	else
		process_stop(&project->index);
	arena_release(&project->index_arena);
	project->stale |= !project->indexed;
	project->indexed = true;
	show_end(project);
}

bool index_receive(struct project *project)
{
	while (project->index.pid) {
		enum process_event event = process_receive(&project->index, &project->index_arena);
		if (event == PROCESS_NOTHING)
			return false;
		if (event != PROCESS_FRAME) {
			finish(project, false);
			return true;
		}
		uint32_t kind = project->index.frame.kind;
		struct project_unit *unit =
		    kind == FRAME_PROGRESS || kind == FRAME_DONE ? NULL : unit_of_frame(project);
		if (kind == FRAME_PROGRESS)
			show_progress(project);
		else if (kind == FRAME_FACTS && unit)
			take_facts(project, unit);
		else if (kind == FRAME_FAILURE && unit)
			take_failure(project, unit);
		if (kind == FRAME_DONE) {
			if (*project->index.bytes)
				client_show(project->client, MESSAGE_ERROR, "%s", project->index.bytes);
			finish(project, true);
			return true;
		}
		arena_release(&project->index_arena);
	}
	return false;
}

void index_stop(struct project *project)
{
	if (project->index.pid)
		process_stop(&project->index);
	arena_release(&project->index_arena);
	show_end(project);
}
