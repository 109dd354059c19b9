#!/bin/sh
# The hook as a user meets it: a project with a compile database and pre-commit set up; real commits pass or are refused.
# Usage: test_precommit.sh ASYNCLINT SOURCE_DIR      (exit 77: pre-commit or git is missing)
set -eu
asynclint=$1 source_dir=$2
. "$source_dir/tests/project.sh"
for tool in pre-commit git; do
	command -v "$tool" >/dev/null || {
		echo "skipped: no $tool"
		exit 77
	}
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Nothing of the user's own settings, and nothing of a commit that this test itself may be run from.
for variable in $(git rev-parse --local-env-vars); do
	unset "$variable"
done
export HOME="$work/home" PRE_COMMIT_HOME="$work/cache" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost
mkdir -p "$HOME" "$work/hooks" "$work/project" "$work/aside"
put_on_path "$asynclint" "$work/bin"

passed=0 failed=0
check() { # what, command...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		cat "$work/commit.log"
	fi
}

commits() {
	git add -A
	git commit -qm "change" >"$work/commit.log" 2>&1
}

is_refused() {
	before=$(git rev-parse HEAD)
	! commits && [ "$(git rev-parse HEAD)" = "$before" ]
}

use_hook() { # id, lines of YAML to add to it...
	cat >.pre-commit-config.yaml <<END
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: $1
END
	shift
	for line; do
		echo "        $line" >>.pre-commit-config.yaml
	done
}

# Commits what is staged, with what is not staged beside it.
commits_staged() {
	git commit -qm "change" >"$work/commit.log" 2>&1
}

is_refused_staged() {
	before=$(git rev-parse HEAD)
	! commits_staged && [ "$(git rev-parse HEAD)" = "$before" ]
}

log_says() { # fixed string
	grep -qF -e "$1" "$work/commit.log"
}

# All that pre-commit needs of this repository is the hooks' definition at its root.
cp "$source_dir/.pre-commit-hooks.yaml" "$work/hooks/"
cd "$work/hooks"
git init -q
commits

cd "$work/project"
git init -q
use_hook asynclint
write_project "$source_dir"
mv compile_commands.json loop.c "$work/aside" # not into a parent of the project, where it would be found
pre-commit install >"$work/commit.log" 2>&1

check "without a database the commit passes" commits
check "without a database the hook says so" log_says compile_commands.json
use_hook asynclint 'args: [--require-database]'
echo "/* touched */" >>net.c
check "--require-database: without one the commit is refused" is_refused
check "--require-database: the reason is said" log_says "error: no compile_commands.json found"
use_hook asynclint

mv "$work/aside/compile_commands.json" .
check "a clean file passes" commits

mv "$work/aside/loop.c" .
check "a file with a finding is refused" is_refused
check "the finding's place is shown" log_says "loop.c:8:6: warning: "
check "the finding's rule is shown" log_says "[blocking-in-async]"

sed -i 's|^\tif (getaddrinfo|\t/* asynclint: allow blocking-in-async: the host is in /etc/hosts */\n&|' loop.c
check "a suppressed finding passes" commits

mv compile_commands.json "$work/aside"
echo '[{ "directory"' >compile_commands.json
echo "/* touched again */" >>net.c
check "a broken database does not pass" is_refused
check "a broken database is named" log_says compile_commands.json

mv "$work/aside/compile_commands.json" .
git checkout -q -f HEAD -- net.c
echo "int spare;" >spare.c
check "a file that the database does not know passes" commits
check "a file that the database does not know is named" log_says "warning: 'spare.c' has no command"
use_hook asynclint 'args: [--require-database]'
echo "int spare_too;" >>spare.c
check "--require-database: a file that the database does not know is refused" is_refused
use_hook asynclint
git checkout -q -f HEAD -- spare.c

echo '{ "exclude": ["loop.c"] }' >.asynclint.json
sed -i '/asynclint: allow/d' loop.c
check "what the config excludes passes" commits
echo '{ }' >.asynclint.json
echo "/* touched */" >>loop.c
check "what it no longer excludes does not" is_refused
sed -i 's|^\tif (getaddrinfo|\t/* asynclint: allow blocking-in-async: the host is in /etc/hosts */\n&|' loop.c
check "and passes when it is suppressed" commits

echo "notes" >notes.txt
check "a commit without C files passes" commits

# 'on_refresh' of loop.c comes to wait in net.c, whose own text has nothing wrong: the finding takes both files.
write_quick_net() {
	printf '#include "net.h"\n\nint net_resolve(const char *host, struct addrinfo **addresses)\n{\n\treturn host && addresses;\n}\n' >net.c
}
cp net.c "$work/aside/waiting.c"
sed -i -e '/asynclint: allow/d' -e 's|getaddrinfo("mirror.example.org", "https", NULL, |net_resolve("mirror.example.org", |' \
	-e 's|#include <netdb.h>|#include "net.h"|' loop.c
write_quick_net
check "a program without a fault passes" commits
cp "$work/aside/waiting.c" net.c
check "a fault that takes two files is found when one of them is staged" is_refused
check "its place is in the staged file" log_says "net.c:5:9: warning: "
check "its path runs through the other" log_says "loop.c:14:9: note: "

use_hook asynclint-files
check "asynclint-files does not see it" commits
use_hook asynclint
echo "/* touched */" >>loop.c
check "a commit that touches a step of its path is refused" is_refused
git checkout -q -f HEAD -- loop.c
echo "/* touched */" >>spare.c
check "a commit of another file passes" commits

# pre-commit puts aside what is not staged: what is judged is what will be committed.
write_quick_net
echo "/* staged */" >>loop.c
git add loop.c
check "a fault whose cure is not staged is refused" is_refused_staged
check "it is that fault" log_says "net.c:5:9: warning: "
check "the cure is still there" grep -q "return host && addresses" net.c
git add -A
check "with its cure staged the commit passes" commits_staged
cp "$work/aside/waiting.c" net.c
echo "/* staged too */" >>loop.c
git add loop.c
check "a fault that is not staged is no reason to refuse" commits_staged
check "what was not staged is still there" cmp -s net.c "$work/aside/waiting.c"
git checkout -q -f HEAD -- net.c

# A header is looked at through the units that include it.
printf '#include <unistd.h>\nstatic inline void net_pause(void) { sleep(1); }\n' >>net.h
sed -i 's|\tif (net_resolve|\tnet_pause();\n&|' loop.c
git add net.h
check "a header that a unit includes passes" commits_staged
git add -A
check "a fault in a header is found through the unit that includes it" is_refused_staged
check "its place is in the header" log_says "net.h:5:38: warning: "
git reset -q --hard

# What docs/pre-commit.md says of all files, and of the files between two commits.
cp "$work/aside/waiting.c" net.c
git add -A
git commit -q --no-verify -m "with a fault"
run_hook() {
	pre-commit run asynclint "$@" >"$work/commit.log" 2>&1
}
runs_into_finding() {
	! run_hook "$@" && log_says "net.c:5:9: warning: "
}
check "--all-files finds it" runs_into_finding --all-files
check "--from-ref finds it" runs_into_finding --from-ref HEAD~ --to-ref HEAD
check "--from-ref looks at the files of these commits only" run_hook --from-ref HEAD~2 --to-ref HEAD~

# As docs/pre-commit.md has it for those who go by git alone.
use_hook asynclint 'entry: asynclint --changed --quiet' 'pass_filenames: false'
echo "/* touched */" >>spare.c
check "--changed: a clean file passes" commits
echo "/* touched */" >>net.c
check "--changed: a file with a finding is refused" is_refused
check "--changed: the finding's place is shown" log_says "net.c:5:9: warning: "

# The same as git's own hook, as docs/pre-commit.md has it.
pre-commit uninstall >"$work/commit.log" 2>&1
sed -n '/^#!\/bin\/sh/,/^```/p' "$source_dir/docs/pre-commit.md" | sed '$d' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
check "git's own hook: a file with a finding is refused" is_refused
check "git's own hook: the finding's place is shown" log_says "net.c:5:9: warning: "
git checkout -q -f HEAD -- net.c
echo "/* touched */" >>spare.c
check "git's own hook: a clean file passes" commits

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
