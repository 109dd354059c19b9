#include "condition.h"

#include <string.h>
#include <strings.h>

/* An entry of conditions.of_scope; 0 where nobody has asked yet. */
#define SCOPE_KNOWN (1u << 31)
#define SCOPE_RUNS (1u << 30)
#define SCOPE_CONDITION (SCOPE_RUNS - 1)

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
	    [TEST_ANY] = TEST_LACKS,
	    [TEST_ONE_OF] = TEST_NONE_OF,
	    [TEST_NONE_OF] = TEST_ONE_OF,
	    [TEST_FIRST_WORD] = TEST_OTHER_WORD,
	    [TEST_OTHER_WORD] = TEST_FIRST_WORD,
	};
	return opposites[test];
}

enum { LISTED_NUMBERS = 64 };

static bool is_listed(int64_t list, int64_t number)
{
	return number >= 0 && number < LISTED_NUMBERS && (uint64_t)list >> number & 1;
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
	case TEST_ANY:
		return (number & against) != 0;
	case TEST_ONE_OF:
		return is_listed(against, number);
	case TEST_NONE_OF:
		return !is_listed(against, number);
	case TEST_FIRST_WORD: /* of a null pointer */
		return false;
	case TEST_OTHER_WORD:
		return true;
	}
	return true;
}

/* The numbers that satisfy the atom, as a TEST_ONE_OF has them; false if they cannot be listed. */
static bool list_of(const struct atom *atom, int64_t *list)
{
	*list = atom->test == TEST_ONE_OF ? atom->number : 0;
	if (atom->test == TEST_ZERO)
		*list = 1;
	else if (atom->test == TEST_EQUAL && atom->number >= 0 && atom->number < LISTED_NUMBERS)
		*list = (int64_t)(UINT64_C(1) << atom->number);
	return *list != 0;
}

static bool holds_for_any(const struct atom *atom, int64_t list)
{
	for (int64_t number = 0; number < LISTED_NUMBERS; number++)
		if (is_listed(list, number) && holds(atom->test, atom->number, number))
			return true;
	return false;
}

bool atoms_agree(const struct atom *a, const struct atom *b)
{
	if (!same_subject(a, b))
		return true;
	if (a->test == TEST_ONE_OF)
		return holds_for_any(b, a->number);
	if (b->test == TEST_ONE_OF)
		return holds_for_any(a, b->number);
	if (a->test == TEST_EQUAL)
		return holds(b->test, b->number, a->number);
	if (b->test == TEST_EQUAL)
		return holds(a->test, a->number, b->number);
	if (a->test == TEST_ZERO || a->test == TEST_NULL)
		return holds(b->test, b->number, 0);
	if (b->test == TEST_ZERO || b->test == TEST_NULL)
		return holds(a->test, a->number, 0);
	return a->number != b->number || (a->test != test_opposite(b->test) && b->test != test_opposite(a->test));
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

void conditions_init(struct conditions *conditions, const struct program *program)
{
	*conditions = (struct conditions){.program = program};
	intern_init(&conditions->subjects);
	intern_init(&conditions->keys); /* the empty string is the key of the empty condition */
	table_add(&conditions->known, arena_alloc(&conditions->arena, sizeof(struct condition)));
	conditions->of_scope = arena_alloc(&conditions->arena, program->unit_count * sizeof(*conditions->of_scope));
}

void conditions_release(struct conditions *conditions)
{
	intern_release(&conditions->subjects);
	intern_release(&conditions->keys);
	table_release(&conditions->known);
	arena_release(&conditions->arena);
}

/* Returns the condition's index in conditions.known. */
static uint32_t intern_condition(struct conditions *conditions, const struct condition *condition)
{
	if (!condition->count)
		return 0;
	/* Packed: an atom itself may have padding, whose bytes say nothing. */
	char key[CONDITION_ATOMS * sizeof(struct atom)];
	size_t length = 0;
	for (uint32_t i = 0; i < condition->count; i++) {
		const struct atom *atom = &condition->atoms[i];
		uint32_t words[] = {atom->subject, atom->id, atom->test};
		memcpy(key + length, words, sizeof(words));
		memcpy(key + length + sizeof(words), &atom->number, sizeof(atom->number));
		length += sizeof(words) + sizeof(atom->number);
	}
	uint32_t id = intern_n(&conditions->keys, key, length);
	if (id == conditions->known.count)
		table_add(&conditions->known, arena_copy(&conditions->arena, condition, 1, sizeof(*condition)));
	return id;
}

const struct condition *condition_intern(struct conditions *conditions, const struct condition *condition)
{
	uint32_t id = intern_condition(conditions, condition); /* may move the items */
	return conditions->known.items[id];
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

uint32_t slot_subject(struct conditions *conditions, uint32_t unit, uint32_t value)
{
	const struct fact_value *fact = &program_facts(conditions->program, unit)->values[value];
	return intern_slot(&conditions->subjects, program_text(conditions->program, unit, fact->c),
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
	bool is_one_bit = (mask & (mask - 1)) == 0;
	if (test == TEST_EQUAL && number == mask)
		test = TEST_HAS;
	else if (test == TEST_NONZERO || (test == TEST_UNEQUAL && number == 0))
		test = is_one_bit ? TEST_HAS : TEST_ANY;
	else if (test == TEST_ZERO || (test == TEST_EQUAL && number == 0) ||
		 (is_one_bit && test == TEST_UNEQUAL && number == mask))
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

/* `a || b` is true, or `a && b` false (`test` says of either operand what it takes): one of a constant decides it, and
 * two tests of one subject for numbers make one. */
static enum truth test_either(struct conditions *conditions, uint32_t unit, const struct fact_value *operation,
			      enum test test, struct atom *atom)
{
	struct atom other;
	enum truth first = test_value(conditions, unit, operation->a, test, 0, atom),
		   second = test_value(conditions, unit, operation->b, test, 0, &other);
	int64_t list, more;
	if (first == TRUTH_TRUE || second == TRUTH_FALSE)
		return first;
	if (second == TRUTH_TRUE)
		return second;
	if (first == TRUTH_FALSE) {
		*atom = other;
		return second;
	}
	if (first != TRUTH_ATOM || second != TRUTH_ATOM || !same_subject(atom, &other) || !list_of(atom, &list) ||
	    !list_of(&other, &more))
		return TRUTH_UNKNOWN;
	atom->test = TEST_ONE_OF;
	atom->number = list | more;
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
		if (fact->c == (test == TEST_NONZERO ? OPERATOR_LOGICAL_OR : OPERATOR_LOGICAL_AND) && of_truth)
			return test_either(conditions, unit, fact, test, atom);
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

static bool walk_scopes(struct conditions *conditions, uint32_t unit, uint32_t scope, struct condition *condition)
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

bool condition_of_scope(struct conditions *conditions, uint32_t unit, uint32_t scope, struct condition *condition)
{
	/* What is already in the condition decides what there is still room for. */
	if (condition->count || scope == NONE)
		return walk_scopes(conditions, unit, scope, condition);
	uint32_t **of_unit = &conditions->of_scope[unit];
	if (!*of_unit)
		*of_unit = arena_alloc(&conditions->arena,
				       program_facts(conditions->program, unit)->scopes_count * sizeof(**of_unit));
	uint32_t *found = &(*of_unit)[scope];
	if (!*found) {
		bool runs = walk_scopes(conditions, unit, scope, condition);
		*found = SCOPE_KNOWN | (runs ? SCOPE_RUNS : 0) | intern_condition(conditions, condition);
		return runs;
	}
	*condition = *conditions->known.items[*found & SCOPE_CONDITION];
	return *found & SCOPE_RUNS;
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
	case TEST_ANY:
		return "has a bit of";
	case TEST_ONE_OF:
		return "is one of";
	case TEST_NONE_OF:
		return "is none of";
	case TEST_FIRST_WORD:
		return "begins with";
	case TEST_OTHER_WORD:
		return "does not begin with";
	}
	return "";
}

/* " 1, 2, 5" */
static const char *list_text(int64_t list, struct arena *arena)
{
	const char *text = "";
	for (int number = 0; number < LISTED_NUMBERS; number++)
		if (is_listed(list, number))
			text = arena_printf(arena, "%s%s %d", text, *text ? "," : "", number);
	return text;
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
	if (atom->test == TEST_ONE_OF || atom->test == TEST_NONE_OF)
		return arena_printf(arena, "%s%s", text, list_text(atom->number, arena));
	return atom->test >= TEST_EQUAL ? arena_printf(arena, "%s %lld", text, (long long)atom->number) : text;
}
