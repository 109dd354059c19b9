#include "cancel.h"

#include "words.h"

static const char *const cancel_words[] = {"cancel",     "abort",       "del",    "remove",
					   "unregister", "unsubscribe", "disarm", NULL};

/* The record that a pointer of that type points to, or "". */
static const char *pointed_record(const struct facts *facts, uint32_t type)
{
	return type != NONE && facts->types[type].pointers ? facts_text(facts, facts->types[type].record) : "";
}

static const char *param_record(const struct program *program, const struct node *node, uint32_t number)
{
	const struct fact_param *param = program_param(program, node, number);
	return param ? pointed_record(program_facts(program, node->function.unit), param->type) : "";
}

void find_cancellable(const struct program *program, struct intern *records)
{
	intern_init(records);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		const char *last = "";
		if (node->flags & FUNCTION_STATIC || !has_word(node->name, cancel_words))
			continue;
		for (uint32_t i = 0; i < node->param_count; i++) {
			const char *record = param_record(program, node, i);
			last = *record ? record : last;
		}
		const struct model_type *model = models_type(program->models, last);
		if (!model || !model->loop)
			intern(records, last);
	}
}

bool can_be_cancelled(const struct program *program, uint32_t index, const struct intern *records, const char **by)
{
	const struct node *node = &program->nodes.items[index];
	for (uint32_t i = 0; i <= node->param_count; i++) {
		const char *record = i < node->param_count
					 ? param_record(program, node, i)
					 : pointed_record(program_facts(program, node->function.unit),
							  program_function(program, node)->return_type);
		if (*record && (intern_find(records, record) != UINT32_MAX || contains(record, "cancel"))) {
			*by = record;
			return true;
		}
	}
	return false;
}
