#!/usr/bin/env python3
"""Baselines and written suppressions: what a project with old findings starts with.

Usage: test_baseline.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import stat
import sys
import unittest

from test_cli import FINDING, RULE, TICK, Project

SECOND = TICK.replace("void start(", "void begin(").replace("static void tick(", "static void tock(").replace(
    "ticker_every(tick)", "ticker_every(tock)")


class Baseline(Project):
    def setUp(self):
        super().setUp()
        self.write("src/second.c", SECOND)
        self.database("src/tick.c", "src/second.c")
        result = self.check(0, "--write-baseline", "b.json")
        self.assertEqual((result.stdout, result.stderr), ("", "note: wrote 2 findings to 'b.json'\n"))

    def entries(self):
        return json.loads((self.root / "b.json").read_text())["findings"]

    def against(self, status, *arguments, **more):
        return self.check(status, "--baseline", "b.json", *arguments, **more)

    def test_file(self):
        self.assertEqual([(e["file"], e["rule"], e["function"]) for e in self.entries()],
                         [("src/second.c", "blocking-in-async", "tock"), ("src/tick.c", "blocking-in-async", "tick")])
        before = (self.root / "b.json").read_bytes()
        self.assertNotIn(str(self.root).encode(), before)
        self.check(0, "--write-baseline", "b.json", "--quiet", "-j1")
        self.assertEqual((self.root / "b.json").read_bytes(), before)

    def test_known_findings_do_not_count(self):
        result = self.against(0)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "0 findings in 2 units; 2 more in the baseline\n")
        coverage = self.json(0, "--baseline", "b.json")["coverage"]
        self.assertEqual((coverage["baselined"], coverage["fixed"]), (2, []))

    def test_survives_lines_names_and_layout(self):
        moved = TICK.replace("\n\tnap();", "\n\n\n      nap (\n  ) ;").replace("#include", "/* new */\n\n#include")
        self.assertNotEqual(moved, TICK)
        (self.root / "src/tick.c").unlink()
        self.write("src/renamed.c", moved)
        self.database("src/renamed.c", "src/second.c")
        self.assertEqual(self.against(0).stderr, "0 findings in 2 units; 2 more in the baseline\n")

    def test_new_finding_counts(self):
        self.write("src/tick.c", TICK + TICK.replace("tick", "tack").replace("start", "go").replace("tacker", "ticker"))
        result = self.against(1)
        self.assertEqual(result.stdout.count(RULE), 1)
        self.assertIn("src/tick.c:18:2: warning: ", result.stdout)

    def test_fixed_is_said_and_pruned(self):
        self.write("src/tick.c", TICK.replace("nap();", ""))
        result = self.against(0)
        self.assertIn("src/tick.c: note: fixed, to be taken out of the baseline (--prune-baseline): 'nap' sleeps",
                      result.stderr)
        self.assertIn("; 1 more in the baseline; 1 of the baseline fixed\n", result.stderr)
        self.against(2, "--strict")
        coverage = self.json(0, "--baseline", "b.json")["coverage"]
        self.assertEqual([(f["rule"], f["file"]) for f in coverage["fixed"]], [("blocking-in-async", "src/tick.c")])
        result = self.against(0, "--prune-baseline", "--strict")
        self.assertIn("note: took 1 fixed finding out of 'b.json'\n", result.stderr)
        self.assertEqual([e["file"] for e in self.entries()], ["src/second.c"])
        self.write("src/tick.c", TICK)
        self.against(1, "--prune-baseline")
        self.assertEqual(len(self.entries()), 1, "it never adds")

    def test_part_of_the_program_fixes_nothing(self):
        self.assertEqual(self.against(0, "src/tick.c").stderr, "0 findings in 1 unit; 1 more in the baseline\n")
        self.assertIn("only part of the program", self.against(2, "src/tick.c", "--prune-baseline").stderr)
        self.assertIn("was not written", self.check(2, "src/tick.c", "--write-baseline", "c.json").stderr)
        self.assertFalse((self.root / "c.json").exists())
        self.database("src/tick.c", "src/gone.c")
        self.assertNotIn("fixed", self.against(2).stderr)

    def test_rules_that_did_not_run_fix_nothing(self):
        models = ("--no-models", "--models", "models")
        result = self.run_for(0, "--rules", "loop-reentry", *models, "--baseline", "b.json", "--prune-baseline")
        self.assertNotIn("1 of the baseline", result.stderr)
        self.assertEqual(len(self.entries()), 2)
        renamed = (self.root / "b.json").read_text().replace('"blocking-in-async"', '"a-rule-of-old"', 1)
        self.write("b.json", renamed)
        self.assertIn("[a-rule-of-old]", self.run_for(0, "--rules", "loop-reentry", *models, "--baseline", "b.json").stderr)

    def test_config_names_it(self):
        self.write(".asynclint.json", '{"baseline": "b.json"}')
        self.check(0)
        self.check(1, "--no-baseline")
        self.check(0, "--prune-baseline")

    def test_mistakes(self):
        for text, message in (("[]", "b.json:1:1: not a baseline"), ("{", "b.json:1:2: not valid JSON"),
                              ('{"version": 2, "findings": []}', "b.json:1:13: a baseline of version 2"),
                              ('{"version": 1, "findings": [\n{}]}', "b.json:2:1: an entry of a baseline")):
            with self.subTest(text):
                self.write("b.json", text)
                result = self.against(2)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.stdout, "")
        self.assertIn("no baseline 'gone.json'; '--write-baseline gone.json' makes one", self.check(2, "--baseline", "gone.json").stderr)
        self.assertIn("needs a baseline", self.check(2, "--prune-baseline").stderr)
        self.assertIn("leave '--changed' out", self.check(2, "--changed", "--write-baseline", "c").stderr)
        self.assertIn("cannot write 'no/where'", self.check(2, "--write-baseline", "no/where").stderr)


class AddAllow(Project):
    def add(self, status, *arguments):
        return self.check(status, "--add-allow", "see issue 12", *arguments)

    def lines(self, name="src/tick.c"):
        return (self.root / name).read_bytes().decode().splitlines(keepends=True)

    def test_comment_above_the_line(self):
        os.chmod(self.root / "src/tick.c", 0o755)
        result = self.add(0)
        self.assertEqual((result.stdout, result.stderr), ("", "note: suppressed 1 finding in 1 file\n"))
        before = TICK.splitlines(keepends=True)
        self.assertEqual(self.lines(), before[:5] + ["\t/* asynclint: allow blocking-in-async: see issue 12 */\n"] + before[5:])
        self.assertEqual(stat.S_IMODE((self.root / "src/tick.c").stat().st_mode), 0o755)
        self.assertEqual(self.check(0, "--strict").stdout, "")
        self.assertIn("suppressed 0 findings in 0 files", self.add(0).stderr)

    def test_line_ends_and_no_last_line_end(self):
        self.write("src/tick.c", TICK.replace("\n", "\r\n").rstrip().encode())
        self.add(0)
        self.assertTrue(all(line.endswith("\r\n") for line in self.lines()[:-1]))
        self.assertEqual(self.lines()[-1], "}")
        self.check(0)

    def test_one_comment_for_a_line(self):
        self.write("src/tick.c", TICK.replace("nap();", "nap(); doze();").replace("static", "void doze(void);\nstatic", 1))
        self.model({"doze": {"blocks": {"because": "sleeps", "cost": "sleep"}}})
        self.assertIn("suppressed 2 findings in 1 file", self.add(0).stderr)
        self.assertEqual("".join(self.lines()).count("asynclint:"), 1)
        self.check(0)

    def test_line_that_begins_within_something(self):
        """The comment goes to its end."""
        for body, line in (("/* one\n two */ nap();", " two */ nap(); /* asynclint: allow blocking-in-async: see issue 12 */\n"),
                           ('"a\\\nb", nap(); \\\n', 'b", nap();  /* asynclint: allow blocking-in-async: see issue 12 */ \\\n')):
            with self.subTest(body):
                self.write("src/tick.c", TICK.replace("nap();", body))
                self.add(0)
                self.assertIn(line, self.lines())
                self.check(0, "--strict")

    def test_macro_of_several_lines(self):
        macro = "#define NAP() do { \\\n\tnap(); \\\n\t} while (0)\nstatic void"
        self.write("src/tick.c", TICK.replace("static void", macro, 1).replace("\tnap();\n}", "\tNAP();\n}"))
        self.add(0)
        self.check(0, "--strict")

    def test_where_no_comment_can_stand(self):
        text = TICK.replace("nap();", "/* one\n two */ nap(); /* three\n */")
        self.write("src/tick.c", text)
        result = self.add(1)
        self.assertIn("src/tick.c:7: 'blocking-in-async' is not suppressed: its line begins and ends within", result.stderr)
        self.assertEqual("".join(self.lines()), text)

    def test_quotes_and_comments_before(self):
        head = "/* \"it's */ // ' \\\n \"\nchar quote = '\"', more = '\\''; const char *text = \"/* \\\" //\";\n"
        self.write("src/tick.c", head + TICK)
        self.add(0)
        self.check(0)

    def test_symbolic_link(self):
        link = self.root / "src/tick.c"
        link.rename(self.root / "src/real.c")
        link.symlink_to("real.c")
        self.add(0)
        self.assertTrue(link.is_symlink())
        self.assertIn("asynclint:", (self.root / "src/real.c").read_text())

    @unittest.skipIf(os.geteuid() == 0, "root may change any file")
    def test_file_that_cannot_be_changed(self):
        os.chmod(self.root / "src/tick.c", 0o444)
        self.assertIn("its file cannot be changed", self.add(1).stderr)

    def test_reason(self):
        for reason, message in (("", "is empty"), (" ", "is empty"), ("a\nb", "more than one line"), ("a */", "end the comment")):
            self.assertIn(message, self.check(2, "--add-allow", reason).stderr)

    def test_only_what_is_left(self):
        self.check(0, "--write-baseline", "b.json")
        self.assertIn("suppressed 0 findings", self.add(0, "--baseline", "b.json").stderr)
        self.assertEqual("".join(self.lines()), TICK)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
