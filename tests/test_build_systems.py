#!/usr/bin/env python3
"""Meson, Make, Autotools and CMake as docs/build-systems.md has them, with the real programs; and that its lines are those that the tests use.

Usage: test_build_systems.py ASYNCLINT SOURCE_DIR [test names]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = Path(sys.argv[1]).absolute()
SOURCE_DIR = Path(sys.argv[2]).resolve()
BUILDABLE = SOURCE_DIR / "tests/buildable"
PLACE = "core/resolve.c:6:2: warning: 'getaddrinfo' waits for a name server"
DOCUMENT = (SOURCE_DIR / "docs/build-systems.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.M | re.S)


class Project(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve() / "project"
        shutil.copytree(BUILDABLE, self.root)
        (self.root / ".git").mkdir()
        programs = self.root.parent / "bin"
        programs.mkdir()
        for name in ("asynclint", "asynclint-cc", "asynclint-ld"):
            (programs / name).symlink_to(ASYNCLINT)
        self.env = {**os.environ, "XDG_CACHE_HOME": str(self.root.parent / "cache"), "LC_ALL": "C.UTF-8",
                    "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(self.root.parent)}
        for variable in ("MAKEFLAGS", "MAKELEVEL", "CFLAGS", "CC"):
            self.env.pop(variable, None)

    def shell(self, status, command):
        result = subprocess.run(["sh", "-ec", command], cwd=self.root, env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, status, f"{command}\n{result.stdout}")
        return result.stdout

    def fix(self):
        path = self.root / "core/resolve.c"
        path.write_text(path.read_text().replace('getaddrinfo(host, "https", 0, &addresses);', "(void)host;"))


class Meson(Project):
    def setUp(self):
        super().setUp()
        setup, build = next(block for block in blocks("sh") if "meson" in block).splitlines()
        self.setup_command, self.build_command = f"{setup} -Dstub_headers={SOURCE_DIR}/fixtures/include", build

    def test_in_the_build(self):
        output = self.shell(0, self.setup_command) + self.shell(0, self.build_command)
        self.assertEqual(output.count(f"{self.root}/{PLACE}"), 1, output)
        self.assertNotIn("no facts", output)
        self.assertIn("no work to do", self.shell(0, self.build_command))
        self.fix()
        output = self.shell(0, self.build_command)
        self.assertRegex(output, "Linking target app")
        self.assertNotIn("warning:", output)

    def test_failing_link(self):
        self.shell(0, self.setup_command.replace("asynclint-ld gcc", "asynclint-ld --fail-on=warning gcc"))
        for _ in range(2):
            self.assertIn(f"{self.root}/{PLACE}", self.shell(1, self.build_command))
            self.assertFalse((self.root / "build/app").exists())
        self.fix()
        self.shell(0, self.build_command)
        self.assertTrue((self.root / "build/app").exists())

    def test_target(self):
        self.assertEqual(len(blocks("meson")), 1)
        self.assertIn(blocks("meson")[0], (self.root / "meson.build").read_text())
        self.shell(0, self.setup_command.replace('CC="asynclint-ld gcc" ', ""))
        self.assertIn(f"../{PLACE}", self.shell(1, "ninja -C build asynclint"))
        self.fix()
        self.shell(0, "ninja -C build asynclint")


class Make(Project):
    def test_one_variable(self):
        command = next(block for block in blocks("sh") if block.startswith("make "))
        output = self.shell(0, f"{command.strip()} STUB_HEADERS={SOURCE_DIR}/fixtures/include")
        self.assertEqual(output.count(f"{self.root}/{PLACE}"), 1, output)

    def test_steps_in_the_open(self):
        (self.root / "lint.mk").write_text("SOURCES = main.c core/resolve.c core/count.c\n"
                                           f"CFLAGS = -isystem {SOURCE_DIR}/fixtures/include\n" + blocks("make")[0])
        self.assertIn(PLACE, self.shell(2, "make -f lint.mk lint"))
        self.fix()
        self.assertNotIn("facts main.c", self.shell(0, "make -f lint.mk lint"))


class Autotools(Project):
    def test_one_variable(self):
        (self.root / "configure.ac").write_text("AC_INIT([buildable], [1])\nAM_INIT_AUTOMAKE([foreign subdir-objects])\nAC_PROG_CC\n"
                                                "AC_PROG_RANLIB\nAM_PROG_AR\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n")
        (self.root / "Makefile.am").write_text(f"AM_CPPFLAGS = -isystem {SOURCE_DIR}/fixtures/include\n"
                                               "noinst_LIBRARIES = libcore.a\nlibcore_a_SOURCES = core/resolve.c core/count.c\n"
                                               "bin_PROGRAMS = app\napp_SOURCES = main.c\napp_LDADD = libcore.a\n")
        configure, make = next(block for block in blocks("sh") if "configure" in block).splitlines()
        self.shell(0, "autoreconf --install")
        self.assertNotIn("asynclint-ld:", self.shell(0, configure))
        output = self.shell(0, make)
        self.assertEqual(output.count(f"{self.root}/{PLACE}"), 1, output)
        self.assertNotIn("no facts", output)


class Cmake(Project):
    def configure(self, added=""):
        path = self.root / "CMakeLists.txt"
        path.write_text(path.read_text().replace("\n\n", f"\n{added}\n", 1))
        return f" -DUSE_PACKAGE=OFF -DSTUB_HEADERS={SOURCE_DIR}/fixtures/include"

    def test_launchers(self):
        configure, build = next(block for block in blocks("sh") if "cmake" in block).splitlines()
        self.shell(0, configure + self.configure())
        self.assertIn(f"{self.root}/{PLACE}", self.shell(0, build))

    def test_target(self):
        options = self.configure(blocks("cmake")[1])
        self.shell(0, f"cmake -B build -G Ninja {options}")
        self.assertIn(PLACE, self.shell(1, "cmake --build build --target asynclint"))

    def test_package_is_used_as_the_tests_use_it(self):
        """test_cmake.py runs these lines, with the option from its command line."""
        used = (BUILDABLE / "CMakeLists.txt").read_text()
        for line in blocks("cmake")[0].splitlines():
            self.assertIn(line.replace("--fail-on=warning", "${ASYNCLINT_OPTIONS}"), used)


if __name__ == "__main__":
    for tool in ("meson", "ninja", "make", "cmake", "automake"):
        if not shutil.which(tool):
            print(f"skipped: no {tool}")
            sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
