#include "pass.h"

#include <string.h>

/* A scope whose condition tests a slot that is a mode. */
struct branch {
	uint32_t node;
	struct ref scope;
	int64_t number; /* that it is tested against */
	uint32_t next;  /* of the same slot, or NONE */
};

/* By string of conditions.subjects; the branches of a slot are in the order of nodes and scopes. */
struct branches {
	TABLE(struct branch) list;
	id_table first, last;
};

static void add_branch(struct branches *branches, uint32_t slot, struct branch branch)
{
	while (branches->first.count <= slot) {
		table_add(&branches->first, NONE);
		table_add(&branches->last, NONE);
	}
	uint32_t last = branches->last.items[slot];
	branch.next = NONE;
	*(last == NONE ? &branches->first.items[slot] : &branches->list.items[last].next) = branches->list.count;
	branches->last.items[slot] = branches->list.count;
	table_add(&branches->list, branch);
}

/* Adds the slots that the value tests, however it is put together. */
static void add_tests(struct pass *pass, struct branches *branches, struct branch branch, uint32_t value, int depth)
{
	const struct facts *facts = program_facts(pass->program, branch.scope.unit);
	value = value_resolve(pass->program, branch.scope.unit, value);
	if (value == NONE || depth > 8)
		return;
	const struct fact_value *fact = &facts->values[value];
	struct atom atom;
	if (test_value(&pass->derived->conditions, branch.scope.unit, value, TEST_NONZERO, 0, &atom) == TRUTH_ATOM) {
		branch.number = atom.number;
		if (atom.subject == SUBJECT_SLOT && mode_of_slot(pass->derived, atom.id))
			add_branch(branches, atom.id, branch);
		return;
	}
	if (fact->kind == VALUE_UNARY || fact->kind == VALUE_BINARY)
		add_tests(pass, branches, branch, fact->a, depth + 1);
	if (fact->kind == VALUE_BINARY)
		add_tests(pass, branches, branch, fact->b, depth + 1);
}

/* One walk over all scopes, whatever the number of modes. */
static void find_branches(struct pass *pass, struct branches *branches)
{
	const struct program *program = pass->program;
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		for (uint32_t b = 0; b < node->body_count; b++) {
			struct ref body = program->bodies.items[node->first_body + b];
			const struct facts *facts = program_facts(program, body.unit);
			const struct fact_function *function = &facts->functions[body.index];
			for (uint32_t s = 0; s < function->scope_count; s++) {
				uint32_t scope = function->first_scope + s;
				add_tests(pass, branches, (struct branch){.node = n, .scope = {body.unit, scope}},
					  facts->scopes[scope].condition, 0);
			}
		}
	}
}

/* Lists every function that branches on the field (or on the bit). */
static void note_branches(struct pass *pass, struct finding *finding, const struct branches *branches,
			  const struct mode *mode)
{
	uint32_t noted = NONE;
	for (uint32_t i = mode->id < branches->first.count ? branches->first.items[mode->id] : NONE; i != NONE;
	     i = branches->list.items[i].next) {
		const struct branch *branch = &branches->list.items[i];
		const struct node *node = &pass->program->nodes.items[branch->node];
		if (branch->node == noted || (mode->bit && branch->number != mode->bit))
			continue;
		noted = branch->node;
		note(pass, finding, branch->scope.unit,
		     &program_facts(pass->program, branch->scope.unit)->scopes[branch->scope.index].place, noted,
		     "'%s' branches on it", node->name);
		if (node->flags & FUNCTION_STATIC)
			find_surface(pass, finding, noted);
	}
}

static void check(struct pass *pass)
{
	const struct derived *derived = pass->derived;
	struct branches branches = {0};
	find_branches(pass, &branches);
	for (uint32_t i = 0; i < derived->modes.count; i++) {
		const struct mode *mode = &derived->modes.items[i];
		if (mode->subject != SUBJECT_SLOT)
			continue;
		const char *slot = intern_text(&derived->conditions.subjects, mode->id);
		struct field_ref place = program_field(pass->program, slot);
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
		note_branches(pass, finding, &branches, mode);
		set_help(pass, finding, "give each behaviour a type of its own");
	}
	table_release(&branches.list);
	table_release(&branches.first);
	table_release(&branches.last);
}

const struct rule rule_mode_flag_field = {
    .id = "mode-flag-field",
    .family = "mode",
    .since = "0.1",
    .summary = "field of an object chooses between blocking and async behaviour",
    .severity = SEVERITY_WARNING,
    .check = check,
};
