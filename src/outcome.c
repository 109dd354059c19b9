#include "outcome.h"

#include "condition.h"

/* The result of a call, and the place that it was put in. */
struct outcome {
	const struct facts *facts;
	uint32_t call;
	const struct fact_value *place; /* or NULL */
	bool pointer;                   /* success is not null; else 0 */
	bool known;                     /* what success looks like */
};

enum mention { MENTION_NONE, MENTION_RESULT, MENTION_OTHER /* in a way that is not understood */ };

static bool is_result(const struct outcome *outcome, uint32_t value)
{
	const struct fact_value *fact = &outcome->facts->values[value];
	if (fact->kind == VALUE_CALL)
		return fact->a == outcome->call;
	const struct fact_value *place = outcome->place;
	if (!place || fact->kind != place->kind)
		return false;
	if (fact->kind == VALUE_FIELD)
		return fact->b == place->b && fact->c == place->c;
	return fact->kind == VALUE_LOCAL && fact->a == place->a;
}

static bool mentions_result(const struct outcome *outcome, uint32_t value)
{
	if (value == NONE)
		return false;
	const struct fact_value *fact = &outcome->facts->values[value];
	if (is_result(outcome, value))
		return true;
	switch ((enum value_kind)fact->kind) {
	case VALUE_UNARY:
		return mentions_result(outcome, fact->a);
	case VALUE_BINARY:
		return mentions_result(outcome, fact->a) || mentions_result(outcome, fact->b);
	default:
		return false;
	}
}

static bool is_constant(const struct facts *facts, uint32_t value, int64_t *number)
{
	const struct fact_value *fact = &facts->values[value];
	*number = fact->kind == VALUE_INTEGER ? fact_integer(fact) : 0;
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NEGATE && facts->values[fact->a].kind == VALUE_INTEGER)
		*number = -fact_integer(&facts->values[fact->a]);
	else if (fact->kind != VALUE_INTEGER && fact->kind != VALUE_NULL)
		return false;
	return true;
}

static enum truth compare(enum fact_operator operation, int64_t a, int64_t b)
{
	switch (operation) {
	case OPERATOR_EQUAL:
		return a == b ? TRUTH_TRUE : TRUTH_FALSE;
	case OPERATOR_UNEQUAL:
		return a != b ? TRUTH_TRUE : TRUTH_FALSE;
	case OPERATOR_LESS:
		return a < b ? TRUTH_TRUE : TRUTH_FALSE;
	case OPERATOR_LESS_EQUAL:
		return a <= b ? TRUTH_TRUE : TRUTH_FALSE;
	case OPERATOR_GREATER:
		return a > b ? TRUTH_TRUE : TRUTH_FALSE;
	case OPERATOR_GREATER_EQUAL:
		return a >= b ? TRUTH_TRUE : TRUTH_FALSE;
	default:
		return TRUTH_UNKNOWN;
	}
}

static enum truth opposite(enum truth truth)
{
	return truth == TRUTH_TRUE ? TRUTH_FALSE : truth == TRUTH_FALSE ? TRUTH_TRUE : truth;
}

/* What the condition comes to if the call succeeds. */
static enum truth on_success(const struct outcome *outcome, uint32_t value)
{
	const struct fact_value *fact = &outcome->facts->values[value];
	int64_t number;
	if (!outcome->known)
		return TRUTH_UNKNOWN;
	if (is_result(outcome, value))
		return outcome->pointer ? TRUTH_TRUE : TRUTH_FALSE;
	if (fact->kind == VALUE_UNARY && fact->c == OPERATOR_NOT)
		return opposite(on_success(outcome, fact->a));
	if (fact->kind != VALUE_BINARY)
		return TRUTH_UNKNOWN;
	if (fact->c == OPERATOR_LOGICAL_AND || fact->c == OPERATOR_LOGICAL_OR) {
		enum truth decides = fact->c == OPERATOR_LOGICAL_OR ? TRUTH_TRUE : TRUTH_FALSE;
		enum truth a = on_success(outcome, fact->a), b = on_success(outcome, fact->b);
		return a == decides || b == decides ? decides : a == b ? a : TRUTH_UNKNOWN;
	}
	if (is_result(outcome, fact->a) && is_constant(outcome->facts, fact->b, &number))
		return outcome->pointer && number != 0 ? TRUTH_UNKNOWN
						       : compare(fact->c, outcome->pointer ? 1 : 0, number);
	if (is_result(outcome, fact->b) && is_constant(outcome->facts, fact->a, &number))
		return outcome->pointer && number != 0 ? TRUTH_UNKNOWN
						       : compare(fact->c, number, outcome->pointer ? 1 : 0);
	return TRUTH_UNKNOWN;
}

/* The place holds another result when the scope is come to. */
static bool is_overwritten(const struct facts *facts, const struct fact_function *function,
			   const struct outcome *outcome, const struct fact_scope *scope)
{
	uint32_t after = facts->calls[outcome->call].order, own = NONE;
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (assignment->order < after || assignment->order >= scope->order ||
		    !is_result(outcome, assignment->target))
			continue;
		if (own == NONE) {
			own = i;
			continue;
		}
		struct moment other = {0, 0, assignment->scope, assignment->order},
			      test = {0, 0, scope->parent, scope->order};
		if (comes_always_before(facts, &other, &test))
			return true;
	}
	return false;
}

static struct outcome outcome_of(const struct program *program, struct ref call)
{
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_call *fact = &facts->calls[call.index];
	const struct fact_function *function = &facts->functions[fact->function];
	uint32_t callee = program_callee(program, call);
	struct outcome outcome = {.facts = facts, .call = call.index};
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (assignment->source != NONE && facts->values[assignment->source].kind == VALUE_CALL &&
		    facts->values[assignment->source].a == call.index)
			outcome.place = &facts->values[assignment->target];
	}
	if (callee == NONE)
		return outcome;
	const struct node *node = &program->nodes.items[callee];
	uint32_t type = program_function(program, node)->return_type;
	if (type == NONE)
		return outcome;
	const struct fact_type *returned = &program_facts(program, node->function.unit)->types[type];
	outcome.pointer = returned->pointers > 0;
	outcome.known = outcome.pointer || (node->model && !(returned->flags & TYPE_BOOL));
	return outcome;
}

bool may_have_failed(const struct program *program, struct ref call, const struct moment *moment)
{
	const struct facts *facts = program_facts(program, call.unit);
	const struct fact_function *function = &facts->functions[moment->function];
	struct outcome outcome = outcome_of(program, call);
	for (uint32_t scope = moment->scope; scope != NONE; scope = facts->scopes[scope].parent) {
		const struct fact_scope *fact = &facts->scopes[scope];
		struct outcome tested = outcome;
		if (tested.place && is_overwritten(facts, function, &outcome, fact))
			tested.place = NULL;
		if (fact->condition == NONE || fact->order < facts->calls[call.index].order ||
		    !mentions_result(&tested, fact->condition))
			continue;
		enum truth truth = on_success(&tested, fact->condition);
		if (truth == TRUTH_UNKNOWN || (truth == TRUTH_TRUE) != (fact->when != 0))
			return true;
	}
	return false;
}
