#!/bin/sh
# rules/new in a copy of what it touches: what it writes, that it compiles, and that it refuses all or nothing.
# Usage: test_new.sh ASYNCLINT SOURCE_DIR
set -eu
source_dir=$2
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/rules" "$tree/fixtures"
cp "$source_dir/rules/new" "$tree/rules/"
cp "$source_dir/CMakeLists.txt" "$source_dir/CHANGELOG.md" "$tree/"
printf '/* One line a rule. */\nRULE(hidden_loop)\nRULE(nested_loop)\n' >"$tree/rules/rules.def"
cd "$tree"

passed=0 failed=0
check() { # what, command...
	what=$1
	shift
	if "$@" >out.log 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		cat out.log
	fi
}

state() {
	find rules fixtures CHANGELOG.md -type f -exec cksum {} + | sort
}

refuses() { # expected message, arguments of rules/new...
	expected=$1
	shift
	before=$(state)
	status=0
	rules/new "$@" >out.txt 2>err.txt || status=$?
	[ "$status" -eq 2 ] && grep -qF "$expected" err.txt && [ "$(state)" = "$before" ]
}

summary="function polls what an event could signal"
check "makes a rule from any directory" sh -c 'cd / && "$1/rules/new" loop-probe loop "$2"' sh "$tree" "$summary"
check "the code compiles" \
	gcc -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Werror -fsyntax-only -I "$source_dir/src" rules/loop-probe.c
check "the code defines the rule" grep -qx 'const struct rule rule_loop_probe = {' rules/loop-probe.c
check "the code has the summary" grep -qF ".summary = \"$summary\"" rules/loop-probe.c
check "the document's title is the summary" test "$(head -n 1 rules/loop-probe.md)" = "# $summary"
check "the document has the four headings" test "$(grep -c '^## ' rules/loop-probe.md)" -eq 4
check "the fixture compiles and wants a finding" \
	sh -c 'gcc -Wall -Werror -fsyntax-only fixtures/loop-probe/example.c && grep -q "// want loop-probe" fixtures/loop-probe/example.c'
check "the table stays sorted" \
	test "$(cat rules/rules.def)" = "$(printf '/* One line a rule. */\nRULE(hidden_loop)\nRULE(loop_probe)\nRULE(nested_loop)')"
check "the changelog gets a section and an entry above the newest version" \
	test "$(sed -n '/^## Unreleased/,/^## [0-9]/p' CHANGELOG.md | head -n 4)" = "$(printf '## Unreleased\n\n- `loop-probe`: %s\n' "$summary")"

rules/new busy-wait block "another, with 50% & a slash / in it" >/dev/null
check "a first rule goes to the front" test "$(sed -n 2p rules/rules.def)" = "RULE(busy_wait)"
rules/new zombie-handle life "the last one" >/dev/null
check "a last rule goes to the end" test "$(tail -n 1 rules/rules.def)" = "RULE(zombie_handle)"
check "later entries follow the first" \
	test "$(sed -n '/^## Unreleased/,/^## [0-9]/p' CHANGELOG.md | grep -c '^- ')" -eq 3
check "the summary is taken literally" grep -qxF -e '- `busy-wait`: another, with 50% & a slash / in it' CHANGELOG.md
check "one section is enough" test "$(grep -c '^## Unreleased' CHANGELOG.md)" -eq 1
check "the old entries are all there" \
	test "$(sed -n '/^## 0.1.0/,$p' CHANGELOG.md)" = "$(sed -n '/^## 0.1.0/,$p' "$source_dir/CHANGELOG.md")"

check "refuses a rule that exists" refuses "'rules/loop-probe.c' exists" loop-probe loop "$summary"
rm rules/loop-probe.c rules/loop-probe.md
check "refuses when only the fixtures exist" refuses "'fixtures/loop-probe' exists" loop-probe loop "$summary"
rm -r fixtures/loop-probe
check "refuses when only the table has it" refuses "stands in rules/rules.def" loop-probe loop "$summary"
check "refuses a bad id" refuses "'Busy_Wait' is no rule id" Busy_Wait block "$summary"
check "refuses a path as id" refuses "is no rule id" ../evil block "$summary"
check "refuses an unknown family" refuses "'speed' is no family" spin speed "$summary"
check "refuses a capital" refuses "lower case" spin block "Function spins"
check "refuses a full stop" refuses "no full stop" spin block "function spins."
check "refuses quotes" refuses "without double quotes" spin block 'function "spins"'
check "refuses an empty summary" refuses "one line" spin block ""
check "refuses missing arguments" refuses "usage:" spin

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
