#include "transports.h"

#include "words.h"

#include <string.h>

static const char *const async_words[] = {"async", "asynchronous", "nonblocking", "aio", NULL};
static const char *const sync_words[] = {"sync", "synchronous", "blocking", NULL};

static enum transport modelled_transport(const struct program *program, const char *name)
{
	const struct model_type *model = *name ? models_type(program->models, name) : NULL;
	return model ? model->transport : TRANSPORT_NONE;
}

/* Holds something of a loop: a handle or transport of a library, or a callback. */
static bool lives_on_loop(const struct program *program, struct record_ref record)
{
	const struct facts *facts = program_facts(program, record.unit);
	for (uint32_t f = 0; f < record.record->field_count; f++) {
		uint32_t type = facts->fields[record.record->first_field + f].type;
		if (type == NONE)
			continue;
		const char *names[] = {facts_text(facts, facts->types[type].alias),
				       facts_text(facts, facts->types[type].record)};
		if (facts->types[type].flags & TYPE_FUNCTION_POINTER)
			return true;
		for (int i = 0; i < 2; i++) {
			const struct model_type *model = *names[i] ? models_type(program->models, names[i]) : NULL;
			if (model && (model->loop || model->handle || model->transport == TRANSPORT_ASYNC))
				return true;
		}
	}
	return false;
}

/* The name without its words for sync and async: "http_async_client" → "http_client" (arena). */
static const char *plain_name(const char *name, struct arena *arena)
{
	size_t length = strcspn(name, "@");
	char *plain = arena_strndup(arena, name, length);
	for (size_t w = 0; w < 2; w++) {
		const char *const *words = w ? sync_words : async_words;
		for (; *words; words++) {
			char *at = strcasestr(plain, *words);
			if (!at || (at != plain && at[-1] != '_' && at[0] >= 'a' && at[0] <= 'z'))
				continue;
			size_t size = strlen(*words);
			if (at[size] == '_')
				size++;
			else if (at > plain && at[-1] == '_' && !at[size])
				at--, size++;
			memmove(at, at + size, strlen(at + size) + 1);
		}
	}
	return plain;
}

static const char *const transport_words[] = {"transport", "connection", "conn",    "stream", "session", "client",
					      "context",   "socket",     "channel", "pipe",   "link",    NULL};

/* Records of one plain name: the first that is named as async, and the first that is not. */
struct pair {
	uint32_t async, plain; /* strings of identities, or NONE */
};

void derive_transports(struct derived *derived)
{
	const struct program *program = derived->program;
	derived->transport_count = program->record_of.count;
	derived->transport = arena_alloc(&derived->arena, program->record_of.count);
	struct arena scratch = {0};
	struct intern plain_names;
	TABLE(struct pair) pairs = {0};
	intern_init(&plain_names);
	for (uint32_t i = 0; i < program->record_of.count; i++) {
		struct record_ref record = program->record_of.items[i];
		const char *name = record.record ? program_text(program, record.unit, record.record->name) : "";
		if (!*name || record.record->flags & RECORD_ENUM || !has_word(name, transport_words))
			continue;
		uint32_t plain = intern(&plain_names, plain_name(name, &scratch));
		while (pairs.count <= plain)
			table_add(&pairs, (struct pair){NONE, NONE});
		uint32_t *side = has_word(name, async_words) ? &pairs.items[plain].async : &pairs.items[plain].plain;
		if (*side == NONE)
			*side = i;
	}
	for (uint32_t i = 0; i < pairs.count; i++) {
		struct pair pair = pairs.items[i];
		if (pair.async == NONE || pair.plain == NONE ||
		    !lives_on_loop(program, program->record_of.items[pair.async]) ||
		    lives_on_loop(program, program->record_of.items[pair.plain]))
			continue;
		derived->transport[pair.async] = TRANSPORT_ASYNC;
		derived->transport[pair.plain] = TRANSPORT_SYNC;
	}
	table_release(&pairs);
	intern_release(&plain_names);
	arena_release(&scratch);
}

enum transport transport_of_name(const struct derived *derived, const char *name)
{
	enum transport modelled = modelled_transport(derived->program, name);
	if (modelled != TRANSPORT_NONE)
		return modelled;
	uint32_t string = intern_find(&derived->program->strings, name);
	return string < derived->transport_count ? (enum transport)derived->transport[string] : TRANSPORT_NONE;
}

enum transport transport_of_type(const struct derived *derived, uint32_t unit, uint32_t type)
{
	if (type == NONE)
		return TRANSPORT_NONE;
	const struct facts *facts = program_facts(derived->program, unit);
	enum transport transport = modelled_transport(derived->program, facts_text(facts, facts->types[type].alias));
	if (transport != TRANSPORT_NONE)
		return transport;
	const char *record = facts_text(facts, facts->types[type].record);
	return *record ? transport_of_name(derived, record) : TRANSPORT_NONE;
}
