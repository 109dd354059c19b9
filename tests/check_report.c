/*
 * Formats, against golden files in fixtures/output. UPDATE_GOLDEN=1 in the environment writes them anew: the diff is
 * the review.
 */
#include "columns.h"
#include "finding.h"
#include "json_writer.h"
#include "line_hash.h"
#include "paths.h"
#include "report.h"
#include "rule.h"
#include "snippet.h"
#include "uri.h"
#include "utf8.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Formats know no rule but those they are given. */
const struct rule *const all_rules[] = {NULL};

static const struct rule bridge = {.id = "bridge-deadlock",
				   .family = "block",
				   .summary = "function waits for itself",
				   .severity = SEVERITY_ERROR,
				   .status = RULE_PREVIEW};
static const struct rule nested = {
    .id = "nested-loop", .family = "loop", .summary = "function runs a loop", .severity = SEVERITY_WARNING};
static const struct rule enabled = {.id = "nesting-enabled",
				    .family = "loop",
				    .summary = "loop may be run from its callbacks",
				    .severity = SEVERITY_ADVICE,
				    .status = RULE_ADVICE};
static const struct rule *const some_rules[] = {&bridge, &nested, &enabled, NULL};
static const struct provenance provenance = {.repository = "https://example.org/weather.git",
					     .revision = "0123456789abcdef0123456789abcdef01234567",
					     .branch = "trunk"};

static struct finding *add(struct findings *findings, const char *rule, const char *file, uint32_t line,
			   const char *message)
{
	struct finding *finding = findings_add(findings);
	finding->rule = rule;
	finding->severity = SEVERITY_WARNING;
	finding->message = message;
	finding->function = "fetch";
	finding->cause = "cause";
	finding->location = (struct location){file, line, 1, line, 2};
	return finding;
}

static void add_step(struct finding *finding, const char *message, struct location location)
{
	table_add(&finding->path, (struct step){message, finding->function, location});
}

static void add_surface(struct finding *finding, const char *function, uint32_t line)
{
	table_add(&finding->surface, (struct surface){function, {"output/source.c", line, 5, line, 10}});
}

/* Three findings that use all that a finding has, and a coverage with one of each. */
static void fill(struct findings *findings, struct coverage *coverage)
{
	struct finding *finding =
	    add(findings, "nested-loop", "output/source.c", 8, "'fetch' runs the loop of 'client'");
	finding->location = (struct location){"output/source.c", 8, 3, 9, 15};
	finding->help = "use 'fetch_async'";
	add_step(finding, "'fetch' calls 'wait_for'", (struct location){"output/source.c", 6, 40, 6, 54});
	add_step(finding, "which prints \"\xC3\"", (struct location){"output/source.c", 10, 16, 10, 25});
	const char *const names[] = {"fetch", "fetch_all", "fetch_one", "refresh", "reload"};
	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_surface(finding, names[i], 4);

	finding = add(findings, "bridge-deadlock", "output/source.c", 4, "'fetch' waits for itself");
	finding->location = (struct location){"output/source.c", 4, 5, 4, 10};
	finding->severity = SEVERITY_ERROR;
	add_surface(finding, "fetch", 4);

	finding = add(findings, "nesting-enabled", "gone\nfile.c", 1, "names a file that is not there");
	finding->severity = SEVERITY_ADVICE;
	finding->function = "";
	findings_finish(findings);

	struct location place = {"output/loop.h", 3, 1, 3, 9};
	coverage->units = 62;
	coverage->calls = 1000;
	coverage->pointer_calls = 40;
	coverage->unresolved_calls = 7;
	table_add(&coverage->degraded, (struct coverage_note){"output/source.c", "'gone.h' file not found", place});
	table_add(&coverage->failed,
		  (struct coverage_note){.name = "slow.c", .message = "slow.c: gave up after 120 s"});
	table_add(&coverage->unmodelled, (struct coverage_note){.name = "frobnicate", .message = "has no model"});
	table_add(&coverage->unused_suppressions,
		  (struct coverage_note){"hidden-loop", "suppression of 'hidden-loop' suppresses nothing", place});
	table_add(&coverage->notes, (struct coverage_note){"fetch", "'fetch' has two bodies", place});
	coverage->filtered = 12;
	coverage->baselined = 3;
	table_add(&coverage->fixed,
		  (struct coverage_note){"fake-async", "'reload' waits", {.file = "output/source.c"}});
	coverage->changes_only = true;
	coverage->changed_files = 4;
	table_add(&coverage->changed_in_no_unit, (struct coverage_note){.name = "spare.c", .message = ""});
}

static char *read_file(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "cannot open %s", path);
	char *text = arena_alloc(arena, 1 << 16);
	size_t size = fread(text, 1, (1 << 16) - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}

static void check_golden(const char *name, const char *text)
{
	struct arena arena = {0};
	const char *path = arena_printf(&arena, "%s/output/%s", FIXTURES_DIR, name);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *file = fopen(path, "wb");
		ck_assert(file != NULL);
		fputs(text, file);
		fclose(file);
	}
	ck_assert_str_eq(text, read_file(path, &arena));
	arena_release(&arena);
}

typedef void print_function(const struct report *report, FILE *out);

/* `root` is where the sources are, if they are to be read. */
static void check_report(print_function *print, const char *root, bool terminal, const char *golden)
{
	struct findings findings = {0};
	struct coverage coverage = {0};
	fill(&findings, &coverage);
	struct report report = {
	    .findings = &findings,
	    .coverage = &coverage,
	    .root = root,
	    .directory = FIXTURES_DIR "/output",
	    .version = "1.2.3",
	    .libclang = "clang version 19.1.7",
	    .rules = some_rules,
	    .homepage = "https://example.org/asynclint",
	    .provenance = &provenance,
	    .exit_status = 2,
	    .terminal = terminal,
	};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	print(&report, out);
	fclose(out);
	check_golden(golden, text);
	free(text);
	findings_release(&findings);
	coverage_release(&coverage);
}

START_TEST(text_is_plain)
{
	check_report(report_text, FIXTURES_DIR, false, "report.txt");
}
END_TEST

START_TEST(terminal_shows_source)
{
	ck_assert(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	check_report(report_text, FIXTURES_DIR, true, "terminal.txt");
}
END_TEST

START_TEST(json_holds_everything)
{
	check_report(report_json, FIXTURES_DIR, false, "report.json");
}
END_TEST

START_TEST(every_other_format)
{
	check_report(report_sarif, "/project", false, "report.sarif");
	check_report(report_github, FIXTURES_DIR, false, "report.github");
	check_report(report_gitlab, FIXTURES_DIR, false, "report.gitlab.json");
	check_report(report_rdjson, FIXTURES_DIR, false, "report.rdjson");
	check_report(report_checkstyle, FIXTURES_DIR, false, "report.checkstyle.xml");
	check_report(report_junit, FIXTURES_DIR, false, "report.junit.xml");
}
END_TEST

static void print_notes_and_summary(const struct report *report, FILE *out)
{
	report_notes(report, out);
	report_summary(report, out);
}

START_TEST(summary_names_every_gap)
{
	check_report(print_notes_and_summary, FIXTURES_DIR, false, "summary.txt");
}
END_TEST

static void check_summary(const struct coverage *coverage, const char *expected)
{
	struct findings findings = {0};
	struct report report = {.findings = &findings, .coverage = coverage, .root = "/", .directory = "/"};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	print_notes_and_summary(&report, out);
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(summary_of_nothing_is_short)
{
	check_summary(&(struct coverage){.units = 1}, "0 findings in 1 unit\n");
}
END_TEST

START_TEST(summary_says_what_was_not_asked_for)
{
	struct coverage_note spare[2] = {{.name = "a.c", .message = ""}, {.name = "b.c", .message = ""}};
	check_summary(&(struct coverage){.units = 1, .filtered = 1},
		      "0 findings in 1 unit; 1 more finding outside what was asked for\n");
	check_summary(&(struct coverage){.units = 1, .filtered = 2, .changes_only = true, .changed_files = 1},
		      "0 findings in 1 unit; 2 more findings outside the files that changed; 1 file changed\n");
	check_summary(&(struct coverage){.units = 1, .changes_only = true},
		      "0 findings in 1 unit; no C file changed\n");
	check_summary(&(struct coverage){.units = 1,
					 .changes_only = true,
					 .changed_files = 2,
					 .changed_in_no_unit = {.items = spare, .count = 2}},
		      "0 findings in 1 unit; 2 files changed, in no unit\n");
}
END_TEST

START_TEST(findings_are_sorted_and_unique)
{
	struct findings findings = {0};
	add(&findings, "b", "z.c", 1, "m");
	add(&findings, "b", "a.c", 10, "m");
	struct finding *detour = add(&findings, "a", "a.c", 2, "m");
	add_step(detour, "one", (struct location){"a.c", 1, 1, 1, 1});
	add(&findings, "a", "a.c", 2, "m");
	add(&findings, "a", "a.c", 2, "other message");
	findings_finish(&findings);
	ck_assert_uint_eq(findings.list.count, 4);
	ck_assert_uint_eq(findings.list.items[0]->location.line, 2);
	ck_assert_uint_eq(findings.list.items[0]->path.count, 0); /* the one with the shortest path is kept */
	ck_assert_str_eq(findings.list.items[1]->message, "other message");
	ck_assert_uint_eq(findings.list.items[2]->location.line, 10);
	ck_assert_str_eq(findings.list.items[3]->location.file, "z.c");
	findings_release(&findings);
}
END_TEST

static const char *fingerprint_at(uint32_t line, const char *cause, struct arena *arena)
{
	struct findings findings = {0};
	add(&findings, "rule", "a.c", line, "message")->cause = cause;
	findings_finish(&findings);
	const char *fingerprint = arena_strdup(arena, findings.list.items[0]->fingerprint);
	findings_release(&findings);
	return fingerprint;
}

START_TEST(fingerprints_survive_edits)
{
	struct arena arena = {0};
	const char *before = fingerprint_at(10, "cause", &arena);
	ck_assert_uint_eq(strlen(before), 32);
	ck_assert_str_eq(before, fingerprint_at(99, "cause", &arena));
	ck_assert_str_ne(before, fingerprint_at(10, "another", &arena));
	/* The first of several equal ones is numbered like a lone one, so that a new one below leaves it alone. */
	struct findings findings = {0};
	add(&findings, "rule", "a.c", 20, "message");
	add(&findings, "rule", "a.c", 10, "message");
	findings_finish(&findings);
	ck_assert_str_eq(findings.list.items[0]->fingerprint, before);
	ck_assert_str_ne(findings.list.items[1]->fingerprint, before);
	findings_release(&findings);
	arena_release(&arena);
}
END_TEST

START_TEST(paths_are_relative_to_the_reader)
{
	struct arena arena = {0};
	ck_assert_str_eq(path_relative("/p/src/a.c", "/p", &arena), "src/a.c");
	ck_assert_str_eq(path_relative("/p/src/a.c", "/p/build/x", &arena), "../../src/a.c");
	ck_assert_str_eq(path_relative("/p/src/a.c", "/p/sr", &arena), "../src/a.c");
	ck_assert_str_eq(path_relative("/p/src", "/p/src/deep", &arena), "..");
	ck_assert_str_eq(path_relative("/p/src", "/p/src", &arena), ".");
	ck_assert_str_eq(path_relative("/usr/include/x.h", "/home/me", &arena), "/usr/include/x.h");
	ck_assert_str_eq(path_relative("/a.c", "/", &arena), "/a.c");
	ck_assert_str_eq(path_join("/", "a.c", &arena), "/a.c");
	ck_assert_str_eq(path_join("/p", "/a.c", &arena), "/a.c");
	ck_assert_str_eq(path_in_root("/p/a.c", "/p"), "a.c");
	ck_assert_str_eq(path_in_root("/pp/a.c", "/p"), "/pp/a.c");
	ck_assert_str_eq(path_in_root("/p/a.c", "/"), "p/a.c");
	arena_release(&arena);
}
END_TEST

START_TEST(columns_are_counted_in_either_unit)
{
	/* a, e acute (2 bytes), a face (4 bytes, 2 units), a byte that is not UTF-8, b */
	static const char text[] = "a\xC3\xA9\xF0\x9F\x98\x80\xFF"
				   "b";
	struct source_line line = {text, sizeof(text) - 1};
	static const uint32_t pairs[][2] = {{0, 0}, {1, 1}, {2, 2}, {4, 3}, {8, 5}, {9, 6}, {10, 7}, {12, 9}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		ck_assert_uint_eq(column_in_utf16(&line, pairs[i][0]), pairs[i][1]);
		ck_assert_uint_eq(column_in_bytes(&line, pairs[i][1]), pairs[i][0]);
	}
	ck_assert_uint_eq(column_in_utf16(&line, 6), 3); /* within the face */
	ck_assert_uint_eq(column_in_bytes(&line, 4), 4);
}
END_TEST

START_TEST(utf8_is_strict)
{
	static const struct {
		const char *text;
		size_t length;
		uint32_t character;
	} cases[] = {
	    {"a", 1, 'a'},
	    {"\xC3\xB6", 2, 0xF6},
	    {"\xE5\x90\x8D", 3, 0x540D},
	    {"\xF0\x9F\x98\x80", 4, 0x1F600},
	    {"\xC3", 1, UTF8_REPLACEMENT},             /* cut short */
	    {"\xC3(", 1, UTF8_REPLACEMENT},            /* no continuation */
	    {"\xC0\x80", 1, UTF8_REPLACEMENT},         /* overlong */
	    {"\xE0\x80\x80", 1, UTF8_REPLACEMENT},     /* overlong */
	    {"\xED\xA0\x80", 1, UTF8_REPLACEMENT},     /* surrogate */
	    {"\xF4\x90\x80\x80", 1, UTF8_REPLACEMENT}, /* beyond U+10FFFF */
	    {"\xFF", 1, UTF8_REPLACEMENT},
	    {"\xE2\x82(", 2, UTF8_REPLACEMENT},    /* cut short: one for both */
	    {"\xF0\x9F\x98", 3, UTF8_REPLACEMENT}, /* cut short by the end */
	    {"\xE2\x28\xA1", 1, UTF8_REPLACEMENT}, /* no continuation */
	    {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},     /* the last one */
	    {"\xED\x9F\xBF", 3, 0xD7FF},           /* the last before the surrogates */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t character;
		ck_assert_uint_eq(utf8_decode(cases[i].text, strlen(cases[i].text), &character), cases[i].length);
		ck_assert_uint_eq(character, cases[i].character);
	}
}
END_TEST

START_TEST(json_is_escaped)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct json_writer json = {.out = out};
	json_object(&json, NULL);
	json_string(&json, "a\"b", "\\ \n \t \x01 \xFF \xC3\xB6");
	json_string(&json, "none", NULL);
	json_array(&json, "empty");
	json_end(&json);
	json_number(&json, "n", UINT64_MAX);
	json_end(&json);
	fclose(out);
	ck_assert_str_eq(text, "{\n\t\"a\\\"b\": \"\\\\ \\n \\t \\u0001 \xEF\xBF\xBD \xC3\xB6\",\n\t\"none\": null,\n"
			       "\t\"empty\": [],\n\t\"n\": 18446744073709551615\n}\n");
	free(text);
}
END_TEST

static void check_snippet_in(unsigned width, struct location location, const char *expected)
{
	struct source source = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	snippet_print(&source, FIXTURES_DIR "/output/source.c", &location, width, out);
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
	source_release(&source);
}

static void check_snippet(struct location location, const char *expected)
{
	check_snippet_in(0, location, expected);
}

START_TEST(snippet_bounds)
{
	const char *first = "    1 | #include \"loop.h\"\n";
	const char *last = "   11 | }\n      | \033[1;32m^\033[0m\n";
	check_snippet((struct location){"", 1, 0, 0, 0}, first); /* no column: no mark */
	check_snippet((struct location){"", 1, 99, 1, 100}, first);
	check_snippet((struct location){"", 11, 1, 11, 2}, last); /* no line feed at the end of the file */
	check_snippet((struct location){"", 12, 1, 12, 2}, "");
	check_snippet((struct location){"", 0, 0, 0, 0}, "");
	check_snippet((struct location){"", 11, 1, 11, UINT32_MAX}, last);
}
END_TEST

START_TEST(paths_become_uris)
{
	struct arena arena = {0};
	ck_assert_str_eq(uri_of_path("src/a-b_c.~d/0.c", &arena), "src/a-b_c.~d/0.c");
	ck_assert_str_eq(uri_of_path("a b%:\n\xFF.c", &arena), "a%20b%25%3A%0A%FF.c");
	ck_assert_str_eq(uri_of_path("/usr/include/x++.h", &arena), "file:///usr/include/x%2B%2B.h");
	arena_release(&arena);
}
END_TEST

START_TEST(remotes_become_uris)
{
	static const struct {
		const char *address, *uri;
	} cases[] = {
	    {"https://example.org/a/b.git", "https://example.org/a/b.git"},
	    {"https://user:secret@example.org/a/b.git", "https://example.org/a/b.git"},
	    {"https://us@er:secret@example.org/a@b.git", "https://example.org/a@b.git"},
	    {"ssh://git@example.org:22/a", "ssh://example.org:22/a"},
	    {"git@example.org:a/b.git", "ssh://example.org/a/b.git"},
	    {"example.org:/a b", "ssh://example.org/a%20b"},
	    {"/srv/git/a.git", NULL},
	    {"../a.git", NULL},
	    {"./a:b.git", NULL},
	    {"file:///srv/git/a.git", NULL},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *uri = provenance_uri(cases[i].address, &arena);
		if (cases[i].uri)
			ck_assert_str_eq(uri, cases[i].uri);
		else
			ck_assert_ptr_null(uri);
	}
	arena_release(&arena);
}
END_TEST

/* That hashes are GitHub's, tests/test_sarif.py compares; here, what they are to depend on. */
START_TEST(line_hashes_know_lines_again)
{
	struct arena arena = {0};
	struct line_hashes hashes = {0};
	line_hashes_compute(&hashes, "a\nb\n", 4);
	const char *a = line_hash(&hashes, 1, &arena), *b = line_hash(&hashes, 2, &arena);
	ck_assert_str_ne(a, b);
	ck_assert_ptr_nonnull(line_hash(&hashes, 3, &arena)); /* the empty one at the end */
	ck_assert_ptr_null(line_hash(&hashes, 4, &arena));
	ck_assert_ptr_null(line_hash(&hashes, 0, &arena));
	line_hashes_compute(&hashes, "x\r\n \ta\rb \n", 10);
	ck_assert_str_eq(line_hash(&hashes, 2, &arena), a);
	ck_assert_str_eq(line_hash(&hashes, 3, &arena), b);
	line_hashes_release(&hashes);
	arena_release(&arena);
}
END_TEST

START_TEST(snippets_do_not_wrap)
{
	ck_assert(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	check_snippet_in(40, (struct location){"", 6, 2, 6, 7},
			 "    6 |         const char *name = \"żółć\n"
			 "      |         \033[1;32m^~~~~\033[0m\n");
	check_snippet_in(40, (struct location){"", 6, 40, 6, 54},
			 "    6 | me = \"żółć 名前\"; wait_for(name)\n"
			 "      |                   \033[1;32m^~~~~~~~~~~~~~\033[0m\n");
	/* A character of two columns that would reach over the edge is left out. */
	check_snippet_in(43, (struct location){"", 6, 2, 6, 3},
			 "    6 |         const char *name = \"żółć 名\n"
			 "      |         \033[1;32m^\033[0m\n");
	check_snippet_in(44, (struct location){"", 6, 2, 6, 3},
			 "    6 |         const char *name = \"żółć 名 \n"
			 "      |         \033[1;32m^\033[0m\n");
	check_snippet_in(63, (struct location){"", 6, 40, 6, 54},
			 "    6 |         const char *name = \"żółć 名前\"; wait_for(name);\n"
			 "      |                                         \033[1;32m^~~~~~~~~~~~~~\033[0m\n");
}
END_TEST

START_TEST(formats_are_found_by_name)
{
	ck_assert_ptr_eq(report_format_find("json")->print, report_json);
	ck_assert_ptr_eq(report_formats[0].print, report_text);
	ck_assert_ptr_null(report_format_find("yaml"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tests = tcase_create("report");
	tcase_add_test(tests, text_is_plain);
	tcase_add_test(tests, terminal_shows_source);
	tcase_add_test(tests, json_holds_everything);
	tcase_add_test(tests, every_other_format);
	tcase_add_test(tests, summary_names_every_gap);
	tcase_add_test(tests, summary_of_nothing_is_short);
	tcase_add_test(tests, summary_says_what_was_not_asked_for);
	tcase_add_test(tests, findings_are_sorted_and_unique);
	tcase_add_test(tests, fingerprints_survive_edits);
	tcase_add_test(tests, paths_are_relative_to_the_reader);
	tcase_add_test(tests, utf8_is_strict);
	tcase_add_test(tests, columns_are_counted_in_either_unit);
	tcase_add_test(tests, json_is_escaped);
	tcase_add_test(tests, snippet_bounds);
	tcase_add_test(tests, snippets_do_not_wrap);
	tcase_add_test(tests, paths_become_uris);
	tcase_add_test(tests, remotes_become_uris);
	tcase_add_test(tests, line_hashes_know_lines_again);
	tcase_add_test(tests, formats_are_found_by_name);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
