#include "units.h"

#include "libclang.h"
#include "paths.h"
#include "prefix.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More processes than this are a mistake, not a machine. */
enum { JOBS_LIMIT = 256 };

/* libclang and the walker recurse along the nesting of the source: 8 MB end at an else-if chain of 5,400. Memory that
   is not touched costs nothing. */
static const size_t stack_size = (size_t)512 << 20;

/* What goes over the socket: to the worker the index of a command, back this header and `size` bytes, which are the
   facts as facts_write() makes them or the message that there are none. */
struct reply {
	uint32_t mark;
	uint32_t has_facts;
	struct walk_times times;
	uint64_t size;
};

/* Begins each reply: a process that something has gone wrong in may write anything. */
enum { REPLY_MARK = 0x41434c31 };

/* No facts are that large; a size beyond it is damage. */
static const uint64_t reply_limit = (uint64_t)4 << 30;

/* The parent's side of a worker process. */
struct worker {
	pid_t pid; /* 0: there is none */
	int socket;
	int messages;     /* a file in memory: the worker's standard error; -1: there is none */
	uint32_t unit;    /* that it is at work on, or NONE */
	int64_t deadline; /* milliseconds, as now() */
	struct reply reply;
	char *bytes;       /* of the reply, in the arena of the units; NULL until its header is complete */
	uint64_t received; /* of the header, then of the bytes */
};

struct pool {
	const struct commands *commands;
	struct prefix_plan prefixes;
	const struct units_options *options;
	struct units *units;
	struct worker workers[JOBS_LIMIT];
	uint32_t worker_count;
	uint32_t *order; /* in which units are handed out: those that the cache does not have */
	uint32_t order_count, given, done;
};

/* What a worker's thread works with. */
struct worker_task {
	const struct commands *commands;
	const struct prefix_plan *prefixes;
	const char *root;
	int socket;
};

/* Waits for all of it. False at the end of the stream or on an error. */
static bool receive_all(int from, void *bytes, size_t size)
{
	for (size_t received = 0; received < size;) {
		ssize_t got = recv(from, (char *)bytes + received, size - received, 0);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		received += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static bool send_all(int to, const void *bytes, size_t size)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t put = send(to, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL);
		if (put < 0 && errno != EINTR)
			return false;
		sent += put > 0 ? (size_t)put : 0;
	}
	return true;
}

/* Walks units until the parent closes the socket. Nothing is given back before the end: the process ends with it. */
static void *work(void *context)
{
	const struct worker_task *task = context;
	struct walker *walker = walker_new(task->root);
	uint32_t unit;
	while (receive_all(task->socket, &unit, sizeof(unit))) {
		struct arena arena = {0};
		const char *error = NULL;
		const struct facts *facts =
		    walk_unit(walker, &task->commands->list.items[unit], task->prefixes->list[unit], &arena, &error);
		struct reply reply = {.mark = REPLY_MARK, .has_facts = facts != NULL, .times = walker_times(walker)};
		const void *bytes = facts ? facts_write(facts, &arena, &reply.size) : error;
		if (!facts)
			reply.size = strlen(error);
		if (!send_all(task->socket, &reply, sizeof(reply)) || !send_all(task->socket, bytes, reply.size))
			break;
		arena_release(&arena);
	}
	return NULL;
}

/* Runs `work` on a stack that deeply nested sources fit on, or the largest there is. */
static void run_on_large_stack(struct worker_task *task)
{
	for (size_t size = stack_size; size >= (size_t)8 << 20; size /= 2) {
		pthread_attr_t attributes;
		pthread_t thread;
		pthread_attr_init(&attributes);
		bool started = pthread_attr_setstacksize(&attributes, size) == 0 &&
			       pthread_create(&thread, &attributes, work, task) == 0;
		pthread_attr_destroy(&attributes);
		if (started) {
			pthread_join(thread, NULL);
			return;
		}
	}
	work(task);
}

/* The parent's input, output and messages are not the worker's. Unless somebody looks for the reason, neither a core
   file, as large as libclang, is wanted of a crash, nor what libclang prints about a unit, but for what `messages` may
   tell is_out_of_memory(). */
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

/* Lets the process take `memory` beyond what it has, which is much under a sanitizer, and the stack of `work`. */
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

/* The life of a worker process. */
static _Noreturn void worker_main(const struct pool *pool, int socket, int messages, pid_t parent)
{
	/* If the parent ended before this took effect, nobody else would end this process. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	for (uint32_t i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].pid)
			close(pool->workers[i].socket);
	silence(messages);
	limit_memory(pool->options->memory);
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	run_on_large_stack(&(struct worker_task){
	    .commands = pool->commands, .prefixes = &pool->prefixes, .root = pool->options->root, .socket = socket});
	_exit(EXIT_SUCCESS);
}

/* False with errno set. */
static bool start_worker(const struct pool *pool, struct worker *worker)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	int messages = memfd_create("messages", MFD_CLOEXEC);
	/* What is buffered must not be written twice should a worker leave by exit(). */
	fflush(stdout);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		close(ends[0]);
		worker_main(pool, ends[1], messages, parent);
	}
	int saved = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		close(messages);
	}
	errno = saved;
	*worker = (struct worker){.pid = pid > 0 ? pid : 0, .socket = ends[0], .messages = messages, .unit = NONE};
	return pid > 0;
}

/* Ends the process, and returns its status as waitpid() gives it: the one it ended with by itself, if it has done so.
 */
static int stop_worker(struct worker *worker)
{
	int status = 0;
	close(worker->socket);
	close(worker->messages);
	kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	*worker = (struct worker){.unit = NONE};
	return status;
}

/* Milliseconds of a clock that nobody sets. */
static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static const char *shown_file(const struct pool *pool, uint32_t unit)
{
	return path_in_root(pool->commands->list.items[unit].file, pool->options->root);
}

static void finish_unit(struct pool *pool, uint32_t unit, struct facts *facts, const char *error)
{
	pool->units->list.items[unit].facts = facts;
	pool->units->list.items[unit].error = error;
	pool->done++;
	if (pool->options->progress)
		pool->options->progress(pool->options->context, pool->done, pool->commands->list.count,
					shown_file(pool, unit));
}

static void finish_without_facts(struct pool *pool, uint32_t unit, const char *reason)
{
	finish_unit(pool, unit, NULL, arena_printf(&pool->units->arena, "%s: %s", shown_file(pool, unit), reason));
}

/* Whether the worker got no more memory. Neither the C++ library nor LLVM nor arena.h has another way to say so than to
   print it before the process ends, or libclang gives the unit up. */
static bool is_out_of_memory(const struct worker *worker)
{
	static const char *const words[] = {"std::bad_alloc", "out of memory"};
	char text[4096] = "";
	ssize_t size = worker->messages >= 0 ? pread(worker->messages, text, sizeof(text) - 1, 0) : 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && size > 0; i++)
		if (memmem(text, (size_t)size, words[i], strlen(words[i])))
			return true;
	return false;
}

/* A size in the unit that it is a whole number of. */
static const char *size_text(uint64_t size, struct arena *arena)
{
	static const char *const units[] = {" bytes", "K", "M", "G"};
	unsigned unit = 0;
	for (; unit < 3 && size && size % 1024 == 0; unit++)
		size /= 1024;
	return arena_printf(arena, "%llu%s", (unsigned long long)size, units[unit]);
}

/* The limit of address space is not ours: who sets it limits the whole run. */
static void finish_out_of_memory(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	struct arena *arena = &pool->units->arena;
	struct rlimit space;
	bool own = pool->options->memory && getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur == RLIM_INFINITY;
	stop_worker(worker);
	finish_without_facts(pool, unit,
			     own ? arena_printf(arena, "needs more than %s of memory (--unit-memory)",
						size_text(pool->options->memory, arena))
				 : "needs more memory than there is");
}

static void finish_crashed(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	if (is_out_of_memory(worker)) {
		finish_out_of_memory(pool, worker);
		return;
	}
	int status = stop_worker(worker);
	bool killed = WIFSIGNALED(status);
	const char *reason =
	    arena_printf(&pool->units->arena, "the parser crashed (%s %d)", killed ? "signal" : "exit status",
			 killed ? WTERMSIG(status) : WEXITSTATUS(status));
	finish_without_facts(pool, unit, reason);
}

static void finish_damaged(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	stop_worker(worker);
	finish_without_facts(pool, unit, "the parser's answer is damaged");
}

static void finish_stalled(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	stop_worker(worker);
	const char *reason = arena_printf(&pool->units->arena, "not done after %u seconds (--unit-timeout)",
					  (unsigned)pool->options->timeout);
	finish_without_facts(pool, unit, reason);
}

static void finish_replied(struct pool *pool, struct worker *worker)
{
	stats_add(pool->options->stats, "parse", worker->reply.times.parse);
	stats_add(pool->options->stats, "walk", worker->reply.times.walk);
	if (!worker->reply.has_facts && is_out_of_memory(worker)) {
		finish_out_of_memory(pool, worker);
		return;
	}
	uint32_t unit = worker->unit;
	struct arena *arena = &pool->units->arena;
	const char *error = NULL;
	struct facts *facts = NULL;
	if (worker->reply.has_facts)
		facts = facts_read(worker->bytes, worker->reply.size, shown_file(pool, unit), arena, &error);
	else
		error = worker->bytes;
	worker->unit = NONE;
	if (facts && pool->options->cache)
		cache_store(pool->options->cache, &pool->commands->list.items[unit], facts, worker->bytes,
			    worker->reply.size);
	/* libclang survives some of its crashes, but lets nothing go of what it held. */
	if (!worker->reply.has_facts)
		stop_worker(worker);
	finish_unit(pool, unit, facts, facts ? NULL : error);
}

/* Receives as many of the missing bytes as are there, without waiting for more. -1: the worker is gone. */
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

static void receive_reply(struct pool *pool, struct worker *worker)
{
	bool in_header = !worker->bytes;
	char *part = in_header ? (char *)&worker->reply : worker->bytes;
	uint64_t size = in_header ? sizeof(worker->reply) : worker->reply.size;
	ssize_t got = receive_some(worker->socket, part + worker->received, size - worker->received);
	if (got < 0) {
		finish_crashed(pool, worker);
		return;
	}
	worker->received += (uint64_t)got;
	if (worker->received < size)
		return;
	if (!in_header) {
		finish_replied(pool, worker);
	} else if (worker->reply.mark != REPLY_MARK || !worker->reply.size || worker->reply.size > reply_limit) {
		finish_damaged(pool, worker);
	} else {
		/* One byte more, for the NUL of a message. */
		worker->bytes = arena_alloc(&pool->units->arena, worker->reply.size + 1);
		worker->received = 0;
	}
}

/* Makes do without a worker that could not be started; the last one's unit is lost instead. */
static void give_up_worker(struct pool *pool, struct worker *worker)
{
	const char *reason = strerror(errno);
	if (pool->worker_count > 1) {
		*worker = pool->workers[--pool->worker_count];
		return;
	}
	const char *message = arena_printf(&pool->units->arena, "cannot start a parser: %s", reason);
	finish_without_facts(pool, pool->order[pool->given++], message);
}

/* Gives the next unit to a worker that has none, which is started if need be. */
static void hand_out(struct pool *pool, struct worker *worker)
{
	if (!worker->pid && !start_worker(pool, worker)) {
		give_up_worker(pool, worker);
		return;
	}
	uint32_t unit = pool->order[pool->given++];
	worker->unit = unit;
	worker->received = 0;
	worker->bytes = NULL;
	worker->deadline = now() + (int64_t)pool->options->timeout * 1000;
	if (!send_all(worker->socket, &unit, sizeof(unit)))
		finish_crashed(pool, worker);
}

/* Milliseconds until the next deadline; -1: there is none. */
static int time_left(const struct pool *pool)
{
	if (!pool->options->timeout)
		return -1;
	int64_t next = INT64_MAX;
	for (uint32_t i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].unit != NONE && pool->workers[i].deadline < next)
			next = pool->workers[i].deadline;
	int64_t left = next - now();
	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* Waits until a worker has something to say or a deadline is past, and deals with it. */
static void wait_for_workers(struct pool *pool)
{
	struct pollfd polled[JOBS_LIMIT];
	for (uint32_t i = 0; i < pool->worker_count; i++) {
		const struct worker *worker = &pool->workers[i];
		polled[i] = (struct pollfd){.fd = worker->unit == NONE ? -1 : worker->socket, .events = POLLIN};
	}
	bool any = poll(polled, pool->worker_count, time_left(pool)) > 0;
	for (uint32_t i = 0; i < pool->worker_count; i++) {
		struct worker *worker = &pool->workers[i];
		if (any && polled[i].revents)
			receive_reply(pool, worker);
		if (worker->unit != NONE && pool->options->timeout && now() >= worker->deadline)
			finish_stalled(pool, worker);
	}
}

static uint32_t processor_count(void)
{
	cpu_set_t processors;
	if (sched_getaffinity(0, sizeof(processors), &processors) == 0)
		return (uint32_t)CPU_COUNT(&processors);
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (uint32_t)online : 1;
}

static uint32_t job_count(const struct units_options *options, uint32_t unit_count)
{
	uint32_t jobs = options->jobs ? options->jobs : processor_count();
	jobs = jobs < unit_count ? jobs : unit_count;
	return jobs < JOBS_LIMIT ? jobs : JOBS_LIMIT;
}

struct sized_unit {
	int64_t size;
	uint32_t unit;
};

static int compare_sizes(const void *left, const void *right)
{
	const struct sized_unit *a = left, *b = right;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return a->unit < b->unit ? -1 : 1;
}

/* Of the units without facts, the largest files first: one that takes long must not be the last one begun. */
static void order_by_size(struct pool *pool, struct arena *arena)
{
	uint32_t count = pool->commands->list.count;
	struct sized_unit *sizes = arena_alloc(arena, count * sizeof(*sizes));
	pool->order = arena_alloc(arena, count * sizeof(*pool->order));
	for (uint32_t i = 0; i < count; i++) {
		if (pool->units->list.items[i].facts)
			continue;
		struct stat status;
		bool known = stat(pool->commands->list.items[i].file, &status) == 0;
		sizes[pool->order_count++] =
		    (struct sized_unit){.size = known ? (int64_t)status.st_size : 0, .unit = i};
	}
	qsort(sizes, pool->order_count, sizeof(*sizes), compare_sizes);
	for (uint32_t i = 0; i < pool->order_count; i++)
		pool->order[i] = sizes[i].unit;
}

static void ask_cache(struct pool *pool)
{
	for (uint32_t i = 0; i < pool->commands->list.count; i++) {
		struct facts *facts =
		    cache_find(pool->options->cache, &pool->commands->list.items[i], &pool->units->arena);
		if (facts)
			finish_unit(pool, i, facts, NULL);
	}
}

/* False if libclang is not to be had, with a message in *error. */
static bool parse_rest(struct pool *pool, const char **error)
{
	struct arena scratch = {0};
	order_by_size(pool, &scratch);
	if (pool->order_count && !libclang_load(&pool->units->arena, error)) {
		arena_release(&scratch);
		return false;
	}
	prefix_plan(pool->commands, pool->order, pool->order_count, &pool->prefixes);
	pool->worker_count = job_count(pool->options, pool->order_count);
	for (uint32_t i = 0; i < pool->worker_count; i++)
		pool->workers[i].unit = NONE;
	while (pool->done < pool->commands->list.count) {
		for (uint32_t i = 0; i < pool->worker_count && pool->given < pool->order_count;) {
			if (pool->workers[i].unit == NONE)
				hand_out(pool, &pool->workers[i]);
			else
				i++;
		}
		if (pool->done < pool->commands->list.count)
			wait_for_workers(pool);
	}
	for (uint32_t i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].pid)
			stop_worker(&pool->workers[i]);
	prefix_plan_release(&pool->prefixes);
	arena_release(&scratch);
	return true;
}

bool units_collect(const struct commands *commands, const struct units_options *options, struct units *units,
		   const char **error)
{
	*units = (struct units){0};
	for (uint32_t i = 0; i < commands->list.count; i++)
		table_add(&units->list, (struct unit){.command = &commands->list.items[i]});
	struct pool pool = {.commands = commands, .options = options, .units = units};
	stats_begin(options->stats, "cache");
	if (options->cache)
		ask_cache(&pool);
	stats_end(options->stats);

	/* waitpid() cannot say how a worker ended where SIGCHLD is ignored, as it is if whoever started us does. */
	struct sigaction inherited;
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &inherited);
	bool parsed = parse_rest(&pool, error);
	sigaction(SIGCHLD, &inherited, NULL);
	return parsed;
}

void units_release(struct units *units)
{
	for (uint32_t i = 0; i < units->list.count; i++)
		if (units->list.items[i].facts)
			facts_free(units->list.items[i].facts);
	table_release(&units->list);
	arena_release(&units->arena);
}
