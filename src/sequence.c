#include "sequence.h"

struct moment moment_of_call(const struct program *program, struct ref call)
{
	const struct fact_call *fact = program_call(program, call);
	return (struct moment){call.unit, fact->function, fact->scope, fact->order};
}

static bool is_loop(const struct fact_scope *scope)
{
	return scope->kind == SCOPE_WHILE || scope->kind == SCOPE_DO || scope->kind == SCOPE_FOR;
}

static bool is_in(const struct facts *facts, uint32_t scope, uint32_t outer)
{
	while (scope != NONE && scope != outer)
		scope = facts->scopes[scope].parent;
	return scope == outer;
}

/* The loop, or case of a switch, that a break (or continue) in the scope leaves. */
static uint32_t left_by_break(const struct facts *facts, uint32_t scope, bool by_continue)
{
	for (; scope != NONE; scope = facts->scopes[scope].parent)
		if (is_loop(&facts->scopes[scope]) || (!by_continue && facts->scopes[scope].kind == SCOPE_CASE))
			break;
	return scope;
}

/* Whether who runs to the end of `scope` comes out in `outer`, where `later` is. */
static bool comes_out(const struct facts *facts, uint32_t scope, uint32_t outer, uint32_t later)
{
	while (scope != outer) {
		const struct fact_scope *fact = &facts->scopes[scope];
		uint32_t parent = fact->parent;
		if (fact->flags & SCOPE_LEAVES) {
			if (fact->flags & (SCOPE_RETURNS | SCOPE_GOES) ||
			    !(fact->flags & (SCOPE_BREAKS | SCOPE_CONTINUES)))
				return false;
			uint32_t left = left_by_break(facts, scope, !(fact->flags & SCOPE_BREAKS));
			if (left == NONE || is_in(facts, later, left) || !is_in(facts, left, outer) || left == outer)
				return false;
			parent = facts->scopes[left].parent;
		}
		scope = parent;
	}
	return true;
}

/* The innermost scope around both, and those directly in it that lead to either (NONE: none does). */
static uint32_t common_scope(const struct facts *facts, uint32_t a, uint32_t b, uint32_t *to_a, uint32_t *to_b)
{
	*to_a = *to_b = NONE;
	uint32_t common = a;
	for (; common != NONE && !is_in(facts, b, common); common = facts->scopes[common].parent)
		*to_a = common;
	for (uint32_t scope = b; scope != common && scope != NONE; scope = facts->scopes[scope].parent)
		*to_b = scope;
	return common;
}

bool can_follow(struct conditions *conditions, const struct moment *earlier, const struct moment *later)
{
	const struct facts *facts = program_facts(conditions->program, earlier->unit);
	if (earlier->unit != later->unit || earlier->function != later->function || later->order <= earlier->order)
		return false;
	uint32_t to_earlier, to_later,
	    common = common_scope(facts, earlier->scope, later->scope, &to_earlier, &to_later);
	if (common == NONE || !comes_out(facts, earlier->scope, common, later->scope))
		return false;
	if (to_earlier != NONE && to_later != NONE) {
		const struct fact_scope *a = &facts->scopes[to_earlier], *b = &facts->scopes[to_later];
		if ((a->kind == SCOPE_CASE && b->kind == SCOPE_CASE) ||
		    (a->kind == SCOPE_IF && b->kind == SCOPE_IF && a->condition == b->condition && a->when != b->when))
			return false;
	}
	struct condition both = {0};
	return condition_of_scope(conditions, earlier->unit, earlier->scope, &both) &&
	       condition_of_scope(conditions, later->unit, later->scope, &both);
}

/* The widest scope of which whoever gets behind the moment's scope has been at the moment: who leaves a loop by goto at
 * its end has come by all guards that still hold there. */
static uint32_t lasting_scope(const struct facts *facts, uint32_t scope)
{
	uint32_t end = facts->scopes[scope].end_order, outer = scope;
	while (facts->scopes[outer].kind == SCOPE_AFTER && facts->scopes[outer].end_order == end)
		outer = facts->scopes[outer].parent;
	if (facts->scopes[outer].kind != SCOPE_LABEL || facts->scopes[outer].end_order != end)
		return scope;
	return lasting_scope(facts, facts->scopes[outer].parent);
}

bool comes_always_before(const struct facts *facts, const struct moment *earlier, const struct moment *later)
{
	return earlier->unit == later->unit && earlier->function == later->function && earlier->order < later->order &&
	       is_in(facts, later->scope, lasting_scope(facts, earlier->scope));
}

static bool returns_value(const struct facts *facts, const struct fact_function *function, uint32_t scope)
{
	for (uint32_t i = 0; i < function->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[function->first_assignment + i];
		if (assignment->scope == scope && facts->values[assignment->target].kind == VALUE_RETURN)
			return true;
	}
	return false;
}

/* Returns without a value are only flags of their scopes. */
static void find_bare_exits(const struct program *program, struct ref function, exits *found)
{
	const struct facts *facts = program_facts(program, function.unit);
	const struct fact_function *fact = &facts->functions[function.index];
	for (uint32_t s = 0; s < fact->scope_count; s++) {
		uint32_t index = fact->first_scope + s;
		const struct fact_scope *scope = &facts->scopes[index];
		bool falls_off = scope->kind == SCOPE_BODY && !(scope->flags & SCOPE_LEAVES);
		if (!falls_off && (!(scope->flags & SCOPE_RETURNS) || returns_value(facts, fact, index)))
			continue;
		struct place place = scope->place;
		if (falls_off) {
			place.line = place.end_line;
			place.column = place.end_column > 1 ? place.end_column - 1 : place.end_column;
		}
		table_add(found, (struct exit){{function.unit, function.index, index, scope->end_order}, place, NONE});
	}
}

void find_exits(const struct program *program, struct ref function, exits *found)
{
	const struct facts *facts = program_facts(program, function.unit);
	const struct fact_function *fact = &facts->functions[function.index];
	for (uint32_t i = 0; i < fact->assignment_count; i++) {
		const struct fact_assignment *assignment = &facts->assignments[fact->first_assignment + i];
		if (facts->values[assignment->target].kind == VALUE_RETURN)
			table_add(found,
				  (struct exit){{function.unit, function.index, assignment->scope, assignment->order},
						assignment->place,
						assignment->source});
	}
	find_bare_exits(program, function, found);
}
