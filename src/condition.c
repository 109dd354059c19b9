#include "condition.h"

#include <string.h>
#include <strings.h>

enum test test_opposite(enum test test)
{
	static const enum test opposites[] = {
	    [TEST_NULL] = TEST_NOT_NULL,
	    [TEST_NOT_NULL] = TEST_NULL,
	    [TEST_ZERO] = TEST_NONZERO,
	    [TEST_NONZERO] = TEST_ZERO,
	    [TEST_EQUAL] = TEST_UNEQUAL,
	    [TEST_UNEQUAL] = TEST_EQUAL,
	    [TEST_HAS] = TEST_LACKS,
	    [TEST_LACKS] = TEST_HAS,
	    [TEST_FIRST_WORD] = TEST_OTHER_WORD,
	    [TEST_OTHER_WORD] = TEST_FIRST_WORD,
	};
	return opposites[test];
}

static bool same_subject(const struct atom *a, const struct atom *b)
{
	return a->subject == b->subject && a->id == b->id;
}

/* What `number` makes of the test. */
static bool holds(enum test test, int64_t against, int64_t number)
{
	switch (test) {
	case TEST_NULL:
	case TEST_ZERO:
		return number == 0;
	case TEST_NOT_NULL:
	case TEST_NONZERO:
		return number != 0;
	case TEST_EQUAL:
		return number == against;
	case TEST_UNEQUAL:
		return number != against;
	case TEST_HAS:
		return (number & against) == against;
	case TEST_LACKS:
		return (number & against) == 0;
	case TEST_FIRST_WORD: /* of a null pointer */
		return false;
	case TEST_OTHER_WORD:
		return true;
	}
	return true;
}

bool atoms_agree(const struct atom *a, const struct atom *b)
{
	if (!same_subject(a, b))
		return true;
	if (a->test == TEST_EQUAL)
		return holds(b->test, b->number, a->number);
	if (b->test == TEST_EQUAL)
		return holds(a->test, a->number, b->number);
	if (a->test == TEST_ZERO || a->test == TEST_NULL)
		return holds(b->test, b->number, 0);
	if (b->test == TEST_ZERO || b->test == TEST_NULL)
		return holds(a->test, a->number, 0);
	return !(a->test == test_opposite(b->test) && a->number == b->number);
}

bool condition_add(struct condition *condition, const struct atom *atom)
{
	for (uint32_t i = 0; i < condition->count; i++) {
		const struct atom *other = &condition->atoms[i];
		if (!atoms_agree(other, atom))
			return false;
		if (same_subject(other, atom) && other->test == atom->test && other->number == atom->number)
			return true;
	}
	if (condition->count < CONDITION_ATOMS) {
		condition->atoms[condition->count++] = *atom;
		return true;
	}
	for (uint32_t i = 0; i < condition->count && atom->test != TEST_NOT_NULL; i++)
		if (condition->atoms[i].test == TEST_NOT_NULL) {
			condition->atoms[i] = *atom;
			break;
		}
	return true;
}

const struct atom *condition_find(const struct condition *condition, enum subject_kind subject, uint32_t id)
{
	for (uint32_t i = 0; i < condition->count; i++)
		if (condition->atoms[i].subject == subject && condition->atoms[i].id == id)
			return &condition->atoms[i];
	return NULL;
}

bool conditions_equal(const struct condition *a, const struct condition *b)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct atom *x = &a->atoms[i], *y = &b->atoms[i];
		if (!same_subject(x, y) || x->test != y->test || x->number != y->number)
			return false;
	}
	return true;
}

uint32_t value_resolve(const struct program *program, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	for (int steps = 0; value != NONE && facts->values[value].kind == VALUE_LOCAL && steps < 8; steps++) {
		const struct local_use *use = &program->units[unit].locals[facts->values[value].a];
		if (use->source == NONE || use->address_passed)
			break;
		value = use->source;
	}
	return value;
}

bool value_constant(const struct program *program, uint32_t unit, uint32_t value, int64_t *number)
{
	value = value_resolve(program, unit, value);
	if (value == NONE)
		return false;
	const struct fact_value *fact = &program_facts(program, unit)->values[value];
	if (fact->kind == VALUE_INTEGER) {
		*number = fact_integer(fact);
		return true;
	}
	*number = 0;
	return fact->kind == VALUE_NULL;
}

uint32_t value_root(const struct program *program, uint32_t unit, uint32_t value)
{
	const struct facts *facts = program_facts(program, unit);
	for (;;) {
		value = value_resolve(program, unit, value);
		if (value == NONE)
			return NONE;
		switch (facts->values[value].kind) {
		case VALUE_FIELD:
		case VALUE_ELEMENT:
		case VALUE_POINTEE:
		case VALUE_ADDRESS:
			value = facts->values[value].a;
			break;
		default:
			return value;
		}
	}
}

bool is_shared_place(const struct facts *a_facts, const struct fact_value *a, const struct facts *b_facts,
		     const struct fact_value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_FIELD)
		return strcmp(facts_text(a_facts, a->b), facts_text(b_facts, b->b)) == 0 &&
		       strcmp(facts_text(a_facts, a->c), facts_text(b_facts, b->c)) == 0;
	return a->kind == VALUE_VARIABLE && strcmp(facts_text(a_facts, a_facts->variables[a->a].identity),
						   facts_text(b_facts, b_facts->variables[b->a].identity)) == 0;
}

uint32_t slot_subject(struct conditions *conditions, uint32_t unit, uint32_t value)
{
	const struct fact_value *fact = &program_facts(conditions->program, unit)->values[value];
	return intern_printf(&conditions->subjects, "%s::%s", program_text(conditions->program, unit, fact->c),
			     program_text(conditions->program, unit, fact->b));
}

static bool is_pointer_type(const struct facts *facts, uint32_t type)
{
	return type != NONE && facts->types[type].pointers > 0;
}

/* A test of truth means null or not for a pointer. */
static enum test typed_test(const struct facts *facts, const struct fact_value *value, enum test test)
{
	bool pointer = is_pointer_type(facts, value->type);
	if (test == TEST_ZERO && pointer)
		return TEST_NULL;
	if (test == TEST_NONZERO && pointer)
		return TEST_NOT_NULL;
	return test;
}

/* x & MASK, tested for truth or against MASK or 0. */
static enum truth test_bits(struct conditions *conditions, uint32_t unit, const struct fact_value *and, enum test test,
			    int64_t number, struct atom *atom)
{
	int64_t mask;
	uint32_t subject = and->a;
	if (!value_constant(conditions->program, unit, and->b, &mask)) {
		if (!value_constant(conditions->program, unit, and->a, &mask))
			return TRUTH_UNKNOWN;
		subject = and->b;
	}
	if (test == TEST_NONZERO || (test == TEST_EQUAL && number == mask) || (test == TEST_UNEQUAL && number == 0))
		test = TEST_HAS;
	else if (test == TEST_ZERO || (test == TEST_EQUAL && number == 0) || (test == TEST_UNEQUAL && number == mask))
		test = TEST_LACKS;
	else
		return TRUTH_UNKNOWN;
	return test_value(conditions, unit, subject, test, mask, atom);
}

static enum truth test_comparison(struct conditions *conditions, uint32_t unit, const struct fact_value *comparison,
				  enum test test, struct atom *atom)
{
	bool wanted = (comparison->c == OPERATOR_EQUAL) == (test == TEST_NONZERO);
	int64_t number;
	uint32_t subject = comparison->a;
	if (!value_constant(conditions->program, unit, comparison->b, &number)) {
		if (!value_constant(conditions->program, unit, comparison->a, &number))
			return TRUTH_UNKNOWN;
		subject = comparison->b;
	}
	if (number == 0)
		return test_value(conditions, unit, subject, wanted ? TEST_ZERO : TEST_NONZERO, 0, atom);
	return test_value(conditions, unit, subject, wanted ? TEST_EQUAL : TEST_UNEQUAL, number, atom);
}

/* Whether the text begins with one of `words`, "A|B", in capitals or not. */
static bool begins_with_word(const char *text, const char *words)
{
	static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	text += strspn(text, " \t\r\n");
	size_t length = strspn(text, letters);
	for (; words; words = strchr(words, '|')) {
		words += *words == '|';
		if (length && strcspn(words, "|") == length && strncasecmp(words, text, length) == 0)
			return true;
	}
	return false;
}

static enum truth make_atom(enum subject_kind subject, uint32_t id, enum test test, int64_t number, struct atom *atom)
{
	*atom = (struct atom){subject, id, test, number};
	return TRUTH_ATOM;
}

enum truth test_value(struct conditions *conditions, uint32_t unit, uint32_t value, enum test test, int64_t number,
		      struct atom *atom)
{
	const struct program *program = conditions->program;
	const struct facts *facts = program_facts(program, unit);
	value = value_resolve(program, unit, value);
	if (value == NONE)
		return TRUTH_UNKNOWN;
	const struct fact_value *fact = &facts->values[value];
	int64_t constant;
	if (value_constant(program, unit, value, &constant))
		return holds(test, number, constant) ? TRUTH_TRUE : TRUTH_FALSE;
	bool of_truth = test == TEST_ZERO || test == TEST_NONZERO;
	switch ((enum value_kind)fact->kind) {
	case VALUE_PARAM:
		return make_atom(SUBJECT_PARAM, fact->a, typed_test(facts, fact, test), number, atom);
	case VALUE_FIELD:
		return make_atom(SUBJECT_SLOT, slot_subject(conditions, unit, value), typed_test(facts, fact, test),
				 number, atom);
	case VALUE_VARIABLE: {
		uint32_t id = intern(&conditions->subjects, facts_text(facts, facts->variables[fact->a].identity));
		return make_atom(SUBJECT_VARIABLE, id, typed_test(facts, fact, test), number, atom);
	}
	case VALUE_STRING:
		if (test == TEST_FIRST_WORD || test == TEST_OTHER_WORD) {
			const char *words = intern_text(&conditions->subjects, (uint32_t)number);
			bool begins = begins_with_word(facts_text(facts, fact->a), words);
			return begins == (test == TEST_FIRST_WORD) ? TRUTH_TRUE : TRUTH_FALSE;
		}
		__attribute__((fallthrough));
	case VALUE_FUNCTION:
	case VALUE_ADDRESS:
		if (test == TEST_NULL || test == TEST_ZERO)
			return TRUTH_FALSE;
		return test == TEST_NOT_NULL || test == TEST_NONZERO ? TRUTH_TRUE : TRUTH_UNKNOWN;
	case VALUE_UNARY:
		if (fact->c == OPERATOR_NOT && of_truth)
			return test_value(conditions, unit, fact->a, test_opposite(test), 0, atom);
		return TRUTH_UNKNOWN;
	case VALUE_BINARY:
		if (fact->c == OPERATOR_AND)
			return test_bits(conditions, unit, fact, test, number, atom);
		if ((fact->c == OPERATOR_EQUAL || fact->c == OPERATOR_UNEQUAL) && of_truth)
			return test_comparison(conditions, unit, fact, test, atom);
		return TRUTH_UNKNOWN;
	case VALUE_CHOICE: { /* c ? 1 : 0 is c */
		int64_t a, b;
		if (!value_constant(program, unit, fact->b, &a) || !value_constant(program, unit, fact->c, &b))
			return TRUTH_UNKNOWN;
		bool first = holds(test, number, a), second = holds(test, number, b);
		if (first == second)
			return first ? TRUTH_TRUE : TRUTH_FALSE;
		enum truth truth = test_value(conditions, unit, fact->a, first ? TEST_NONZERO : TEST_ZERO, 0, atom);
		return truth;
	}
	default:
		return TRUTH_UNKNOWN;
	}
}

bool condition_of_value(struct conditions *conditions, uint32_t unit, uint32_t value, bool when,
			struct condition *condition)
{
	const struct facts *facts = program_facts(conditions->program, unit);
	value = value_resolve(conditions->program, unit, value);
	if (value == NONE)
		return true;
	const struct fact_value *fact = &facts->values[value];
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return condition_of_value(conditions, unit, fact->a, !when, condition);
	if (fact->kind == VALUE_BINARY && fact->c == (when ? OPERATOR_LOGICAL_AND : OPERATOR_LOGICAL_OR))
		return condition_of_value(conditions, unit, fact->a, when, condition) &&
		       condition_of_value(conditions, unit, fact->b, when, condition);
	struct atom atom;
	switch (test_value(conditions, unit, value, when ? TEST_NONZERO : TEST_ZERO, 0, &atom)) {
	case TRUTH_FALSE:
		return false;
	case TRUTH_ATOM:
		return condition_add(condition, &atom);
	default:
		return true;
	}
}

bool condition_of_scope(struct conditions *conditions, uint32_t unit, uint32_t scope, struct condition *condition)
{
	const struct facts *facts = program_facts(conditions->program, unit);
	for (; scope != NONE; scope = facts->scopes[scope].parent) {
		const struct fact_scope *fact = &facts->scopes[scope];
		/* A do loop's body runs before its condition is looked at. */
		if (fact->condition != NONE && fact->kind != SCOPE_DO &&
		    !condition_of_value(conditions, unit, fact->condition, fact->when, condition))
			return false;
	}
	return true;
}

bool condition_at_call(struct conditions *conditions, struct ref call, const struct condition *callee,
		       struct condition *condition, uint32_t *unknown)
{
	for (uint32_t i = 0; i < callee->count; i++) {
		const struct atom *atom = &callee->atoms[i];
		if (atom->subject != SUBJECT_PARAM) {
			if (!condition_add(condition, atom))
				return false;
			continue;
		}
		struct ref argument = program_argument(conditions->program, call, atom->id);
		struct atom mapped;
		switch (test_value(conditions, call.unit, argument.index, atom->test, atom->number, &mapped)) {
		case TRUTH_FALSE:
			return false;
		case TRUTH_ATOM:
			if (!condition_add(condition, &mapped))
				return false;
			break;
		case TRUTH_UNKNOWN:
			++*unknown;
			break;
		case TRUTH_TRUE:
			break;
		}
	}
	return true;
}

static const char *test_text(enum test test)
{
	switch (test) {
	case TEST_NULL:
		return "is null";
	case TEST_NOT_NULL:
		return "is not null";
	case TEST_ZERO:
		return "is false";
	case TEST_NONZERO:
		return "is true";
	case TEST_EQUAL:
		return "is";
	case TEST_UNEQUAL:
		return "is not";
	case TEST_HAS:
		return "has bit";
	case TEST_LACKS:
		return "lacks bit";
	case TEST_FIRST_WORD:
		return "begins with";
	case TEST_OTHER_WORD:
		return "does not begin with";
	}
	return "";
}

const char *atom_text(const struct conditions *conditions, const struct node *node, const struct atom *atom,
		      struct arena *arena)
{
	const char *name = "";
	if (atom->subject == SUBJECT_PARAM) {
		const struct fact_param *param = program_param(conditions->program, node, atom->id);
		name = param ? program_text(conditions->program, node->function.unit, param->name) : "";
	} else {
		name = intern_text(&conditions->subjects, atom->id);
	}
	/* Without the path of what is private to a file: "record@path::field", "variable@path". */
	const char *path = strchr(name, '@'), *field = strstr(name, "::");
	name =
	    path ? arena_printf(arena, "%.*s%s", (int)(path - name), name, field && field > path ? field : "") : name;
	const char *text = arena_printf(arena, "'%s' %s", name, test_text(atom->test));
	if (atom->test == TEST_FIRST_WORD || atom->test == TEST_OTHER_WORD)
		return arena_printf(arena, "%s %s", text, intern_text(&conditions->subjects, (uint32_t)atom->number));
	return atom->test >= TEST_EQUAL ? arena_printf(arena, "%s %lld", text, (long long)atom->number) : text;
}
