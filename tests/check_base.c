/*
 * The base: arena, table, intern, signals.
 */
#include "arena.h"
#include "intern.h"
#include "signals.h"
#include "table.h"

#include <check.h>
#include <stdalign.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(arena_memory_is_zeroed_aligned_and_distinct)
{
	struct arena arena = {0};
	unsigned char *previous = NULL;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *memory = arena_alloc(&arena, size);
		ck_assert_uint_eq((uintptr_t)memory % alignof(max_align_t), 0);
		ck_assert_ptr_ne(memory, previous);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(memory[i], 0);
		memset(memory, 0xFF, size);
		previous = memory;
	}
	arena_release(&arena);
	ck_assert_ptr_null(arena.block);
}
END_TEST

START_TEST(arena_takes_big_allocations_among_small_ones)
{
	enum { BIG = 1 << 20 };
	struct arena arena = {0};
	char *first = arena_strdup(&arena, "first");
	char *big = arena_alloc(&arena, BIG);
	memset(big, 'x', BIG);
	char *second = arena_strdup(&arena, "second");
	ck_assert_str_eq(first, "first");
	ck_assert_str_eq(second, "second");
	ck_assert_int_eq(big[0], 'x');
	ck_assert_int_eq(big[BIG - 1], 'x');
	/* The block that was in use before the big one still is. */
	ck_assert_ptr_eq(second, first + alignof(max_align_t));
	arena_release(&arena);
}
END_TEST

START_TEST(arena_is_usable_after_release)
{
	struct arena arena = {0};
	arena_alloc(&arena, 100);
	arena_release(&arena);
	ck_assert_str_eq(arena_strdup(&arena, "again"), "again");
	arena_release(&arena);
}
END_TEST

START_TEST(arena_copies)
{
	struct arena arena = {0};
	const uint32_t numbers[] = {1, 2, 3};
	uint32_t *copy = arena_copy(&arena, numbers, 3, sizeof(*numbers));
	ck_assert_mem_eq(copy, numbers, sizeof(numbers));
	ck_assert_ptr_nonnull(arena_copy(&arena, NULL, 0, sizeof(*numbers)));
	ck_assert_str_eq(arena_strndup(&arena, "abcdef", 3), "abc");
	ck_assert_str_eq(arena_strndup(&arena, "", 0), "");
	arena_release(&arena);
}
END_TEST

START_TEST(arena_prints)
{
	struct arena arena = {0};
	char word[5001];
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_str_eq(arena_printf(&arena, "%s", ""), "");
	ck_assert_str_eq(arena_printf(&arena, "%s:%d", "a.c", 12), "a.c:12");
	char *text = arena_printf(&arena, "<%s>", word);
	ck_assert_uint_eq(strlen(text), strlen(word) + 2);
	ck_assert_int_eq(text[strlen(word) + 1], '>');
	arena_release(&arena);
}
END_TEST

START_TEST(arena_without_memory_ends_the_process)
{
	struct arena arena = {0};
	arena_alloc(&arena, SIZE_MAX);
}
END_TEST

START_TEST(table_keeps_its_items)
{
	TABLE(uint32_t) numbers = {0};
	for (uint32_t i = 0; i < 10000; i++) {
		table_add(&numbers, i * 3);
		ck_assert_uint_eq(numbers.count, i + 1);
		ck_assert_uint_le(numbers.count, numbers.capacity);
	}
	for (uint32_t i = 0; i < numbers.count; i++)
		ck_assert_uint_eq(numbers.items[i], i * 3);
	table_release(&numbers);
	ck_assert_ptr_null(numbers.items);
	ck_assert_uint_eq(numbers.count, 0);
	ck_assert_uint_eq(numbers.capacity, 0);
}
END_TEST

START_TEST(table_takes_records_with_commas)
{
	struct edge {
		uint32_t from, to;
	};
	TABLE(struct edge) edges = {0};
	table_add(&edges, (struct edge){.from = 1, .to = 2});
	ck_assert_uint_eq(edges.items[0].from, 1);
	ck_assert_uint_eq(edges.items[0].to, 2);
	table_release(&edges);
}
END_TEST

START_TEST(table_makes_room_ahead)
{
	TABLE(uint32_t) numbers = {0};
	table_need(&numbers, 1000);
	ck_assert_uint_eq(numbers.count, 0);
	ck_assert_uint_ge(numbers.capacity, 1000);
	ck_assert_uint_eq(numbers.items[999], 0);
	uint32_t *items = numbers.items;
	for (uint32_t i = 0; i < 1000; i++)
		table_add(&numbers, i);
	ck_assert_ptr_eq(numbers.items, items);
	table_release(&numbers);
}
END_TEST

START_TEST(table_refuses_what_cannot_be_counted)
{
	uint32_t capacity = UINT32_MAX;
	table_reserve(NULL, &capacity, UINT32_MAX, 1, sizeof(uint32_t));
}
END_TEST

START_TEST(intern_ids_are_dense)
{
	struct intern strings;
	intern_init(&strings);
	ck_assert_uint_eq(intern(&strings, ""), 0);
	ck_assert_uint_eq(intern(&strings, "a"), 1);
	ck_assert_uint_eq(intern(&strings, "b"), 2);
	ck_assert_uint_eq(intern(&strings, "a"), 1);
	ck_assert_uint_eq(intern_n(&strings, "abc", 1), 1);
	ck_assert_uint_eq(intern_n(&strings, "abc", 2), 3);
	ck_assert_uint_eq(intern_printf(&strings, "%c%c", 'a', 'b'), 3);
	ck_assert_uint_eq(strings.count, 4);
	ck_assert_str_eq(intern_text(&strings, 0), "");
	ck_assert_str_eq(intern_text(&strings, 3), "ab");
	intern_release(&strings);
}
END_TEST

START_TEST(intern_keeps_any_bytes_and_slots)
{
	struct intern strings;
	intern_init(&strings);
	ck_assert_uint_eq(intern_n(&strings, "a\0b", 3), 1);
	ck_assert_uint_eq(intern_n(&strings, "a\0c", 3), 2);
	ck_assert_uint_eq(intern_n(&strings, "a", 1), 3);
	ck_assert_uint_eq(intern_n(&strings, "a\0b", 3), 1);
	ck_assert_uint_eq(intern_find_n(&strings, "a\0c", 3), 2);
	ck_assert_uint_eq(intern_slot(&strings, "record", "field"), 4);
	ck_assert_uint_eq(intern(&strings, "record::field"), 4);
	ck_assert_uint_eq(intern_find_slot(&strings, "record", "field"), 4);
	ck_assert_uint_eq(intern_find_slot(&strings, "record", "fiel"), UINT32_MAX);
	intern_release(&strings);
}
END_TEST

START_TEST(intern_takes_slots_of_any_length)
{
	char record[2000];
	struct intern strings;
	memset(record, 'r', sizeof(record) - 1);
	record[sizeof(record) - 1] = '\0';
	intern_init(&strings);
	uint32_t id = intern_slot(&strings, record, "field");
	ck_assert_uint_eq(strlen(intern_text(&strings, id)), sizeof(record) - 1 + strlen("::field"));
	ck_assert_uint_eq(intern_find_slot(&strings, record, "field"), id);
	intern_release(&strings);
}
END_TEST

START_TEST(intern_takes_many_strings)
{
	enum { MANY = 50000 };
	struct intern strings;
	struct arena arena = {0};
	intern_init(&strings);
	for (uint32_t i = 1; i <= MANY; i++)
		ck_assert_uint_eq(intern_printf(&strings, "string %u", i), i);
	for (uint32_t i = 1; i <= MANY; i++) {
		const char *text = arena_printf(&arena, "string %u", i);
		ck_assert_str_eq(intern_text(&strings, i), text);
		ck_assert_uint_eq(intern_find(&strings, text), i);
	}
	ck_assert_uint_eq(strings.count, MANY + 1);
	arena_release(&arena);
	intern_release(&strings);
}
END_TEST

START_TEST(intern_prints_long_strings)
{
	struct intern strings;
	char word[1000];
	intern_init(&strings);
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	uint32_t id = intern_printf(&strings, "%s", word);
	ck_assert_str_eq(intern_text(&strings, id), word);
	ck_assert_uint_eq(intern(&strings, word), id);
	intern_release(&strings);
}
END_TEST

START_TEST(intern_finds_without_adding)
{
	struct intern strings = {0};
	ck_assert_uint_eq(intern_find(&strings, "x"), UINT32_MAX);
	intern_init(&strings);
	ck_assert_uint_eq(intern_find(&strings, ""), 0);
	ck_assert_uint_eq(intern_find(&strings, "x"), UINT32_MAX);
	intern(&strings, "xy");
	ck_assert_uint_eq(intern_find(&strings, "x"), UINT32_MAX);
	ck_assert_uint_eq(intern_find(&strings, "xy"), 1);
	ck_assert_uint_eq(strings.count, 2);
	intern_release(&strings);
}
END_TEST

/* _i: the signal. */
START_TEST(signals_that_are_held_come_afterwards)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		signal(_i, SIG_DFL); /* Check has handlers of its own */
		sigset_t before = signals_hold();
		raise(_i);
		ck_assert_int_eq(write(ends[1], "held", 4), 4);
		signals_let(before);
		ck_assert_int_eq(write(ends[1], "let", 3), 3);
		_exit(0);
	}
	close(ends[1]);
	char text[16] = "";
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == _i);
	ck_assert_int_eq(read(ends[0], text, sizeof(text) - 1), 4);
	ck_assert_str_eq(text, "held");
	close(ends[0]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base");
	TCase *arena = tcase_create("arena");
	tcase_add_test(arena, arena_memory_is_zeroed_aligned_and_distinct);
	tcase_add_test(arena, arena_takes_big_allocations_among_small_ones);
	tcase_add_test(arena, arena_is_usable_after_release);
	tcase_add_test(arena, arena_copies);
	tcase_add_test(arena, arena_prints);
	tcase_add_exit_test(arena, arena_without_memory_ends_the_process, 2);
	suite_add_tcase(suite, arena);
	TCase *table = tcase_create("table");
	tcase_add_test(table, table_keeps_its_items);
	tcase_add_test(table, table_takes_records_with_commas);
	tcase_add_test(table, table_makes_room_ahead);
	tcase_add_exit_test(table, table_refuses_what_cannot_be_counted, 2);
	suite_add_tcase(suite, table);
	TCase *intern_case = tcase_create("intern");
	tcase_add_test(intern_case, intern_ids_are_dense);
	tcase_add_test(intern_case, intern_keeps_any_bytes_and_slots);
	tcase_add_test(intern_case, intern_takes_slots_of_any_length);
	tcase_add_test(intern_case, intern_takes_many_strings);
	tcase_add_test(intern_case, intern_prints_long_strings);
	tcase_add_test(intern_case, intern_finds_without_adding);
	suite_add_tcase(suite, intern_case);
	TCase *signals = tcase_create("signals");
	tcase_add_loop_test(signals, signals_that_are_held_come_afterwards, SIGINT, SIGINT + 1);
	tcase_add_loop_test(signals, signals_that_are_held_come_afterwards, SIGTERM, SIGTERM + 1);
	tcase_add_loop_test(signals, signals_that_are_held_come_afterwards, SIGHUP, SIGHUP + 1);
	suite_add_tcase(suite, signals);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
