#include "includes.h"

#include "arena.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static void release(void)
{
	arena_release(&arena);
}

/* All names of the text, each with what it is: `"name"`, `<name>`, behind `next ` where it is looked for further on. */
static const char *names(const char *text)
{
	const char *all = "", *at = text, *end = text + strlen(text);
	struct include_name found;
	while ((at = includes_next(text, at, end, &found)))
		all = arena_printf(&arena, "%s%s%s%c%.*s%c", all, *all ? " " : "", found.next ? "next " : "",
				   found.quoted ? '"' : '<', (int)found.length, found.name, found.quoted ? '"' : '>');
	return all;
}

START_TEST(directives)
{
	ck_assert_str_eq(names(""), "");
	ck_assert_str_eq(names("#include \"a.h\"\n#include <sys/b.h>\n"), "\"a.h\" <sys/b.h>");
	ck_assert_str_eq(names("  #\tinclude<a.h>"), "<a.h>");
	ck_assert_str_eq(names("#include_next <limits.h>\n"), "next <limits.h>");
	ck_assert_str_eq(names("#if 0\n#include \"in either case.h\"\n#endif"), "\"in either case.h\"");
}
END_TEST

START_TEST(questions)
{
	ck_assert_str_eq(names("#if __has_include(<a.h>) || __has_include ( \"b.h\" )\n"), "<a.h> \"b.h\"");
	ck_assert_str_eq(names("#if __has_include_next(<a.h>)\n"), "next <a.h>");
	ck_assert_str_eq(names("#ifdef __has_include\n#if __has_include(NAME)\n"), "");
}
END_TEST

START_TEST(other_text)
{
	ck_assert_str_eq(names("#include CONFIG_H\n"), "");
	ck_assert_str_eq(names("int include; /* include \"a.h\" */ f(\"#include\");"), "");
	ck_assert_str_eq(names("#include \"not closed\n#include <a.h>\n"), "<a.h>");
	ck_assert_str_eq(names("#include \"\"\n#include <>\n"), "");
	ck_assert_str_eq(names("#include"), "");
	ck_assert_str_eq(names("#include_next"), "");
	ck_assert_str_eq(names("#if __has_include("), "");
	ck_assert_str_eq(names("#include \"a"), "");
	ck_assert_str_eq(names("include <a.h>"), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("includes");
	TCase *tests = tcase_create("includes");
	tcase_add_checked_fixture(tests, NULL, release);
	tcase_add_test(tests, directives);
	tcase_add_test(tests, questions);
	tcase_add_test(tests, other_text);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
