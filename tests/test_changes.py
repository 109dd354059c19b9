#!/usr/bin/env python3
"""--changed and --since, with the real git; --line-filter.

Usage: test_changes.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from test_cli import ASYNCLINT, FINDING, OTHER, TICK, Project

GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_COUNT": "1",
       "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
# Nothing of the user's own settings, and nothing of a commit that this test itself may be run from.
ENVIRONMENT = {**{name: value for name, value in os.environ.items() if not name.startswith("GIT_")}, **GIT}

# Blocks in a function that 'tick' of another file calls: its finding is in this file, its path leads through that one.
DOZE = """\
void nap(void);
void doze(void)
{
\tnap();
}
"""
CALLS_DOZE = TICK.replace("nap();", "doze();").replace("static void tick", "void doze(void);\nstatic void tick")


class Repository(Project):
    """The project of test_cli.py, all of it committed."""

    def setUp(self):
        super().setUp()
        (self.root / ".git").rmdir()
        self.write(".gitignore", "build/\n*.log\n")
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *arguments, cwd="."):
        return subprocess.run(["git", *arguments], cwd=self.root / cwd, env=ENVIRONMENT, check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def commit(self, cwd="."):
        self.git("add", "-A", cwd=cwd)
        self.git("commit", "-q", "-m", "a change", cwd=cwd)

    def append(self, name, text="\n"):
        self.write(name, (self.root / name).read_text() + text)

    def changed(self, status, *arguments, **more):
        return self.check(status, *(arguments or ("--changed",)), **more)

    def summary(self, status, *arguments, **more):
        return self.changed(status, *arguments, **more).stderr.splitlines()[-1]

    def refused_for(self, message, *arguments, **more):
        self.refused(message, "--no-models", *arguments, **more)


class Changed(Repository):
    def test_nothing(self):
        result = self.changed(0)
        self.assertEqual((result.stdout, result.stderr), ("", "0 findings in 0 units; no C file changed\n"))
        self.assertEqual(self.changed(0, "--changed", "-q").stderr, "")
        document = self.json(0, "--changed")
        self.assertEqual((document["findings"], document["coverage"]["changed_files"]), ([], 0))

    def test_edited(self):
        self.append("src/tick.c")
        result = self.changed(1)
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertEqual(result.stderr, "1 finding (1 warning) in 2 units; 1 file changed\n")

    def test_staged(self):
        self.append("src/tick.c")
        self.git("add", "-A")
        self.changed(1)

    def test_staged_and_taken_back(self):
        self.append("src/tick.c")
        self.git("add", "-A")
        self.write("src/tick.c", TICK)
        self.changed(0)

    def test_touched_only(self):
        os.utime(self.root / "src/tick.c", (1, 1))
        self.assertIn("no C file changed", self.summary(0))

    def test_finding_elsewhere(self):
        self.append("src/other.c")
        result = self.changed(0)
        self.assertEqual((result.stdout, result.stderr),
                         ("", "0 findings in 2 units; 1 more finding outside the files that changed; 1 file changed\n"))
        self.assertEqual(self.json(0, "--changed")["coverage"]["filtered"], 1)

    def test_the_whole_program_is_seen_and_steps_count(self):
        self.write("src/other.c", DOZE)
        self.write("src/tick.c", CALLS_DOZE)
        self.commit()
        self.assertTrue(self.changed(0).stdout == "")
        self.append("src/tick.c")
        self.assertTrue(self.changed(1).stdout.startswith("src/other.c:4:2: "))

    def test_header(self):
        self.append("src/ticker.h")
        self.assertEqual(self.summary(0), "0 findings in 2 units; 1 more finding outside the files that changed; 1 file changed")

    def test_untracked(self):
        self.write("src/new.c", TICK)
        self.database("src/tick.c", "src/other.c", "src/new.c")
        self.assertTrue(self.changed(1).stdout.startswith("src/new.c:6:2: "))

    def test_ignored(self):
        self.write(".gitignore", "build/\nnew.c\n")
        self.commit()
        self.write("src/new.c", TICK)
        self.database("src/new.c")
        self.assertIn("no C file changed", self.summary(0))

    def test_file_of_another_name_that_a_unit_includes(self):
        self.write("src/list.def", "")
        self.write("src/tick.c", '#include "list.def"\n' + TICK)
        self.commit()
        self.append("src/list.def")
        self.append("models/ticker.json")
        self.assertIn("; 1 file changed", self.summary(0))

    def test_file_in_no_unit(self):
        for i in range(5):
            self.write(f"src/spare{i}.c", OTHER)
        result = self.changed(0)
        self.assertEqual(result.stderr, "warning: changed, but compiled or included by no unit: "
                         "'src/spare0.c', 'src/spare1.c', 'src/spare2.c' and 2 more\n"
                         "0 findings in 2 units; 5 files changed, in no unit\n")
        self.append("src/tick.c")
        self.assertIn("; 6 files changed, 5 of them in no unit", self.summary(1))
        self.assertEqual(self.json(1, "--changed")["coverage"]["changed_in_no_unit"], [f"src/spare{i}.c" for i in range(5)])
        self.changed(2, "--changed", "--strict")

    def test_stats_without_a_changed_unit(self):
        self.write("src/spare.c", OTHER)
        for parsed in (2, 0):
            messages = self.changed(0, "--changed", "-q", "--stats=json", XDG_CACHE_HOME=str(self.root / "build")).stderr
            self.assertEqual(json.loads(messages[messages.index("{"):])["units"], {"parsed": parsed, "cached": 2 - parsed, "failed": 0})

    def test_deleted(self):
        (self.root / "src/other.c").unlink()
        self.database("src/tick.c")
        self.assertIn("no C file changed", self.summary(0))
        self.git("rm", "-q", "src/other.c")
        self.assertIn("no C file changed", self.summary(0))
        self.write("src/other.c", OTHER)  # gone from the index, there again
        self.assertIn("1 file changed", self.summary(0))

    def test_deleted_file_that_a_command_names(self):
        (self.root / "src/other.c").unlink()
        self.append("src/tick.c")
        self.assertIn("cannot open 'src/other.c'", self.changed(2).stderr)

    def test_renamed(self):
        self.git("mv", "src/tick.c", "src/tock.c")
        self.database("src/tock.c")
        self.git("config", "diff.renames", "copies")
        self.assertTrue(self.changed(1).stdout.startswith("src/tock.c:6:2: "))

    def test_odd_names(self):
        for name in ("src/a b/ü\n\"'\t.c", "src/-x.c", "src/:(top)y.c"):
            with self.subTest(name):
                self.write(name, TICK)
                self.database(name)
                result = self.json(1, "--changed")
                self.assertEqual([f["location"]["file"] for f in result["findings"]], [name])
                self.git("add", "-A")
                self.assertEqual(len(self.json(1, "--changed")["findings"]), 1)
                self.git("commit", "-q", "-m", "odd")
                self.assertIn("no C file changed", self.summary(0))
                self.append(name)
                self.assertEqual(len(self.json(1, "--changed")["findings"]), 1)

    def test_users_settings_change_nothing(self):
        for key, value in (("diff.relative", "true"), ("diff.external", "false"), ("diff.ignoreSubmodules", "all"),
                           ("core.quotePath", "true"), ("color.ui", "always"), ("status.showUntrackedFiles", "no")):
            self.git("config", key, value)
        self.append("src/tick.c")
        self.write("src/new.c", TICK)
        self.database("src/tick.c", "src/new.c")
        self.assertEqual(len(self.json(1, "--changed", cwd="models", *["-p", "../build"])["findings"]), 2)

    def test_before_the_first_commit(self):
        shutil.rmtree(self.root / ".git")
        self.git("init", "-q")
        self.changed(1)
        self.git("add", "-A")
        self.changed(1)

    def test_repository_above_the_root(self):
        self.append("src/tick.c")
        self.write("top.c", OTHER)
        self.database("src/tick.c", "top.c")
        document = self.json(1, "--changed", "--root", "src")
        self.assertEqual([f["location"]["file"] for f in document["findings"]], ["tick.c"])
        self.assertEqual(document["coverage"]["changed_files"], 2)

    def test_linked_worktree(self):
        with tempfile.TemporaryDirectory() as directory:
            tree = Path(directory).resolve() / "tree"
            self.git("worktree", "add", "-q", str(tree))
            shutil.copytree(self.root / "build", tree / "build")
            database = tree / "build/compile_commands.json"
            database.write_text(database.read_text().replace(str(self.root), str(tree)))
            self.assertIn("no C file changed", self.summary(0, cwd=tree))
            (tree / "src/tick.c").write_text(TICK + "\n")
            self.assertTrue(self.changed(1, cwd=tree).stdout.startswith(FINDING))

    def test_worktree_inside_is_another_project(self):
        self.git("worktree", "add", "-q", "inside")
        self.assertEqual(self.changed(0).stderr, "0 findings in 0 units; no C file changed\n")

    def test_in_a_hook(self):
        """git sets GIT_DIR and GIT_INDEX_FILE for hooks, relative to where it was."""
        hook = self.root / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\nexec '{ASYNCLINT}' --changed --rules blocking-in-async --no-models --models models "
                        "--root src --format json -o ../hook.log\n")
        hook.chmod(0o755)
        self.append("src/tick.c")
        failed = subprocess.run(["git", "commit", "-q", "-a", "-m", "x"], cwd=self.root / "src", env=ENVIRONMENT,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(failed.returncode, 1, failed.stderr)
        log = next(path for path in (self.root.parent / "hook.log", self.root / "hook.log") if path.exists())
        self.addCleanup(log.unlink)
        self.assertEqual(len(json.loads(log.read_text())["findings"]), 1)

    def test_symbolic_link_to_the_project(self):
        link = self.root.parent / (self.root.name + ".link")
        link.symlink_to(self.root)
        self.addCleanup(link.unlink)
        self.append("src/tick.c")
        self.assertEqual(len(self.json(1, "--changed", "-p", str(link / "build"), cwd=link)["findings"]), 1)

    def test_ignored_child_signals_do_no_harm(self):
        self.append("src/tick.c")
        result = subprocess.run(["sh", "-c", "trap '' CHLD; exec \"$@\"", "sh", ASYNCLINT, "--changed", "--rules",
                                 "blocking-in-async", "--no-models", "--models", "models"], cwd=self.root,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1, result.stderr)


class Submodules(Repository):
    def setUp(self):
        super().setUp()
        self.other = tempfile.TemporaryDirectory()
        self.addCleanup(self.other.cleanup)
        library = Path(self.other.name).resolve() / "library"
        library.mkdir()
        (library / "lib.c").write_text('#include "../src/ticker.h"\n' + TICK.split("\n", 1)[1])
        self.git("init", "-q", cwd=library)
        self.commit(cwd=library)
        self.git("submodule", "--quiet", "add", str(library), "deep lib")
        self.database("src/tick.c", "deep lib/lib.c")

    def files(self, status, *arguments):
        return [f["location"]["file"] for f in self.json(status, *(arguments or ("--changed",)))["findings"]]

    def test_new(self):
        self.assertEqual(self.files(1), ["deep lib/lib.c"])

    def test_as_recorded(self):
        self.commit()
        self.assertIn("no C file changed", self.summary(0))

    def test_edited(self):
        self.commit()
        self.append("deep lib/lib.c")
        self.assertEqual(self.files(1), ["deep lib/lib.c"])

    def test_untracked_inside(self):
        self.commit()
        self.write("deep lib/more.c", OTHER)
        self.assertEqual(self.json(0, "--changed")["coverage"]["changed_in_no_unit"], ["deep lib/more.c"])

    def test_at_another_commit(self):
        self.commit()
        self.append("deep lib/lib.c")
        self.commit(cwd="deep lib")
        self.assertEqual(self.files(1), ["deep lib/lib.c"])
        self.commit()
        self.assertEqual(self.files(0), [])
        self.assertEqual(self.files(1, "--since", "HEAD~"), ["deep lib/lib.c"])

    def test_not_checked_out(self):
        self.commit()
        self.append("deep lib/lib.c")
        self.commit(cwd="deep lib")
        self.commit()
        self.git("submodule", "--quiet", "deinit", "-f", "deep lib")
        self.database("src/tick.c")
        self.assertEqual(self.files(0, "--since", "HEAD~"), [])


class Since(Repository):
    def test_since_a_revision(self):
        self.append("src/tick.c")
        self.commit()
        self.append("src/other.c")
        self.commit()
        self.assertIn("no C file changed", self.summary(0))
        self.assertIn("; 1 file changed", self.summary(0, "--since", "HEAD~"))
        self.assertIn("; 2 files changed", self.summary(1, "--since", "HEAD~2"))
        self.assertIn("; 2 files changed", self.summary(1, "--since", self.git("rev-parse", "HEAD~2")))

    def test_what_the_other_side_did_is_not_ours(self):
        self.git("checkout", "-q", "-b", "topic")
        self.append("src/other.c")
        self.commit()
        self.git("checkout", "-q", "main")
        self.append("src/tick.c")
        self.commit()
        self.git("checkout", "-q", "topic")
        self.assertIn("; 1 file changed", self.summary(0, "--since", "main"))
        self.append("src/ticker.h")  # the working tree counts
        self.assertIn("; 2 files changed", self.summary(0, "--since=main"))

    def test_revisions_that_are_none(self):
        self.refused_for("there is no revision 'nowhere' (--since)", "--since", "nowhere")
        self.refused_for("HEAD^{tree}^{commit}: expected commit type", "--since", "HEAD^{tree}")
        self.refused_for("there is no revision 'HEAD~..HEAD' (--since)", "--since", "HEAD~..HEAD")
        self.refused_for("option '--since' takes a revision, not '--output=x'", "--since=--output=x")
        self.refused_for("option '--since' takes a revision, not ''", "--since=")
        self.assertFalse((self.root / "x").exists())

    def test_no_common_history(self):
        self.git("checkout", "-q", "--orphan", "island")
        self.git("commit", "-q", "-m", "alone")
        self.refused_for("HEAD and 'main' have no commit in common", "--since", "main")


class Joined(Repository):
    """Of facts that were made elsewhere, too, only what changed can be asked for."""

    def setUp(self):
        super().setUp()
        self.run_for(0, "facts", "-o", "build/facts")

    def joined(self, status, *arguments, **more):
        return self.check(status, *arguments, "build/facts", action="join", **more)

    def test_changed(self):
        result = self.joined(0, "--changed")
        self.assertEqual((result.stdout, result.stderr), ("", "0 findings in 2 units; no C file changed\n"))
        self.append("src/other.c")
        self.assertEqual(self.joined(0, "--changed").stderr,
                         "0 findings in 2 units; 1 more finding outside the files that changed; 1 file changed\n")
        self.append("src/tick.c")
        result = self.joined(1, "--changed")
        self.assertTrue(result.stdout.startswith(FINDING))
        self.assertEqual(result.stdout, self.changed(1).stdout)
        self.write("src/spare.c", OTHER)
        self.assertIn("changed, but compiled or included by no unit: 'src/spare.c'", self.joined(1, "--changed").stderr)

    def test_since(self):
        self.append("src/tick.c")
        self.commit()
        self.joined(0, "--changed")
        self.joined(1, "--since", "HEAD~")
        self.joined(2, "--since", "nowhere")


class NoRepository(Project):
    def setUp(self):
        super().setUp()
        (self.root / ".git").rmdir()
        self.arguments = ("--changed", "--no-models", "--root", ".")

    def test_no_repository(self):
        self.refused(f"cannot tell what changed in '{self.root}': not a git repository", *self.arguments,
                     GIT_CEILING_DIRECTORIES=str(self.root.parent))

    def test_no_git(self):
        self.refused("cannot run git: No such file or directory (--changed)", *self.arguments, PATH="/nowhere")

    def test_bare_repository(self):
        subprocess.run(["git", "init", "-q", "--bare", self.root / "bare"], check=True, env=ENVIRONMENT)
        self.refused("must be run in a work tree", "--changed", "--no-models", "--root", "bare", "-p", "build")

    def test_damaged_repository(self):
        (self.root / ".git").mkdir()
        self.write(".git/HEAD", "nonsense")
        self.refused("cannot tell what changed", *self.arguments, GIT_CEILING_DIRECTORIES=str(self.root.parent))

    def test_what_it_does_not_go_with(self):
        self.refused("option '--changed' looks for the files itself: name none beside it ('src/tick.c')", "--changed", "src/tick.c")
        self.refused("option '--since' looks for the files itself", "--since", "HEAD", "src/tick.c", "--", "-I.")
        self.refused("options '--since' and '--line-filter' exclude each other", "--since", "HEAD", '--line-filter=[{"name":"a"}]')
        self.refused("option '--changed' does not go with 'facts'", "facts", "--changed", "-o", "x")


class LineFilter(Project):
    def filtered(self, status, *entries, **more):
        return self.check(status, "-line-filter=" + json.dumps(entries), **more)

    def test_lines(self):
        for lines in ([[6, 6]], [[1, 2], [5, 7]], [[6, 4294967295]]):
            self.assertTrue(self.filtered(1, {"name": "tick.c", "lines": lines}).stdout.startswith(FINDING))
        for lines in ([[7, 9]], [[1, 5]], [[7, 5]]):
            result = self.filtered(0, {"name": "tick.c", "lines": lines})
            self.assertEqual((result.stdout, result.stderr),
                             ("", "0 findings in 2 units; 1 more finding outside what was asked for\n"))

    def test_notes_count(self):
        """'tick' is registered in line 11: a note."""
        self.assertTrue(self.filtered(1, {"name": "tick.c", "lines": [[11, 11]]}).stdout.startswith(FINDING))

    def test_whole_files(self):
        self.filtered(1, {"name": "tick.c"})
        self.filtered(1, {"name": "tick.c", "lines": []})
        self.filtered(0, {"name": "other.c"})

    def test_names_are_ends_of_paths(self):
        for name in ("c", "ick.c", "src/tick.c", str(self.root / "src/tick.c")):
            self.filtered(1, {"name": name})
        for name in ("tick", "./tick.c", "TICK.C", "x" + str(self.root / "src/tick.c")):
            self.filtered(0, {"name": name})

    def test_the_first_entry_that_matches_decides(self):
        self.filtered(0, {"name": "tick.c", "lines": [[1, 1]]}, {"name": "tick.c", "lines": [[6, 6]]})
        self.filtered(1, {"name": "src/other.c", "lines": [[1, 1]]}, {"name": "tick.c", "lines": [[6, 6]]})

    def test_no_filter(self):
        self.filtered(1)
        self.check(1, "--line-filter=")

    def test_fingerprints_stay(self):
        """Two findings of one rule, function and cause are told apart by a number."""
        self.write("src/tock.c", TICK.replace("start", "begin"))
        self.database("src/tick.c", "src/tock.c")
        first, second = self.json(1)["findings"]
        self.assertNotEqual(first["fingerprint"], second["fingerprint"])
        self.assertEqual(self.json(1, '--line-filter=[{"name":"tock.c"}]')["findings"], [second])

    def test_bad_filters(self):
        for text, message in (
                ("[{", "the line filter is not valid JSON at offset 2"),
                ("[] x", "the line filter is not valid JSON at offset 3"),
                ("{}", "the line filter is not a list"),
                ("[1]", "entry 1 of the line filter is not an object"),
                ('[{"name":"a"},{"lines":[[1,2]]}]', "entry 2 of the line filter has no 'name'"),
                ('[{"name":""}]', "entry 1 of the line filter has no 'name'"),
                ('[{"name":1}]', "has another key than 'name', a string, and 'lines'"),
                ('[{"name":"a","line":[]}]', "has another key than"),
                ('[{"name":"a","lines":3}]', "has 'lines' that are not a list"),
                ('[{"name":"a","lines":[[1]]}]', "has a range that is not of the form"),
                ('[{"name":"a","lines":[[1,2,3]]}]', "has a range that is not of the form"),
                ('[{"name":"a","lines":[[0,2]]}]', "has a range that is not of the form"),
                ('[{"name":"a","lines":[[1,1.5]]}]', "has a range that is not of the form"),
                ('[{"name":"a","lines":[["1",2]]}]', "has a range that is not of the form")):
            with self.subTest(text):
                self.refused(message, "--line-filter", text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
