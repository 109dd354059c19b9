#!/usr/bin/env python3
"""asynclint-cc and asynclint-ld in front of a real gcc, by hand, from make, and together with ccache.

Usage: test_launchers.py ASYNCLINT SOURCE_DIR [test names]
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = os.path.abspath(sys.argv[1])
SOURCE_DIR = Path(sys.argv[2]).resolve()
STUBS = SOURCE_DIR / "fixtures/include"
CC, LD = ASYNCLINT + "-cc", ASYNCLINT + "-ld"
FLAGS = ["-isystem", str(STUBS)]
OBJECTS = ["main.o", "core/resolve.o", "core/count.o"]
SOURCES = ["main.c", "core/resolve.c", "core/count.c"]


class Build(unittest.TestCase):
    """A copy of tests/buildable, and a cache of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve() / "project"
        shutil.copytree(SOURCE_DIR / "tests/buildable", self.root)
        (self.root / ".git").mkdir()
        self.env = {**os.environ, "XDG_CACHE_HOME": str(self.root.parent / "cache"), "LC_ALL": "C.UTF-8",
                    "CCACHE_DIR": str(self.root.parent / "ccache"), "STUB_HEADERS": str(STUBS)}
        for variable in ("MAKEFLAGS", "MAKELEVEL", "CFLAGS", "CC"):
            self.env.pop(variable, None)

    def start(self, *command, cwd=".", **more):
        return subprocess.run(command, cwd=self.root / cwd, env=self.env, capture_output=True, text=True, **more)

    def run_for(self, status, *command, **more):
        result = self.start(*command, **more)
        self.assertEqual(result.returncode, status, f"{command}\n{result.stdout}\n{result.stderr}")
        return result

    def silent(self, *command, **more):
        result = self.run_for(0, *command, **more)
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def compile_all(self, *launcher):
        for source in SOURCES:
            self.silent(*(launcher or [CC]), "gcc", *FLAGS, "-c", source, "-o", source.replace(".c", ".o"))

    def fix(self):
        path = self.root / "core/resolve.c"
        path.write_text(path.read_text().replace("getaddrinfo(host, \"https\", 0, &addresses);", "(void)host;"))

    def finding(self):
        return f"{self.root}/core/resolve.c:6:2: warning: 'getaddrinfo' waits for a name server"

    def shows_finding(self, result):
        self.assertEqual(result.stdout.count(self.finding()), 1, result.stdout)
        self.assertIn(f"{self.root}/main.c:14:16: note: 'on_timer' calls 'resolve'", result.stdout)

    def exists(self, *names):
        return [name for name in names if (self.root / name).exists()]


class Compile(Build):
    def test_facts_stand_beside_the_object(self):
        self.compile_all()
        facts = [name + ".facts" for name in OBJECTS]
        self.assertEqual(self.exists(*OBJECTS, *facts), [*OBJECTS, *facts])
        self.assertIn("core/resolve.c:6:2: warning: ", self.run_for(1, ASYNCLINT, "join", *facts).stdout)

    def test_all_that_was_built_can_be_joined(self):
        self.compile_all()
        self.assertIn("core/resolve.c:6:2: warning: ", self.run_for(1, ASYNCLINT, "join", ".").stdout)

    def test_object_is_the_compilers(self):
        self.silent(CC, "gcc", *FLAGS, "-g", "-c", "main.c", "-o", "main.o")
        seen = (self.root / "main.o").read_bytes()
        self.silent("gcc", *FLAGS, "-g", "-c", "main.c", "-o", "main.o")
        self.assertEqual(seen, (self.root / "main.o").read_bytes())

    def test_object_by_default(self):
        self.silent(CC, "gcc", "-c", "core/count.c")
        self.assertEqual(self.exists("count.o", "count.o.facts"), ["count.o", "count.o.facts"])

    def test_response_file(self):
        (self.root / "flags.rsp").write_text(f"-isystem '{STUBS}' -c main.c\n-o main.o")
        self.silent(CC, "gcc", "@flags.rsp")
        self.assertEqual(self.exists("main.o.facts"), ["main.o.facts"])

    def test_dependencies_are_written(self):
        self.silent(CC, "gcc", *FLAGS, "-MD", "-MT", "main.o", "-MF", "main.d", "-c", "main.c", "-o", "main.o")
        self.assertIn("uv.h", (self.root / "main.d").read_text())
        self.assertEqual(self.exists("main.o.facts"), ["main.o.facts"])

    def test_compilers_error_is_what_is_seen(self):
        (self.root / "main.c").write_text("int main(void) { return missing; }\n")
        command = ["gcc", "-c", "main.c", "-o", "main.o"]
        plain, launched = self.start(*command), self.start(CC, *command)
        self.assertEqual(plain.returncode, 1)
        self.assertEqual((plain.returncode, plain.stdout, plain.stderr),
                         (launched.returncode, launched.stdout, launched.stderr))
        self.assertEqual(self.exists("main.o", "main.o.facts"), [])

    def test_compilers_warning_is_what_is_seen(self):
        (self.root / "warn.c").write_text("int main(void) { int unused; return 0; }\n")
        command = ["gcc", "-Wall", "-c", "warn.c", "-o", "warn.o"]
        self.assertIn("unused", self.run_for(0, CC, *command).stderr)
        self.assertEqual(self.start(CC, *command).stderr, self.start(*command).stderr)

    def test_status_and_signal(self):
        self.run_for(7, CC, "sh", "-c", "exit 7")
        killed = self.start(CC, "sh", "-c", "kill -TERM $$")
        self.assertEqual(killed.returncode, -signal.SIGTERM)
        (self.root / "gcc").write_text("#!/bin/sh\nkill -SEGV $$\n")
        (self.root / "gcc").chmod(0o755)
        crashed = self.start(CC, "./gcc", "-c", "main.c", "-o", "main.o")
        self.assertEqual(crashed.returncode, -signal.SIGSEGV)

    def test_no_such_compiler(self):
        for command in (["--version"], ["-c", "main.c"]):
            result = self.run_for(127, CC, "nosuch-gcc", *command)
            self.assertEqual(result.stderr, "asynclint-cc: error: cannot run 'nosuch-gcc': No such file or directory\n")

    def test_no_command(self):
        for launcher in ([CC], [LD, "--fail-on=warning"], [ASYNCLINT, "ld", "--"]):
            self.assertIn("needs a command to run", self.run_for(2, *launcher).stderr)

    def test_what_does_not_compile_is_left_alone(self):
        objects = {path.name for path in self.root.rglob("*")}
        for command in (["-E", "core/count.c"], ["-M", "core/count.c"], ["--version"], ["-print-search-dirs"],
                        ["-fsyntax-only", "core/count.c"], ["-S", "core/count.c", "-o", "-"],
                        ["-c", "core/count.c", "-o", "/dev/null"], ["-x", "c", "-c", "-", "-o", "/dev/null"]):
            plain, launched = self.start("gcc", *command, input=""), self.start(CC, "gcc", *command, input="")
            self.assertEqual((plain.returncode, plain.stdout, plain.stderr),
                             (launched.returncode, launched.stdout, launched.stderr), command)
        self.assertEqual({path.name for path in self.root.rglob("*")}, objects)

    def test_several_sources_and_other_languages(self):
        self.silent(CC, "gcc", "-c", "core/count.c", "plugin.c")
        self.silent(CC, "gcc", "-c", "core/add.S", "-o", "add.o")
        self.silent(CC, "gcc", "-x", "c-header", "-c", "core/count.c", "-o", "count.h.gch")
        self.assertEqual(self.exists("count.o", "plugin.o", "add.o", "count.h.gch"),
                         ["count.o", "plugin.o", "add.o", "count.h.gch"])
        self.assertEqual(list(self.root.glob("**/*.facts")), [])

    def test_what_clang_cannot_parse_is_said_and_built(self):
        (self.root / "nested.c").write_text("int outer(int n) { int inner(void) { return n; } return inner(); }\n")
        result = self.run_for(0, CC, "gcc", "-c", "nested.c", "-o", "nested.o")
        self.assertEqual(result.stderr.count("warning: "), 1, result.stderr)
        self.assertTrue(result.stderr.startswith(f"asynclint-cc: warning: {self.root}/nested.c: parsed with errors: "))
        (self.root / "main.c").write_text("int outer(int n); int main(void) { return outer(0); }\n")
        self.silent(CC, "gcc", "-c", "main.c", "-o", "main.o")
        result = self.run_for(0, LD, "gcc", "main.o", "nested.o", "-o", "app")
        self.assertIn("nested.c: parsed with errors: ", result.stderr)

    def test_facts_that_cannot_be_written(self):
        (self.root / "main.o.facts").mkdir()
        (self.root / "main.o.facts/in-the-way").touch()
        result = self.run_for(0, CC, "gcc", *FLAGS, "-c", "main.c", "-o", "main.o")
        self.assertIn("main.c: no facts, so it is not checked where it is linked", result.stderr)
        self.assertEqual(self.exists("main.o"), ["main.o"])

    def test_cache_is_used(self):
        self.compile_all()
        entries = [path for path in (self.root.parent / "cache").rglob("*-0") if path.is_file()]
        self.assertEqual(len(entries), len(SOURCES))
        facts = self.root / "main.o.facts"
        expected = facts.read_bytes()
        facts.unlink()
        traced = {**self.env, "LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(self.root.parent / "loaded")}
        subprocess.run([CC, "gcc", *FLAGS, "-c", "main.c", "-o", "main.o"], cwd=self.root, env=traced, check=True)
        self.assertEqual(facts.read_bytes(), expected)
        loaded = "".join(path.read_text() for path in self.root.parent.glob("loaded.*"))
        self.assertIn("libcjson", loaded)
        self.assertNotIn("libclang", loaded)


    def test_without_a_home(self):
        """As packages are built: the cache cannot be had, and nobody is to hear that for each file."""
        self.env["XDG_CACHE_HOME"] = "/dev/null/cache"
        self.compile_all()
        result = self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app")
        self.shows_finding(result)
        self.assertEqual(result.stderr, "")
        result = self.run_for(0, CC, "--cache", "/dev/null/cache", "gcc", "-c", "core/count.c", "-o", "core/count.o")
        self.assertIn("cannot use the cache '/dev/null/cache'", result.stderr)


class Link(Build):
    def test_warns_and_links(self):
        self.compile_all()
        result = self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app")
        self.shows_finding(result)
        self.assertEqual(result.stderr, "")
        self.run_for(0, "./app")

    def test_clean_is_silent(self):
        self.fix()
        self.compile_all()
        self.silent(LD, "--fail-on=warning", "--strict", "--rules", "blocking-in-async", "--no-models", "--models",
                    SOURCE_DIR / "rules/models", "gcc", *OBJECTS, "-o", "app")

    def test_fail_makes_nothing(self):
        self.compile_all()
        for _ in range(2):
            result = self.run_for(1, LD, "--fail-on=warning", "gcc", *OBJECTS, "-o", "app")
            self.shows_finding(result)
            self.assertEqual(result.stderr, "asynclint-ld: error: not linked because of what was found\n")
            self.assertEqual(self.exists("app"), [])
        self.fix()
        self.compile_all()
        self.silent(LD, "--fail-on=warning", "gcc", *OBJECTS, "-o", "app")

    def test_errors_are_fatal(self):
        self.compile_all()
        command = ["gcc", *OBJECTS, "-o", "app"]
        result = self.run_for(1, LD, "--warnings-as-errors=block", *command)
        self.assertIn(self.finding().replace("warning", "error"), result.stdout)
        self.assertEqual(self.exists("app"), [])
        self.run_for(0, LD, "--warnings-as-errors=block", "--fail-on=never", *command)

    def test_only_what_changed(self):
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
        (self.root / ".git").rmdir()
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
            self.run_for(0, *git, *command)
        (self.root / ".git/info/exclude").write_text("*.o\n*.facts\napp\n")
        self.compile_all(LD, "--changed")
        command = ["gcc", *OBJECTS, "-o", "app"]
        self.silent(LD, "--changed", *command)
        path = self.root / "core/resolve.c"
        path.write_text(path.read_text() + "/* touched */\n")
        self.shows_finding(self.run_for(0, LD, "--changed", *command))

    def test_config(self):
        self.compile_all()
        (self.root / "build").mkdir()
        command = ["gcc", *(f"../{name}" for name in OBJECTS), "-o", "app"]
        (self.root / ".asynclint.json").write_text('{ "strict": true, "fail-on": "warning" }')
        self.shows_finding(self.run_for(0, LD, *command, cwd="build"))
        (self.root / ".asynclint.json").write_text('{ "severity": { "block": "error" } }')
        self.run_for(1, LD, *command, cwd="build")
        (self.root / ".asynclint.json").write_text('{ "rules": ["-block"] }')
        self.silent(LD, *command, cwd="build")
        self.shows_finding(self.run_for(0, LD, "--no-config", *command, cwd="build"))

    def test_linkers_error_is_what_is_seen(self):
        self.fix()
        self.compile_all()
        command = ["gcc", "main.o", "core/count.o", "-o", "app"]
        plain, launched = self.start(*command), self.start(LD, *command)
        self.assertEqual(plain.returncode, 1)
        self.assertEqual((plain.returncode, plain.stderr), (launched.returncode, launched.stderr))

    def test_only_what_is_linked(self):
        self.compile_all()
        (self.root / "other.c").write_text("int resolve(const char *host) { return !host; }\n")
        self.silent(CC, "gcc", "-c", "other.c", "-o", "other.o")
        self.silent(LD, "gcc", "main.o", "other.o", "-o", "app")

    def test_response_file(self):
        self.compile_all()
        (self.root / "objects.rsp").write_text("\n".join(OBJECTS))
        self.shows_finding(self.run_for(0, LD, "gcc", "@objects.rsp", "-o", "app"))

    def test_options_of_the_analysis(self):
        self.compile_all()
        self.silent(LD, "--fail-on=warning", "--rules=-blocking-in-async", "--", "gcc", *OBJECTS, "-o", "app")
        result = self.run_for(0, LD, "--format", "json", "--output", "report.json", "gcc", *OBJECTS, "-o", "app")
        self.assertEqual(result.stdout, "")
        self.assertIn('"blocking-in-async"', (self.root / "report.json").read_text())

    def test_object_of_unknown_origin_is_counted(self):
        self.compile_all()
        self.silent("gcc", "-c", "core/add.S", "-o", "add.o")
        command = ["gcc", *OBJECTS, "add.o", "-o", "app"]
        result = self.run_for(0, LD, *command)
        self.shows_finding(result)
        note = "asynclint-ld: note: 1 of 4 objects have no facts (not C, or not compiled by asynclint-cc): add.o\n"
        self.assertEqual(result.stderr, note)
        self.assertEqual(self.run_for(2, LD, "--strict", *command).stderr,
                         note + "asynclint-ld: error: not linked because of what was not fully understood (--strict)\n")
        self.assertEqual(self.exists("app"), ["app"])

    def test_facts_of_an_older_object_are_not_taken(self):
        self.compile_all()
        self.fix()
        self.silent("gcc", "-c", "core/resolve.c", "-o", "core/resolve.o")
        result = self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app")
        self.assertEqual(result.stdout, "")
        self.assertIn("note: 1 of 3 objects have no facts", result.stderr)
        self.assertIn(": core/resolve.o\n", result.stderr)

    def test_damaged_facts(self):
        self.compile_all()
        path = self.root / "core/resolve.o.facts"
        path.write_bytes(path.read_bytes()[:-4])
        result = self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app")
        self.assertIn("core/resolve.o.facts", result.stderr)
        self.run_for(2, LD, "--strict", "gcc", *OBJECTS, "-o", "app")

    def test_configure_scripts_see_nothing(self):
        self.silent(LD, "gcc", "core/count.c", "-shared", "-fPIC", "-o", "conftest")
        result = self.start(LD, "gcc", "--print-file-name=libc.so")
        self.assertEqual(result.stderr, "")

    def test_shared_library(self):
        self.compile_all(CC)
        self.silent(CC, "gcc", "-fPIC", "-c", "plugin.c", "-o", "plugin.o")
        self.silent(LD, "gcc", "-shared", "plugin.o", "-o", "libplugin.so")
        self.shows_finding(self.run_for(0, LD, "gcc", *OBJECTS, "libplugin.so", "-o", "app"))


class Libraries(Build):
    def setUp(self):
        super().setUp()
        self.compile_all()
        (self.root / "lib").mkdir()

    def archive(self, flags, name="lib/libcore.a", members=("core/resolve.o", "core/count.o")):
        self.run_for(0, "ar", flags, name, *members)

    def test_members(self):
        self.archive("rcs")
        for how in (["lib/libcore.a"], ["-Llib", "-lcore"], ["-lcore", "-L", "lib"],
                    ["-Wl,--whole-archive,lib/libcore.a,--no-whole-archive"]):
            result = self.run_for(0, LD, "gcc", "main.o", *how, "-o", "app")
            self.shows_finding(result)
            self.assertEqual(result.stderr, "", how)

    def test_thin(self):
        self.archive("rcsT")
        self.shows_finding(self.run_for(0, LD, "gcc", "main.o", "lib/libcore.a", "-o", "app"))

    def test_llvm_ar(self):
        tool = shutil.which("llvm-ar-19") or "/usr/lib/llvm-19/bin/llvm-ar"
        if not os.path.exists(tool):
            self.skipTest("no llvm-ar")
        self.run_for(0, tool, "rcs", "lib/libcore.a", "core/resolve.o", "core/count.o")
        self.shows_finding(self.run_for(0, LD, "gcc", "main.o", "lib/libcore.a", "-o", "app"))

    def test_long_and_equal_names(self):
        for folder in ("a", "b"):
            (self.root / folder).mkdir()
            name = f"{folder}/a-name-that-no-header-has-room-for.c"
            (self.root / name).write_text(f"int {folder}(void); int {folder}(void) {{ return 1; }}\n")
            self.silent(CC, "gcc", "-c", name, "-o", name.replace(".c", ".o"))
        members = [f"{folder}/a-name-that-no-header-has-room-for.o" for folder in "ab"]
        self.archive("qcs", members=["core/resolve.o", *members])
        result = self.run_for(0, LD, "--verbose", "gcc", "main.o", "lib/libcore.a", "-o", "app")
        self.shows_finding(result)
        self.assertIn(" in 4 units", result.stderr)

    def test_compiled_elsewhere(self):
        """The library is linked from a folder that has nothing to do with where its members were compiled."""
        (self.root / ".git").rmdir()
        self.compile_all()
        elsewhere = self.root.parent / "elsewhere"
        elsewhere.mkdir()
        self.archive("rcs", name=str(elsewhere / "libcore.a"))
        shutil.move(self.root / "main.o", elsewhere)
        shutil.move(self.root / "main.o.facts", elsewhere)
        command = ["gcc", "main.o", "libcore.a", "-o", "app"]
        result = self.run_for(0, LD, *command, cwd="../elsewhere")
        self.assertIn("note: 2 of 3 objects have no facts (not C, or not compiled by asynclint-cc): "
                      "libcore.a(resolve.o), libcore.a(count.o)\n", result.stderr)
        self.shows_finding(self.run_for(0, LD, "--objects", self.root, *command, cwd="../elsewhere"))

    def test_compiled_beneath_the_root(self):
        (self.root / "build/app").mkdir(parents=True)
        self.archive("rcs", name="build/libcore.a")
        command = ["gcc", "../../main.o", "../libcore.a", "-o", "app"]
        self.shows_finding(self.run_for(0, LD, *command, cwd="build/app"))

    def test_stripped_members_are_others(self):
        self.archive("rcs")
        self.run_for(0, "strip", "--strip-debug", "lib/libcore.a")
        self.run_for(0, "objcopy", "--add-section", ".note.x=main.c", "lib/libcore.a")
        result = self.run_for(0, LD, "gcc", "main.o", "lib/libcore.a", "-o", "app")
        self.assertIn("note: 2 of 3 objects have no facts", result.stderr)

    def test_damaged(self):
        self.archive("rcs")
        path = self.root / "lib/libcore.a"
        path.write_bytes(path.read_bytes()[:-100])
        result = self.start(LD, "gcc", "main.o", "lib/libcore.a", "-o", "app")
        self.assertIn("lib/libcore.a\n", result.stderr)
        self.assertIn("objects have no facts", result.stderr)


class Make(Build):
    def make(self, status, compiler, *arguments):
        return self.run_for(status, "make", "-s", f"CC={compiler}", *arguments)

    def test_one_variable(self):
        result = self.make(0, f"{LD} gcc")
        self.shows_finding(result)
        self.assertEqual(result.stderr, "")
        self.assertEqual(self.make(0, f"{LD} gcc").stdout, "")

    def test_failing_link_is_tried_again(self):
        for _ in range(2):
            self.shows_finding(self.make(2, f"{LD} --fail-on=warning gcc"))
            self.assertEqual(self.exists("app"), [])
        self.fix()
        os.utime(self.root / "core/resolve.c")
        (self.root / "core/resolve.o").unlink()
        self.assertEqual(self.make(0, f"{LD} --fail-on=warning gcc").stdout, "")
        self.assertEqual(self.exists("app"), ["app"])

    def test_in_parallel(self):
        self.shows_finding(self.make(0, f"{LD} gcc", "-j8"))


@unittest.skipUnless(shutil.which("ccache"), "no ccache")
class Ccache(Build):
    def test_behind(self):
        for _ in range(2):
            self.compile_all(CC, "ccache")
            self.shows_finding(self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app"))
            for name in OBJECTS:
                (self.root / name).unlink()
                (self.root / f"{name}.facts").unlink()
        self.assertRegex(self.run_for(0, "ccache", "-s").stdout, r"Hits: +3 ")

    def test_in_front(self):
        self.compile_all("ccache", CC)
        self.shows_finding(self.run_for(0, LD, "gcc", *OBJECTS, "-o", "app"))


if __name__ == "__main__":
    if not shutil.which("ccache"):
        print("skipped: no ccache")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
