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
		    !condition_find(effect->condition, SUBJECT_PARAM, mode->id))
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

static bool is_of_object(const struct effect *effect)
{
	return (effect->origin.kind == ORIGIN_OBJECT || effect->origin.kind == ORIGIN_PARAM) &&
	       effect->origin.number == 0;
}

const struct effect *fixed_setter(const struct derived *derived, uint32_t index)
{
	const struct node *node = &derived->program->nodes.items[index];
	const struct fact_type *first = param_type(derived->program, node, 0);
	const struct effect *found = NULL;
	if (!first || first->pointers != 1 || node->flags & FUNCTION_STATIC || node->model || waits(derived, index) ||
	    !has_word(node->name, setter_words) || has_word(node->name, maker_words))
		return NULL;
	for (uint32_t i = derived->first_effect[index]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		if (effect->kind != EFFECT_SETS_NONBLOCKING)
			continue;
		bool other_way = found && found->clears != effect->clears;
		bool depends = false;
		for (uint32_t a = 0; a < effect->condition->count; a++)
			depends |= effect->condition->atoms[a].subject == SUBJECT_PARAM &&
				   effect->condition->atoms[a].test != TEST_NOT_NULL;
		if (other_way || depends || !effect->certain || !is_of_object(effect))
			return NULL;
		found = effect;
	}
	return found;
}

bool set_same_type(const struct derived *derived, uint32_t node, uint32_t other)
{
	const struct program *program = derived->program;
	const struct node *one = &program->nodes.items[node], *two = &program->nodes.items[other];
	const struct fact_type *of_one = param_type(program, one, 0), *of_two = param_type(program, two, 0);
	const char *record = of_one ? program_text(program, one->function.unit, of_one->record) : "";
	return *record && of_two && strcmp(record, program_text(program, two->function.unit, of_two->record)) == 0;
}
