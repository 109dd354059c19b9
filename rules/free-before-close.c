#include "lifetime.h"
#include "pass.h"
#include "value_text.h"

/* Something between the two runs the loop: the close callback may have come. */
static bool runs_loop_between(const struct pass *pass, const struct moment *used, const struct moment *freed)
{
	const struct fact_function *function = &program_facts(pass->program, used->unit)->functions[used->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {used->unit, function->first_call + c};
		uint32_t order = program_call(pass->program, call)->order;
		if (order > used->order && order < freed->order && lets_others_run(pass->derived, call))
			return true;
	}
	return false;
}

/* The function ran the loop to its end and clears up: nobody comes back to what is closed. */
static bool has_run_loop(const struct pass *pass, const struct moment *used)
{
	const struct facts *facts = program_facts(pass->program, used->unit);
	const struct fact_function *function = &facts->functions[used->function];
	for (uint32_t c = 0; c < function->call_count; c++) {
		struct ref call = {used->unit, function->first_call + c};
		struct moment moment = moment_of_call(pass->program, call);
		if (comes_always_before(facts, &moment, used) && runs_loop(pass->derived, call))
			return true;
	}
	return false;
}

/* The loop has done with the memory, or was told to have done with it, or is closed itself, on the way from the one to
 * the other. */
static bool is_ended_between(const struct pass *pass, const lifetime_events *events, const struct lifetime_event *use,
			     const struct moment *freed)
{
	struct moment used = moment_of_call(pass->program, use->call);
	for (uint32_t i = 0; i < events->count; i++) {
		const struct lifetime_event *end = &events->items[i];
		bool same = end->kind == LIFETIME_ENDED || same_object(pass->program, &end->object, &use->object);
		bool ends = end->kind == LIFETIME_ENDED || end->kind == LIFETIME_RELEASED ||
			    (end->kind == LIFETIME_CLOSED && use->kind == LIFETIME_KEPT);
		struct moment moment = moment_of_call(pass->program, end->call);
		if (ends && same && moment.order > used.order && moment.order <= freed->order)
			return true;
	}
	return false;
}

static bool is_freed_in_use(struct pass *pass, const lifetime_events *events, const struct lifetime_event *use,
			    const struct lifetime_event *free)
{
	const struct program *program = pass->program;
	struct moment used = moment_of_call(program, use->call), freed = moment_of_call(program, free->call);
	return (use->kind == LIFETIME_CLOSED || use->kind == LIFETIME_KEPT) && !use->object.itself &&
	       same_object(program, &use->object, &free->object) &&
	       can_follow(&pass->derived->conditions, &used, &freed) && !may_have_failed(program, use->call, &freed) &&
	       !object_changes(program, &use->object, used.function, used.order, freed.order) &&
	       !is_ended_between(pass, events, use, &freed) && !runs_loop_between(pass, &used, &freed) &&
	       !has_run_loop(pass, &used);
}

static void report_free(struct pass *pass, const struct lifetime_event *use, const struct lifetime_event *free)
{
	const struct program *program = pass->program;
	const char *name = program->nodes.items[use->cause].name;
	const char *object =
	    value_text(program_facts(program, free->call.unit), program_call(program, free->call)->function,
		       free->value, &pass->findings->arena);
	bool closes = use->kind == LIFETIME_CLOSED;
	struct finding *finding = report_call(pass, free->call, name,
					      closes ? "'%s' is freed before '%s' has ended: the loop still uses it"
						     : "'%s' is freed while the loop uses it since '%s'",
					      object, name);
	note_call(pass, finding, use->call,
		  closes ? "'%s' only starts to close it; the loop has done with it on a later turn"
			 : "'%s' gives it to the loop",
		  program->nodes.items[use->callee].name);
	set_help(pass, finding,
		 closes ? "free it in the close callback" : "close it first, and free it in the close callback");
}

static void check_function(struct pass *pass, struct lifetimes *lifetimes, struct ref function)
{
	lifetime_events events = {0};
	lifetime_find_events(lifetimes, function, &events);
	for (uint32_t f = 0; f < events.count; f++) {
		bool reported = false;
		for (uint32_t u = f; u-- > 0 && !reported && events.items[f].kind == LIFETIME_FREED;) {
			reported = is_freed_in_use(pass, &events, &events.items[u], &events.items[f]);
			if (reported)
				report_free(pass, &events.items[u], &events.items[f]);
		}
	}
	table_release(&events);
}

static void check(struct pass *pass)
{
	struct lifetimes *lifetimes = lifetimes_of(pass->derived);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++) {
		const struct node *node = &pass->program->nodes.items[n];
		for (uint32_t b = 0; b < node->body_count; b++)
			check_function(pass, lifetimes, pass->program->bodies.items[node->first_body + b]);
	}
}

const struct rule rule_free_before_close = {
    .id = "free-before-close",
    .family = "life",
    .since = "0.1",
    .summary = "memory is freed while an event loop still uses it",
    .severity = SEVERITY_ERROR,
    .looks_at = 1u << ASPECT_GIVES_MEMORY | 1u << ASPECT_FREES_MEMORY,
    .check = check,
};
