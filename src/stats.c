#include "stats.h"

#include "json_writer.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* A part that took less of both clocks has no line of its own. */
static const int64_t worth_a_line = 1000000;

static int64_t read_clock(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct stats_time stats_now(void)
{
	return (struct stats_time){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

struct stats_time stats_between(struct stats_time from, struct stats_time to)
{
	return (struct stats_time){to.wall - from.wall, to.cpu - from.cpu};
}

static void add_to(struct stats_time *sum, struct stats_time time)
{
	sum->wall += time.wall;
	sum->cpu += time.cpu;
}

void stats_begin(struct stats *stats, const char *name)
{
	if (!stats)
		return;
	struct stats_phase phase = {.name = name, .depth = stats->open.count, .time = stats_now()};
	table_add(&stats->open, stats->phases.count);
	table_add(&stats->phases, phase);
}

void stats_end(struct stats *stats)
{
	if (!stats)
		return;
	struct stats_phase *phase = &stats->phases.items[stats->open.items[--stats->open.count]];
	phase->time = stats_between(phase->time, stats_now());
}

void stats_add(struct stats *stats, const char *name, struct stats_time time)
{
	if (!stats)
		return;
	for (uint32_t i = stats->open.items[stats->open.count - 1]; i < stats->phases.count; i++) {
		struct stats_phase *phase = &stats->phases.items[i];
		if (phase->in_workers && phase->depth == stats->open.count && strcmp(phase->name, name) == 0) {
			add_to(&phase->time, time);
			return;
		}
	}
	table_add(&stats->phases,
		  (struct stats_phase){.name = name, .depth = stats->open.count, .in_workers = true, .time = time});
}

/* Peak resident memory of the process, or of the largest one that it has waited for; bytes. */
static uint64_t peak_memory(int whose)
{
	struct rusage usage;
	return getrusage(whose, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

static void print_line(FILE *out, const char *name, uint32_t depth, struct stats_time time, const char *remark)
{
	enum { NAME_WIDTH = 28 };
	int indent = (int)depth * 2;
	fprintf(out, "%*s%-*s %9.3f %9.3f%s\n", indent, "", NAME_WIDTH - indent, name, (double)time.wall / 1e9,
		(double)time.cpu / 1e9, remark);
}

static bool is_worth_a_line(const struct stats_phase *phase)
{
	return phase->depth == 0 || phase->time.wall >= worth_a_line || phase->time.cpu >= worth_a_line;
}

/* Prints what is part of the phase that stands before `i`; returns where that ends. */
static uint32_t print_parts(const struct stats *stats, uint32_t i, uint32_t depth, FILE *out)
{
	struct stats_time others = {0};
	uint32_t other_count = 0;
	while (i < stats->phases.count && stats->phases.items[i].depth >= depth) {
		const struct stats_phase *phase = &stats->phases.items[i++];
		if (phase->depth == depth && is_worth_a_line(phase)) {
			print_line(out, phase->name, depth, phase->time, phase->in_workers ? "  in workers" : "");
			i = print_parts(stats, i, depth + 1, out);
		} else if (phase->depth == depth) {
			add_to(&others, phase->time);
			other_count++;
		}
	}
	if (other_count) {
		char name[32];
		snprintf(name, sizeof(name), "%u less than 1 ms", other_count);
		print_line(out, name, depth, others, "");
	}
	return i;
}

/* The processors' time of workers is no part of their parent's. */
static struct stats_time total_time(const struct stats *stats)
{
	struct stats_time total = {0};
	for (uint32_t i = 0; i < stats->phases.count; i++) {
		const struct stats_phase *phase = &stats->phases.items[i];
		if (phase->depth == 0)
			add_to(&total, phase->time);
		else if (phase->in_workers)
			total.cpu += phase->time.cpu;
	}
	return total;
}

/* Without units to parse there was no worker, only git, if anything. */
static uint64_t peak_of_workers(const struct stats *stats)
{
	return stats->parsed ? peak_memory(RUSAGE_CHILDREN) : 0;
}

static double megabytes(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

void stats_print(const struct stats *stats, FILE *out)
{
	fputs("\nphase                             wall       cpu  seconds\n", out);
	print_parts(stats, 0, 0, out);
	print_line(out, "total", 0, total_time(stats), "");
	fprintf(out, "\nunits     %u parsed, %u from the cache, %u failed\n", stats->parsed, stats->cached,
		stats->failed);
	fprintf(out, "cache     %.1f MB read, %.1f MB written\n", megabytes(stats->bytes_read),
		megabytes(stats->bytes_written));
	fprintf(out, "memory    %.1f MB", megabytes(peak_memory(RUSAGE_SELF)));
	if (stats->parsed)
		fprintf(out, ", largest worker %.1f MB", megabytes(peak_of_workers(stats)));
	fprintf(out, "\nfindings  %u\n", stats->findings);
}

static uint64_t microseconds(int64_t nanoseconds)
{
	return nanoseconds > 0 ? (uint64_t)nanoseconds / 1000 : 0;
}

static void write_time(struct json_writer *json, struct stats_time time)
{
	json_number(json, "wall_us", microseconds(time.wall));
	json_number(json, "cpu_us", microseconds(time.cpu));
}

/* The phase that the i-th is a part of, or NULL. */
static const struct stats_phase *whole_of(const struct stats *stats, uint32_t i)
{
	uint32_t depth = stats->phases.items[i].depth;
	while (depth && stats->phases.items[i].depth >= depth)
		i--;
	return depth ? &stats->phases.items[i] : NULL;
}

static void write_phase(struct json_writer *json, const struct stats *stats, uint32_t i)
{
	const struct stats_phase *phase = &stats->phases.items[i], *whole = whole_of(stats, i);
	json_object(json, NULL);
	json_string(json, "name", phase->name);
	json_string(json, "part_of", whole ? whole->name : NULL);
	json_string(json, "in", phase->in_workers ? "workers" : "parent");
	write_time(json, phase->time);
	json_end(json);
}

void stats_print_json(const struct stats *stats, FILE *out)
{
	struct json_writer json = {.out = out};
	json_object(&json, NULL);
	json_array(&json, "phases");
	for (uint32_t i = 0; i < stats->phases.count; i++)
		write_phase(&json, stats, i);
	json_end(&json);
	json_object(&json, "total");
	write_time(&json, total_time(stats));
	json_end(&json);
	json_object(&json, "units");
	json_number(&json, "parsed", stats->parsed);
	json_number(&json, "cached", stats->cached);
	json_number(&json, "failed", stats->failed);
	json_end(&json);
	json_object(&json, "cache");
	json_number(&json, "bytes_read", stats->bytes_read);
	json_number(&json, "bytes_written", stats->bytes_written);
	json_end(&json);
	json_object(&json, "memory");
	json_number(&json, "parent", peak_memory(RUSAGE_SELF));
	json_number(&json, "largest_worker", peak_of_workers(stats));
	json_end(&json);
	json_number(&json, "findings", stats->findings);
	json_end(&json);
}

void stats_release(struct stats *stats)
{
	table_release(&stats->phases);
	table_release(&stats->open);
}
