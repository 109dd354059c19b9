#include "derive.h"
#include "stores.h"
#include "words.h"

#include <string.h>

/* Less than a millisecond, by the unit that the field's name ends in: that gives way to others, and waits for nothing.
 */
static bool is_no_time(const char *field, int64_t number)
{
	static const char *const nanoseconds[] = {"nsec", NULL}, *const microseconds[] = {"usec", NULL};
	return number == 0 || (number < 1000000 && ends_in_word(field, nanoseconds)) ||
	       (number < 1000 && ends_in_word(field, microseconds));
}

/* The argument points to a local record whose fields, as far as the function sets them, are no time at all. */
static bool is_zero_record(struct derived *derived, struct ref call, uint32_t value)
{
	const struct facts *facts = program_facts(derived->program, call.unit);
	uint32_t root = value;
	while (root != NONE && facts->values[root].kind == VALUE_ADDRESS)
		root = facts->values[root].a;
	if (root == NONE || facts->values[root].kind != VALUE_LOCAL)
		return false;
	const struct fact_function *function = &facts->functions[program_call(derived->program, call)->function];
	bool any = false;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		int64_t number;
		if ((target->kind != VALUE_FIELD && target->kind != VALUE_ELEMENT) ||
		    facts->values[target->a].kind != VALUE_LOCAL || facts->values[target->a].a != facts->values[root].a)
			continue;
		if (!value_constant(derived->program, call.unit, assignment->source, &number) ||
		    !is_no_time(target->kind == VALUE_FIELD ? facts_text(facts, target->b) : "", number))
			return false;
		any = true;
	}
	return any;
}

/* What decides whether the assignment is made, besides what decides about the call: true, or the one atom. */
static enum truth test_made(struct derived *derived, struct ref call, const struct fact_assignment *assignment,
			    struct atom *atom)
{
	struct condition made = {0}, around = {0};
	uint32_t own = 0;
	condition_of_scope(&derived->conditions, call.unit, assignment->scope, &made);
	condition_of_scope(&derived->conditions, call.unit, program_call(derived->program, call)->scope, &around);
	for (uint32_t i = 0; i < made.count; i++)
		if (!condition_find(&around, made.atoms[i].subject, made.atoms[i].id)) {
			*atom = made.atoms[i];
			own++;
		}
	return own == 1 ? TRUTH_ATOM : TRUTH_TRUE;
}

/* A test of a field of the record that an argument points to: what the function assigned to it, which its caller may
 * decide. */
static enum truth test_field(struct derived *derived, struct ref call, uint32_t value, const char *field,
			     enum test test, int64_t number, struct atom *atom)
{
	const struct program *program = derived->program;
	const struct facts *facts = program_facts(program, call.unit);
	uint32_t root = value_root(program, call.unit, value);
	if (root == NONE || facts->values[root].kind != VALUE_LOCAL)
		return TRUTH_UNKNOWN;
	const struct fact_function *function = &facts->functions[program_call(program, call)->function];
	enum truth truth = TRUTH_UNKNOWN;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		const struct fact_value *target = &facts->values[assignment->target];
		if (target->kind != VALUE_FIELD || strcmp(facts_text(facts, target->b), field) != 0 ||
		    assignment->source == NONE)
			continue;
		uint32_t base = value_root(program, call.unit, target->a);
		if (base == NONE || facts->values[base].kind != VALUE_LOCAL ||
		    facts->values[base].a != facts->values[root].a)
			continue;
		struct atom one;
		enum truth found = test_value(&derived->conditions, call.unit, assignment->source, test, number, &one);
		if (found == TRUTH_TRUE) /* one assignment that makes it so is enough to say that it can be */
			return test_made(derived, call, assignment, atom);
		if (found == TRUTH_ATOM)
			*atom = one;
		if (found == TRUTH_ATOM || (found == TRUTH_FALSE && truth == TRUTH_UNKNOWN))
			truth = found;
	}
	return truth;
}

static bool makes_nonblocking(const struct program *program, uint32_t unit, uint32_t value)
{
	const struct fact_value *fact = &program_facts(program, unit)->values[value];
	uint32_t callee = fact->kind == VALUE_CALL ? program_callee(program, (struct ref){unit, fact->a}) : NONE;
	const struct model_function *model = callee == NONE ? NULL : program->nodes.items[callee].model;
	for (uint32_t i = 0; model && i < model->effect_count; i++)
		if (model->effects[i].kind == MODEL_SETS_NONBLOCKING && model->effects[i].argument == MODEL_RESULT &&
		    !model->effects[i].inverted)
			return true;
	return false;
}

/* Whatever the program stores in the field was made nonblocking by the call that it comes from. */
static bool is_kept_nonblocking(struct derived *derived, uint32_t unit, uint32_t field)
{
	const struct program *program = derived->program;
	if (field == NONE || program_facts(program, unit)->values[field].kind != VALUE_FIELD)
		return false;
	struct stores stores = stores_of_value(program, unit, &program_facts(program, unit)->values[field]);
	for (uint32_t i = 0; i < stores.count; i++) {
		uint32_t u = stores.items[i].unit,
			 source = program_facts(program, u)->assignments[stores.items[i].index].source;
		int64_t number;
		if (source == NONE ||
		    (!value_constant(program, u, source, &number) && !makes_nonblocking(program, u, source)))
			return false;
	}
	return stores.count > 0;
}

static enum truth test_descriptor(struct derived *derived, const struct model_condition *condition, struct ref call)
{
	enum descriptor_state state = descriptor_before(derived, call, condition->argument);
	if (state == DESCRIPTOR_UNKNOWN &&
	    is_kept_nonblocking(derived, call.unit,
				program_argument(derived->program, call, condition->argument).index))
		state = DESCRIPTOR_NONBLOCKING;
	if (state == DESCRIPTOR_UNKNOWN)
		return TRUTH_UNKNOWN;
	return (state == DESCRIPTOR_BLOCKING) == (condition->kind == CONDITION_BLOCKING) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth test_condition(struct derived *derived, struct ref call, const struct model_condition *condition,
				 struct atom *atom)
{
	static const enum test tests[CONDITION_KINDS] = {
	    [CONDITION_NULL] = TEST_NULL,
	    [CONDITION_NOT_NULL] = TEST_NOT_NULL,
	    [CONDITION_IS] = TEST_EQUAL,
	    [CONDITION_IS_NOT] = TEST_UNEQUAL,
	    [CONDITION_HAS] = TEST_HAS,
	    [CONDITION_LACKS] = TEST_LACKS,
	    [CONDITION_FIRST_WORD] = TEST_FIRST_WORD,
	};
	struct ref argument = program_argument(derived->program, call, condition->argument);
	if (argument.index == NONE)
		return TRUTH_UNKNOWN;
	switch (condition->kind) {
	case CONDITION_BLOCKING:
	case CONDITION_NONBLOCKING:
		return test_descriptor(derived, condition, call);
	case CONDITION_ZERO_TIME:
		return is_zero_record(derived, call, argument.index) ? TRUTH_TRUE : TRUTH_UNKNOWN;
	default:
		break;
	}
	int64_t number = condition->number;
	if (condition->kind == CONDITION_FIRST_WORD)
		number = intern(&derived->conditions.subjects, condition->name);
	enum test test = tests[condition->kind];
	if ((test == TEST_EQUAL || test == TEST_UNEQUAL) && condition->number == 0)
		test = test == TEST_EQUAL ? TEST_ZERO : TEST_NONZERO;
	if (condition->field)
		return test_field(derived, call, argument.index, condition->field, test, number, atom);
	return test_value(&derived->conditions, call.unit, argument.index, test, number, atom);
}

bool model_effect_at(struct derived *derived, struct ref call, const struct model_effect *effect,
		     struct condition *condition, bool *certain)
{
	for (uint32_t i = 0; i < effect->when_count; i++) {
		struct atom atom;
		switch (test_condition(derived, call, &effect->when[i], &atom)) {
		case TRUTH_FALSE:
			return false;
		case TRUTH_ATOM: {
			/* What a field or variable holds is not known, unless a test around the call says so; but a
			   pointer rather is not null. */
			const struct atom *tested = condition_find(condition, atom.subject, atom.id);
			if (atom.subject != SUBJECT_PARAM && atom.test != TEST_NOT_NULL &&
			    !(tested && tested->test == atom.test && tested->number == atom.number))
				*certain = false;
			if (!condition_add(condition, &atom))
				return false;
			break;
		}
		case TRUTH_UNKNOWN:
			*certain = false;
			break;
		case TRUTH_TRUE:
			break;
		}
	}
	for (uint32_t i = 0; i < effect->unless_count; i++) {
		struct atom atom;
		enum truth truth = test_condition(derived, call, &effect->unless[i], &atom);
		if (truth == TRUTH_TRUE)
			return false;
		if (truth == TRUTH_ATOM) {
			atom.test = test_opposite(atom.test);
			if (!condition_add(condition, &atom))
				return false;
		}
	}
	return true;
}

bool model_callback_at(struct derived *derived, const struct model_callback *callback, uint32_t node,
		       const struct held *held)
{
	if (!callback->when_count && !callback->unless_count)
		return true;
	if (!held->is_call || program_callee(derived->program, held->origin) != node)
		return !callback->when_count;
	struct model_effect effect = {.when = callback->when,
				      .when_count = callback->when_count,
				      .unless = callback->unless,
				      .unless_count = callback->unless_count};
	struct condition condition = {0};
	bool certain = true;
	return model_effect_at(derived, held->origin, &effect, &condition, &certain) &&
	       (!callback->when_count || (certain && !condition.count));
}
