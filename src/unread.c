#include "unread.h"

#include <string.h>

/* Whether the value, or one that it is made of, is what `wanted` is. */
static bool mentions_param(const struct facts *facts, uint32_t value, uint32_t number, int depth)
{
	if (value == NONE || depth > VALUE_DEPTH_LIMIT)
		return false;
	const struct fact_value *fact = &facts->values[value];
	switch ((enum value_kind)fact->kind) {
	case VALUE_PARAM:
		return fact->a == number;
	case VALUE_FIELD:
	case VALUE_POINTEE:
	case VALUE_ADDRESS:
	case VALUE_UNARY:
		return mentions_param(facts, fact->a, number, depth + 1);
	case VALUE_ELEMENT:
	case VALUE_BINARY:
		return mentions_param(facts, fact->a, number, depth + 1) ||
		       mentions_param(facts, fact->b, number, depth + 1);
	case VALUE_CHOICE:
		return mentions_param(facts, fact->a, number, depth + 1) ||
		       mentions_param(facts, fact->b, number, depth + 1) ||
		       mentions_param(facts, fact->c, number, depth + 1);
	default:
		return false; /* a call's arguments are looked at where the call stands */
	}
}

static bool body_uses_param(const struct facts *facts, const struct fact_function *function, uint32_t number)
{
	for (uint32_t s = 0; s < function->scope_count; s++)
		if (mentions_param(facts, facts->scopes[function->first_scope + s].condition, number, 0))
			return true;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (mentions_param(facts, assignment->source, number, 0) ||
		    mentions_param(facts, assignment->target, number, 0))
			return true;
	}
	for (uint32_t c = 0; c < function->call_count; c++) {
		const struct fact_call *call = &facts->calls[function->first_call + c];
		if (mentions_param(facts, call->target, number, 0))
			return true;
		for (uint32_t a = 0; a < call->argument_count; a++)
			if (mentions_param(facts, facts->arguments[call->first_argument + a].value, number, 0))
				return true;
	}
	return false;
}

bool is_param_unread(const struct program *program, uint32_t node, uint32_t number)
{
	const struct node *of = &program->nodes.items[node];
	for (uint32_t b = 0; b < of->body_count; b++) {
		struct ref body = program->bodies.items[of->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		if (body_uses_param(facts, &facts->functions[body.index], number))
			return false;
	}
	return of->body_count > 0;
}

/* Marks the values that are written to as a whole: targets of plain assignments. */
static uint8_t *find_written(const struct facts *facts)
{
	uint8_t *written = table_reserve(NULL, &(uint32_t){0}, 0, facts->values_count, 1);
	for (uint32_t i = 0; i < facts->assignments_count; i++) {
		uint32_t operation = facts->assignments[i].operation;
		if (operation == OPERATOR_ASSIGN || operation == OPERATOR_INITIALISE)
			written[facts->assignments[i].target] = 1;
	}
	return written;
}

bool is_field_unread(const struct program *program, const char *slot)
{
	const char *field = strrchr(slot, ':') + 1;
	size_t record_length = (size_t)(field - slot) - 2;
	bool any = false, read = false;
	for (uint32_t unit = 0; unit < program->unit_count && !read; unit++) {
		const struct facts *facts = program_facts(program, unit);
		uint8_t *written = NULL;
		for (uint32_t v = 0; v < facts->values_count && !read; v++) {
			const struct fact_value *fact = &facts->values[v];
			if (fact->kind != VALUE_FIELD || strcmp(facts_text(facts, fact->b), field) != 0 ||
			    strlen(facts_text(facts, fact->c)) != record_length ||
			    strncmp(facts_text(facts, fact->c), slot, record_length) != 0)
				continue;
			if (!written)
				written = find_written(facts);
			any = true;
			read = !written[v];
		}
		table_free(written);
	}
	return any && !read;
}

bool is_stub(const struct program *program, const struct node *node)
{
	for (uint32_t b = 0; b < node->body_count; b++) {
		struct ref body = program->bodies.items[node->first_body + b];
		const struct facts *facts = program_facts(program, body.unit);
		const struct fact_function *function = &facts->functions[body.index];
		if (function->call_count)
			return false;
		for (uint32_t i = 0; i < function->assignment_count; i++)
			if (facts->values[facts->assignments[function->first_assignment + i].target].kind !=
			    VALUE_RETURN)
				return false;
	}
	return true;
}
