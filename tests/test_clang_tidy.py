#!/usr/bin/env python3
"""clang-tidy's drivers as they are, with asynclint in clang-tidy's place: run-clang-tidy and clang-tidy-diff of two versions, CMake's
C_CLANG_TIDY with two generators; and the options that they and clang-tidy's users write.

Usage: test_clang_tidy.py ASYNCLINT SOURCE_DIR [test names]     (exit 77: a driver is missing)
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from test_changes import CALLS_DOZE, DOZE
from test_cli import ASYNCLINT, FINDING, SOURCE_DIR, TICK, Project

VERSIONS = (14, 19)
try:
    import yaml
except ImportError:
    yaml = None

NEEDED = [f"run-clang-tidy-{v}" for v in VERSIONS] + [f"clang-tidy-diff-{v}.py" for v in VERSIONS] + ["cmake", "ninja", "make", "cc"]

LISTS = """\
cmake_minimum_required(VERSION 3.20)
project(ticking C)
add_library(ticking OBJECT src/tick.c src/other.c)
"""


class Driven(Project):
    """The project of test_cli.py, and a wrapper of the linter's that the drivers call; the cache is its own."""

    def setUp(self):
        super().setUp()
        self.cache = tempfile.TemporaryDirectory()
        self.addCleanup(self.cache.cleanup)

    def command(self, *arguments):
        """The linter with one rule and the project's model alone."""
        return [ASYNCLINT, "--no-models", "--models", str(self.root / "models"), "--rules", "blocking-in-async", *arguments]

    def wrapper(self, *arguments):
        command = shlex.join(self.command(*arguments))
        self.write("lint", f'#!/bin/sh\nexec {command} "$@"\n')
        (self.root / "lint").chmod(0o755)
        return str(self.root / "lint")

    def across_files(self):
        """'nap' is called in other.c, which tick.c calls in a callback: a finding that takes both."""
        self.write("src/other.c", DOZE)
        self.write("src/tick.c", CALLS_DOZE)

    def drive(self, *command, input="", cwd="."):
        environment = {**os.environ, "XDG_CACHE_HOME": self.cache.name}
        return subprocess.run(command, input=input, cwd=self.root / cwd, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class RunClangTidy(Driven):
    def run_all(self, version, *arguments, wrapper=()):
        return self.drive(f"run-clang-tidy-{version}", "-p", "build", "-j", "2",
                          "-clang-tidy-binary", self.wrapper(*wrapper), *arguments)

    def test_finding(self):
        for version in VERSIONS:
            with self.subTest(version):
                result = self.run_all(version)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn("Enabled checks:\n    blocking-in-async\n", result.stdout)
                self.assertEqual(len(re.findall(r"src/tick\.c:6:2: .*warning: ", result.stdout)), 1, result.stdout)

    def test_nothing_found(self):
        self.write("src/tick.c", TICK.replace("nap();", ""))
        for version in VERSIONS:
            with self.subTest(version):
                result = self.run_all(version, "-quiet")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                self.assertNotIn("warning", result.stdout + result.stderr)

    def test_all_that_they_pass_on(self):
        self.write("src/tick.c", TICK.replace("nap();", "NAP;"))
        options = ["-quiet", "-checks=-*,blocking-*", "-header-filter=.*", '-line-filter=[{"name":"tick.c","lines":[[6,6]]}]',
                   "-extra-arg=-DNAP=nap()", "-extra-arg-before=-DOTHER", "src/.*"]
        for version in VERSIONS:
            with self.subTest(version):
                result = self.run_all(version, *options)
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertRegex(result.stdout, r"src/tick\.c:6:2: .*warning: ")
                self.assertNotIn("error", result.stdout + result.stderr)
        result = self.run_all(19, *options, "-exclude-header-filter=x")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)

    def test_findings_that_are_no_errors(self):
        for version in VERSIONS:
            result = self.run_all(version, wrapper=["--fail-on", "error"])
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertRegex(result.stdout, r"src/tick\.c:6:2: .*warning: ")
        result = self.run_all(19, "-warnings-as-errors=block*", wrapper=["--fail-on", "error"])
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"src/tick\.c:6:2: .*error: ")

    def test_config(self):
        self.write("strange.json", '{"rules": ["nested-loop"]}')
        result = self.run_all(19, "-config-file=strange.json", wrapper=["--rules=all"])
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.write("strange.json", '{"exclude": ["src/tick.c"]}')
        result = self.run_all(19, "-config-file=strange.json", wrapper=["--force-exclude"])
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_export_fixes(self):
        """The drivers merge what each process wrote; clang's own reader takes it, and finds nothing to replace."""
        self.across_files()
        self.write("src/other.c", "/* \u00e4 */ " + DOZE)
        before = (self.root / "src/other.c").read_text()
        for version in VERSIONS:
            with self.subTest(version):
                result = self.run_all(version, "-quiet", "-export-fixes", "fixes.yaml", "-fix", wrapper=["--whole-program"])
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertNotIn("rror", result.stdout + result.stderr)
                first, second = sorted(self.exported("fixes.yaml"), key=str)
                self.assertEqual(first, second)
                self.assertEqual((first["DiagnosticName"], first["Level"]), ("blocking-in-async", "Warning"))
                self.assertTrue(self.points_at(first["DiagnosticMessage"], "src/other.c", "nap();"))
                self.assertTrue(self.points_at(first["Notes"][0], "src/tick.c", "ticker_every(tick);"))
                self.assertEqual((self.root / "src/other.c").read_text(), before)

    def exported(self, name):
        document = yaml.safe_load((self.root / name).read_text())
        for diagnostic in document["Diagnostics"]:
            self.assertEqual(set(diagnostic), {"DiagnosticName", "DiagnosticMessage", "Notes", "Level", "BuildDirectory"})
        return document["Diagnostics"]

    def points_at(self, message, name, text):
        self.assertEqual(message["FilePath"], str(self.root / name))
        self.assertEqual(message["Replacements"], [])
        return (self.root / name).read_bytes()[message["FileOffset"]:].startswith(text.encode())

    def test_rules_that_are_unknown_end_it(self):
        for version in VERSIONS:
            result = self.run_all(version, "-checks=-*,bugprone-*")
            self.assertEqual(result.returncode, 1)
            self.assertIn("unknown rule 'bugprone-*'; 'asynclint rules' lists all", result.stderr)
            self.assertIn("Unable to run clang-tidy.", result.stdout + result.stderr)

    def test_a_fault_in_two_files(self):
        """A process a file sees it only if it looks at the whole program; then both files that it runs through show it."""
        self.across_files()
        for version in VERSIONS:
            with self.subTest(version):
                self.assertEqual(self.run_all(version).returncode, 0)
                result = self.run_all(version, wrapper=["--whole-program"])
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertEqual(len(re.findall(r"src/other\.c:4:2: .*warning: ", result.stdout)), 2, result.stdout)


class ClangTidyDiff(Driven):
    def diff(self, version, name, line, *arguments, wrapper=()):
        text = f"--- a/{name}\n+++ b/{name}\n@@ -{line},1 +{line},1 @@\n-x\n+y\n"
        script = shutil.which(f"clang-tidy-diff-{version}.py")
        # Warnings of Python's own about the script's old-fashioned patterns are none of ours.
        return self.drive("/usr/bin/env", "PYTHONWARNINGS=ignore", script, "-p1", "-path", "build", "-clang-tidy-binary",
                          self.wrapper(*wrapper), *arguments, input=text)

    def test_changed_lines(self):
        for version in VERSIONS:
            for line, found in ((6, True), (7, False)):
                with self.subTest(version=version, line=line):
                    result = self.diff(version, "src/tick.c", line, "-quiet")
                    self.assertEqual(FINDING in result.stdout, found, result.stdout + result.stderr)
                    self.assertEqual(result.stderr, "")
                    self.assertEqual(result.returncode, 1 if found and version > 14 else 0)

    def test_all_that_they_pass_on(self):
        self.write("src/tick.c", TICK.replace("nap();", "NAP;"))
        for version in VERSIONS:
            result = self.diff(version, "src/tick.c", 6, "-checks=-*,block*", "-use-color", "-extra-arg=-DNAP=nap()", "-j", "2",
                               "-extra-arg-before=-DOTHER", "-timeout", "600")
            self.assertRegex(result.stdout, r"\x1b\[.*src/tick\.c:6:2: .*warning: ")
            self.assertNotIn("error", result.stderr)

    def test_compiler_arguments(self):
        (self.root / "build/compile_commands.json").unlink()
        for version in VERSIONS:
            result = self.diff(version, "src/tick.c", 6, "--", "-DX")
            self.assertIn(FINDING, result.stdout, result.stderr)

    def test_export_fixes(self):
        for version in VERSIONS:
            for line, found in ((6, 1), (7, 0)):
                result = self.diff(version, "src/tick.c", line, "-export-fixes", f"fixes{version}-{line}.yaml")
                self.assertNotIn("Error", result.stderr)
                written = (self.root / f"fixes{version}-{line}.yaml").read_text()
                self.assertEqual(len(yaml.safe_load(written)["Diagnostics"]) if written else 0, found)

    def test_a_changed_step_in_another_file(self):
        self.across_files()
        line = CALLS_DOZE.split("\n").index("\tdoze();") + 1
        for version in VERSIONS:
            self.assertNotIn("warning", self.diff(version, "src/tick.c", line).stdout)
            result = self.diff(version, "src/tick.c", line, wrapper=["--whole-program"])
            self.assertIn("src/other.c:4:2: warning: ", result.stdout, result.stderr)

    def test_changed_header(self):
        """A header is looked at through the units that include it."""
        self.write("src/tick.h", '#include "ticker.h"\nstatic inline void rest(void) { nap(); }\n')
        self.write("src/tick.c", TICK.replace('"ticker.h"', '"tick.h"').replace("nap();", "rest();"))
        for version in VERSIONS:
            self.assertIn("src/tick.h:2:33: warning: ", self.diff(version, "src/tick.h", 2).stdout)
            self.assertNotIn("warning: ", self.diff(version, "src/tick.h", 1).stdout)


class CMake(Driven):
    """CMake calls `tool <arguments> --extra-arg-before=--driver-mode=gcc file -- <compiler command>`, or with -p without the last."""

    def setUp(self):
        super().setUp()
        self.write("CMakeLists.txt", LISTS)
        self.build = self.root / "build"

    def configure(self, generator, *arguments):
        shutil.rmtree(self.build)
        tool = ";".join(self.command(*arguments))
        result = self.drive("cmake", "-S", ".", "-B", "build", "-G", generator, f"-DCMAKE_C_CLANG_TIDY={tool}",
                            "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def make(self):
        result = self.drive("cmake", "--build", "build")
        return result.returncode, result.stdout + result.stderr

    def test_a_finding_fails_the_build(self):
        for generator in ("Ninja", "Unix Makefiles"):
            with self.subTest(generator):
                self.configure(generator)
                status, text = self.make()
                self.assertNotEqual(status, 0, text)
                self.assertIn("src/tick.c:6:2: warning: ", text)
                self.assertIn("1 finding (1 warning) in 1 unit", text)
                self.assertFalse(list(self.build.rglob("tick.c.o")))

    def test_findings_that_do_not_fail_the_build(self):
        for generator in ("Ninja", "Unix Makefiles"):
            with self.subTest(generator):
                self.configure(generator, "--exit-zero")
                status, text = self.make()
                self.assertEqual(status, 0, text)
                self.assertIn("src/tick.c:6:2: warning: ", text)
                self.assertTrue(list(self.build.rglob("tick.c.o")))

    def test_a_clean_build(self):
        self.write("src/tick.c", TICK.replace("nap();", ""))
        for generator in ("Ninja", "Unix Makefiles"):
            with self.subTest(generator):
                self.configure(generator)
                status, text = self.make()
                self.assertEqual(status, 0, text)
                self.assertNotIn("findings", text)
                self.assertTrue(list(self.build.rglob("tick.c.o")))

    def test_a_fault_in_two_files(self):
        self.across_files()
        for generator in ("Ninja", "Unix Makefiles"):
            with self.subTest(generator):
                self.configure(generator)
                self.assertEqual(self.make()[0], 0)
                self.configure(generator, "--whole-program", "-p", str(self.build))
                status, text = self.make()
                self.assertNotEqual(status, 0, text)
                self.assertIn("src/other.c:4:2: warning: ", text)


class Spellings(Project):
    def list(self, *arguments):
        return self.run_for(0, "-list-checks", *arguments).stdout

    def test_list_checks(self):
        text = self.list()
        self.assertTrue(text.startswith("Enabled checks:\n    "))
        self.assertTrue(text.endswith("\n\n"))
        enabled = text.split("\n    ")[1:]
        self.assertIn("nested-loop", enabled)
        self.assertEqual(self.list("-checks=-*,nested-loop,\n  loop-re*", "-p=nowhere", "-"),
                         "Enabled checks:\n    loop-reentry\n    nested-loop\n\n")
        self.assertNotIn("nested-loop", self.list("--checks", "-nested-*"))

    def test_checks(self):
        self.check(1, "-checks=*")
        self.check(0, "--checks=-*,nested-loop")
        self.refused("no rule is left to run", "-checks=-*")
        self.refused("unknown rule '*x'; 'asynclint rules' lists all", "-checks=*x")

    def test_header_filter(self):
        self.write("src/rest.h", '#include "ticker.h"\nstatic inline void rest(void) { nap(); }\n'
                   "static inline void begin(void) { ticker_every(rest); }\n")
        self.write("src/use.c", '#include "rest.h"\nvoid use(void) { begin(); }\n')
        found = "src/rest.h:2:33: warning: "
        for status, pattern in ((1, ".*"), (1, "^/.*src/(rest|test)\\.h$"), (0, "other"), (0, "^src"), (0, "")):
            pattern = pattern or "no[.]such"
            result = self.check(status, f"-header-filter={pattern}", "src/use.c", "--")
            self.assertEqual(result.stdout.startswith(found), status == 1, pattern)
        self.assertIn("; 1 more finding outside what was asked for", result.stderr)
        self.check(0, "--exclude-header-filter=rest", "src/use.c", "--")
        self.check(1, "--exclude-header-filter=best", "--header-filter=rest", "src/use.c", "--")
        self.check(1, "--header-filter=nothing", "src/tick.c")
        self.refused("'(' is no regular expression: ", "--header-filter=(")
        self.refused("'a**[' is no regular expression: ", "--exclude-header-filter", "a**[")

    def test_export_fixes(self):
        self.check(1, "--export-fixes=fixes.yaml", "--output", "clangtidy=same.yaml", "--warnings-as-errors=all")
        written = (self.root / "fixes.yaml").read_text()
        self.assertEqual(written, (self.root / "same.yaml").read_text())
        self.assertEqual(json.loads(written)["Diagnostics"][0]["Level"], "Error")
        # clang's own reader says nothing of what it does not understand; that it understands this shows where it has something to replace.
        message = json.loads(written)["Diagnostics"][0]["DiagnosticMessage"]
        replacement = {"FilePath": message["FilePath"], "Offset": message["FileOffset"], "Length": 3, "ReplacementText": "rest"}
        self.write("reader/fixes.yaml", written.replace('"Replacements": []', f'"Replacements": [{json.dumps(replacement)}]', 1))
        subprocess.run(["clang-apply-replacements-14", "reader"], cwd=self.root, check=True)
        self.assertEqual((self.root / "src/tick.c").read_text(), TICK.replace("nap();", "rest();"))
        self.refused("option '--export-fixes' needs a file", "--export-fixes=")

    def test_use_color(self):
        for option, colored in (("--use-color", True), ("-use-color=true", True), ("--use-color=false", False)):
            self.assertEqual("\x1b[" in self.check(1, option).stdout, colored)
        self.refused("takes auto, always or never, not 'blue'", "--use-color=blue")


class WholeProgram(Project):
    def setUp(self):
        super().setUp()
        self.write("src/other.c", DOZE)
        self.write("src/tick.c", CALLS_DOZE)

    def test_named_files_are_a_filter(self):
        self.check(0, "src/tick.c")
        for name in ("src/tick.c", "src/other.c"):
            result = self.check(1, "--whole-program", name)
            self.assertTrue(result.stdout.startswith("src/other.c:4:2: warning: "))
            self.assertIn("in 2 units", result.stderr)
        self.write("src/third.c", "int third;\n")
        self.database("src/tick.c", "src/other.c", "src/third.c")
        self.assertEqual(self.check(0, "--whole-program", "src/third.c").stderr,
                         "0 findings in 3 units; 1 more finding outside what was asked for\n")
        self.check(1, "--whole-program", "src/third.c", "src/tick.c")

    def test_without_files_and_without_a_database(self):
        self.check(1, "--whole-program")
        self.check(0, "--whole-program", "src/tick.c", "--")

    def test_headers(self):
        self.check(0, "--whole-program", "src/ticker.h")
        self.write("src/lonely.h", "")
        self.assertIn("is included by no unit", self.check(2, "--whole-program", "src/lonely.h").stderr)

    def test_file_without_a_command(self):
        self.write("src/spare.c", "int spare;\n")
        result = self.check(2, "--whole-program", "src/spare.c", "src/tick.c")
        self.assertIn("error: 'src/spare.c' has no command in", result.stderr)
        self.assertIn("src/other.c:4:2: warning: ", result.stdout)
        skipping = ["--skip-without-database", "--whole-program"]
        result = self.check(1, *skipping, "src/spare.c", "src/tick.c")
        self.assertRegex(result.stderr, "^warning: 'src/spare.c' has no command in '.*': it was not checked\n")
        self.assertEqual(self.check(0, *skipping, "src/spare.c").stdout, "")
        self.check(0, "--skip-without-database", "src/spare.c")
        self.check(2, "--require-database", *skipping, "src/spare.c")

    def test_what_is_wrong_elsewhere_is_told_in_one_line(self):
        for name in ("one", "two"):
            self.write(f"src/{name}.c", '#include "gone.h"\n')
        self.database("src/tick.c", "src/other.c", "src/one.c", "src/two.c", "src/deleted.c")
        result = self.check(1, "--whole-program", "-q", "src/tick.c")
        self.assertEqual(result.stderr, "warning: 3 units beside the named files could not be read without errors; "
                         "'asynclint' without files tells more\n")
        coverage = self.json(1, "--whole-program", "src/tick.c")["coverage"]
        self.assertEqual((len(coverage["degraded"]), len(coverage["failed"])), (2, 1))
        self.check(2, "--whole-program", "--strict", "src/tick.c")
        self.assertIn("src/one.c: parsed with errors", self.check(1, "--whole-program", "src/one.c", "src/tick.c").stderr)

    def test_suppressions_elsewhere(self):
        self.write("src/third.c", "/* asynclint: allow blocking-in-async: nothing here blocks */\nint third;\n")
        self.database("src/tick.c", "src/other.c", "src/third.c")
        self.assertIn("src/third.c:1:1: warning: suppression of ", self.check(0, "--whole-program", "src/third.c").stderr)
        result = self.check(1, "--whole-program", "src/tick.c")
        self.assertNotIn("third.c", result.stdout + result.stderr)

    def test_no_baseline_of_a_part(self):
        for option in (["--whole-program", "src/tick.c"], ["--header-filter", "x"], ["--exclude-header-filter", "x"]):
            self.refused(f"'--write-baseline' is for the whole program: leave '{option[0]}' out", "--write-baseline", "b.json", *option)

    def test_require_database(self):
        (self.root / "build/compile_commands.json").unlink()
        self.run_for(0, "--skip-without-database")
        for order in (["--skip-without-database", "--require-database"], ["--require-database", "--skip-without-database"]):
            self.refused("no compile_commands.json found in", *order)


class Document(Project):
    def test_its_options_are_ours(self):
        """What docs/clang-tidy.md has in asynclint's column of the tables, and in its commands, the program knows."""
        text = (SOURCE_DIR / "docs/clang-tidy.md").read_text()
        ours = re.findall(r"^\| .* \| (.*) \|$", text, re.M) + re.findall(r"^[^|\n]*asynclint .*$", text, re.M)
        options = sorted(set(re.findall(r"(?<![-\w])--[a-z][a-z-]*", "\n".join(ours))))
        self.assertGreater(len(options), 15)
        for option in options:
            self.assertNotIn("unknown or ambiguous", self.start(option, "-q").stderr)


if __name__ == "__main__":
    missing = [name for name in NEEDED if not shutil.which(name)]
    if not yaml:
        missing.append("python3-yaml")
    if missing:
        print("skipped: no", ", ".join(missing))
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
