#include "async_entry.h"
#include "pass.h"
#include "sure_wait.h"

#include <string.h>

/* What an entry's blocking comes down to: entries that share it are one finding. */
struct root {
	uint32_t node, cause;
	id_table effects; /* of the entries */
};

typedef TABLE(struct root) root_table;

static void add_entry(struct pass *pass, root_table *roots, uint32_t index)
{
	const struct effect *effect = &pass->derived->effects.items[index], *root = effect_root(pass->derived, effect);
	for (uint32_t i = 0; i < roots->count; i++)
		if (roots->items[i].node == root->node && roots->items[i].cause == root->cause) {
			table_add(&roots->items[i].effects, index);
			return;
		}
	struct root new = {.node = root->node, .cause = root->cause};
	table_add(&new.effects, index);
	table_add(roots, new);
}

/* Exported functions before others, then in order of place. */
static bool is_better_entry(const struct program *program, uint32_t a, uint32_t b)
{
	const struct node *x = &program->nodes.items[a], *y = &program->nodes.items[b];
	if (node_is_exported(x) != node_is_exported(y))
		return node_is_exported(x);
	int order = strcmp(x->file, y->file);
	return order ? order < 0 : program_function(program, x)->place.line < program_function(program, y)->place.line;
}

/* The entry that is named; the others are the surface. */
static const struct effect *best_entry(const struct pass *pass, const struct root *root)
{
	const struct effect *effects = pass->derived->effects.items;
	uint32_t best = root->effects.items[0];
	for (uint32_t i = 1; i < root->effects.count; i++)
		if (is_better_entry(pass->program, effects[root->effects.items[i]].node, effects[best].node))
			best = root->effects.items[i];
	return &effects[best];
}

static void note_way(struct pass *pass, struct finding *finding, const struct effect *effect, const struct effect *root)
{
	const struct node *nodes = pass->program->nodes.items;
	for (; effect != root; effect = effect_below(pass->derived, effect)) {
		const struct effect *below = effect_below(pass->derived, effect);
		note_call(pass, finding, effect->call, "'%s' calls '%s'", nodes[effect->node].name,
			  nodes[below->node].name);
	}
	note_call(pass, finding, root->call, "'%s' %s", nodes[root->cause].name, root->because);
}

static void report_root(struct pass *pass, const struct root *root)
{
	const struct program *program = pass->program;
	const struct effect *effect = best_entry(pass, root);
	const struct effect *bottom = effect_root(pass->derived, effect);
	const char *entry = program->nodes.items[effect->node].name, *cause = program->nodes.items[bottom->cause].name;
	struct finding *finding =
	    report_call(pass, bottom->call, cause, "'%s' presents itself as async, but '%s' %s before it returns",
			entry, cause, bottom->because);
	note_way(pass, finding, effect, bottom);
	for (uint32_t i = 0; i < root->effects.count; i++)
		add_surface(pass, finding, pass->derived->effects.items[root->effects.items[i]].node);
	const char *twin = async_twin(pass, cause);
	if (twin)
		set_help(pass, finding, "use '%s', or do the blocking part on a worker thread", twin);
	else
		set_help(
		    pass, finding,
		    "do the blocking part on a worker thread, or let the caller do it before the operation starts");
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	root_table roots = {0};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (!is_async_entry(derived, n) || is_test_file(pass->program->nodes.items[n].file))
			continue;
		for (uint32_t i = derived->first_effect[n]; i != NONE; i = derived->effects.items[i].next) {
			const struct effect *effect = &derived->effects.items[i];
			if (!(pass->costs >> effect->cost & 1) || !is_sure_wait(pass->derived, effect))
				continue;
			add_entry(pass, &roots, i);
			break;
		}
	}
	for (uint32_t i = 0; i < roots.count; i++) {
		report_root(pass, &roots.items[i]);
		table_release(&roots.items[i].effects);
	}
	table_release(&roots);
}

const struct rule rule_fake_async = {
    .id = "fake-async",
    .family = "block",
    .since = "0.1",
    .summary = "function that presents itself as async blocks before it returns",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << EFFECT_BLOCKS,
    .check = check,
};
