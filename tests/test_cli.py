#!/usr/bin/env python3
"""The command line as a user meets it: the real program, on a small project with a model of its own.

Usage: test_cli.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import termios
import unittest
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

ASYNCLINT = os.path.abspath(sys.argv[1])
SOURCE_DIR = Path(sys.argv[2]).resolve()

MODEL = {
    "library": "ticker",
    "world": "ticker",
    "functions": {
        "ticker_every": {"callback": {"arg": 0, "role": "on-loop"}},
        "nap": {"blocks": {"because": "sleeps", "cost": "sleep"}},
    },
}

HEADER = """\
void ticker_every(void (*callback)(void));
void nap(void);
void other(void);
"""

# One finding: blocking-in-async at 6:2.
TICK = """\
#include "ticker.h"

static void tick(void)
{
\t/* a tab stands before the call */
\tnap();
}

void start(void)
{
\tticker_every(tick);
}
"""

OTHER = """\
void other(void)
{
}
"""

BROKEN = """\
#include "gone.h"

void broken(void)
{
}
"""

FINDING = "src/tick.c:6:2: warning: "
RULE = "[blocking-in-async]"


class Project(unittest.TestCase):
    """A project in a directory of its own; each test may change it."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()
        (self.root / "src").mkdir()
        (self.root / ".git").mkdir()
        self.write("src/ticker.h", HEADER)
        self.write("src/tick.c", TICK)
        self.write("src/other.c", OTHER)
        self.write("models/ticker.json", json.dumps(MODEL))
        self.database("src/tick.c", "src/other.c")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)

    def database(self, *files, where="build"):
        entries = [{"directory": str(self.root), "file": f, "arguments": ["cc", "-c", f]} for f in files]
        self.write(f"{where}/compile_commands.json", json.dumps(entries))

    def model(self, functions):
        """Adds functions to the project's model."""
        self.write("models/ticker.json", json.dumps({**MODEL, "functions": {**MODEL["functions"], **functions}}))

    def start(self, *arguments, cwd=".", **environment):
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "ASYNCLINT_DATA")}
        env.update({"TERM": "xterm", "LC_ALL": "C.UTF-8"}, **environment)
        return subprocess.run([ASYNCLINT, *arguments], cwd=self.root / cwd, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape")

    def run_for(self, status, *arguments, **more):
        result = self.start(*arguments, **more)
        self.assertEqual(result.returncode, status, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def check(self, status, *arguments, action="check", **more):
        """Runs one rule with the project's model and no other."""
        models = str(self.root / "models")
        return self.run_for(status, action, "--rules", "blocking-in-async", "--no-models", "--models", models,
                            *arguments, **more)

    def json(self, status, *arguments, **more):
        document = json.loads(self.check(status, "--format", "json", *arguments, **more).stdout)
        if jsonschema:
            schema = json.loads((SOURCE_DIR / "docs/output.schema.json").read_text())
            jsonschema.validate(document, schema)
        return document

    def refused(self, message, *arguments, **more):
        """The run ends with 2, nothing on stdout and one error line that holds the message."""
        result = self.run_for(2, *arguments, **more)
        self.assertEqual(result.stdout, "")
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertTrue(lines[0].startswith("error: "), lines[0])
        self.assertIn(message, lines[0])


class Status(Project):
    def test_findings(self):
        result = self.check(1)
        first = result.stdout.splitlines()[0]
        self.assertTrue(first.startswith(FINDING), first)
        self.assertTrue(first.endswith(RULE), first)
        self.assertIn("1 finding (1 warning) in 2 units", result.stderr.splitlines()[-1])

    def test_help_names_what_belongs_together(self):
        """Of a library "nap_sync" has "nap" beside it. What the project calls so has nothing to do with a library's function of that name."""
        self.model({"nap_sync": MODEL["functions"]["nap"]})
        self.write("src/ticker.h", HEADER + "void nap_sync(int seconds);\n")
        self.write("src/tick.c", TICK.replace("nap()", "nap_sync(1)"))
        self.assertIn("help: use 'nap', or move the call", self.check(1).stdout)
        self.model({})
        self.write("src/other.c", '#include "ticker.h"\n' + OTHER + "void nap_sync(int seconds)\n{\n\tnap();\n}\n")
        report = self.check(1).stdout
        self.assertIn("'nap_sync' sleeps", report)
        self.assertNotIn("help:", report)

    def test_nothing_found(self):
        result = self.check(0, "src/other.c")
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "0 findings in 1 unit\n")

    def test_check_is_the_default(self):
        result = self.run_for(1, "--rules", "blocking-in-async", "--no-models", "--models", "models")
        self.assertTrue(result.stdout.startswith(FINDING))

    def test_without_the_model_nothing(self):
        self.run_for(0, "--rules", "blocking-in-async", "--no-models")

    def test_a_failed_unit_costs_itself_only(self):
        self.database("src/gone.c", "src/tick.c")
        result = self.check(2)
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertIn("gone.c", result.stderr)
        self.assertIn("1 unit failed", result.stderr.splitlines()[-1])

    def test_nothing_analysed(self):
        self.database("src/gone.c")
        self.assertIn("nothing was analysed", self.check(2).stderr)

    def test_degraded(self):
        self.write("src/broken.c", BROKEN)
        self.database("src/broken.c", "src/tick.c")
        result = self.check(1)
        self.assertIn("warning: src/broken.c: parsed with errors: src/broken.c:1:10: 'gone.h' file not found\n",
                      result.stderr)
        self.assertIn("1 unit parsed with errors", result.stderr.splitlines()[-1])
        self.check(2, "--strict")

    def test_strict_without_gaps(self):
        self.check(0, "--strict", "src/other.c")

    def test_stdout_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([ASYNCLINT, "rules"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("cannot write to standard output", result.stderr)


class Inputs(Project):
    def test_database_is_found_upward(self):
        result = self.check(1, cwd="src")
        self.assertTrue(result.stdout.startswith("tick.c:6:2: warning: "))

    def test_paths_are_relative_to_the_working_directory(self):
        result = self.check(1, cwd="build")
        self.assertTrue(result.stdout.startswith("../src/tick.c:6:2: warning: "))

    def test_database_is_named(self):
        for name in (["-p", "build"], ["-p=build"], ["--database", "build/compile_commands.json"]):
            self.check(1, *name)

    def test_no_database(self):
        (self.root / "build/compile_commands.json").unlink()
        self.refused("no compile_commands.json found in", "check")
        self.refused("no compile_commands.json in 'build'", "-p", "build")
        self.refused("no compile_commands.json in 'nowhere'", "-p", "nowhere")
        result = self.run_for(0, "--skip-without-database")
        self.assertEqual(result.stdout, "")
        self.assertIn("nothing was checked", result.stderr)

    def test_another_file_as_database(self):
        self.refused("is neither a directory nor a compile_commands.json", "-p", "src/tick.c")

    def test_broken_database(self):
        self.write("build/compile_commands.json", '[{"directory": "/tmp",\n  "file": }]')
        self.refused("compile_commands.json:2:", "check")
        self.refused("compile_commands.json:2:", "--skip-without-database")

    def test_database_without_c(self):
        self.database("main.cpp")
        self.refused("has no command for a C file", "check")

    def test_named_files(self):
        self.assertEqual(self.json(1, "src/tick.c")["coverage"]["units"], 1)
        self.assertEqual(self.json(1, "tick.c", str(self.root / "src/other.c"), cwd="src")["coverage"]["units"], 2)

    def test_file_that_the_database_does_not_know(self):
        self.write("src/spare.c", OTHER)
        result = self.check(2, "src/spare.c", "src/tick.c")
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertIn("error: 'src/spare.c' has no command in", result.stderr)

    def test_file_that_does_not_exist(self):
        result = self.check(2, "src/nowhere.c", "src/tick.c")
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertIn("error: cannot open 'src/nowhere.c': No such file or directory\n", result.stderr)

    def test_directory_as_file(self):
        self.assertIn("'src' is a directory", self.check(2, "src").stderr)

    def test_header(self):
        document = self.json(1, "src/ticker.h")
        self.assertEqual(document["coverage"]["units"], 1)
        self.assertEqual(self.json(1, "src/ticker.h", "src/other.c")["coverage"]["units"], 2)

    def test_header_that_nobody_includes(self):
        self.write("src/lonely.h", HEADER)
        self.assertIn("error: 'src/lonely.h' is included by no unit of", self.check(2, "src/lonely.h").stderr)

    def test_compiler_arguments(self):
        (self.root / "build/compile_commands.json").unlink()
        self.write("src/tick.c", TICK.replace("nap();", "NAP;"))
        result = self.check(1, "src/tick.c", "--", "-DNAP=nap()")
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertNotIn("parsed with errors", result.stderr)
        self.check(0, "src/tick.c", "--", "-DNAP=(void)0")

    def test_extra_arguments(self):
        self.write("src/tick.c", TICK.replace("nap();", "NAP;"))
        self.check(1, "--extra-arg=-DNAP=nap()")
        self.check(1, "--extra-arg-before", "-DNAP=nap()")

    def test_root(self):
        document = self.json(1, "--root", "src")
        self.assertEqual(document["findings"][0]["location"]["file"], "tick.c")
        self.refused("cannot open 'nowhere'", "--root", "nowhere")

    def test_jobs_do_not_show(self):
        names = [f"src/tick{i}.c" for i in range(6)]
        for name in names:
            self.write(name, TICK)
        self.database(*names)
        one = self.json(1, "-j", "1")
        self.assertEqual(len(one["findings"]), 6)
        self.assertEqual(one, self.json(1, "-j", "3"))
        self.database(*reversed(names))
        self.assertEqual(one, self.json(1))

    def test_verbose(self):
        stderr = self.check(1, "-v").stderr
        self.assertIn(f"note: project root: {self.root}\n", stderr)
        self.assertIn("note: units: 2\n", stderr)


class Models(Project):
    def test_broken_model(self):
        self.write("broken.json", '{"library": "broken", "functions": {"f": {"frobs": true}}}')
        self.refused("broken.json", "--models", "broken.json", "--no-models")
        self.refused("nowhere.json", "--models", "nowhere.json", "--no-models")

    def test_data_directory(self):
        self.write("data/models/ticker.json", json.dumps(MODEL))
        self.write("data/blocking-in-async.md", "# what it is about\n")
        data = str(self.root / "data")
        self.run_for(1, "--rules", "blocking-in-async", ASYNCLINT_DATA=data)
        self.run_for(0, "--rules", "blocking-in-async", "--no-models", ASYNCLINT_DATA=data)
        result = self.run_for(0, "explain", "blocking-in-async", ASYNCLINT_DATA=data)
        self.assertEqual(result.stdout, "# what it is about\n")
        self.refused("ASYNCLINT_DATA", "check", ASYNCLINT_DATA=str(self.root / "src"))


class Facts(Project):
    def save(self, name):
        output = str(self.root / (Path(name).stem + ".facts"))
        result = self.run_for(0, "facts", name, "-o", output)
        self.assertEqual(result.stdout, "")
        return output

    def test_join_gives_the_same_report(self):
        files = [self.save("src/other.c"), self.save("src/tick.c")]
        self.assertEqual(self.json(1, *files, action="join"), self.json(1))
        self.assertTrue(self.check(1, *files, action="join").stdout.startswith(FINDING))

    def test_bad_facts_cost_themselves_only(self):
        self.write("bad.facts", "these are no facts, whatever the name says")
        result = self.check(2, self.save("src/tick.c"), "bad.facts", "nowhere.facts", action="join")
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertIn("bad.facts", result.stderr)
        self.assertIn("nowhere.facts", result.stderr)

    def test_dump(self):
        document = json.loads(self.run_for(0, "facts", "--dump", "src/tick.c").stdout)
        self.assertIsInstance(document, dict)
        self.run_for(0, "facts", "--dump", "src/tick.c", "-o", "dump.json")
        self.assertEqual(json.loads((self.root / "dump.json").read_text()), document)

    def test_output_that_cannot_be_written(self):
        self.refused("nowhere/x.facts", "facts", "src/tick.c", "-o", "nowhere/x.facts")

    def test_degraded_facts_under_strict(self):
        self.write("src/broken.c", BROKEN)
        arguments = ["facts", "src/broken.c", "-o", "x.facts", "--", "-I."]
        self.run_for(0, *arguments)
        self.run_for(2, "facts", "--strict", *arguments[1:])


class FactsOfMany(Project):
    """Facts of a database, or of a part of it, in a directory."""

    def facts(self, *arguments, status=0):
        return self.run_for(status, "facts", *arguments)

    def names(self, directory):
        return sorted(str(path.relative_to(self.root / directory)) for path in (self.root / directory).rglob("*") if path.is_file())

    def test_of_a_database(self):
        self.assertIn("note: wrote the facts of 2 units to 'a/b'\n", self.facts("-o", "a/b").stderr)
        self.assertEqual(self.names("a/b"), ["src/other.c.facts", "src/tick.c.facts"])
        self.assertEqual(self.json(1, "a/b", action="join"), self.json(1))
        self.write("a/b/readme", "no facts")
        self.assertEqual(self.json(1, "a/b/src/tick.c.facts", "a/b/src/other.c.facts", action="join"), self.json(1))
        self.assertEqual(self.json(1, "a", action="join"), self.json(1))
        self.assertEqual(self.facts("-q", "-o", "a/b").stderr, "")
        self.assertEqual(self.names("a/b"), ["readme", "src/other.c.facts", "src/tick.c.facts"])

    def test_of_named_files(self):
        self.facts("src/tick.c", "-o", "one/")
        self.assertEqual(self.names("one"), ["src/tick.c.facts"])
        self.facts("src/tick.c", "src/other.c", "-o", "two")
        self.assertEqual(self.names("two"), ["src/other.c.facts", "src/tick.c.facts"])

    def test_of_a_file_with_several_commands_and_of_one_outside(self):
        with tempfile.TemporaryDirectory() as elsewhere:
            outside = os.path.join(os.path.realpath(elsewhere), "far.c")
            Path(outside).write_text(OTHER)
            entries = [{"directory": str(self.root), "file": file, "arguments": ["cc", *define, "-c", file]}
                       for file, define in (("src/tick.c", []), ("src/tick.c", ["-DX"]), (outside, []), ("src/tick.c", ["-DY"]))]
            self.write("build/compile_commands.json", json.dumps(entries))
            self.facts("-o", "all")
        self.assertEqual(self.names("all"), sorted(["src/tick.c.facts", "src/tick.c.2.facts", "src/tick.c.3.facts",
                                                    outside[1:] + ".facts"]))

    def test_shards(self):
        names = [f"src/unit{i}.c" for i in range(12)]
        for name in names:
            self.write(name, OTHER.replace("other", Path(name).stem))
        names += ["src/tick.c", "src/other.c"]
        for shard in (1, 2, 3):
            self.database(*names)
            self.facts("--shard", f"{shard}/3", "-o", f"part{shard}")
            self.database(*reversed(names))
            self.facts("--shard", f"{shard}/3", "-o", "together")
        parts = [self.names(f"part{shard}") for shard in (1, 2, 3)]
        self.assertTrue(all(parts))
        self.assertEqual(sorted(sum(parts, [])), sorted(f"{name}.facts" for name in names))
        self.assertEqual(self.names("together"), sorted(sum(parts, [])))
        self.assertEqual(self.json(1, "together", action="join"), self.json(1))
        self.assertEqual(self.json(1, "part1", "part2", "part3", action="join"), self.json(1))

    def test_an_empty_shard(self):
        self.database("src/other.c")
        for shard in range(1, 9):
            self.facts(f"--shard={shard}/8", "-o", "parts/" + str(shard))
        self.assertEqual(len(self.names("parts")), 1)
        self.assertEqual(len(list((self.root / "parts").iterdir())), 8)

    def test_a_unit_that_fails_costs_itself_only(self):
        self.database("src/gone.c", "src/tick.c")
        self.assertIn("gone.c", self.facts("-o", "all", status=2).stderr)
        self.assertEqual(self.names("all"), ["src/tick.c.facts"])

    def test_degraded_facts_under_strict(self):
        self.write("src/broken.c", BROKEN)
        self.database("src/broken.c", "src/tick.c")
        self.facts("-o", "all")
        self.facts("-o", "all", "--strict", status=2)
        self.assertEqual(self.names("all"), ["src/broken.c.facts", "src/tick.c.facts"])

    def test_what_cannot_be_done(self):
        self.write("file", "")
        self.refused("cannot make the directory 'file/src': Not a directory", "facts", "-o", "file")
        self.refused("cannot make the directory 'file/x/': Not a directory", "facts", "src/tick.c", "-o", "file/x/")
        self.write("empty/readme", "")
        self.assertIn("error: no file in 'empty' is called *.facts\n", self.check(2, "empty", action="join").stderr)
        for text in ("0/2", "3/2", "1", "1/2/3", "-1/2", "a/b", "", "1/99999", " 1/2"):
            self.refused(f"option '--shard' takes K/N, with K from 1 to N and N up to 10000, not '{text}'",
                         "facts", "-o", "x", f"--shard={text}")
        self.refused("option '--shard' picks the files itself: name none beside it ('a.c')", "facts", "-o", "x", "--shard=1/2", "a.c")
        self.refused("option '--shard' does not go with 'check'", "check", "--shard=1/2")
        self.refused("'facts --dump' takes one file", "facts", "--dump")


class Headers(Project):
    """What a header defines is judged where a unit uses it, or where the header is a unit itself."""

    def setUp(self):
        super().setUp()
        self.write("src/rest.h", '#include "ticker.h"\nstatic inline void rest(void) { nap(); }\n'
                   "static inline void begin(void) { ticker_every(rest); }\n")

    def found(self, status, *arguments):
        return self.check(status, *arguments).stdout.split(": warning")[0]

    def test_that_nothing_uses(self):
        self.write("src/use.c", '#include "rest.h"\n')
        self.assertEqual(self.found(0, "src/use.c", "--"), "")

    def test_that_is_used(self):
        self.write("src/use.c", '#include "rest.h"\nvoid use(void) { begin(); }\n')
        self.assertEqual(self.found(1, "src/use.c", "--"), "src/rest.h:2:33")

    def test_that_only_a_pointer_names(self):
        self.write("src/use.c", '#include "rest.h"\nvoid (*const table[])(void) = {begin};\n')
        self.assertEqual(self.found(1, "src/use.c", "--"), "src/rest.h:2:33")

    def test_a_header_s_table(self):
        self.write("src/table.h", '#include "rest.h"\nstatic void (*const table[])(void) = {begin};\n')
        self.write("src/use.c", '#include "table.h"\nvoid use(void) { table[0](); }\n')
        self.assertEqual(self.found(1, "src/use.c", "--"), "src/rest.h:2:33")

    def test_the_header_itself(self):
        self.assertEqual(self.found(1, "src/rest.h", "--"), "src/rest.h:2:33")


class Libclang(Project):
    """The library that parses is loaded where something is parsed, and not before."""

    def loads(self, result):
        return "libclang" in result.stderr

    def test_the_program_is_not_linked_against_it(self):
        result = subprocess.run(["readelf", "-d", ASYNCLINT], stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn("NEEDED", result.stdout)
        self.assertNotIn("libclang", result.stdout)
        self.assertNotIn("LLVM", result.stdout)

    def test_is_loaded_only_to_parse(self):
        cache = str(self.root / "facts")
        self.assertTrue(self.loads(self.check(1, "--cache", cache, "src/tick.c", LD_DEBUG="libs")))
        self.assertFalse(self.loads(self.check(1, "--cache", cache, "src/tick.c", LD_DEBUG="libs")))
        self.run_for(0, "facts", "src/tick.c", "-o", "tick.facts")
        self.assertFalse(self.loads(self.check(1, "tick.facts", action="join", LD_DEBUG="libs")))
        self.assertFalse(self.loads(self.run_for(0, "rules", LD_DEBUG="libs")))

    def without(self, *names):
        """The program, looking for the library under names that nothing has."""
        program = Path(ASYNCLINT).read_bytes()
        for name in names:
            self.assertIn(name, program)
            program = program.replace(name, name.replace(b"lib", b"nil"))
        path = self.root / "asynclint-without"
        path.write_bytes(program)
        path.chmod(0o755)
        return path

    def names(self):
        """The file and the soname that the program was built with."""
        program = Path(ASYNCLINT).read_bytes()
        path = re.search(rb"(/[!-~]*/libclang[!-.0-~]*\.so[!-.0-~]*)\0", program).group(1)
        soname = re.search(rb"\0(libclang[!-.0-~]*\.so[!-.0-~]*)\0", program).group(1)
        return path, soname

    def run_program(self, program, *arguments):
        return subprocess.run([program, *arguments], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)

    def test_the_soname_is_tried_where_the_file_is_gone(self):
        program = self.without(self.names()[0])
        result = self.run_program(program, "facts", "src/tick.c", "-o", "tick.facts")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_without_it_one_message_names_what_was_tried(self):
        self.run_for(0, "facts", "src/tick.c", "-o", "tick.facts")
        path, soname = (name.replace(b"lib", b"nil").decode() for name in self.names())
        program = self.without(*self.names())
        models = str(self.root / "models")
        rules = ["--rules", "blocking-in-async", "--no-models", "--models", models]
        result = self.run_program(program, "check", *rules)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, f"^error: cannot load libclang as '{path}' .* or as '{soname}' .*\n$")
        joined = self.run_program(program, "join", *rules, "tick.facts")
        self.assertEqual(joined.returncode, 1, joined.stderr)
        self.assertIn(FINDING, joined.stdout)


class Place(Project):
    """Facts do not tell where the project is: two checkouts give the same bytes."""

    MAIN = """\
#include <assert.h>
#include "generated.h"
#include "log.h"
#include "gone.h"

static struct { struct { int depth; } inner; struct { int a; } (*of)(struct { int b; } *); } state;
typedef struct { int x; } *unnamed;

int run(int n, unnamed u)
{
\tassert(n > 0);
\tLOG("hello", sizeof(__FILE__));
\tmessage(__BASE_FILE__);
\tmessage(SOURCES "/sub" "and" SOURCES);
\tmessage(SOURCES "-other/x");
\tmessage(GENERATED);
\t(void)u;
\treturn state.inner.depth + unknown + MISSING;
}
"""

    def make(self, directory):
        root = (self.root / directory).resolve()
        (root / ".git").mkdir(parents=True)
        self.write(root / "src/main.c", self.MAIN)
        self.write(root / "include/log.h", """\
void message(const char *text);
#define LOG(text, size) message(__FILE__ text), message((const char *)(long)(size))
static inline void here(void) { message(__FILE__); }
""")
        self.write(root / "build/generated.h", '#define GENERATED __FILE__ "x"\nvoid generated(void);\n')
        arguments = ["cc", f"-I{root}/build", "-I", f"{root}/include", f'-DSOURCES="{root}/src"', "-c",
                     f"{root}/src/main.c"]
        entry = {"directory": f"{root}/build", "file": f"{root}/src/main.c", "arguments": arguments}
        self.write(root / "build/compile_commands.json", json.dumps([entry]))
        return root

    def test_facts_of_two_checkouts_are_the_same_bytes(self):
        facts, dumps = [], []
        for directory in ("one", "a longer/path (2)/to (unnamed at /it:1:2)/two"):
            root = self.make(directory)
            for options, results in (([], facts), (["--dump"], dumps)):
                out = self.root / "out"
                self.run_for(0, "facts", "--root", str(root), "-p", str(root / "build"), "-q", *options,
                             str(root / "src/main.c"), "-o", str(out))
                results.append(out.read_bytes())
        self.assertNotIn(os.fsencode(self.root), facts[0])
        self.assertIn(b"src/main.c", facts[0])
        self.assertIn(b"include/log.h", facts[0])
        self.maxDiff = None
        self.assertEqual(*(dump.decode().splitlines() for dump in dumps))
        self.assertEqual(*facts)


class Suppressions(Project):
    def allow(self, comment):
        self.write("src/tick.c", TICK.replace("nap();", f"nap(); {comment}"))

    def test_suppression_stands_first_in_its_comment(self):
        allow = "asynclint: allow blocking-in-async: it is meant"
        for comment in (f"/* {allow} */", f"// {allow}", f"/*\n\t * {allow}\n\t */", f"/** {allow}\n\t and so on */",
                        f"/* {allow} \n\t*/ // asynclint: allow loop: no loop here"):
            with self.subTest(comment):
                self.write("src/tick.c", TICK.replace("\tnap();", f"\t{comment}\n\tnap();"))
                self.check(0)
        for text in (f"/* write {allow} */", f"/* // {allow} */", f'char *s = "// {allow}";', f'char *s = "\\"/* {allow} */";',
                     f"char c = '\"'; char *s = \"/* {allow} */\";"):
            with self.subTest(text):
                self.write("src/tick.c", TICK.replace("\tnap();", f"\t{text}\n\tnap();"))
                result = self.check(1, "--strict")
                self.assertNotIn("suppression", result.stderr)

    def test_suppression_behind_text_that_is_not_c(self):
        self.write("src/tick.c", "#if 0\ndon't\n#endif\n" + TICK.replace("\tnap();", "\tnap(); // asynclint: allow block: it's meant \\\n it's"))
        self.check(0, "--strict")

    def test_suppressed(self):
        self.allow("// asynclint: allow blocking-in-async: a nap is what ticks are for")
        self.assertEqual(self.check(0).stderr, "0 findings in 2 units\n")
        self.check(0, "--strict")

    def test_no_reason(self):
        self.allow("// asynclint: allow blocking-in-async")
        document = self.json(1)
        unused = document["coverage"]["unused_suppressions"]
        self.assertEqual([(u["file"], u["line"], u["rule"]) for u in unused], [("src/tick.c", 6, "blocking-in-async")])

    def test_unused(self):
        self.write("src/other.c", "// asynclint: allow blocking-in-async: no reason at all\n" + OTHER)
        warning = "src/other.c:1:1: warning: suppression of 'blocking-in-async' suppresses nothing\n"
        self.assertIn(warning, self.check(1).stderr)
        self.assertNotIn(warning, self.check(0, "src/other.c").stderr)  # the rest of the program was not seen
        self.assertIn(warning, self.check(0, "src/other.c", "--").stderr)
        self.check(2, "--strict")


class Silence(Project):
    """--explain-silence FILE:LINE"""

    def explain(self, place, *arguments, **more):
        return self.check(0, "--explain-silence", place, *arguments, **more).stdout

    def test_reported(self):
        text = self.explain("src/tick.c:6")
        self.assertIn("src/tick.c:6:2: 'tick' calls 'nap'\n  runs: on-loop, ticker\n", text)
        self.assertIn("  blocks (sleep)\n    'nap' sleeps (src/tick.c:6:2)\n    blocking-in-async: reports it\n", text)
        self.assertIn("reported by blocking-in-async: ", text)

    def test_suppressed(self):
        self.write("src/tick.c", TICK.replace("nap();", "nap(); // asynclint: allow blocking-in-async: short"))
        self.assertIn("suppressed by a comment, else reported by blocking-in-async: ", self.explain("src/tick.c:6"))

    def test_roles(self):
        self.write("src/other.c", "void nap(void);\nvoid other(void)\n{\n\tnap();\n}\n"
                   "static void setup(void)\n{\n\tnap();\n}\nint main(void)\n{\n\tsetup();\n}\n")
        self.assertIn("blocking-in-async: silent: 'other' is not known to run on a loop: no callback is seen that calls it\n",
                      self.explain("src/other.c:4"))
        self.assertIn("blocking-in-async: silent: 'setup' runs before or after the loop only", self.explain("src/other.c:8"))
        self.assertIn("loop-reentry: is not switched on (--rules loop-reentry)\n", self.with_pump())

    def with_pump(self):
        self.model({"spin": {"pumps": {"because": "runs the ticks"}}})
        self.write("src/other.c", "void spin(void);\nvoid other(void)\n{\n\tspin();\n}\n")
        return self.explain("src/other.c:4")

    def test_worker_child_and_cost(self):
        self.model({"flush": {"blocks": {"because": "waits for the disk", "cost": "disk"}},
                    "queue_work": {"callback": {"arg": 0, "role": "worker"}}, "split": {"forks": True}})
        self.write("src/tick.c", TICK.replace("nap();", "flush();").replace("void start", "static void work(void)\n{\n\tnap();\n}\n"
                   "void queue_work(void (*)(void));\nint split(void);\nvoid more(void)\n{\n\tqueue_work(work);\n\tif (split() == 0)\n"
                   "\t\tnap();\n}\nvoid start").replace("static void tick", "void flush(void);\nstatic void tick"))
        self.assertIn("silent: waits of the class 'disk' are off (--cost disk)\n", self.explain("src/tick.c:7"))
        self.assertIn("silent: 'work' is not known to run on a loop, only as: worker\n", self.explain("src/tick.c:12"))
        self.assertIn("  it runs in a forked child only\n", self.explain("src/tick.c:20"))

    def test_what_is_further_down_and_what_is_not_modelled(self):
        self.write("src/tick.c", TICK.replace("static void tick", "static void doze(void)\n{\n\tnap();\n}\n\nvoid unknown(void);\n"
                                              "static void tick").replace("\tnap();\n}\n\nvoid start", "\tdoze();\n\tunknown();\n}\n\nvoid start"))
        self.assertIn("blocking-in-async: it is a step of what is reported at src/tick.c:5:2\n", self.explain("src/tick.c:12"))
        self.write("src/other.c", "void nap(void);\nstatic void doze(void)\n{\n\tnap();\n}\nvoid other(void)\n{\n\tdoze();\n}\n")
        self.assertIn("blocking-in-async: silent: it is judged where 'nap' is called: src/other.c:4:2\n", self.explain("src/other.c:8"))
        text = self.explain("src/tick.c:13")
        self.assertIn("  no body of 'unknown' was seen, and no model speaks of it\n  no effect is known that a rule could judge\n", text)

    def test_model_that_does_not_hold_here(self):
        self.model({"nap_if": {"blocks": {"because": "sleeps", "cost": "sleep", "when": {"arg": 0, "is": 1}}}})
        self.write("src/tick.c", TICK.replace("nap();", "nap_if(0);").replace("static", "void nap_if(int);\nstatic"))
        self.assertIn("  'nap_if' sleeps, but not with these arguments\n", self.explain("src/tick.c:7"))
        self.write("src/tick.c", TICK.replace("nap();", "nap_if(level());").replace("static", "void nap_if(int);\nint level(void);\nstatic"))
        self.assertIn("silent: it is not certain: what the model makes it depend on is not known here\n", self.explain("src/tick.c:8"))

    def test_pointer(self):
        self.write("src/other.c", "void (*hook)(void);\nvoid other(void)\n{\n\thook();\n}\n")
        self.assertIn("'other' calls by pointer\n", self.explain("src/other.c:4"))
        self.assertIn("  no function was seen that it can be\n", self.explain("src/other.c:4"))

    def explain_all(self, place):
        return self.run_for(0, "check", "--rules", "all", "--no-models", "--models", str(self.root / "models"), "--explain-silence",
                            place).stdout

    def test_each_rule_of_an_effect_answers(self):
        self.model({"wait_cond": {"waits-thread": {}}})
        self.write("src/other.c", "void nap(void);\nvoid wait_cond(int *);\nint done;\nvoid other(void)\n{\n\twhile (!done)\n\t\tnap();\n"
                   "\tnap();\n\twait_cond(&done);\n}\nvoid ask(void)\n{\n\twhile (!done)\n\t\tnap();\n}\nvoid ticker_every(void (*)(void));\n"
                   "void more(void)\n{\n\tticker_every(ask);\n}\n")
        text = self.explain_all("src/other.c:7")
        self.assertIn("busy-wait: silent: the loop is not on an event loop, and what it asks for is set by no callback or thread\n", text)
        self.assertIn("fake-async: silent: no function that waits by it presents itself as async\n", text)
        text = self.explain_all("src/other.c:8")
        self.assertIn("busy-wait: silent: no loop stands around it\n", text)
        self.assertIn("thread-bridge: silent: it does not wait for another thread\n", text)
        self.assertIn("bridge-deadlock: silent: no callback is seen that was handed over before, and ends this wait\n",
                      self.explain_all("src/other.c:9"))
        self.assertIn("busy-wait: it is a step of what is reported at src/other.c:13:2\n", self.explain_all("src/other.c:14"))

    def test_what_a_call_is_besides_its_effects(self):
        self.model({"handle_init": {"keeps": 0}, "release": {"frees": 0}, "arm": {"loop-thread": 0}})
        self.write("src/other.c", "void handle_init(void *);\nvoid release(void *);\nvoid arm(void *);\nvoid other(char *h, void (*done)(int))\n{\n"
                   "\thandle_init(h);\n\tarm(h);\n\tdone(1);\n}\nvoid drop(char *h)\n{\n\trelease(h);\n}\n")
        text = self.explain_all("src/other.c:6")
        self.assertIn("  'handle_init' lets a loop or callback use what it is given\n", text)
        self.assertIn("free-before-close: silent: nothing behind it in 'other' frees that memory\n", text)
        self.assertIn("stack-handle: silent: that memory is not known to be on the stack of 'other'\n", text)
        self.assertIn("off-loop-call: silent: 'other' is not known to run on another thread\n", self.explain_all("src/other.c:7"))
        text = self.explain_all("src/other.c:8")
        self.assertIn("callback-under-lock: silent: no mutex is known to be held here\n", text)
        self.assertIn("inline-callback: silent: 'other' does not keep the callback for later as well\n", text)
        self.assertIn("free-before-close: silent: nothing before it in 'drop' gives that memory to a loop\n", self.explain_all("src/other.c:12"))

    def test_a_predicate_is_no_completion_callback(self):
        self.model({"spin": {"pumps": {"because": "runs the ticks"}}})
        pump = "void spin(void);\nvoid %s(int (*%s)(void *), void *arg)\n{\n\twhile (!%s(arg))\n\t\tspin();\n}\n"
        self.write("src/other.c", pump % ("drive", "until", "until"))
        self.assertNotIn("takes a callback", self.explain_all("src/other.c:5"))
        self.write("src/other.c", "void spin(void);\nvoid push(void (*done)(void *), void *arg)\n{\n\tspin();\n\tdone(arg);\n}\n")
        self.assertIn("nested-loop: silent: 'push' takes a callback, which is not what its loop asks whether to go on\n",
                      self.explain_all("src/other.c:4"))

    def test_line_without_a_call(self):
        self.assertEqual(self.explain("src/tick.c:5"), "src/tick.c:5: no call stands on this line; the nearest that does is line 6\n")
        self.assertEqual(self.explain("src/ticker.h:1"), "src/ticker.h:1: no call stands on this line\n")

    def test_places_are_as_the_shell_sees_them(self):
        self.assertIn("'tick' calls 'nap'", self.explain("tick.c:6", cwd="src"))
        self.assertIn("'tick' calls 'nap'", self.explain(str(self.root / "src/tick.c") + ":6"))

    def test_misuse(self):
        self.assertIn("'src/gone.c' is part of none of the 2 units", self.check(2, "--explain-silence", "src/gone.c:1").stderr)
        for bad in ("src/tick.c", ":6", "src/tick.c:", "src/tick.c:six"):
            self.refused("option '--explain-silence' takes", "--explain-silence", bad)


class Output(Project):
    def test_json(self):
        document = self.json(1)
        finding = document["findings"][0]
        self.assertEqual(list(document), ["version", "tool", "findings", "coverage"])
        self.assertEqual(finding["rule"], "blocking-in-async")
        self.assertEqual(finding["severity"], "warning")
        self.assertEqual(finding["location"]["file"], "src/tick.c")
        self.assertEqual((finding["location"]["line"], finding["location"]["column"]), (6, 2))
        self.assertEqual(finding["function"], "tick")
        self.assertEqual(document["coverage"]["units"], 2)

    def test_json_of_nothing(self):
        self.assertEqual(self.json(0, "src/other.c")["findings"], [])

    def test_json_of_failures(self):
        self.write("src/broken.c", BROKEN)
        self.database("src/gone.c", "src/broken.c")
        coverage = self.json(2)["coverage"]
        self.assertEqual([note["unit"] for note in coverage["failed"]], ["src/gone.c"])
        self.assertEqual([(note["unit"], note["line"]) for note in coverage["degraded"]], [("src/broken.c", 1)])

    def test_json_of_names_that_are_not_utf8(self):
        name = b"src/\xff.c".decode(errors="surrogateescape")
        self.write(name, TICK)
        document = self.json(1, name, "--")
        self.assertEqual(document["findings"][0]["location"]["file"], "src/\ufffd.c")

    def test_output_file(self):
        text = self.check(1).stdout
        result = self.check(1, "--output", "report.txt")
        self.assertEqual(result.stdout, "")
        self.assertEqual((self.root / "report.txt").read_text(), text)
        self.assertIn("cannot write 'nowhere/report.txt'", self.check(2, "-o", "nowhere/report.txt").stderr)

    def test_first_word_that_is_neither_action_nor_file(self):
        for word in ("chek", "help"):
            result = self.run_for(2, word)
            self.assertEqual(result.stderr, f"error: no action or file is called '{word}'; see 'asynclint --help'\n")
        self.assertIn("cannot open 'gone.c'", self.run_for(2, "gone.c").stderr)

    def test_several_outputs(self):
        text = self.check(1).stdout
        result = self.check(1, "--output", "json=a=b.json", "-o", "text=also.txt", "--quiet")
        self.assertEqual((result.stdout, result.stderr), (text, ""))
        self.assertEqual(len(json.loads((self.root / "a=b.json").read_text())["findings"]), 1)
        self.assertEqual((self.root / "also.txt").read_text(), text)
        self.check(1, "-o", "./json=c")
        self.assertEqual((self.root / "json=c").read_text(), text)

    def test_one_output_that_cannot_be_written_loses_no_other(self):
        result = self.check(2, "-o", "json=nowhere/a", "-o", "json=b.json")
        self.assertIn("cannot write 'nowhere/a'", result.stderr)
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertTrue((self.root / "b.json").exists())

    def test_two_reports_in_one_file_are_refused(self):
        for again in (["-o", "sarif=a"], ["-o", "a"], ["--export-fixes", "a"]):
            result = self.check(2, "-o", "json=a", *again)
            self.assertIn("two reports are to be written to 'a'", result.stderr)
            self.assertFalse((self.root / "a").exists())
        self.check(1, "-o", "a", "-o", "b")  # one report: what is said last holds
        self.assertFalse((self.root / "a").exists())

    def test_output_in_an_unknown_format(self):
        self.assertIn("unknown format 'jsn'; known are text", self.check(2, "-o", "jsn=x").stderr)
        self.assertIn("needs a file after 'json='", self.check(2, "-o", "json=").stderr)

    def test_quiet(self):
        result = self.check(1, "-q")
        self.assertEqual(result.stderr, "")
        self.assertTrue(result.stdout.startswith(FINDING))

    def test_color(self):
        self.assertNotIn("\033", self.check(1).stdout)
        colored = self.check(1, "--color", "always", NO_COLOR="1").stdout
        self.assertIn("\033[1;35mwarning: ", colored)
        self.assertIn("    6 |         nap();\n      |         \033[1;32m^~~~~\033[0m\n", colored)

    def on_a_terminal(self, *arguments, columns=80, **environment):
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, columns))
        self.addCleanup(os.close, master)
        command = [ASYNCLINT, "--rules", "blocking-in-async", "--no-models", "--models", "models", *arguments]
        env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        env.update({"TERM": "xterm"}, **environment)
        subprocess.run(command, cwd=self.root, env=env, stdout=slave, stderr=subprocess.DEVNULL, check=False)
        os.close(slave)
        output = b""
        try:
            while chunk := os.read(master, 65536):
                output += chunk
        except OSError:  # Linux says so when the other side is closed
            pass
        return output.decode()

    def test_color_on_a_terminal(self):
        self.assertIn("\033[1;35mwarning: ", self.on_a_terminal())
        self.assertNotIn("\033", self.on_a_terminal("--color=never"))
        self.assertNotIn("\033", self.on_a_terminal(NO_COLOR="1"))
        self.assertNotIn("\033", self.on_a_terminal(TERM="dumb"))


    def test_source_lines_do_not_wrap(self):
        self.write("src/tick.c", TICK.replace("\tnap();", "\tif (\"a long condition before it\") nap(); /* and a comment */"))
        self.assertIn("    6 |         if (\"a long condition before it\") nap(); /* and a comment */\r\n", self.on_a_terminal())
        self.assertIn("    6 | long condition before it\") nap()\r\n"
                      "      |                            \033[1;32m^~~~~\033[0m\r\n", self.on_a_terminal(columns=40))

    def test_terminal_ends_with_an_empty_line(self):
        """Before the summary, and between findings."""
        self.assertTrue(self.on_a_terminal().endswith("\r\n\r\n"))


class Documents(Project):
    def test_rules(self):
        rules = json.loads(self.run_for(0, "rules", "--format", "json").stdout)
        ids = [rule["id"] for rule in rules]
        self.assertEqual(ids, sorted(ids))
        self.assertIn("blocking-in-async", ids)
        for rule in rules:
            self.assertEqual(list(rule), ["id", "family", "severity", "status", "since", "summary"])
        lines = self.run_for(0, "rules").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ids)

    def test_explain(self):
        document = self.run_for(0, "explain", "blocking-in-async").stdout
        self.assertEqual(document, (SOURCE_DIR / "rules/blocking-in-async.md").read_text())
        self.refused("did you mean 'blocking-in-async'?", "explain", "blocking-in-asinc")

    def test_why(self):
        arguments = ["--no-models", "--models", "models"]
        self.assertIn("tick", self.run_for(0, "why", "tick", *arguments).stdout)
        self.refused("no function 'nobody'", "why", "nobody", *arguments)

    def test_why_leaves_out_what_is_off_and_groups_by_cause(self):
        self.model({"flush": {"blocks": {"because": "waits for the disk", "cost": "disk"}}})
        self.write("src/other.c", "void nap(void);\nvoid flush(void);\nvoid other(int a, int b)\n{\n"
                   "\tflush();\n\tif (a)\n\t\tnap();\n\tif (b)\n\t\tnap();\n}\n")
        arguments = ["why", "other", "--no-models", "--models", "models"]
        text = self.run_for(0, *arguments).stdout
        self.assertEqual(text.count("'nap' sleeps"), 1)
        self.assertIn("blocks (sleep) if 'a' is true; the simplest of 2 ways\n", text)
        self.assertNotIn("waits for the disk", text)
        self.assertIn("not shown: 1 more cause of blocking; see them with --cost disk\n", text)
        self.assertIn("'flush' waits for the disk", self.run_for(0, *arguments, "--cost", "disk").stdout)

    def test_ambient_loop_lists_wrappers(self):
        folder = SOURCE_DIR / "fixtures/ambient-loop/libevent_global_base"
        report = json.loads(self.run_for(1, "check", "--rules", "ambient-loop", "--format", "json", "--root", str(folder),
                                         str(folder / "resolver.c"), "--", f"-I{folder}").stdout)
        surface = [function["function"] for function in report["findings"][0]["surface"]]
        self.assertEqual(surface, ["resolver_init", "resolver_lookup", "resolver_lookup_stdin"])

    def test_why_lists_each_role_with_its_registration(self):
        """A function that runs in all places there are."""
        roles = ["worker", "thread", "signal", "coroutine", "child", "init", "exit"]
        self.model({f"on_{role}": {"callback": {"arg": 0, "role": role}} for role in roles})
        self.write("models/bell.json", json.dumps({"library": "bell", "world": "bell", "functions": {
            "bell_add": {"callback": {"arg": 0, "role": "on-loop"}}}}))
        registers = "".join(f"void on_{role}(void (*callback)(void));\n" for role in roles)
        starts = "".join(f"\ton_{role}(everywhere);\n" for role in roles)
        self.write("src/other.c", '#include "ticker.h"\nvoid bell_add(void (*callback)(void));\n' + registers +
                   "static void everywhere(void)\n{\n}\n"
                   "void other(void)\n{\n\tticker_every(everywhere);\n\tbell_add(everywhere);\n" + starts + "}\n"
                   "int main(void)\n{\n\teverywhere();\n\treturn 0;\n}\n")
        text = self.run_for(0, "why", "everywhere", "--no-models", "--models", "models").stdout
        self.assertIn("  runs: main\n    called by 'main' (src/other.c:", text)
        for world, register in (("ticker", "ticker_every"), ("bell", "bell_add")):
            self.assertIn(f"  runs: on-loop, {world}\n    'everywhere' is given to {register} (src/other.c:", text)
        for role in roles:
            self.assertIn(f"  runs: {role}\n    'everywhere' is given to on_{role} (src/other.c:", text)

    def test_why_says_where_a_role_turns_into_another(self):
        self.model({"fork_now": {"forks": True}, "end_now": {"ends-process": True}})
        self.write("src/other.c", '#include "ticker.h"\nint fork_now(void);\nvoid end_now(int status);\n'
                   "static void deep(void)\n{\n}\n"
                   "static void tick(void)\n{\n\tif (fork_now() == 0) {\n\t\tdeep();\n\t\tend_now(0);\n\t}\n}\n"
                   "static void last(void)\n{\n\tdeep();\n\tend_now(1);\n}\n"
                   "__attribute__((annotate(\"asynclint:on-loop\"))) static void marked(void)\n{\n\tdeep();\n}\n"
                   "void other(void)\n{\n\tticker_every(tick);\n\tticker_every(last);\n\tmarked();\n}\n")
        text = self.run_for(0, "why", "deep", "--no-models", "--models", "models").stdout
        self.assertIn("called by 'tick' (src/other.c:10:3), in a forked child\n    'tick' is given to ticker_every", text)
        self.assertIn("called by 'last' (src/other.c:16:2), after which the process ends\n", text)
        self.assertIn("called by 'marked' (src/other.c:21:2)\n    'marked' is marked 'asynclint:on-loop'\n", text)

    def test_help_and_version(self):
        self.assertIn("exit status: 0 nothing found, 1 findings, 2 could not do its work", self.run_for(0, "--help").stdout)
        version = self.run_for(0, "--version").stdout
        self.assertTrue(version.startswith("asynclint "))
        self.assertIn("clang version", version)

    def test_misuse(self):
        self.refused("unknown or ambiguous option '--frobnicate'", "--frobnicate")
        self.refused("unknown rule 'blocking-in-asinc'; did you mean 'blocking-in-async'?", "--rules", "blocking-in-asinc")
        self.refused("no file before it", "check", "--", "-I.")
        self.refused("option '--dump' does not go with 'check'", "check", "--dump")
        self.refused("rules are listed as text or json, not as sarif", "rules", "--format", "sarif")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
