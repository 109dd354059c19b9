/* Static libraries: the members of sound ones, and that nothing in a damaged one can hurt. */
#include "archive.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static archive_members members;

static void release(void)
{
	table_release(&members);
	arena_release(&arena);
}

/* A copy that ends where it ends, so that the sanitizers see whoever reads on. */
static bool read_bytes(const void *bytes, size_t size)
{
	table_release(&members);
	void *copy = malloc(size ? size : 1);
	memcpy(copy, bytes, size);
	bool sound = archive_is(copy, size) && archive_read(copy, size, &arena, &members);
	free(copy);
	return sound;
}

static bool read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* The header of a member: name of 16 characters, size of 10. */
#define MEMBER(name, size) name "0           0     0     644     " size "`\n"

static const char gnu[] = "!<arch>\n" MEMBER("/               ", "4         ") "sym!" MEMBER(
    "//              ", "22        ") "a-rather-long-name.o/\n" MEMBER("short.o/        ",
								       "3         ") "abc\n" MEMBER("/0              ",
												    "2         ") "xy";

START_TEST(members_of_gnu)
{
	ck_assert(read_text(gnu));
	ck_assert_uint_eq(members.count, 2);
	ck_assert_str_eq(members.items[0].name, "short.o");
	ck_assert_uint_eq(members.items[0].size, 3);
	ck_assert_str_eq(members.items[1].name, "a-rather-long-name.o");
	ck_assert_uint_eq(members.items[1].size, 2);
}
END_TEST

START_TEST(bytes_are_those_of_the_archive)
{
	ck_assert(archive_read(gnu, strlen(gnu), &arena, &members));
	ck_assert_mem_eq(members.items[0].bytes, "abc", 3);
	ck_assert_mem_eq(members.items[1].bytes, "xy", 2);
}
END_TEST

START_TEST(members_of_a_thin_one)
{
	ck_assert(read_text("!<thin>\n" MEMBER("//              ", "12        ") "sub/dir/b.o/" MEMBER(
	    "/0              ", "12345     ") MEMBER("a.o/            ", "99        ")));
	ck_assert_uint_eq(members.count, 2);
	ck_assert_str_eq(members.items[0].name, "sub/dir/b.o");
	ck_assert_ptr_null(members.items[0].bytes);
	ck_assert_str_eq(members.items[1].name, "a.o");
}
END_TEST

START_TEST(no_members)
{
	ck_assert(read_text("!<arch>\n"));
	ck_assert_uint_eq(members.count, 0);
	ck_assert(!read_text("!<arch>"));
	ck_assert(!read_text(""));
	ck_assert(!read_text("\177ELF....."));
}
END_TEST

START_TEST(damage)
{
	ck_assert(!read_text("!<arch>\n" MEMBER("a.o/            ", "4         ") "abc"));
	ck_assert(!read_text("!<arch>\n" MEMBER("a.o/            ", "x         ") "abcd"));
	ck_assert(!read_text("!<arch>\n" MEMBER("a.o/            ", "9999999999") "abcd"));
	ck_assert(!read_text("!<arch>\n" MEMBER("/7              ", "0         ")));
	ck_assert(!read_text("!<arch>\n" MEMBER("/-7             ", "0         ")));
	ck_assert(!read_text("!<arch>\n"
			     "no header"));
}
END_TEST

START_TEST(what_stands_before_damage_is_there)
{
	ck_assert(!read_text("!<arch>\n" MEMBER("a.o/            ", "4         ") "abcd"
										  "garbage"));
	ck_assert_uint_eq(members.count, 1);
}
END_TEST

START_TEST(cut_or_changed_anywhere)
{
	char changed[sizeof(gnu)];
	for (size_t size = 0; size < strlen(gnu); size++)
		read_bytes(gnu, size);
	for (size_t i = 0; i < strlen(gnu); i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(changed, gnu, sizeof(gnu));
			changed[i] = (char)byte;
			read_bytes(changed, strlen(gnu));
		}
		arena_release(&arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("archive");
	TCase *tcase = tcase_create("bytes");
	tcase_add_checked_fixture(tcase, NULL, release);
	tcase_add_test(tcase, members_of_gnu);
	tcase_add_test(tcase, bytes_are_those_of_the_archive);
	tcase_add_test(tcase, members_of_a_thin_one);
	tcase_add_test(tcase, no_members);
	tcase_add_test(tcase, damage);
	tcase_add_test(tcase, what_stands_before_damage_is_there);
	tcase_add_test(tcase, cut_or_changed_anywhere);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
