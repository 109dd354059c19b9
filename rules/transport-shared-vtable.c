#include "pass.h"
#include "words.h"

#include <string.h>

/* Setting up and tearing down may differ. */
static const char *const lifecycle_words[] = {
    "close", "free",  "destroy", "init",  "release", "dispose", "finalize", "shutdown", "cleanup",     "exit", "deinit",
    "fini",  "unref", "new",     "alloc", "stop",    "start",   "quit",     "class",    "constructed", NULL};

enum { IMPLEMENTATIONS = 8 };

enum kind { KIND_NEITHER, KIND_BLOCKING, KIND_ASYNC };

/* A library runs the callback later: an operation, not merely somebody who is told of things. */
static bool is_start(const struct pass *pass, const struct effect *effect)
{
	return effect->kind == EFFECT_STARTS_ASYNC && pass->program->nodes.items[effect->cause].model;
}

static bool is_wait(const struct pass *pass, const struct effect *effect)
{
	return effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS ||
	       (effect->kind == EFFECT_BLOCKS && pass->costs >> effect->cost & 1 && effect->cost != COST_SLEEP);
}

/* What a function does whatever it is given. */
static enum kind kind_of(const struct pass *pass, uint32_t node, const struct effect **why)
{
	bool blocks = false, starts = false;
	for (uint32_t i = pass->derived->first_effect[node]; i != NONE; i = pass->derived->effects.items[i].next) {
		const struct effect *effect = &pass->derived->effects.items[i];
		bool always = effect->certain;
		for (uint32_t a = 0; a < effect->condition->count; a++)
			always &= effect->condition->atoms[a].subject != SUBJECT_PARAM ||
				  effect->condition->atoms[a].test == TEST_NOT_NULL;
		if (always && is_wait(pass, effect) && !blocks) {
			blocks = true;
			*why = effect;
		} else if (always && is_start(pass, effect) && !blocks && !starts) {
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

/* Whether a function of a table in the slot waits, be it only while there is something to read or time left. */
static bool can_wait(const struct pass *pass, uint32_t holder)
{
	const struct holder *slot = &pass->program->holders.items[holder];
	for (uint32_t h = 0; h < slot->held.count; h++) {
		uint32_t effect = pass->derived->first_effect[slot->held.items[h].function];
		for (; effect != NONE && is_of_table(pass, &slot->held.items[h]);
		     effect = pass->derived->effects.items[effect].next)
			if (pass->derived->effects.items[effect].certain &&
			    is_wait(pass, &pass->derived->effects.items[effect]))
				return true;
	}
	return false;
}

static void note_function(struct pass *pass, struct finding *finding, const struct held *held, const struct effect *why,
			  const char *what)
{
	const struct node *node = &pass->program->nodes.items[held->function];
	note(pass, finding, node->function.unit, &program_function(pass->program, node)->place, held->function,
	     "'%s' %s", node->name, what);
	note_effect(pass, finding, why);
}

static void check_slot(struct pass *pass, uint32_t holder)
{
	const struct program *program = pass->program;
	const struct holder *slot = &program->holders.items[holder];
	const char *text = intern_text(&program->slots, slot->owner), *field = strstr(text, "::") + 2;
	const struct effect *blocks = NULL, *starts = NULL;
	/* What dozens fill is no operation of a transport but a table of commands, each of which does something else.
	 */
	if (has_word(field, lifecycle_words) || slot->held.count > IMPLEMENTATIONS)
		return;
	uint32_t blocking = find_kind(pass, holder, KIND_BLOCKING, &blocks),
		 async = find_kind(pass, holder, KIND_ASYNC, &starts);
	struct field_ref place = program_field(program, text);
	if (blocking == NONE || async == NONE || !place.field)
		return;
	const char *name = program_slot_text(program, holder, &pass->findings->arena);
	struct finding *finding = report(pass, place.unit, &place.field->place, NONE, name,
					 "slot '%s' holds blocking and async implementations", name);
	note_function(pass, finding, &slot->held.items[blocking], blocks, "waits until it is done");
	note_function(pass, finding, &slot->held.items[async], starts, "returns before it is done");
	set_help(pass, finding, "make two tables: which one a type fills says what it promises");
}

/* "read_async" and "read_fn" are both "read"; *ending is what was cut off ("async"), or "". */
static const char *plain_slot(const char *name, const char **ending, struct arena *arena)
{
	static const char *const endings[] = {"async", "begin", "nonblocking", "sync", "blocking"};
	size_t length = strlen(name);
	if (length > 3 && strcmp(name + length - 3, "_fn") == 0)
		length -= 3;
	*ending = "";
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t size = strlen(endings[i]);
		if (length > size + 1 && strncmp(name + length - size, endings[i], size) == 0 &&
		    name[length - size - 1] == '_') {
			*ending = endings[i];
			return arena_strndup(arena, name, length - size - 1);
		}
		if (length > size + 1 && strncmp(name, endings[i], size) == 0 && name[size] == '_') {
			*ending = endings[i];
			return arena_strndup(arena, name + size + 1, length - size - 1);
		}
	}
	return arena_strndup(arena, name, length);
}

/* Whether a parameter of the slot's type is a callback: written out, or of a library's callback type. */
static bool takes_callback(const struct pass *pass, const struct facts *facts, uint32_t type)
{
	const char *text = facts_text(facts, facts->types[type].spelling), *params = strstr(text, ")(");
	if (!params)
		return false;
	if (strstr(params + 1, "(*"))
		return true;
	for (const char *at = params; *at;) {
		size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
		const char *word = arena_printf(&pass->findings->arena, "%.*s", (int)length, at);
		if (length && models_callback_type(pass->program->models, word))
			return true;
		at += length ? length : 1;
	}
	return false;
}

/* What is known of a slot: whether it waits, by what is stored in it, and whether it hands its result to a callback, by
 * its type. */
struct slot_use {
	const struct fact_field *field;
	uint32_t holder;
	const char *plain, *ending;
	bool waits, callback;
};

static struct slot_use use_of(struct pass *pass, uint32_t unit, const struct fact_record *record, uint32_t number)
{
	const struct facts *facts = program_facts(pass->program, unit);
	struct slot_use use = {.field = &facts->fields[record->first_field + number], .holder = NONE};
	if (use.field->type == NONE || !(facts->types[use.field->type].flags & TYPE_FUNCTION_POINTER))
		return (struct slot_use){0};
	use.plain = plain_slot(facts_text(facts, use.field->name), &use.ending, &pass->findings->arena);
	use.holder = program_slot(pass->program,
				  arena_printf(&pass->findings->arena, "%s::%s", facts_text(facts, record->identity),
					       facts_text(facts, use.field->name)));
	use.waits = use.holder != NONE && can_wait(pass, use.holder);
	use.callback = takes_callback(pass, facts, use.field->type);
	return use;
}

/* Two slots for the same thing, one of which says so by its name; the other by its type or by what is stored in it. */
static bool are_both_kinds(const struct slot_use *sync, const struct slot_use *async)
{
	if (!sync->field || !async->field || strcmp(sync->plain, async->plain) != 0)
		return false;
	bool says_sync = strcmp(sync->ending, "sync") == 0 || strcmp(sync->ending, "blocking") == 0;
	bool says_async =
	    *async->ending && strcmp(async->ending, "sync") != 0 && strcmp(async->ending, "blocking") != 0;
	if (says_async)
		return (!*sync->ending || says_sync) && async->callback && !sync->callback;
	return says_sync && !*async->ending && sync->waits && !async->waits;
}

/* A table that fills a slot; variable NULL: one that is filled at run time. */
struct filled {
	uint32_t unit;
	const struct fact_variable *variable;
};

typedef TABLE(struct filled) filled_tables;

/* The variables whose initialisers fill the slot. */
static void find_tables(const struct pass *pass, uint32_t holder, filled_tables *tables)
{
	const struct holder *slot = &pass->program->holders.items[holder];
	for (uint32_t i = 0; i < slot->held.count; i++) {
		if (!is_of_table(pass, &slot->held.items[i]))
			continue;
		struct ref origin = slot->held.items[i].origin;
		const struct facts *facts = program_facts(pass->program, origin.unit);
		const struct fact_value *root =
		    &facts->values[value_root(pass->program, origin.unit, facts->assignments[origin.index].target)];
		const struct fact_variable *variable = root->kind == VALUE_VARIABLE ? &facts->variables[root->a] : NULL;
		bool is_new = variable;
		for (uint32_t t = 0; t < tables->count; t++)
			is_new &= tables->items[t].variable != variable;
		if (is_new)
			table_add(tables, (struct filled){origin.unit, variable});
	}
}

struct slot_pair {
	struct slot_use sync, async;
};

typedef TABLE(struct slot_pair) slot_pairs;

static void find_pairs(struct pass *pass, uint32_t unit, const struct fact_record *record, slot_pairs *pairs)
{
	for (uint32_t s = 0; s < record->field_count; s++) {
		struct slot_pair pair = {.sync = use_of(pass, unit, record, s)};
		for (uint32_t a = 0; a < record->field_count && pair.sync.field; a++) {
			pair.async = use_of(pass, unit, record, a);
			if (s != a && are_both_kinds(&pair.sync, &pair.async))
				table_add(pairs, pair);
		}
	}
}

static void report_table(struct pass *pass, uint32_t unit, const struct fact_record *record, const slot_pairs *pairs,
			 const struct filled *table)
{
	const struct facts *facts = program_facts(pass->program, unit);
	const char *name = table->variable ? program_text(pass->program, table->unit, table->variable->name)
					   : facts_text(facts, record->name);
	struct finding *finding = report(
	    pass, table->unit, table->variable ? &table->variable->place : &record->place, NONE, name,
	    "table '%s' has a blocking '%s' and an async '%s' for one transport", name,
	    facts_text(facts, pairs->items[0].sync.field->name), facts_text(facts, pairs->items[0].async.field->name));
	for (uint32_t i = 0; i < pairs->count; i++) {
		const struct fact_field *sync = pairs->items[i].sync.field, *async = pairs->items[i].async.field;
		note(pass, finding, unit, &sync->place, NONE, "'%s' waits until it is done",
		     facts_text(facts, sync->name));
		note(pass, finding, unit, &async->place, NONE, "'%s' returns before it is done",
		     facts_text(facts, async->name));
	}
	set_help(pass, finding, "make two tables: which one a type fills says what it promises");
}

/* Slots for both kinds of one operation: reported at each table that fills them, or at the type where classes are
 * filled at run time. */
static void check_record(struct pass *pass, uint32_t unit, const struct fact_record *record)
{
	slot_pairs pairs = {0};
	filled_tables tables = {0};
	find_pairs(pass, unit, record, &pairs);
	if (pairs.count && pairs.items[0].sync.holder != NONE)
		find_tables(pass, pairs.items[0].sync.holder, &tables);
	if (pairs.count && !tables.count)
		table_add(&tables, (struct filled){unit, NULL});
	for (uint32_t t = 0; t < tables.count; t++)
		report_table(pass, unit, record, &pairs, &tables.items[t]);
	table_release(&tables);
	table_release(&pairs);
}

static void check(struct pass *pass)
{
	for (uint32_t i = 0; i < pass->program->holders.count; i++)
		if (pass->program->holders.items[i].kind == HOLDER_SLOT && pass->program->holders.items[i].held.count)
			check_slot(pass, i);
	for (uint32_t unit = 0; unit < pass->program->unit_count; unit++) {
		const struct facts *facts = program_facts(pass->program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++) {
			const struct fact_record *record = &facts->records[r];
			if (!(record->flags & RECORD_ENUM) &&
			    program_record(pass->program, facts_text(facts, record->identity)).record == record)
				check_record(pass, unit, record);
		}
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
