#include "pass.h"
#include "words.h"

#include <string.h>

/* Setting up and tearing down may differ. */
static const char *const lifecycle_words[] = {"close", "free", "destroy", "init", "release", "dispose", "finalize", "shutdown", "cleanup", "exit",
					      "deinit", "fini", "unref", "new", "alloc", "stop", "start", "quit", "class", "constructed", NULL};

enum { IMPLEMENTATIONS = 8 };

enum kind { KIND_NEITHER, KIND_BLOCKING, KIND_ASYNC };

/* What a function does whatever it is given. */
static enum kind kind_of(const struct pass *pass, uint32_t node, const struct effect **why)
{
	bool blocks = false, starts = false;
	for (uint32_t i = pass->derived->first_effect[node]; i != NONE; i = pass->derived->effects.items[i].next) {
		const struct effect *effect = &pass->derived->effects.items[i];
		bool always = effect->certain;
		for (uint32_t a = 0; a < effect->condition.count; a++)
			always &= effect->condition.atoms[a].subject != SUBJECT_PARAM || effect->condition.atoms[a].test == TEST_NOT_NULL;
		bool waits = effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS ||
			     (effect->kind == EFFECT_BLOCKS && pass->costs >> effect->cost & 1 && effect->cost != COST_SLEEP);
		if (always && waits && !blocks) {
			blocks = true;
			*why = effect;
		} else if (always && effect->kind == EFFECT_STARTS_ASYNC && !blocks && !starts) {
			starts = true;
			*why = effect;
		}
	}
	return blocks ? starts ? KIND_NEITHER : KIND_BLOCKING : starts ? KIND_ASYNC : KIND_NEITHER;
}

/* Named where it is stored, as in a table; what came by a parameter is a callback that somebody registered. */
static bool is_of_table(const struct pass *pass, const struct held *held)
{
	if (held->is_call || is_test_file(pass->program->nodes.items[held->function].file))
		return false;
	const struct facts *facts = program_facts(pass->program, held->origin.unit);
	const struct fact_assignment *assignment = &facts->assignments[held->origin.index];
	return facts->values[assignment->target].kind == VALUE_FIELD;
}

/* The first function of that kind in the slot, or NONE. */
static uint32_t find_kind(const struct pass *pass, uint32_t holder, enum kind kind, const struct effect **why)
{
	const struct holder *slot = &pass->program->holders.items[holder];
	for (uint32_t i = 0; i < slot->held.count; i++)
		if (is_of_table(pass, &slot->held.items[i]) && kind_of(pass, slot->held.items[i].function, why) == kind)
			return i;
	return NONE;
}

static void note_function(struct pass *pass, struct finding *finding, const struct held *held, const struct effect *why, const char *what)
{
	const struct node *node = &pass->program->nodes.items[held->function];
	note(pass, finding, node->function.unit, &program_function(pass->program, node)->place, held->function, "'%s' %s", node->name, what);
	note_effect(pass, finding, why);
}

struct field_place {
	uint32_t unit;
	const struct fact_field *field;
};

static struct field_place find_field(const struct program *program, const char *record, size_t length, const char *field)
{
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++) {
			const char *identity = facts_text(facts, facts->records[r].identity);
			if (strncmp(identity, record, length) != 0 || identity[length])
				continue;
			for (uint32_t f = 0; f < facts->records[r].field_count; f++) {
				const struct fact_field *fact = &facts->fields[facts->records[r].first_field + f];
				if (strcmp(facts_text(facts, fact->name), field) == 0)
					return (struct field_place){unit, fact};
			}
		}
	}
	return (struct field_place){0, NULL};
}

static void check_slot(struct pass *pass, uint32_t holder)
{
	const struct program *program = pass->program;
	const struct holder *slot = &program->holders.items[holder];
	const char *text = intern_text(&program->slots, slot->owner), *field = strstr(text, "::") + 2;
	const struct effect *blocks = NULL, *starts = NULL;
	/* What dozens fill is no operation of a transport but a table of commands, each of which does something else. */
	if (has_word(field, lifecycle_words) || slot->held.count > IMPLEMENTATIONS)
		return;
	uint32_t blocking = find_kind(pass, holder, KIND_BLOCKING, &blocks), async = find_kind(pass, holder, KIND_ASYNC, &starts);
	struct field_place place = find_field(program, text, (size_t)(field - 2 - text), field);
	if (blocking == NONE || async == NONE || !place.field)
		return;
	const char *name = program_slot_text(program, holder, &pass->findings->arena);
	struct finding *finding = report(pass, place.unit, &place.field->place, NONE, name, "slot '%s' holds blocking and async implementations", name);
	note_function(pass, finding, &slot->held.items[blocking], blocks, "waits until it is done");
	note_function(pass, finding, &slot->held.items[async], starts, "returns before it is done");
	set_help(pass, finding, "make two tables: which one a type fills says what it promises");
}

/* Slots `name` and `name_async` of one table, filled with one kind each. */
static void check_twin_slots(struct pass *pass, uint32_t holder)
{
	static const char *const endings[] = {"_async", "_start", "_begin", "_nb", "_nonblocking"};
	const struct program *program = pass->program;
	const struct holder *slot = &program->holders.items[holder];
	const char *text = intern_text(&program->slots, slot->owner);
	const struct effect *blocks = NULL, *starts = NULL;
	uint32_t blocking = find_kind(pass, holder, KIND_BLOCKING, &blocks);
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings) && blocking != NONE; i++) {
		uint32_t twin = program_slot(program, arena_printf(&pass->findings->arena, "%s%s", text, endings[i]));
		uint32_t async = twin == NONE ? NONE : find_kind(pass, twin, KIND_ASYNC, &starts);
		if (async == NONE)
			continue;
		const struct held *held = &slot->held.items[blocking];
		const struct facts *facts = program_facts(program, held->origin.unit);
		const struct fact_assignment *assignment = &facts->assignments[held->origin.index];
		const struct fact_value *root = &facts->values[value_root(program, held->origin.unit, assignment->target)];
		const char *field = strstr(text, "::") + 2;
		const char *table = root->kind == VALUE_VARIABLE ? facts_text(facts, facts->variables[root->a].name) : program_slot_text(program, holder, &pass->findings->arena);
		const struct place *place = root->kind == VALUE_VARIABLE ? &facts->variables[root->a].place : &assignment->place;
		struct finding *finding = report(pass, held->origin.unit, place, NONE, table, "table '%s' holds a blocking '%s' and an async '%s%s' for one transport",
						 table, field, field, endings[i]);
		note_function(pass, finding, held, blocks, "waits until it is done");
		note_function(pass, finding, &program->holders.items[twin].held.items[async], starts, "returns before it is done");
		set_help(pass, finding, "make two tables: which one a type fills says what it promises");
	}
}

static void check(struct pass *pass)
{
	for (uint32_t i = 0; i < pass->program->holders.count; i++)
		if (pass->program->holders.items[i].kind == HOLDER_SLOT && pass->program->holders.items[i].held.count) {
			check_slot(pass, i);
			check_twin_slots(pass, i);
		}
}

const struct rule rule_transport_shared_vtable = {
	.id = "transport-shared-vtable",
	.family = "transport",
	.since = "0.1",
	.summary = "one ops table holds blocking and async implementations",
	.severity = SEVERITY_WARNING,
	.check = check,
};
