#include "twins.h"

#include "words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const async_words[] = {"async", "nonblocking", "nonblock", "noblock", "nb", "aio", NULL};
static const char *const sync_words[] = {"sync", "blocking", "block", NULL};
static const char *const time_words[] = {"timeout", "timeo", "deadline", "msec", "msecs", "usec", "tv", NULL};

static uint32_t find_identity(const struct program *program, const char *identity)
{
	uint32_t string = intern_find(&program->strings, identity);
	return string == UINT32_MAX || string >= program->node_of.count ? NONE : program->node_of.items[string];
}

/* The function of that name: anybody's, or a static one in the file of `beside`. */
static uint32_t find_node(const struct program *program, const char *name, uint32_t beside, struct arena *arena)
{
	uint32_t node = find_identity(program, name);
	return node != NONE
		   ? node
		   : find_identity(program, arena_printf(arena, "%s@%s", name, program->nodes.items[beside].file));
}

/* By node: a table holds it. */
static uint8_t *find_in_tables(const struct program *program, struct arena *arena)
{
	uint8_t *in_table = arena_alloc(arena, program->nodes.count);
	for (uint32_t i = 0; i < program->holders.count; i++) {
		const struct holder *holder = &program->holders.items[i];
		for (uint32_t h = 0; holder->kind == HOLDER_SLOT && h < holder->held.count; h++)
			if (!holder->held.items[h].is_call)
				in_table[holder->held.items[h].function] = 1;
	}
	return in_table;
}

static bool is_api(const struct program *program, const struct twin_table *table, uint32_t index)
{
	const struct node *node = &program->nodes.items[index];
	if (!node->body_count || node->flags & FUNCTION_SYSTEM || is_test_file(node->file))
		return false;
	return !(node->flags & FUNCTION_STATIC) || node->flags & (FUNCTION_IN_HEADER | FUNCTION_BODY_IN_HEADER) ||
	       table->in_table[index];
}

static bool begins_word(const char *name, const char *at)
{
	return at == name || at[-1] == '_' || (isupper((unsigned char)at[0]) && !isupper((unsigned char)at[-1]));
}

/* Whether `word` stands at `at` as a word of the name: in foo_async_bar, asyncFoo, fooAsyncBar. */
static bool is_word_at(const char *name, const char *at, size_t size)
{
	return begins_word(name, at) && !islower((unsigned char)at[size]) && !isdigit((unsigned char)at[size]);
}

static bool has_one_of(const char *name, const char *const *words)
{
	for (const char *at = name; *at; at++)
		for (const char *const *word = words; begins_word(name, at) && *word; word++)
			if (tolower((unsigned char)*at) == **word && strncasecmp(at, *word, strlen(*word)) == 0 &&
			    is_word_at(name, at, strlen(*word)))
				return true;
	return false;
}

bool is_named_async(const char *name)
{
	return has_one_of(name, async_words);
}

bool is_named_sync(const char *name)
{
	return has_one_of(name, sync_words);
}

/* The name without the word, and without the '_' that joined it; with `instead` in its place, if not NULL (arena). NULL
 * if it has no such word. */
static const char *without_word(const char *name, const char *word, const char *instead, struct arena *arena)
{
	size_t size = strlen(word);
	for (const char *at = strcasestr(name, word); at; at = strcasestr(at + 1, word)) {
		if (!is_word_at(name, at, size))
			continue;
		if (instead)
			return arena_printf(arena, "%.*s%s%s", (int)(at - name), name, instead, at + size);
		if (at > name && at[-1] == '_')
			return arena_printf(arena, "%.*s%s", (int)(at - 1 - name), name, at + size);
		return arena_printf(arena, "%.*s%s", (int)(at - name), name, at + size + (at[size] == '_'));
	}
	return NULL;
}

/* A parameter as it is compared. */
struct given {
	const char *kind, *name;
	const struct fact_type *type;
	bool is_function, is_data; /* data: a plain pointer to void */
	bool is_matched;
};

typedef TABLE(struct given) givens;

static struct given describe(const struct program *program, const struct node *node, uint32_t number,
			     struct arena *arena)
{
	static const struct fact_type unknown = {0};
	const struct facts *facts = program_facts(program, node->function.unit);
	const struct fact_param *param = program_param(program, node, number);
	struct given given = {.kind = "", .name = param ? facts_text(facts, param->name) : "", .type = &unknown};
	if (!param || param->type == NONE)
		return given;
	given.type = &facts->types[param->type];
	const char *record = facts_text(facts, given.type->record), *alias = facts_text(facts, given.type->alias);
	given.is_function = given.type->flags & TYPE_FUNCTION_POINTER;
	given.is_data = given.type->flags & TYPE_VOID && given.type->pointers == 1;
	static const char *const classes[] = {"number", "void"};
	if (has_word(given.name, time_words))
		given.kind = "timeout";
	else if (given.is_function)
		given.kind = *alias ? alias : facts_text(facts, given.type->spelling);
	else
		given.kind =
		    arena_printf(arena, "%s%.*s", *record ? record : classes[(given.type->flags & TYPE_VOID) != 0],
				 (int)(given.type->pointers < 4 ? given.type->pointers : 4), "****");
	return given;
}

static void describe_all(const struct program *program, uint32_t index, givens *all, struct arena *arena)
{
	const struct node *node = &program->nodes.items[index];
	uint32_t count = program_function(program, node)->param_count;
	for (uint32_t i = 0; i < count; i++)
		table_add(all, describe(program, node, i, arena));
}

static uint32_t count_functions(const givens *all)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < all->count; i++)
		count += all->items[i].is_function;
	return count;
}

/* Takes the completion callback out, and the pointer that it gets back. */
static void set_callback_aside(struct twins *twins, givens *async, const givens *sync)
{
	twins->callback = NONE;
	if (count_functions(async) <= count_functions(sync))
		return;
	for (uint32_t i = 0; i < async->count; i++)
		if (async->items[i].is_function)
			twins->callback = i;
	async->items[twins->callback].is_matched = true;
	uint32_t beside[] = {twins->callback + 1, twins->callback - 1};
	for (int i = 0; i < 2 && !twins->has_user_data; i++)
		if (beside[i] < async->count && async->items[beside[i]].is_data) {
			async->items[beside[i]].is_matched = true;
			twins->has_user_data = true;
		}
}

/* Pairs parameters of one kind, those of the same name first. Returns how many. */
static uint32_t match(struct twin_table *table, struct twins *twins, givens *sync, givens *async)
{
	uint32_t matched = 0, last = 0;
	for (int round = 0; round < 2; round++)
		for (uint32_t s = 0; s < sync->count; s++)
			for (uint32_t a = 0; a < async->count && !sync->items[s].is_matched; a++) {
				bool same_name =
				    *sync->items[s].name && strcmp(sync->items[s].name, async->items[a].name) == 0;
				if (async->items[a].is_matched ||
				    strcmp(sync->items[s].kind, async->items[a].kind) != 0 ||
				    (round == 0 && !same_name))
					continue;
				sync->items[s].is_matched = async->items[a].is_matched = true;
				twins->in_other_order |= round == 0 && a < last;
				last = round == 0 ? a : last;
				matched++;
				table_add(&table->shared, sync->items[s].kind);
			}
	return matched;
}

static bool is_pointer_to_record(const struct facts *facts, const struct given *given)
{
	return given->type->pointers == 1 && *facts_text(facts, given->type->record) &&
	       !(given->type->flags & TYPE_ENUM);
}

static void add_extras(const struct program *program, struct twins *twins, const givens *all, bool is_async)
{
	const struct facts *facts =
	    program_facts(program, program->nodes.items[is_async ? twins->async : twins->sync].function.unit);
	for (uint32_t i = 0; i < all->count; i++) {
		const struct given *given = &all->items[i];
		bool is_text = given->type->pointers == 1 && given->type->flags & TYPE_CONST &&
			       strcmp(given->kind, "number*") == 0;
		bool is_time = strcmp(given->kind, "timeout") == 0;
		bool is_record = is_pointer_to_record(facts, given);
		if (!given->is_matched && (given->is_function || is_text || is_time || is_record))
			table_add(&twins->extras, (struct twin_extra){i, given->kind, is_async, is_text,
								      !is_record || given->type->flags & TYPE_CONST});
	}
}

/* How much goes in: what is filled by the function, as a pointer to a pointer is, may be handed over at the end
 * instead. */
static uint32_t count_inputs(const givens *all)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < all->count; i++)
		count += all->items[i].type->pointers < 2;
	return count;
}

/* Adds the pair if its signatures confirm it. */
static void propose(const struct derived *derived, struct twin_table *table, uint32_t sync_node, uint32_t async_node,
		    const char *word)
{
	const struct program *program = derived->program;
	if (sync_node == NONE || async_node == NONE || sync_node == async_node || !is_api(program, table, sync_node) ||
	    !is_api(program, table, async_node))
		return;
	for (uint32_t i = 0; i < table->list.count; i++)
		if (table->list.items[i].sync == sync_node && table->list.items[i].async == async_node)
			return;
	struct twins twins = {.sync = sync_node, .async = async_node, .word = word};
	givens sync = {0}, async = {0};
	describe_all(program, sync_node, &sync, &table->arena);
	describe_all(program, async_node, &async, &table->arena);
	set_callback_aside(&twins, &async, &sync);
	uint32_t before = table->shared.count, matched = match(table, &twins, &sync, &async);
	add_extras(program, &twins, &sync, false);
	add_extras(program, &twins, &async, true);
	bool is_confirmed = matched && matched * 2 >= count_inputs(&sync) &&
			    (twins.callback != NONE || (matched == sync.count && matched == async.count));
	if (is_confirmed) {
		table_add(&table->list, twins);
	} else {
		table->shared.count = before;
		table_release(&twins.extras);
	}
	table_release(&sync);
	table_release(&async);
}

static void propose_all_of(const struct derived *derived, struct twin_table *table, uint32_t node)
{
	const struct program *program = derived->program;
	const char *name = program->nodes.items[node].name;
	for (const char *const *word = async_words; *word; word++) {
		const char *plain = without_word(name, *word, NULL, &table->arena);
		if (plain)
			propose(derived, table, find_node(program, plain, node, &table->arena), node, *word);
		for (const char *const *other = sync_words; plain && *other; other++)
			propose(
			    derived, table,
			    find_node(program, without_word(name, *word, *other, &table->arena), node, &table->arena),
			    node, *word);
	}
	for (const char *const *word = sync_words; *word; word++) {
		const char *plain = without_word(name, *word, NULL, &table->arena);
		if (plain)
			propose(derived, table, node, find_node(program, plain, node, &table->arena), *word);
	}
}

void find_twins(const struct derived *derived, struct twin_table *twins)
{
	*twins = (struct twin_table){0};
	twins->in_table = find_in_tables(derived->program, &twins->arena);
	for (uint32_t i = 0; i < derived->program->nodes.count; i++)
		if (is_named_async(derived->program->nodes.items[i].name) ||
		    is_named_sync(derived->program->nodes.items[i].name))
			propose_all_of(derived, twins, i);
}

void twins_release(struct twin_table *twins)
{
	for (uint32_t i = 0; i < twins->list.count; i++)
		table_release(&twins->list.items[i].extras);
	table_release(&twins->list);
	table_release(&twins->shared);
	arena_release(&twins->arena);
}

const struct twins *twins_of(const struct twin_table *twins, uint32_t node)
{
	for (uint32_t i = 0; i < twins->list.count; i++)
		if (twins->list.items[i].sync == node || twins->list.items[i].async == node)
			return &twins->list.items[i];
	return NULL;
}

/* One pair in so many may be out of step; where more are, it is the project's way. */
static bool is_usual(uint32_t with, uint32_t without)
{
	enum { FEWEST = 3, TIMES = 4 };
	return with >= FEWEST && with >= TIMES * without;
}

bool is_extra_usual(const struct twin_table *twins, const struct twin_extra *extra)
{
	uint32_t sharing = 0, lacking = 0;
	for (uint32_t i = 0; i < twins->shared.count; i++)
		sharing += strcmp(twins->shared.items[i], extra->kind) == 0;
	for (uint32_t i = 0; i < twins->list.count; i++)
		for (uint32_t e = 0; e < twins->list.items[i].extras.count; e++) {
			const struct twin_extra *other = &twins->list.items[i].extras.items[e];
			lacking += other->is_async == extra->is_async && strcmp(other->kind, extra->kind) == 0;
		}
	return !extra->is_text && is_usual(sharing, lacking);
}

bool is_data_usual(const struct twin_table *twins)
{
	uint32_t with = 0, without = 0;
	for (uint32_t i = 0; i < twins->list.count; i++)
		if (twins->list.items[i].callback != NONE)
			*(twins->list.items[i].has_user_data ? &with : &without) += 1;
	return is_usual(with, without);
}

bool is_variant(const struct program *program, uint32_t function, uint32_t variant)
{
	const struct node *of = &program->nodes.items[function], *node = &program->nodes.items[variant];
	size_t length = strlen(of->name);
	if (function == variant || strncmp(of->name, node->name, length) != 0 ||
	    !(node->name[length] == '_' || isupper((unsigned char)node->name[length])))
		return false;
	struct arena scratch = {0};
	givens all = {0}, more = {0};
	describe_all(program, function, &all, &scratch);
	describe_all(program, variant, &more, &scratch);
	bool same = all.count < more.count && count_functions(&all) == count_functions(&more);
	for (uint32_t i = all.count; i < more.count && same; i++)
		same = !is_named_async(more.items[i].name) && !is_named_sync(more.items[i].name);
	for (uint32_t i = 0; i < all.count && same; i++)
		same = strcmp(all.items[i].kind, more.items[i].kind) == 0 &&
		       strcmp(all.items[i].name, more.items[i].name) == 0;
	table_release(&all);
	table_release(&more);
	arena_release(&scratch);
	return same;
}

bool waits_like(const struct derived *derived, uint32_t node, uint32_t other)
{
	for (uint32_t i = derived->first_effect[node]; i != NONE; i = derived->effects.items[i].next) {
		const struct effect *effect = &derived->effects.items[i];
		bool waits = effect->certain && (effect->kind == EFFECT_PUMPS || effect->kind == EFFECT_WAITS ||
						 (effect->kind == EFFECT_BLOCKS && effect->cost > COST_DISK));
		for (uint32_t o = derived->first_effect[other]; waits && o != NONE; o = derived->effects.items[o].next)
			if (derived->effects.items[o].cause == node ||
			    (derived->effects.items[o].kind == effect->kind &&
			     derived->effects.items[o].cause == effect->cause))
				return true;
	}
	return false;
}
