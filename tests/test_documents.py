#!/usr/bin/env python3
"""The documents' examples are tests: what "Example" shows is found by its rule, what "Use instead" shows is clean under every rule.

Usage: test_documents.py ASYNCLINT SOURCE_DIR      (exit 77: the headers of the libraries are not installed)
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

LIBRARIES = ["libuv", "gio-2.0", "libevent", "hiredis"]


def compiler_flags():
    found = subprocess.run(["pkg-config", "--cflags", *LIBRARIES], capture_output=True, text=True)
    if found.returncode != 0:
        print("skipped:", found.stderr.strip())
        sys.exit(77)
    return ["-std=c17", "-D_GNU_SOURCE", *found.stdout.split()]


def programs(document, heading):
    """The C blocks under a heading that are whole programs: the one that shows a suppression is not."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", document, re.M | re.S)
    blocks = re.findall(r"^```c\n(.*?)^```$", section.group(1), re.M | re.S) if section else []
    return [block for block in blocks if "#include" in block]


def findings(asynclint, source, rules, flags):
    command = [asynclint, "check", "--rules", rules, "--format", "json", "--root", source.parent, source, "--", *flags]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"exit status {run.returncode}: {run.stderr.strip()}")
    report = json.loads(run.stdout)
    if report["coverage"]["degraded"]:
        raise RuntimeError(f"does not compile: {report['coverage']['degraded']}")
    return report["findings"]


def check(asynclint, document_path, directory, flags):
    """Returns what is wrong with one document, as text."""
    rule = document_path.stem
    document = document_path.read_text()
    wrong = []
    for heading, rules in (("Example", rule), ("Use instead", "all")):
        blocks = programs(document, heading)
        if not blocks:
            wrong.append(f"no program under '{heading}'")
        for block in blocks:
            source = pathlib.Path(directory, f"{rule}.c")
            source.write_text(block)
            try:
                found = findings(asynclint, source, rules, flags)
            except (RuntimeError, ValueError, KeyError) as error:
                wrong.append(f"'{heading}': {error}")
                continue
            if heading == "Example" and not found:
                wrong.append("'Example' is not found by its own rule")
            if heading == "Use instead":
                wrong += [f"'Use instead' is not clean: {f['rule']}: {f['message']}" for f in found]
    return wrong


def main():
    asynclint, source_dir = sys.argv[1], pathlib.Path(sys.argv[2])
    flags = compiler_flags()
    documents = sorted(source_dir.glob("rules/*.md"))
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for document in documents:
            wrong = check(asynclint, document, directory, flags)
            failed += bool(wrong)
            for line in wrong:
                print(f"{document.name}: {line}")
    print(f"{len(documents) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not documents else 0)


main()
