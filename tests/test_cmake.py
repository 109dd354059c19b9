#!/usr/bin/env python3
"""What CMake's users do, with the real cmake, Ninja and make: asynclint is installed, a project finds its package or names its launchers,
and is built, edited, built again.

Usage: test_cmake.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = Path(sys.argv[1]).absolute()
SOURCE_DIR = Path(sys.argv[2]).resolve()
PLACE = "core/resolve.c:6:2: warning: 'getaddrinfo' waits for a name server"
GENERATORS = ["Ninja", "Unix Makefiles"]
WAIT = 'getaddrinfo(host, "https", 0, &addresses);'
INSTALLED = tempfile.TemporaryDirectory()
PREFIX = Path(INSTALLED.name).resolve() / "prefix"


class Project(unittest.TestCase):
    """A copy of tests/buildable, its build directory elsewhere, and a cache of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name).resolve()
        self.root, self.build_dir = self.top / "project", self.top / "build"
        shutil.copytree(SOURCE_DIR / "tests/buildable", self.root)
        self.env = {**os.environ, "XDG_CACHE_HOME": str(self.top / "cache"), "LC_ALL": "C.UTF-8"}
        for variable in ("MAKEFLAGS", "MAKELEVEL", "CFLAGS", "CC", "CMAKE_GENERATOR", "ASYNCLINT_DATA"):
            self.env.pop(variable, None)

    def run_for(self, status, *command):
        result = subprocess.run(command, cwd=self.top, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)
        self.assertEqual(result.returncode != 0, status != 0, f"{command}\n{result.stdout}")
        return result.stdout

    def configure(self, generator, *options, status=0):
        shutil.rmtree(self.build_dir, ignore_errors=True)
        return self.run_for(status, "cmake", "-S", self.root, "-B", self.build_dir, "-G", generator,
                            f"-DSTUB_HEADERS={SOURCE_DIR}/fixtures/include", f"-DCMAKE_PREFIX_PATH={PREFIX}", *options)

    def build(self, status=0, *options):
        return self.run_for(status, "cmake", "--build", self.build_dir, "--", *options)

    def shows_finding(self, output):
        self.assertEqual(output.count(f"{self.root}/{PLACE}"), 1, output)
        self.assertIn(f"{self.root}/main.c:14:16: note: 'on_timer' calls 'resolve'", output)

    def edit(self, name, old, new):
        path = self.root / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def built(self, output):
        """Which objects and outputs the build made."""
        return sorted(Path(line.split()[-1]).name for line in output.splitlines() if " Building " in line or " Linking " in line)


class Package(Project):
    def test_builds_and_rebuilds(self):
        for generator in GENERATORS:
            with self.subTest(generator):
                self.configure(generator)
                output = self.build()
                self.shows_finding(output)
                self.assertIn("note: 1 of 4 objects have no facts (not C, or not compiled by asynclint-cc): ", output)
                self.assertIn("libcore.a(add.S.o)\n", output)
                facts = sorted(path.relative_to(self.build_dir).as_posix() for path in self.build_dir.rglob("*.facts"))
                self.assertEqual(facts, [f"{place}.o.facts" for place in (
                    "CMakeFiles/app.dir/main.c", "CMakeFiles/plugin.dir/plugin.c", "core/CMakeFiles/core.dir/count.c",
                    "core/CMakeFiles/core.dir/resolve.c")])
                self.assertEqual(self.built(self.build()), [])

                self.edit("main.c", "60000", "30000")
                output = self.build()
                self.shows_finding(output)
                self.assertEqual(self.built(output), ["app", "main.c.o"])
                self.edit("main.c", "30000", "60000")

    def test_edit_in_the_library(self):
        for generator in GENERATORS:
            with self.subTest(generator):
                self.configure(generator)
                self.build()
                self.edit("core/resolve.c", WAIT, "(void)host;")
                output = self.build()
                self.assertEqual(self.built(output), ["app", "libcore.a", "libplugin.so", "resolve.c.o"])
                self.assertNotIn("warning:", output)
                self.edit("core/resolve.c", "(void)host;", WAIT)

    def test_failing_link(self):
        for generator in GENERATORS:
            with self.subTest(generator):
                self.configure(generator, "-DASYNCLINT_OPTIONS=--fail-on=warning")
                for _ in range(2):
                    output = self.build(1)
                    self.shows_finding(output)
                    self.assertIn("asynclint-ld: error: not linked because of what was found", output)
                    self.assertFalse((self.build_dir / "app").exists())
                self.edit("core/resolve.c", WAIT, "(void)host;")
                self.assertNotIn("warning:", self.build())
                self.run_for(0, self.build_dir / "app")
                self.assertEqual(self.built(self.build()), [])

                # Where the program is there already, a failing link leaves it, and the next build tries again.
                self.edit("core/resolve.c", "(void)host;", WAIT)
                for _ in range(2):
                    self.shows_finding(self.build(1))

    def test_same_from_a_clean_build(self):
        """All facts come from the cache."""
        self.configure("Ninja")
        first = self.build()
        entries = sorted((self.top / "cache").rglob("*-0"))
        self.assertEqual(len(entries), 4)
        self.configure("Ninja")
        self.shows_finding(self.build())
        self.shows_finding(first)
        self.assertEqual(sorted((self.top / "cache").rglob("*-0")), entries)

    def test_long_command_lines_and_object_libraries(self):
        """Ninja puts the objects into a response file."""
        self.edit("core/CMakeLists.txt", "STATIC", "OBJECT")
        self.configure("Ninja", "-DCMAKE_NINJA_FORCE_RESPONSE_FILE=ON")
        output = self.build(0, "-v")
        self.assertIn("@CMakeFiles/app.rsp", output)
        self.shows_finding(output)

    def test_ccache_is_kept(self):
        self.configure("Ninja", "-DCMAKE_C_COMPILER_LAUNCHER=ccache")
        output = self.build(0, "-v")
        self.assertRegex(output, r"asynclint-cc --root=\S+ ccache \S+cc ")
        self.shows_finding(output)

    def test_precompiled_header_and_unity(self):
        self.edit("CMakeLists.txt", "asynclint_add(", "target_precompile_headers(core PRIVATE <netdb.h>)\n\tasynclint_add(")
        self.configure("Ninja", "-DCMAKE_UNITY_BUILD=ON")
        output = self.build()
        self.shows_finding(output)
        self.assertNotIn("parsed with errors", output)

    def test_database_of_a_launched_build(self):
        self.configure("Ninja", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        commands = json.loads((self.build_dir / "compile_commands.json").read_text())
        self.assertIn("app.dir/main.c.o", commands[0]["command"])
        self.assertIn(f"project/{PLACE}", self.run_for(1, ASYNCLINT, "-p", self.build_dir))

    def test_programs(self):
        self.edit("CMakeLists.txt", "\tasynclint_add(", """
\tadd_custom_target(versions ALL COMMAND asynclint::asynclint --version
\t\tCOMMAND asynclint::cc sh -c "echo cc" COMMAND asynclint::ld sh -c "echo ld")
\tasynclint_add(""")
        self.configure("Ninja")
        output = self.build(0, "versions")
        self.assertRegex(output, r"asynclint 0\.1\.\d+ \(.*clang version.*\)\ncc\nld\n")

    def test_misuse(self):
        for call, message in (("asynclint_add()", "no target is named"),
                              ("asynclint_add(app nosuch)", "'nosuch' is neither a target nor an option"),
                              ("asynclint_add(app)\nasynclint_add(app)", "'app' has asynclint in its")):
            self.edit("CMakeLists.txt", "asynclint_add(app plugin core ${ASYNCLINT_OPTIONS})", call)
            self.assertIn(message, " ".join(self.configure("Ninja", status=1).split()))
            self.edit("CMakeLists.txt", call, "asynclint_add(app plugin core ${ASYNCLINT_OPTIONS})")

    def test_version(self):
        self.edit("CMakeLists.txt", "asynclint 0.1", "asynclint 0.2")
        self.assertIn("0.1.", self.configure("Ninja", status=1))


class Variables(Project):
    """Nothing is written into the project: the launchers are named where it is configured."""

    def test_builds_fails_and_recovers(self):
        for generator in GENERATORS:
            with self.subTest(generator):
                self.configure(generator, "-DUSE_PACKAGE=OFF", f"-DCMAKE_C_COMPILER_LAUNCHER={PREFIX}/bin/asynclint-cc",
                               f"-DCMAKE_C_LINKER_LAUNCHER={PREFIX}/bin/asynclint-ld;--fail-on=warning;--objects={self.build_dir}")
                self.shows_finding(self.build(1))
                self.edit("core/resolve.c", WAIT, "(void)host;")
                output = self.build()
                self.assertNotIn("warning:", output)
                self.assertIn("app", self.built(output))
                self.edit("core/resolve.c", "(void)host;", WAIT)


if __name__ == "__main__":
    for tool in ("cmake", "ninja", "make", "ccache"):
        if not shutil.which(tool):
            print(f"skipped: no {tool}")
            sys.exit(77)
    subprocess.run(["cmake", "--install", ASYNCLINT.parent, "--prefix", PREFIX], check=True, stdout=subprocess.DEVNULL)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
