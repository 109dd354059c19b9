#include "libclang.h"
#include "walk.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Each unit of a project is walked twice, behind its prefix and as it stands: the facts have to be the same bytes.
 */

enum { UNITS = 8 };

static char folder[] = "/tmp/check_prefix.XXXXXX";
static struct arena arena;
static struct commands commands;
static struct prefix_plan plan;
static uint32_t all[64];

static void write_file(const char *name, const char *text)
{
	const char *path = arena_printf(&arena, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void setup(void)
{
	memcpy(folder, "/tmp/check_prefix.XXXXXX", sizeof(folder));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	/* A prefix of small headers would not be used. */
	const char *line = "extern int declared_with_a_long_name_%d; struct tag_%d { int a, b; };\n";
	const char *path = arena_printf(&arena, "%s/big.h", folder);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("#ifndef BIG_H\n#define BIG_H\n", file);
	for (int i = 0; i < 6000; i++)
		fprintf(file, line, i, i);
	fputs("#endif\n", file);
	ck_assert_int_eq(fclose(file), 0);
}

static void teardown(void)
{
	prefix_plan_release(&plan);
	table_release(&commands.list);
	const char *remove = arena_printf(&arena, "rm -rf %s", folder);
	ck_assert_int_eq(system(remove), 0);
	arena_release(&arena);
}

static const char *const no_arguments[] = {"-w", "-I.", "-include", "forced.h", NULL};

static void add(const char *name, const char *text)
{
	write_file(name, text);
	table_add(&commands.list, (struct command){.file = arena_printf(&arena, "%s/%s", folder, name),
						   .directory = folder,
						   .arguments = no_arguments,
						   .argument_count = 4});
}

static void make_plan(void)
{
	for (uint32_t i = 0; i < commands.list.count; i++)
		all[i] = i;
	prefix_plan_release(&plan);
	prefix_plan(&commands, all, commands.list.count, &plan);
}

static uint32_t lines_of(uint32_t unit)
{
	return plan.list[unit] ? plan.list[unit]->lines : 0;
}

/* Of all units; returns whether each was the same. */
static void assert_same_facts(void)
{
	const char *error = NULL;
	ck_assert_msg(libclang_load(&arena, &error), "%s", error);
	write_file("forced.h", "#define FORCED 1\nstatic inline int forced(void) { return FORCED; }\n");
	make_plan();
	struct walker *plain = walker_new(folder), *behind = walker_new(folder);
	for (uint32_t i = 0; i < commands.list.count; i++) {
		const struct command *command = &commands.list.items[i];
		uint64_t size, other_size;
		struct facts *facts = walk_unit(plain, command, NULL, &arena, &error);
		ck_assert_msg(facts != NULL, "%s", error);
		struct facts *other = walk_unit(behind, command, plan.list[i], &arena, &error);
		ck_assert_msg(other != NULL, "%s", error);
		const void *bytes = facts_write(facts, &arena, &size);
		const void *other_bytes = facts_write(other, &arena, &other_size);
		ck_assert_msg(size == other_size && memcmp(bytes, other_bytes, size) == 0, "%s", command->file);
	}
	walker_free(plain);
	walker_free(behind);
}

/* `prefix` before what is the same in all units, and then a bit of their own. */
static void add_units(const char *prefix, const char *rest)
{
	for (uint32_t i = 0; i < UNITS; i++)
		add(arena_printf(&arena, "unit%u.c", i),
		    arena_printf(&arena,
				 "%s\n%s\nint own_%u(void) { return forced() + __LINE__ + sizeof(__FILE__); }\n",
				 prefix, rest, i));
}

START_TEST(plan_takes_the_longest_prefix_that_enough_share)
{
	for (uint32_t i = 0; i < UNITS; i++)
		add(arena_printf(&arena, "a%u.c", i),
		    arena_printf(&arena, "/* %u */\n#include <x.h> // why\n  #  include \"y.h\"\n#include \"z%u.h\"\n",
				 i, i));
	add("b.c", "#include <x.h>\nint b;\n");
	add("c.c", "#include \"x.h\"\n#include \"y.h\"\n");
	make_plan();
	for (uint32_t i = 0; i < UNITS; i++) {
		ck_assert_uint_eq(lines_of(i), 2);
		ck_assert_ptr_eq(plan.list[i], plan.list[0]);
	}
	ck_assert_str_eq(plan.list[0]->text, "#include <x.h>\n#include \"y.h\"\n");
	ck_assert_uint_eq(lines_of(UNITS), 0);
	ck_assert_uint_eq(lines_of(UNITS + 1), 0);
}
END_TEST

START_TEST(plan_ends_where_anything_else_stands)
{
	static const char *const ends[] = {"int x;\n",
					   "#define X 1\n",
					   "#if 1\n",
					   "#pragma once\n",
					   "#include NAME\n",
					   "#include_next <y.h>\n",
					   "#import <y.h>\n",
					   "#line 7\n",
					   "#include <y.h> int x;\n",
					   "#include <y.h> /* to the\nnext line */ int x;\n",
					   "// goes on \\\n#include <y.h>\n",
					   "/* never ends\n#include <y.h>\n",
					   "#include <y\\\n.h>\n",
					   "#include \"y.h",
					   "%:include <y.h>\n"};
	for (size_t e = 0; e < sizeof(ends) / sizeof(*ends); e++) {
		commands.list.count = 0;
		for (uint32_t i = 0; i < UNITS; i++)
			add(arena_printf(&arena, "a%u.c", i),
			    arena_printf(&arena, "#include <x.h>\n%s#include <z.h>\n", ends[e]));
		make_plan();
		ck_assert_msg(lines_of(0) == 1, "%s: %u lines", ends[e], lines_of(0));
	}
}
END_TEST

START_TEST(other_folder_or_arguments_share_nothing)
{
	static const char *const other_arguments[] = {"-w", "-I.", "-DX", "-DY", NULL};
	for (uint32_t i = 0; i < UNITS; i++)
		add(arena_printf(&arena, "a%u.c", i), "#include <x.h>\n");
	for (uint32_t i = 0; i < UNITS / 2; i++)
		commands.list.items[i].arguments = other_arguments;
	make_plan();
	for (uint32_t i = 0; i < UNITS; i++)
		ck_assert_uint_eq(lines_of(i), 0);
}
END_TEST

START_TEST(length_is_of_this_text)
{
	struct prefix prefix = {.text = "#include <a.h>\n#include \"b.h\"\n", .lines = 2};
	const char *text = "/* x */\n#include <a.h>\n\n# include \"b.h\" // y\nint z;\n";
	ck_assert_uint_eq(prefix_length(&prefix, text), strlen(text) - strlen("int z;\n"));
	ck_assert_uint_eq(prefix_length(&prefix, "#include <a.h>\n#include <b.h>\n"), 0);
	ck_assert_uint_eq(prefix_length(&prefix, "#include <a.h>\n"), 0);
}
END_TEST

START_TEST(records_functions_and_macros_of_headers)
{
	write_file(
	    "api.h",
	    "#pragma once\n"
	    "typedef void (*callback)(void *data);\n"
	    "struct outer { struct named { int depth; } one; struct { callback run; int n; } many[3];\n"
	    "  union { int a; float b; }; struct { struct { int far; } in; }; enum kind { KIND_A, KIND_B } kind; };\n"
	    "typedef struct { int x; } unnamed;\n"
	    "extern struct outer global; int count(struct outer *, unnamed *);\n"
	    "static int hidden = __COUNTER__;\n"
	    "static inline int helper(struct outer *o) { static int calls; calls++; o->many[1].run(o); return hidden; "
	    "}\n"
	    "#define CALL(o) helper(o), message(__FILE__)\n"
	    "void message(const char *); int twice(int); int twice(int);\n");
	write_file("again.h", "void again_##__COUNTER__(void);\nint AGAIN(void);\n#undef AGAIN\n");
	add_units(
	    "// first\n#include \"big.h\"\n#include \"api.h\" /* asynclint: allow x: in the prefix */\n"
	    "#include <assert.h>",
	    "#define LOCAL 1\n#include \"api.h\"\n#include <assert.h>\n#include <errno.h>\n"
	    "int count(struct outer *o, unnamed *u) { assert(u); CALL(o); o->one.depth = errno; o->in.far = KIND_B;\n"
	    "  o->many[0].n = u->x + declared_with_a_long_name_7 + __COUNTER__; struct tag_9 t = {.b = 1};\n"
	    "  typeof(o->many[0]) m; return t.b + m.n + LOCAL; }\n"
	    "struct outer global = {.many = {{.n = 1}}};\nint twice(int n) { return n * 2; }\n"
	    "#line 700 \"elsewhere.c\"\nint lined(void) { return twice(1); }\n");
	assert_same_facts();
	ck_assert_uint_eq(lines_of(0), 3);
}
END_TEST

START_TEST(header_without_guard_that_is_included_again)
{
	write_file("list.h", "#ifdef ITEM\nITEM(a) ITEM(b)\n#endif\nint listed(void);\n");
	add_units("#include \"big.h\"\n#include \"list.h\"", "#define ITEM(x) int item_##x(void) { return listed(); }\n"
							     "#include \"list.h\"\n");
	assert_same_facts();
}
END_TEST

START_TEST(header_that_asks_where_it_is)
{
	write_file("base.h", "void note(const char *);\nstatic inline void here(void) { note(__BASE_FILE__); }\n");
	add_units("#include \"big.h\"\n#include \"base.h\"", "void use(void) { here(); }\n");
	assert_same_facts();
}
END_TEST

START_TEST(header_with_a_macro_stack)
{
	write_file("push.h", "#define X 1\n#pragma push_macro(\"X\")\n#undef X\n#define X 2\n");
	add_units("#include \"big.h\"\n#include \"push.h\"", "#pragma pop_macro(\"X\")\nint x(void) { return X; }\n");
	assert_same_facts();
}
END_TEST

START_TEST(header_with_suppressions)
{
	write_file("calm.h", "// asynclint: allow a-rule: it is known\nvoid calm(void);\n");
	add_units("#include \"big.h\"\n#include \"calm.h\"", "void use(void) { calm(); }\n");
	assert_same_facts();
}
END_TEST

START_TEST(errors_in_headers_and_units)
{
	write_file("bad.h", "int bad(;\n#include \"gone.h\"\n");
	for (uint32_t i = 0; i < UNITS; i++)
		add(arena_printf(&arena, "bad%u.c", i), "#include \"big.h\"\n#include \"bad.h\"\nint x;\n");
	for (uint32_t i = 0; i < UNITS; i++)
		add(arena_printf(&arena, "good%u.c", i), "#include \"big.h\"\nint y = unknown;\n");
	assert_same_facts();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prefix");
	TCase *tests = tcase_create("prefix");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, plan_takes_the_longest_prefix_that_enough_share);
	tcase_add_test(tests, plan_ends_where_anything_else_stands);
	tcase_add_test(tests, other_folder_or_arguments_share_nothing);
	tcase_add_test(tests, length_is_of_this_text);
	tcase_add_test(tests, records_functions_and_macros_of_headers);
	tcase_add_test(tests, header_without_guard_that_is_included_again);
	tcase_add_test(tests, header_that_asks_where_it_is);
	tcase_add_test(tests, header_with_a_macro_stack);
	tcase_add_test(tests, header_with_suppressions);
	tcase_add_test(tests, errors_in_headers_and_units);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
