#!/usr/bin/env python3
"""--stats: what a run says of itself.

Usage: test_stats.py ASYNCLINT SOURCE_DIR [test names]
"""
import json
import re
import sys
import unittest

from test_cli import FINDING, Project

PHASE = re.compile(r"^( *)(\S.*?) +(\d+\.\d{3}) +(\d+\.\d{3})(  in workers)?$")


class Stats(Project):
    def cached(self, status, *arguments, **more):
        return self.check(status, *arguments, XDG_CACHE_HOME=str(self.root / "cache"), **more)

    def stats(self, status, *arguments, **more):
        return json.loads(self.cached(status, "-q", "--stats=json", *arguments, **more).stderr)

    def test_table(self):
        result = self.cached(1, "--stats")
        self.assertEqual(result.stdout, self.cached(1).stdout)
        summary, empty, head, *lines = result.stderr.splitlines()
        self.assertEqual((summary, empty), ("1 finding (1 warning) in 2 units", ""))
        self.assertRegex(head, r"^phase +wall +cpu  seconds$")
        table = lines[:lines.index("")]
        for line in table:
            self.assertRegex(line, PHASE)
            self.assertEqual(line.find(".", 28), table[0].find(".", 28), line)  # aligned
        phases = [PHASE.match(line).group(2) for line in table if not line.startswith(" ")]
        self.assertEqual(phases, ["models", "database", "facts", "join", "derive", "rules", "report", "total"])
        self.assertIn("units     2 parsed, 0 from the cache, 0 failed", lines)
        self.assertRegex(lines[-2], r"^memory    \d+\.\d MB, largest worker \d+\.\d MB$")
        self.assertEqual(lines[-1], "findings  1")

    def test_quiet_is_about_the_rest(self):
        self.assertTrue(self.cached(1, "-q", "--stats").stderr.startswith("\nphase "))

    def test_json(self):
        stats = self.stats(1, "--rules", "fake-async")
        self.assertEqual(list(stats), ["phases", "total", "units", "cache", "memory", "findings"])
        parts = {phase["name"]: phase for phase in stats["phases"]}
        self.assertEqual(parts["parse"]["part_of"], "facts")
        self.assertEqual((parts["parse"]["in"], parts["facts"]["in"]), ("workers", "parent"))
        self.assertEqual([name for name in parts if parts[name]["part_of"] == "rules"], ["blocking-in-async", "fake-async"])
        self.assertEqual(parts["effects"]["part_of"], "derive")
        for phase in (*stats["phases"], stats["total"]):
            self.assertGreaterEqual(min(phase["wall_us"], phase["cpu_us"]), 0)
        whole = sum(phase["wall_us"] for phase in stats["phases"] if not phase["part_of"])
        self.assertLessEqual(abs(stats["total"]["wall_us"] - whole), 10)  # each is rounded
        self.assertGreater(min(stats["memory"].values()), 1 << 20)

    def test_cache_counts(self):
        cold, warm = self.stats(1), self.stats(1)
        self.assertEqual(cold["units"], {"parsed": 2, "cached": 0, "failed": 0})
        self.assertEqual(warm["units"], {"parsed": 0, "cached": 2, "failed": 0})
        self.assertEqual(cold["cache"], {"bytes_read": 0, "bytes_written": warm["cache"]["bytes_read"]})
        self.assertEqual(warm["memory"]["largest_worker"], 0)
        self.assertNotIn("parse", [phase["name"] for phase in warm["phases"]])
        self.write("src/other.c", "void other(void) { }\n")
        self.assertEqual(self.stats(1)["units"], {"parsed": 1, "cached": 1, "failed": 0})
        self.assertEqual(self.stats(1, "--no-cache")["units"], {"parsed": 2, "cached": 0, "failed": 0})

    def test_failed_units(self):
        self.database("src/tick.c", "src/gone.c")
        messages = self.cached(2, "-q", "--stats=json").stderr
        self.assertEqual(json.loads(messages[messages.index("{"):])["units"], {"parsed": 1, "cached": 0, "failed": 1})

    def test_join(self):
        self.run_for(0, "facts", "src/tick.c", "-o", "tick.facts")
        stats = self.stats(1, "tick.facts", action="join")
        self.assertIn("load", [phase["name"] for phase in stats["phases"]])
        self.assertEqual(stats["units"], {"parsed": 0, "cached": 0, "failed": 0})
        messages = self.cached(2, "-q", "--stats=json", "tick.facts", "gone.facts", action="join").stderr
        self.assertEqual(json.loads(messages[messages.index("{"):])["units"], {"parsed": 0, "cached": 0, "failed": 1})

    def test_misuse(self):
        self.refused("option '--stats' takes nothing, or json, not 'xml'", "--stats=xml")
        self.refused("option '--stats' does not go with 'rules'", "rules", "--stats")
        self.assertTrue(self.cached(1, "--stats", "src/tick.c").stdout.startswith(FINDING))  # no argument of it


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
