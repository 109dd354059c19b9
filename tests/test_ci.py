#!/usr/bin/env python3
"""The CI templates as a project uses them. GitLab's runs in gitlab-ci-local, GitHub's is validated and its steps are run as a runner
does, each in a shell of its own; the commands of docs/ci.md are run as they stand.

Usage: test_ci.py ASYNCLINT SOURCE_DIR [test names]     (exit 77: a program is missing)
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

ASYNCLINT = os.path.abspath(sys.argv[1])
SOURCE_DIR = Path(sys.argv[2]).resolve()
NODE_PROGRAMS = SOURCE_DIR / "tests/node/node_modules/.bin"
VALIDATOR, GITLAB = NODE_PROGRAMS / "action-validator", NODE_PROGRAMS / "gitlab-ci-local"

LISTS = """\
cmake_minimum_required(VERSION 3.20)
project(mirror C)
add_library(mirror OBJECT loop.c net.c clock.c)
target_include_directories(mirror PRIVATE "%s")
"""

LOOP = """\
#include "net.h"
#include <uv.h>

static void on_refresh(uv_timer_t *timer)
{
\tnet_resolve("mirror.example.org", (struct addrinfo **)&timer->data);
}

int watch(uv_timer_t *timer)
{
\treturn uv_timer_start(timer, on_refresh, 0, 60000);
}
"""
NET_HEADER = """\
#include <netdb.h>

int net_resolve(const char *host, struct addrinfo **addresses);
"""
# The only finding of the project, in line 5: it takes loop.c as well.
NET = """\
#include "net.h"

int net_resolve(const char *host, struct addrinfo **addresses)
{
\treturn getaddrinfo(host, "https", 0, addresses);
}
"""
CLOCK = "int ticks;\n"


class Ci(unittest.TestCase):
    """A project in a repository, with a remote that has its branch main."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.work = Path(directory.name).resolve()
        self.root = self.work / "project"
        for name in ("project", "home", "bin", "temp"):
            (self.work / name).mkdir()
        (self.work / "bin/asynclint").symlink_to(ASYNCLINT)
        hidden = ("GIT_", "CI_", "GITLAB_", "GITHUB_", "XDG_")
        self.environment = {**{name: value for name, value in os.environ.items() if not name.startswith(hidden)},
                            "HOME": str(self.work / "home"), "PATH": f"{self.work / 'bin'}:{os.environ['PATH']}",
                            "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
                            **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
        for name, text in (("loop.c", LOOP), ("net.h", NET_HEADER), ("net.c", NET), ("clock.c", CLOCK), (".gitignore", "/build/\n"),
                           ("CMakeLists.txt", LISTS % (SOURCE_DIR / "fixtures/include"))):
            (self.root / name).write_text(text)
        self.run_in("git", "init", "-q", "--bare", "-b", "main", str(self.work / "origin"))
        self.run_in("git", "init", "-q", "-b", "main")
        self.run_in("git", "remote", "add", "origin", str(self.work / "origin"))
        self.commit()
        self.run_in("git", "push", "-q", "origin", "main")

    def run_in(self, *command, status=0, **environment):
        result = subprocess.run(command, cwd=self.root, env={**self.environment, **environment}, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, status, f"{command}\n{result.stdout}\n{result.stderr}")
        return result

    def commit(self):
        self.run_in("git", "add", "-A")
        self.run_in("git", "commit", "-q", "-m", "a change")

    def append(self, name):
        with open(self.root / name, "a") as file:
            file.write("/* touched */\n")

    def configure(self):
        self.run_in("cmake", "-S", ".", "-B", "build", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")


class GitHub(Ci):
    template = SOURCE_DIR / "integrations/github/asynclint.yml"

    def setUp(self):
        super().setUp()
        self.workflow = yaml.safe_load(self.template.read_text())
        self.steps = self.workflow["jobs"]["asynclint"]["steps"]

    def evaluate(self, expression, context):
        """What the template's expressions need of GitHub's language: context, ==, ||."""
        python = re.sub(r"\b(?:github|runner)(?:\.\w+)+", lambda found: repr(context.get(found.group())), expression)
        return eval(python.replace("||", " or ").replace("&&", " and "), {})

    def expand(self, text, context):
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: str(self.evaluate(found.group(1), context) or ""), text)

    def play(self, event, **github):
        """Runs the job's steps until one fails; returns the outcome by name of the step: its output, or None where it was left out;
        and whether all went well."""
        context = {"github.event_name": event, "github.sha": "0123", "github.base_ref": "", "runner.os": "Linux",
                   "github.repository": "o/p", **{f"github.{name}": value for name, value in github.items()}}
        outcome = {}
        for step in self.steps:
            name = step.get("name", step.get("uses"))
            outcome[name] = None
            if "if" in step and not self.evaluate(step["if"], context):
                continue
            outcome[name] = ""
            if "run" not in step:
                continue
            self.assertNotIn("${{", step["run"])
            variables = {**self.workflow.get("env", {}), **step.get("env", {})}
            environment = {name: self.expand(value, context) for name, value in variables.items()}
            result = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-c", step["run"]], cwd=self.root, text=True,
                                    env={**self.environment, **environment, "GITHUB_ACTIONS": "true", "CI": "true",
                                         "RUNNER_TEMP": str(self.work / "temp")},
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            outcome[name] = result.stdout
            if result.returncode:
                return outcome, False
        return outcome, True

    def results(self):
        return json.loads((self.root / "asynclint.sarif").read_text())["runs"][0]["results"]

    def test_it_is_a_workflow(self):
        self.run_in(str(VALIDATOR), str(self.template))
        broken = self.work / "broken.yml"
        broken.write_text(self.template.read_text().replace("runs-on:", "runs-at:"))
        self.run_in(str(VALIDATOR), str(broken), status=1)

    def test_what_other_actions_are_told(self):
        """Files and directories that its steps make, under the names that it gives to actions."""
        told = {step["uses"].split("@")[0]: step["with"] for step in self.steps if "uses" in step}
        self.assertEqual(set(told), {"actions/checkout", "actions/cache", "github/codeql-action/upload-sarif"})
        self.assertEqual(told["actions/checkout"]["fetch-depth"], 0)
        self.play("push")
        self.assertTrue((self.root / told["github/codeql-action/upload-sarif"]["sarif_file"]).exists())
        cache = Path(told["actions/cache"]["path"].replace("~", self.environment["HOME"]))
        self.assertTrue(list(cache.rglob("*-0")))

    def test_push(self):
        outcome, passed = self.play("push")
        self.assertTrue(passed, outcome)
        self.assertIn("net.c:5:9: warning: ", outcome["Check the whole program"])
        self.assertIsNone(outcome["Annotate what the pull request changed"])
        self.assertIsNotNone(outcome["github/codeql-action/upload-sarif@v4"])
        self.assertEqual([result["ruleId"] for result in self.results()], ["blocking-in-async"])

    def test_pull_request_that_touches_the_fault(self):
        self.run_in("git", "checkout", "-q", "-b", "topic")
        self.append("loop.c")
        self.commit()
        outcome, passed = self.play("pull_request", base_ref="main", **{"event.pull_request.head.repo.full_name": "o/p"})
        self.assertFalse(passed)
        text = outcome["Annotate what the pull request changed"]
        self.assertRegex(text, r"(?m)^::warning .*file=net\.c,line=5,")
        self.assertEqual(len(self.results()), 1)

    def test_pull_request_that_does_not(self):
        self.run_in("git", "checkout", "-q", "-b", "topic")
        self.append("clock.c")
        self.commit()
        outcome, passed = self.play("pull_request", base_ref="main", **{"event.pull_request.head.repo.full_name": "fork/p"})
        self.assertTrue(passed, outcome)
        self.assertNotIn("::warning", outcome["Annotate what the pull request changed"])
        self.assertIsNone(outcome["github/codeql-action/upload-sarif@v4"])

    def test_what_cannot_be_done_fails(self):
        (self.root / "CMakeLists.txt").write_text("project(mirror C)\n")
        outcome, passed = self.play("push")
        self.assertFalse(passed)
        self.assertIn("error: no compile_commands.json in 'build'", outcome["Check the whole program"])


class GitLab(Ci):
    """gitlab-ci-local: jobs run in shells, each in a copy of the repository, as no image is named."""

    def setUp(self):
        super().setUp()
        shutil.copy(SOURCE_DIR / "integrations/gitlab/asynclint.yml", self.root)
        (self.root / ".gitlab-ci.yml").write_text("include:\n  - local: asynclint.yml\n")
        # It takes the names of host and project from the remote, and does not call it.
        self.run_in("git", "remote", "set-url", "origin", "git@gitlab.example.org:group/project.git")
        self.commit()

    def pipeline(self, status=0):
        result = self.run_in(str(GITLAB), "--shell-isolation", status=status)
        return result.stdout + result.stderr

    def test_pipeline(self):
        text = self.pipeline()
        for part in range(1, 5):
            self.assertIn(f"PASS  asynclint-facts: [{part}/4]", text)
        self.assertRegex(text, r"PASS  asynclint\b")
        self.assertIn("1 finding (1 warning) in 3 units", text)
        made = [int(count) for count in re.findall(r"wrote the facts of (\d) units? to", text)]
        self.assertEqual((len(made), sum(made)), (4, 3))
        self.assertLess(max(made), 3)
        issues = json.loads((self.root / "gl-code-quality-report.json").read_text())
        self.assertEqual([(issue["check_name"], issue["location"]["path"]) for issue in issues], [("blocking-in-async", "net.c")])
        self.configure()
        self.run_in("asynclint", "-p", "build", "--exit-zero", "--output", "gitlab=whole.json")
        self.assertEqual(json.loads((self.root / "whole.json").read_text()), issues)

    def test_a_part_that_fails_ends_it(self):
        (self.root / "CMakeLists.txt").write_text((self.root / "CMakeLists.txt").read_text().replace("clock.c", "${CMAKE_CURRENT_SOURCE_DIR}/clock.c"))
        os.remove(self.root / "clock.c")
        self.commit()
        text = self.pipeline(status=1)
        self.assertIn("FAIL  asynclint-facts", text)
        self.assertFalse((self.root / "gl-code-quality-report.json").exists())


class Document(Ci):
    def blocks(self, language):
        return re.findall(rf"```{language}\n(.*?)```", (SOURCE_DIR / "docs/ci.md").read_text(), re.S)

    def test_commands(self):
        """Of the first block only the first and the last line may fail: they are there to."""
        self.configure()
        self.append("loop.c")
        since, reports, new_baseline, with_baseline = self.blocks("sh")[0].splitlines()
        self.assertIn("net.c:5:9: warning: ", self.run_in(*shlex.split(since), status=1).stdout)
        self.run_in(*shlex.split(reports))
        self.assertTrue((self.root / "asynclint.sarif").exists() and (self.root / "asynclint.xml").exists())
        self.run_in(*shlex.split(new_baseline))
        self.assertIn("1 more in the baseline", self.run_in(*shlex.split(with_baseline)).stderr)

    def test_several_machines(self):
        self.configure()
        text = self.run_in("sh", "-ec", self.blocks("sh")[1])
        self.assertIn("net.c:5:9: warning: ", text.stdout)
        self.assertIn("in 3 units", text.stderr)

    def test_formats(self):
        """Every --format and --output that the document names."""
        self.configure()
        text = (SOURCE_DIR / "docs/ci.md").read_text()
        formats = set(re.findall(r"--format (\w+)", text)) | set(re.findall(r"--output (\w+)=", text))
        self.assertGreater(len(formats), 2)
        for name in formats:
            self.run_in("asynclint", "-p", "build", "--exit-zero", "--output", f"{name}=out")

    def test_yaml(self):
        for block in self.blocks("yaml"):
            self.assertTrue(yaml.safe_load(block))


if __name__ == "__main__":
    missing = [] if yaml else ["python3-yaml"]
    missing += [str(program) for program in (VALIDATOR, GITLAB) if not program.exists()]
    missing += [name for name in ("git", "cmake", "rsync", "node") if not shutil.which(name)]
    if missing:
        print("skipped: no", ", ".join(missing))
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
