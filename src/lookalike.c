#include "lookalike.h"

#include "words.h"

#include <string.h>

static bool same_fields(const struct facts *facts, const struct fact_record *a, const struct fact_record *b)
{
	/* One field by itself looks like any other. */
	if (a->field_count != b->field_count || a->field_count < 2)
		return false;
	for (uint32_t i = 0; i < a->field_count; i++) {
		const struct fact_field *x = &facts->fields[a->first_field + i];
		const struct fact_field *y = &facts->fields[b->first_field + i];
		if (strcmp(facts_text(facts, x->name), facts_text(facts, y->name)) != 0)
			return false;
	}
	return true;
}

static const char *slot_text(const struct program *program, uint32_t slot)
{
	return intern_text(&program->slots, program->holders.items[slot].owner);
}

uint32_t lookalike_slot(const struct program *program, uint32_t slot)
{
	struct field_ref field = program_field(program, slot_text(program, slot));
	if (!field.field || field.record->flags & RECORD_SYSTEM)
		return NONE;
	const struct facts *facts = program_facts(program, field.unit);
	for (uint32_t r = 0; r < facts->records_count; r++) {
		const struct fact_record *other = &facts->records[r];
		if (other == field.record || other->place.file != field.record->place.file ||
		    !same_fields(facts, field.record, other))
			continue;
		struct arena scratch = {0};
		uint32_t found =
		    program_slot(program, arena_printf(&scratch, "%s::%s", facts_text(facts, other->identity),
						       facts_text(facts, field.field->name)));
		arena_release(&scratch);
		if (found != NONE && program->holders.items[found].held.count)
			return found;
	}
	return NONE;
}

/* Length of a type's text without spaces around it and without what its own value is qualified with: `T *const`. */
static size_t bare_length(const char **text, size_t length)
{
	static const char *const qualifiers[] = {"const", "restrict", "volatile", NULL};
	while (length && **text == ' ') {
		++*text;
		length--;
	}
	for (bool cut = true; cut;) {
		cut = false;
		while (length && (*text)[length - 1] == ' ')
			length--;
		for (const char *const *each = qualifiers; *each; each++) {
			size_t size = strlen(*each);
			if (length > size && strncmp(*text + length - size, *each, size) == 0 &&
			    strchr(" *", (*text)[length - size - 1])) {
				length -= size;
				cut = true;
			}
		}
	}
	return length;
}

static bool same_type(const char *a, size_t a_length, const char *b, size_t b_length)
{
	a_length = bare_length(&a, a_length);
	b_length = bare_length(&b, b_length);
	return a_length == b_length && strncmp(a, b, a_length) == 0;
}

static bool has_params_of(const struct program *program, uint32_t slot, const struct node *function)
{
	struct field_ref field = program_field(program, slot_text(program, slot));
	if (!field.field || field.field->type == NONE)
		return false;
	const struct facts *facts = program_facts(program, field.unit);
	const char *at = facts_text(facts, facts->types[field.field->type].spelling);
	at = strstr(at, "(*");
	at = at ? strstr(at, ")(") : NULL;
	if (!at)
		return false;
	at += 2;
	const struct facts *own = program_facts(program, function->function.unit);
	for (uint32_t i = 0; i < function->param_count; i++) {
		const struct fact_param *param = program_param(program, function, i);
		size_t length = strcspn(at, ",)");
		if (!param || param->type == NONE || !*at)
			return false;
		const char *written = facts_text(own, own->types[param->type].spelling);
		if (!same_type(at, length, written, strlen(written)))
			return false;
		at += length;
		if (*at == ',')
			at++;
	}
	return function->param_count > 0 && strcmp(at, ")") == 0;
}

static bool is_for_start_up(const struct program *program, const struct held *held)
{
	static const char *const words[] = {"init",      "setup",   "start",    "startup",
					    "configure", "default", "defaults", NULL};
	if (held->is_call)
		return false;
	const struct facts *facts = program_facts(program, held->origin.unit);
	const struct fact_value *target = &facts->values[facts->assignments[held->origin.index].target];
	return target->kind == VALUE_FIELD && has_word(facts_text(facts, target->b), words);
}

bool lookalike_fits(const struct program *program, uint32_t slot, const struct held *held)
{
	return !is_for_start_up(program, held) && has_params_of(program, slot, &program->nodes.items[held->function]);
}
