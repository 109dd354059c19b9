#!/usr/bin/env python3
"""Reports in the formats of others, read by the programs they are for or by what checks for them. Everything that could break a format
is in one project: a file name of markup, control characters and bytes that are no UTF-8, a message and a line of source likewise.

SARIF has a script of its own, test_sarif.py.

Usage: test_formats.py ASYNCLINT SOURCE_DIR [test names]      (exit 77: node, tests/node/node_modules, xmllint or jsonschema is missing)
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from xml.etree import ElementTree

from test_cli import MODEL, SOURCE_DIR, TICK, Project, jsonschema

NODE_MODULES = SOURCE_DIR / "tests/node/node_modules"
GOLDEN = SOURCE_DIR / "fixtures/output"
FORMATS = ["text", "json", "sarif", "github", "gitlab", "rdjson", "checkstyle", "junit", "clangtidy"]

# No two bytes of it are of one kind.
HOSTILE_NAME = b"src/a b%,:;\"'&<]]>[x](y)\\\n\x1b[31m\xff\xe2\x82\xf0\x9f\x98\x80.c"
SHOWN_NAME = HOSTILE_NAME.decode("utf-8", "replace")
BECAUSE = "sleeps, \"so\" <&> ]]> 100%\r\n::error::no, {0} `x` [y](z)"

# The finding stands behind characters of two, three and four bytes, a byte that is none and two that begin one.
HOSTILE = b"""\
#include "ticker.h"

static void tick(void)
{
\t/* \xc3\xb6\xe5\x90\x8d\xf0\x9f\x98\x80\xff\xe2\x82 */ nap_at("\xf0\x9f\x98\x80");
}

void start_hostile(void)
{
\tticker_every(tick);
}
"""
HOSTILE_CALL = "nap_at(\"\N{GRINNING FACE}\")".encode()

# The same function with the same fault as in tick.c: the fingerprints must differ all the same.
TWIN = TICK.replace("start", "start_twin")

# Code Quality as docs.gitlab.com/ee/ci/testing/code_quality.html, "Implement a custom tool", has it; what GitLab ignores may be there.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^(/|\\./)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def missing_tools():
    tools = [] if shutil.which("node") and NODE_MODULES.is_dir() else ["node and what `npm ci --prefix tests/node` installs"]
    tools += [] if shutil.which("xmllint") else ["xmllint"]
    return tools + ([] if jsonschema else ["python3-jsonschema"])


def shown(text):
    """What is left of a text that must not drive a terminal."""
    return re.sub("[\x00-\x1f\x7f]", "?", text)


class Reports(Project):
    """A project in which much is wrong, and its reports in all formats."""

    def setUp(self):
        super().setUp()
        functions = {**MODEL["functions"], "nap_at": {"blocks": {"because": BECAUSE, "cost": "sleep"}}}
        self.write("models/ticker.json", json.dumps({**MODEL, "functions": functions}))
        self.write("src/ticker.h", (self.root / "src/ticker.h").read_text() + "void nap_at(const char *place);\n")
        (self.root / os.fsdecode(HOSTILE_NAME)).write_bytes(HOSTILE)
        self.write("src/twin.c", TWIN)
        self.write("src/other.c", "// asynclint: allow blocking-in-async: nothing is here\nvoid other(void)\n{\n}\n")
        self.write("src/broken.c", '#include "gone.h"\n')
        self.database("src/tick.c", "src/twin.c", "src/other.c", "src/broken.c", os.fsdecode(HOSTILE_NAME))

    def database(self, *files, where="build"):
        """Paths may be any bytes, which json.dumps() would not let through."""
        root = str(self.root)
        entries = [{"directory": root, "file": f, "arguments": ["cc", "-c", f]} for f in files]
        text = json.dumps(entries, ensure_ascii=False)
        (self.root / where).mkdir(exist_ok=True)
        (self.root / where / "compile_commands.json").write_bytes(os.fsencode(text))

    def reports(self, status=1, *arguments, **more):
        outputs = [argument for name in FORMATS for argument in ("-o", f"{name}={self.root / name}")]
        self.check(status, *outputs, *arguments, **more)
        reports = {name: (self.root / name).read_bytes() for name in FORMATS}
        self.truth = json.loads(reports["json"])
        return reports

    def node(self, program, *arguments, **more):
        result = subprocess.run(["node", program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr).decode())
        return result.stdout


class Everything(Reports):
    def test_the_sample_has_what_it_is_for(self):
        self.reports()
        self.assertEqual(len(self.truth["findings"]), 3)
        self.assertIn(SHOWN_NAME, [finding["location"]["file"] for finding in self.truth["findings"]])
        self.assertTrue(any(BECAUSE in finding["message"] for finding in self.truth["findings"]))
        self.assertTrue(self.truth["coverage"]["degraded"] and self.truth["coverage"]["unused_suppressions"])

    def test_reports_do_not_depend_on_where_and_how(self):
        reports = self.reports()
        for name, report in self.reports(1, "-p", "../build", "-j1", cwd="src").items():
            if name not in ("text", "rdjson"):  # which are relative to the working directory
                self.assertEqual(report, reports[name], name)

    def test_nothing_found(self):
        reports = self.reports(0, "src/other.c")
        self.assertEqual(reports["text"], b"")
        self.assertEqual(reports["github"], b"::notice title=asynclint::0 findings in 1 unit\n")
        self.assertEqual(json.loads(reports["gitlab"]), [])
        self.assertEqual(json.loads(reports["clangtidy"]), {"MainSourceFile": "", "Diagnostics": []})
        self.assertEqual(json.loads(reports["rdjson"])["diagnostics"], [])
        self.assertEqual(len(ElementTree.fromstring(reports["checkstyle"])), 0)
        cases = ElementTree.fromstring(reports["junit"]).findall(".//testcase")
        self.assertEqual([len(case) for case in cases], [0])  # one, and it has passed


class ClangTidy(Reports):
    """--export-fixes; clang's reader and the drivers read it in test_clang_tidy.py."""

    def test_places(self):
        diagnostics = json.loads(self.reports()["clangtidy"])["Diagnostics"]
        self.assertEqual([(d["DiagnosticName"], d["DiagnosticMessage"]["Message"]) for d in diagnostics],
                         [(f["rule"], f["message"]) for f in self.truth["findings"]])
        calls = []
        for message in (diagnostic["DiagnosticMessage"] for diagnostic in diagnostics):
            name = os.path.relpath(message["FilePath"], self.root)
            path = os.fsencode(self.root) + b"/" + (HOSTILE_NAME if name == SHOWN_NAME else os.fsencode(name))
            with open(path, "rb") as file:
                calls.append(file.read()[message["FileOffset"]:].split(b";")[0])
        self.assertEqual(sorted(calls), sorted([b"nap()", b"nap()", HOSTILE_CALL]))
        self.assertEqual([len(d["Notes"]) for d in diagnostics], [len(f["path"]) for f in self.truth["findings"]])


class Text(Reports):
    """CodeChecker's report-converter reads text as clang-tidy writes it: report_converter/analyzers/clang_tidy/parser.py takes a place
    ended by ": ", "error:" or "warning:", a message, and the checker in brackets; "note:" lines after it belong to it."""

    FINDING = re.compile(r"(?P<path>[^\t\n]+?):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): "
                         r"(?P<message>[^\n]+) \[(?P<rule>[^][]+)\]")
    NOTE = re.compile(r"(?P<path>[^\t\n]+?):(?P<line>\d+):(?P<column>\d+): note: (?P<message>[^\n]+)")

    def parsed(self, text):
        findings = []
        for line in text.splitlines():
            match = self.FINDING.fullmatch(line)
            if match:
                findings.append((match.group("path", "line", "column", "severity", "message", "rule"), []))
            else:
                self.assertTrue(findings, line)
                findings[-1][1].append(self.NOTE.fullmatch(line).group("path", "line", "column", "message"))
        return findings

    def test_as_clang_tidy(self):
        text = self.reports()["text"].decode("utf-8", "replace")
        expected = [((shown(f["location"]["file"]), str(f["location"]["line"]), str(f["location"]["column"]), f["severity"],
                      shown(f["message"]), f["rule"]),
                     [(shown(s["file"]), str(s["line"]), str(s["column"]), shown(s["message"])) for s in f["path"]])
                    for f in self.truth["findings"]]
        self.assertEqual(self.parsed(text), expected)


class GitHub(Reports):
    def command(self, finding):
        """What @actions/core is to be asked for, to say what asynclint says."""
        location = finding["location"]
        lines = [finding["message"], *(f"{step['file']}:{step['line']}: {step['message']}" for step in finding["path"])]
        return [finding["severity"], "\n".join(lines), {
            "title": finding["rule"], "file": location["file"], "startLine": location["line"], "endLine": location["end_line"],
            "startColumn": location["column"]}]

    def test_as_github_writes_it(self):
        first, *lines = self.reports()["github"].decode("utf-8", "replace").split("\n")
        self.assertTrue(first.startswith("::notice title=asynclint::3 findings (3 warnings) in 5 units; "), first)
        commands = json.dumps([self.command(finding) for finding in self.truth["findings"]]).replace("\\u001b", "?")
        expected = self.node(SOURCE_DIR / "tests/node/github_commands.js", input=commands.encode()).decode()
        self.assertEqual("\n".join(lines[:3]) + "\n", expected)
        degraded, suppression, end = lines[3:]
        self.assertEqual(degraded, "::warning title=unit parsed with errors,file=src/broken.c,line=1,endLine=1,col=10::"
                         "'gone.h' file not found")
        self.assertTrue(suppression.startswith("::warning title=suppression,file=src/other.c,line=1,endLine=1,col="), suppression)
        self.assertEqual(end, "")


class GitLab(Reports):
    def test_as_gitlab_reads_it(self):
        for report in (self.reports()["gitlab"], (GOLDEN / "report.gitlab.json").read_bytes()):
            issues = json.loads(report)
            jsonschema.validate(issues, GITLAB)
            self.assertEqual(len({issue["fingerprint"] for issue in issues}), len(issues))
            self.assertGreater(len(issues), 1)

    def test_it_holds_the_findings(self):
        issues = json.loads(self.reports()["gitlab"])
        self.assertEqual([(i["check_name"], i["fingerprint"], i["location"]["path"], i["location"]["lines"]["begin"]) for i in issues],
                         [(f["rule"], f["fingerprint"], f["location"]["file"], f["location"]["line"]) for f in self.truth["findings"]])
        hostile = next(issue for issue in issues if issue["location"]["path"] == SHOWN_NAME)
        self.assertEqual(hostile["description"], f"'nap_at' {BECAUSE} on the event loop of ticker (path: {SHOWN_NAME}:10)")
        self.assertEqual(hostile["severity"], "minor")


class Reviewdog(Reports):
    def validate(self, path):
        """With the JSON schema of reviewdog.proto, as strict as it gets."""
        self.node(NODE_MODULES / "@umbrelladocs/rdformat-validator/bin/rdformat-validator.js", "--strict", "--no-extra-fields", path)

    def test_as_reviewdog_reads_it(self):
        self.reports()
        self.validate(self.root / "rdjson")
        self.validate(GOLDEN / "report.rdjson")

    def test_columns_are_bytes(self):
        diagnostics = json.loads(self.reports()["rdjson"])["diagnostics"]
        self.assertEqual([d["code"]["value"] for d in diagnostics], [f["rule"] for f in self.truth["findings"]])
        location = next(d["location"] for d in diagnostics if d["location"]["path"] == SHOWN_NAME)
        start, end = location["range"]["start"], location["range"]["end"]
        line = HOSTILE.splitlines()[start["line"] - 1]
        self.assertEqual(line[start["column"] - 1:end["column"] - 1], HOSTILE_CALL)

    def test_paths_lead_from_the_working_directory(self):
        diagnostics = json.loads(self.reports(1, "-p", "../build", cwd="models")["rdjson"])["diagnostics"]
        self.assertIn("../src/tick.c", [d["location"]["path"] for d in diagnostics])
        step = diagnostics[0]["related_locations"][0]["location"]["path"]
        self.assertTrue((self.root / "models" / os.fsdecode(step.encode())).parent.samefile(self.root / "src"), step)


class Xml(Reports):
    def parse(self, path, schema):
        subprocess.run(["xmllint", "--noout", "--schema", SOURCE_DIR / "tests/data" / schema, path], check=True, capture_output=True)
        return ElementTree.parse(path).getroot()

    # XML 1.0 cannot hold what a terminal is driven with.
    NAME = SHOWN_NAME.replace("\x1b", "\N{REPLACEMENT CHARACTER}")

    def place(self, finding):
        return finding["location"]["file"].replace("\x1b", "\N{REPLACEMENT CHARACTER}"), str(finding["location"]["line"])

    def test_checkstyle(self):
        self.reports()
        root = self.parse(self.root / "checkstyle", "checkstyle.xsd")
        errors = [(file.get("name"), error.get("line"), error.get("source"), error.get("message").split("\nsrc/")[0])
                  for file in root for error in file]
        self.assertEqual(errors, [(*self.place(f), f"asynclint.{f['rule']}", f["message"]) for f in self.truth["findings"]])
        self.assertIn(self.NAME, [file.get("name") for file in root])
        root = self.parse(GOLDEN / "report.checkstyle.xml", "checkstyle.xsd")
        self.assertEqual({error.get("severity") for error in root.iter("error")}, {"error", "warning", "info"})

    def test_junit(self):
        self.reports()
        root = self.parse(self.root / "junit", "junit.xsd")
        cases = root.findall("testsuite/testcase")
        self.assertEqual([(case.get("classname"), case.get("name"), case.find("failure").get("type")) for case in cases],
                         [(self.place(f)[0], f"{f['rule']}: {f['message']}", f["rule"]) for f in self.truth["findings"]])
        self.assertEqual(dict(root.find("testsuite").items()),
                         {"name": "asynclint", "tests": "3", "failures": "3", "errors": "0", "skipped": "0"})
        self.assertIn("3 findings", root.find("testsuite/system-out").text)
        root = self.parse(GOLDEN / "report.junit.xml", "junit.xsd")
        self.assertEqual([case.get("classname") for case in root.iter("testcase") if case.find("error") is not None], ["slow.c"])
        self.assertEqual(root.get("errors"), "1")


if __name__ == "__main__":
    if missing_tools():
        print("skipped: there is no", ", ".join(missing_tools()))
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
