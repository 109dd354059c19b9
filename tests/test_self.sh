#!/bin/sh
# asynclint on asynclint: no finding, no suppression without effect, nothing that failed to parse.
# Usage: test_self.sh ASYNCLINT SOURCE_DIR
set -eu
build=$(dirname "$1")
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$1" -p "$build" --format json >"$said" || { cat "$said"; exit 1; }
python3 - "$said" <<'EOF'
import json, sys
coverage = json.load(open(sys.argv[1]))["coverage"]
assert coverage["units"] > 100, coverage["units"]
for kind in ("failed", "degraded", "unused_suppressions", "notes"):
    assert not coverage[kind], (kind, coverage[kind])
print(f"{coverage['units']} units, no finding")
EOF
