#!/usr/bin/env python3
"""What README.md shows is what happens: the output of its commands, its table of rules, and which of them are off.

Usage: test_readme.py ASYNCLINT SOURCE_DIR [--accept]      (--accept writes the output of this run into README.md)
"""
import json
import pathlib
import re
import subprocess
import sys

PROGRAM = "build-release/asynclint"


def output(asynclint, source_dir, command):
    run = subprocess.run([asynclint, *command.split()[1:]], cwd=source_dir, capture_output=True, text=True)
    return run.stdout + run.stderr


def refreshed(console, asynclint, source_dir):
    """The console block with each command of asynclint followed by what it prints now."""
    text = ""
    for command in re.findall(r"^\$ (.*)$", console, re.M):
        text += f"$ {command}\n"
        if command.startswith(PROGRAM):
            text += output(asynclint, source_dir, command)
    return text


def missing_rules(readme, source_dir):
    for document in sorted(source_dir.glob("rules/*.md")):
        row = f"| [{document.stem}](rules/{document.name}) | {document.read_text().splitlines()[0].removeprefix('# ')} |"
        if row not in readme.splitlines():
            yield row


def rules_said_to_be_off(readme):
    [paragraph] = re.findall(r"^Not all of them are on by default\..*?(?=\n\n)", readme, re.M | re.S)
    preview, advice = paragraph.split("`--rules all`")
    return {state: set(re.findall("`([a-z][a-z-]+)`", text)) for state, text in (("preview", preview), ("advice", advice))}


def rules_off(asynclint):
    rules = json.loads(subprocess.run([asynclint, "rules", "--format", "json"], check=True, capture_output=True, text=True).stdout)
    return {state: {rule["id"] for rule in rules if rule["status"] == state} for state in ("preview", "advice")}


def main():
    asynclint, source_dir = sys.argv[1], pathlib.Path(sys.argv[2])
    path = source_dir / "README.md"
    readme = path.read_text()
    passed = failed = 0

    def replace(block):
        return "```console\n" + refreshed(block.group(1), asynclint, source_dir) + "```"

    current = re.sub(r"^```console\n(.*?)^```", replace, readme, flags=re.M | re.S)
    if "--accept" in sys.argv[3:]:
        path.write_text(current)
    elif current == readme and f"$ {PROGRAM}" in readme:
        passed += 1
    else:
        failed += 1
        print("README.md shows another output than this (test_readme.py --accept takes it over):")
        print("\n".join(re.findall(r"^```console\n(.*?)^```", current, re.M | re.S)))

    missing = list(missing_rules(readme, source_dir))
    for row in missing:
        print(f"README.md lacks the row: {row}")
    failed, passed = failed + bool(missing), passed + (not missing)
    if rules_said_to_be_off(readme) == rules_off(asynclint):
        passed += 1
    else:
        failed += 1
        print(f"README.md says {rules_said_to_be_off(readme)}, but off are {rules_off(asynclint)}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
