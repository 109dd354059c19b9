#include "pass.h"
#include "transports.h"
#include "words.h"

#include <string.h>

/* In a union an integer of such a name is a plain descriptor: the sync alternative. */
static const char *const descriptor_words[] = {"fd", "sock", "socket", "sockfd", "descriptor", NULL};

static enum transport transport_of_field(const struct derived *derived, uint32_t unit, const struct fact_record *record,
					 const struct fact_field *field)
{
	const struct facts *facts = program_facts(derived->program, unit);
	/* An unnamed struct in it has the record's own identity: it is a part of it, like a link to the next of its
	 * kind. */
	if (field->type == NONE || facts->types[field->type].record == record->identity)
		return TRANSPORT_NONE;
	if (field->flags & FIELD_IN_UNION && facts->types[field->type].flags & TYPE_INTEGER &&
	    has_word(facts_text(facts, field->name), descriptor_words))
		return TRANSPORT_SYNC;
	return facts->types[field->type].pointers > 1 ? TRANSPORT_NONE : transport_of_type(derived, unit, field->type);
}

static bool is_field(const struct facts *facts, const struct fact_value *value, const char *record, const char *field)
{
	return value->kind == VALUE_FIELD && strcmp(facts_text(facts, value->b), field) == 0 &&
	       strcmp(facts_text(facts, value->c), record) == 0;
}

/* Whether an argument of the call comes out of the field. */
static bool uses_field(const struct program *program, struct ref call, const char *record, const char *field)
{
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = program_call(program, call);
	for (uint32_t a = 0; a < fact->argument_count; a++) {
		uint32_t value = program_argument(program, call, a).index;
		while (value != NONE) {
			value = value_resolve(program, call.unit, value);
			const struct fact_value *at = value == NONE ? NULL : &facts->values[value];
			if (!at)
				break;
			if (is_field(facts, at, record, field))
				return true;
			bool inner = at->kind == VALUE_FIELD || at->kind == VALUE_ADDRESS ||
				     at->kind == VALUE_ELEMENT || at->kind == VALUE_POINTEE;
			value = inner ? at->a : NONE;
		}
	}
	return false;
}

/* A function that uses one field where a condition holds and the other where it does not; the call on the sync side is
 * left in *where. */
static bool are_alternatives_in(struct pass *pass, struct ref body, const char *record, const char *sync,
				const char *async, struct ref *where)
{
	const struct program *program = pass->program;
	const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
	for (uint32_t i = 0; i < function->call_count; i++) {
		struct ref one = {body.unit, function->first_call + i};
		struct condition condition = {0};
		if (!uses_field(program, one, record, sync) ||
		    !condition_of_scope(&pass->derived->conditions, body.unit, program_call(program, one)->scope,
					&condition))
			continue;
		for (uint32_t j = 0; j < function->call_count && condition.count; j++) {
			struct ref other = {body.unit, function->first_call + j};
			struct condition opposite = {0};
			if (!uses_field(program, other, record, async) ||
			    !condition_of_scope(&pass->derived->conditions, body.unit,
						program_call(program, other)->scope, &opposite))
				continue;
			for (uint32_t a = 0; a < condition.count; a++) {
				const struct atom *atom =
				    condition_find(&opposite, condition.atoms[a].subject, condition.atoms[a].id);
				if (atom && !atoms_agree(atom, &condition.atoms[a])) {
					*where = one;
					return true;
				}
			}
		}
	}
	return false;
}

static bool are_alternatives(struct pass *pass, const char *record, const char *sync, const char *async,
			     struct ref *where)
{
	for (uint32_t b = 0; b < pass->program->bodies.count; b++)
		if (are_alternatives_in(pass, pass->program->bodies.items[b], record, sync, async, where))
			return true;
	return false;
}

static void check_record(struct pass *pass, uint32_t unit, const struct fact_record *record)
{
	const struct facts *facts = program_facts(pass->program, unit);
	const struct fact_field *fields = &facts->fields[record->first_field];
	const char *identity = facts_text(facts, record->identity), *name = facts_text(facts, record->name);
	for (uint32_t s = 0; s < record->field_count; s++) {
		if (transport_of_field(pass->derived, unit, record, &fields[s]) != TRANSPORT_SYNC)
			continue;
		for (uint32_t a = 0; a < record->field_count; a++) {
			if (transport_of_field(pass->derived, unit, record, &fields[a]) != TRANSPORT_ASYNC)
				continue;
			const char *sync = facts_text(facts, fields[s].name),
				   *async = facts_text(facts, fields[a].name);
			struct ref where = {0, NONE};
			bool is_descriptor =
			    fields[s].type != NONE && facts->types[fields[s].type].flags & TYPE_INTEGER;
			bool in_union = fields[s].flags & fields[a].flags & FIELD_IN_UNION && !is_descriptor;
			if (!in_union && !are_alternatives(pass, identity, sync, async, &where))
				continue;
			struct finding *finding =
			    report(pass, unit, &record->place, NONE, name,
				   "'%s' carries a sync transport '%s' and an async one '%s' as alternatives", name,
				   sync, async);
			note(pass, finding, unit, &fields[s].place, NONE, "'%s' is the sync one", sync);
			note(pass, finding, unit, &fields[a].place, NONE, "'%s' is the async one", async);
			if (where.index != NONE)
				note_call(pass, finding, where, "which of them is used is chosen here");
			set_help(pass, finding, "make two types, each with its own transport");
			return;
		}
	}
}

/* A header's record is in many units: look at the one that program_record() finds. */
static void check(struct pass *pass)
{
	for (uint32_t unit = 0; unit < pass->program->unit_count; unit++) {
		const struct facts *facts = program_facts(pass->program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++) {
			const struct fact_record *record = &facts->records[r];
			if (record->flags & (RECORD_ENUM | RECORD_SYSTEM))
				continue;
			if (program_record(pass->program, facts_text(facts, record->identity)).record == record)
				check_record(pass, unit, record);
		}
	}
}

const struct rule rule_transport_mixed_struct = {
    .id = "transport-mixed-struct",
    .family = "transport",
    .since = "0.1",
    .summary = "one struct carries a sync and an async transport as alternatives",
    .severity = SEVERITY_WARNING,
    .check = check,
};
