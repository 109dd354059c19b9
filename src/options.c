#include "options.h"

#include "add_allow.h"
#include "analysis.h"
#include "option_table.h"
#include "paths.h"
#include "settings.h"
#include "table.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_JOBS = 1024, LONGEST_TIMEOUT = 24 * 3600, DEFAULT_TIMEOUT = 120 };

#define DEFAULT_CACHE_SIZE ((uint64_t)5 << 30)

/* A unit of 20 MB takes 0.6 GB; what takes ten times as much has no end, and must not take the machine with it. */
#define DEFAULT_MEMORY ((uint64_t)6 << 30)

/* What is collected while the arguments are read. */
struct parser {
	struct options *options;
	struct arena *arena;
	const char **error;
	const char *action_name;
	bool require_database;
	struct config_request config;
	const char **models, **extra, **extra_before; /* each with room for argc items */
	uint32_t model_count, extra_count, extra_before_count;
	struct output *outputs; /* room likewise */
};

/* Returns false, for `return fail(...)`. */
static bool fail(const struct parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(const struct parser *parser, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*parser->error = arena_vprintf(parser->arena, format, arguments);
	va_end(arguments);
	return false;
}

static bool parse_number(const struct parser *parser, const char *option, const char *text, uint32_t most,
			 uint32_t *number)
{
	char *end;
	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || value > most)
		return fail(parser, "option '--%s' takes a number from 0 to %u, not '%s'", option, most, text);
	*number = (uint32_t)value;
	return true;
}

/* A number of bytes, or of K, M or G of them (1024 each step). */
static bool parse_size(const struct parser *parser, const char *option, const char *text, uint64_t *size)
{
	static const char units[] = "KMG";
	char *end;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	if (errno || end == text || text[0] == '-' || (unit ? end[1] : *end) || value > UINT64_MAX >> shift)
		return fail(parser, "option '--%s' takes a size such as 500M or 2G, not '%s'", option, text);
	*size = (uint64_t)value << shift;
	return true;
}

static bool add_cost(struct parser *parser, const char *name)
{
	const char *unknown = costs_add(&parser->options->costs, name, parser->arena);
	return !unknown || fail(parser, "%s", unknown);
}

/* Calls `item` for each name of a list that is separated by commas, blanks or line ends. */
static bool parse_list(struct parser *parser, const char *list, bool (*item)(struct parser *parser, const char *name))
{
	for (const char *rest = list; *rest;) {
		size_t length = strcspn(rest, ", \t\n");
		if (length && !item(parser, arena_strndup(parser->arena, rest, length)))
			return false;
		rest += length + (rest[length] != '\0');
	}
	return true;
}

static bool parse_shard(struct parser *parser, const char *text)
{
	enum { MOST_SHARDS = 10000 };
	struct options *options = parser->options;
	char rest;
	if (strspn(text, "0123456789/") == strlen(text) &&
	    sscanf(text, "%9u/%9u%c", &options->shard, &options->shards, &rest) == 2 && options->shard >= 1 &&
	    options->shard <= options->shards && options->shards <= MOST_SHARDS)
		return true;
	return fail(parser, "option '--shard' takes K/N, with K from 1 to N and N up to %d, not '%s'", MOST_SHARDS,
		    text);
}

static bool parse_file_and_line(struct parser *parser, const char *option, const char *text)
{
	const char *colon = strrchr(text, ':');
	if (!colon || colon == text)
		return fail(parser, "option '--%s' takes FILE:LINE, not '%s'", option, text);
	parser->options->silence_file = arena_strndup(parser->arena, text, (size_t)(colon - text));
	return parse_number(parser, option, colon + 1, INT32_MAX, &parser->options->silence_line);
}

/* NULL, as `--use-color` alone, stands for "true". */
static bool parse_color(const struct parser *parser, const char *text)
{
	static const struct {
		const char *name;
		enum color color;
	} names[] = {
	    {"auto", COLOR_AUTO},   {"always", COLOR_ALWAYS}, {"never", COLOR_NEVER},
	    {"true", COLOR_ALWAYS}, {"false", COLOR_NEVER},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text ? text : "true", names[i].name) == 0) {
			parser->options->color = names[i].color;
			return true;
		}
	}
	return fail(parser, "option '--color' takes auto, always or never, not '%s'", text);
}

/* NULL after a message if there is no such format. */
static const struct report_format *find_format(const struct parser *parser, const char *name)
{
	const struct report_format *found = report_format_find(name);
	if (found)
		return found;
	const char *known = "";
	for (const struct report_format *format = report_formats; format->name; format++)
		known = arena_printf(parser->arena, "%s%s%s", known, *known ? ", " : "", format->name);
	fail(parser, "unknown format '%s'; known are %s", name, known);
	return NULL;
}

static bool parse_format(const struct parser *parser, const char *name)
{
	parser->options->format = find_format(parser, name);
	return parser->options->format;
}

/* FILE, or FORMAT=FILE; a file whose name has letters up to a '=' is written ./a=b. Facts have one format. */
static bool parse_output(struct parser *parser, const char *argument)
{
	struct options *options = parser->options;
	size_t length = strspn(argument, "abcdefghijklmnopqrstuvwxyz");
	if (!*argument)
		return fail(parser, "option '--output' needs a file");
	if (argument[length] != '=' || options->action == ACTION_FACTS) {
		options->output = argument;
		return true;
	}
	const struct report_format *format = find_format(parser, arena_strndup(parser->arena, argument, length));
	if (!format)
		return false;
	if (!argument[length + 1])
		return fail(parser, "option '--output' needs a file after '%s'", argument);
	parser->outputs[options->output_count++] = (struct output){format, argument + length + 1};
	return true;
}

static bool add_name_to(const struct parser *parser, rule_names *names, const char *name)
{
	const char *unknown = rule_names_add(names, name, parser->arena);
	return !unknown || fail(parser, "%s", unknown);
}

static bool add_rule_name(struct parser *parser, const char *name)
{
	return add_name_to(parser, &parser->options->named_rules, name);
}

static bool add_error_name(struct parser *parser, const char *name)
{
	return add_name_to(parser, &parser->options->as_errors, name);
}

/* Relative to the working directory, as all that the command line names. */
static bool add_exclude(const struct parser *parser, const char *pattern)
{
	const char *directory = path_resolve(".", parser->arena), *wrong = glob_check(pattern);
	if (wrong)
		return fail(parser, "the pattern '%s' of '--exclude' %s", pattern, wrong);
	if (!directory)
		return fail(parser, "cannot tell the working directory: %s", strerror(errno));
	if (strncmp(pattern, "./", 2) == 0)
		pattern += 2;
	table_add(&parser->options->config.exclude, (struct glob){directory, pattern});
	return true;
}

static bool parse_reason(const struct parser *parser, const char *reason)
{
	const char *wrong = add_allow_check_reason(reason);
	parser->options->add_allow = reason;
	return !wrong || fail(parser, "the reason of '--add-allow' %s", wrong);
}

static bool apply_option(struct parser *parser, const struct option_entry *entry, const char *argument)
{
	struct options *options = parser->options;
	switch (entry->value) {
	case 'p':
		options->database = argument;
		return true;
	case 'j':
		return parse_number(parser, entry->name, argument, MOST_JOBS, &options->jobs);
	case 'o':
		return parse_output(parser, argument);
	case 'q':
		return options->quiet = true;
	case 'v':
		return options->verbose = true;
	case OPTION_RULES:
		return parse_list(parser, argument, add_rule_name);
	case OPTION_PREVIEW:
		return options->preview = true;
	case OPTION_FORMAT:
		return parse_format(parser, argument);
	case OPTION_MODELS:
		parser->models[parser->model_count++] = argument;
		return true;
	case OPTION_NO_MODELS:
		return options->no_models = true;
	case OPTION_COST:
		return parse_list(parser, argument, add_cost);
	case OPTION_EXPLAIN_SILENCE:
		return parse_file_and_line(parser, entry->name, argument);
	case OPTION_STATS:
		options->stats = argument ? STATS_JSON : STATS_TEXT;
		return !argument || strcmp(argument, "json") == 0 ||
		       fail(parser, "option '--stats' takes nothing, or json, not '%s'", argument);
	case OPTION_CHANGED:
		return options->changed = true;
	case OPTION_SINCE:
		options->since = argument;
		return options->changed = true;
	case OPTION_LINE_FILTER:
		return line_filter_parse(argument, parser->arena, &options->lines, parser->error);
	case OPTION_SHARD:
		return parse_shard(parser, argument);
	case OPTION_WHOLE_PROGRAM:
		return options->whole_program = true;
	case OPTION_HEADER_FILTER:
		options->headers = argument;
		return filter_check_pattern(argument, parser->arena, parser->error);
	case OPTION_EXCLUDE_HEADER_FILTER:
		options->headers_left_out = argument;
		return filter_check_pattern(argument, parser->arena, parser->error);
	case OPTION_CONFIG:
		parser->config.path = argument;
		return true;
	case OPTION_NO_CONFIG:
		return parser->config.none = true;
	case OPTION_PRINT_CONFIG:
		return options->print_config = true;
	case OPTION_EXCLUDE:
		return add_exclude(parser, argument);
	case OPTION_FORCE_EXCLUDE:
		return options->force_exclude = true;
	case OPTION_BASELINE:
		options->baseline = argument;
		return true;
	case OPTION_NO_BASELINE:
		return parser->config.no_baseline = true;
	case OPTION_WRITE_BASELINE:
		options->new_baseline = argument;
		return true;
	case OPTION_PRUNE_BASELINE:
		return options->prune_baseline = true;
	case OPTION_ADD_ALLOW:
		return parse_reason(parser, argument);
	case OPTION_WARNINGS_AS_ERRORS:
		return parse_list(parser, argument, add_error_name);
	case OPTION_FAIL_ON:
		parser->config.fails_on = true;
		return fail_on_find(argument, &options->fail_on) ||
		       fail(parser, "option '--fail-on' takes advice, warning, error or never, not '%s'", argument);
	case OPTION_EXIT_ZERO:
		parser->config.fails_on = true;
		options->fail_on = FAIL_NEVER;
		return true;
	case OPTION_STRICT:
		return options->strict = true;
	case OPTION_UNIT_TIMEOUT:
		return parse_number(parser, entry->name, argument, LONGEST_TIMEOUT, &options->unit_timeout);
	case OPTION_UNIT_MEMORY:
		return parse_size(parser, entry->name, argument, &options->unit_memory);
	case OPTION_CACHE:
		options->cache = argument;
		return *argument || fail(parser, "option '--cache' needs a directory");
	case OPTION_CACHE_SIZE:
		return parse_size(parser, entry->name, argument, &options->cache_size);
	case OPTION_NO_CACHE:
		return options->no_cache = true;
	case OPTION_EXTRA_ARG:
		parser->extra[parser->extra_count++] = argument;
		return true;
	case OPTION_EXTRA_ARG_BEFORE:
		parser->extra_before[parser->extra_before_count++] = argument;
		return true;
	case OPTION_ROOT:
		options->root = argument;
		return true;
	case OPTION_COLOR:
		return parse_color(parser, argument);
	case OPTION_OBJECTS:
		options->objects = argument;
		return true;
	case OPTION_DUMP:
		return options->dump = true;
	case OPTION_SKIP_WITHOUT_DATABASE:
		return options->skip_without_database = true;
	case OPTION_REQUIRE_DATABASE:
		return parser->require_database = true;
	case OPTION_EXPORT_FIXES:
		parser->outputs[options->output_count++] = (struct output){report_format_find("clangtidy"), argument};
		return *argument || fail(parser, "option '--export-fixes' needs a file");
	case OPTION_LIST_CHECKS:
		return options->list_checks = true;
	case OPTION_VERSION:
		options->action = ACTION_VERSION;
		return true;
	default:
		options->action = ACTION_HELP;
		return true;
	}
}

/* Says what getopt refused when it returned ':' or '?': the option whose value is `value`, or what stands in
 * `argument`. */
static bool fail_refused(const struct parser *parser, int returned, int value, const char *argument)
{
	const struct option_entry *entry = option_find(value);
	if (entry && returned == ':')
		return fail(parser, "option '--%s' needs an argument", entry->name);
	if (entry)
		return fail(parser, "option '--%s' takes no argument", entry->name);
	if (value)
		return fail(parser, "unknown option '-%c'; see 'asynclint --help'", value);
	return fail(parser, "unknown or ambiguous option '%s'; see 'asynclint --help'", argument);
}

static void describe_to_getopt(bool launched, struct option *long_options, char *letters)
{
	if (launched)
		*letters++ = '+'; /* the first word that is no option begins the command */
	*letters++ = ':';         /* a missing argument is told from an unknown option */
	uint32_t count;
	const struct option_entry *entries = option_entries(&count);
	for (uint32_t i = 0; i < count; i++) {
		const struct option_entry *entry = &entries[i];
		long_options[i] = (struct option){
		    .name = entry->name,
		    .has_arg = !entry->argument            ? no_argument
			       : entry->argument[0] == '[' ? optional_argument
							   : required_argument,
		    .val = entry->value,
		};
		if (entry->value < OPTION_WITHOUT_LETTER) {
			*letters++ = (char)entry->value;
			if (entry->argument)
				*letters++ = ':';
		}
	}
}

static bool parse_options(struct parser *parser, int argc, char **argv)
{
	uint32_t count;
	option_entries(&count);
	struct option *long_options = arena_alloc(parser->arena, (count + 1) * sizeof(*long_options));
	char *letters = arena_alloc(parser->arena, 2 * count + 3);
	describe_to_getopt(parser->options->launched, long_options, letters);
	unsigned action = 1u << parser->options->action;
	opterr = 0;
	optind = 0; /* glibc: from the start, with nothing remembered of an earlier run */
	for (int value; (value = getopt_long_only(argc, argv, letters, long_options, NULL)) != -1;) {
		if (value == ':' || value == '?')
			return fail_refused(parser, value, optopt, argv[optind - 1]);
		const struct option_entry *entry = option_find(value);
		if (!(entry->actions & action))
			return fail(parser, "option '--%s' does not go with '%s'", entry->name, parser->action_name);
		if (!apply_option(parser, entry, optarg))
			return false;
	}
	return true;
}

/* What is looked at with --changed is the whole program, and what is shown of it, git says. */
static bool check_changed(const struct parser *parser)
{
	const struct options *options = parser->options;
	const char *name = options->since ? "since" : "changed";
	if (!options->changed)
		return true;
	if (options->file_count && options->action != ACTION_JOIN)
		return fail(parser, "option '--%s' looks for the files itself: name none beside it ('%s')", name,
			    options->files[0]);
	if (options->lines.file_count)
		return fail(parser, "options '--%s' and '--line-filter' exclude each other", name);
	if (options->since && (!options->since[0] || options->since[0] == '-'))
		return fail(parser, "option '--since' takes a revision, not '%s'", options->since);
	return true;
}

/* The option that leaves findings out of the report, or NULL. */
static const char *filtering_option(const struct options *options)
{
	if (options->lines.file_count)
		return "line-filter";
	if (options->changed)
		return options->since ? "since" : "changed";
	if (options->headers || options->headers_left_out)
		return options->headers ? "header-filter" : "exclude-header-filter";
	return options->whole_program && options->file_count ? "whole-program" : NULL;
}

/* Of two reports in one file only the last would be left. */
static bool check_outputs(const struct parser *parser)
{
	const struct options *options = parser->options;
	for (uint32_t i = 0; i < options->output_count; i++) {
		const char *path = options->outputs[i].path;
		bool again = options->output && strcmp(path, options->output) == 0;
		for (uint32_t j = 0; j < i; j++)
			again |= strcmp(path, options->outputs[j].path) == 0;
		if (again)
			return fail(parser, "two reports are to be written to '%s'", path);
	}
	return true;
}

/* A baseline is of the whole program, and one thing is done at a time. */
static bool check_baseline(const struct parser *parser)
{
	const struct options *options = parser->options;
	const char *filtering = filtering_option(options);
	if (options->new_baseline && filtering)
		return fail(parser, "'--write-baseline' is for the whole program: leave '--%s' out", filtering);
	if (options->new_baseline && options->add_allow)
		return fail(parser, "options '--write-baseline' and '--add-allow' exclude each other");
	if (options->prune_baseline && (options->new_baseline || !options->baseline))
		return fail(parser, "option '--prune-baseline' needs a baseline to prune: '--baseline FILE'");
	return true;
}

static bool take_subject(const struct parser *parser, const char *what)
{
	struct options *options = parser->options;
	if (!options->file_count)
		return fail(parser, "'%s' needs the name of a %s", parser->action_name, what);
	options->subject = *options->files++;
	options->file_count--;
	return true;
}

/* Facts of one file go to a file; of several, or of a part of the database, or to DIR/, into a directory. */
static bool check_facts(const struct parser *parser)
{
	struct options *options = parser->options;
	if (!options->dump && !options->output)
		return fail(parser, "'facts' needs --output FILE or --dump");
	bool to_directory =
	    options->output && options->output[0] && options->output[strlen(options->output) - 1] == '/';
	options->many_facts = options->file_count != 1 || to_directory;
	if (options->dump && options->many_facts)
		return fail(parser, "'facts --dump' takes one file");
	if (options->shards && options->file_count)
		return fail(parser, "option '--shard' picks the files itself: name none beside it ('%s')",
			    options->files[0]);
	return true;
}

/* Whether as many operands were given as the action takes. */
static bool check_operands(const struct parser *parser)
{
	struct options *options = parser->options;
	if (options->action == ACTION_EXPLAIN && !take_subject(parser, "rule"))
		return false;
	if (options->action == ACTION_WHY && !take_subject(parser, "function"))
		return false;
	if (options->action == ACTION_COMPLETION && !take_subject(parser, "shell"))
		return false;
	bool names_files = (FINDING | JOIN) & 1u << options->action && options->action != ACTION_LSP;
	if (!names_files && options->file_count)
		return fail(parser, "unexpected argument '%s' after '%s'", options->files[0], parser->action_name);
	if (options->action == ACTION_FACTS && !check_facts(parser))
		return false;
	if (options->action == ACTION_JOIN && !options->file_count)
		return fail(parser, "'join' needs files that 'facts' wrote");
	if (options->compiler_arguments && !(PARSING & 1u << options->action))
		return fail(parser, "'%s' takes no compiler arguments", parser->action_name);
	if (options->compiler_arguments && !options->file_count)
		return fail(parser, "compiler arguments after '--', but no file before it");
	return true;
}

/* The name may be that of an action, or NULL. Returns whether it is. */
static bool parse_action(struct parser *parser, const char *name)
{
	const struct action_entry *entry = name ? action_find(name) : NULL;
	if (!entry)
		return false;
	parser->options->action = entry->action;
	parser->options->launched = LAUNCHING & 1u << entry->action;
	parser->action_name = entry->name;
	return true;
}

/* A first word that can be no C file was meant to be an action. */
static bool is_no_action(const char *word)
{
	return word && word[0] != '-' && !strpbrk(word, "./") && access(word, F_OK) != 0;
}

/* The program is known by more than one name: started as asynclint-cc it does what "asynclint cc" does. */
static const char *action_of_program(const char *program)
{
	static const char prefix[] = "asynclint-";
	const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
	return strncmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : NULL;
}

/* Returns the number of arguments before "--". What stands behind it is for the compiler: getopt must not see it. */
static int split_at_dashes(struct options *options, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			options->compiler_arguments = (const char *const *)(argv + i + 1);
			return i;
		}
	}
	return argc;
}

static bool complete(const struct parser *parser)
{
	return settings_complete(parser->options, &parser->config, parser->arena, parser->error);
}

static bool parse(struct parser *parser, int argc, char **argv)
{
	struct options *options = parser->options;
	if (!parse_action(parser, action_of_program(argv[0])) && parse_action(parser, argc > 1 ? argv[1] : NULL)) {
		argc--;
		argv++;
	} else if (!options->launched && is_no_action(argc > 1 ? argv[1] : NULL))
		return fail(parser, "no action or file is called '%s'; see 'asynclint --help'", argv[1]);
	if (!options->launched)
		argc = split_at_dashes(options, argc, argv);
	if (!parse_options(parser, argc, argv))
		return false;
	if (options->action == ACTION_HELP || options->action == ACTION_VERSION)
		return true;
	if (options->launched) {
		options->compiler_arguments = (const char *const *)(argv + optind);
		return (optind < argc || fail(parser, "'%s' needs a command to run", parser->action_name)) &&
		       complete(parser);
	}
	options->skip_without_database &= !parser->require_database;
	options->file_count = (uint32_t)(argc - optind);
	const char **files = arena_alloc(parser->arena, (options->file_count + 1) * sizeof(*files));
	for (uint32_t i = 0; i < options->file_count; i++)
		files[i] = argv[optind + (int)i];
	options->files = files;
	return check_operands(parser) && check_changed(parser) && check_outputs(parser) && complete(parser) &&
	       check_baseline(parser);
}

bool options_parse(struct options *options, int argc, char **argv, struct arena *arena, const char **error)
{
	size_t list = ((size_t)argc + 1) * sizeof(const char *);
	struct parser parser = {
	    .options = options,
	    .arena = arena,
	    .error = error,
	    .action_name = "check",
	    .models = arena_alloc(arena, list),
	    .extra = arena_alloc(arena, list),
	    .extra_before = arena_alloc(arena, list),
	    .outputs = arena_alloc(arena, ((size_t)argc + 1) * sizeof(struct output)),
	};
	*options = (struct options){
	    .format = &report_formats[0],
	    .costs = ANALYSIS_DEFAULT_COSTS,
	    .unit_timeout = DEFAULT_TIMEOUT,
	    .unit_memory = DEFAULT_MEMORY,
	    .cache_size = DEFAULT_CACHE_SIZE,
	    .models = parser.models,
	    .extra_arguments = parser.extra,
	    .extra_arguments_before = parser.extra_before,
	    .outputs = parser.outputs,
	};
	return parse(&parser, argc, argv);
}

void options_release(struct options *options)
{
	table_release(&options->named_rules);
	table_release(&options->as_errors);
	config_release(&options->config);
}
