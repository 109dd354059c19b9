#include "pass.h"

#include <string.h>

struct field_place {
	uint32_t unit;
	const struct fact_field *field;
	const struct fact_record *record;
};

/* Where the field is declared, or field NULL. */
static struct field_place find_field(const struct program *program, const char *slot)
{
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++) {
			const struct fact_record *record = &facts->records[r];
			const char *identity = facts_text(facts, record->identity);
			size_t length = strlen(identity);
			if (strncmp(slot, identity, length) != 0 || strncmp(slot + length, "::", 2) != 0)
				continue;
			for (uint32_t f = record->first_field; f < record->first_field + record->field_count; f++)
				if (strcmp(facts_text(facts, facts->fields[f].name), slot + length + 2) == 0)
					return (struct field_place){unit, &facts->fields[f], record};
		}
	}
	return (struct field_place){0, NULL, NULL};
}

/* Whether the value tests the slot (or that bit of it), however it is put together with other tests. */
static bool tests_slot(struct pass *pass, uint32_t unit, uint32_t value, const struct mode *mode, int depth)
{
	const struct facts *facts = program_facts(pass->program, unit);
	value = value_resolve(pass->program, unit, value);
	if (value == NONE || depth > 8)
		return false;
	const struct fact_value *fact = &facts->values[value];
	struct atom atom;
	if (test_value(&pass->derived->conditions, unit, value, TEST_NONZERO, 0, &atom) == TRUTH_ATOM)
		return atom.subject == SUBJECT_SLOT && atom.id == mode->id && (!mode->bit || atom.number == mode->bit);
	if (fact->kind == VALUE_UNARY)
		return tests_slot(pass, unit, fact->a, mode, depth + 1);
	return fact->kind == VALUE_BINARY &&
	       (tests_slot(pass, unit, fact->a, mode, depth + 1) || tests_slot(pass, unit, fact->b, mode, depth + 1));
}

/* Lists every function that branches on the field (or on the bit). */
static void add_branches(struct pass *pass, struct finding *finding, const struct mode *mode)
{
	const struct program *program = pass->program;
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		bool found = false;
		for (uint32_t b = 0; b < node->body_count && !found; b++) {
			struct ref body = program->bodies.items[node->first_body + b];
			const struct facts *facts = program_facts(program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			for (uint32_t s = 0; s < function->scope_count && !found; s++) {
				const struct fact_scope *scope = &facts->scopes[function->first_scope + s];
				if (!tests_slot(pass, body.unit, scope->condition, mode, 0))
					continue;
				found = true;
				note(pass, finding, body.unit, &scope->place, n, "'%s' branches on it", node->name);
				if (node->flags & FUNCTION_STATIC)
					find_surface(pass, finding, n);
			}
		}
	}
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *mode = &derived->modes.items[i];
		if (mode->subject != SUBJECT_SLOT)
			continue;
		const char *slot = intern_text(&derived->conditions.subjects, mode->id);
		struct field_place place = find_field(pass->program, slot);
		if (!place.field)
			continue;
		const char *name = program_text(pass->program, place.unit, place.field->name);
		const char *record = program_text(pass->program, place.unit, place.record->name);
		struct finding *finding;
		if (*mode->bit_name)
			finding =
			    report(pass, place.unit, &place.field->place, NONE, name,
				   "bit '%s' of field '%s' makes '%s' blocking or async", mode->bit_name, name, record);
		else
			finding = report(pass, place.unit, &place.field->place, NONE, name,
					 "field '%s' makes '%s' blocking or async", name, record);
		if (mode->effect != NONE)
			note_effect(pass, finding, &derived->effects.items[mode->effect]);
		if (mode->other != NONE)
			note_effect(pass, finding, &derived->effects.items[mode->other]);
		add_branches(pass, finding, mode);
		set_help(pass, finding, "give each behaviour a type of its own");
	}
}

const struct rule rule_mode_flag_field = {
    .id = "mode-flag-field",
    .family = "mode",
    .since = "0.1",
    .summary = "field of an object chooses between blocking and async behaviour",
    .severity = SEVERITY_WARNING,
    .check = check,
};
