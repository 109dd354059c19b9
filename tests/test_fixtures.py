#!/usr/bin/env python3
"""Runs asynclint over the fixtures and compares what it finds with what they expect, strictly both ways.

usage: test_fixtures.py ASYNCLINT SOURCE_DIR [--only SUBSTRING] [--show]

A case is a file fixtures/<folder>/<case>.c, a folder of files fixtures/<folder>/<case>/, or a folder with a
compile_commands.json of its own. Expectations stand on the line of the finding:

    uv_run(loop, mode);  // want rule-id "regex"          the finding must be there; the regex is searched in its message
    uv_run(loop, mode);  // todo-want rule-id "regex"     a known miss: must not be there until it is promoted to want
    // no-models: same                                    somewhere in the case: the findings need no library model

Every other finding fails the case, and so does a unit that is not parsed cleanly. A case is then run again over saved
facts, with its files in reverse order, and without library models.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Folders of fixtures/ that other tests use.
OTHER = {"include", "models", "output"}
REPORT = ["--rules", "all", "--format", "json", "--quiet", "--root", "."]
EXPECTATION = re.compile(r'// (todo-want|want) ([a-z-]+) "((?:[^"\\]|\\.)*)"')
EXPECTATION_START = re.compile(r"// ?(?:todo-)?want\b")

# `sources` are the files whose comments speak of the case; `arguments` is None if its database says how it is compiled.
Case = collections.namedtuple("Case", "name root files sources arguments")
Expectation = collections.namedtuple("Expectation", "kind rule regex file line")


class Failure(Exception):
    """What is wrong with a case, as lines for the reader."""


def folder_case(name, folder, arguments):
    files = [path.name for path in sorted(folder.glob("*.c"))]
    return Case(name, folder, files, sorted(folder.glob("*.[ch]")), arguments)


def discover(fixtures):
    flags = ["-std=gnu17", "-D_GNU_SOURCE", f"-I{fixtures / 'include'}"]
    for folder in sorted(path for path in fixtures.iterdir() if path.is_dir() and path.name not in OTHER):
        if (folder / "compile_commands.json").exists():
            yield folder_case(folder.name, folder, None)
            continue
        for entry in sorted(folder.iterdir()):
            name = f"{folder.name}/{entry.name}"
            if entry.is_dir():
                yield folder_case(name, entry, [*flags, f"-I{entry}"])
            elif entry.suffix == ".c":
                yield Case(name, folder, [entry.name], [entry], [*flags, f"-I{folder}"])


def read_expectations(case):
    expectations = []
    for path in case.sources:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = EXPECTATION.findall(line)
            if len(found) != len(EXPECTATION_START.findall(line)):
                raise Failure(f'{path.name}:{number}: not of the form // want rule-id "regex"')
            expectations += [Expectation(*match, path.name, number) for match in found]
    return expectations


def run(arguments, root):
    """Returns the JSON report that asynclint prints."""
    result = subprocess.run(arguments, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    if result.returncode not in (0, 1):
        raise Failure(f"exit status {result.returncode}: {' '.join(arguments)}\n{result.stderr.rstrip()}")
    try:
        report = json.loads(result.stdout)
    except ValueError as error:
        raise Failure(f"no JSON report ({error}): {' '.join(arguments)}\n{result.stderr.rstrip()}") from error
    if (result.returncode == 1) != bool(report["findings"]):
        raise Failure(f"exit status {result.returncode} with {len(report['findings'])} findings")
    return report


def how_compiled(case):
    """Options and trailing arguments that say how the case's units are compiled."""
    return (["-p", "."], []) if case.arguments is None else ([], ["--", *case.arguments])


def check(asynclint, case, files, *options):
    database, compiler = how_compiled(case)
    return run([asynclint, "check", *REPORT, *database, *options, *files, *compiler], case.root)


def check_by_facts(asynclint, case):
    database, compiler = how_compiled(case)
    with tempfile.TemporaryDirectory() as folder:
        saved = [f"{folder}/{file}.facts" for file in case.files]
        for file, facts in zip(case.files, saved):
            command = [asynclint, "facts", file, "-o", facts, "--root", ".", *database, *compiler]
            result = subprocess.run(command, cwd=case.root, capture_output=True, text=True, timeout=120, check=False)
            if result.returncode != 0:
                raise Failure(f"facts of {file}: exit status {result.returncode}\n{result.stderr.rstrip()}")
        return run([asynclint, "join", *REPORT, *saved], case.root)


def describe(finding):
    location = finding["location"]
    return f"{location['file']}:{location['line']}: {finding['rule']}: {finding['message']}"


def meets(finding, expectation):
    location = finding["location"]
    return ((location["file"], location["line"], finding["rule"]) ==
            (expectation.file, expectation.line, expectation.rule) and
            re.search(expectation.regex, finding["message"]))


def compare(report, expectations):
    findings = list(report["findings"])
    wrong = []
    for expectation in sorted(expectations, key=lambda e: e.kind != "want"):
        text = f'{expectation.file}:{expectation.line}: {expectation.rule} "{expectation.regex}"'
        found = next((finding for finding in findings if meets(finding, expectation)), None)
        if found is not None:
            findings.remove(found)
        if expectation.kind == "want" and found is None:
            wrong.append(f"missing     {text}")
        if expectation.kind == "todo-want" and found is not None:
            wrong.append(f"found now   {text}: promote todo-want to want")
    wrong += [f"unexpected  {describe(finding)}" for finding in findings]
    for trouble in ("degraded", "failed"):
        wrong += [f"{trouble:11} {note['file']}: {note['message']}" for note in report["coverage"][trouble]]
    if wrong:
        raise Failure("\n".join(wrong))


def compare_reports(what, report, other):
    if report == other:
        return
    before = {describe(finding) for finding in report["findings"]}
    after = {describe(finding) for finding in other["findings"]}
    difference = [f"- {text}" for text in sorted(before - after)] + [f"+ {text}" for text in sorted(after - before)]
    raise Failure("\n".join([f"another report {what}", *(difference or ["the findings' details or the coverage differ"])]))


def show(report):
    lines = []
    for finding in report["findings"]:
        lines.append(f"    {finding['severity']}: {describe(finding)}")
        lines += [f"        {step['file']}:{step['line']}: {step['message']}" for step in finding["path"]]
        lines += [f"        help: {finding['help']}"] if finding["help"] else []
    return lines


def run_case(asynclint, case, verbose):
    """Returns whether the case passed, and what to print."""
    lines = []
    try:
        expectations = read_expectations(case)
        report = check(asynclint, case, case.files)
        if verbose:
            lines += show(report)
        compare(report, expectations)
        compare_reports("over saved facts", report, check_by_facts(asynclint, case))
        if len(case.files) > 1:
            compare_reports("with the files in reverse order", report, check(asynclint, case, case.files[::-1]))
        bare = check(asynclint, case, case.files, "--no-models")
        if any("// no-models: same" in path.read_text() for path in case.sources):
            compare(bare, expectations)
        else:
            compare(bare, [])
    except Failure as failure:
        return False, lines + [f"    {line}" for line in str(failure).splitlines()]
    except subprocess.TimeoutExpired as timeout:
        return False, lines + [f"    no end after {timeout.timeout} seconds: {' '.join(timeout.cmd)}"]
    return True, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("asynclint")
    parser.add_argument("source_dir", type=pathlib.Path)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--show", action="store_true", help="print the findings of every case")
    options = parser.parse_args()

    asynclint = str(pathlib.Path(options.asynclint).resolve())
    cases = [case for case in discover(options.source_dir.resolve() / "fixtures") if options.only in case.name]
    if not cases:
        sys.exit(f"no case has '{options.only}' in its name")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(lambda case: run_case(asynclint, case, options.show), cases)
        for case, (passed, lines) in zip(cases, outcomes):
            failed += not passed
            if lines or not passed:
                print(f"{'ok  ' if passed else 'FAIL'} {case.name}", *lines, sep="\n")
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
