#!/usr/bin/env python3
"""Runs that are ended or limited from outside: real signals, full disks, closed pipes, memory.

A unit that is being parsed when the signal comes includes a pipe: whoever opens the other end knows that the parser has.

Usage: test_limits.py ASYNCLINT SOURCE_DIR [test names]
"""
import os
import select
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from test_cli import ASYNCLINT, FINDING, TICK, Project

IS_SANITIZED = b"__asan_init" in Path(ASYNCLINT).read_bytes()
LONGEST = 120  # seconds until a test that hangs fails


class Ended(Project):
    """A run with one unit that has findings and one that is not done."""

    def setUp(self):
        super().setUp()
        signal.alarm(LONGEST)
        self.addCleanup(signal.alarm, 0)
        os.mkfifo(self.root / "src/slow.h")
        self.write("src/slow.c", '#include "slow.h"\n')
        self.database("src/slow.c", "src/tick.c")
        (self.root / "temporary").mkdir()
        self.before = self.files()

    def files(self):
        return sorted(str(path) for path in self.root.rglob("*") if "cache" not in path.parts)

    def begin(self, *arguments, prefix=(), **more):
        environment = {**os.environ, "TMPDIR": str(self.root / "temporary"), "XDG_CACHE_HOME": str(self.root / "cache"), "LC_ALL": "C.UTF-8"}
        command = [*prefix, ASYNCLINT, "--rules", "blocking-in-async", "--no-models", "--models", "models", "-j2", *arguments]
        process = subprocess.Popen(command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, **more)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.pipe = open(self.root / "src/slow.h", "w")  # waits until the parser has opened it too
        self.addCleanup(self.pipe.close)
        return process

    def children(self, pid):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def watch(self, pids):
        watched = [os.pidfd_open(pid) for pid in pids]
        for descriptor in watched:
            self.addCleanup(os.close, descriptor)
        return watched

    def test_signals_end_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                process = self.begin()
                workers = self.watch(self.children(process.pid))
                self.assertTrue(workers)
                process.send_signal(number)
                output, messages = process.communicate()
                self.assertEqual(process.returncode, -number, messages)
                self.assertEqual((output, messages), ("", ""))
                for worker in workers:  # readable once the process has ended
                    self.assertTrue(select.select([worker], [], [], LONGEST)[0])
                self.assertEqual(self.files(), self.before)
                self.assertEqual([path for path in self.root.glob("cache/asynclint/new-*")], [])
                self.pipe.close()

    def test_status_as_a_shell_sees_it(self):
        shell = self.begin(prefix=["sh", "-c", '"$@"; echo $?', "sh"])
        os.kill(self.children(shell.pid)[0], signal.SIGTERM)
        self.assertEqual(shell.communicate()[0], f"{128 + signal.SIGTERM}\n")

    def test_ignored_signals_stay_ignored(self):
        """As under nohup, for workers too: the signal goes to all of the group."""
        process = self.begin(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN), start_new_session=True)
        os.killpg(process.pid, signal.SIGHUP)
        self.pipe.close()
        output, messages = process.communicate()
        self.assertEqual(process.returncode, 1, messages)
        self.assertTrue(output.startswith(FINDING))
        self.assertNotIn("crashed", messages)

    def test_a_worker_that_is_killed_is_replaced(self):
        process = self.begin("-j1")
        os.kill(self.children(process.pid)[0], signal.SIGKILL)
        output, messages = process.communicate()
        self.assertEqual(process.returncode, 2)
        self.assertTrue(output.startswith(FINDING))
        self.assertIn("error: src/slow.c: the parser crashed (signal 9)\n", messages)


class Output(Project):
    def lint(self, stdout, *arguments, **more):
        command = [ASYNCLINT, "--rules", "blocking-in-async", "--no-models", "--models", "models", *arguments]
        return subprocess.run(command, cwd=self.root, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True, **more)

    def errors(self, result):
        self.assertEqual(result.returncode, 2, result.stderr)
        return [line for line in result.stderr.splitlines() if line.startswith("error: ")]

    def setUp(self):
        super().setUp()
        for i in range(100):  # more than any buffer holds
            self.write(f"src/tick{i}.c", TICK)
        self.database("src/tick.c", *(f"src/tick{i}.c" for i in range(100)))
        os.symlink("/dev/full", self.root / "full")  # a name of its own: what would replace the device replaces this

    def test_full_disk(self):
        for arguments in ((), ("--format", "json"), ("--explain-silence", "src/tick.c:6"), ("-q", "src/tick.c")):
            with self.subTest(arguments):
                with open("/dev/full", "w") as full:
                    self.assertEqual(self.errors(self.lint(full, *arguments)),
                                     ["error: cannot write to standard output: No space left on device"])
                self.assertEqual(self.errors(self.lint(subprocess.DEVNULL, "-o", "full", *arguments)),
                                 ["error: cannot write 'full': No space left on device"])

    def test_facts_on_a_full_disk(self):
        for dump in ((), ("--dump",)):
            result = subprocess.run([ASYNCLINT, "facts", "src/tick.c", "-o", "full", *dump], cwd=self.root, stderr=subprocess.PIPE, text=True)
            self.assertEqual(self.errors(result), ["error: cannot write 'full': No space left on device"])
            self.assertTrue((self.root / "full").is_symlink())

    def test_facts_into_a_pipe(self):
        """It is written to, not replaced by a file."""
        os.mkfifo(self.root / "pipe")
        with subprocess.Popen([ASYNCLINT, "facts", "src/tick.c", "-o", "pipe"], cwd=self.root) as process:
            piped = (self.root / "pipe").read_bytes()
            self.assertEqual(process.wait(), 0)
        self.assertTrue((self.root / "pipe").is_fifo())
        self.run_for(0, "facts", "src/tick.c", "-o", "file")
        self.assertEqual(piped, (self.root / "file").read_bytes())

    def test_closed_pipe(self):
        for arguments in ((), ("--format", "json")):
            reading, writing = os.pipe()
            os.close(reading)
            result = self.lint(writing, *arguments)
            os.close(writing)
            self.assertEqual((result.returncode, result.stderr), (-signal.SIGPIPE, ""))


class Memory(Project):
    @unittest.skipIf(IS_SANITIZED, "sanitizers take all memory there is")
    def test_a_unit_that_needs_more(self):
        self.write("src/other.c", "int numbers[] = {" + "1,\n" * 2000000 + "};\n")
        result = self.check(2, "--unit-memory", "64M", "-j1")
        self.assertIn("error: src/other.c: needs more than 64M of memory (--unit-memory)\n", result.stderr)
        self.assertTrue(result.stdout.startswith(FINDING))
        self.check(1, "--unit-memory", "0")

    def test_sizes(self):
        self.check(1, "--unit-memory=4G")
        for text in ("", "x", "1T", "-1", "64MB", "99999999999999999999", "18446744073709551615K"):
            self.refused("option '--unit-memory' takes a size such as", f"--unit-memory={text}")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
