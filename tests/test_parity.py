#!/usr/bin/env python3
"""Every rule is documented, has fixtures, is listed and stands in the changelog: test_parity.py ASYNCLINT SOURCE_DIR."""

import json
import pathlib
import re
import subprocess
import sys

HEADINGS = ["## What it does", "## Why is this bad?", "## Example", "## Use instead"]


def wrong_with_document(path, summary):
    if not path.exists():
        return ["no document"]
    lines = path.read_text().splitlines()
    wrong = [] if lines[:1] == [f"# {summary}"] else [f"the first line of its document is not '# {summary}'"]
    headings = [line for line in lines if line in HEADINGS]
    return wrong if headings == HEADINGS else [*wrong, f"its document has not the headings {', '.join(HEADINGS)}"]


def wrong_with_fixtures(folder, rule):
    """A rule needs a fault that is found, and an innocent that is not."""
    cases = [path for path in folder.glob("*") if path.is_dir() or path.suffix == ".c"] if folder.is_dir() else []
    wanted = re.compile(rf"// want {re.escape(rule)} ")
    faults = [case for case in cases
              if any(wanted.search(file.read_text()) for file in ([case] if case.is_file() else case.glob("*.[ch]")))]
    wrong = [] if faults else [f"no case of fixtures/{rule}/ wants it"]
    return wrong if len(faults) < len(cases) else [*wrong, f"no case of fixtures/{rule}/ is without it"]


def wrong_with_rule(source, rule, summaries, listed, changelog):
    if rule not in summaries:
        return [f"'asynclint rules' does not know it: is RULE({rule.replace('-', '_')}) in rules/rules.def?"]
    wrong = [] if listed.count(rule) == 1 else [f"has {listed.count(rule)} lines in rules/rules.def"]
    wrong += [] if re.search(rf"^- `{re.escape(rule)}`", changelog, re.MULTILINE) else ["no entry in CHANGELOG.md"]
    wrong += wrong_with_document(source / "rules" / f"{rule}.md", summaries[rule])
    return wrong + wrong_with_fixtures(source / "fixtures" / rule, rule)


def read_summaries(asynclint):
    output = subprocess.run([asynclint, "rules", "--format", "json"], capture_output=True, text=True, check=True).stdout
    return {rule["id"]: rule["summary"] for rule in json.loads(output)}


def main():
    asynclint, source = sys.argv[1], pathlib.Path(sys.argv[2])
    summaries = read_summaries(asynclint)
    listed = [name.replace("_", "-")
              for name in re.findall(r"^RULE\((\w+)\)", (source / "rules/rules.def").read_text(), re.MULTILINE)]
    changelog = (source / "CHANGELOG.md").read_text()
    written = {path.stem for path in (source / "rules").glob("*.c")} - {"rules"}
    documented = {path.stem for path in (source / "rules").glob("*.md")}

    failed = 0
    names = sorted(written | documented | set(listed) | set(summaries))
    for rule in names:
        wrong = wrong_with_rule(source, rule, summaries, listed, changelog)
        if rule not in written:
            wrong.insert(0, f"no rules/{rule}.c")
        failed += bool(wrong)
        for text in wrong:
            print(f"{rule}: {text}")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
