#!/usr/bin/env python3
"""The cache of facts: what is found again, what must not be, and that it never stands in the way of a run.

Every run must say what a run without the cache says.

Usage: test_cache.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from test_cli import ASYNCLINT, FINDING, Project

SETTINGS_QUIET = "#define PERIOD 10\n"
SETTINGS_NAPPING = "#define PERIOD 10\nvoid nap(void);\nstatic inline void rest(void) { nap(); }\n"

# A finding if rest() naps.
MAIN = """\
#include <settings.h>
#include "ticker.h"

#ifdef PERIOD
static void beat(void)
{
\trest();
}
void begin(void)
{
\tticker_every(beat);
}
#endif
"""

BEAT = "note: 'beat' calls 'rest'"


class Cached(Project):
    def setUp(self):
        super().setUp()
        self.cache = self.root / "cache"
        self.count = None

    def lint(self, status, *arguments, **more):
        """Checks with the cache and without it, the same twice; self.count is what the cache says of itself."""
        more.setdefault("XDG_CACHE_HOME", str(self.root))
        cached = self.check(status, "-v", *arguments, **more)
        self.assertEqual(cached.stdout, self.check(status, "--no-cache", *arguments, **more).stdout)
        notes = [line for line in cached.stderr.splitlines() if line.startswith("note: cache: ")]
        self.count = tuple(int(word) for word in notes[0].split() if word.isdigit()) if notes else None
        self.messages = cached.stderr
        return cached.stdout

    def entries(self):
        return sorted(self.root.glob("asynclint/??/*-[0-9]"))

    def results(self):
        return sorted(self.root.glob("asynclint/??/*-r"))


class Found(Cached):
    def test_second_run_parses_nothing(self):
        first = self.lint(1)
        self.assertEqual(self.count, (0, 2, 2))
        self.assertEqual(self.lint(1), first)
        self.assertEqual(self.count, (2, 0, 0))

    def test_second_run_needs_no_libclang(self):
        cold = self.check(1, "--format", "json", XDG_CACHE_HOME=str(self.root))
        warm = self.check(1, "--format", "json", XDG_CACHE_HOME=str(self.root), LD_DEBUG="files")
        self.assertEqual(warm.stdout, cold.stdout)
        self.assertNotIn("libclang", warm.stderr)
        self.assertNotIn("libLLVM", warm.stderr)
        self.assertIn("libclang", self.check(1, "--no-cache", LD_DEBUG="files").stderr)

    def test_changed_file_is_parsed_alone(self):
        self.lint(1)
        self.write("src/other.c", "void other(void)\n{\n\tnap();\n}\n")
        self.lint(1)
        self.assertEqual(self.count, (1, 1, 1))

    def test_times_mean_nothing(self):
        self.lint(1)
        os.utime(self.root / "src/tick.c")
        self.write("src/ticker.h", (self.root / "src/ticker.h").read_text())
        self.lint(1)
        self.assertEqual(self.count, (2, 0, 0))

    def test_troubles_and_suppressions_are_found_too(self):
        self.write("src/other.c", "// asynclint: allow blocking-in-async: nothing is there\nint x = nowhere;\n")
        messages = []
        for _ in range(2):
            self.lint(1)
            messages.append([line for line in self.messages.splitlines() if not line.startswith("note: ")])
        self.assertEqual(self.count, (2, 0, 0))
        self.assertEqual(messages[0], messages[1])
        self.assertIn("src/other.c: parsed with errors", "\n".join(messages[0]))

    def test_header_there_and_back(self):
        """The header's earlier state is known as well."""
        header = (self.root / "src/ticker.h").read_text()
        self.lint(1)
        for text in (header + "#define LATER 1\n", header, header + "#define LATER 1\n"):
            self.write("src/ticker.h", text)
            self.lint(1)
        self.assertEqual(self.count, (2, 0, 0))

    def test_many_states_of_a_header_take_little(self):
        header = (self.root / "src/ticker.h").read_text()
        self.database("src/tick.c")
        for state in range(7):
            self.write("src/ticker.h", header + f"#define STATE {state}\n")
            self.lint(1)
        self.assertEqual(len(self.entries()), 4)
        self.lint(1)
        self.assertEqual(self.count, (1, 0, 0))

    def test_two_checkouts_share(self):
        self.database("src/tick.c", "src/other.c")
        twin = self.root / "twin"
        shutil.copytree(self.root / "src", twin / "src")
        (twin / ".git").mkdir()
        first = self.lint(1, "-p", "build")
        database = (self.root / "build/compile_commands.json").read_text().replace(str(self.root), str(twin))
        (twin / "build").mkdir()
        (twin / "build/compile_commands.json").write_text(database)
        self.assertEqual(self.lint(1, "-p", "build", cwd="twin"), first)
        self.assertEqual(self.count, (2, 0, 0))

    def test_absolute_include_directories_of_two_checkouts(self):
        for name in ("one", "two"):
            place = self.root / name
            shutil.copytree(self.root / "src", place / "include")
            (place / "tick.c").write_text((self.root / "src/tick.c").read_text())
            self.assertTrue(self.lint(1, "--root", str(place), f"{name}/tick.c", "--", "-I", f"{place}/include",
                                      f"-isystem{place}/include", "-include", f"{place}/include/ticker.h"))
        self.assertEqual(self.count, (1, 0, 0))

    def test_what_a_macro_says_is_another_command(self):
        for name in ("one", "two"):
            self.lint(1, "src/tick.c", "--", f"-DPLACE=\"{self.root}/{name}\"")
            self.assertEqual(self.count, (0, 1, 1))

    def test_facts_and_why_use_it(self):
        self.lint(1)
        for arguments in (["facts", "src/tick.c", "--dump"], ["why", "tick"]):
            self.assertIn("1 units found" if "facts" in arguments else "2 units found",
                          self.run_for(0, *arguments, "-v", XDG_CACHE_HOME=str(self.root)).stderr)


class Results(Cached):
    """What was found is not found again; whatever it depends on makes it another result."""

    def phases(self, status, *arguments, **more):
        stats = self.check(status, "-q", "--stats=json", *arguments, XDG_CACHE_HOME=str(self.root), **more).stderr
        return {phase["name"] for phase in json.loads(stats[stats.index("{"):])["phases"]}  # behind warnings

    def assert_found_again(self, is_known, status, *arguments):
        self.assertEqual("derive" not in self.phases(status, *arguments), is_known)

    def test_same_is_known(self):
        self.write("src/other.c", "// asynclint: allow blocking-in-async: nothing is there\nvoid other(void);\n"
                   "void strange(void);\nvoid ticker_every(void (*callback)(void));\nstatic void tock(void) { strange(); }\nvoid begin(void) { ticker_every(tock); }\n")
        reports = [self.check(1, "-v", "--format", "json", XDG_CACHE_HOME=str(self.root)).stdout for _ in range(2)]
        self.assertEqual(*reports)
        self.assertEqual(reports[0], self.check(1, "--no-cache", "--format", "json").stdout)
        coverage = json.loads(reports[0])["coverage"]
        self.assertTrue(coverage["unmodelled"] and coverage["unused_suppressions"])
        self.assertEqual(len(self.results()), 1)
        self.assert_found_again(True, 1)

    def test_what_it_depends_on(self):
        self.assert_found_again(False, 1)
        self.assert_found_again(False, 1, "src/tick.c")
        self.assert_found_again(False, 1, "--cost", "disk")
        self.assert_found_again(False, 1, "--rules", "nested-loop")
        self.model({"other": {"blocks": {"because": "waits", "cost": "sleep"}}})
        self.assert_found_again(False, 1)
        self.write("src/other.c", "void other(void)\n{\n\tnap();\n}\n")
        self.assert_found_again(False, 1)
        self.assert_found_again(True, 1)

    def test_text_that_changes_no_facts_changes_nothing(self):
        self.assert_found_again(False, 1)
        self.write("src/other.c", (self.root / "src/other.c").read_text() + "/* more to read */\n")
        self.assert_found_again(False, 1)  # the content of an included file is a fact
        self.assert_found_again(True, 1)

    def test_filters_come_after_it(self):
        self.assert_found_again(False, 1)
        self.assert_found_again(True, 0, "--line-filter", '[{"name":"tick.c","lines":[[1,2]]}]')
        self.assert_found_again(True, 1, "--format", "json")

    def test_damaged(self):
        changes = (lambda b: b[:-1], lambda b: b[:40], lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:], lambda b: b"")
        expected = self.lint(1)
        for number, change in enumerate(changes):
            with self.subTest(number):
                result, = self.results()
                result.write_bytes(change(result.read_bytes()))
                self.assertEqual(self.lint(1), expected)
                self.assertIn("removed from the cache", self.messages)
                self.assert_found_again(True, 1)


class Resolved(Cached):
    """What an #include finds is asked again."""

    def setUp(self):
        super().setUp()
        self.write("src/beat.c", MAIN)
        self.write("later/settings.h", SETTINGS_QUIET + "static inline void rest(void) { }\n")
        self.write("first/unrelated.h", "")
        self.command = ["src/beat.c", "--", "-Ifirst", "-Ilater"]
        self.assertEqual(self.lint(0, *self.command), "")

    def changes(self, *command):
        found = self.lint(1, *(command or self.command))
        self.assertTrue(BEAT in found, found)
        self.assertEqual(self.count, (0, 1, 1))
        self.lint(1, *(command or self.command))
        self.assertEqual(self.count, (1, 0, 0))

    def test_header_that_comes_before_the_one_found(self):
        self.write("first/settings.h", SETTINGS_NAPPING)
        self.changes()
        (self.root / "first/settings.h").unlink()
        self.assertEqual(self.lint(0, *self.command), "")
        self.assertEqual(self.count, (1, 0, 0))

    def test_header_beside_the_file(self):
        self.write("src/beat.c", MAIN.replace("<settings.h>", '"settings.h"'))
        self.assertEqual(self.lint(0, *self.command), "")
        self.write("src/settings.h", SETTINGS_NAPPING)
        self.changes()

    def test_header_that_was_missing(self):
        self.write("src/beat.c", '#include "late.h"\n' + MAIN[MAIN.index("\n") + 1:])
        self.lint(0, *self.command)
        self.write("src/late.h", SETTINGS_NAPPING)
        self.changes()

    def test_has_include(self):
        self.write("src/beat.c", MAIN.replace("<settings.h>", '"choice.h"'))
        self.write("src/choice.h", '#if __has_include("late.h")\n' + SETTINGS_NAPPING + "#else\n" + SETTINGS_QUIET +
                   "static inline void rest(void) { }\n#endif\n")
        self.lint(0, *self.command)
        self.write("later/late.h", "")
        self.changes()

    def test_include_next(self):
        self.write("first/settings.h", "#include_next <settings.h>\n")
        self.write("last/settings.h", SETTINGS_QUIET)
        command = ["src/beat.c", "--", "-Ifirst", "-Ilater", "-Ilast"]
        self.lint(0, *command)
        self.write("later/settings.h", SETTINGS_NAPPING)
        self.changes(*command)

    def test_forced_include(self):
        self.write("src/beat.c", MAIN[MAIN.index("\n") + 1:].replace("\n", "\n", 1).replace('#include "ticker.h"', '\n#include "ticker.h"'))
        command = ["src/beat.c", "--", "-include", "settings.h", "-Ifirst", "-Ilater"]
        self.lint(0, *command)
        self.write("first/settings.h", SETTINGS_NAPPING)
        self.changes(*command)

    def test_environment(self):
        self.write("env/settings.h", SETTINGS_NAPPING)
        (self.root / "later/settings.h").rename(self.root / "later/else.h")
        found = self.lint(1, *self.command, C_INCLUDE_PATH=f"{self.root}/env")
        self.assertTrue(BEAT in found, found)
        (self.root / "later/else.h").rename(self.root / "later/settings.h")
        self.assertEqual(self.lint(0, *self.command, C_INCLUDE_PATH=f"{self.root}/env"), "")
        self.assertIn(BEAT, self.lint(1, "src/beat.c", "--", "-Ifirst", CPATH=f"{self.root}/env"))

    def test_empty_header(self):
        self.write("src/beat.c", '#include <unrelated.h>\n' + MAIN[MAIN.index("\n") + 1:])
        self.lint(0, *self.command)
        self.lint(0, *self.command)
        self.assertEqual(self.count, (1, 0, 0))
        self.write("first/unrelated.h", SETTINGS_NAPPING)
        self.changes()


class Trouble(Cached):
    """Whatever the cache is, the findings come."""

    def damage(self, change):
        self.lint(1)
        for entry in self.entries():
            bytes_ = bytearray(entry.read_bytes())
            entry.chmod(0o600)
            entry.write_bytes(change(bytes_))
        self.assertTrue(self.lint(1).startswith(FINDING))
        self.assertEqual(self.count, (0, 2, 2))
        self.lint(1)
        self.assertEqual(self.count, (2, 0, 0))

    def test_damaged_entries_are_told_and_replaced(self):
        changes = {
            "cut": lambda b: b[:len(b) // 2],
            "empty": lambda b: b"",
            "one bit": lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:],
            "something else": lambda b: b"#!/bin/sh\n" * 50,
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.damage(change)
        self.lint(1)
        self.entries()[0].write_bytes(b"damaged beyond all doubt, and longer than a header is")
        self.lint(1)
        notes = [line for line in self.messages.splitlines() if "removed from the cache" in line]
        self.assertEqual(len(notes), 1, self.messages)
        self.assertRegex(notes[0], r"^note: removed from the cache: '/.*/asynclint/[0-9a-f]{2}/[0-9a-f]{30}-0': ")

    def test_damage_is_only_told_under_v(self):
        self.lint(1)
        self.entries()[0].write_bytes(b"x")
        self.assertEqual(self.check(1, "-q", XDG_CACHE_HOME=str(self.root)).stderr, "")

    def test_a_file_is_in_its_place(self):
        self.write("asynclint", "mine")
        for _ in range(2):
            self.assertTrue(self.lint(1).startswith(FINDING))
            self.assertRegex(self.messages, r"warning: cannot use the cache '.*/asynclint': Not a directory|File exists")
        self.assertEqual((self.root / "asynclint").read_text(), "mine")

    def test_cannot_be_written(self):
        """As on a full disk: the first entry fails, is told once, and nothing is left of it."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
        command = [ASYNCLINT, "--rules", "blocking-in-async", "--no-models", "--models", "models", "--cache", "full"]
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, preexec_fn=limit)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertTrue(result.stdout.startswith(FINDING))
        warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
        self.assertEqual(warnings, [f"warning: cannot write to the cache '{self.root}/full': File too large"])
        self.assertEqual([path for path in self.root.glob("full/**/*") if path.is_file() and path.name != "CACHEDIR.TAG"], [])

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"), "root may write everywhere")
    def test_may_not_be_written(self):
        self.lint(1)
        self.write("src/other.c", "void other(void) { }\n")
        subprocess.run(["chmod", "-R", "a-w,a+rX", self.root / "asynclint"], check=True)
        self.root.chmod(0o755)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        command = [*user, ASYNCLINT, "-v", "--rules", "blocking-in-async", "--no-models", "--models", "models"]
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, env={**os.environ, "XDG_CACHE_HOME": str(self.root)})
        if "cannot open" in result.stderr and user:
            self.skipTest("the sources are out of the other user's reach")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("note: cache: 1 units found, 1 not, 0 stored", result.stderr)
        self.assertIn(f"warning: cannot write to the cache '{self.root}/asynclint': Permission denied", result.stderr)
        subprocess.run(["chmod", "-R", "u+w", self.root / "asynclint"], check=True)

    def test_no_home(self):
        environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
        command = [ASYNCLINT, "--rules", "blocking-in-async", "--no-models", "--models", "models"]
        result = subprocess.run(command, cwd=self.root, capture_output=True, text=True, env=environment)
        self.assertEqual((result.returncode, "cache" in result.stderr), (1, False), result.stderr)

    def test_source_that_is_gone(self):
        self.lint(1)
        (self.root / "src/other.c").unlink()
        self.lint(2)
        self.assertIn("cannot open 'src/other.c'", self.messages)

    def test_source_that_is_a_pipe(self):
        (self.root / "src/other.c").unlink()
        os.mkfifo(self.root / "src/other.c")
        self.lint(2)
        self.assertIn("not a regular file", self.messages)


class Kept(Cached):
    def test_oldest_go_first(self):
        self.lint(1)
        entries = self.entries()
        size = sum(entry.stat().st_size for entry in [*entries, *self.results()])
        for age, entry in enumerate([*self.results(), *entries]):
            os.utime(entry, (1_000_000 + age, 1_000_000 + age))
        self.write("src/new.c", "void fresh(void) { }\n")
        self.database("src/new.c")
        self.check(0, "--cache-size", str(size), XDG_CACHE_HOME=str(self.root))
        left = self.entries()
        self.assertNotIn(entries[0], left)
        self.assertIn(entries[1], left)
        self.assertEqual(len(left), 2)

    def test_use_keeps(self):
        self.lint(1)
        entries = self.entries()
        for entry in entries:
            os.utime(entry, (1_000_000, 1_000_000))
        self.check(1, "src/tick.c", XDG_CACHE_HOME=str(self.root))
        self.assertEqual(sum(entry.stat().st_mtime > 1_000_000 for entry in entries), 1)

    def test_what_an_ended_run_left_goes(self):
        self.lint(1)
        old, recent = self.root / "asynclint/new-1-0", self.root / "asynclint/new-2-0"
        old.write_text("half")
        recent.write_text("half")
        os.utime(old, (1_000_000, 1_000_000))
        self.write("src/other.c", "void other(void) { }\n")
        self.lint(1)
        self.assertEqual((old.exists(), recent.exists()), (False, True))

    def test_nothing_is_kept(self):
        self.check(1, "--no-cache", XDG_CACHE_HOME=str(self.root))
        self.assertEqual(self.entries(), [])
        self.check(1, "--cache-size", "0", XDG_CACHE_HOME=str(self.root))
        self.assertEqual(self.entries(), [])

    def test_it_is_tagged(self):
        self.lint(1)
        self.assertTrue((self.root / "asynclint/CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n"))

    def test_runs_at_once(self):
        """Several runs fill one cache; all of them say the same."""
        files = []
        for number in range(20):
            files.append(f"src/many{number}.c")
            self.write(files[-1], f'#include "ticker.h"\nstatic void tick(void) {{ nap(); }}\nvoid go{number}(void) {{ ticker_every(tick); }}\n')
        self.database(*files)
        command = [ASYNCLINT, "-q", "--rules", "blocking-in-async", "--no-models", "--models", "models", "--cache", "shared"]
        runs = [subprocess.Popen(command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        results = [run.communicate() for run in runs]
        self.assertEqual({run.returncode for run in runs}, {1})
        self.assertEqual(len(set(results)), 1)
        self.assertEqual(results[0][1], "")
        warm = self.check(1, "-v", "--cache", "shared")
        self.assertIn("note: cache: 20 units found, 0 not, 0 stored", warm.stderr)
        self.assertEqual(warm.stdout, results[0][0])


class Options(Project):
    def test_sizes(self):
        for text in ("", "5X", "-1", "1.5G", "99999999999G", "G"):
            self.refused(f"option '--cache-size' takes a size such as 500M or 2G, not '{text}'", "--cache-size", text)

    def test_directory(self):
        self.refused("option '--cache' needs a directory", "--cache", "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
