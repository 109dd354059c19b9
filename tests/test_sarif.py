#!/usr/bin/env python3
"""SARIF, judged by Microsoft's validator with GitHub's rules, and GitHub's line hash as the same program computes it.

Usage: test_sarif.py ASYNCLINT SOURCE_DIR [test names]      (exit 77: node's packages or git are missing)
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import unquote_to_bytes

from test_cli import SOURCE_DIR, TICK
from test_formats import GOLDEN, HOSTILE, HOSTILE_CALL, HOSTILE_NAME, NODE_MODULES, Reports, missing_tools

MULTITOOL = NODE_MODULES / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
RESULT = re.compile(r"^.*?\(\d+,\d+\): (error|warning|note) (\w+): (.*)$", re.M)

# What the validator says of every report, and why it stays so.
MEANT = [
    ("SARIF2002", ""),  # messages are whole sentences, not made of parts
    ("SARIF2006", "was not reachable"),  # the schema's address, without a network
    ("SARIF2009", "recommended format"),  # ids of rules are words, as suppressions name them
]
WITHOUT_SOURCES = [("SARIF2010", "'snippet'"), ("SARIF2011", "'contextRegion'")]

# Lines of all sorts; each `nap();` is a finding where it stands in a callback of its own.
FILLER = b"/* " + b"the same text follows both times, so that what GitHub looks at is equal as well " * 2 + b"*/\n"
LINES = [
    b"\xef\xbb\xbf#include \"ticker.h\"\r\n",
    *(b"static void tick%d(void) { nap(); }\n" % i + FILLER for i in range(2)),
    b"static void tick2(void)\r\n{\r\n  \t nap() ; \r\n}\r\r\n",
    b"static void tick3(void) { /* \xf0\x9f\x98\x80\xc3\xb6\xe5\x90\x8d \xff\xe2\x82\xc3( */ nap(); }\n",
    *(b"static void tick%d(void) {\n" % i + b"nap();\n" + FILLER + b"}\n" for i in range(4, 7)),
    b"void start(void)\n{\n" + b"".join(b"\tticker_every(tick%d);\n" % i for i in range(7)) + b"\tticker_every(last);\n}\n",
]
LAST_LINE = b"void ticker_every(void (*callback)(void)); static void last(void) { nap(); }"


def multitool(*arguments):
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}  # it would need libicu
    result = subprocess.run([MULTITOOL, *map(str, arguments)], capture_output=True, text=True, env=environment)
    if result.returncode:
        raise AssertionError(f"{arguments}: {result.stdout}{result.stderr}")
    return result.stdout


def places(run):
    """All locations in a run, wherever they stand."""
    if isinstance(run, dict):
        if "artifactLocation" in run:
            yield run
        for value in run.values():
            yield from places(value)
    elif isinstance(run, list):
        for value in run:
            yield from places(value)


class Sarif(Reports):
    def sarif(self, status=1, *arguments, **more):
        reports = self.reports(status, *arguments, **more)
        self.run_ = json.loads(reports["sarif"])["runs"][0]
        return reports["sarif"]

    def assert_valid(self, path, meant):
        """No error, no warning, and no note that is not meant."""
        said = multitool("validate", path, "--rule-kind", "Sarif;Gh", "--level", "Error;Warning;Note", "-o", self.root / "validation",
                         "--log", "ForceOverwrite")
        self.assertIn("Analysis completed successfully.", said)
        found = RESULT.findall(said)
        self.assertTrue(any(rule == "SARIF2009" for _, rule, _ in found), said)  # it did look
        wrong = [result for result in found if not any(result[1] == rule and text in result[2] for rule, text in meant)]
        self.assertEqual(wrong, [])

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, "-c", "user.name=me", "-c", "user.email=me@example.org", *arguments],
                       check=True, capture_output=True)

    def repository(self):
        shutil.rmtree(self.root / ".git")
        self.git("init", "-q", "-b", "trunk")
        self.git("add", "src")
        self.git("commit", "-q", "-m", "first")
        self.git("remote", "add", "origin", "https://me:secret@example.org/me/ticker.git")


class Validity(Sarif):
    def test_hostile(self):
        self.repository()
        self.write("hostile.sarif", self.sarif())
        self.assert_valid(self.root / "hostile.sarif", MEANT)
        address = self.run_["tool"]["driver"]["rules"][0]["helpUri"]
        self.assertTrue(address.endswith("/blocking-in-async.md"), address)
        if address.startswith("file://"):  # built without ASYNCLINT_HOMEPAGE
            self.assertIn("## What it does", Path(unquote_to_bytes(address[7:]).decode()).read_text())

    def test_with_a_homepage_and_all_there_can_be(self):
        self.assert_valid(GOLDEN / "report.sarif", MEANT + WITHOUT_SOURCES)
        rule = json.loads((GOLDEN / "report.sarif").read_bytes())["runs"][0]["tool"]["driver"]["rules"][0]
        self.assertEqual(rule["helpUri"], "https://example.org/asynclint/rules/bridge-deadlock.md")

    def test_schema_is_enforced(self):
        """The validator would say so if it were not valid."""
        self.sarif()
        self.write("broken.sarif", (self.root / "sarif").read_text().replace('"startLine": ', '"startLine": -', 1))
        with self.assertRaisesRegex(AssertionError, "startLine"):
            self.assert_valid(self.root / "broken.sarif", MEANT)


class Content(Sarif):
    def test_findings(self):
        self.sarif()
        rules = self.run_["tool"]["driver"]["rules"]
        self.assertEqual([rule["id"] for rule in rules], ["blocking-in-async"])  # those that ran
        results = self.run_["results"]
        self.assertEqual([(rules[r["ruleIndex"]]["id"], r["ruleId"], r["level"], r["partialFingerprints"]["asynclint/v1"]) for r in results],
                         [(f["rule"], f["rule"], f["severity"], f["fingerprint"]) for f in self.truth["findings"]])
        tick = next(r for r in results if r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/tick.c")
        self.assertEqual(tick["message"]["text"], "'nap' sleeps on the event loop of ticker. "
                         "Path: ['tick' is registered by 'ticker_every' to run on the event loop of ticker](1).")
        self.assertEqual([related["id"] for related in tick["relatedLocations"]], [1])
        place = tick["locations"][0]
        self.assertEqual(place["physicalLocation"]["region"], {"startLine": 6, "startColumn": 2, "endLine": 6, "endColumn": 7,
                                                               "snippet": {"text": "nap()"}})
        self.assertEqual(place["physicalLocation"]["contextRegion"]["snippet"]["text"], "\n".join(TICK.splitlines()[3:8]))
        self.assertEqual(place["logicalLocations"][0]["fullyQualifiedName"], "tick")

    def test_path_is_in_the_order_of_execution(self):
        self.write("src/tick.c", TICK.replace("\tnap();", "\tdeep();").replace("static void tick", "void deep(void)\n{\n\tnap();\n}\n\n"
                                                                                   "static void tick"))
        self.sarif()
        flows = {flow[-1]["location"]["physicalLocation"]["artifactLocation"]["uri"]: flow
                 for flow in (result["codeFlows"][0]["threadFlows"][0]["locations"] for result in self.run_["results"])}
        told = [(step["location"]["message"]["text"], step["location"]["physicalLocation"]["region"]["startLine"], step["nestingLevel"])
                for step in flows["src/tick.c"]]
        self.assertEqual(told, [
            ("'tick' is registered by 'ticker_every' to run on the event loop of ticker.", 16, 0),
            ("'tick' calls 'deep'.", 11, 1),
            ("'nap' sleeps on the event loop of ticker.", 5, 2)])

    def test_rules_explain_themselves(self):
        self.check(1, "--rules", "all", "-o", f"sarif={self.root / 'sarif'}")
        driver = json.loads((self.root / "sarif").read_bytes())["runs"][0]
        families = [family["id"] for family in driver["taxonomies"][0]["taxa"]]
        rules = driver["tool"]["driver"]["rules"]
        listed = json.loads(self.run_for(0, "rules", "--format", "json").stdout)
        self.assertEqual([rule["id"] for rule in rules], [rule["id"] for rule in listed])
        for rule, data in zip(rules, listed):
            document = (SOURCE_DIR / f"rules/{data['id']}.md").read_text()
            self.assertEqual(rule["help"]["markdown"], re.sub(r"\[([^]]*)\]\([^)]*\.md\)", r"\1", document))
            paragraph = document.split("## What it does\n\n")[1].split("\n\n")[0].replace("\n", " ")
            self.assertEqual(rule["fullDescription"]["text"], re.sub(r"\[([^]]*)\]\([^)]*\.md\)", r"\1", paragraph))
            self.assertLessEqual(len(rule["fullDescription"]["text"]), 1024)  # GitHub's limit
            self.assertEqual(rule["name"].lower(), data["id"].replace("-", ""))
            self.assertEqual(rule["properties"]["precision"], "high" if data["status"] == "default" else "medium")
            self.assertEqual(rule["defaultConfiguration"]["enabled"], data["status"] == "default")
            target = rule["relationships"][0]["target"]
            self.assertEqual((target["id"], families[target["index"]]), (data["family"], data["family"]))

    def test_what_was_not_understood(self):
        self.sarif()
        invocation = self.run_["invocations"][0]
        self.assertEqual((invocation["executionSuccessful"], invocation["exitCode"]), (True, 1))
        told = [(n["descriptor"]["id"], n["level"], n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
                for n in invocation["toolExecutionNotifications"]]
        self.assertEqual(told, [("degraded-unit", "warning", "src/broken.c"), ("unused-suppression", "warning", "src/other.c")])
        self.sarif(2, "--strict")
        invocation = self.run_["invocations"][0]
        self.assertEqual((invocation["executionSuccessful"], invocation["exitCode"]), (False, 2))

    def test_paths_and_columns(self):
        self.sarif()
        root = self.run_["originalUriBaseIds"]["SRCROOT"]["uri"]
        self.assertEqual(root, f"file://{self.root}/")
        for place in places(self.run_):
            artifact = place["artifactLocation"]
            self.assertEqual(artifact["uriBaseId"], "SRCROOT")
            self.assertTrue((self.root / os.fsdecode(unquote_to_bytes(artifact["uri"]))).exists(), artifact)
        self.assertEqual(self.run_["columnKind"], "utf16CodeUnits")
        hostile = [place for place in places(self.run_["results"])
                   if unquote_to_bytes(place["artifactLocation"]["uri"]) == HOSTILE_NAME and place["region"]["startLine"] == 5]
        self.assertGreater(len(hostile), 1)  # the finding, and a step of its path
        units = HOSTILE.splitlines()[4].decode("utf-8", "replace").encode("utf-16-le")
        for place in hostile:
            region = place["region"]
            text = units[2 * region["startColumn"] - 2:2 * region["endColumn"] - 2].decode("utf-16-le")
            self.assertEqual(text, HOSTILE_CALL.decode())

    def test_another_checkout_differs_by_its_place_only(self):
        report = self.sarif()
        moved = self.root.with_name(self.root.name + "-moved")
        shutil.copytree(self.root, moved)
        self.addCleanup(shutil.rmtree, moved)
        before, self.root = self.root, moved
        self.database("src/tick.c", "src/twin.c", "src/other.c", "src/broken.c", os.fsdecode(HOSTILE_NAME))
        self.assertEqual(self.sarif().replace(str(moved).encode(), str(before).encode()), report)

    def test_version_control(self):
        self.sarif()
        self.assertNotIn("versionControlProvenance", self.run_)  # .git is no repository here
        self.repository()
        self.assertNotIn(b"secret", self.sarif())
        head = subprocess.run(["git", "-C", self.root, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(self.run_["versionControlProvenance"], [{
            "repositoryUri": "https://example.org/me/ticker.git", "revisionId": head, "branch": "trunk",
            "mappedTo": {"uriBaseId": "SRCROOT"}}])
        self.git("checkout", "-q", "--detach")
        self.sarif()
        self.assertNotIn("branch", self.run_["versionControlProvenance"][0])


class LineHash(Sarif):
    def setUp(self):
        super().setUp()
        (self.root / "src/lines.c").write_bytes(b"".join(LINES[:-1]) + LAST_LINE.replace(b"void t", b"\nvoid t", 1) + b"\n" + LINES[-1])
        (self.root / "src/end.c").write_bytes(LINES[0] + b"void start_end(void);\n" + b"static void last(void);\nvoid start_end(void)\n"
                                              b"{ ticker_every(last); }\n" + LAST_LINE)
        (self.root / "src/short.c").write_bytes(b'#include "ticker.h"\nstatic void t(void){nap();}void s(void){ticker_every(t);}')
        self.database("src/lines.c", "src/end.c", "src/short.c", "src/tick.c")

    def test_as_github_computes_it(self):
        """The validator's program has GitHub's algorithm too: src/Sarif/HashUtilities.cs in github.com/microsoft/sarif-sdk."""
        document = json.loads(self.sarif())
        ours = [result["partialFingerprints"].pop("primaryLocationLineHash") for result in document["runs"][0]["results"]]
        self.write("bare.sarif", json.dumps(document))
        multitool("rewrite", self.root / "bare.sarif", "-o", self.root / "hashed.sarif", "--insert", "RollingHashPartialFingerprints")
        results = json.loads((self.root / "hashed.sarif").read_text(encoding="utf-8-sig"))["runs"][0]["results"]
        self.assertEqual(ours, [result["partialFingerprints"]["primaryLocationLineHash"] for result in results])
        self.assertEqual(len(ours), 11)
        self.assertTrue(any(hash_.endswith(":2") for hash_ in ours), ours)


if __name__ == "__main__":
    missing = missing_tools() + ([] if shutil.which("git") else ["git"])
    if missing:
        print("skipped: there is no", ", ".join(missing))
        sys.exit(77)
    MULTITOOL.chmod(0o755)  # npm leaves that to a script, which is not run
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
