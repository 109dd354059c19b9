#include "ambient.h"
#include "default_loop.h"
#include "pass.h"

enum { USES_SHOWN = 5 };

static const char *name_of(const struct pass *pass, uint32_t node)
{
	return pass->program->nodes.items[node].name;
}

static void note_use(struct pass *pass, struct finding *finding, const struct ambient_use *use)
{
	static const char *const formats[] = {
	    [AMBIENT_PASSED] = "'%s' hands it on",
	    [AMBIENT_STORED] = "'%s' ties an object to it",
	    [AMBIENT_FALLBACK] = "'%s' takes it where it is given none",
	    [AMBIENT_SET] = "'%s' makes its loop the one of all others",
	    [AMBIENT_WRAPPED] = "'%s' goes by what takes it",
	};
	if (use->kind == AMBIENT_PASSED || use->kind == AMBIENT_WRAPPED)
		note_call(pass, finding, use->at, formats[use->kind], name_of(pass, use->node));
	else
		note(pass, finding, use->at.unit,
		     &program_facts(pass->program, use->at.unit)->assignments[use->at.index].place, use->node,
		     formats[use->kind], name_of(pass, use->node));
}

static void add_user(struct pass *pass, struct finding *finding, uint32_t index)
{
	const struct node *node = &pass->program->nodes.items[index];
	const struct place *place = &program_function(pass->program, node)->place;
	struct arena *arena = &pass->findings->arena;
	table_add(&finding->surface,
		  (struct surface){arena_strdup(arena, node->name),
				   {arena_strdup(arena, program_text(pass->program, node->function.unit, place->file)),
				    place->line, place->column, place->end_line, place->end_column}});
}

static void check_variable(struct pass *pass, const struct ambients *ambients, uint32_t index)
{
	const struct ambient *ambient = &ambients->list.items[index];
	const struct facts *facts = program_facts(pass->program, ambient->unit);
	const struct fact_variable *variable = &facts->variables[ambient->variable];
	const char *name = facts_text(facts, variable->name);
	if (ambient_is_covered(ambients, index) || ambient_has_thread(pass->derived, ambient))
		return;
	struct finding *finding = report(pass, ambient->unit, &variable->place, NONE, name,
					 "'%s' is the loop of functions whose callers did not choose it", name);
	for (uint32_t i = 0; i < ambients->uses.count; i++) {
		const struct ambient_use *use = &ambients->uses.items[i];
		if (use->variable != index)
			continue;
		if (finding->path.count < USES_SHOWN)
			note_use(pass, finding, use);
		add_user(pass, finding, use->node);
	}
	set_help(pass, finding, "take the loop as a parameter, and let the caller name it");
}

static void check_node(struct pass *pass, const struct libraries *libraries, uint32_t index)
{
	const struct role *answer;
	struct ref call = call_on_default_loop(pass->derived, libraries, index, &answer);
	if (call.index == NONE)
		return;
	const char *name = name_of(pass, index), *callee = name_of(pass, program_callee(pass->program, call));
	struct finding *finding = report_call(
	    pass, call, callee, "'%s' goes on by '%s' on the default loop, whatever loop its caller has", name, callee);
	if (answer)
		note_call(pass, finding, answer->call, "'%s' is handed over here, to be called on the caller's loop",
			  name);
	find_surface(pass, finding, index);
	set_help(pass, finding, "take the loop as a parameter, or use the one that the operation was started on");
}

static void check(struct pass *pass)
{
	struct libraries libraries;
	struct ambients ambients;
	libraries_find(pass->derived, &libraries);
	ambients_find(pass->derived, &libraries, &ambients);
	for (uint32_t i = 0; i < ambients.list.count; i++)
		check_variable(pass, &ambients, i);
	for (uint32_t n = 0; n < pass->program->nodes.count; n++)
		if (!pass->program->nodes.items[n].model &&
		    is_library_file(&libraries, pass->program->nodes.items[n].file))
			check_node(pass, &libraries, n);
	ambients_release(&ambients);
	libraries_release(&libraries);
}

const struct rule rule_ambient_loop = {
    .id = "ambient-loop",
    .family = "loop",
    .since = "0.1",
    .summary = "library function takes a default or global loop that its caller did not choose",
    .severity = SEVERITY_WARNING,
    .looks_at = 1u << ASPECT_DEFAULT_LOOP,
    .check = check,
};
