#include "dump.h"
#include "libclang.h"
#include "walk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A unit that is edited: whatever came before, its facts are those of a unit that is parsed for the first time from
 * files with the same texts.
 */

static char folder[] = "/tmp/check_live.XXXXXX";
static struct arena arena;
static struct command command;
static struct walker *live;

static const char *path_of(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static const char header[] =
    "#ifndef A_H\n#define A_H\nint called(int);\nstatic inline int twice(int x) { return 2 * x; }\n"
    "/* asynclint: allow busy-wait: of the header */\n#endif\n";
static const char source[] =
    "/* first */\n#include \"a.h\"\n#define ONE 1\n\nint use(void)\n{\n\treturn called(twice(ONE));\n}\n";

static void setup(void)
{
	const char *error = NULL;
	static const char *const arguments[] = {"-I.", NULL};
	memcpy(folder, "/tmp/check_live.XXXXXX", sizeof(folder));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_msg(libclang_load(&arena, &error), "%s", error);
	write_file("a.h", header);
	write_file("a.c", source);
	command =
	    (struct command){.file = path_of("a.c"), .directory = folder, .arguments = arguments, .argument_count = 1};
	live = walker_new(folder);
}

static void teardown(void)
{
	walker_free(live);
	const char *remove = arena_printf(&arena, "rm -rf %s", folder);
	ck_assert_int_eq(system(remove), 0);
	arena_release(&arena);
}

static const char *edited(const char *name, const char *text)
{
	const char *error = NULL;
	struct overlay overlay = {path_of(name), text, strlen(text)};
	const struct facts *facts = walk_live(live, &command, &overlay, text[0] ? 1 : 0, &arena, &error);
	ck_assert_msg(facts != NULL, "%s", error);
	return dump_facts(facts, &arena);
}

static const char *parsed(void)
{
	const char *error = NULL;
	struct walker *walker = walker_new(folder);
	const struct facts *facts = walk_unit(walker, &command, NULL, &arena, &error);
	ck_assert_msg(facts != NULL, "%s", error);
	const char *text = dump_facts(facts, &arena);
	walker_free(walker);
	return text;
}

/* The text of `name` in the editor, then on the disk; in the end the disk is as it was. */
static void assert_same(const char *name, const char *text, const char *before)
{
	const char *facts = edited(name, text);
	write_file(name, text);
	ck_assert_str_eq(facts, parsed());
	write_file(name, before);
}

START_TEST(edits_give_the_facts_of_the_edited_text)
{
	ck_assert_str_eq(edited("a.c", ""), parsed());
	ck_assert_str_eq(edited("a.c", ""), parsed());
	assert_same("a.c", "/* first */\n#include \"a.h\"\n#define ONE 1\n\nint use(void)\n{\n\treturn called(3);\n}\n",
		    source);
	/* In the preamble: another definition, another header, a line less. */
	assert_same("a.c", "#include \"a.h\"\n#define ONE 7\nint use(void)\n{\n\treturn called(twice(ONE));\n}\n",
		    source);
	assert_same("a.c",
		    "#include <stddef.h>\n#include \"a.h\"\nsize_t use(void)\n{\n\treturn (size_t)called(1);\n}\n",
		    source);
	assert_same("a.c", "int alone;\n", source);
	/* An edit that is undone. */
	assert_same("a.c", source, source);
}
END_TEST

START_TEST(a_header_is_seen_as_it_is_in_the_editor)
{
	ck_assert_str_eq(edited("a.c", ""), parsed());
	assert_same("a.h", "int called(int);\nstatic inline int twice(int x) { return called(x) + called(x); }\n",
		    header);
	ck_assert_str_eq(edited("a.c", ""), parsed());
	/* And as it is on the disk, if that changes. */
	write_file("a.h", "int called(int);\nint twice(int);\n");
	ck_assert_str_eq(edited("a.c", ""), parsed());
}
END_TEST

START_TEST(errors_are_troubles_and_go_away)
{
	const char *error = NULL;
	const char *broken = "#include \"a.h\"\nint use(void)\n{\n\treturn called(;\n}\n";
	struct overlay overlay = {path_of("a.c"), broken, strlen(broken)};
	const struct facts *facts = walk_live(live, &command, &overlay, 1, &arena, &error);
	ck_assert_ptr_nonnull(facts);
	ck_assert_uint_gt(facts->troubles_count, 0);
	ck_assert_uint_eq(facts->troubles[0].place.line, 4);
	assert_same("a.c", source, source);
	ck_assert_int_eq(remove(path_of("a.c")), 0);
	ck_assert_ptr_null(walk_live(live, &command, &overlay, 1, &arena, &error));
	ck_assert_ptr_nonnull(strstr(error, "a.c"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("live");
	TCase *tests = tcase_create("live");
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, edits_give_the_facts_of_the_edited_text);
	tcase_add_test(tests, a_header_is_seen_as_it_is_in_the_editor);
	tcase_add_test(tests, errors_are_troubles_and_go_away);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
