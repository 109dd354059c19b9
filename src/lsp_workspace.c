#include "lsp_workspace.h"

#include "compdb.h"
#include "paths.h"
#include "uri.h"

#include <string.h>

static void add_folder(struct workspace *workspace, const char *uri)
{
	const char *path = uri ? path_of_uri(uri, &workspace->arena) : NULL;
	if (path)
		table_add(&workspace->folders, path);
}

static void remove_folder(struct workspace *workspace, const char *uri)
{
	const char *path = uri ? path_of_uri(uri, &workspace->arena) : NULL;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < workspace->folders.count; i++)
		if (!path || strcmp(workspace->folders.items[i], path) != 0)
			workspace->folders.items[kept++] = workspace->folders.items[i];
	workspace->folders.count = kept;
}

void workspace_read_folders(struct workspace *workspace, const cJSON *parameters)
{
	const cJSON *folders = client_get(parameters, "workspaceFolders"), *folder;
	cJSON_ArrayForEach(folder, folders) add_folder(workspace, client_get_string(folder, "uri"));
	if (!workspace->folders.count)
		add_folder(workspace, client_get_string(parameters, "rootUri"));
	const char *here = workspace->folders.count ? NULL : path_resolve(".", &workspace->arena);
	if (here)
		table_add(&workspace->folders, here);
}

void workspace_change_folders(struct workspace *workspace, const cJSON *parameters)
{
	const cJSON *folder;
	cJSON_ArrayForEach(folder, client_get(parameters, "event.removed"))
	    remove_folder(workspace, client_get_string(folder, "uri"));
	cJSON_ArrayForEach(folder, client_get(parameters, "event.added"))
	    add_folder(workspace, client_get_string(folder, "uri"));
}

/* Says each reason once. */
static void tell_refused(struct workspace *workspace, bool found, const char *reason)
{
	for (uint32_t i = 0; i < workspace->refused.count; i++)
		if (strcmp(workspace->refused.items[i], reason) == 0)
			return;
	table_add(&workspace->refused, arena_strdup(&workspace->arena, reason));
	client_show(workspace->client, found ? MESSAGE_ERROR : MESSAGE_WARNING, "asynclint: %s", reason);
}

/* With another database at hand, that the folder has none need not be said. */
static struct project *open_project(struct workspace *workspace, const char *folder, bool another)
{
	struct arena scratch = {0};
	const char *error = NULL;
	bool found;
	struct project *project = project_open(workspace->client, workspace->documents, &workspace->arguments, folder,
					       &scratch, &found, &error);
	if (project)
		table_add(&workspace->projects, project);
	else if (found || !another)
		tell_refused(workspace, found, error);
	arena_release(&scratch);
	return project;
}

static struct project *find_compiling(const struct workspace *workspace, const char *path)
{
	for (uint32_t i = 0; i < workspace->projects.count; i++)
		if (project_compiles(workspace->projects.items[i], path))
			return workspace->projects.items[i];
	return NULL;
}

static struct project *find_by_database(const struct workspace *workspace, const char *database)
{
	for (uint32_t i = 0; i < workspace->projects.count; i++)
		if (strcmp(workspace->projects.items[i]->inputs.database, database) == 0)
			return workspace->projects.items[i];
	return NULL;
}

static struct project *find_by_folder(const struct workspace *workspace, const char *folder)
{
	for (uint32_t i = 0; i < workspace->projects.count; i++)
		if (strcmp(workspace->projects.items[i]->folder, folder) == 0)
			return workspace->projects.items[i];
	return NULL;
}

static bool is_beneath(const char *path, const char *folder)
{
	return path_in_root(path, folder) != path;
}

/* The innermost workspace folder that holds the file; NULL if there is none. */
static const char *find_folder(const struct workspace *workspace, const char *path)
{
	const char *best = NULL;
	for (uint32_t i = 0; i < workspace->folders.count; i++) {
		const char *folder = workspace->folders.items[i];
		if (is_beneath(path, folder) && (!best || strlen(folder) > strlen(best)))
			best = folder;
	}
	return best;
}

/* The project whose options say so: -p or a config name the only database of a folder, or of a file in none (NULL). */
static struct project *find_around(const struct workspace *workspace, const char *folder)
{
	for (uint32_t i = 0; i < workspace->projects.count; i++) {
		struct project *project = workspace->projects.items[i];
		if (project->options.database && (!folder || strcmp(project->folder, folder) == 0))
			return project;
	}
	return NULL;
}

/* Whether the project's database was found, not named, and is another. */
static bool is_of_another(const struct project *project, const char *database)
{
	return !project->options.database && strcmp(project->inputs.database, database) != 0;
}

/* A header is in the units that include it: which those are will be known later. */
static void tell_placed(const struct workspace *workspace, const struct document *document)
{
	size_t length = strlen(document->path);
	bool source = length > 2 && strcmp(document->path + length - 2, ".c") == 0;
	bool compiled = !source || project_compiles(document->project, document->path);
	client_log(workspace->client, MESSAGE_INFO, "'%s' %s '%s/compile_commands.json'", document->path,
		   compiled ? "is looked at with" : "is not looked at: it has no command in",
		   document->project->inputs.database);
}

void workspace_place(struct workspace *workspace, struct document *document)
{
	document->project = document->path ? find_compiling(workspace, document->path) : NULL;
	if (document->project || !document->path)
		return;
	struct arena scratch = {0};
	const char *folder = find_folder(workspace, document->path);
	const char *directory =
	    arena_strndup(&scratch, document->path, (size_t)(strrchr(document->path, '/') - document->path));
	const char *database = compdb_find(directory, &scratch);
	document->project = find_around(workspace, folder);
	if (!document->project && database)
		document->project = find_by_database(workspace, database);
	if (!document->project)
		document->project = find_by_folder(workspace, folder ? folder : directory);
	if (!document->project)
		document->project = open_project(workspace, folder ? folder : directory, folder && database);
	/* The folder may have no database, as where it holds several projects, or one that is none of this file's. */
	if (folder && database && (!document->project || is_of_another(document->project, database)))
		document->project = open_project(workspace, directory, false);
	if (document->project)
		tell_placed(workspace, document);
	arena_release(&scratch);
}

void workspace_close_projects(struct workspace *workspace)
{
	while (workspace->projects.count)
		project_close(workspace->projects.items[--workspace->projects.count]);
	workspace->refused.count = 0;
	for (uint32_t i = 0; i < workspace->documents->list.count; i++)
		workspace->documents->list.items[i]->project = NULL;
}

void workspace_release(struct workspace *workspace)
{
	workspace_close_projects(workspace);
	table_release(&workspace->projects);
	table_release(&workspace->folders);
	table_release(&workspace->refused);
	arena_release(&workspace->arena);
}
