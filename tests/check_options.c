/* The command line. */
#include "option_table.h"

#include "analysis.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct rule nested = {.id = "nested-loop", .family = "loop"};
static const struct rule probe = {.id = "loop-probe", .family = "loop", .status = RULE_PREVIEW};
static const struct rule setter = {.id = "mode-setter", .family = "mode"};
static const struct rule enabled = {.id = "nesting-enabled", .family = "loop", .status = RULE_ADVICE};
const struct rule *const all_rules[] = {&probe, &setter, &nested, &enabled, NULL};

static struct arena arena;
static struct options options;
static const char *error;

/* Parses the words of `line`, which stand between blanks. */
static bool parse(const char *line)
{
	char *words = arena_strdup(&arena, line);
	char **argv = arena_alloc(&arena, (strlen(line) + 2) * sizeof(*argv));
	int argc = 0;
	argv[argc++] = arena_strdup(&arena, "asynclint");
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	error = NULL;
	options_release(&options); /* of the line before */
	return options_parse(&options, argc, argv, &arena, &error);
}

static void release(void)
{
	options_release(&options);
	arena_release(&arena);
}

static void check_refused(const char *line, const char *message)
{
	ck_assert_msg(!parse(line), "accepted: %s", line);
	ck_assert_str_eq(error, message);
}

/* `expected`: ids, each followed by a blank. */
static void check_rules(const char *line, const char *expected)
{
	ck_assert_msg(parse(line), "%s: %s", line, error);
	const char *ids = "";
	for (const struct rule *const *rule = options.rules; *rule; rule++)
		ids = arena_printf(&arena, "%s%s ", ids, (*rule)->id);
	ck_assert_str_eq(ids, expected);
}

START_TEST(without_arguments)
{
	ck_assert(parse(""));
	ck_assert_int_eq(options.action, ACTION_CHECK);
	ck_assert_uint_eq(options.file_count, 0);
	ck_assert_ptr_null(options.compiler_arguments);
	ck_assert_ptr_null(options.database);
	ck_assert_uint_eq(options.costs, ANALYSIS_DEFAULT_COSTS);
	ck_assert_uint_eq(options.unit_timeout, 120);
	ck_assert_str_eq(options.format->name, "text");
	ck_assert_ptr_null(options.models[0]);
}
END_TEST

START_TEST(files_and_compiler_arguments)
{
	ck_assert(parse("check a.c -q b.c -- -I. --strict --"));
	ck_assert_uint_eq(options.file_count, 2);
	ck_assert_str_eq(options.files[0], "a.c");
	ck_assert_str_eq(options.files[1], "b.c");
	ck_assert_ptr_null(options.files[2]);
	ck_assert(options.quiet);
	ck_assert(!options.strict);
	ck_assert_str_eq(options.compiler_arguments[1], "--strict");
	ck_assert_str_eq(options.compiler_arguments[2], "--");
	ck_assert_ptr_null(options.compiler_arguments[3]);
	ck_assert(parse("a.c --"));
	ck_assert_ptr_null(options.compiler_arguments[0]);
}
END_TEST

START_TEST(spellings_of_clang_tidy)
{
	ck_assert(parse("-p=build -quiet -extra-arg=-DA --extra-arg-before=--driver-mode=gcc --extra-arg -DB a.c"));
	ck_assert_str_eq(options.database, "build");
	ck_assert(options.quiet);
	ck_assert_str_eq(options.extra_arguments[0], "-DA");
	ck_assert_str_eq(options.extra_arguments[1], "-DB");
	ck_assert_str_eq(options.extra_arguments_before[0], "--driver-mode=gcc");
	ck_assert_ptr_null(options.extra_arguments_before[1]);
	ck_assert(parse("--use-color -list-checks -checks=-*,nested-loop -p=build -"));
	ck_assert(options.list_checks);
	ck_assert_int_eq(options.color, COLOR_ALWAYS);
	ck_assert_ptr_eq(options.rules[0], &nested);
	ck_assert_ptr_null(options.rules[1]);
	ck_assert(parse("--use-color=false -header-filter=.* --exclude-header-filter x"));
	ck_assert_int_eq(options.color, COLOR_NEVER);
	ck_assert_str_eq(options.headers, ".*");
	ck_assert_str_eq(options.headers_left_out, "x");
	ck_assert(parse("-p build -j4"));
	ck_assert_str_eq(options.database, "build");
	ck_assert_uint_eq(options.jobs, 4);
	ck_assert(parse("-pbuild -j 5"));
	ck_assert_str_eq(options.database, "build");
	ck_assert_uint_eq(options.jobs, 5);
}
END_TEST

START_TEST(actions)
{
	ck_assert(parse("explain nested-loop"));
	ck_assert_int_eq(options.action, ACTION_EXPLAIN);
	ck_assert_str_eq(options.subject, "nested-loop");
	ck_assert(parse("why -v main a.c -- -DX"));
	ck_assert_str_eq(options.subject, "main");
	ck_assert_str_eq(options.files[0], "a.c");
	ck_assert_uint_eq(options.file_count, 1);
	ck_assert(parse("facts a.c -o a.facts"));
	ck_assert_str_eq(options.output, "a.facts");
	ck_assert(parse("facts --dump a.c"));
	ck_assert(options.dump);
	ck_assert(parse("join a.facts b.facts --format json"));
	ck_assert_uint_eq(options.file_count, 2);
	ck_assert(options.format->has_coverage);
	ck_assert(parse("rules --format=json"));
	ck_assert_int_eq(options.action, ACTION_RULES);
	ck_assert(parse("--version"));
	ck_assert_int_eq(options.action, ACTION_VERSION);
	ck_assert(parse("facts --help"));
	ck_assert_int_eq(options.action, ACTION_HELP);
	ck_assert(parse("join -h"));
	ck_assert_int_eq(options.action, ACTION_HELP);
	ck_assert(parse("a.c rules")); /* only the first argument names an action */
	ck_assert_int_eq(options.action, ACTION_CHECK);
}
END_TEST

START_TEST(rules_by_name)
{
	check_rules("", "mode-setter nested-loop ");
	check_rules("--preview", "loop-probe mode-setter nested-loop ");
	check_rules("--rules nesting-enabled,mode-setter", "mode-setter nesting-enabled ");
	check_rules("--rules loop", "nested-loop ");
	check_rules("--rules loop --preview", "loop-probe nested-loop ");
	check_rules("--rules all", "loop-probe mode-setter nested-loop nesting-enabled ");
	check_rules("--rules all,-loop", "mode-setter ");
	check_rules("--rules -mode-setter", "nested-loop ");
	check_rules("--rules=-loop --rules loop-probe", "loop-probe mode-setter ");
	check_rules("--rules all --rules -mode", "loop-probe nested-loop nesting-enabled ");
	check_rules("--rules *", "loop-probe mode-setter nested-loop nesting-enabled ");
	check_rules("--rules nest*", "nested-loop nesting-enabled ");
	check_rules("--rules -*-loop", "mode-setter ");
	check_rules("-checks=-*,loop-*,nested-loop", "loop-probe nested-loop ");
}
END_TEST

START_TEST(costs_are_added)
{
	ck_assert(parse("--cost disk,lock"));
	ck_assert_uint_eq(options.costs, ANALYSIS_DEFAULT_COSTS | 1u << COST_DISK | 1u << COST_LOCK);
}
END_TEST

START_TEST(models_are_collected)
{
	ck_assert(parse("--models a.json --no-models --models=dir"));
	ck_assert(options.no_models);
	ck_assert_str_eq(options.models[0], "a.json");
	ck_assert_str_eq(options.models[1], "dir");
	ck_assert_ptr_null(options.models[2]);
}
END_TEST

START_TEST(refusals_say_why)
{
	const char *unknown_format = "unknown format 'yaml'; known are text";
	for (const struct report_format *format = &report_formats[1]; format->name; format++)
		unknown_format = arena_printf(&arena, "%s, %s", unknown_format, format->name);
	check_refused("--frob", "unknown or ambiguous option '--frob'; see 'asynclint --help'");
	check_refused("-Z", "unknown or ambiguous option '-Z'; see 'asynclint --help'");
	check_refused("-qZ", "unknown option '-Z'; see 'asynclint --help'");
	check_refused("--extr=1", "unknown or ambiguous option '--extr=1'; see 'asynclint --help'");
	check_refused("--output", "option '--output' needs an argument");
	check_refused("-j", "option '--jobs' needs an argument");
	check_refused("--quiet=1", "option '--quiet' takes no argument");
	check_refused("--jobs many", "option '--jobs' takes a number from 0 to 1024, not 'many'");
	check_refused("--jobs -1", "option '--jobs' takes a number from 0 to 1024, not '-1'");
	check_refused("--jobs 99999999999999999999",
		      "option '--jobs' takes a number from 0 to 1024, not '99999999999999999999'");
	check_refused("--format yaml", unknown_format);
	check_refused("--color maybe", "option '--color' takes auto, always or never, not 'maybe'");
	check_refused("--rules nestedloop", "unknown rule 'nestedloop'; did you mean 'nested-loop'?");
	check_refused("--rules all,-mod", "unknown rule 'mod'; did you mean 'mode'?");
	check_refused("--rules xxxxxxxxxxxxx", "unknown rule 'xxxxxxxxxxxxx'; 'asynclint rules' lists all");
	check_refused("--rules -all", "no rule is left to run");
	check_refused("--rules loop,x*", "unknown rule 'x*'; 'asynclint rules' lists all");
	check_refused("--header-filter=a\\", "'a\\' is no regular expression: Trailing backslash");
	check_refused("--cost gold",
		      "unknown cost 'gold'; known are lock, disk, network, ipc, fsync, sleep, process, dns, wait");
	check_refused("--dump", "option '--dump' does not go with 'check'");
	check_refused("rules a.c", "unexpected argument 'a.c' after 'rules'");
	check_refused("explain", "'explain' needs the name of a rule");
	check_refused("explain a b", "unexpected argument 'b' after 'explain'");
	check_refused("why", "'why' needs the name of a function");
	check_refused("facts a.c b.c --dump", "'facts --dump' takes one file");
	check_refused("facts a.c", "'facts' needs --output FILE or --dump");
	check_refused("join", "'join' needs files that 'facts' wrote");
	check_refused("join a.facts -- -I.", "'join' takes no compiler arguments");
	check_refused("-- -I.", "compiler arguments after '--', but no file before it");
}
END_TEST

START_TEST(help_lists_every_option)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	options_print_help(out);
	fclose(out);
	static const char *const spellings[] = {
	    "-p, --database PATH", "-j, --jobs N",           "--rules RULES", "--unit-timeout SECONDS",
	    "-o, --output FILE",   "--extra-arg-before ARG", "--strict",      "-h, --help"};
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		ck_assert_msg(strstr(text, spellings[i]) != NULL, "%s", spellings[i]);
	for (const char *line = text; *line;) { /* no line is too wide for a terminal */
		size_t width = strcspn(line, "\n");
		ck_assert_uint_le(width, 120);
		line += width + 1;
	}
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tests = tcase_create("options");
	tcase_add_checked_fixture(tests, NULL, release);
	tcase_add_test(tests, without_arguments);
	tcase_add_test(tests, files_and_compiler_arguments);
	tcase_add_test(tests, spellings_of_clang_tidy);
	tcase_add_test(tests, actions);
	tcase_add_test(tests, rules_by_name);
	tcase_add_test(tests, costs_are_added);
	tcase_add_test(tests, models_are_collected);
	tcase_add_test(tests, refusals_say_why);
	tcase_add_test(tests, help_lists_every_option);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
