#include "setter.h"

#include "words.h"

#include <string.h>

static const char *const setter_words[] = {
    "set",         "make",       "enable",  "disable",     "toggle",         "switch", "block", "blocking", "nonblock",
    "nonblocking", "nonblocked", "noblock", "setblocking", "setnonblocking", "async",  "sync",  NULL};
static const char *const maker_words[] = {"new",    "create", "init", "open",  "connect",   "alloc",
					  "accept", "listen", "dial", "start", "reconnect", NULL};

const struct mode *mode_root(const struct derived *derived, const struct mode *mode)
{
	for (int steps = 0; mode->reason == MODE_PASSES && steps < 32; steps++)
		mode = &derived->modes.items[mode->callee_mode];
	return mode;
}

static const struct fact_type *param_type(const struct program *program, const struct node *node, uint32_t number)
{
	const struct fact_param *param = program_param(program, node, number);
	return param && param->type != NONE ? &program_facts(program, node->function.unit)->types[param->type] : NULL;
}

/* Does both: sets and clears, by the parameter. */
static bool sets_both_ways(const struct derived *derived, const struct mode *mode)
{
	bool sets = false, clears = false;
	for (uint32_t i = derived->first_effect[mode->node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind != EFFECT_SETS_NONBLOCKING ||
		    !condition_find(&effect->condition, SUBJECT_PARAM, mode->id))
			continue;
		sets |= !effect->clears;
		clears |= effect->clears;
	}
	return sets && clears;
}

static bool waits(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->certain && (effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS ||
					(effect->kind == EFFECT_BLOCKS && effect->cost > COST_DISK)))
			return true;
	}
	return false;
}

enum mode_api mode_api_of(const struct derived *derived, const struct mode *mode)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[mode->node];
	const struct mode *root = mode_root(derived, mode);
	const struct fact_type *first = param_type(program, node, 0), *own = param_type(program, node, mode->id);
	bool is_setter = root->reason == MODE_STORED || root->reason == MODE_MODELLED || sets_both_ways(derived, mode);
	bool callback = own && own->flags & TYPE_FUNCTION_POINTER;
	if (is_setter && !callback && mode->id > 0 && first && node->param_count <= 3 && !waits(derived, mode->node) &&
	    has_word(node->name, setter_words) && !has_word(node->name, maker_words)) {
		if (node->flags & FUNCTION_STATIC)
			return MODE_API_NONE;
		return first->pointers == 1 ? MODE_API_SETTER : MODE_API_DESCRIPTOR;
	}
	return node->flags & FUNCTION_STATIC ? MODE_API_NONE : MODE_API_OPERATION;
}
