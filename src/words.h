/*
 * Words in identifiers: `ev_run_once` and `evRunOnce` are "ev", "run", "once".
 *
 * Names only propose, effects must confirm: no rule reports by words alone.
 */
#ifndef ASYNCLINT_WORDS_H
#define ASYNCLINT_WORDS_H

#include <stdbool.h>

/* Whether one of the identifier's words is in the NULL-terminated list (lower case). */
bool has_word(const char *identifier, const char *const *words);

/* Whether its last word is. */
bool ends_in_word(const char *identifier, const char *const *words);

/* Whether the last word that says something is a word of the other too: not one of those in the NULL-terminated list
   `but`, and not of one or two letters ("publish" of `on_publish_cb`). */
bool shares_last_word(const char *identifier, const char *other, const char *const *but);

/* Whether the text holds `part`, ignoring case. */
bool contains(const char *text, const char *part);

/* Whether one of its words is about blocking or not: "blocking", "async", "nowait". What a thing does has to confirm
 * it. */
bool says_mode(const char *identifier);

#endif
