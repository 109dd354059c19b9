/*
 * The options and actions of the command line as a table: what getopt knows, what --help and the man page say, and what
 * shells complete come from it.
 */
#ifndef ASYNCLINT_OPTION_TABLE_H
#define ASYNCLINT_OPTION_TABLE_H

#include "options.h"

#include <limits.h>
#include <stdio.h>

/* Sets of actions that an option goes with. */
enum {
	CHECK = 1u << ACTION_CHECK,
	FACTS = 1u << ACTION_FACTS,
	JOIN = 1u << ACTION_JOIN,
	RULES = 1u << ACTION_RULES,
	WHY = 1u << ACTION_WHY,
	LD = 1u << ACTION_LD,
	LAUNCHING = LD | 1u << ACTION_CC, /* actions in front of a compiler */
	LSP = 1u << ACTION_LSP,
	FINDING = CHECK | FACTS | LSP | WHY, /* actions that read sources by themselves */
	PARSING = FINDING | LAUNCHING,
	ANALYSING = CHECK | JOIN | LD | LSP | WHY,
	REPORTING = CHECK | JOIN | LD,
	JUDGING = REPORTING | LSP, /* that run rules */
	CONFIGURED = ANALYSING | PARSING,
	ANY = INT_MAX,
};

/* Values of options without a letter. */
enum {
	OPTION_WITHOUT_LETTER = 256,
	OPTION_RULES = OPTION_WITHOUT_LETTER,
	OPTION_PREVIEW,
	OPTION_FORMAT,
	OPTION_MODELS,
	OPTION_NO_MODELS,
	OPTION_COST,
	OPTION_CONFIG,
	OPTION_NO_CONFIG,
	OPTION_PRINT_CONFIG,
	OPTION_EXCLUDE,
	OPTION_FORCE_EXCLUDE,
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	OPTION_WRITE_BASELINE,
	OPTION_PRUNE_BASELINE,
	OPTION_ADD_ALLOW,
	OPTION_WARNINGS_AS_ERRORS,
	OPTION_FAIL_ON,
	OPTION_EXIT_ZERO,
	OPTION_EXPLAIN_SILENCE,
	OPTION_STATS,
	OPTION_CHANGED,
	OPTION_SINCE,
	OPTION_WHOLE_PROGRAM,
	OPTION_SHARD,
	OPTION_LINE_FILTER,
	OPTION_HEADER_FILTER,
	OPTION_EXCLUDE_HEADER_FILTER,
	OPTION_STRICT,
	OPTION_UNIT_TIMEOUT,
	OPTION_UNIT_MEMORY,
	OPTION_EXTRA_ARG,
	OPTION_EXTRA_ARG_BEFORE,
	OPTION_ROOT,
	OPTION_COLOR,
	OPTION_DUMP,
	OPTION_SKIP_WITHOUT_DATABASE,
	OPTION_REQUIRE_DATABASE,
	OPTION_CACHE,
	OPTION_CACHE_SIZE,
	OPTION_NO_CACHE,
	OPTION_OBJECTS,
	OPTION_LIST_CHECKS,
	OPTION_EXPORT_FIXES,
	OPTION_VERSION,
};

struct option_entry {
	const char *name;
	/* What --help calls the argument, in brackets if it may be left out; NULL if the option takes none. The name
	   says what can stand there: FILE, PATH, DIR, RULES, COSTS, FORMAT, WHEN, SEVERITY; others are any text or
	   number. */
	const char *argument;
	int value;        /* its letter, or one from OPTION_WITHOUT_LETTER on */
	unsigned actions; /* bits (1u << enum action) that it goes with */
	const char *help; /* NULL: another spelling of the entry before */
};

struct action_entry {
	const char *name;
	enum action action;
	const char *help;
};

const struct option_entry *option_entries(uint32_t *count);
const struct action_entry *action_entries(uint32_t *count);

/* The first entry with that value; NULL if there is none. */
const struct option_entry *option_find(int value);

/* NULL if no action is called so. */
const struct action_entry *action_find(const char *name);

void options_print_help(FILE *out);

#endif
