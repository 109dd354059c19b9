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

log_says() { # fixed string
	grep -qF -e "$1" "$work/commit.log"
}

# All that pre-commit needs of this repository is the hook's definition at its root.
cp "$source_dir/.pre-commit-hooks.yaml" "$work/hooks/"
cd "$work/hooks"
git init -q
commits

cd "$work/project"
git init -q
cat >.pre-commit-config.yaml <<END
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks:
      - id: asynclint
END
write_project "$source_dir"
mv compile_commands.json loop.c "$work/aside" # not into a parent of the project, where it would be found
pre-commit install >"$work/commit.log" 2>&1

check "without a database the commit passes" commits
check "without a database the hook says so" log_says compile_commands.json

mv "$work/aside/compile_commands.json" .
echo "/* touched */" >>net.c
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
check "a file that the database does not know does not pass" is_refused
check "a file that the database does not know is named" log_says spare.c

git rm -q --cached spare.c
rm spare.c
echo "notes" >notes.txt
check "a commit without C files passes" commits

# As docs/pre-commit.md has it: the whole program, of which what is in changed files is shown.
cat >>.pre-commit-config.yaml <<END
        args: [--changed, --quiet]
        pass_filenames: false
END
echo "/* touched */" >>net.c
check "--changed: a clean file passes" commits
sed -i '/asynclint: allow/d' loop.c
check "--changed: a file with a finding is refused" is_refused
check "--changed: the finding's place is shown" log_says "loop.c:8:6: warning: "

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
