#include "option_table.h"

#include <string.h>

static const struct option_entry entries[] = {
    {"database", "PATH", 'p', FINDING, "the compile database: its directory, or the file (default: looked for upward)"},
    {"p", "PATH", 'p', FINDING, NULL}, /* so that -p=PATH works, which clang-tidy's drivers write */
    {"root", "DIR", OPTION_ROOT, PARSING | JOIN, "the project's root, which paths are relative to"},
    {"extra-arg", "ARG", OPTION_EXTRA_ARG, PARSING, "argument to add to each compiler command"},
    {"extra-arg-before", "ARG", OPTION_EXTRA_ARG_BEFORE, PARSING, "the same, before the others"},
    {"jobs", "N", 'j', FINDING, "worker processes (default: one per processor)"},
    {"unit-timeout", "SECONDS", OPTION_UNIT_TIMEOUT, PARSING,
     "give a unit up after this time (default: 120; 0: never)"},
    {"unit-memory", "SIZE", OPTION_UNIT_MEMORY, PARSING,
     "give a unit up that needs more, such as 500M (default: 6G; 0: never)"},
    {"cache", "DIR", OPTION_CACHE, PARSING, "keep facts of units there (default: $XDG_CACHE_HOME/asynclint)"},
    {"cache-size", "SIZE", OPTION_CACHE_SIZE, PARSING, "what the cache may take, such as 500M or 2G (default: 5G)"},
    {"no-cache", NULL, OPTION_NO_CACHE, PARSING, "parse everything, keep nothing"},
    {"skip-without-database", NULL, OPTION_SKIP_WITHOUT_DATABASE, FINDING,
     "where no compile database is found, or it does not know a named file, say so and go on"},
    {"require-database", NULL, OPTION_REQUIRE_DATABASE, FINDING,
     "exit with 2 in these cases, whatever the option above says"},
    {"whole-program", NULL, OPTION_WHOLE_PROGRAM, CHECK,
     "with files named: analyse all of the database, report what is in these files"},
    {"shard", "K/N", OPTION_SHARD, FACTS, "only the K-th of N parts of the database, for N machines"},
    {"config", "FILE", OPTION_CONFIG, CONFIGURED, "the config (default: the nearest .asynclint.json upward)"},
    {"config-file", "FILE", OPTION_CONFIG, CONFIGURED, NULL}, /* clang-tidy's name for it */
    {"no-config", NULL, OPTION_NO_CONFIG, CONFIGURED, "without a config"},
    {"print-config", NULL, OPTION_PRINT_CONFIG, CHECK | JOIN, "print what is in effect, for the file if one is named"},
    {"rules", "RULES", OPTION_RULES, JUDGING, "rules and families to run: a,b; -a,-b without them; all; loop-*"},
    {"checks", "RULES", OPTION_RULES, JUDGING, NULL}, /* clang-tidy's name for it */
    {"list-checks", NULL, OPTION_LIST_CHECKS, CHECK | JOIN, "list the rules that would run, as clang-tidy does"},
    {"preview", NULL, OPTION_PREVIEW, JUDGING, "run rules in preview too"},
    {"models", "PATH", OPTION_MODELS, ANALYSING, "library models to add: a file or a directory"},
    {"no-models", NULL, OPTION_NO_MODELS, ANALYSING, "leave the built-in library models out"},
    {"cost", "COSTS", OPTION_COST, ANALYSING, "kinds of blocking to report in addition: disk, lock"},
    {"exclude", "GLOB", OPTION_EXCLUDE, PARSING, "leave such files out, as a line of .gitignore would"},
    {"force-exclude", NULL, OPTION_FORCE_EXCLUDE, CHECK, "leave them out even if they are named"},
    {"baseline", "FILE", OPTION_BASELINE, JUDGING, "report only what is not in it"},
    {"no-baseline", NULL, OPTION_NO_BASELINE, JUDGING, "without the config's baseline"},
    {"write-baseline", "FILE", OPTION_WRITE_BASELINE, CHECK | JOIN,
     "write a baseline of all findings, and exit with 0"},
    {"prune-baseline", NULL, OPTION_PRUNE_BASELINE, CHECK | JOIN, "take what is fixed out of the baseline"},
    {"add-allow", "REASON", OPTION_ADD_ALLOW, CHECK | JOIN,
     "write a suppression comment with this reason above each finding"},
    {"changed", NULL, OPTION_CHANGED, REPORTING, "report only what is in files that differ from HEAD, as git knows it"},
    {"since", "REV", OPTION_SINCE, REPORTING, "the same for all that changed since HEAD and REV parted"},
    {"line-filter", "JSON", OPTION_LINE_FILTER, REPORTING,
     "report only what is on these lines, as clang-tidy: [{\"name\":\"a.c\",\"lines\":[[1,3]]}]"},
    {"header-filter", "REGEX", OPTION_HEADER_FILTER, REPORTING,
     "of headers, report only what is in those whose path matches (default: all)"},
    {"exclude-header-filter", "REGEX", OPTION_EXCLUDE_HEADER_FILTER, REPORTING,
     "of headers, do not report what is in those whose path matches"},
    {"explain-silence", "FILE:LINE", OPTION_EXPLAIN_SILENCE, CHECK | JOIN,
     "say what is known of the calls on that line, and why rules are silent"},
    {"format", "FORMAT", OPTION_FORMAT, REPORTING | RULES,
     "text, json, sarif, github, gitlab, rdjson, checkstyle, junit, clangtidy, html"},
    {"output", "FILE", 'o', REPORTING | FACTS, "write there instead of to standard output; FORMAT=FILE: that as well"},
    {"export-fixes", "FILE", OPTION_EXPORT_FIXES, REPORTING,
     "--output clangtidy=FILE, as clang-tidy's drivers ask for it"},
    {"dump", NULL, OPTION_DUMP, FACTS, "write the facts as JSON"},
    {"color", "WHEN", OPTION_COLOR, REPORTING, "colours and source lines: auto (default), always, never"},
    {"objects", "DIR", OPTION_OBJECTS, LD,
     "where members of libraries were compiled (default: the root and the working directory)"},
    {"use-color", "[=BOOL]", OPTION_COLOR, REPORTING, NULL}, /* as clang-tidy's drivers write it */
    {"warnings-as-errors", "RULES", OPTION_WARNINGS_AS_ERRORS, JUDGING, "rules and families whose findings are errors"},
    {"fail-on", "SEVERITY", OPTION_FAIL_ON, REPORTING,
     "exit with 1 from this on: advice (default; of ld: error), warning, error, never"},
    {"exit-zero", NULL, OPTION_EXIT_ZERO, REPORTING, "exit with 0 whatever is found: --fail-on never"},
    {"strict", NULL, OPTION_STRICT, REPORTING | FACTS, "exit with 2 if anything was not fully understood"},
    {"stats", "[=json]", OPTION_STATS, REPORTING,
     "say on standard error what the run cost: time by phase, cache, memory"},
    {"quiet", NULL, 'q', ANY, "no progress, no summary"},
    {"verbose", NULL, 'v', ANY, "say what is read from where"},
    {"version", NULL, OPTION_VERSION, ANY, "print the version"},
    {"help", NULL, 'h', ANY, "print this"},
};

enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };

static const struct action_entry actions[] = {
    {"check", ACTION_CHECK, "check files, or all of compile_commands.json"},
    {"facts", ACTION_FACTS, "write the facts of files"},
    {"join", ACTION_JOIN, "check over facts that were written"},
    {"why", ACTION_WHY, "say where a function runs and what it does, and how that is known"},
    {"lsp", ACTION_LSP, "serve an editor: the language server protocol on standard input and output"},
    {"explain", ACTION_EXPLAIN, "print the document of a rule"},
    {"rules", ACTION_RULES, "list the rules"},
    {"cc", ACTION_CC, "run a compiler, and write the facts beside the object file"},
    {"ld", ACTION_LD, "the same, and check what is linked before it is"},
    {"completion", ACTION_COMPLETION, "print what makes a shell complete asynclint's options"},
};

const struct option_entry *option_entries(uint32_t *count)
{
	*count = ENTRIES;
	return entries;
}

const struct action_entry *action_entries(uint32_t *count)
{
	*count = sizeof(actions) / sizeof(actions[0]);
	return actions;
}

const struct option_entry *option_find(int value)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].value == value)
			return &entries[i];
	return NULL;
}

const struct action_entry *action_find(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(name, actions[i].name) == 0)
			return &actions[i];
	return NULL;
}

/* Spelling of the option in the help, such as "-j, --jobs N". Returns its width. */
static int print_spelling(const struct option_entry *entry, FILE *out)
{
	int width =
	    entry->value < OPTION_WITHOUT_LETTER ? fprintf(out, "  -%c, ", entry->value) : fprintf(out, "      ");
	width += fprintf(out, "--%s", entry->name);
	if (entry->argument)
		width += fprintf(out, entry->argument[0] == '[' ? "%s" : " %s", entry->argument);
	return width;
}

void options_print_help(FILE *out)
{
	enum { HELP_COLUMN = 34 };
	fputs(
	    "asynclint finds async-boundary anti-patterns in C: synchronous functions that hide an event loop,\n"
	    "callbacks that block one, clients with two modes, transports that are not really shared.\n"
	    "\n"
	    "usage: asynclint [check] [options] [file...] [-- compiler arguments]\n"
	    "                              check files, or all of compile_commands.json\n"
	    "       asynclint facts FILE (-o OUT | --dump) [options] [-- compiler arguments]\n"
	    "                              write the facts of one file\n"
	    "       asynclint facts [FILE...] -o DIR/ [options]\n"
	    "                              write those of several, or of all of compile_commands.json\n"
	    "       asynclint join FACTS... [options]\n"
	    "                              check over facts that were written: files, or directories of them\n"
	    "       asynclint why FUNCTION [options] [file...] [-- compiler arguments]\n"
	    "                              say where a function runs and what it does, and how that is known\n"
	    "       asynclint-cc [options] COMPILER ARGUMENTS...\n"
	    "                              run the compiler, and write the facts beside the object file\n"
	    "       asynclint-ld [options] COMPILER ARGUMENTS...\n"
	    "                              the same, and check what is linked before it is\n"
	    "       asynclint lsp [options]\n"
	    "                              serve an editor: the language server protocol on standard input and output\n"
	    "       asynclint explain RULE\n"
	    "       asynclint rules [--format FORMAT]\n"
	    "       asynclint completion bash|zsh|fish\n"
	    "\n"
	    "options:\n",
	    out);
	for (size_t i = 0; i < ENTRIES; i++) {
		if (!entries[i].help)
			continue;
		int width = print_spelling(&entries[i], out);
		fprintf(out, "%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", entries[i].help);
	}
	fputs("\n"
	      "exit status: 0 nothing found, 1 findings, 2 could not do its work\n",
	      out);
}
