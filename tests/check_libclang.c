#include "libclang_functions.h"

#include <check.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;

static void teardown(void)
{
	arena_release(&arena);
}

START_TEST(identity_names_the_library_without_loading_it)
{
	const char *identity = libclang_identity(&arena);
	ck_assert_msg(strncmp(identity, ASYNCLINT_LIBCLANG_PATH " ", strlen(ASYNCLINT_LIBCLANG_PATH) + 1) == 0, "%s",
		      identity);
	ck_assert_ptr_null(dlopen(ASYNCLINT_LIBCLANG_SONAME, RTLD_NOW | RTLD_NOLOAD));
	ck_assert_ptr_null(clang.createIndex);
}
END_TEST

START_TEST(identity_has_size_and_time)
{
	const char *numbers = libclang_identity(&arena) + strlen(ASYNCLINT_LIBCLANG_PATH);
	long long size, nanoseconds;
	ck_assert_int_eq(sscanf(numbers, " %lld %lld", &size, &nanoseconds), 2);
	ck_assert_int_gt(size, 100000);
	ck_assert_int_gt(nanoseconds, 1000000000000000000);
}
END_TEST

START_TEST(loading_changes_no_identity_and_is_done_once)
{
	const char *before = libclang_identity(&arena), *error = NULL;
	ck_assert_msg(libclang_load(&arena, &error), "%s", error);
	struct libclang loaded = clang;
	ck_assert(libclang_load(&arena, &error));
	ck_assert_mem_eq(&loaded, &clang, sizeof(clang));
	ck_assert_str_eq(libclang_identity(&arena), before);
	ck_assert_ptr_nonnull(clang.visitChildren);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("libclang");
	TCase *tests = tcase_create("libclang");
	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, identity_names_the_library_without_loading_it);
	tcase_add_test(tests, identity_has_size_and_time);
	tcase_add_test(tests, loading_changes_no_identity_and_is_done_once);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
