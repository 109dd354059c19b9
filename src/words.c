#include "words.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The word that starts at `at`; returns where the next one does, or NULL after the last. */
static const char *next_word(const char *at, size_t *length)
{
	size_t n = 0;
	while (isupper((unsigned char)at[n])) /* "URL" of URLFetch, "R" of Run */
		n++;
	if (n > 1 && islower((unsigned char)at[n]))
		n--;
	else
		while (at[n] && at[n] != '_' && !isupper((unsigned char)at[n]))
			n++;
	*length = n;
	while (at[n] == '_')
		n++;
	return at[n] ? at + n : NULL;
}

static bool is_listed(const char *word, size_t length, const char *const *words)
{
	int first = tolower((unsigned char)*word);
	for (; *words; words++)
		if (tolower((unsigned char)**words) == first && strncasecmp(word, *words, length) == 0 &&
		    (*words)[length] == '\0')
			return true;
	return false;
}

static bool match_words(const char *identifier, const char *const *words, bool last_only)
{
	const char *at = identifier + strspn(identifier, "_");
	while (at && *at) {
		size_t length;
		const char *next = next_word(at, &length);
		if ((!next || !last_only) && is_listed(at, length, words))
			return true;
		at = next;
	}
	return false;
}

bool has_word(const char *identifier, const char *const *words)
{
	return match_words(identifier, words, false);
}

bool ends_in_word(const char *identifier, const char *const *words)
{
	return match_words(identifier, words, true);
}

bool shares_last_word(const char *identifier, const char *other, const char *const *but)
{
	char word[64] = "";
	const char *at = identifier + strspn(identifier, "_");
	while (at && *at) {
		size_t length;
		const char *next = next_word(at, &length);
		if (length > 2 && length < sizeof(word) && !is_listed(at, length, but)) {
			memcpy(word, at, length);
			word[length] = '\0';
		}
		at = next;
	}
	const char *const words[] = {word, NULL};
	return *word && has_word(other, words);
}

bool contains(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

bool says_mode(const char *identifier)
{
	static const char *const words[] = {"block",       "blocking",       "nonblock",    "nonblocking",
					    "noblock",     "unblocking",     "async",       "asynchronous",
					    "sync",        "synchronous",    "nowait",      "nonblk",
					    "setblocking", "setnonblocking", "setnonblock", NULL};
	return has_word(identifier, words);
}
