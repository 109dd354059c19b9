#include "modelled.h"

#include <string.h>

const struct model_effect *modelled_effect(const struct node *node, enum model_effect_kind kind)
{
	for (uint32_t i = 0; node->model && i < node->model->effect_count; i++)
		if (node->model->effects[i].kind == kind)
			return &node->model->effects[i];
	return NULL;
}

const struct model_effect *modelled_effect_at(const struct program *program, struct ref call,
					      enum model_effect_kind kind)
{
	uint32_t callee = program_callee(program, call);
	return callee == NONE ? NULL : modelled_effect(&program->nodes.items[callee], kind);
}

/* By the name of a record; one of a main file is called "name@path". */
static const struct model_type *type_of_record(const struct program *program, const char *record)
{
	char bare[256];
	size_t length = strcspn(record, "@");
	if (length >= sizeof(bare))
		return NULL;
	memcpy(bare, record, length);
	bare[length] = '\0';
	return models_type(program->models, bare);
}

const struct model_type *modelled_type(const struct program *program, const struct facts *facts, uint32_t type)
{
	if (type == NONE)
		return NULL;
	const struct model_type *model = models_type(program->models, facts_text(facts, facts->types[type].alias));
	return model ? model : type_of_record(program, facts_text(facts, facts->types[type].record));
}

const struct model_type *modelled_param(const struct program *program, const struct node *node, uint32_t number)
{
	const struct fact_param *param = program_param(program, node, number);
	return param ? modelled_type(program, program_facts(program, node->function.unit), param->type) : NULL;
}
