#include "units.h"

#include "libclang.h"
#include "paths.h"
#include "prefix.h"
#include "process.h"
#include "walk.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* More processes than this are a mistake, not a machine. */
enum { JOBS_LIMIT = 256 };

/* What goes to a worker is the index of a command; what comes back for it are its times, and then facts as
   facts_write() makes them or the message that there are none. */
enum { FRAME_UNIT, FRAME_TIMES, FRAME_FACTS, FRAME_ERROR };

struct worker {
	struct process process;
	uint32_t unit;    /* that it is at work on, or NONE */
	int64_t deadline; /* milliseconds, as now() */
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

/* Walks units until the parent has no more. Nothing is given back before the end: the process ends with it. */
static void work(void *context, int socket)
{
	const struct pool *pool = context;
	for (uint32_t i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].process.pid)
			close(pool->workers[i].process.socket);
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	struct walker *walker = walker_new(pool->options->root);
	bool sent = true;
	while (sent) {
		struct arena arena = {0};
		struct frame frame;
		char *unit;
		if (!frame_wait(socket, &frame, &unit, &arena) || frame.size != sizeof(uint32_t))
			break;
		uint32_t index = *(const uint32_t *)unit;
		const char *error = NULL;
		const struct facts *facts =
		    walk_unit(walker, &pool->commands->list.items[index], pool->prefixes.list[index], &arena, &error);
		struct walk_times times = walker_times(walker);
		uint64_t size = 0;
		const void *bytes = facts ? facts_write(facts, &arena, &size) : error;
		sent = frame_send(socket, FRAME_TIMES, &times, sizeof(times)) &&
		       frame_send(socket, facts ? FRAME_FACTS : FRAME_ERROR, bytes, facts ? size : strlen(error));
		arena_release(&arena);
	}
}

/* False with errno set. */
static bool start_worker(struct pool *pool, struct worker *worker)
{
	struct process_options how = {.memory = pool->options->memory, .large_stack = true};
	worker->unit = NONE;
	return process_start(&worker->process, &how, work, pool);
}

static int stop_worker(struct worker *worker)
{
	worker->unit = NONE;
	return process_stop(&worker->process);
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
	if (process_is_out_of_memory(&worker->process)) {
		finish_out_of_memory(pool, worker);
		return;
	}
	int status = stop_worker(worker);
	struct arena *arena = &pool->units->arena;
	finish_without_facts(pool, unit, arena_printf(arena, "the parser crashed (%s)", process_end(status, arena)));
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

static void finish_parsed(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	const struct process *process = &worker->process;
	const char *error = NULL;
	struct facts *facts =
	    facts_read(process->bytes, process->frame.size, shown_file(pool, unit), &pool->units->arena, &error);
	worker->unit = NONE;
	if (facts && pool->options->cache)
		cache_store(pool->options->cache, &pool->commands->list.items[unit], facts, process->bytes,
			    process->frame.size);
	finish_unit(pool, unit, facts, facts ? NULL : error);
}

static void finish_refused(struct pool *pool, struct worker *worker)
{
	uint32_t unit = worker->unit;
	const char *error = worker->process.bytes;
	if (process_is_out_of_memory(&worker->process)) {
		finish_out_of_memory(pool, worker);
		return;
	}
	/* libclang survives some of its crashes, but lets nothing go of what it held. */
	stop_worker(worker);
	finish_unit(pool, unit, NULL, error);
}

static void take_times(struct pool *pool, const struct process *process)
{
	struct walk_times times;
	if (process->frame.size != sizeof(times))
		return;
	memcpy(&times, process->bytes, sizeof(times));
	stats_add(pool->options->stats, "parse", times.parse);
	stats_add(pool->options->stats, "walk", times.walk);
}

static void receive_reply(struct pool *pool, struct worker *worker)
{
	switch (process_receive(&worker->process, &pool->units->arena)) {
	case PROCESS_NOTHING:
		break;
	case PROCESS_ENDED:
		finish_crashed(pool, worker);
		break;
	case PROCESS_DAMAGED:
		finish_damaged(pool, worker);
		break;
	case PROCESS_FRAME:
		if (worker->process.frame.kind == FRAME_TIMES)
			take_times(pool, &worker->process);
		else if (worker->process.frame.kind == FRAME_FACTS)
			finish_parsed(pool, worker);
		else
			finish_refused(pool, worker);
		break;
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
	if (!worker->process.pid && !start_worker(pool, worker)) {
		give_up_worker(pool, worker);
		return;
	}
	uint32_t unit = pool->order[pool->given++];
	worker->unit = unit;
	worker->deadline = now() + (int64_t)pool->options->timeout * 1000;
	if (!frame_send(worker->process.socket, FRAME_UNIT, &unit, sizeof(unit)))
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
		polled[i] = (struct pollfd){.fd = worker->unit == NONE ? -1 : worker->process.socket, .events = POLLIN};
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
		if (pool->workers[i].process.pid)
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
