#include "analysis.h"

#include "pass.h"
#include "silence.h"
#include "why.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* External functions without a model that on-loop code calls: what they do there is not known. */
static void note_unmodelled(const struct derived *derived, struct findings *findings, struct coverage *coverage)
{
	const struct program *program = derived->program;
	const char *last = "";
	const char **names = NULL;
	uint32_t capacity = 0, count = 0;
	for (uint32_t i = 0; i < program->nodes.count; i++) {
		const struct node *node = &program->nodes.items[i];
		if (node->body_count || node->model || strncmp(node->name, "__builtin_", 10) == 0)
			continue;
		bool on_loop = false;
		for (uint32_t e = 0; e < node->in_count && !on_loop; e++)
			on_loop =
			    role_find(derived, program->edges.items[program->incoming.items[node->first_in + e]].from,
				      ROLE_ON_LOOP);
		if (!on_loop)
			continue;
		names = table_reserve(names, &capacity, count, 1, sizeof(*names));
		names[count++] = node->name;
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_names);
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(last, names[i]) == 0)
			continue;
		last = names[i];
		table_add(&coverage->unmodelled, (struct coverage_note){.name = arena_strdup(&findings->arena, last),
									.message = "",
									.location = {.file = ""}});
	}
	table_free(names);
}

void analysis_run(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		  const struct analysis_options *options, struct findings *findings, struct coverage *coverage)
{
	struct stats *stats = options->stats;
	stats_begin(stats, "join");
	struct program *program = program_join(units, unit_count, models);
	stats_end(stats);
	stats_begin(stats, "derive");
	struct derived *derived = derive(program, stats);
	stats_end(stats);
	stats_begin(stats, "rules");
	for (const struct rule *const *rule = options->rules; *rule; rule++) {
		struct pass pass = {program, derived, *rule, findings, options->costs};
		stats_begin(stats, (*rule)->id);
		(*rule)->check(&pass);
		stats_end(stats);
	}
	stats_end(stats);
	coverage->calls += program->call_count;
	coverage->pointer_calls += program->pointer_call_count;
	coverage->unresolved_calls += program->unresolved.count;
	note_unmodelled(derived, findings, coverage);
	if (options->map) {
		stats_begin(stats, "map");
		map_make(options->map, derived, options->costs);
		stats_end(stats);
	}
	derived_free(derived);
	program_free(program);
}

char *analysis_why(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		   const char *function, uint32_t costs, struct arena *arena)
{
	struct program *program = program_join(units, unit_count, models);
	struct derived *derived = derive(program, NULL);
	char *text = why_function(derived, function, costs, arena);
	derived_free(derived);
	program_free(program);
	return text;
}

char *analysis_silence(const struct facts *const *units, uint32_t unit_count, const struct models *models,
		       const struct analysis_options *options, const char *file, uint32_t line, struct arena *arena)
{
	struct program *program = program_join(units, unit_count, models);
	struct derived *derived = derive(program, NULL);
	struct silence_options silence = {.rules = options->rules, .costs = options->costs, .file = file, .line = line};
	char *text = silence_text(derived, units, unit_count, &silence, arena);
	derived_free(derived);
	program_free(program);
	return text;
}
