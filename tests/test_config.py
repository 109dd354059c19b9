#!/usr/bin/env python3
"""The config: .asynclint.json, where it is looked for, what it decides, and how its mistakes are told.

Usage: test_config.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import re
import sys
import unittest

import jsonschema

from test_cli import BROKEN, FINDING, SOURCE_DIR, TICK, Project

SCHEMA = json.loads((SOURCE_DIR / "docs/config.schema.json").read_text())
OTHER_TICK = TICK.replace("void start(", "void start_other(")


class Configured(Project):
    def config(self, text, name=".asynclint.json"):
        """Writes a config. One that is given as an object has to follow the schema, too."""
        if not isinstance(text, str):
            jsonschema.validate(text, SCHEMA)
            text = json.dumps({"models": ["models"], **text} if name == ".asynclint.json" else text, indent=1)
        self.write(name, text)

    def lint(self, status, *arguments, **more):
        """Without the --models of check(): the config has them."""
        return self.run_for(status, "-p", str(self.root / "build"), *arguments, **more)

    def found(self, *arguments, **more):
        """The places of the findings, by (file, rule)."""
        text = self.start("-p", str(self.root / "build"), *arguments, **more).stdout
        return {(m[1], m[2]) for m in re.finditer(r"^(\S+?):\d+:\d+: (?:warning|error): .*\[(.+)\]$", text, re.M)}

    def refused(self, place, message):
        result = self.lint(2)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith(f"error: {self.root}/{place}: "), result.stderr)
        self.assertIn(message, result.stderr)


class Lookup(Configured):
    def test_nearest_upward_and_none(self):
        self.assertEqual(self.found(), set())
        self.config({})
        self.assertEqual(self.found(), {("src/tick.c", "blocking-in-async")})
        self.assertEqual(self.found(cwd="src"), {("tick.c", "blocking-in-async")})
        self.assertEqual(self.found("--no-config"), set())
        self.config({"models": ["../models"], "rules": ["-block"]}, "src/.asynclint.json")
        self.assertEqual(self.found(cwd="src"), set())
        self.assertEqual(self.found("src/tick.c"), set(), "the nearest one of the file that is named")

    def test_from_elsewhere(self):
        self.config({})
        self.lint(1, cwd="/")

    def test_named(self):
        self.config({"models": ["../models"]}, "ci/lint.json")
        self.config({"rules": ["-all"]})
        self.assertEqual(self.found("--config", "ci/lint.json"), {("src/tick.c", "blocking-in-async")})
        self.assertIn("nowhere.json: cannot read", self.lint(2, "--config", "nowhere.json").stderr)

    def test_comments_and_a_utf8_mark_in_a_string(self):
        self.config('// one\n{ /* two\n lines */ "models": ["models"], // "rules": ["-all"]\n "rules": ["-mode"] }\n')
        self.assertTrue(self.lint(1).stdout.startswith(FINDING))

    def test_extends(self):
        self.config({"models": ["../models"], "rules": ["-block"], "fail-on": "never"}, "base/a.json")
        self.config({"extends": "base/a.json", "rules": ["loop-reentry"]})
        self.assertEqual(self.lint(0).stdout, "")
        self.config({"extends": ["base/a.json"], "rules": ["blocking-in-async"], "fail-on": "warning"})
        self.lint(1)
        read = json.loads(self.lint(0, "--print-config").stdout)["read"]
        self.assertEqual(read, [f"{self.root}/base/a.json", f"{self.root}/.asynclint.json"])

    def test_extends_itself(self):
        self.config({"extends": "b.json"})
        self.config('{\n "extends":\n  ".asynclint.json"}', "b.json")
        self.refused("b.json:3:3", "extends itself")

    def test_database_and_arguments(self):
        self.database("src/tick.c", where="out/deep")
        self.config({"database": "out/deep", "extra-arg": ["-DX=1"]})
        self.assertIn(f"{self.root}/out/deep", self.run_for(1, "-v").stderr)
        printed = json.loads(self.lint(0, "--print-config").stdout)
        self.assertEqual((printed["database"], printed["extra-arg"]), (f"{self.root}/build", ["-DX=1"]))


class Rules(Configured):
    def setUp(self):
        super().setUp()
        self.write("demo/tick.c", OTHER_TICK.replace("ticker.h", "../src/ticker.h"))
        self.database("src/tick.c", "src/other.c", "demo/tick.c")

    def test_rules_and_command_line(self):
        both = {("src/tick.c", "blocking-in-async"), ("demo/tick.c", "blocking-in-async")}
        self.config({"rules": ["-loop"]})
        self.assertEqual(self.found(), both)
        self.config({"rules": ["-block"]})
        self.assertEqual(self.found(), set())
        self.assertEqual(self.found("--rules", "block"), both)
        self.config({"rules": ["blocking-in-async"]})
        self.assertEqual(self.found("--rules", "-blocking-in-async", "--rules", "loop-reentry"), set())

    def test_paths(self):
        self.config({"paths": [{"files": ["demo/"], "rules": ["-block"]}]})
        self.assertEqual(self.found(), {("src/tick.c", "blocking-in-async")})
        self.config({"rules": ["-block"], "paths": [{"files": ["demo/**"], "rules": ["blocking-in-async"]}]})
        self.assertEqual(self.found(), {("demo/tick.c", "blocking-in-async")})
        self.assertEqual(self.found("--rules", "loop"), set(), "what the command line leaves out stays out")
        self.assertEqual(self.found("--rules", "-blocking-in-async"), set())
        self.assertEqual(self.found("--rules", "-loop"), {("demo/tick.c", "blocking-in-async")}, "and nothing else")

    def test_severity(self):
        self.config({"severity": {"block": "error"}, "paths": [{"files": ["demo/"], "severity": {"all": "advice"}}]})
        text = self.lint(1).stdout
        self.assertIn("src/tick.c:6:2: error: ", text)
        self.assertIn("demo/tick.c:6:2: note: ", text)
        self.lint(1, "--fail-on", "error")
        self.config({"severity": {"block": "warning"}, "fail-on": "error"})
        self.lint(0)
        self.lint(1, "--fail-on", "warning")
        self.lint(1, "--warnings-as-errors", "block")
        self.lint(0, "--warnings-as-errors", "loop")
        self.config({"severity": {"block": "error"}})
        self.lint(0, "--exit-zero")

    def test_suppression_stays_used(self):
        self.write("demo/tick.c", OTHER_TICK.replace("ticker.h", "../src/ticker.h").replace(
            "\tnap();", "\tnap(); // asynclint: allow blocking-in-async: it is a test"))
        self.config({"paths": [{"files": ["demo/"], "rules": ["-block"]}]})
        self.assertNotIn("suppress", self.lint(1).stderr)


class Exclusion(Configured):
    def setUp(self):
        super().setUp()
        self.write("deps/x/tick.c", OTHER_TICK.replace("ticker.h", "../../src/ticker.h"))
        self.database("src/tick.c", "deps/x/tick.c")

    def test_exclude(self):
        self.config({"exclude": ["deps/"]})
        result = self.lint(1, "-v")
        self.assertEqual(self.found(), {("src/tick.c", "blocking-in-async")})
        self.assertIn("excluded: 1 of 2 units", result.stderr)
        self.assertIn(" in 1 unit\n", result.stderr)
        self.write("deps/x/tick.c", BROKEN)
        self.lint(1, "--strict", "--rules", "block")

    def test_named_although_excluded(self):
        self.config({"exclude": ["deps/"]})
        self.assertEqual(self.found("deps/x/tick.c"), {("deps/x/tick.c", "blocking-in-async")})
        result = self.lint(0, "--force-exclude", "deps/x/tick.c")
        self.assertIn("all that is named is excluded", result.stderr)
        self.assertEqual(self.found("--force-exclude", "deps/x/tick.c", "src/tick.c"),
                         {("src/tick.c", "blocking-in-async")})

    def test_option(self):
        self.config({})
        self.assertEqual(self.found("--exclude", "src"), {("deps/x/tick.c", "blocking-in-async")})
        self.assertIn("is excluded", self.lint(2, "--exclude", "*.c").stderr)
        for pattern, message in (("!x", "cannot be negated"), ("../x", "cannot lead out"), ("", "is empty")):
            self.assertIn(f"the pattern '{pattern}' of '--exclude' {message}", self.lint(2, "--exclude", pattern).stderr)

    def test_vendored_is_read(self):
        self.write("deps/x/tick.c", '#include "../../src/ticker.h"\nvoid doze(void)\n{\n\tnap();\n}\n')
        self.write("src/tick.c", TICK.replace("nap();", "doze();").replace("static", "void doze(void);\nstatic", 1))
        self.config({})
        self.assertEqual(self.found(), {("deps/x/tick.c", "blocking-in-async")})
        self.config({"vendored": ["deps/"]})
        self.assertEqual(self.found(), set())
        self.assertIn(" in 2 units", self.lint(0).stderr)

    def test_vendored_may_fail(self):
        self.database("src/tick.c", "deps/gone.c")
        self.config({})
        self.lint(2)
        self.config({"vendored": ["deps/*.c"]})
        self.assertRegex(self.lint(1).stderr, r"^warning: .*deps/gone\.c")

    def test_many_asterisks_cost_no_more_than_one(self):
        deep = "d/" * 100 + "tick.c"
        self.write(deep, "int x;\n")
        for end, state in (("none", "checked"), ("*.c", "excluded")):
            self.config({"exclude": ["**/d/" * 12 + end]})
            self.assertEqual(json.loads(self.lint(0, "--print-config", deep).stdout)["state"], state)

    def test_patterns(self):
        cases = {"tick.c": True, "x": True, "x/": True, "tick.c/": False, "deps": True, "deps/*": True,
                 "deps/*.c": False, "deps/**/tick.c": True, "**/x/*.c": True, "*/tick.c": False, "d?ps": True,
                 "./deps/x": True, "[c-e]eps/": True, "ick.c": False, "deps/x/tick.c/": False, "src/../deps": False}
        for pattern, excluded in cases.items():
            with self.subTest(pattern):
                self.config({"exclude": [pattern]})
                state = json.loads(self.lint(0, "--print-config", "deps/x/tick.c").stdout)["state"]
                self.assertEqual(state, "excluded" if excluded else "checked")


class Mistakes(Configured):
    def test_place_of_each(self):
        cases = [
            ('{"rules": ["-mode"],\n}', "2:2", "not valid JSON"),
            ('{"rules": ["-mode"]} x', "1:22", "not valid JSON"),
            ('\n[]', "2:1", "an object is expected"),
            ('{\n "rulez": []}', "2:11", "unknown key 'rulez'; known are '$schema', 'extends', 'rules', "),
            ('{\n "rules": "mode"}', "2:11", "'rules' is a list of strings"),
            ('{"rules": ["mode",\n  "hiden-loop"]}', "2:3", "did you mean 'hidden-loop'"),
            ('{"a\\"b": 1}', "1:10", "unknown key"),
            ('{"preview": 1}', "1:13", "true or false"),
            ('{"severity": {"mode": "loud"}}', "1:23", "\"advice\", \"warning\" or \"error\""),
            ('{"severity": {"moode": "error"}}', "1:24", "unknown rule 'moode'"),
            ('{"paths": [{"rules": ["mode"]}]}', "1:12", "says in 'files'"),
            ('{"paths": [{"files": ["a"], "rule": []}]}', "1:37", "known are 'files', 'rules', 'severity'"),
            ('{"exclude": ["!a"]}', "1:14", "cannot be negated"),
            ('{"exclude": ["a", "/b"]}', "1:19", "cannot lead out of its directory"),
            ('{"cost": ["disc"]}', "1:11", "unknown cost 'disc'; known are"),
            ('{"fail-on": "always"}', "1:13", "\"never\""),
            ('{"extends": "gone.json"}', "1:13", "cannot open"),
            ('{"extends": 3}', "1:13", "a list of strings"),
            ('{"baseline": ""}', "1:14", "is a path"),
        ]
        for text, place, message in cases:
            with self.subTest(text):
                self.config(text)
                self.refused(f".asynclint.json:{place}", message)

    def test_mistake_in_what_is_extended(self):
        self.config('{"rules": 1}', "base.json")
        self.config({"extends": "base.json"})
        self.refused("base.json:1:11", "list of strings")

    def test_hostile(self):
        for text, place in (("[" * 100000, ""), ('{"rules": [' + '"mode",' * 100000, ""), ("\0", ""), ("", "")):
            with self.subTest(text[:20]):
                self.config(text)
                self.assertRegex(self.lint(2).stderr, r"^error: \S+/\.asynclint\.json:\d+:\d+: not valid JSON\n$")

    def test_keys_are_those_of_the_schema(self):
        self.config('{"x": 1}')
        known = set(re.findall(r"'([^']+)'", self.lint(2).stderr.split("known are")[1]))
        self.assertEqual(known, set(SCHEMA["properties"]))
        document = (SOURCE_DIR / "docs/config.md").read_text()
        self.assertEqual(set(re.findall(r"^\| `([a-z-]+)` \|", document, re.M)) | {"$schema"}, known)

    def test_costs_are_those_of_the_schema(self):
        self.config('{"cost": ["x"]}')
        known = self.lint(2).stderr.strip().split("known are ")[1].split(", ")
        self.assertEqual(set(known), set(SCHEMA["properties"]["cost"]["items"]["enum"]))


class Printed(Configured):
    def test_print_config(self):
        self.config({"severity": {"blocking-in-async": "advice"}, "paths": [{"files": ["src/"], "rules": ["-loop"]}],
                     "vendored": ["deps/"], "cost": ["disk"], "baseline": "b.json", "strict": True})
        everywhere = json.loads(self.lint(0, "--print-config").stdout)
        here = json.loads(self.lint(0, "--print-config", "src/tick.c").stdout)
        self.assertEqual(everywhere["rules"]["blocking-in-async"], "advice")
        self.assertEqual(set(everywhere["rules"]) - set(here["rules"]) >= {"nested-loop", "hidden-loop"}, True)
        self.assertEqual((here["file"], here["state"]), (f"{self.root}/src/tick.c", "checked"))
        self.assertEqual(here["vendored"], [{"pattern": "deps/", "in": str(self.root)}])
        self.assertIn("disk", here["cost"])
        self.assertEqual((here["baseline"], here["strict"]), (f"{self.root}/b.json", True))
        self.assertIn("cannot open 'gone.c'", self.lint(2, "--print-config", "gone.c").stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
