#!/usr/bin/env python3
"""The Debian package that cpack makes: what is in it, what lintian says, and that what it depends on is enough to run it. For that a root
is made of nothing but the files of those packages, as they are installed here: no network is needed.

Usage: test_package.py ASYNCLINT SOURCE_DIR [test names]
"""
import glob
import gzip
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
WORK = tempfile.TemporaryDirectory()
TOP = Path(WORK.name).resolve()


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


SANITIZED = "libasan" in output("ldd", ASYNCLINT)


def build_package():
    output("cpack", "-G", "DEB", "--config", ASYNCLINT.parent / "CPackConfig.cmake", "-B", TOP / "deb")
    [package] = (TOP / "deb").glob("*.deb")
    return package


def installed_packages():
    """name → names of what it depends on, of each list of alternatives those that are installed."""
    depends, provided = {}, {}
    fields = output("dpkg-query", "-W", "-f", "${Package}\t${Provides}\t${Pre-Depends}, ${Depends}\n")
    for line in fields.splitlines():
        name, provides, needs = line.split("\t")
        depends[name] = needs
        for virtual in re.findall(r"[a-z0-9][a-z0-9.+-]+", re.sub(r"\([^)]*\)", "", provides)):
            provided.setdefault(virtual, name)
    return depends, provided


def closure(needs):
    """All packages that the dependency field needs, and what these need."""
    depends, provided = installed_packages()
    wanted, found = [needs], set()
    while wanted:
        for alternatives in re.sub(r"\([^)]*\)|:\w+", "", wanted.pop()).split(","):
            names = [provided.get(name.strip(), name.strip()) for name in alternatives.split("|")]
            names = [name for name in names if name in depends]
            if alternatives.strip() and not names:
                raise AssertionError(f"not installed here: {alternatives}")
            for name in names[:1]:
                if name not in found:
                    found.add(name)
                    wanted.append(depends[name])
    return found


def make_root(packages):
    root = TOP / "root"
    (root / "usr").mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):  # Debian's merged /usr
        (root / "usr" / name).mkdir()
        (root / name).symlink_to(f"usr/{name}")
    files = [file for file in output("dpkg-query", "-L", *packages).splitlines()
             if os.path.lexists(file) and (os.path.islink(file) or os.path.isfile(file)) and not file.startswith("/usr/share/")]
    listing = TOP / "files"
    listing.write_text("\n".join(file.lstrip("/") for file in files))
    subprocess.run(f"tar -C / --no-recursion -cf - -T {listing} | tar -C {root} --keep-directory-symlink -xf -", shell=True, check=True)
    return root


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.package = build_package()
        cls.files = [line.split(None, 5)[5].removeprefix("./") for line in output("dpkg-deb", "-c", cls.package).splitlines()]

    def field(self, name):
        return output("dpkg-deb", "-f", self.package, name).strip()

    def test_files(self):
        models = {f"usr/share/asynclint/models/{path.name}" for path in SOURCE_DIR.glob("rules/models/*.json")}
        documents = {f"usr/share/asynclint/{path.name}" for path in SOURCE_DIR.glob("rules/*.md")}
        self.assertGreater(len(models), 30)
        self.assertLessEqual(models | documents | {
            "usr/bin/asynclint", "usr/bin/asynclint-cc -> asynclint", "usr/bin/asynclint-ld -> asynclint",
            "usr/lib/cmake/asynclint/asynclint-config.cmake", "usr/lib/cmake/asynclint/asynclint-config-version.cmake",
            "usr/share/bash-completion/completions/asynclint", "usr/share/fish/vendor_completions.d/asynclint.fish",
            "usr/share/zsh/vendor-completions/_asynclint", "usr/share/man/man1/asynclint.1.gz",
            "usr/share/man/man1/asynclint-cc.1.gz", "usr/share/man/man1/asynclint-ld.1.gz -> asynclint-cc.1.gz",
            "usr/share/asynclint/integrations/vim/compiler/asynclint.vim", "usr/share/doc/asynclint/copyright",
            "usr/share/doc/asynclint/changelog.gz", "usr/share/doc/asynclint/build-systems.md"}, set(self.files))
        # VS Code's extension can be built in a clone only.
        self.assertEqual([name for name in self.files if "vscode" in name], [])

    @unittest.skipIf(SANITIZED, "nobody packages that")
    def test_lintian(self):
        result = subprocess.run(["lintian", "--fail-on", "error,warning", "--allow-root", self.package], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_dependencies(self):
        """What no linker knows of is computed as well: libclang, which is loaded, and clang's own headers, which are read."""
        packages = {re.split("[ (]", need.strip())[0] for need in self.field("Depends").split(",")}
        self.assertLessEqual({"libc6", "libcjson1", "libxxhash0"}, packages)
        files = output("dpkg-query", "-L", *packages)
        self.assertRegex(files, r"/libclang-\d+\.so")
        self.assertRegex(files, r"/clang/\d+[0-9.]*/include/stddef\.h\n")

    def test_man_page_has_each_option_once(self):
        extracted = TOP / "man"
        output("dpkg-deb", "-x", self.package, extracted)
        page = gzip.open(extracted / "usr/share/man/man1/asynclint.1.gz", "rt").read().replace("\\-", "-")
        help_text = output(ASYNCLINT, "--help")
        options = re.findall(r"^  (?:-\w, |    )(--[\w-]+)", help_text, re.M)
        self.assertGreater(len(options), 30)
        self.assertEqual(re.findall(r"^(?:\\fB-\w\\fR, )?\\fB(--[\w-]+)\\fR", page, re.M), options)
        [actions] = re.findall(r"^\.SH ACTIONS$(.*?)^\.SH ", page, re.M | re.S)
        for action in set(re.findall(r"^(?:usage:|      ) asynclint \[?([a-z]+)", help_text, re.M)):
            self.assertIn(rf"\fB{action}\fR", actions)
        for heading in ("SUPPRESSIONS", "CONFIG", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"):
            self.assertRegex(page, rf"(?m)^\.SH {heading}$")
        for variable in re.findall(r'getenv\("(\w+)"\)', "".join(path.read_text() for path in SOURCE_DIR.glob("src/*.c"))):
            self.assertIn(variable, page)

    def test_other_man_page(self):
        page = gzip.open(ASYNCLINT.parent / "man/asynclint-cc.1.gz", "rt").read().replace("\\-", "-")
        named = set(re.findall(r"^\\fB(--[\w-]+)\\fR", page, re.M))
        self.assertLessEqual({"--fail-on", "--strict", "--root", "--objects"}, named)
        for option in named:
            self.assertIn(f" {option}", output(ASYNCLINT, "--help"))


@unittest.skipIf(SANITIZED, "the sanitizers need /proc")
class Installed(unittest.TestCase):
    """In a root that has the package, what it depends on, and a C library's headers."""

    @classmethod
    def setUpClass(cls):
        cls.package = build_package()
        needs = output("dpkg-deb", "-f", cls.package, "Depends").strip()
        cls.root = make_root(closure(f"{needs}, libc6-dev"))
        output("dpkg-deb", "-x", cls.package, TOP / "unpacked")
        shutil.copytree(TOP / "unpacked/usr", cls.root / "usr", dirs_exist_ok=True, symlinks=True)
        shutil.copytree(SOURCE_DIR / "tests/buildable", cls.root / "project")
        shutil.copytree(SOURCE_DIR / "fixtures/include", cls.root / "project/include")

    def run_for(self, status, *arguments):
        enter = ["chroot"] if os.getuid() == 0 else ["unshare", "-r", "chroot"]
        result = subprocess.run([*enter, self.root, "/usr/bin/asynclint", *arguments], capture_output=True, text=True,
                                cwd="/", env={"PATH": os.environ["PATH"]})
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def test_runs(self):
        self.assertRegex(self.run_for(0, "--version").stdout, r"^asynclint [\d.]+ \(.*clang version \d+.*\)\n$")
        self.assertIn("blocking-in-async", self.run_for(0, "rules").stdout)
        self.assertIn("## Example", self.run_for(0, "explain", "busy-wait").stdout)
        result = self.run_for(1, "/project/main.c", "/project/core/resolve.c", "--", "-isystem", "/project/include")
        self.assertIn("core/resolve.c:6:2: warning: 'getaddrinfo' waits for a name server", result.stdout)
        self.assertNotIn("parsed with errors", result.stderr)

    def test_without_libclang(self):
        """One clear line, and what needs no parser works."""
        aside = [(Path(path), Path(path + ".aside")) for path in glob.glob(f"{self.root}/usr/lib/*/libclang-*.so*")]
        self.assertTrue(aside)
        for path, other in aside:
            path.rename(other)
        try:
            version = self.run_for(0, "--version")
            self.assertRegex(version.stdout, r"^asynclint [\d.]+ \(cannot load libclang as '.*\)\n$")
            self.assertEqual(version.stderr, "")
            self.assertIn("blocking-in-async", self.run_for(0, "rules").stdout)
            check = self.run_for(2, "/project/main.c", "--", "-isystem", "/project/include")
            self.assertRegex(check.stderr, r"^error: cannot load libclang as '.*\n$")
        finally:
            for path, other in aside:
                other.rename(path)


if __name__ == "__main__":
    for tool in ("cpack", "dpkg-deb", "lintian", "scdoc"):
        if not shutil.which(tool):
            print(f"skipped: no {tool}")
            sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
