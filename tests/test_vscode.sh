#!/bin/sh
# The VS Code extension: built into a .vsix by vsce, which must hold what it needs; its problem matcher and its server's command line are tried.
# Usage: test_vscode.sh ASYNCLINT SOURCE_DIR      (exit 77 without node or integrations/vscode/node_modules: ./setup --test installs both)
set -eu
asynclint=$1 source_dir=$2
. "$source_dir/tests/project.sh"
extension=$source_dir/integrations/vscode
command -v node >/dev/null && [ -d "$extension/node_modules/@vscode/vsce" ] || {
	echo "skipped: no node, or no integrations/vscode/node_modules"
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As `npm run package` does, in a copy: the tests of two builds may run at once.
mkdir -p "$work/integrations" "$work/docs" "$work/project"
cp -r "$extension" "$work/integrations/vscode"
cp "$source_dir/LICENSE" "$work"
cp "$source_dir/docs/config.schema.json" "$work/docs"
(cd "$work/integrations/vscode" && rm -f ./*.vsix && HOME=$work npm run --silent package) >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
mkdir "$work/installed"
python3 -m zipfile -e "$work"/integrations/vscode/asynclint-*.vsix "$work/installed"

cd "$work/project"
write_project "$source_dir"
status=0
"$asynclint" --quiet --color never >"$work/report" || status=$?
[ "$status" -eq 1 ]
node "$source_dir/tests/node/vscode.js" "$asynclint" "$source_dir" "$work/installed" "$work/report"
