#include "transports.h"

#include "words.h"

#include <string.h>

static const char *const async_words[] = {"async", "asynchronous", "nonblocking", "aio", NULL};
static const char *const sync_words[] = {"sync", "synchronous", "blocking", NULL};

struct record_ref find_record(const struct program *program, const char *identity)
{
	for (uint32_t unit = 0; unit < program->unit_count; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t r = 0; r < facts->records_count; r++)
			if (strcmp(facts_text(facts, facts->records[r].identity), identity) == 0)
				return (struct record_ref){unit, &facts->records[r]};
	}
	return (struct record_ref){0, NULL};
}

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
		const char *names[] = {facts_text(facts, facts->types[type].alias), facts_text(facts, facts->types[type].record)};
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

/* A record that differs from this one just in being async (or not). */
static struct record_ref find_twin(const struct program *program, const char *name, bool async)
{
	struct arena scratch = {0};
	const char *plain = plain_name(name, &scratch);
	struct record_ref twin = {0, NULL};
	for (uint32_t unit = 0; unit < program->unit_count && !twin.record; unit++) {
		const struct facts *facts = program_facts(program, unit);
		for (uint32_t r = 0; r < facts->records_count && !twin.record; r++) {
			const char *other = facts_text(facts, facts->records[r].name);
			if (*other && strcmp(other, name) != 0 && has_word(other, async_words) == async && !(facts->records[r].flags & RECORD_ENUM) &&
			    strcmp(plain_name(other, &scratch), plain) == 0)
				twin = (struct record_ref){unit, &facts->records[r]};
		}
	}
	arena_release(&scratch);
	return twin;
}

static const char *const transport_words[] = {"transport", "connection", "conn", "stream", "session", "client", "context", "socket", "channel", "pipe", "link", NULL};

enum transport transport_of_name(const struct program *program, const char *name)
{
	enum transport modelled = modelled_transport(program, name);
	char plain[128]; /* without the path of a record of one file */
	size_t length = strcspn(name, "@");
	if (modelled != TRANSPORT_NONE || length >= sizeof(plain))
		return modelled;
	memcpy(plain, name, length);
	plain[length] = '\0';
	if (!has_word(plain, transport_words))
		return TRANSPORT_NONE;
	struct record_ref own = find_record(program, name);
	if (!own.record || own.record->flags & RECORD_ENUM)
		return TRANSPORT_NONE;
	bool async = has_word(plain, async_words);
	struct record_ref twin = find_twin(program, plain, !async);
	if (!twin.record)
		return TRANSPORT_NONE;
	struct record_ref async_one = async ? own : twin, sync_one = async ? twin : own;
	if (!lives_on_loop(program, async_one) || lives_on_loop(program, sync_one))
		return TRANSPORT_NONE;
	return async ? TRANSPORT_ASYNC : TRANSPORT_SYNC;
}

enum transport transport_of_type(const struct program *program, uint32_t unit, uint32_t type)
{
	if (type == NONE)
		return TRANSPORT_NONE;
	const struct facts *facts = program_facts(program, unit);
	enum transport transport = modelled_transport(program, facts_text(facts, facts->types[type].alias));
	if (transport != TRANSPORT_NONE)
		return transport;
	const char *record = facts_text(facts, facts->types[type].record);
	return *record ? transport_of_name(program, record) : TRANSPORT_NONE;
}
