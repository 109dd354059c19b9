#include "includes.h"

#include <string.h>

static const char word[] = "include", next_word[] = "_next", question[] = "__has_";

enum { WORD_LENGTH = sizeof(word) - 1, NEXT_LENGTH = sizeof(next_word) - 1, QUESTION_LENGTH = sizeof(question) - 1 };

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* Whether a '#' stands before `at`, with nothing but blanks between. */
static bool is_directive(const char *start, const char *at)
{
	while (at > start && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at > start && at[-1] == '#';
}

static bool is_question(const char *start, const char *at)
{
	return at - start >= QUESTION_LENGTH && memcmp(at - QUESTION_LENGTH, question, QUESTION_LENGTH) == 0;
}

/* Reads "name" or <name>; false where neither stands. */
static bool read_name(const char *at, const char *end, struct include_name *found)
{
	at = skip_blanks(at, end);
	if (at == end || (*at != '"' && *at != '<'))
		return false;
	const char *name = at + 1, *line_end = memchr(name, '\n', (size_t)(end - name));
	const char *close = memchr(name, *at == '"' ? '"' : '>', (size_t)((line_end ? line_end : end) - name));
	if (!close || close == name)
		return false;
	found->name = name;
	found->length = (size_t)(close - name);
	found->quoted = *at == '"';
	return true;
}

/* What stands behind the word, which is at `at`. */
static bool read_include(const char *start, const char *at, const char *end, struct include_name *found)
{
	bool directive = is_directive(start, at), asks = !directive && is_question(start, at);
	if (!directive && !asks)
		return false;
	at += WORD_LENGTH;
	found->next = end - at >= NEXT_LENGTH && memcmp(at, next_word, NEXT_LENGTH) == 0;
	at = skip_blanks(at + (found->next ? NEXT_LENGTH : 0), end);
	if (asks && (at == end || *at++ != '('))
		return false;
	return read_name(at, end, found);
}

const char *includes_next(const char *text, const char *at, const char *end, struct include_name *found)
{
	while (at < end && (at = memmem(at, (size_t)(end - at), word, WORD_LENGTH))) {
		if (read_include(text, at, end, found))
			return found->name + found->length;
		at += WORD_LENGTH;
	}
	return NULL;
}
