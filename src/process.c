#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* libclang and the walker recurse along the nesting of the source: 8 MB end at an else-if chain of 5,400. Memory that
   is not touched costs nothing. */
static const size_t stack_size = (size_t)512 << 20;

enum { FRAME_MARK = 0x41434c31, BACKGROUND_NICENESS = 10 };

/* No facts are that large; a size beyond it is damage. */
static const uint64_t frame_limit = (uint64_t)4 << 30;

/* What a process is to do. */
struct task {
	void (*work)(void *context, int socket);
	void *context;
	int socket;
};

static void *run(void *task_of_process)
{
	struct task *task = task_of_process;
	task->work(task->context, task->socket);
	return NULL;
}

/* Runs the task on a stack that deeply nested sources fit on, or the largest there is. */
static void run_on_large_stack(struct task *task)
{
	for (size_t size = stack_size; size >= (size_t)8 << 20; size /= 2) {
		pthread_attr_t attributes;
		pthread_t thread;
		pthread_attr_init(&attributes);
		bool started = pthread_attr_setstacksize(&attributes, size) == 0 &&
			       pthread_create(&thread, &attributes, run, task) == 0;
		pthread_attr_destroy(&attributes);
		if (started) {
			pthread_join(thread, NULL);
			return;
		}
	}
	run(task);
}

/* The parent's input, output and messages are not the process's. Unless somebody looks for the reason, neither a core
   file, as large as libclang, is wanted of a crash, nor what libclang prints about a unit, but for what `messages` may
   tell process_is_out_of_memory(). */
static void silence(int messages)
{
	bool debug = getenv("ASYNCLINT_DEBUG") != NULL;
	if (!debug)
		setrlimit(RLIMIT_CORE, &(struct rlimit){0});
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nothing < 0)
		return;
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	if (!debug)
		dup2(messages >= 0 ? messages : nothing, STDERR_FILENO);
	if (nothing > STDERR_FILENO)
		close(nothing);
}

/* Bytes of its own that the process has, as the kernel counts them for RLIMIT_DATA; 0 if that cannot be told. */
static uint64_t data_size(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file)
		return 0;
	if (fscanf(file, "%*u %*u %*u %*u %*u %llu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Lets the process take `memory` beyond what it has, which is much under a sanitizer, and the large stack. */
static void limit_memory(uint64_t memory)
{
	struct rlimit limit;
	uint64_t data = data_size();
	if (!memory || !data || getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	if (memory < RLIM_INFINITY - data - stack_size && data + stack_size + memory < limit.rlim_cur)
		limit.rlim_cur = data + stack_size + memory;
	setrlimit(RLIMIT_DATA, &limit);
}

static _Noreturn void live(const struct process_options *options, struct task *task, int messages, pid_t parent)
{
	/* If the parent ended before this took effect, nobody else would end this process. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	silence(messages);
	limit_memory(options->memory);
	if (options->background)
		setpriority(PRIO_PROCESS, 0, BACKGROUND_NICENESS);
	if (options->large_stack)
		run_on_large_stack(task);
	else
		run(task);
	_exit(EXIT_SUCCESS);
}

bool process_start(struct process *process, const struct process_options *options,
		   void (*work)(void *context, int socket), void *context)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	int messages = memfd_create("messages", MFD_CLOEXEC);
	/* What is buffered must not be written twice should a process leave by exit(). */
	fflush(stdout);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		close(ends[0]);
		live(options, &(struct task){work, context, ends[1]}, messages, parent);
	}
	int saved = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		close(messages);
	}
	errno = saved;
	*process = (struct process){.pid = pid > 0 ? pid : 0, .socket = ends[0], .messages = messages};
	return pid > 0;
}

int process_stop(struct process *process)
{
	int status = 0;
	close(process->socket);
	close(process->messages);
	kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	*process = (struct process){0};
	return status;
}

const char *process_messages(const struct process *process, struct arena *arena)
{
	char text[4096] = "";
	if (process->messages >= 0 && pread(process->messages, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	return arena_strdup(arena, text);
}

bool process_is_out_of_memory(const struct process *process)
{
	struct arena scratch = {0};
	const char *text = process_messages(process, &scratch);
	bool found = strstr(text, "std::bad_alloc") || strstr(text, "out of memory");
	arena_release(&scratch);
	return found;
}

const char *process_end(int status, struct arena *arena)
{
	bool killed = WIFSIGNALED(status);
	return arena_printf(arena, "%s %d", killed ? "signal" : "exit status",
			    killed ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* Receives as many of the missing bytes as are there. -1: the process is gone. */
static ssize_t receive_some(int from, char *bytes, size_t missing)
{
	ssize_t got;
	do
		got = recv(from, bytes, missing, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return 0;
	return got > 0 ? got : -1;
}

static bool is_good(const struct frame *frame)
{
	return frame->mark == FRAME_MARK && frame->size && frame->size <= frame_limit;
}

enum process_event process_receive(struct process *process, struct arena *arena)
{
	if (process->complete)
		process->bytes = NULL;
	process->complete = false;
	while (true) {
		bool in_header = !process->bytes;
		char *part = in_header ? (char *)&process->frame : process->bytes;
		uint64_t size = in_header ? sizeof(process->frame) : process->frame.size;
		ssize_t got = receive_some(process->socket, part + process->received, size - process->received);
		if (got < 0)
			return PROCESS_ENDED;
		process->received += (uint64_t)got;
		if (process->received < size)
			return PROCESS_NOTHING;
		process->received = 0;
		if (!in_header)
			break;
		if (!is_good(&process->frame))
			return PROCESS_DAMAGED;
		process->bytes = arena_alloc(arena, process->frame.size + 1);
	}
	process->complete = true;
	return PROCESS_FRAME;
}

static bool send_all(int to, const void *bytes, uint64_t size)
{
	for (uint64_t sent = 0; sent < size;) {
		ssize_t put = send(to, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL);
		if (put < 0 && errno != EINTR)
			return false;
		sent += put > 0 ? (uint64_t)put : 0;
	}
	return true;
}

bool frame_send(int socket, uint32_t kind, const void *bytes, uint64_t size)
{
	struct frame frame = {FRAME_MARK, kind, size};
	return send_all(socket, &frame, sizeof(frame)) && send_all(socket, bytes, size);
}

/* Waits for all of it. False at the end of the stream or on an error. */
static bool receive_all(int from, void *bytes, uint64_t size)
{
	for (uint64_t received = 0; received < size;) {
		ssize_t got = recv(from, (char *)bytes + received, size - received, 0);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		received += got > 0 ? (uint64_t)got : 0;
	}
	return true;
}

bool frame_wait(int socket, struct frame *frame, char **bytes, struct arena *arena)
{
	if (!receive_all(socket, frame, sizeof(*frame)) || !is_good(frame))
		return false;
	*bytes = arena_alloc(arena, frame->size + 1);
	return receive_all(socket, *bytes, frame->size);
}
