#include "units.h"

#include "libclang.h"
#include "walk.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A walker for these tests takes the place of walk.c: what a file does to it stands in the file's name. Facts say which
 * file and which process they are from.
 */

enum { BIG_SIZE = 20 << 20, DEEP_SIZE = 64 << 20 };

static int started_pipe[2] = {-1, -1};

struct walker {
	const char *root;
};

struct walker *walker_new(const char *root)
{
	static struct walker walker;
	walker.root = root;
	return &walker;
}

void walker_free(struct walker *walker)
{
	(void)walker;
}

struct walk_times walker_times(const struct walker *walker)
{
	(void)walker;
	return (struct walk_times){.parse = {1000, 100}, .walk = {10, 1}};
}

const char *walk_libclang_version(struct arena *arena)
{
	return arena_strdup(arena, "none");
}

static bool has_libclang = true;

bool libclang_load(struct arena *arena, const char **error)
{
	if (!has_libclang)
		*error = arena_strdup(arena, "there is none");
	return has_libclang;
}

static struct facts *make_facts(const char *file, const char *content, struct arena *arena)
{
	const char *texts[] = {"", file, content, arena_printf(arena, "%d", (int)getpid())};
	enum { TEXTS = sizeof(texts) / sizeof(*texts) };
	uint32_t *offsets = arena_alloc(arena, TEXTS * sizeof(*offsets)), size = 0;
	for (uint32_t i = 0; i < TEXTS; i++) {
		offsets[i] = size;
		size += (uint32_t)strlen(texts[i]) + 1;
	}
	char *text = arena_alloc(arena, size);
	for (uint32_t i = 0; i < TEXTS; i++)
		memcpy(text + offsets[i], texts[i], strlen(texts[i]));
	struct facts facts = {
	    .main_file = 1, .string_count = TEXTS, .text_size = size, .string_offset = offsets, .text = text};
	return arena_copy(arena, &facts, 1, sizeof(facts));
}

static const char *big_text(struct arena *arena)
{
	char *text = arena_alloc(arena, BIG_SIZE + 1);
	memset(text, 'x', BIG_SIZE);
	return text;
}

static bool is_null_device(int descriptor)
{
	struct stat status, null;
	return fstat(descriptor, &status) == 0 && stat("/dev/null", &null) == 0 && status.st_rdev == null.st_rdev;
}

static struct stat error_of_parent;

/* Whether it is a file that has no name, and not the parent's. */
static bool is_kept_apart(int descriptor)
{
	struct stat status;
	return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 0 &&
	       status.st_ino != error_of_parent.st_ino;
}

static const char *describe_surroundings(const struct walker *walker, struct arena *arena)
{
	const char *threads = getenv("LIBCLANG_NOTHREADS");
	bool silent = is_null_device(0) && is_null_device(1) && is_kept_apart(2);
	return arena_printf(arena, "root %s, threads off: %s, %s", walker->root, threads ? threads : "0",
			    silent ? "silent" : "loud");
}

static void __attribute__((noinline)) use_much_stack(void)
{
	volatile char bytes[DEEP_SIZE];
	for (size_t i = 0; i < sizeof(bytes); i += 4096)
		bytes[i] = 1;
}

/* As libclang does it, which catches the signal. */
static void use_much_memory(void)
{
	for (size_t i = 0; i < 1000; i++) {
		if (malloc((size_t)1 << 20))
			continue;
		fputs("LLVM ERROR: out of memory\n", stderr);
		return;
	}
}

static void crash(void)
{
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static void hang(void)
{
	if (started_pipe[1] >= 0)
		ck_assert_int_eq(write(started_pipe[1], "", 1), 1);
	for (;;)
		pause();
}

struct facts *walk_unit(struct walker *walker, const struct command *command, const struct prefix *prefix,
			struct arena *arena, const char **error)
{
	(void)prefix;
	const char *name = strrchr(command->file, '/') + 1;
	const char *content = "";
	if (strncmp(name, "crash", 5) == 0)
		crash();
	else if (strncmp(name, "exit", 4) == 0)
		_exit(3);
	else if (strncmp(name, "stall", 5) == 0)
		hang();
	else if (strncmp(name, "deep", 4) == 0)
		use_much_stack();
	else if (strncmp(name, "big", 3) == 0)
		content = big_text(arena);
	else if (strncmp(name, "surroundings", 12) == 0)
		content = describe_surroundings(walker, arena);
	else if (strncmp(name, "greedy", 6) == 0)
		use_much_memory();
	else if (strncmp(name, "hoard", 5) == 0)
		arena_alloc(arena, (size_t)1 << 30);
	if (strncmp(name, "error", 5) == 0 || strncmp(name, "greedy", 6) == 0) {
		*error = arena_printf(arena, "cannot open '%s'", name);
		return NULL;
	}
	struct facts *facts = make_facts(name, content, arena);
	if (strncmp(name, "damaged", 7) == 0)
		facts->main_file = 77;
	return facts;
}

static struct arena arena;
static struct commands commands;
static struct units units;

static void teardown(void)
{
	units_release(&units);
	table_release(&commands.list);
	arena_release(&arena);
}

static void add(const char *name)
{
	table_add(&commands.list,
		  (struct command){.file = arena_printf(&arena, "/project/%s", name), .directory = "/"});
}

static void add_numbered(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		add(arena_printf(&arena, "%u.c", i));
}

static void collect(uint32_t jobs, uint32_t timeout)
{
	struct units_options options = {.root = "/project", .jobs = jobs, .timeout = timeout};
	const char *error = NULL;
	ck_assert(units_collect(&commands, &options, &units, &error));
	ck_assert_ptr_null(error);
	ck_assert_uint_eq(units.list.count, commands.list.count);
	for (uint32_t i = 0; i < units.list.count; i++)
		ck_assert_ptr_eq(units.list.items[i].command, &commands.list.items[i]);
}

static const struct unit *unit_at(uint32_t i)
{
	ck_assert_uint_lt(i, units.list.count);
	return &units.list.items[i];
}

static void assert_facts(uint32_t i, const char *name)
{
	ck_assert_msg(unit_at(i)->facts != NULL, "%s: %s", name, unit_at(i)->error);
	ck_assert_ptr_null(unit_at(i)->error);
	ck_assert_str_eq(facts_text(unit_at(i)->facts, unit_at(i)->facts->main_file), name);
}

static void assert_error(uint32_t i, const char *message)
{
	ck_assert_ptr_null(unit_at(i)->facts);
	ck_assert_str_eq(unit_at(i)->error, message);
}

static const char *content_of(uint32_t i)
{
	return facts_text(unit_at(i)->facts, 2);
}

static const char *process_of(uint32_t i)
{
	return facts_text(unit_at(i)->facts, 3);
}

static uint32_t open_descriptors(void)
{
	DIR *listing = opendir("/proc/self/fd");
	ck_assert_ptr_nonnull(listing);
	uint32_t count = 0;
	while (readdir(listing))
		count++;
	closedir(listing);
	return count;
}

/* _i: jobs, 0 for as many as processors. */
START_TEST(order_is_that_of_the_commands)
{
	add_numbered(300);
	collect((uint32_t)_i, 0);
	for (uint32_t i = 0; i < 300; i++)
		assert_facts(i, arena_printf(&arena, "%u.c", i));
}
END_TEST

START_TEST(no_commands_give_no_units)
{
	collect(4, 1);
	ck_assert_uint_eq(units.list.count, 0);
}
END_TEST

START_TEST(one_worker_walks_many_units)
{
	add_numbered(20);
	collect(1, 0);
	for (uint32_t i = 1; i < 20; i++)
		ck_assert_str_eq(process_of(i), process_of(0));
	ck_assert_str_ne(process_of(0), arena_printf(&arena, "%d", (int)getpid()));
}
END_TEST

/* _i: jobs. */
START_TEST(crash_costs_its_unit_only)
{
	add("before.c");
	add("crash.c");
	add("exit.c");
	add("crash_again.c");
	add("after.c");
	collect((uint32_t)_i, 0);
	assert_facts(0, "before.c");
	assert_error(1, "crash.c: the parser crashed (signal 11)");
	assert_error(2, "exit.c: the parser crashed (exit status 3)");
	assert_error(3, "crash_again.c: the parser crashed (signal 11)");
	assert_facts(4, "after.c");
	if (_i == 1)
		ck_assert_str_ne(process_of(0), process_of(4));
}
END_TEST

START_TEST(every_unit_may_crash)
{
	for (uint32_t i = 0; i < 20; i++)
		add(arena_printf(&arena, "crash%u.c", i));
	collect(3, 0);
	for (uint32_t i = 0; i < 20; i++)
		assert_error(i, arena_printf(&arena, "crash%u.c: the parser crashed (signal 11)", i));
}
END_TEST

START_TEST(stall_costs_its_unit_only)
{
	add("before.c");
	add("stall.c");
	add("after.c");
	add("stall_too.c");
	collect(2, 1);
	assert_facts(0, "before.c");
	assert_error(1, "stall.c: not done after 1 seconds (--unit-timeout)");
	assert_facts(2, "after.c");
	assert_error(3, "stall_too.c: not done after 1 seconds (--unit-timeout)");
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
START_TEST(memory_costs_its_unit_only)
{
	add("before.c");
	add("greedy.c");
	add("hoard.c");
	add("crash.c");
	add("after.c");
	struct units_options options = {.root = "/project", .jobs = 1, .memory = (uint64_t)300 << 20};
	const char *error = NULL;
	ck_assert(units_collect(&commands, &options, &units, &error));
	assert_facts(0, "before.c");
	assert_error(1, "greedy.c: needs more than 300M of memory (--unit-memory)");
	assert_error(2, "hoard.c: needs more than 300M of memory (--unit-memory)");
	assert_error(3, "crash.c: the parser crashed (signal 11)");
	assert_facts(4, "after.c");
}
END_TEST
#endif

START_TEST(errors_of_the_walker_arrive)
{
	add("error.c");
	add("fine.c");
	collect(1, 0);
	assert_error(0, "cannot open 'error.c'");
	assert_facts(1, "fine.c");
}
END_TEST

START_TEST(damaged_facts_are_an_error)
{
	add("damaged.c");
	add("fine.c");
	collect(1, 0);
	ck_assert_ptr_null(unit_at(0)->facts);
	ck_assert_ptr_nonnull(strstr(unit_at(0)->error, "damaged.c"));
	assert_facts(1, "fine.c");
}
END_TEST

START_TEST(big_facts_arrive_whole)
{
	add("big1.c");
	add("big2.c");
	add("small.c");
	collect(2, 0);
	assert_facts(0, "big1.c");
	assert_facts(1, "big2.c");
	assert_facts(2, "small.c");
	ck_assert_uint_eq(strspn(content_of(0), "x"), BIG_SIZE);
	ck_assert_uint_eq(strspn(content_of(1), "x"), BIG_SIZE);
}
END_TEST

START_TEST(stack_is_large)
{
	add("deep.c");
	collect(1, 0);
	assert_facts(0, "deep.c");
}
END_TEST

START_TEST(worker_is_set_up_for_libclang)
{
	unsetenv("ASYNCLINT_DEBUG");
	fstat(2, &error_of_parent);
	add("surroundings.c");
	collect(1, 0);
	ck_assert_str_eq(content_of(0), "root /project, threads off: 1, silent");
	ck_assert_ptr_null(getenv("LIBCLANG_NOTHREADS"));
}
END_TEST

START_TEST(nothing_is_left_behind)
{
	uint32_t before = open_descriptors();
	add("before.c");
	add("crash.c");
	add("stall.c");
	add("after.c");
	collect(3, 1);
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(workers_end_with_the_parent)
{
	add("stall1.c");
	add("stall2.c");
	ck_assert_int_eq(pipe2(started_pipe, O_CLOEXEC), 0);
	pid_t parent = fork();
	ck_assert_int_ge(parent, 0);
	if (parent == 0) {
		close(started_pipe[0]);
		collect(2, 0);
		_exit(0);
	}
	close(started_pipe[1]);
	char byte;
	ck_assert_int_eq(read(started_pipe[0], &byte, 1), 1);
	ck_assert_int_eq(read(started_pipe[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	/* The other end is held by the workers alone now. */
	ck_assert_int_eq(read(started_pipe[0], &byte, 1), 0);
}
END_TEST

START_TEST(ignored_child_signals_do_no_harm)
{
	struct sigaction after;
	signal(SIGCHLD, SIG_IGN);
	add("crash.c");
	collect(1, 0);
	assert_error(0, "crash.c: the parser crashed (signal 11)");
	sigaction(SIGCHLD, NULL, &after);
	ck_assert(after.sa_handler == SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}
END_TEST

/* Leaves room for that many descriptors more. */
static struct rlimit limit_descriptors(rlim_t more)
{
	struct rlimit old;
	int free_descriptor = dup(0);
	ck_assert_int_ge(free_descriptor, 0);
	close(free_descriptor);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	struct rlimit limit = {.rlim_cur = (rlim_t)free_descriptor + more, .rlim_max = old.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return old;
}

START_TEST(fewer_workers_do_the_work_too)
{
	add_numbered(10);
	struct rlimit old = limit_descriptors(2);
	collect(4, 0);
	setrlimit(RLIMIT_NOFILE, &old);
	for (uint32_t i = 0; i < 10; i++) {
		assert_facts(i, arena_printf(&arena, "%u.c", i));
		ck_assert_str_eq(process_of(i), process_of(0));
	}
}
END_TEST

START_TEST(no_worker_is_an_error_of_each_unit)
{
	add_numbered(3);
	struct rlimit old = limit_descriptors(0);
	collect(2, 0);
	setrlimit(RLIMIT_NOFILE, &old);
	for (uint32_t i = 0; i < 3; i++)
		assert_error(i, arena_printf(&arena, "%u.c: cannot start a parser: Too many open files", i));
}
END_TEST

struct seen {
	uint32_t count;
	const char *files[3];
};

static void note_progress(void *context, uint32_t done, uint32_t total, const char *file)
{
	struct seen *seen = context;
	ck_assert_uint_eq(total, 3);
	ck_assert_uint_lt(seen->count, total);
	seen->files[seen->count++] = file;
	ck_assert_uint_eq(done, seen->count);
}

static void write_bytes(const char *path, size_t size)
{
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < size; i++)
		fputc('x', file);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(without_libclang_nothing_is_tried)
{
	add("0.c");
	struct seen seen = {0};
	struct units_options options = {.root = "/project", .progress = note_progress, .context = &seen};
	const char *error = NULL;
	has_libclang = false;
	ck_assert(!units_collect(&commands, &options, &units, &error));
	has_libclang = true;
	ck_assert_str_eq(error, "there is none");
	ck_assert_uint_eq(seen.count, 0);
}
END_TEST

START_TEST(libclang_is_not_asked_for_without_units)
{
	struct units_options options = {.root = "/project"};
	const char *error = NULL;
	has_libclang = false;
	ck_assert(units_collect(&commands, &options, &units, &error));
	has_libclang = true;
}
END_TEST

START_TEST(progress_tells_of_every_unit_largest_first)
{
	char folder[] = "/tmp/check_units.XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	const char *small = arena_printf(&arena, "%s/small.c", folder);
	const char *large = arena_printf(&arena, "%s/large.c", folder);
	write_bytes(small, 10);
	write_bytes(large, 1000);
	table_add(&commands.list, (struct command){.file = small, .directory = "/"});
	add("crash.c");
	table_add(&commands.list, (struct command){.file = large, .directory = "/"});
	struct seen seen = {0};
	struct units_options options = {.root = folder, .jobs = 1, .progress = note_progress, .context = &seen};
	const char *error = NULL;
	ck_assert(units_collect(&commands, &options, &units, &error));
	ck_assert_uint_eq(seen.count, 3);
	ck_assert_str_eq(seen.files[0], "large.c");
	ck_assert_str_eq(seen.files[1], "small.c");
	ck_assert_str_eq(seen.files[2], "/project/crash.c");
	assert_facts(0, "small.c");
	assert_facts(2, "large.c");
	unlink(small);
	unlink(large);
	rmdir(folder);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("units");
	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, order_is_that_of_the_commands, 0, 5);
	tcase_add_test(tests, no_commands_give_no_units);
	tcase_add_test(tests, one_worker_walks_many_units);
	tcase_add_loop_test(tests, crash_costs_its_unit_only, 1, 4);
	tcase_add_test(tests, every_unit_may_crash);
	tcase_add_test(tests, stall_costs_its_unit_only);
#ifndef __SANITIZE_ADDRESS__ /* its shadow of all memory leaves no room for a limit */
	tcase_add_test(tests, memory_costs_its_unit_only);
#endif
	tcase_add_test(tests, errors_of_the_walker_arrive);
	tcase_add_test(tests, damaged_facts_are_an_error);
	tcase_add_test(tests, big_facts_arrive_whole);
	tcase_add_test(tests, stack_is_large);
	tcase_add_test(tests, worker_is_set_up_for_libclang);
	tcase_add_test(tests, without_libclang_nothing_is_tried);
	tcase_add_test(tests, libclang_is_not_asked_for_without_units);
	tcase_add_test(tests, nothing_is_left_behind);
	tcase_add_test(tests, workers_end_with_the_parent);
	tcase_add_test(tests, ignored_child_signals_do_no_harm);
	tcase_add_test(tests, fewer_workers_do_the_work_too);
	tcase_add_test(tests, no_worker_is_an_error_of_each_unit);
	tcase_add_test(tests, progress_tells_of_every_unit_largest_first);
	Suite *suite = suite_create("units");
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
