#include "git.h"

#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What comes out of one of git's two outputs. */
struct stream {
	int descriptor; /* -1: it has ended */
	TABLE(char) bytes;
};

struct git {
	struct stream out, messages;
	pid_t pid;
};

/* Whether git would look for its repository where this variable says; `git rev-parse --local-env-vars` lists more, but
   these are what hooks are run with. */
static bool names_a_repository(const char *variable)
{
	static const char *const names[] = {
	    "GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_PREFIX=", "GIT_COMMON_DIR=", "GIT_OBJECT_DIRECTORY="};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(variable, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static char **make_environment(struct arena *arena)
{
	size_t count = 0, kept = 0;
	while (environ[count])
		count++;
	char **variables = arena_alloc(arena, (count + 1) * sizeof(*variables));
	for (size_t i = 0; i < count; i++)
		if (!names_a_repository(environ[i]))
			variables[kept++] = environ[i];
	return variables;
}

static char **make_arguments(const char *directory, const char *const *arguments, struct arena *arena)
{
	const char *first[] = {"git", "-C", directory};
	enum { FIRST = sizeof(first) / sizeof(first[0]) };
	size_t count = 0;
	while (arguments[count])
		count++;
	char **all = arena_alloc(arena, (FIRST + count + 1) * sizeof(*all));
	for (size_t i = 0; i < FIRST + count; i++)
		all[i] = arena_strdup(arena, i < FIRST ? first[i] : arguments[i - FIRST]);
	return all;
}

/* 0, or the errno of what went wrong. The writing ends are closed here in any case. */
static int spawn(struct git *git, int out, int messages, char **arguments, char **environment)
{
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
	int failed = posix_spawnp(&git->pid, arguments[0], &actions, NULL, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(out);
	close(messages);
	return failed;
}

/* 0, or the errno of what went wrong: then nothing is left open. */
static int start(struct git *git, char **arguments, char **environment)
{
	int out[2], messages[2];
	if (pipe2(out, O_CLOEXEC) != 0)
		return errno;
	if (pipe2(messages, O_CLOEXEC) != 0) {
		int failed = errno;
		close(out[0]);
		close(out[1]);
		return failed;
	}
	int failed = spawn(git, out[1], messages[1], arguments, environment);
	if (failed) {
		close(out[0]);
		close(messages[0]);
	}
	git->out.descriptor = out[0];
	git->messages.descriptor = messages[0];
	return failed;
}

static void receive(struct stream *stream)
{
	char bytes[4096];
	ssize_t got = read(stream->descriptor, bytes, sizeof(bytes));
	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		close(stream->descriptor);
		stream->descriptor = -1;
		return;
	}
	table_need(&stream->bytes, (uint32_t)got);
	memcpy(stream->bytes.items + stream->bytes.count, bytes, (size_t)got);
	stream->bytes.count += (uint32_t)got;
}

/* Takes from both outputs as it comes: git would wait for ever if one of them was full and nobody read it. */
static void receive_all(struct git *git)
{
	while (git->out.descriptor >= 0 || git->messages.descriptor >= 0) {
		struct pollfd polled[] = {{.fd = git->out.descriptor, .events = POLLIN},
					  {.fd = git->messages.descriptor, .events = POLLIN}};
		if (poll(polled, 2, -1) < 0)
			continue;
		if (polled[0].revents)
			receive(&git->out);
		if (polled[1].revents)
			receive(&git->messages);
	}
	table_add(&git->out.bytes, '\0');
	table_add(&git->messages.bytes, '\0');
}

/* The first line of what git said, without the word that it begins with. */
static const char *first_message(const struct git *git, struct arena *arena)
{
	static const char *const words[] = {"fatal: ", "error: ", "warning: "};
	const char *text = git->messages.bytes.items;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			text += strlen(words[i]);
	return arena_strndup(arena, text, strcspn(text, "\n"));
}

static bool ended_well(const struct git *git)
{
	int status = 0;
	while (waitpid(git->pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

char *git_run(const char *directory, const char *const *arguments, size_t *size, struct arena *arena,
	      const char **error)
{
	/* waitpid() cannot say how git ended where SIGCHLD is ignored, as it is if whoever started us does. */
	struct sigaction inherited;
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &inherited);
	struct git git = {0};
	char *output = NULL;
	int failed = start(&git, make_arguments(directory, arguments, arena), make_environment(arena));
	if (failed) {
		*error = arena_printf(arena, "cannot run git: %s", strerror(failed));
	} else {
		receive_all(&git);
		if (ended_well(&git)) {
			*size = git.out.bytes.count - 1;
			output = arena_copy(arena, git.out.bytes.items, git.out.bytes.count, 1);
		} else {
			*error = first_message(&git, arena);
		}
	}
	sigaction(SIGCHLD, &inherited, NULL);
	table_release(&git.out.bytes);
	table_release(&git.messages.bytes);
	return output;
}
