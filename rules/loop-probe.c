#include "pass.h"
#include "probes.h"
#include "sides.h"
#include "words.h"

/* What is freed from within its own callback has to wait until that returns. */
static const char *const teardown_words[] = {"free",       "destroy", "close",  "shutdown", "stop", "cleanup",
					     "disconnect", "unref",   "remove", "cancel",   NULL};

/* A way of doing the job: what a side waits for, and how. */
enum way { WAY_PLAIN, WAY_PUMPS, WAY_WAITS, WAY_STARTS };

static const struct effect *way_of(const struct pass *pass, const struct side *side, enum way *way)
{
	static const struct {
		enum effect_kind kind;
		enum way way;
	} kinds[] = {{EFFECT_PUMPS, WAY_PUMPS}, {EFFECT_BLOCKS, WAY_WAITS}, {EFFECT_STARTS_ASYNC, WAY_STARTS}};
	*way = WAY_PLAIN;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct effect *effect = side_effect(pass->derived, side, kinds[i].kind, COST_NETWORK);
		if (!effect)
			continue;
		*way = kinds[i].way;
		return effect;
	}
	return NULL;
}

static struct finding *report_probe(struct pass *pass, struct ref scope, const struct sides *sides,
				    const struct probe *probe)
{
	const struct node *node = &pass->program->nodes.items[sides->when.node];
	const char *format = "'%s' does its work one way or another, as '%s' says whether the loop is running here";
	struct finding *finding =
	    probe->call.index != NONE &&
		    program_node(pass->program, probe->call.unit, program_call(pass->program, probe->call)->function) ==
			sides->when.node
		? report_call(pass, probe->call, node->name, format, node->name, probe->name)
		: report(pass, scope.unit, &program_facts(pass->program, scope.unit)->scopes[scope.index].place,
			 sides->when.node, node->name, format, node->name, probe->name);
	set_help(pass, finding, "let the caller choose: one function for callers on the loop, one for all others");
	return finding;
}

/* One side calls what the other hands over to be called later. */
static bool report_deferred(struct pass *pass, struct ref scope, const struct sides *sides, const struct probe *probe)
{
	const char *name;
	struct ref direct, later;
	if (!is_called_or_deferred(pass->derived, sides, &name, &direct, &later))
		return false;
	struct finding *finding = report_probe(pass, scope, sides, probe);
	note_call(pass, finding, direct, "on one side '%s' is called at once", name);
	note_call(pass, finding, later, "on the other it is handed over, to be called later");
	return true;
}

/* Both sides wait, or one waits and the other starts: in different ways. */
static bool report_waiting(struct pass *pass, struct ref scope, const struct sides *sides, const struct probe *probe)
{
	enum way a, b;
	const struct effect *one = way_of(pass, &sides->when, &a), *other = way_of(pass, &sides->otherwise, &b);
	if (!one || !other || a == b)
		return false;
	struct finding *finding = report_probe(pass, scope, sides, probe);
	note_effect(pass, finding, one);
	note_effect(pass, finding, other);
	return true;
}

/* One side does at once what the other leaves to the loop. */
static bool report_left(struct pass *pass, struct ref scope, const struct sides *sides, const struct probe *probe)
{
	struct ref call = done_or_left_to_loop(pass->derived, sides);
	if (call.index == NONE || has_word(pass->program->nodes.items[sides->when.node].name, teardown_words))
		return false;
	struct finding *finding = report_probe(pass, scope, sides, probe);
	note_call(pass, finding, call, "on one side '%s' is called at once, on the other that is left to the loop",
		  pass->program->nodes.items[program_callee(pass->program, call)].name);
	return true;
}

static void check_scope(struct pass *pass, struct ref scope)
{
	const struct fact_scope *fact = &program_facts(pass->program, scope.unit)->scopes[scope.index];
	struct sides sides;
	struct probe probe;
	if (fact->kind != SCOPE_IF || !fact->when ||
	    !probe_read(pass->derived, (struct ref){scope.unit, fact->condition}, &probe) ||
	    !sides_of(pass->program, scope, &sides))
		return;
	if (!report_deferred(pass, scope, &sides, &probe) && !report_waiting(pass, scope, &sides, &probe))
		report_left(pass, scope, &sides, &probe);
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	for (uint32_t b = 0; b < program->bodies.count; b++) {
		struct ref body = program->bodies.items[b];
		const struct fact_function *function = &program_facts(program, body.unit)->functions[body.index];
		uint32_t node = program_node(program, body.unit, body.index);
		/* What a model speaks of is a loop library's own. */
		if (program->nodes.items[node].model || is_test_file(program->nodes.items[node].file))
			continue;
		for (uint32_t s = 0; s < function->scope_count; s++)
			check_scope(pass, (struct ref){body.unit, function->first_scope + s});
	}
}

const struct rule rule_loop_probe = {
    .id = "loop-probe",
    .family = "loop",
    .since = "0.1",
    .summary = "function does its work in another way where a loop is running",
    .severity = SEVERITY_WARNING,
    .status = RULE_PREVIEW,
    .looks_at = 1u << ASPECT_ASKS_LOOP,
    .check = check,
};
