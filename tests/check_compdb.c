#include "compdb.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test has an empty folder to itself and is in it. */
static char *folder;
static struct arena arena;
static struct commands commands;

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

static void setup(void)
{
	char name[] = "/tmp/check_compdb.XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(name));
	folder = realpath(name, NULL);
	ck_assert_int_eq(chdir(folder), 0);
}

static void teardown(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
	table_release(&commands.list);
	arena_release(&arena);
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(const char *name)
{
	ck_assert_int_eq(mkdir(name, 0777), 0);
}

static const char *in_folder(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static void load_with(const char *json, const struct compdb_options *options)
{
	const char *error = NULL;
	write_file("compile_commands.json", json);
	commands.list.count = 0;
	bool ok = compdb_load(folder, options, &arena, &commands, &error);
	ck_assert_msg(ok, "%s", error);
}

static void load(const char *json)
{
	load_with(json, NULL);
}

/* Loads a database of one entry for a.c, compiled by `command`. */
static void load_command(const char *command)
{
	const char *escaped = "";
	for (const char *c = command; *c; c++)
		escaped = arena_printf(&arena, *c == '"' || *c == '\\' ? "%s\\%c" : "%s%c", escaped, *c);
	load(arena_printf(&arena, "[{\"directory\": \".\", \"file\": \"a.c\", \"command\": \"%s\"}]", escaped));
}

/* What every command ends with is of no interest to most tests. */
#define NO_NEW_ERRORS                                                                                            \
	"-Wno-error=incompatible-function-pointer-types|-Wno-error=int-conversion|-Wno-error=implicit-function-" \
	"declaration|"                                                                                           \
	"-Wno-error=implicit-int|"
static const char usual_end[] = "-resource-dir|" ASYNCLINT_RESOURCE_DIR "|-w|" NO_NEW_ERRORS "-ferror-limit=0";

static const char *joined_arguments(uint32_t i)
{
	ck_assert_uint_lt(i, commands.list.count);
	const struct command *command = &commands.list.items[i];
	const char *joined = "";
	for (uint32_t n = 0; n < command->argument_count; n++)
		joined = arena_printf(&arena, "%s%s%s", joined, n ? "|" : "", command->arguments[n]);
	ck_assert_ptr_null(command->arguments[command->argument_count]);
	return joined;
}

static void assert_arguments(uint32_t i, const char *expected)
{
	const char *all = *expected ? arena_printf(&arena, "%s|%s", expected, usual_end) : usual_end;
	ck_assert_str_eq(joined_arguments(i), all);
}

static void assert_kept(const char *command, const char *expected)
{
	load_command(command);
	ck_assert_uint_eq(commands.list.count, 1);
	assert_arguments(0, expected);
}

static void assert_dropped(const char *expected)
{
	const char *joined = "";
	for (const char *const *flag = compdb_dropped_flags(&commands, &arena); *flag; flag++)
		joined = arena_printf(&arena, "%s%s%s", joined, *joined ? " " : "", *flag);
	ck_assert_str_eq(joined, expected);
}

static void assert_error(const char *json, const char *expected)
{
	const char *error = NULL;
	write_file("compile_commands.json", json);
	ck_assert(!compdb_load(folder, NULL, &arena, &commands, &error));
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error, arena_printf(&arena, "%s/compile_commands.json%s", folder, expected));
	ck_assert_uint_eq(commands.list.count, 0);
}

START_TEST(command_and_arguments_say_the_same)
{
	load("[{\"directory\": \"/\", \"file\": \"/x/a.c\", \"command\": \"cc -DA='1 2' -I inc -c a.c\"},"
	     " {\"directory\": \"/\", \"file\": \"/x/b.c\", \"arguments\": [\"cc\", \"-DA=1 2\", \"-I\", \"inc\", "
	     "\"-c\", \"b.c\"],"
	     "  \"output\": \"b.o\"}]");
	ck_assert_uint_eq(commands.list.count, 2);
	assert_arguments(0, "-DA=1 2|-I|inc");
	assert_arguments(1, "-DA=1 2|-I|inc");
	ck_assert_str_eq(commands.list.items[0].file, "/x/a.c");
	ck_assert_str_eq(commands.list.items[1].file, "/x/b.c");
	ck_assert_str_eq(commands.list.items[1].directory, "/");
	assert_dropped("");
}
END_TEST

START_TEST(empty_database_has_no_commands)
{
	load(" [] \n");
	ck_assert_uint_eq(commands.list.count, 0);
	assert_dropped("");
}
END_TEST

START_TEST(words_are_split_as_a_shell_does)
{
	assert_kept(
	    "'cc' -DA=\"a b\" -DB='\"q\"' -DC=\\\"s\\\" -D\"E=\\$\\x\" -DF=a\\ b   -DG='' -DH=a'b'\"c\"\t-DI=\\\\",
	    "-DA=a b|-DB=\"q\"|-DC=\"s\"|-DE=$\\x|-DF=a b|-DG=|-DH=abc|-DI=\\");
}
END_TEST

START_TEST(paths_are_resolved)
{
	make_folder("src");
	make_folder("build");
	write_file("src/a.c", "");
	ck_assert_int_eq(symlink("src", "link"), 0);
	ck_assert_int_eq(symlink("a.c", "src/alias.c"), 0);
	load("[{\"directory\": \"build\", \"file\": \"../link/a.c\", \"command\": \"cc -DA\"},"
	     " {\"directory\": \"build/..\", \"file\": \"src/alias.c\", \"command\": \"cc -DB\"},"
	     " {\"directory\": \"build\", \"file\": \"../src/none.c\", \"command\": \"cc\"},"
	     " {\"directory\": \"gone\", \"file\": \"none.c\", \"command\": \"cc\"}]");
	ck_assert_uint_eq(commands.list.count, 4);
	ck_assert_str_eq(commands.list.items[0].file, in_folder("src/a.c"));
	ck_assert_str_eq(commands.list.items[0].directory, in_folder("build"));
	ck_assert_str_eq(commands.list.items[1].file, in_folder("src/a.c"));
	ck_assert_str_eq(commands.list.items[1].directory, folder);
	ck_assert_str_eq(commands.list.items[2].file, in_folder("src/none.c"));
	ck_assert_str_eq(commands.list.items[3].file, in_folder("gone/none.c"));
	ck_assert_str_eq(commands.list.items[3].directory, in_folder("gone"));
}
END_TEST

START_TEST(relative_database_folder_gives_absolute_paths)
{
	const char *error = NULL;
	make_folder("build");
	write_file("build/compile_commands.json", "[{\"directory\": \".\", \"file\": \"a.c\", \"command\": \"cc\"}]");
	ck_assert(compdb_load("build", NULL, &arena, &commands, &error));
	ck_assert_str_eq(commands.list.items[0].file, in_folder("build/a.c"));
	ck_assert_str_eq(commands.list.items[0].directory, in_folder("build"));
}
END_TEST

START_TEST(output_and_input_are_dropped)
{
	assert_kept(
	    "cc -c -o a.o -oa.o -MD -MMD -MP -MF a.d -MFa.d -MT a.o -MQ a.o -save-temps=obj -E -S -pipe -v a.c b.o",
	    "");
	assert_kept("cc -Wp,-MD,.a.o.d,-DA,-U,B -DC", "-DA|-U|B|-DC");
	assert_kept("cc -DA -- -DB.c", "-DA");
	assert_dropped("");
}
END_TEST

START_TEST(harmless_flags_are_dropped)
{
	assert_kept(
	    "cc -Wall -Wl,-z,now -Werror=x -w -pedantic -O2 -Og -g3 -ggdb -pg -march=foreign -mtune=x -mavx2 -fPIC"
	    " -fstack-protector -flto=4 -fplugin=x.so -fopenmp-targets=x --param ssp-buffer-size=4 --coverage"
	    " -Xlinker -DX -L lib -Llib -lfoo -l foo -shared -static-libgcc -rdynamic -nostdlib -u sym -T x.ld "
	    "-specs=x",
	    "");
	assert_dropped("");
}
END_TEST

START_TEST(flags_of_significance_are_kept)
{
	assert_kept(
	    "cc -DA -D B -UC -U D -Ie -I f -isystem g -isystemh -iquote i -idirafter j -include k.h -imacros l.h",
	    "-DA|-D|B|-UC|-U|D|-Ie|-I|f|-isystem|g|-isystemh|-iquote|i|-idirafter|j|-include|k.h|-imacros|l.h");
	assert_kept(
	    "cc -std=gnu17 -ansi -pthread -m32 -mlong-double-64 --sysroot=/s --sysroot /s -isysroot /s -nostdinc "
	    "-undef",
	    "-std=gnu17|-ansi|-pthread|-m32|-mlong-double-64|--sysroot=/s|--sysroot|/s|-isysroot|/s|-nostdinc|-undef");
	assert_kept(
	    "cc -fshort-enums -fsigned-char -funsigned-char -fms-extensions -fblocks -fno-builtin -fno-builtin-printf"
	    " -fgnu89-inline -ffreestanding -fopenmp -fpack-struct=4",
	    "-fshort-enums|-fsigned-char|-funsigned-char|-fms-extensions|-fblocks|-fno-builtin|-fno-builtin-printf"
	    "|-fgnu89-inline|-ffreestanding|-fopenmp|-fpack-struct=4");
	assert_dropped("");
}
END_TEST

START_TEST(arguments_of_clang_itself_are_unwrapped)
{
	assert_kept("clang -Xclang -include-pch -Xclang a.pch -Xclang -include -Xclang pch.h -Xpreprocessor -DA a.c",
		    "-include|pch.h|-DA");
}
END_TEST

START_TEST(flags_unknown_to_clang_are_recorded_once)
{
	load("[{\"directory\": \"/\", \"file\": \"/a.c\", \"command\": \"gcc -fplan9-extensions -Zodd -std=gnu++17\"},"
	     " {\"directory\": \"/\", \"file\": \"/b.c\", \"command\": \"gcc -Zodd -finput-charset=latin1 -I-\"}]");
	assert_arguments(0, "");
	assert_arguments(1, "");
	assert_dropped("-fplan9-extensions -Zodd -std=gnu++17 -finput-charset=latin1 -I-");
}
END_TEST

START_TEST(flag_without_its_value_is_dropped)
{
	assert_kept("cc -DA -include", "-DA");
	assert_kept("cc -DA -x", "-DA");
	assert_kept("cc -DA -o", "-DA");
}
END_TEST

START_TEST(launchers_are_dropped)
{
	static const char *const lines[] = {
	    "ccache gcc",
	    "/usr/bin/ccache /usr/bin/distcc gcc",
	    "sccache clang",
	    "icecc gcc",
	    "env CCACHE_DIR=/x LANG=C ccache gcc",
	    "CCACHE_DISABLE=1 gcc",
	    "nice gcc",
	    "/bin/sh ../libtool --tag=CC --mode=compile gcc",
	    "x86_64-linux-gnu-libtool --mode=compile gcc",
	    "cmake -E __run_co_compile --launcher=ccache --source=a.c -- /usr/bin/cc",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_kept(arena_printf(&arena, "%s -DA -c a.c", lines[i]), "-DA");
	assert_kept("ccache aarch64-linux-gnu-gcc -DA -c a.c", "--target=aarch64-linux-gnu|-DA");
	assert_kept("ccache", "");
}
END_TEST

START_TEST(cross_compiler_implies_target)
{
	assert_kept("/opt/x/bin/aarch64-linux-gnu-gcc -DA", "--target=aarch64-linux-gnu|-DA");
	assert_kept("arm-none-eabi-gcc-12.2 -mfloat-abi=hard -march=armv7", "--target=arm-none-eabi|-mfloat-abi=hard");
	assert_kept("x86_64-w64-mingw32-cc.exe", "--target=x86_64-w64-mingw32");
	assert_kept("riscv64-linux-gnu-clang-19 -mabi=lp64d", "--target=riscv64-linux-gnu|-mabi=lp64d");
	assert_kept("aarch64-linux-gnu-gcc --target=armv7-linux", "--target=armv7-linux");
	assert_kept("clang -target arm-linux-gnueabihf", "-target|arm-linux-gnueabihf");
	assert_dropped("");
}
END_TEST

START_TEST(plain_compiler_implies_none)
{
	assert_kept("gcc-12 -mabi=ms -mfloat-abi=hard", "");
	assert_kept("musl-gcc", "");
	assert_kept("afl-clang-fast", "");
	assert_dropped("");
	assert_kept("xtensa-esp32-elf-gcc -DA", "-DA");
	assert_dropped("xtensa-esp32-elf-gcc");
}
END_TEST

START_TEST(response_files_are_expanded)
{
	make_folder("obj");
	write_file("obj/flags.rsp", "-DA='1 2'\n-I \"a b\"\r\n@more.rsp -DC");
	write_file("obj/more.rsp", "-DB");
	load(
	    "[{\"directory\": \"obj\", \"file\": \"a.c\", \"command\": \"cc @flags.rsp -DD\"},"
	    " {\"directory\": \"obj\", \"file\": \"b.c\", \"arguments\": [\"cc\", \"@flags.rsp\", \"@missing.rsp\"]}]");
	assert_arguments(0, "-DA=1 2|-I|a b|-DB|-DC|-DD");
	assert_arguments(1, "-DA=1 2|-I|a b|-DB|-DC");
	assert_dropped("@missing.rsp");
}
END_TEST

START_TEST(circular_response_files_end)
{
	write_file("circle.rsp", "-DA @circle.rsp @circle.rsp");
	load_command("cc @circle.rsp -DB");
	ck_assert_uint_eq(commands.list.items[0].argument_count, 100 + 1 + 8);
	assert_dropped("@circle.rsp");
}
END_TEST

START_TEST(response_file_that_never_ends_is_not_read)
{
	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	assert_kept("cc @pipe @/dev/zero -DA", "-DA");
	assert_dropped("@pipe @/dev/zero");
}
END_TEST

START_TEST(other_languages_are_left_out)
{
	static const char *const others[][2] = {
	    {"a.cpp", "c++"},           {"a.cc", "g++"}, {"a.C", "cc"},         {"a.S", "gcc"},
	    {"a.m", "clang"},           {"a.c", "g++"},  {"a.c", "clang++-19"}, {"a.c", "cc -x c++"},
	    {"a.h", "cc -xc++-header"}, {"a", "gcc"},    {"a.cu", "nvcc"},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		load(arena_printf(&arena, "[{\"directory\": \"/\", \"file\": \"%s\", \"command\": \"%s -c\"}]",
				  others[i][0], others[i][1]));
		ck_assert_msg(commands.list.count == 0, "%s by %s", others[i][0], others[i][1]);
	}
}
END_TEST

START_TEST(c_by_any_name_stays)
{
	static const char *const files[][3] = {
	    {"a.h", "cc", ""},
	    {"a.i", "cc", ""},
	    {"a.inc", "cc -x c", "-x|c"},
	    {"a.c", "cc -xc++ -x none", ""},
	    {"a.cpp", "g++ -xc", "-x|c"},
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		load(arena_printf(&arena, "[{\"directory\": \"/\", \"file\": \"%s\", \"command\": \"%s -c\"}]",
				  files[i][0], files[i][1]));
		assert_arguments(0, files[i][2]);
	}
}
END_TEST

START_TEST(repeated_entries_are_dropped)
{
	load("[{\"directory\": \"/\", \"file\": \"/a.c\", \"command\": \"cc -DA -O2 -o a.o -c a.c\"},"
	     " {\"directory\": \"/\", \"file\": \"/a.c\", \"command\": \"cc -DB -c a.c\"},"
	     " {\"directory\": \"/\", \"file\": \"//a.c\", \"command\": \"cc -DA -fPIC -o a.lo -c a.c\"},"
	     " {\"directory\": \"/tmp\", \"file\": \"/a.c\", \"command\": \"cc -DA -c a.c\"},"
	     " {\"directory\": \"/\", \"file\": \"/b.c\", \"command\": \"cc -DA -c b.c\"}]");
	ck_assert_uint_eq(commands.list.count, 4);
	assert_arguments(0, "-DA");
	assert_arguments(1, "-DB");
	ck_assert_str_eq(commands.list.items[2].directory, "/tmp");
	ck_assert_str_eq(commands.list.items[3].file, "/b.c");
}
END_TEST

START_TEST(extra_arguments_stand_at_the_ends)
{
	const char *const before[] = {"-DFIRST", "-march=native", NULL}, *const after[] = {"-DLAST", NULL};
	load_with("[{\"directory\": \"/\", \"file\": \"/a.c\", \"command\": \"cc -DA\"}]",
		  &(struct compdb_options){.extra_arguments_before = before, .extra_arguments = after});
	ck_assert_str_eq(joined_arguments(0), arena_printf(&arena, "-DFIRST|-march=native|-DA|%s|-DLAST", usual_end));
}
END_TEST

START_TEST(given_resource_dir_is_kept)
{
	load_command("clang -resource-dir=/r");
	ck_assert_str_eq(joined_arguments(0), "-resource-dir=/r|-w|" NO_NEW_ERRORS "-ferror-limit=0");
	const char *const after[] = {"-resource-dir", "/s", NULL};
	load_with("[{\"directory\": \"/\", \"file\": \"/a.c\", \"command\": \"cc\"}]",
		  &(struct compdb_options){.extra_arguments = after});
	ck_assert_str_eq(joined_arguments(0), "-w|" NO_NEW_ERRORS "-ferror-limit=0|-resource-dir|/s");
}
END_TEST

START_TEST(large_database_keeps_its_order)
{
	enum { ENTRIES = 20000 };
	FILE *file = fopen("compile_commands.json", "w");
	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < ENTRIES; i++)
		fprintf(
		    file,
		    "%s{\"directory\": \"/\", \"file\": \"/none/%d.c\", \"command\": \"cc -Iinclude -DN=%d -c %d.c\"}",
		    i ? ",\n" : "[", i, i, i);
	fputs("]", file);
	fclose(file);
	const char *error = NULL;
	ck_assert(compdb_load(folder, NULL, &arena, &commands, &error));
	ck_assert_uint_eq(commands.list.count, ENTRIES);
	ck_assert_str_eq(commands.list.items[12345].file, "/none/12345.c");
	assert_arguments(12345, "-Iinclude|-DN=12345");
}
END_TEST

START_TEST(fixed_arguments_make_a_command)
{
	const char *const arguments[] = {"/usr/bin/gcc", "-Iinc", "-O2", "-c", "a.c", "@missing", NULL};
	write_file("a.c", "");
	compdb_fixed("./a.c", arguments, NULL, &arena, &commands);
	compdb_fixed("./a.c", arguments + 1, NULL, &arena, &commands);
	compdb_fixed("nosuch.txt", arguments + 6, NULL, &arena, &commands);
	ck_assert_uint_eq(commands.list.count, 3);
	assert_arguments(0, "-Iinc");
	assert_arguments(1, "-Iinc");
	assert_arguments(2, "");
	ck_assert_str_eq(commands.list.items[0].file, in_folder("a.c"));
	ck_assert_str_eq(commands.list.items[0].directory, folder);
	ck_assert_str_eq(commands.list.items[2].file, in_folder("nosuch.txt"));
	assert_dropped("@missing");
}
END_TEST

START_TEST(unreadable_databases)
{
	const char *error = NULL;
	ck_assert(!compdb_load("/nonexistent", NULL, &arena, &commands, &error));
	ck_assert_str_eq(error, "/nonexistent/compile_commands.json: cannot read: No such file or directory");
	make_folder("compile_commands.json");
	ck_assert(!compdb_load(folder, NULL, &arena, &commands, &error));
	ck_assert_str_eq(error, arena_printf(&arena, "%s/compile_commands.json: cannot read: Is a directory", folder));
}
END_TEST

START_TEST(broken_json)
{
	assert_error("", ":1:1: not valid JSON");
	assert_error("[\n  {\"file\": \"a.c\",\n   \"command\" 1}]", ":3:14: not valid JSON");
	assert_error("[]\n x", ":2:2: not valid JSON");
	assert_error("{}", ":1:1: not a list of compile commands");
}
END_TEST

START_TEST(bad_entries)
{
	assert_error("[7]", ": entry 1: not an object");
	assert_error("[{}]", ": entry 1: no 'file'");
	assert_error("[{\"file\": 1}]", ": entry 1: 'file' is not a string");
	assert_error("[{\"file\": \"\"}]", ": entry 1: 'file' is empty");
	assert_error("[{\"FILE\": \"a.c\"}]", ": entry 1: no 'file'");
	assert_error("[{\"file\": \"a.c\"}]", ": entry 1 ('a.c'): no 'directory'");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\"}]",
		     ": entry 1 ('a.c'): neither 'command' nor 'arguments'");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\", \"command\": []}]",
		     ": entry 1 ('a.c'): 'command' is not a string");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\", \"command\": \"\"}]",
		     ": entry 1 ('a.c'): 'command' is empty");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\", \"arguments\": \"cc\"}]",
		     ": entry 1 ('a.c'): 'arguments' is not a list of strings");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\", \"arguments\": [\"cc\", null]}]",
		     ": entry 1 ('a.c'): 'arguments' is not a list of strings");
	assert_error("[{\"file\": \"a.c\", \"directory\": \"/\", \"command\": \"cc\"},"
		     " {\"file\": \"b.c\", \"directory\": \"/\", \"command\": \"cc 'x\"}]",
		     ": entry 2 ('b.c'): a quote in 'command' is not closed");
}
END_TEST

START_TEST(database_is_found_upward_and_in_build_folders)
{
	make_folder("src");
	make_folder("src/deep");
	make_folder("cmake-build-release");
	make_folder("cmake-build-debug");
	make_folder("cmake-build-a");
	write_file("cmake-build-release/compile_commands.json", "[]");
	write_file("cmake-build-debug/compile_commands.json", "[]");
	ck_assert_str_eq(compdb_find("src/deep", &arena), in_folder("cmake-build-debug"));
	make_folder("out");
	write_file("out/compile_commands.json", "[]");
	ck_assert_str_eq(compdb_find(in_folder("src"), &arena), in_folder("out"));
	make_folder("build");
	write_file("build/compile_commands.json", "[]");
	ck_assert_str_eq(compdb_find(".", &arena), in_folder("build"));
	write_file("compile_commands.json", "[]");
	ck_assert_str_eq(compdb_find("src", &arena), folder);
	write_file("src/compile_commands.json", "[]");
	ck_assert_str_eq(compdb_find("src/deep", &arena), in_folder("src"));
	ck_assert_ptr_null(compdb_find("/nonexistent", &arena));
}
END_TEST

START_TEST(root_is_the_project)
{
	make_folder("project");
	make_folder("project/build");
	make_folder("project/build/debug");
	ck_assert_str_eq(compdb_root("project/build", &arena), in_folder("project"));
	ck_assert_str_eq(compdb_root("project/build/debug", &arena), in_folder("project/build/debug"));
	make_folder(".git");
	ck_assert_str_eq(compdb_root("project/build/debug", &arena), folder);
	write_file("project/.asynclint.json", "{}");
	ck_assert_str_eq(compdb_root(in_folder("project/build"), &arena), in_folder("project"));
	ck_assert_str_eq(compdb_root("project", &arena), in_folder("project"));
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("compdb");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, command_and_arguments_say_the_same);
	tcase_add_test(tests, empty_database_has_no_commands);
	tcase_add_test(tests, words_are_split_as_a_shell_does);
	tcase_add_test(tests, paths_are_resolved);
	tcase_add_test(tests, relative_database_folder_gives_absolute_paths);
	tcase_add_test(tests, output_and_input_are_dropped);
	tcase_add_test(tests, harmless_flags_are_dropped);
	tcase_add_test(tests, flags_of_significance_are_kept);
	tcase_add_test(tests, arguments_of_clang_itself_are_unwrapped);
	tcase_add_test(tests, flags_unknown_to_clang_are_recorded_once);
	tcase_add_test(tests, flag_without_its_value_is_dropped);
	tcase_add_test(tests, launchers_are_dropped);
	tcase_add_test(tests, cross_compiler_implies_target);
	tcase_add_test(tests, plain_compiler_implies_none);
	tcase_add_test(tests, response_files_are_expanded);
	tcase_add_test(tests, circular_response_files_end);
	tcase_add_test(tests, response_file_that_never_ends_is_not_read);
	tcase_add_test(tests, other_languages_are_left_out);
	tcase_add_test(tests, c_by_any_name_stays);
	tcase_add_test(tests, repeated_entries_are_dropped);
	tcase_add_test(tests, extra_arguments_stand_at_the_ends);
	tcase_add_test(tests, given_resource_dir_is_kept);
	tcase_add_test(tests, large_database_keeps_its_order);
	tcase_add_test(tests, fixed_arguments_make_a_command);
	tcase_add_test(tests, unreadable_databases);
	tcase_add_test(tests, broken_json);
	tcase_add_test(tests, bad_entries);
	tcase_add_test(tests, database_is_found_upward_and_in_build_folders);
	tcase_add_test(tests, root_is_the_project);
	Suite *suite = suite_create("compdb");
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
