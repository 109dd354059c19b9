/*
 * The command line → struct options. One table holds every option: what getopt knows and what --help prints come from
 * it.
 */
#ifndef ASYNCLINT_OPTIONS_H
#define ASYNCLINT_OPTIONS_H

#include "arena.h"
#include "config.h"
#include "filter.h"
#include "report.h"
#include "rule.h"
#include "scope.h"

#include <stdbool.h>
#include <stdint.h>

/* A report that is written to a file beside the one on standard output. */
struct output {
	const struct report_format *format;
	const char *path;
};

/* What is asked for. */
enum action {
	ACTION_CHECK,
	ACTION_FACTS,
	ACTION_JOIN,
	ACTION_EXPLAIN,
	ACTION_RULES,
	ACTION_WHY,
	ACTION_LSP,
	ACTION_CC,
	ACTION_LD,
	ACTION_COMPLETION,
	ACTION_HELP,
	ACTION_VERSION,
};

enum stats_format { STATS_NONE, STATS_TEXT, STATS_JSON };

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	enum action action;
	const char *subject;      /* of explain: the rule; of why: the function; of completion: the shell; else NULL */
	const char *const *files; /* as named, NULL-terminated; of join: facts files */
	uint32_t file_count;
	/* After "--", NULL-terminated; NULL if there is no "--". Of cc and ld: the command. */
	const char *const *compiler_arguments;

	const char *database;     /* -p, or NULL: to be found */
	const char *root;         /* --root, or NULL: to be found */
	uint32_t shard, shards;   /* --shard: which part of the database, from 1, of how many; 0: all of it */
	bool many_facts;          /* of facts: `output` is a directory for the facts of any number of units */
	bool whole_program;       /* with files named: of all units, what is in these files is asked for */
	bool changed;             /* --changed or --since: only what changed is asked for, */
	const char *since;        /* since HEAD and this revision parted; NULL: since HEAD */
	const char *silence_file; /* --explain-silence FILE:LINE, or NULL */
	uint32_t silence_line;
	const char *output;           /* -o FILE: where --format is written, or NULL: stdout */
	const struct output *outputs; /* -o FORMAT=FILE: reports in addition */
	uint32_t output_count;
	const char *const *extra_arguments, *const *extra_arguments_before; /* NULL-terminated */

	struct config config;            /* all that the project says; what follows has it in it */
	rule_names named_rules;          /* --rules */
	rule_names as_errors;            /* --warnings-as-errors */
	struct scope scope;              /* what of the rules is on where; points to the three above */
	const struct rule *const *rules; /* to run, in order of id, NULL-terminated */
	const char *const *models;       /* files and directories, NULL-terminated */
	bool no_models;                  /* without the built-in ones */
	uint32_t costs;                  /* bit (1u << enum cost): classes of blocking that are reported */

	struct line_filter lines; /* --line-filter */
	const char *headers,
	    *headers_left_out;    /* --header-filter, --exclude-header-filter, or NULL: checked patterns */
	const char *baseline;     /* --baseline or the config's, or NULL */
	const char *new_baseline; /* --write-baseline, or NULL */
	const char *add_allow;    /* --add-allow: the reason, or NULL */
	enum fail_on fail_on;
	enum stats_format stats;
	const struct report_format *format;
	enum color color;
	uint32_t jobs;         /* 0: as many as processors */
	uint32_t unit_timeout; /* seconds, 0: no limit */
	uint64_t unit_memory;  /* bytes, 0: no limit */
	const char *cache;     /* --cache, or NULL: the default directory */
	uint64_t cache_size;   /* bytes that the cache may take */
	bool no_cache;
	const char *object;  /* of facts: the object file that they are of, or NULL */
	const char *objects; /* --objects, or NULL */
	bool launched;       /* by a build, in whatever folder it is in: cc and ld */
	bool dump, force_exclude, list_checks, preview, print_config, prune_baseline, quiet, skip_without_database,
	    strict, verbose;
};

/* Reads the command line, and the config that holds for it. False if it cannot be followed, with a message in *error;
   `options` is then not to be used. The options point into argv and the arena, and into themselves: they must not be
   copied. To be released in any case. */
bool options_parse(struct options *options, int argc, char **argv, struct arena *arena, const char **error);

void options_release(struct options *options);

#endif
