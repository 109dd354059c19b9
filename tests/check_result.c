/* Results as bytes: what is written is read back, and what is damaged is refused as a whole. */
#include "result.h"

#include <check.h>
#include <string.h>

static void fill_map(struct map *map)
{
	table_add(&map->files, (struct map_file){.path = "a.c", .functions = 3, .count = {[MAP_ON_LOOP] = 2}});
	table_add(&map->files, (struct map_file){.path = "b.c", .functions = 1, .count = {[MAP_BLOCKS] = 1}});
	table_add(&map->functions, (struct map_function){"on_timer", 0, 4, 1u << MAP_ON_LOOP | 1u << MAP_LEADS});
	table_add(&map->functions, (struct map_function){"wait", 1, 9, 1u << MAP_BLOCKS});
	table_add(&map->calls, (struct map_call){0, 1});
}

/* Writes a result with the map and returns it (arena). */
static const char *write_with(const struct map *map, struct arena *arena, size_t *size)
{
	struct findings findings = {0};
	struct coverage coverage = {.calls = 7};
	const void *bytes = result_write(&findings, &coverage, map, arena, size);
	findings_release(&findings);
	return bytes;
}

/* Reads it; false if it is refused, and then nothing may have changed. */
static bool read_into(const char *bytes, size_t size, struct map *map)
{
	struct findings findings = {0};
	struct coverage coverage = {0};
	bool good = result_read(bytes, size, &findings, &coverage, map);
	ck_assert_uint_eq(coverage.calls, good ? 7 : 0);
	if (map && good && map->files.count)
		ck_assert_str_eq(map->files.items[0].path, "a.c");
	if (map && !good)
		ck_assert_uint_eq(map->files.count + map->functions.count + map->calls.count, 0);
	findings_release(&findings);
	coverage_release(&coverage);
	return good;
}

START_TEST(a_map_comes_back)
{
	struct arena arena = {0};
	struct map written = {0}, read = {0};
	size_t size;
	fill_map(&written);
	const char *bytes = write_with(&written, &arena, &size);
	ck_assert(read_into(bytes, size, &read));
	ck_assert_uint_eq(read.files.count, 2);
	ck_assert_uint_eq(read.files.items[1].count[MAP_BLOCKS], 1);
	ck_assert_uint_eq(read.functions.count, 2);
	ck_assert_uint_eq(read.functions.items[0].flags, 1u << MAP_ON_LOOP | 1u << MAP_LEADS);
	ck_assert_uint_eq(read.functions.items[1].line, 9);
	ck_assert_uint_eq(read.calls.count, 1);
	ck_assert_uint_eq(read.calls.items[0].to, 1);
	map_release(&written);
	map_release(&read);
	arena_release(&arena);
}
END_TEST

START_TEST(an_empty_map_is_one)
{
	struct arena arena = {0};
	struct map empty = {0}, read = {0};
	size_t size;
	const char *bytes = write_with(&empty, &arena, &size);
	ck_assert(read_into(bytes, size, &read));
	ck_assert_uint_eq(read.files.count, 0);
	map_release(&read);
	arena_release(&arena);
}
END_TEST

START_TEST(with_and_without_a_map_are_not_taken_for_each_other)
{
	struct arena arena = {0};
	struct map map = {0}, read = {0};
	size_t with, without;
	fill_map(&map);
	const char *bytes = write_with(&map, &arena, &with);
	ck_assert(!read_into(bytes, with, NULL));
	bytes = write_with(NULL, &arena, &without);
	ck_assert(read_into(bytes, without, NULL));
	ck_assert(!read_into(bytes, without, &read));
	map_release(&map);
	arena_release(&arena);
}
END_TEST

START_TEST(cut_short_it_is_refused)
{
	struct arena arena = {0};
	struct map map = {0}, read = {0};
	size_t size;
	fill_map(&map);
	const char *bytes = write_with(&map, &arena, &size);
	for (size_t cut = 0; cut < size; cut++)
		ck_assert(!read_into(arena_copy(&arena, bytes, cut, 1), cut, &read));
	map_release(&map);
	arena_release(&arena);
}
END_TEST

START_TEST(what_points_nowhere_is_refused)
{
	struct arena arena = {0};
	struct map read = {0};
	size_t size;
	for (int fault = 0; fault < 4; fault++) {
		struct map map = {0};
		fill_map(&map);
		if (fault == 0)
			map.functions.items[1].file = 2;
		else if (fault == 1)
			map.functions.items[1].flags = 1u << MAP_FLAGS;
		else if (fault == 2)
			map.calls.items[0].from = 2;
		else
			map.calls.items[0].to = UINT32_MAX;
		const char *bytes = write_with(&map, &arena, &size);
		ck_assert(!read_into(bytes, size, &read));
		map_release(&map);
	}
	arena_release(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("result");
	TCase *tests = tcase_create("result");
	tcase_add_test(tests, a_map_comes_back);
	tcase_add_test(tests, an_empty_map_is_one);
	tcase_add_test(tests, with_and_without_a_map_are_not_taken_for_each_other);
	tcase_add_test(tests, cut_short_it_is_refused);
	tcase_add_test(tests, what_points_nowhere_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
