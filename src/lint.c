#include "lint.h"

#include "add_allow.h"
#include "allow.h"
#include "analysis.h"
#include "baseline.h"
#include "catalog.h"
#include "console.h"
#include "dump.h"
#include "facts_files.h"
#include "filter.h"
#include "inputs.h"
#include "linked.h"
#include "models.h"
#include "paths.h"
#include "result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NOTHING_FOUND = 0, SOME_FOUND = 1, NOT_DONE = 2 };

/* One run. Each lifetime has its arena: inputs (units), models, findings. */
struct lint {
	const struct options *options;
	struct stats *stats; /* NULL if not asked for */
	struct inputs inputs;
	struct arena models_arena;
	struct models models;
	struct arena baseline_arena;
	struct baseline baseline;
	struct findings findings;
	struct coverage coverage;
	struct map map;
};

/* False after an error message. */
static bool load_models(struct lint *lint)
{
	const char *error = NULL;
	stats_begin(lint->stats, "models");
	bool loaded = catalog_load_models(&lint->models, lint->options, &lint->models_arena, &error);
	stats_end(lint->stats);
	if (!loaded)
		console_error("%s", error);
	return loaded;
}

/* Whether any of the reports shows the map: it costs what no other report needs. */
static bool wants_map(const struct options *options)
{
	bool wanted = options->format->has_map;
	for (uint32_t i = 0; i < options->output_count; i++)
		wanted |= options->outputs[i].format->has_map;
	return wanted;
}

/* Finds all there is in the facts; what the cache has of an earlier run of the same is not found again. */
static void analyse(struct lint *lint)
{
	const struct inputs *inputs = &lint->inputs;
	const struct facts *const *units = inputs->facts.items;
	uint32_t count = inputs->facts.count;
	struct analysis_options analysis = {
	    .rules = lint->options->rules,
	    .costs = lint->options->costs,
	    .stats = lint->stats,
	    .map = wants_map(lint->options) ? &lint->map : NULL,
	};
	struct allow_options allow = {.rules = lint->options->rules, .partial = inputs->partial};
	uint64_t key[2];
	size_t size;
	const void *bytes = NULL;
	result_key(units, count, &lint->models, &analysis, allow.partial, key);
	if (inputs->cache)
		bytes = cache_find_result(inputs->cache, key, &size, &lint->findings.arena);
	if (bytes && result_read(bytes, size, &lint->findings, &lint->coverage, analysis.map))
		return;
	analysis_run(units, count, &lint->models, &analysis, &lint->findings, &lint->coverage);
	allow_apply(units, count, &allow, &lint->findings, &lint->coverage);
	findings_finish(&lint->findings);
	if (!inputs->cache)
		return;
	bytes = result_write(&lint->findings, &lint->coverage, analysis.map, &lint->findings.arena, &size);
	cache_store_result(inputs->cache, key, bytes, size);
}

/* Whether all of the program was looked at, so that what was not found is not there. */
static bool is_whole(const struct lint *lint)
{
	return !lint->inputs.partial && !lint->inputs.incomplete;
}

static void find(struct lint *lint)
{
	analyse(lint);
	scope_apply(&lint->inputs.scope, lint->inputs.root, &lint->findings, &lint->coverage);
	lint->coverage.baselined = baseline_apply(&lint->baseline, lint->options->rules, &lint->findings);
	if (is_whole(lint))
		baseline_note_fixed(&lint->baseline, &lint->coverage.fixed);
	struct filter filter = {
	    .lines = lint->options->lines.file_count ? &lint->options->lines : NULL,
	    .files = lint->inputs.reported,
	    .headers = lint->options->headers,
	    .headers_left_out = lint->options->headers_left_out,
	    .root = lint->inputs.root,
	};
	filter_apply(&filter, &lint->findings, &lint->coverage);
}

static bool is_for_the_eye(const struct options *options)
{
	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	return !options->output && isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

/* 0: standard output is none, or does not say. */
static unsigned terminal_width(void)
{
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Opens the file, or returns stdout for NULL; NULL after an error message. */
static FILE *open_output(const char *path)
{
	if (!path)
		return stdout;
	FILE *out = fopen(path, "w");
	if (!out)
		console_error("cannot write '%s': %s", path, strerror(errno));
	return out;
}

/* What goes wrong with stdout is main()'s to say. */
static bool close_output(const char *path, FILE *out)
{
	if (out == stdout)
		return fflush(stdout) == 0;
	bool failed = ferror(out);
	failed |= fclose(out) != 0;
	if (failed)
		console_error("cannot write '%s': %s", path, strerror(errno));
	return !failed;
}

/* Facts from elsewhere may have been made by others: then it is that of the first. */
static const char *parser(const struct lint *lint)
{
	const struct inputs *inputs = &lint->inputs;
	return inputs->facts.count ? facts_text(inputs->facts.items[0], inputs->facts.items[0]->parser) : "";
}

/* Whether something was not fully understood, so that a finding may have been missed. */
static bool has_gaps(const struct coverage *coverage)
{
	return coverage->degraded.count || coverage->failed.count || coverage->unresolved_calls ||
	       coverage->unmodelled.count || coverage->unused_suppressions.count ||
	       coverage->changed_in_no_unit.count || coverage->fixed.count;
}

static bool counts(enum fail_on fail_on, enum severity severity)
{
	switch (severity) {
	case SEVERITY_ADVICE:
		return fail_on <= FAIL_ON_ADVICE;
	case SEVERITY_WARNING:
		return fail_on <= FAIL_ON_WARNING;
	case SEVERITY_ERROR:
		return fail_on <= FAIL_ON_ERROR;
	}
	return true;
}

static int exit_status(const struct lint *lint)
{
	if (lint->inputs.incomplete || (!lint->inputs.facts.count && !lint->coverage.changes_only))
		return NOT_DONE;
	if (lint->options->strict && has_gaps(&lint->coverage))
		return NOT_DONE;
	for (uint32_t i = 0; i < lint->findings.list.count; i++)
		if (counts(lint->options->fail_on, lint->findings.list.items[i]->severity))
			return SOME_FOUND;
	return NOTHING_FOUND;
}

/* Asked of git only where a report tells it; NULL if there is nothing to tell. */
static const struct provenance *provenance(struct lint *lint)
{
	const struct options *options = lint->options;
	bool wanted = options->format->tells_provenance;
	for (uint32_t i = 0; i < options->output_count; i++)
		wanted |= options->outputs[i].format->tells_provenance;
	struct provenance *found = arena_alloc(&lint->findings.arena, sizeof(*found));
	return wanted && provenance_find(lint->inputs.root, found, &lint->findings.arena) ? found : NULL;
}

static bool write_report(const struct report *report, const struct report_format *format, const char *path)
{
	FILE *out = open_output(path);
	if (!out)
		return false;
	format->print(report, out);
	return close_output(path, out);
}

/* One report that cannot be written does not take the others with it. */
static bool report(struct lint *lint)
{
	const struct options *options = lint->options;
	const char *error; /* reports do without the documents */
	struct report report = {
	    .findings = &lint->findings,
	    .coverage = &lint->coverage,
	    .map = &lint->map,
	    .root = lint->inputs.root,
	    .directory = lint->inputs.viewpoint,
	    .version = ASYNCLINT_VERSION,
	    .libclang = parser(lint),
	    .rules = options->rules,
	    .documents = catalog_directory(&lint->models_arena, &error),
	    .homepage = ASYNCLINT_HOMEPAGE,
	    .provenance = provenance(lint),
	    .exit_status = exit_status(lint),
	    .terminal = is_for_the_eye(options),
	    .width = terminal_width(),
	};
	bool written = write_report(&report, options->format, options->output);
	report.terminal = options->color == COLOR_ALWAYS;
	for (uint32_t i = 0; i < options->output_count; i++)
		written &= write_report(&report, options->outputs[i].format, options->outputs[i].path);
	if (options->format->has_coverage)
		return written;
	report.terminal = false;
	report_notes(&report, stderr);
	if (!options->quiet)
		report_summary(&report, stderr);
	return written;
}

/* The file that --explain-silence names, as the facts name it; one that is not here, as facts from elsewhere may have
 * it, as it is. */
static const char *silence_file(struct lint *lint)
{
	const char *file = path_resolve(lint->options->silence_file, &lint->findings.arena);
	return file ? path_in_root(file, lint->inputs.root) : lint->options->silence_file;
}

static int explain_silence(struct lint *lint)
{
	const struct inputs *inputs = &lint->inputs;
	struct analysis_options analysis = {.rules = lint->options->rules, .costs = lint->options->costs};
	const char *file = silence_file(lint);
	const char *text = analysis_silence(inputs->facts.items, inputs->facts.count, &lint->models, &analysis, file,
					    lint->options->silence_line, &lint->findings.arena);
	if (!text) {
		console_error("'%s' is part of none of the %u units that were analysed", file, inputs->facts.count);
		return NOT_DONE;
	}
	FILE *out = open_output(lint->options->output);
	if (!out)
		return NOT_DONE;
	fputs(text, out);
	return close_output(lint->options->output, out) ? exit_status(lint) : NOT_DONE;
}

static void tell_stats(struct lint *lint)
{
	struct stats *stats = lint->stats;
	const struct units *units = &lint->inputs.units;
	uint32_t made = 0;
	for (uint32_t i = 0; i < units->list.count; i++)
		made += units->list.items[i].facts != NULL;
	stats->parsed = made - stats->cached;
	stats->failed = lint->coverage.failed.count;
	stats->findings = lint->findings.list.count;
	(lint->options->stats == STATS_JSON ? stats_print_json : stats_print)(stats, stderr);
}

/* Reports and says what it all took; returns the exit status. */
static int tell(struct lint *lint)
{
	inputs_close_cache(&lint->inputs, lint->options->verbose);
	stats_begin(lint->stats, "report");
	bool reported = report(lint);
	stats_end(lint->stats);
	if (lint->stats)
		tell_stats(lint);
	return reported ? exit_status(lint) : NOT_DONE;
}

/* Instead of a report: all that is found becomes the baseline. */
static int write_baseline(struct lint *lint)
{
	const char *path = lint->options->new_baseline, *error = NULL;
	if (lint->inputs.partial) {
		console_error("'%s' was not written: only part of the program was looked at", path);
		return NOT_DONE;
	}
	if (!baseline_write(path, &lint->findings, &lint->findings.arena, &error)) {
		console_error("%s", error);
		return NOT_DONE;
	}
	uint32_t count = lint->findings.list.count;
	if (!lint->options->quiet)
		console_note("wrote %u finding%s to '%s'", count, count == 1 ? "" : "s", path);
	return is_whole(lint) ? NOTHING_FOUND : NOT_DONE;
}

/* Before the report, which then says nothing of what is fixed. */
static bool prune_baseline(struct lint *lint)
{
	const char *path = lint->options->baseline, *error = NULL;
	uint32_t count = lint->coverage.fixed.count;
	if (!is_whole(lint)) {
		console_error("'%s' was not pruned: only part of the program was looked at", path);
		return false;
	}
	if (count && !baseline_prune(path, &lint->baseline, &lint->findings.arena, &error)) {
		console_error("%s", error);
		return false;
	}
	if (!lint->options->quiet)
		console_note("took %u fixed finding%s out of '%s'", count, count == 1 ? "" : "s", path);
	lint->coverage.fixed.count = 0;
	return true;
}

/* Instead of a report: what is found is suppressed. */
static int write_suppressions(struct lint *lint)
{
	struct add_allow_result result = {0};
	struct arena *arena = &lint->findings.arena;
	add_allow(&lint->findings, lint->inputs.root, lint->options->add_allow, arena, &result);
	for (uint32_t i = 0; i < result.left.count; i++) {
		const struct coverage_note *left = &result.left.items[i];
		const char *path = path_relative(path_join(lint->inputs.root, left->location.file, arena),
						 lint->inputs.directory, arena);
		console_warning("%s:%u: '%s' is not suppressed: %s", path, left->location.line, left->name,
				left->message);
	}
	if (!lint->options->quiet)
		console_note("suppressed %u finding%s in %u file%s", result.findings, result.findings == 1 ? "" : "s",
			     result.files, result.files == 1 ? "" : "s");
	int status = result.left.count ? SOME_FOUND : NOTHING_FOUND;
	table_release(&result.left);
	return lint->inputs.incomplete ? NOT_DONE : status;
}

static bool read_baseline(struct lint *lint)
{
	const char *error = NULL, *path = lint->options->baseline;
	if (!path || lint->options->new_baseline || baseline_read(&lint->baseline, path, &lint->baseline_arena, &error))
		return true;
	if (access(path, F_OK) != 0)
		console_error("no baseline '%s'; '--write-baseline %s' makes one", path, path);
	else
		console_error("%s", error);
	return false;
}

static int check(struct lint *lint)
{
	if (!load_models(lint) || !read_baseline(lint))
		return NOT_DONE;
	enum inputs_result result = inputs_collect(&lint->inputs, lint->options, &lint->coverage);
	if (result == INPUTS_SKIPPED || result == INPUTS_FAILED)
		return result == INPUTS_SKIPPED ? NOTHING_FOUND : NOT_DONE;
	if (result == INPUTS_UNCHANGED)
		return tell(lint);
	if (!lint->inputs.facts.count)
		console_error("nothing was analysed");
	if (lint->options->silence_file)
		return explain_silence(lint);
	find(lint);
	if (lint->options->new_baseline)
		return write_baseline(lint);
	if (lint->options->prune_baseline && !prune_baseline(lint))
		return NOT_DONE;
	return lint->options->add_allow ? write_suppressions(lint) : tell(lint);
}

static bool write_facts(const struct options *options, const struct facts *facts, struct arena *arena)
{
	const char *error = NULL;
	if (!options->dump) {
		bool saved = facts_save(facts, options->output, arena, &error);
		if (!saved)
			console_error("%s", error);
		return saved;
	}
	FILE *out = open_output(options->output);
	if (!out)
		return false;
	fputs(dump_facts(facts, arena), out);
	return close_output(options->output, out);
}

static bool write_all_facts(struct lint *lint)
{
	const struct options *options = lint->options;
	struct facts_files files;
	const char *error = NULL;
	uint32_t count = lint->inputs.facts.count;
	bool written = facts_files_begin(&files, options->output, &lint->inputs.arena, &error);
	for (uint32_t i = 0; i < count && written; i++)
		written = facts_files_save(&files, lint->inputs.facts.items[i], &error);
	facts_files_end(&files);
	if (!written)
		console_error("%s", error);
	else if (!options->quiet)
		console_note("wrote the facts of %u unit%s to '%s'", count, count == 1 ? "" : "s", options->output);
	return written;
}

/* A part of a small database may be empty: then there is nothing to do, and it is done. */
static int facts_of_many(struct lint *lint)
{
	bool empty = lint->options->shards && !lint->inputs.commands.list.count;
	if (!write_all_facts(lint))
		return NOT_DONE;
	return empty ? NOTHING_FOUND : exit_status(lint);
}

static int make_facts(struct lint *lint)
{
	enum inputs_result result = inputs_collect(&lint->inputs, lint->options, &lint->coverage);
	if (result == INPUTS_SKIPPED)
		return NOTHING_FOUND;
	if (result == INPUTS_FAILED)
		return NOT_DONE;
	if (lint->options->many_facts)
		return facts_of_many(lint);
	if (!lint->inputs.facts.count)
		return NOT_DONE;
	struct facts facts = *lint->inputs.facts.items[0];
	if (lint->options->object)
		facts.object = linked_hash(lint->options->object);
	if (!write_facts(lint->options, &facts, &lint->inputs.arena))
		return NOT_DONE;
	return exit_status(lint);
}

static int why(struct lint *lint)
{
	if (!load_models(lint))
		return NOT_DONE;
	enum inputs_result result = inputs_collect(&lint->inputs, lint->options, &lint->coverage);
	if (result != INPUTS_READY)
		return result == INPUTS_SKIPPED ? NOTHING_FOUND : NOT_DONE;
	const struct inputs *inputs = &lint->inputs;
	const char *function = lint->options->subject;
	const char *text = analysis_why(inputs->facts.items, inputs->facts.count, &lint->models, function,
					lint->options->costs, &lint->findings.arena);
	if (!text) {
		console_error("no function '%s' is defined or called in the %u units that were analysed", function,
			      inputs->facts.count);
		return NOT_DONE;
	}
	fputs(text, stdout);
	return exit_status(lint);
}

static int run(const struct options *options, int (*action)(struct lint *lint))
{
	struct stats stats = {0};
	struct lint lint = {.options = options, .stats = options->stats ? &stats : NULL};
	lint.inputs.stats = lint.stats;
	int status = action(&lint);
	inputs_close_cache(&lint.inputs, options->verbose);
	stats_release(&stats);
	coverage_release(&lint.coverage);
	map_release(&lint.map);
	baseline_release(&lint.baseline);
	arena_release(&lint.baseline_arena);
	findings_release(&lint.findings);
	models_release(&lint.models);
	arena_release(&lint.models_arena);
	inputs_release(&lint.inputs);
	return status;
}

int lint_check(const struct options *options)
{
	return run(options, check);
}

int lint_facts(const struct options *options)
{
	return run(options, make_facts);
}

int lint_why(const struct options *options)
{
	return run(options, why);
}
