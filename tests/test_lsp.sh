#!/bin/sh
# `asynclint lsp` as a client of the protocol sees it: tests/node/lsp.js, by npm's vscode-languageserver-protocol.
# Usage: test_lsp.sh ASYNCLINT SOURCE_DIR      (exit 77 without node or tests/node/node_modules: ./setup --test installs both)
set -eu
command -v node >/dev/null && [ -d "$2/tests/node/node_modules/vscode-languageserver-protocol" ] || {
	echo "skipped: no node, or no tests/node/node_modules"
	exit 77
}
exec node "$2/tests/node/lsp.js" "$1" "$2"
