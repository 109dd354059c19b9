/* Suppressions, over hand-made facts and findings. */
#include "allow.h"

#include <check.h>
#include <string.h>

static const struct rule nested = {.id = "nested-loop", .family = "loop"};
static const struct rule hidden = {.id = "hidden-loop", .family = "loop"};
static const struct rule probe = {.id = "loop-probe", .family = "loop", .status = RULE_PREVIEW};
static const struct rule setter = {.id = "mode-setter", .family = "mode"};
const struct rule *const all_rules[] = {&hidden, &probe, &setter, &nested, NULL};

/* A unit of one file with a function in lines 10-20 and another, whose return type has a line to itself, in lines
 * 30-40. */
struct unit_under_test {
	struct intern strings;
	struct fact_function functions[2];
	TABLE(struct fact_suppression) comments;
	struct facts facts;
};

static void begin(struct unit_under_test *unit)
{
	*unit = (struct unit_under_test){0};
	intern_init(&unit->strings);
	uint32_t file = intern(&unit->strings, "a.c");
	unit->functions[0] =
	    (struct fact_function){.flags = FUNCTION_DEFINED, .place = {file, 10, 5, 10, 8}, .end_line = 20};
	unit->functions[1] =
	    (struct fact_function){.flags = FUNCTION_DEFINED, .place = {file, 31, 1, 31, 4}, .end_line = 40};
}

static void comment(struct unit_under_test *unit, uint32_t line, bool own_line, const char *rules, const char *reason)
{
	struct fact_suppression suppression = {
	    .rules = intern(&unit->strings, rules),
	    .reason = intern(&unit->strings, reason),
	    .own_line = own_line,
	    .place = {intern(&unit->strings, "a.c"), line, 1, line, 40},
	};
	table_add(&unit->comments, suppression);
}

static const struct facts *finish(struct unit_under_test *unit)
{
	unit->facts = (struct facts){
	    .string_count = unit->strings.count,
	    .text_size = unit->strings.text_size,
	    .string_offset = unit->strings.offset,
	    .text = unit->strings.text,
	    .functions = unit->functions,
	    .functions_count = 2,
	    .suppressions = unit->comments.items,
	    .suppressions_count = unit->comments.count,
	};
	return &unit->facts;
}

static void end(struct unit_under_test *unit)
{
	intern_release(&unit->strings);
	table_release(&unit->comments);
}

static void find(struct findings *findings, const char *rule, const char *file, uint32_t line)
{
	struct finding *finding = findings_add(findings);
	finding->rule = rule;
	finding->message = "message";
	finding->function = "f";
	finding->location = (struct location){file, line, 5, line, 9};
	table_add(&finding->path, (struct step){0});
}

static const struct rule *const every_rule[] = {&hidden, &probe, &setter, &nested, NULL};

/* Applies the unit's comments to one finding of nested-loop in a.c; returns whether it is gone. */
static bool is_suppressed(struct unit_under_test *unit, uint32_t line)
{
	struct findings findings = {0};
	struct coverage coverage = {0};
	struct allow_options options = {.rules = every_rule};
	const struct facts *facts = finish(unit);
	find(&findings, "nested-loop", "a.c", line);
	allow_apply(&facts, 1, &options, &findings, &coverage);
	bool gone = findings.list.count == 0;
	findings_release(&findings);
	coverage_release(&coverage);
	return gone;
}

/* Applies the unit's comments where nothing is found; checks the only complaint, or that there is none (NULL). */
static void check_complaint(struct unit_under_test *unit, struct allow_options options, const char *message)
{
	struct findings findings = {0};
	struct coverage coverage = {0};
	const struct facts *facts = finish(unit);
	allow_apply(&facts, 1, &options, &findings, &coverage);
	ck_assert_uint_eq(coverage.unused_suppressions.count, message ? 1 : 0);
	if (message)
		ck_assert_str_eq(coverage.unused_suppressions.items[0].message, message);
	findings_release(&findings);
	coverage_release(&coverage);
}

START_TEST(at_the_end_of_the_line)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 15));
	ck_assert(!is_suppressed(&unit, 14));
	ck_assert(!is_suppressed(&unit, 16));
	end(&unit);
}
END_TEST

START_TEST(above_the_line)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 14, true, "nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 15));
	ck_assert(!is_suppressed(&unit, 14));
	ck_assert(!is_suppressed(&unit, 16));
	end(&unit);
}
END_TEST

START_TEST(stacked_above_the_line)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 14, true, "hidden-loop", "reason");
	comment(&unit, 12, true, "nested-loop", "reason");
	comment(&unit, 13, true, "mode-setter", "reason");
	ck_assert(is_suppressed(&unit, 15));
	ck_assert(!is_suppressed(&unit, 13));
	end(&unit);
}
END_TEST

START_TEST(on_and_above_the_function)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 10, false, "nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 10));
	ck_assert(is_suppressed(&unit, 20));
	ck_assert(!is_suppressed(&unit, 21));
	unit.comments.count = 0;
	comment(&unit, 9, true, "nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 20));
	ck_assert(!is_suppressed(&unit, 21));
	unit.comments.count = 0;
	comment(&unit, 29, true, "nested-loop", "reason"); /* above the return type in line 30 */
	ck_assert(is_suppressed(&unit, 40));
	end(&unit);
}
END_TEST

START_TEST(declarations_are_no_functions)
{
	struct unit_under_test unit;
	begin(&unit);
	unit.functions[0].flags = 0;
	comment(&unit, 10, false, "nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 10));
	ck_assert(!is_suppressed(&unit, 15));
	end(&unit);
}
END_TEST

START_TEST(by_list_and_family)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "mode-setter ,  nested-loop", "reason");
	ck_assert(is_suppressed(&unit, 15));
	unit.comments.count = 0;
	comment(&unit, 15, false, "loop", "reason");
	ck_assert(is_suppressed(&unit, 15));
	unit.comments.count = 0;
	comment(&unit, 15, false, "mode", "reason");
	ck_assert(!is_suppressed(&unit, 15));
	end(&unit);
}
END_TEST

START_TEST(not_without_a_reason)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "nested-loop", "");
	ck_assert(!is_suppressed(&unit, 15));
	check_complaint(&unit, (struct allow_options){.rules = every_rule},
			"suppression of 'nested-loop' gives no reason and has no effect");
	end(&unit);
}
END_TEST

START_TEST(other_files_are_left_alone)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "nested-loop", "reason");
	struct findings findings = {0};
	struct coverage coverage = {0};
	struct allow_options options = {.rules = every_rule};
	const struct facts *facts = finish(&unit);
	find(&findings, "nested-loop", "b.c", 15);
	find(&findings, "nested-loop", "a.c", 15);
	find(&findings, "hidden-loop", "a.c", 15);
	allow_apply(&facts, 1, &options, &findings, &coverage);
	ck_assert_uint_eq(findings.list.count, 2);
	ck_assert_str_eq(findings.list.items[0]->location.file, "b.c");
	ck_assert_str_eq(findings.list.items[1]->rule, "hidden-loop");
	ck_assert_uint_eq(coverage.unused_suppressions.count, 0);
	findings_release(&findings);
	coverage_release(&coverage);
	end(&unit);
}
END_TEST

START_TEST(a_header_counts_once)
{
	struct unit_under_test units[2];
	for (int i = 0; i < 2; i++) {
		begin(&units[i]);
		comment(&units[i], 9, true, "nested-loop", "reason");
		comment(&units[i], 25, false, "hidden-loop", "reason");
	}
	units[1].functions[0].end_line = 22; /* longer there: #ifdef */
	struct findings findings = {0};
	struct coverage coverage = {0};
	struct allow_options options = {.rules = every_rule};
	const struct facts *const facts[] = {finish(&units[0]), finish(&units[1])};
	find(&findings, "nested-loop", "a.c", 22);
	allow_apply(facts, 2, &options, &findings, &coverage);
	ck_assert_uint_eq(findings.list.count, 0);
	ck_assert_uint_eq(coverage.unused_suppressions.count, 1);
	ck_assert_uint_eq(coverage.unused_suppressions.items[0].location.line, 25);
	findings_release(&findings);
	coverage_release(&coverage);
	end(&units[0]);
	end(&units[1]);
}
END_TEST

START_TEST(unused_only_if_the_rule_ran)
{
	static const struct rule *const default_rules[] = {&hidden, &setter, &nested, NULL};
	static const struct rule *const hidden_only[] = {&hidden, NULL};
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "nested-loop", "reason");
	check_complaint(&unit, (struct allow_options){.rules = every_rule},
			"suppression of 'nested-loop' suppresses nothing");
	check_complaint(&unit, (struct allow_options){.rules = hidden_only}, NULL);
	check_complaint(&unit, (struct allow_options){.rules = every_rule, .partial = true}, NULL);
	unit.comments.count = 0;
	comment(&unit, 15, false, "loop", "reason"); /* a preview of the family need not have run */
	check_complaint(&unit, (struct allow_options){.rules = default_rules},
			"suppression of 'loop' suppresses nothing");
	check_complaint(&unit, (struct allow_options){.rules = hidden_only}, NULL);
	end(&unit);
}
END_TEST

START_TEST(unknown_names_are_reported)
{
	struct unit_under_test unit;
	begin(&unit);
	comment(&unit, 15, false, "nestd-loop", "reason");
	check_complaint(&unit, (struct allow_options){.rules = every_rule, .partial = true},
			"suppression names unknown rule 'nestd-loop'; did you mean 'nested-loop'?");
	unit.comments.count = 0;
	comment(&unit, 15, false, "something-else-entirely", "reason");
	check_complaint(&unit, (struct allow_options){.rules = every_rule},
			"suppression names unknown rule 'something-else-entirely'; 'asynclint rules' lists all");
	unit.comments.count = 0;
	comment(&unit, 15, false, "", "reason");
	check_complaint(&unit, (struct allow_options){.rules = every_rule}, "suppression names no rule");
	end(&unit);
}
END_TEST

START_TEST(hostile_places_end)
{
	struct unit_under_test unit;
	begin(&unit);
	for (uint32_t i = 0; i < 3; i++)
		comment(&unit, UINT32_MAX, true, "nested-loop", "reason");
	comment(&unit, 0, true, "nested-loop", "reason");
	ck_assert(!is_suppressed(&unit, 15));
	end(&unit);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("allow");
	TCase *tests = tcase_create("allow");
	tcase_add_test(tests, at_the_end_of_the_line);
	tcase_add_test(tests, above_the_line);
	tcase_add_test(tests, stacked_above_the_line);
	tcase_add_test(tests, on_and_above_the_function);
	tcase_add_test(tests, declarations_are_no_functions);
	tcase_add_test(tests, by_list_and_family);
	tcase_add_test(tests, not_without_a_reason);
	tcase_add_test(tests, other_files_are_left_alone);
	tcase_add_test(tests, a_header_counts_once);
	tcase_add_test(tests, unused_only_if_the_rule_ran);
	tcase_add_test(tests, unknown_names_are_reported);
	tcase_add_test(tests, hostile_places_end);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
