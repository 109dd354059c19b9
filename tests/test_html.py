#!/usr/bin/env python3
"""The page of --format html: what is in it, and how it does in a real browser (tests/node/html_page.mjs).

Usage: test_html.py ASYNCLINT SOURCE_DIR
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASYNCLINT = os.path.abspath(sys.argv[1])
SOURCE_DIR = Path(sys.argv[2]).resolve()
NODE_TESTS = SOURCE_DIR / "tests/node"
CHROMIUM = shutil.which("chromium")

if not CHROMIUM or not shutil.which("node") or not (NODE_TESTS / "node_modules/puppeteer-core").is_dir():
    print("no chromium, node, or tests/node/node_modules/puppeteer-core: ./setup --test installs them")
    sys.exit(77)

UV = """\
typedef struct uv_timer_s uv_timer_t;
typedef void (*uv_timer_cb)(uv_timer_t *timer);
int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, unsigned long timeout, unsigned long repeat);
unsigned sleep(unsigned seconds);
"""

# A message, a path, a name and lines that would be markup, script or something invisible if they were not text.
HOSTILE_MODEL = {
    "library": "hostile",
    "functions": {
        "größe_𝄞": {"blocks": {"because": "</script><script>alert('model')</script> \"quotes\" & <b>\u2028", "cost": "sleep"}},
    },
}
HOSTILE_FILE = '</script><img src=x onerror="alert(1)">.c'
HOSTILE_SOURCE = UV.encode() + "void größe_𝄞(void);\n".encode() + b"""
static void on_timer(uv_timer_t *timer)
{
	/* </script><script>alert('source')</script> <!-- <script> */
	/* before\xe2\x80\xa8after\xffend */ /* """ + b"x" * 500 + b""" */
	if (timer) { /* \xc3\xa4 \xf0\x9d\x84\x9e */ """ + "größe_𝄞();".encode() + b""" }
	sleep(1);
}

int begin(uv_timer_t *timer)
{
	return uv_timer_start(timer, on_timer, 1, 1);
}
"""

DIRECTORIES, FUNCTIONS = 40, 10


def many_source(directory):
    waits = [f"static void wait_{directory}_{i}(uv_timer_t *timer)\n{{\n\t(void)timer;\n\tsleep({i + 1});\n}}\n"
             for i in range(FUNCTIONS)]
    starts = "".join(f"\tuv_timer_start(timer, wait_{directory}_{i}, 1, 1);\n" for i in range(FUNCTIONS))
    return UV + "".join(waits) + f"\nvoid start_{directory}(uv_timer_t *timer)\n{{\n{starts}}}\n"


class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = Path(directory.name).resolve()
        cls.weather = cls.directory / "weather"
        shutil.copytree(SOURCE_DIR / "fixtures/weather", cls.weather)
        (cls.weather / "compile_commands.json").unlink()
        include = SOURCE_DIR / "fixtures/include"
        cls.database(cls.weather, sorted(path.name for path in cls.weather.glob("*.c")), f"-I{include}")

    @staticmethod
    def write(root, name, content):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    @classmethod
    def database(cls, root, files, *arguments):
        entries = [{"directory": str(root), "file": f, "arguments": ["cc", *arguments, "-c", f]} for f in files]
        cls.write(root, "compile_commands.json", json.dumps(entries))
        (root / ".git").mkdir()

    def run_in(self, root, status, *arguments):
        result = subprocess.run([ASYNCLINT, *arguments], cwd=root, stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(result.returncode, status, result.stderr.decode(errors="replace"))
        return result

    @staticmethod
    def data(page):
        return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S).group(1))

    def test_the_report_in_the_page_is_the_one_in_json(self):
        self.run_in(self.weather, 1, "-o", "html=page.html", "-o", "json=report.json", "-q")
        page = (self.weather / "page.html").read_text()
        self.assertEqual(self.data(page)["report"], json.loads((self.weather / "report.json").read_text()))
        self.assertNotIn(str(self.directory), page)
        self.assertEqual(self.run_in(self.weather, 1, "--format", "html").stdout.decode(), page)

    def test_the_map(self):
        data = self.data(self.run_in(self.weather, 1, "--format", "html").stdout.decode())
        names = data["map"]["flags"]
        files = [file[0] for file in data["map"]["files"]]
        functions = {name: {names[bit] for bit in range(len(names)) if flags >> bit & 1}
                     for name, _, _, flags in data["map"]["functions"]}
        self.assertEqual(files, ["forecast.c", "main.c", "resolve.c"])
        self.assertEqual(functions["resolve"], {"on-loop", "blocks"})
        self.assertEqual(functions["refresh"], {"on-loop", "leads"})
        self.assertEqual(functions["weather_fetch"], {"runs-loop"})
        self.assertEqual(functions["main"], {"runs-loop"})
        self.assertNotIn("on_report", functions)
        order = [name for name, *_ in data["map"]["functions"]]
        calls = data["map"]["calls"]
        self.assertIn(("refresh", "resolve"), {(order[a], order[b]) for a, b in zip(calls[::2], calls[1::2])})

    def test_it_does_not_matter_where_the_result_is_from(self):
        cache = ["--cache", str(self.directory / "cache")]
        self.run_in(self.weather, 1, *cache)
        first = self.run_in(self.weather, 1, *cache, "--format", "html")
        again = self.run_in(self.weather, 1, *cache, "--format", "html", "--stats=json", "-q")
        self.assertNotIn("derive", again.stderr.decode())
        self.assertEqual(again.stdout, first.stdout)
        self.assertEqual(self.run_in(self.weather, 1, "--no-cache", "--format", "html", "-j1").stdout, first.stdout)
        facts = []
        for source in ("resolve.c", "main.c", "forecast.c"):
            facts.append(str(self.directory / f"{source}.facts"))
            self.run_in(self.weather, 0, "facts", source, "-o", facts[-1])
        joined = self.run_in(self.weather, 1, "join", "--root", ".", *facts, "--format", "html")
        self.assertEqual(joined.stdout, first.stdout)

    def test_only_a_page_costs_a_map(self):
        stats = self.run_in(self.weather, 1, "--no-cache", "--stats=json", "-q").stderr.decode()
        self.assertNotIn('"map"', stats)
        stats = self.run_in(self.weather, 1, "--no-cache", "--stats=json", "-q", "-o", "html=page.html").stderr.decode()
        self.assertIn('"map"', stats)

    def test_scripts_are_scripts(self):
        for script in sorted((SOURCE_DIR / "src/html").glob("*.js")):
            subprocess.run(["node", "--check", script], check=True)

    def test_in_a_browser(self):
        reports = self.directory / "reports"
        reports.mkdir()
        self.run_in(self.weather, 1, "-o", f"html={reports}/weather.html")
        empty = self.directory / "empty"
        self.write(empty, "nothing.c", "int nothing(void)\n{\n\treturn 0;\n}\n")
        self.database(empty, ["nothing.c"])
        self.run_in(empty, 0, "-o", f"html={reports}/empty.html")
        hostile = self.directory / "<b onclick=x>"
        self.write(hostile, HOSTILE_FILE, HOSTILE_SOURCE)
        self.write(hostile, "hostile.json", json.dumps(HOSTILE_MODEL))
        self.database(hostile, [HOSTILE_FILE])
        self.run_in(hostile, 1, "--models", "hostile.json", "-o", f"html={reports}/hostile.html")
        many = self.directory / "many"
        sources = [f"d{i}/file.c" for i in range(DIRECTORIES)]
        for i, source in enumerate(sources):
            self.write(many, source, many_source(i))
        self.database(many, sources)
        self.run_in(many, 1, "-o", f"html={reports}/many.html")
        command = ["node", NODE_TESTS / "html_page.mjs", CHROMIUM, reports]
        result = subprocess.run(command, cwd=NODE_TESTS, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                env={**os.environ, "HOME": str(self.directory)})
        self.assertEqual(result.returncode, 0, f"{result.stdout}\n{result.stderr}")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
