#include "launcher.h"

#include "compdb.h"
#include "compiler_line.h"
#include "console.h"
#include "linked.h"
#include "lint.h"
#include "paths.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* As shells say that a command was not found, or could not be run. */
enum { NOT_FOUND = 127, NOT_RUN = 126 };

/* The command takes the place of this process; returns only if it cannot be run. */
static int become(const char *const *command)
{
	fflush(NULL);
	execvp(command[0], (char *const *)command);
	int reason = errno;
	console_error("cannot run '%s': %s", command[0], strerror(reason));
	return reason == ENOENT ? NOT_FOUND : NOT_RUN;
}

/* Runs the command to its end; returns what waitpid() says of it. It ends with this process, whatever ends that. */
static int run_to_its_end(const char *const *command)
{
	fflush(NULL);
	pid_t parent = getpid(), child = fork();
	if (child < 0) {
		console_error("cannot start a process: %s", strerror(errno));
		exit(NOT_RUN);
	}
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		_exit(getppid() == parent ? become(command) : NOT_RUN);
	}
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Ends as the command did. */
static int end_as(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fflush(NULL);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

/* Something else than a file, such as /dev/null, has no facts beside it. */
static bool is_file(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The facts of what the command has just compiled. Older ones of the object must not stay where there are none. */
static void write_facts(const struct options *options, const struct compiler_line *line, struct arena *arena)
{
	const char *const files[] = {line->source, NULL};
	struct options facts = *options;
	facts.action = ACTION_FACTS;
	facts.quiet = true;
	facts.strict = facts.changed = false; /* of the join */
	facts.jobs = 1;
	facts.cache_size = UINT64_MAX; /* to look through all of the cache, once for each link is enough */
	facts.files = files;
	facts.file_count = 1;
	facts.object = line->object;
	facts.output = linked_facts_path(line->object, arena);
	if (lint_facts(&facts) == 0)
		return;
	console_warning("%s: no facts, so it is not checked where it is linked", line->source);
	unlink(facts.output);
}

static int compile(const struct options *options, const struct compiler_line *line, struct arena *arena)
{
	int status = run_to_its_end(options->compiler_arguments);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && is_file(line->object))
		write_facts(options, line, arena);
	return end_as(status);
}

/* The folders where a library's members may have been compiled. */
static const char *const *folders(const struct options *options, struct arena *arena)
{
	const char **list = arena_alloc(arena, 4 * sizeof(*list));
	uint32_t count = 0;
	if (options->objects)
		list[count++] = options->objects;
	list[count++] = ".";
	list[count++] = options->root ? options->root : compdb_marked_root(".", arena);
	return list;
}

static void tell_without(const struct linked *linked, struct arena *arena)
{
	enum { NAMED = 3 };
	uint32_t count = linked->without.count;
	const char *names = "";
	for (uint32_t i = 0; i < count && i < NAMED; i++)
		names = arena_printf(arena, "%s%s%s", names, *names ? ", " : "", linked->without.items[i]);
	if (count > NAMED)
		names = arena_printf(arena, "%s and %u more", names, count - NAMED);
	console_note("%u of %u objects have no facts (not C, or not compiled by asynclint-cc): %s", count,
		     count + linked->facts.count, names);
}

/* Joins the facts. Returns the exit status that the link is to fail with, or 0. */
static int check(const struct options *options, struct linked *linked, struct arena *arena)
{
	int status = 0;
	if (linked->without.count)
		tell_without(linked, arena);
	if (linked->facts.count) {
		struct options join = *options;
		join.quiet = !options->verbose;
		join.file_count = linked->facts.count;
		table_add(&linked->facts, NULL);
		join.files = linked->facts.items;
		status = lint_check(&join);
	}
	if (options->strict && linked->without.count)
		return 2;
	return status == 2 && !options->strict ? 0 : status;
}

/* Whether anything that is linked was compiled before. What a configure script compiles and links in one step, to try
   something, is none of the program: nothing is to be said of it. */
static bool has_objects(const struct linked *linked)
{
	return linked->facts.count || linked->without.count > linked->sources;
}

static int link_program(const struct options *options, const struct compiler_line *line, struct arena *arena)
{
	struct linked linked = {0};
	linked_find(&linked, line->inputs, folders(options, arena), arena);
	int status = has_objects(&linked) ? check(options, &linked, arena) : 0;
	linked_release(&linked);
	if (!status)
		return become(options->compiler_arguments);
	console_error("not linked because of %s",
		      status == 1 ? "what was found" : "what was not fully understood (--strict)");
	return status;
}

int launcher_run(const struct options *options)
{
	struct arena arena = {0};
	int status;
	console_name(options->action == ACTION_CC ? "asynclint-cc" : "asynclint-ld");
	struct compiler_line line = compiler_line_read(options->compiler_arguments, &arena);
	if (line.task == COMPILER_COMPILES)
		status = compile(options, &line, &arena);
	else if (line.task == COMPILER_LINKS && options->action == ACTION_LD)
		status = link_program(options, &line, &arena);
	else
		status = become(options->compiler_arguments);
	arena_release(&arena);
	return status;
}
