#include "async_entry.h"
#include "pass.h"

#include <string.h>

/* What an entry's blocking comes down to: entries that share it are one finding. */
struct root {
	uint32_t node, cause;
	id_table effects; /* of the entries */
};

typedef TABLE(struct root) root_table;

/* What the atom is about chooses between blocking and async: another rule's business, and no sure thing. */
static bool is_choice(const struct pass *pass, uint32_t node, const struct atom *atom)
{
	if (atom->test == TEST_HAS || atom->test == TEST_LACKS || atom->subject == SUBJECT_VARIABLE)
		return true;
	if (atom->subject == SUBJECT_SLOT)
		return mode_of_slot(pass->derived, atom->id) != NULL;
	return atom->test == TEST_NULL || mode_of_param(pass->derived, node, atom->id);
}

/* The call leaves open what the callee's waiting depends on. */
static bool leaves_choice_open(struct pass *pass, struct ref call, const struct effect *callee)
{
	for (uint32_t i = 0; i < callee->condition.count; i++) {
		const struct atom *atom = &callee->condition.atoms[i];
		struct atom mapped;
		if (atom->subject != SUBJECT_PARAM || !is_choice(pass, callee->node, atom))
			continue;
		struct ref argument = program_argument(pass->program, call, atom->id);
		if (test_value(&pass->derived->conditions, argument.unit, argument.index, atom->test, atom->number, &mapped) == TRUTH_UNKNOWN)
			return true;
	}
	return false;
}

/* It waits for whoever takes the ordinary way through it. */
static bool is_definite(struct pass *pass, const struct effect *effect)
{
	for (uint32_t i = 0; i < effect->condition.count; i++)
		if (is_choice(pass, effect->node, &effect->condition.atoms[i]))
			return false;
	for (; effect->from != NONE; effect = &pass->derived->effects.items[effect->from])
		if (leaves_choice_open(pass, effect->call, &pass->derived->effects.items[effect->from]))
			return false;
	return true;
}

static bool forks(const struct program *program, uint32_t index, int depth)
{
	const struct node *node = &program->nodes.items[index];
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_FORKS)
			return true;
	for (uint32_t e = node->first_out; depth > 0 && e < node->first_out + node->out_count; e++)
		if (program->edges.items[e].kind == EDGE_CALL && forks(program, program->edges.items[e].to, depth - 1))
			return true;
	return false;
}

/* Who has just forked collects a child that ends at once: the one in the middle of a double fork, or one that could not exec. */
static bool collects_own_child(const struct pass *pass, const struct effect *effect)
{
	enum { NEAR = 3 }; /* calls between the function that waits and the one that forks */
	for (; effect && effect->cost == COST_PROCESS; effect = effect_below(pass->derived, effect))
		if (forks(pass->program, effect->node, NEAR))
			return true;
	return false;
}

/* Who ends the program returns to nobody. */
static bool is_about_to_die(const struct pass *pass, const struct effect *effect)
{
	for (; effect; effect = effect_below(pass->derived, effect))
		if (pass->program->nodes.items[effect->node].flags & FUNCTION_NORETURN)
			return true;
	return false;
}

/* Conditions and readiness are waited for in hand-shakes and asked for with no time to wait: that it takes long is never sure. */
static bool surely_waits(struct pass *pass, const struct effect *effect)
{
	return effect->kind == EFFECT_BLOCKS && effect->certain && !effect->by_pointer && pass->costs >> effect->cost & 1 &&
	       effect->cost != COST_WAIT && is_definite(pass, effect) && !collects_own_child(pass, effect) && !is_about_to_die(pass, effect);
}

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
		note_call(pass, finding, effect->call, "'%s' calls '%s'", nodes[effect->node].name, nodes[below->node].name);
	}
	note_call(pass, finding, root->call, "'%s' %s", nodes[root->cause].name, root->because);
}

static void report_root(struct pass *pass, const struct root *root)
{
	const struct program *program = pass->program;
	const struct effect *effect = best_entry(pass, root);
	const struct effect *bottom = effect_root(pass->derived, effect);
	const char *entry = program->nodes.items[effect->node].name, *cause = program->nodes.items[bottom->cause].name;
	struct finding *finding = report_call(pass, bottom->call, cause, "'%s' presents itself as async, but '%s' %s before it returns",
					      entry, cause, bottom->because);
	note_way(pass, finding, effect, bottom);
	for (uint32_t i = 0; i < root->effects.count; i++)
		add_surface(pass, finding, pass->derived->effects.items[root->effects.items[i]].node);
	const char *twin = async_twin(pass, cause);
	if (twin)
		set_help(pass, finding, "use '%s', or do the blocking part on a worker thread", twin);
	else
		set_help(pass, finding, "do the blocking part on a worker thread, or let the caller do it before the operation starts");
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	root_table roots = {0};
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		if (!is_async_entry(derived, n) || is_test_file(pass->program->nodes.items[n].file))
			continue;
		for (uint32_t i = derived->first_effect[n]; i != NONE; i = derived->effects.items[i].next) {
			if (!surely_waits(pass, &derived->effects.items[i]))
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
	.check = check,
};
