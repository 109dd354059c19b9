#!/usr/bin/env python3
"""What a user sees who presses Tab: the real bash, zsh and fish, with the scripts that asynclint prints.

Usage: test_completion.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = os.path.abspath(sys.argv[1])
ACTIONS = ["check", "facts", "join", "why", "explain", "rules", "cc", "ld", "completion"]


def run(*arguments, **more):
    return subprocess.run([ASYNCLINT, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


HELP = run("--help").stdout
OPTIONS = re.findall(r"^  (?:-(\w), |    )--([\w-]+)(?: ([A-Z:/]+)|(\[\S+\]))? +(\S.*)$", HELP, re.M)
RULES = [rule["id"] for rule in json.loads(run("rules", "--format", "json").stdout)]


def accepted(action):
    """The options that the program takes with the action."""
    names = []
    for _, name, argument, _, _ in OPTIONS:
        error = run(action, f"--{name}=x" if argument else f"--{name}", cwd=WORK.name).stderr
        if "does not go with" not in error:
            names.append(f"--{name}")
    return names


class Bash:
    """Calls the function as bash does: with the words split at '=' too."""

    def __init__(self):
        self.script = Path(WORK.name) / "asynclint.bash"
        self.script.write_text(run("completion", "bash").stdout)

    def complete(self, line):
        words = [word for part in line.split(" ") for word in (re.split("(=)", part) if part.startswith("-") else [part])]
        words = [word for i, word in enumerate(words) if word or i == len(words) - 1]
        code = (f'source "{self.script}"\nCOMP_WORDS=({" ".join(f"{word!r}" for word in words)})\n'
                f"COMP_CWORD={len(words) - 1}\n_asynclint\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"")
        result = subprocess.run(["bash", "--norc", "-c", code], cwd=WORK.name, capture_output=True, text=True)
        return result.stdout.split()


class Fish:
    def __init__(self):
        self.script = Path(WORK.name) / "asynclint.fish"
        self.script.write_text(run("completion", "fish").stdout)

    def complete(self, line):
        code = f"source {self.script}; complete -C {line!r}"
        env = {**os.environ, "HOME": WORK.name, "XDG_CONFIG_HOME": WORK.name, "XDG_DATA_HOME": WORK.name}
        result = subprocess.run(["fish", "--no-config", "-c", code], cwd=WORK.name, capture_output=True, text=True, env=env)
        if result.stderr:
            raise AssertionError(result.stderr)
        words = [match.split("\t")[0] for match in result.stdout.splitlines()]
        return [re.sub(r"^--[a-z-]+=", "", word) for word in words]


class Zsh:
    """A zsh with its completion system on a terminal; what is added as a match, it prints."""

    SETUP = r"""
PROMPT=; PROMPT2=; RPROMPT=
setopt no_beep
fpath=(%(folder)s $fpath)
autoload -Uz compinit && compinit -u -d %(folder)s/dump
bindkey '^I' complete-word
zstyle ':completion:*' list-grouped false
zstyle ':completion:*' menu no
LISTMAX=100000
compadd() {
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
	local -a hits
	builtin compadd -A hits "$@"
	builtin compadd "$@"
	local status_of=$?
	(( $#hits )) && print -rl -- "<"${^hits}">" > %(folder)s/matches.$$ && cat %(folder)s/matches.$$ >> %(folder)s/matches
	return $status_of
}
finish() { print -r -- "<END>" >> %(folder)s/matches; exit }
comppostfuncs=(finish)
"""

    def __init__(self):
        self.folder = Path(WORK.name) / "zsh"
        self.folder.mkdir(exist_ok=True)
        (self.folder / "_asynclint").write_text(run("completion", "zsh").stdout)
        (self.folder / ".zshrc").write_text(self.SETUP % {"folder": self.folder})

    def complete(self, line):
        matches = self.folder / "matches"
        matches.unlink(missing_ok=True)
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(WORK.name)
            os.environ.update({"ZDOTDIR": str(self.folder), "TERM": "dumb", "HOME": WORK.name})
            os.execvp("zsh", ["zsh", "--no-globalrcs", "-i"])
        os.write(terminal, f"{line}\t".encode())
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:  # the terminal is gone: zsh has ended
            pass
        os.waitpid(child, 0)
        os.close(terminal)
        found = re.findall("^<(.*)>$", matches.read_text(), re.M)
        if "END" not in found:
            raise AssertionError(f"zsh did not complete {line!r}")
        return [word for word in found if word != "END"]


class Completion(unittest.TestCase):
    def offered(self, shell, line):
        return sorted({word.rstrip("=") for word in shell.complete(line)})

    def test_options_of_each_action(self):
        for action in ACTIONS:
            expected = sorted(accepted(action))
            self.assertIn("--help", expected)
            for shell in SHELLS:
                with self.subTest(type(shell).__name__):
                    self.assertEqual(self.offered(shell, f"asynclint {action} --"), expected, action)

    def test_options_without_an_action(self):
        for shell in SHELLS:
            with self.subTest(type(shell).__name__):
                self.assertEqual(self.offered(shell, "asynclint --"), sorted(accepted("check")))
                self.assertEqual(self.offered(shell, "asynclint --cost disk --pre"), ["--preview"])

    def test_actions(self):
        for shell in SHELLS:
            with self.subTest(type(shell).__name__):
                self.assertLessEqual(set(ACTIONS), set(shell.complete("asynclint ")))
                self.assertEqual(self.offered(shell, "asynclint expl"), ["explain"])

    def test_words(self):
        formats = re.search("known are (.*)", run("--format", "nosuch").stderr).group(1).split(", ")
        for option, expected in (("--format", formats), ("--color", ["auto", "always", "never"]),
                                 ("--fail-on", ["advice", "warning", "error", "never"])):
            for word in expected:
                self.assertNotIn(option, run("join", option, word, "nosuch").stderr)
            for shell in SHELLS:
                with self.subTest(type(shell).__name__):
                    self.assertEqual(self.offered(shell, f"asynclint {option} "), sorted(expected))
                    self.assertEqual(self.offered(shell, f"asynclint join {option}="), sorted(expected))

    def test_lists(self):
        costs = re.search("known are (.*)", run("--cost", "nosuch").stderr).group(1).split(", ")
        for shell in SHELLS:
            with self.subTest(type(shell).__name__):
                self.assertEqual([word.split(",")[-1] for word in self.offered(shell, "asynclint --cost disk,lo")], ["lock"])
                self.assertEqual(self.offered(shell, "asynclint --cost "), sorted(costs))
                rules = set(shell.complete("asynclint --rules="))
                self.assertLessEqual({*RULES, "loop", "all"}, rules)
                words = [word.split(",")[-1] for word in shell.complete("asynclint --rules=loop,-nested-l")]
                self.assertEqual(words, ["-nested-loop"])

    def test_names_of_rules(self):
        for shell in SHELLS:
            with self.subTest(type(shell).__name__):
                self.assertEqual(self.offered(shell, "asynclint explain "), sorted(RULES))
                self.assertEqual(self.offered(shell, "asynclint explain busy"), ["busy-wait"])

    def test_shells(self):
        for shell in SHELLS:
            with self.subTest(type(shell).__name__):
                self.assertEqual(self.offered(shell, "asynclint completion "), ["bash", "fish", "zsh"])
        self.assertEqual(run("completion", "csh").stderr, "error: no completion for 'csh'; known are bash, zsh and fish\n")
        self.assertEqual(run("completion").returncode, 2)

    def test_files(self):
        for shell in SHELLS[1:]:  # bash's "-o default" is no part of the function; see below
            with self.subTest(type(shell).__name__):
                self.assertIn("seen.c", shell.complete("asynclint see"))
                self.assertIn("seen.c", shell.complete("asynclint check --config se"))
                self.assertNotIn("seen.c", shell.complete("asynclint check --root s"))

    def test_sourced_by_zsh(self):
        """As README says, in a ~/.zshrc: after compinit, without a word on standard error."""
        code = f'autoload -Uz compinit && compinit -u -D; source <("{ASYNCLINT}" completion zsh); print $_comps[asynclint]'
        result = subprocess.run(["zsh", "-f", "-c", code], cwd=WORK.name, capture_output=True, text=True)
        self.assertEqual((result.stdout, result.stderr), ("_asynclint\n", ""))

    def test_files_in_bash(self):
        """With Tab, on a terminal."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(WORK.name)
            os.environ.update({"TERM": "dumb", "HOME": WORK.name})
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        keys = (f"source {SHELLS[0].script}; asynclint() {{ echo \"given: $*\"; }}\n"
                "asynclint see\t --forma\ttext --root sub\t --since s\t\nexit\n")
        os.write(terminal, keys.encode())
        seen = b""
        try:
            while part := os.read(terminal, 65536):
                seen += part
        except OSError:
            pass
        os.waitpid(child, 0)
        os.close(terminal)
        # Behind a folder a slash is added; behind an option that takes any text, nothing.
        self.assertRegex(seen.decode(), r"\ngiven: seen\.c --format text --root subfolder/ --since s\r")


if __name__ == "__main__":
    for tool in ("bash", "zsh", "fish"):
        if not shutil.which(tool):
            print(f"skipped: no {tool}")
            sys.exit(77)
    WORK = tempfile.TemporaryDirectory()
    Path(WORK.name, "seen.c").touch()
    Path(WORK.name, "subfolder").mkdir()
    SHELLS = [Bash(), Zsh(), Fish()]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
