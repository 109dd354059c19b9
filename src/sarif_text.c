#include "sarif.h"

#include <ctype.h>
#include <string.h>

const char *sarif_level(enum severity severity)
{
	return severity == SEVERITY_ADVICE ? "note" : severity_name(severity);
}

const char *sarif_sentence(const char *text, struct arena *arena)
{
	char *copy = arena_printf(arena, "%s.", text);
	if (copy[strspn(copy, "abcdefghijklmnopqrstuvwxyz")] == ' ')
		copy[0] = (char)toupper((unsigned char)copy[0]);
	return copy;
}

const char *sarif_plain(const char *text, struct arena *arena)
{
	char *copy = arena_alloc(arena, 2 * strlen(text) + 1), *end = copy;
	for (; *text; *end++ = *text++)
		if (strchr("[]\\", *text))
			*end++ = '\\';
	return copy;
}

void sarif_message(struct sarif *sarif, const char *key, const char *text)
{
	json_object(&sarif->json, key);
	json_string(&sarif->json, "text", text);
	json_end(&sarif->json);
}

void sarif_name(struct sarif *sarif, const char *id)
{
	char *name = arena_alloc(&sarif->arena, strlen(id) + 1), *end = name;
	for (const char *c = id; *c; c++)
		if (*c != '-')
			*end++ = (char)(c == id || c[-1] == '-' ? toupper((unsigned char)*c) : *c);
	json_string(&sarif->json, "id", id);
	json_string(&sarif->json, "name", name);
}
