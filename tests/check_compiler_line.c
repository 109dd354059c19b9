/* What a command line of a compiler does. */
#include "compiler_line.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static void release(void)
{
	arena_release(&arena);
}

/* Reads the words of `line`, which stand between blanks. */
static struct compiler_line parse(const char *line)
{
	char *words = arena_strdup(&arena, line);
	const char **list = arena_alloc(&arena, (strlen(line) + 2) * sizeof(*list));
	size_t count = 0;
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		list[count++] = word;
	return compiler_line_read(list, &arena);
}

static void check_compiles(const char *text, const char *source, const char *object)
{
	struct compiler_line line = parse(text);
	ck_assert_msg(line.task == COMPILER_COMPILES, "does not compile: %s", text);
	ck_assert_str_eq(line.source, source);
	ck_assert_str_eq(line.object, object);
}

/* `inputs`: each followed by a blank. */
static void check_links(const char *text, const char *inputs)
{
	struct compiler_line line = parse(text);
	ck_assert_msg(line.task == COMPILER_LINKS, "does not link: %s", text);
	const char *found = "";
	for (uint32_t i = 0; i < line.input_count; i++)
		found = arena_printf(&arena, "%s%s ", found, line.inputs[i]);
	ck_assert_str_eq(found, inputs);
	ck_assert_ptr_null(line.inputs[line.input_count]);
}

static void check_else(const char *text)
{
	ck_assert_msg(parse(text).task == COMPILER_DOES_ELSE, "not left alone: %s", text);
}

START_TEST(object_and_source)
{
	check_compiles("gcc -c a.c", "a.c", "a.o");
	check_compiles("gcc -c dir/a.b.c", "dir/a.b.c", "a.b.o");
	check_compiles("gcc -o out/a.o -c a.c -Iinclude", "a.c", "out/a.o");
	check_compiles("gcc -oout/a.o -c a.c", "a.c", "out/a.o");
	check_compiles("gcc -include config.h -D X -I include -c a.c -o a.o", "a.c", "a.o");
	check_compiles("gcc -MD -MF a.d -MT a.o -c a.c -o a.o", "a.c", "a.o");
	check_compiles("gcc -Wp,-MD,a.d -c a.c -o a.o", "a.c", "a.o");
	check_compiles("gcc -x c -c generated -o a.o", "generated", "a.o");
	check_compiles("gcc -c a.i", "a.i", "a.o");
}
END_TEST

START_TEST(launchers)
{
	check_compiles("ccache gcc -c a.c", "a.c", "a.o");
	check_compiles("env LANG=C distcc arm-linux-gnueabihf-gcc-12 -c a.c", "a.c", "a.o");
	check_compiles("asynclint-cc --root=/src ccache gcc -c a.c", "a.c", "a.o");
}
END_TEST

START_TEST(other_languages)
{
	check_else("g++ -c a.c");
	check_else("gcc -c a.cc");
	check_else("gcc -c a.S");
	check_else("gcc -x c++ -c a.c");
	check_else("gcc -x assembler -c a.c");
}
END_TEST

START_TEST(no_object)
{
	check_else("gcc");
	check_else("gcc --version");
	check_else("gcc -dumpversion");
	check_else("gcc -print-search-dirs a.c");
	check_else("gcc -E a.c");
	check_else("gcc -S a.c");
	check_else("gcc -M a.c -c");
	check_else("gcc -MM a.c");
	check_else("gcc -fsyntax-only a.c");
	check_else("gcc -c -");
	check_else("gcc -x c -c -");
	check_else("gcc -c a.h");
	check_else("gcc -x c-header -c a.c -o a.h.gch");
	check_else("gcc -c a.c b.c");
}
END_TEST

START_TEST(links)
{
	check_links("gcc a.o b.o -o program", "a.o b.o ");
	check_links("gcc -shared -Wl,-soname,libx.so.1 a.o -o libx.so -lm -L/nosuch -lnosuch", "a.o ");
	check_links("gcc -Wl,--whole-archive,sub/libx.a,--no-whole-archive main.o -Wl,-rpath,/x.a/lib",
		    "sub/libx.a main.o ");
	check_links("gcc main.c a.o", "main.c a.o ");
	check_links("g++ a.o b.o", "a.o b.o ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("compiler_line");
	TCase *tcase = tcase_create("lines");
	tcase_add_checked_fixture(tcase, NULL, release);
	tcase_add_test(tcase, object_and_source);
	tcase_add_test(tcase, launchers);
	tcase_add_test(tcase, other_languages);
	tcase_add_test(tcase, no_object);
	tcase_add_test(tcase, links);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
