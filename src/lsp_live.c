#include "lsp_live.h"

#include "libclang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* To the process: the overlays. From it: facts, or why there are none. */
enum { FRAME_TEXTS, FRAME_FACTS, FRAME_FAILURE };

struct task {
	const struct command *command;
	const char *root;
};

/* A list of overlays as bytes: their number; of each the sizes of path and text, path and NUL, text and NUL. */
struct overlay_sizes {
	uint64_t path, text;
};

static char *pack(const struct overlay *overlays, uint32_t count, struct arena *arena, uint64_t *size)
{
	uint64_t number = count;
	*size = sizeof(number);
	for (uint32_t i = 0; i < count; i++)
		*size += sizeof(struct overlay_sizes) + strlen(overlays[i].path) + overlays[i].size + 2;
	char *bytes = arena_alloc(arena, *size), *end = mempcpy(bytes, &number, sizeof(number));
	for (uint32_t i = 0; i < count; i++) {
		struct overlay_sizes sizes = {strlen(overlays[i].path), overlays[i].size};
		end = mempcpy(end, &sizes, sizeof(sizes));
		end = mempcpy(end, overlays[i].path, sizes.path + 1);
		end = mempcpy(end, overlays[i].text, sizes.text + 1);
	}
	return bytes;
}

/* The bytes are the parent's: they are believed. */
static struct overlay *unpack(const char *bytes, struct arena *arena, uint32_t *count)
{
	uint64_t number;
	memcpy(&number, bytes, sizeof(number));
	bytes += sizeof(number);
	*count = (uint32_t)number;
	struct overlay *overlays = arena_alloc(arena, number * sizeof(*overlays));
	for (uint64_t i = 0; i < number; i++) {
		struct overlay_sizes sizes;
		memcpy(&sizes, bytes, sizeof(sizes));
		overlays[i].path = bytes + sizeof(sizes);
		overlays[i].text = overlays[i].path + sizes.path + 1;
		overlays[i].size = sizes.text;
		bytes = overlays[i].text + sizes.text + 1;
	}
	return overlays;
}

/* The life of the process. */
static void work(void *context, int socket)
{
	const struct task *task = context;
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	struct walker *walker = walker_new(task->root);
	bool sent = true;
	while (sent) {
		struct arena arena = {0};
		struct frame frame;
		char *texts;
		if (!frame_wait(socket, &frame, &texts, &arena))
			break;
		uint32_t count;
		const char *error = NULL;
		const struct overlay *overlays = unpack(texts, &arena, &count);
		const struct facts *facts = walk_live(walker, task->command, overlays, count, &arena, &error);
		uint64_t size = 0;
		const void *bytes = facts ? facts_write(facts, &arena, &size) : error;
		sent = frame_send(socket, facts ? FRAME_FACTS : FRAME_FAILURE, bytes, facts ? size : strlen(error));
		arena_release(&arena);
	}
}

/* libclang is loaded into the parent, so that the next process has it too. */
static bool start(struct live *live, const struct command *command, const struct live_options *options)
{
	struct arena scratch = {0};
	const char *error;
	if (!libclang_load(&scratch, &error)) {
		arena_release(&scratch);
		errno = ELIBACC;
		return false;
	}
	arena_release(&scratch);
	struct process_options how = {.memory = options->memory, .large_stack = true};
	return process_start(&live->process, &how, work, &(struct task){command, options->root});
}

bool live_parse(struct live *live, const struct command *command, const struct live_options *options,
		const struct overlay *overlays, uint32_t count)
{
	static uint64_t uses;
	if (!live->process.pid && !start(live, command, options))
		return false;
	struct arena scratch = {0};
	uint64_t size;
	const char *bytes = pack(overlays, count, &scratch, &size);
	live->busy = true;
	live->due = false;
	live->used = ++uses;
	live->deadline = options->deadline;
	/* Should the process have ended, live_receive() will tell. */
	frame_send(live->process.socket, FRAME_TEXTS, bytes, size);
	arena_release(&scratch);
	return true;
}

static void forget_trouble(struct live *live)
{
	arena_release(&live->trouble_arena);
	live->failure = live->trouble_message = live->trouble_file = NULL;
	live->trouble = (struct fact_trouble){0};
	live->kept = false;
}

static void fail(struct live *live, const char *reason)
{
	forget_trouble(live);
	live->failure = arena_strdup(&live->trouble_arena, reason);
	live->kept = live->facts != NULL;
}

static void take_facts(struct live *live, const struct command *command, bool good)
{
	const char *error = NULL;
	struct facts *facts =
	    facts_read(live->process.bytes, live->process.frame.size, command->file, &live->incoming, &error);
	if (!facts) {
		fail(live, error);
		return;
	}
	forget_trouble(live);
	if (facts->troubles_count) {
		live->trouble = facts->troubles[0];
		live->trouble_message =
		    arena_strdup(&live->trouble_arena, facts_text(facts, facts->troubles[0].message));
		live->trouble_file =
		    arena_strdup(&live->trouble_arena, facts_text(facts, facts->troubles[0].place.file));
		live->kept = good || (live->facts && !live->facts->troubles_count);
		if (live->kept)
			return;
	}
	arena_release(&live->facts_arena);
	live->facts_arena = live->incoming;
	live->facts = facts;
	live->incoming = (struct arena){0};
}

enum live_event live_receive(struct live *live, const struct command *command, bool good)
{
	if (!live->process.pid)
		return LIVE_NOTHING;
	enum process_event event = process_receive(&live->process, &live->incoming);
	if (event == PROCESS_NOTHING)
		return LIVE_NOTHING;
	live->busy = false;
	if (event == PROCESS_FRAME) {
		live->crashes = 0;
		if (live->process.frame.kind == FRAME_FACTS)
			take_facts(live, command, good);
		else
			fail(live, live->process.bytes);
		arena_release(&live->incoming);
		return LIVE_PARSED;
	}
	bool out_of_memory = process_is_out_of_memory(&live->process);
	int status = process_stop(&live->process);
	const char *end = process_end(status, &live->incoming);
	fail(live, out_of_memory ? "the parser needs more memory than it may take (--unit-memory)"
				 : arena_printf(&live->incoming, "the parser crashed (%s)", end));
	arena_release(&live->incoming);
	live->crashes++;
	return LIVE_CRASHED;
}

void live_stop(struct live *live)
{
	if (live->process.pid)
		process_stop(&live->process);
	arena_release(&live->incoming);
	live->busy = live->due = false;
}

void live_give_up(struct live *live, uint32_t seconds)
{
	live_stop(live);
	fail(live, arena_printf(&live->incoming, "not done after %u seconds (--unit-timeout)", seconds));
	arena_release(&live->incoming);
}

void live_release(struct live *live)
{
	live_stop(live);
	forget_trouble(live);
	arena_release(&live->facts_arena);
	*live = (struct live){0};
}
