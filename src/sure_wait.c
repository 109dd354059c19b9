#include "sure_wait.h"

#include "async_entry.h"

/* What the atom is about chooses between blocking and async: another rule's business, and no sure thing. */
static bool is_choice(const struct derived *derived, uint32_t node, const struct atom *atom)
{
	if (atom->test == TEST_HAS || atom->test == TEST_LACKS || atom->test == TEST_ANY ||
	    atom->subject == SUBJECT_VARIABLE)
		return true;
	if (atom->subject == SUBJECT_SLOT)
		return mode_of_slot(derived, atom->id) != NULL;
	return atom->test == TEST_NULL || mode_of_param(derived, node, atom->id);
}

/* The call leaves open what the callee's waiting depends on. */
static bool leaves_choice_open(struct derived *derived, struct ref call, const struct effect *callee)
{
	for (uint32_t i = 0; i < callee->condition->count; i++) {
		const struct atom *atom = &callee->condition->atoms[i];
		struct atom mapped;
		if (atom->subject != SUBJECT_PARAM || !is_choice(derived, callee->node, atom))
			continue;
		struct ref argument = program_argument(derived->program, call, atom->id);
		if (test_value(&derived->conditions, argument.unit, argument.index, atom->test, atom->number,
			       &mapped) == TRUTH_UNKNOWN)
			return true;
	}
	return false;
}

/* It waits for whoever takes the ordinary way through it. */
static bool is_definite(struct derived *derived, const struct effect *effect)
{
	for (uint32_t i = 0; i < effect->condition->count; i++)
		if (is_choice(derived, effect->node, &effect->condition->atoms[i]))
			return false;
	for (; effect->from != NONE; effect = &derived->effects.items[effect->from])
		if (leaves_choice_open(derived, effect->call, &derived->effects.items[effect->from]))
			return false;
	return true;
}

/* The model of the function that waits says that it does, but its body, which is here too, says that its object
 * decides. */
static bool object_decides(const struct derived *derived, const struct effect *root)
{
	for (uint32_t i = derived->first_effect[root->cause]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *own = &derived->effects.items[i];
		for (uint32_t a = 0; a < own->condition->count; a++) {
			const struct atom *atom = &own->condition->atoms[a];
			if ((own->kind == EFFECT_BLOCKS || own->kind == EFFECT_WAITS) &&
			    atom->subject == SUBJECT_SLOT && mode_of_slot(derived, atom->id))
				return true;
		}
	}
	return false;
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

/* Who has just forked collects a child that ends at once: the one in the middle of a double fork, or one that could not
 * exec. */
static bool collects_own_child(const struct derived *derived, const struct effect *effect)
{
	enum { NEAR = 3 }; /* calls between the function that waits and the one that forks */
	for (; effect && effect->cost == COST_PROCESS; effect = effect_below(derived, effect))
		if (forks(derived->program, effect->node, NEAR))
			return true;
	return false;
}

bool is_sure_wait(struct derived *derived, const struct effect *effect)
{
	return effect->kind == EFFECT_BLOCKS && effect->certain && !effect->by_pointer && effect->cost != COST_WAIT &&
	       is_definite(derived, effect) && !object_decides(derived, effect_root(derived, effect)) &&
	       !collects_own_child(derived, effect);
}
