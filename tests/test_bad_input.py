#!/usr/bin/env python3
"""Whatever the input holds, a run ends with findings or one clear message, and costs nobody else's results.

Each project has a sound unit with one known finding beside what is bad. What is promised of every run: it ends by
itself, by no signal, with exit status 0, 1 or 2; the sound unit's finding is there; what could not be done is said.

Usage: test_bad_input.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = os.path.abspath(sys.argv[1])

# Its shadow of all memory leaves no room for a limit.
IS_SANITIZED = b"__asan_init" in Path(ASYNCLINT).read_bytes()

# Only ever reached by a run that hangs.
LONGEST_RUN = 100

MODEL = {
    "library": "ticker",
    "world": "ticker",
    "functions": {
        "ticker_every": {"callback": {"arg": 0, "role": "on-loop"}},
        "nap": {"blocks": {"because": "sleeps", "cost": "sleep"}},
    },
}

# One finding, in line 4.
SOUND = """\
void ticker_every(void (*callback)(void));
void nap(void);

static void tick(void) { nap(); }
void start(void) { ticker_every(tick); }
"""

FINDING = "sound.c:4:26: warning: "

# The same finding after whatever stands before it.
TICKING = SOUND.replace("start", "start_too")


class Project(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        self.write("sound.c", SOUND)
        self.write("ticker.json", json.dumps(MODEL))

    def write(self, name, content):
        path = self.root / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content)
        return path

    def database(self, *files, arguments=()):
        self.write("compile_commands.json",
                   json.dumps([{"directory": str(self.root), "file": f, "arguments": ["cc", *arguments, "-c", f]}
                               for f in files]))

    def run_asynclint(self, *arguments, action="check", memory=None, longest=LONGEST_RUN):
        """One run; fails if it hangs or dies. `memory` limits its address space, in bytes."""
        models = ["--no-models", "--models", "ticker.json"] if action in ("check", "join") else []
        rules = ["--rules", "blocking-in-async"] if action in ("check", "join") else []

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

        result = subprocess.run([ASYNCLINT, action, *models, *rules, *arguments], cwd=self.root,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                timeout=longest, preexec_fn=limit if memory else None)
        result.stdout = result.stdout.decode(errors="surrogateescape")
        result.stderr = result.stderr.decode(errors="surrogateescape")
        said = f"{arguments}: status {result.returncode}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}"
        self.assertIn(result.returncode, (0, 1, 2), said)
        self.assertNotIn("Sanitizer", result.stderr, said)
        return result

    def refused(self, *messages, arguments=(), action="check"):
        """Nothing can be done: status 2, no findings, one error line with all of the messages."""
        result = self.run_asynclint(*arguments, action=action)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
        errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        self.assertEqual(len(errors), 1, result.stderr)
        for message in messages:
            self.assertIn(message, errors[0])

    def costs_itself_only(self, status, *messages, arguments=(), **more):
        """The sound unit's finding is there, and stderr says each of the messages in one line."""
        result = self.run_asynclint(*arguments, **more)
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertIn(FINDING, result.stdout, result.stderr)
        lines = [line for line in result.stderr.splitlines() if all(message in line for message in messages)]
        self.assertTrue(lines, result.stderr)
        return result

    def lost(self, name, reason, arguments=()):
        """odd.c gives nothing, alone or beside a sound unit."""
        if not (self.root / "compile_commands.json").exists():
            self.database("odd.c", "sound.c")
        self.costs_itself_only(2, "error: ", name, reason, arguments=arguments)
        result = self.run_asynclint("odd.c", *arguments)
        self.assertEqual(result.returncode, 2)
        self.assertIn("error: nothing was analysed", result.stderr)

    def degraded(self, name, place, **more):
        """The unit is analysed as far as it goes; the first trouble is told with its place."""
        self.database(name, "sound.c", **more)
        self.costs_itself_only(1, f"warning: {name}: parsed with errors: {place}")
        self.assertEqual(self.run_asynclint("--strict").returncode, 2)

    def understood(self, text, name="odd.c", **more):
        """The text is no trouble at all: what stands behind it is found."""
        self.write(name, text + (TICKING.encode() if isinstance(text, bytes) else TICKING))
        self.database(name, "sound.c", **more)
        result = self.costs_itself_only(1, "2 findings")
        self.assertNotIn("parsed with errors", result.stderr)


class Database(Project):
    def test_missing(self):
        self.refused("compile_commands.json", "nowhere", arguments=("-p", "nowhere"))

    def test_broken(self):
        for content, *messages in (
                ("", "compile_commands.json"),
                ("[{", "compile_commands.json:1:"),
                ('[\n{"directory": "/",\n "file": }\n]', "compile_commands.json:3:"),
                ("{}", "compile_commands.json"),
                ("7", "compile_commands.json"),
                ("[]", "compile_commands.json"),
                ("[7]", "compile_commands.json", "1"),
                ('[{"directory": "/"}]', "compile_commands.json", "'file'"),
                ('[{"directory": "/", "file": 7, "command": "cc x.c"}]', "compile_commands.json", "'file'"),
                ('[{"directory": "/", "file": "x.c"}]', "compile_commands.json"),
                ('[{"directory": "/", "file": "x.c", "arguments": ["cc", 7]}]', "compile_commands.json"),
                ('[{"directory": "/", "file": "x.c", "command": "cc \'x.c"}]', "compile_commands.json"),
                ("[" * 100000, "compile_commands.json"),
                (b'[{"directory": "/", "file": "x.c\0"}]', "compile_commands.json"),
                (b"\xff\xfe[\x00]\x00", "compile_commands.json"),
                (os.urandom(4096), "compile_commands.json")):
            with self.subTest(content=content[:60]):
                self.write("compile_commands.json", content)
                self.refused(*messages)

    def test_unreadable(self):
        path = self.root / "compile_commands.json"
        path.mkdir()
        self.refused("compile_commands.json", arguments=("-p", "."))
        path.rmdir()
        path.symlink_to("gone")
        self.refused("compile_commands.json", arguments=("-p", "."))
        path.unlink()
        os.mkfifo(path)
        self.refused("compile_commands.json", arguments=("-p", "."))

    def test_directory_that_does_not_exist(self):
        self.write("odd.c", SOUND)
        self.write("compile_commands.json", json.dumps([
            {"directory": str(self.root / "gone"), "file": str(self.root / "odd.c"), "arguments": ["cc", "-c", "odd.c"]},
            {"directory": str(self.root), "file": "sound.c", "arguments": ["cc", "-c", "sound.c"]}]))
        self.lost("odd.c", "gone")


class File(Project):
    def test_missing(self):
        self.lost("odd.c", "No such file or directory")

    def test_dangling_link(self):
        (self.root / "odd.c").symlink_to("gone.c")
        self.lost("odd.c", "No such file or directory")

    def test_directory(self):
        (self.root / "odd.c").mkdir()
        self.lost("odd.c", "not a regular file")

    def test_pipe(self):
        os.mkfifo(self.root / "odd.c")
        self.lost("odd.c", "not a regular file")
        result = self.run_asynclint("odd.c", "--", "-std=c17")
        self.assertEqual(result.returncode, 2)
        self.assertIn("'odd.c': not a regular file\nerror: nothing was analysed\n", result.stderr)

    def test_device(self):
        (self.root / "odd.c").symlink_to("/dev/zero")
        self.lost("/dev/zero", "not a regular file")

    def test_missing_header(self):
        self.write("odd.c", '\n#include "gone.h"\n' + TICKING)
        self.degraded("odd.c", "odd.c:2:10: 'gone.h' file not found")

    def test_directory_as_header(self):
        (self.root / "odd.h").mkdir()
        self.write("odd.c", '#include "odd.h"\n' + TICKING)
        self.degraded("odd.c", "odd.c:1:10: ")

    def test_pipe_as_header(self):
        os.mkfifo(self.root / "odd.h")
        self.write("odd.c", '#include "odd.h"\n')
        self.lost("odd.c", "not done after 1 seconds", arguments=("--unit-timeout", "1"))

    @unittest.skipIf(IS_SANITIZED, "sanitizers take all memory there is")
    def test_endless_header(self):
        """Memory ends, or time does."""
        (self.root / "odd.h").symlink_to("/dev/zero")
        self.write("odd.c", '#include "odd.h"\n')
        self.database("odd.c", "sound.c")
        self.costs_itself_only(2, "error: odd.c: ", arguments=("--unit-timeout", "10"), memory=1 << 30)

    def test_include_of_itself(self):
        self.write("odd.c", TICKING + '#include "odd.c"\n')
        self.degraded("odd.c", "odd.c")

    def test_include_of_itself_twice(self):
        """2 to the power of 200 inclusions, if an error did not end them."""
        self.write("odd.h", '#include "odd.h"\n#include "odd.h"\n')
        self.write("odd.c", '#include "odd.h"\n')
        self.degraded("odd.c", "odd.h:1:10: #include nested too deeply")

    @unittest.skipIf(IS_SANITIZED, "sanitizers take all memory there is")
    def test_macros_without_end(self):
        """2 to the power of 60 terms."""
        lines = [f"#define A{i} A{i - 1}, A{i - 1}\n" for i in range(1, 60)]
        self.write("odd.c", "#define A0 1\n" + "".join(lines) + "int a[] = {A59};\n")
        self.database("odd.c", "sound.c")
        self.costs_itself_only(2, "error: odd.c: ", arguments=("--unit-timeout", "10"), memory=1 << 30)


class Text(Project):
    def test_errors(self):
        for text, place in (("int f( {\n", "odd.c:1:8: "),
                            ("int f(void) { return\n", "odd.c:1:21: "),
                            ("}\n", "odd.c:1:1: "),
                            ("#if 1\nint x;\n", "odd.c:1:2: "),
                            ("#error no\n", "odd.c:1:2: no"),
                            ("/* no end\n", "odd.c:1:1: "),
                            ("gone_t f(gone_t x) { return x->y.z[3](gone); }\n", "odd.c:1:1: "),
                            ("void f(void) { nap(; if else while case 3: ({ &&x; }) }\n", "odd.c:1:"),
                            ("struct s { struct s s; union { int :3; }; } = {.x = {[5] = };\n", "odd.c:1:")):
            with self.subTest(text=text):
                self.write("odd.c", text)
                self.degraded("odd.c", place)

    def test_noise(self):
        noise = random.Random(7)
        for size in (1, 100, 10000):
            self.write("odd.c", noise.randbytes(size))
            self.degraded("odd.c", "odd.c:")

    def test_utf16(self):
        self.write("odd.c", SOUND.encode("utf-16"))
        self.degraded("odd.c", "odd.c:1:1: UTF-16 (LE) byte order mark detected")

    def test_empty(self):
        for text in ("", "\n", ";", "\\", "\\\n", "//", "/**/", "#", "#\n"):
            with self.subTest(text=text):
                self.write("odd.c", text)
                self.database("odd.c", "sound.c")
                self.costs_itself_only(1, "1 finding (1 warning) in 2 units")

    def test_nul(self):
        self.understood(b"int\0 a\0;\n/* \0 */ // \0\nconst char *s = \"a\0b\";\n")

    def test_invalid_utf8(self):
        self.understood(b"/* \xff\xc0\x80 \xed\xa0\x80 */ const char *s = \"\xff\xfe\"; // asynclint: allow \xff: \xfe\n")

    def test_line_ends(self):
        self.understood(TICKING.replace("start_too", "start_three").replace("tick(", "tock(").replace("(tick", "(tock")
                        .replace("nap(); }", "}").replace("\n", "\r\n"))
        self.write("odd.c", TICKING.replace("\n", "\r\n"))
        self.database("odd.c", "sound.c")
        self.costs_itself_only(1, "2 findings")

    def test_byte_order_mark(self):
        self.understood(b"\xef\xbb\xbf")

    def test_no_newline_at_the_end(self):
        self.write("odd.c", TICKING.rstrip("\n"))
        self.database("odd.c", "sound.c")
        self.costs_itself_only(1, "2 findings")

    def test_long_line(self):
        self.understood("static int zero = 0" + " + 0" * 1000 + ";" + " " * 1000000 + "\n")

    def test_long_name(self):
        self.understood(f"int {'x' * 1000000};\n")

    def test_line_markers(self):
        self.understood('# 4000000000 "/nowhere/gone.y" 3 4\nint a;\n# 1 "" 1\nint b;\n# 7 "x" 2\n#line 2147483647 "x"\nint c;\n')

    def test_names_that_are_not_utf8(self):
        name = os.fsdecode(b"odd\xff\n.c")
        (self.root / name).write_text("}")
        self.write("compile_commands.json", json.dumps([
            {"directory": str(self.root), "file": "odd*.c", "arguments": ["cc", "-c", "odd*.c"]},
            {"directory": str(self.root), "file": "sound.c", "arguments": ["cc", "-c", "sound.c"]}]))
        self.costs_itself_only(2, "odd*.c")
        self.costs_itself_only(1, "parsed with errors", arguments=(name, "sound.c", "--"))


class Nesting(Project):
    """5,000 deep. clang stops at 256 brackets unless it is told not to."""

    DEEP = 5000
    UNLIMITED = ("-fbracket-depth=1000000",)

    def body(self, text):
        self.understood("int f(int a, int *p, void (*g)(void)) {\n" + text + "\nreturn 0; }\n", arguments=self.UNLIMITED)

    def test_limit_of_clang(self):
        self.write("odd.c", f"int a = {'(' * self.DEEP}1{')' * self.DEEP};\n" + TICKING)
        self.degraded("odd.c", "odd.c:1:265: bracket nesting level exceeded maximum of 256")

    def test_parentheses(self):
        self.body(f"a = {'(' * self.DEEP}a{')' * self.DEEP};")

    def test_blocks(self):
        self.body("{" * self.DEEP + "g();" + "}" * self.DEEP)

    def test_else_if(self):
        self.body("else ".join(f"if (a == {i}) g();\n" for i in range(self.DEEP)))

    def test_if_in_if(self):
        self.body("if (a)\n" * self.DEEP + "g();")

    def test_loops(self):
        self.body("while (a) for (;;) do " * (self.DEEP // 3) + "g();" + " while (a);" * (self.DEEP // 3))

    def test_guards(self):
        self.body("if (a) return 1;\n" * self.DEEP + "g();")

    def test_labels(self):
        self.body("switch (a) {" + "".join(f"case {i}: " for i in range(self.DEEP)) + "g(); }")
        self.body("".join(f"l{i}: " for i in range(self.DEEP)) + "g();")

    def test_operators(self):
        for text in ("a = " + "!" * self.DEEP + "a", "p = " + "&*" * self.DEEP + "p", "a" + " = a" * self.DEEP,
                     "a = a" + " + a" * self.DEEP, "a = a" + " && a" * self.DEEP, "a = " + "a ? a : " * self.DEEP + "a",
                     "a = a" + ", a" * self.DEEP, "a = " + "(int)" * self.DEEP + "a", "a = a" + " ?: a" * self.DEEP):
            with self.subTest(text=text[:20]):
                self.body(text + ";")

    def test_calls(self):
        self.body("a = " + "f(" * self.DEEP + "a" + ", p, g)" * self.DEEP + ";")

    def test_statement_expressions(self):
        self.body("a = " + "({" * self.DEEP + "g(); a;" + "});" * self.DEEP)

    def test_initialisers(self):
        self.understood(f"struct s {{ int a; }} s = {'{' * 200}1{'}' * 200};\nint a = {'{' * self.DEEP}1{'}' * self.DEEP};\n",
                        arguments=self.UNLIMITED)

    def test_types(self):
        self.understood(f"int {'*' * self.DEEP}p;\n", arguments=self.UNLIMITED)
        self.understood(f"int a{'[1]' * self.DEEP};\n", arguments=self.UNLIMITED)
        self.understood(f"{'struct {' * 1000}int x;{'};' * 1000}\n", arguments=self.UNLIMITED)
        typedefs = "".join(f"typedef t{i} *t{i + 1};\n" for i in range(2000))
        self.understood(f"typedef int t0;\n{typedefs}t2000 p;\n")

    def test_conditional_directives(self):
        self.understood("#if 1\n" * self.DEEP + "#endif\n" * self.DEEP)


class Size(Project):
    def test_large_array(self):
        """20 MB of numbers."""
        self.understood("static const unsigned char data[] = {" + "0x12, " * ((20 << 20) // 6) + "};\n")

    def test_large_table(self):
        rows = "".join(f"\t{{{i}, tick_of_table, \"{i}\"}},\n" for i in range(50000))
        self.understood("static void tick_of_table(void) {}\n"
                        "struct row { int id; void (*call)(void); const char *name; };\n"
                        f"static const struct row rows[] = {{\n{rows}}};\n")

    def test_many_functions(self):
        """Each calls the one before: nothing that follows calls may follow them on the stack."""
        count = 50000
        calls = "".join(f"void f{i}(void) {{ f{i - 1}(); }}\n" for i in range(1, count))
        self.understood("void nap(void);\nvoid ticker_every(void (*callback)(void));\nvoid f0(void) {}\n" + calls +
                        f"void all(void) {{ ticker_every(f{count - 1}); }}\n")

    def test_many_calls(self):
        self.understood("void g(int);\nvoid f(int a) {\n" + "g(a + 1);\n" * 50000 + "}\n")

    def test_many_units(self):
        names = [f"odd{i}.c" for i in range(100)]
        self.database(*names, "sound.c")
        result = self.costs_itself_only(2, "100 units failed")
        self.assertEqual(result.stderr.count("error: "), 100)


class Models(Project):
    def bad_model(self, content, *messages):
        self.write("odd.json", content if isinstance(content, (str, bytes)) else json.dumps(content))
        self.database("sound.c")
        self.refused("odd.json", *messages, arguments=("--models", "odd.json"))

    def test_broken(self):
        for content in ("", "{", "[]", "7", "null", '{"library": "odd",}', "{" * 1000, "[" * 100000, b"\0", b"{\"\xff\": 1}",
                        os.urandom(4096)):
            with self.subTest(content=content[:20]):
                self.bad_model(content)

    def test_place(self):
        self.bad_model('{\n"library": "odd",\n"functions": }\n', "odd.json:3:")

    def test_unknown_key(self):
        self.bad_model(dict(MODEL, library="odd", hue=3), "hue")
        self.bad_model({"library": "odd", "functions": {"f": {"blks": {"because": "x"}}}}, "f", "blks")
        self.bad_model({"library": "odd", "functions": {"f": {"blocks": {"becuase": "x"}}}}, "f", "becuase")

    def test_wrong_types(self):
        for function in (7, [], {"blocks": 7}, {"callback": {"arg": "x", "role": "on-loop"}},
                         {"callback": {"arg": -1, "role": "on-loop"}}, {"callback": {"arg": 1e300, "role": "on-loop"}},
                         {"callback": {"arg": 0.5, "role": "on-loop"}}, {"callback": {"arg": 0, "role": "off-loop"}}):
            with self.subTest(function=function):
                self.bad_model({"library": "odd", "functions": {"f": function}}, "f")

    def test_unreadable(self):
        self.database("sound.c")
        self.refused("odd.json", arguments=("--models", "odd.json"))
        (self.root / "odd.json").symlink_to("gone")
        self.refused("odd.json", arguments=("--models", "odd.json"))
        (self.root / "odd.json").unlink()
        os.mkfifo(self.root / "odd.json")
        self.refused("odd.json", "it is a pipe", arguments=("--models", "odd.json"))


class Facts(Project):
    def setUp(self):
        super().setUp()
        self.write("odd.c", TICKING)
        self.database("odd.c", "sound.c")
        for name in ("odd", "sound"):
            self.assertEqual(self.run_asynclint(f"{name}.c", "-o", f"{name}.facts", action="facts").returncode, 0)
        self.good = (self.root / "odd.facts").read_bytes()

    def join(self, content, status, *messages):
        self.write("odd.facts", content)
        self.costs_itself_only(status, *messages, action="join", arguments=("odd.facts", "sound.facts"))

    def test_good(self):
        self.join(self.good, 1, "2 findings")

    def test_truncated(self):
        for size in (0, 1, 7, 8, 63, len(self.good) // 2, len(self.good) - 8, len(self.good) - 1):
            with self.subTest(size=size):
                self.join(self.good[:size], 2, "error: ", "odd.facts")

    def test_longer(self):
        self.join(self.good + b"\0" * 8, 2, "error: ", "odd.facts")

    def test_something_else(self):
        for content in (b"\0" * 4096, b"\xff" * 4096, b"{}", SOUND.encode(), os.urandom(65536)):
            self.join(content, 2, "error: ", "odd.facts")

    def test_hostile(self):
        """Damage is refused, or is facts of something else; the sound unit is never lost."""
        chance = random.Random(7)
        for _ in range(30):
            content = bytearray(self.good)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(0, len(content) // 4) * 4
                content[at:at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\x80", chance.randbytes(4)))
            self.write("odd.facts", bytes(content))
            result = self.run_asynclint("odd.facts", "sound.facts", action="join")
            self.assertIn(FINDING, result.stdout)

    def test_unreadable(self):
        path = self.root / "odd.facts"
        path.unlink()
        arguments = {"action": "join", "arguments": ("odd.facts", "sound.facts")}
        self.costs_itself_only(2, "error: ", "odd.facts", "No such file", **arguments)
        path.mkdir()
        self.costs_itself_only(2, "error: ", "odd.facts", **arguments)

    @unittest.expectedFailure  # facts_load() opens a pipe before it looks what it is
    def test_pipe(self):
        (self.root / "odd.facts").unlink()
        os.mkfifo(self.root / "odd.facts")
        self.costs_itself_only(2, "error: ", "odd.facts", action="join", arguments=("odd.facts", "sound.facts"), longest=2)

    def test_nothing_left(self):
        self.write("odd.facts", b"")
        result = self.run_asynclint("odd.facts", action="join")
        self.assertEqual(result.returncode, 2)
        self.assertIn("nothing was analysed", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
