#include "async_entry.h"

#include "words.h"

/* Words that promise by themselves. */
static const char *const promise_words[] = {"async",   "asynchronous", "nonblock", "nonblocking",
					    "noblock", "nowait",       "nb",       NULL};
/* They promise nothing where such a word says that the function waits for an operation, ends one, or is a part of how
 * one runs. */
static const char *const other_words[] = {"sync",     "wait",    "join",   "poll",     "drain",   "flush",   "finish",
					  "finished", "end",     "result", "recv",     "free",    "destroy", "close",
					  "cleanup",  "stop",    "cancel", "thread",   "worker",  "main",    "handler",
					  "handle",   "handled", "cb",     "callback", "process", NULL};
/* Of a callback's name or type: it is called once, when the operation has ended. */
static const char *const completion_words[] = {"done",  "complete", "completed", "completion", "finish", "finished",
					       "ready", "reply",    "result",    "response",   "async",  NULL};

static bool is_registered(const struct derived *derived, uint32_t node)
{
	for (uint32_t i = derived->first_role[node]; i != NONE; i = derived->roles.items[i].next) {
		const struct role *role = &derived->roles.items[i];
		if (role->from == NONE && role->edge == NONE && role->kind != ROLE_MAIN)
			return true;
	}
	return false;
}

static bool takes_completion(const struct derived *derived, uint32_t index)
{
	const struct program *program = derived->program;
	const struct node *node = &program->nodes.items[index];
	const struct facts *facts = program_facts(program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(program, node, i);
		if (!param || param->type == NONE || !derived->deferred[node->first_param + i])
			continue;
		const struct fact_type *type = &facts->types[param->type];
		if (type->flags & TYPE_FUNCTION_POINTER &&
		    (has_word(facts_text(facts, param->name), completion_words) ||
		     has_word(facts_text(facts, type->alias), completion_words)))
			return true;
	}
	return false;
}

static bool is_modelled_as_start(const struct node *node)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == MODEL_STARTS_ASYNC && !node->model->effects[i].when_count)
			return true;
	return false;
}

bool is_async_entry(const struct derived *derived, uint32_t index)
{
	const struct node *node = &derived->program->nodes.items[index];
	if (!node->body_count || derived->owner[index] || has_word(node->name, other_words) ||
	    is_registered(derived, index))
		return false;
	return has_word(node->name, promise_words) || takes_completion(derived, index) || is_modelled_as_start(node);
}

const struct effect *effect_below(const struct derived *derived, const struct effect *effect)
{
	if (effect->from != NONE)
		return &derived->effects.items[effect->from];
	if (!is_async_entry(derived, effect->cause))
		return NULL;
	for (uint32_t i = derived->first_effect[effect->cause]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *own = &derived->effects.items[i];
		/* One step of that kind only: the models of two functions that call each other would lead round for
		 * ever. */
		if (own->kind == effect->kind && own->cost == effect->cost && own->certain && !own->by_pointer &&
		    !is_async_entry(derived, own->cause))
			return own;
	}
	return NULL;
}

const struct effect *effect_root(const struct derived *derived, const struct effect *effect)
{
	for (const struct effect *below = effect; below; below = effect_below(derived, effect))
		effect = below;
	return effect;
}
