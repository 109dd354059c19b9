#include "pass.h"
#include "twins.h"

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

static struct finding *report_function(struct pass *pass, uint32_t node, const char *cause, const char *message)
{
	const struct node *of = &pass->program->nodes.items[node];
	return report(pass, of->function.unit, &program_function(pass->program, of)->place, node, cause, "%s", message);
}

static void note_twin(struct pass *pass, struct finding *finding, uint32_t node)
{
	const struct node *of = &pass->program->nodes.items[node];
	note(pass, finding, of->function.unit, &program_function(pass->program, of)->place, node, "its twin is '%s'",
	     of->name);
}

/* The first input that the other one lacks, or NULL. */
static const struct twin_extra *find_input(const struct twins *pair, bool is_async)
{
	for (uint32_t i = 0; i < pair->extras.count; i++)
		if (pair->extras.items[i].is_async == is_async && pair->extras.items[i].is_input)
			return &pair->extras.items[i];
	return NULL;
}

static bool check_lacks(struct pass *pass, const struct twin_table *twins, const struct twins *pair)
{
	struct arena *arena = &pass->findings->arena;
	for (uint32_t i = 0; i < pair->extras.count; i++) {
		const struct twin_extra *extra = &pair->extras.items[i];
		if (!is_extra_usual(twins, extra))
			continue;
		uint32_t has = extra->is_async ? pair->async : pair->sync,
			 lacks = extra->is_async ? pair->sync : pair->async;
		const char *text = arena_printf(
		    arena, "'%s' lacks the parameter '%s' of its twin '%s', though other pairs share the like",
		    name_of(pass, lacks), param_text(pass, has, extra->param), name_of(pass, has));
		struct finding *finding = report_function(pass, lacks, name_of(pass, has), text);
		note_twin(pass, finding, has);
		return true;
	}
	return false;
}

static bool check_each_lacks(struct pass *pass, const struct twins *pair)
{
	const struct twin_extra *of_sync = find_input(pair, false), *of_async = find_input(pair, true);
	if (!of_sync || !of_async)
		return false;
	const char *text =
	    arena_printf(&pass->findings->arena,
			 "'%s' takes '%s' and its twin '%s' takes '%s' instead: each lacks what the other has",
			 name_of(pass, pair->sync), param_text(pass, pair->sync, of_sync->param),
			 name_of(pass, pair->async), param_text(pass, pair->async, of_async->param));
	note_twin(pass, report_function(pass, pair->sync, name_of(pass, pair->async), text), pair->async);
	return true;
}

static void check_shape(struct pass *pass, const struct twin_table *twins, const struct twins *pair)
{
	const char *text = NULL;
	if (pair->in_other_order)
		text = arena_printf(&pass->findings->arena,
				    "'%s' takes its parameters in another order than its twin '%s'",
				    name_of(pass, pair->async), name_of(pass, pair->sync));
	else if (pair->callback != NONE && !pair->has_user_data && is_data_usual(twins))
		text = arena_printf(&pass->findings->arena,
				    "'%s' takes no user data for its callback '%s', though other pairs do",
				    name_of(pass, pair->async), param_text(pass, pair->async, pair->callback));
	if (text)
		note_twin(pass, report_function(pass, pair->async, name_of(pass, pair->sync), text), pair->sync);
}

/* A variant of the pair's sync function that waits in the same way and has no twin. */
static void check_variants(struct pass *pass, const struct twin_table *twins, const struct twins *pair,
			   id_table *reported)
{
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		const struct node *node = &pass->program->nodes.items[n];
		bool is_new = true;
		if (!node_is_exported(node) || !is_variant(pass->program, pair->sync, n) ||
		    is_named_async(node->name) || twins_of(twins, n) || !waits_like(pass->derived, n, pair->sync))
			continue;
		for (uint32_t i = 0; i < reported->count; i++)
			is_new &= reported->items[i] != n;
		if (!is_new)
			continue;
		table_add(reported, n);
		const char *text = arena_printf(&pass->findings->arena, "'%s' has no async twin, though '%s' has '%s'",
						node->name, name_of(pass, pair->sync), name_of(pass, pair->async));
		report_function(pass, n, node->name, text);
	}
}

static void check(struct pass *pass)
{
	struct twin_table twins;
	id_table reported = {0};
	find_twins(pass->derived, &twins);
	for (uint32_t i = 0; i < twins.list.count; i++) {
		const struct twins *pair = &twins.list.items[i];
		if (!check_lacks(pass, &twins, pair) && !check_each_lacks(pass, pair))
			check_shape(pass, &twins, pair);
		check_variants(pass, &twins, pair, &reported);
	}
	table_release(&reported);
	twins_release(&twins);
}

const struct rule rule_unparallel_pair = {
    .id = "unparallel-pair",
    .family = "life",
    .since = "0.1",
    .summary = "sync and async twins do not take the same",
    .severity = SEVERITY_WARNING,
    .check = check,
};
