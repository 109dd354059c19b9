#!/bin/sh
# Each editor as docs/editors.md sets it up, without a screen: does it know where the finding is, and what it says?
# Usage: test_editors.sh ASYNCLINT SOURCE_DIR      (an editor that is not installed is named; exit 77 if there is none at all)
set -eu
asynclint=$1 source_dir=$2
. "$source_dir/tests/project.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" XDG_STATE_HOME="$work/home" TERM=dumb
mkdir -p "$HOME" "$work/project"
put_on_path "$asynclint" "$work/bin"
cd "$work/project"
write_project "$source_dir"

passed=0 failed=0 missing=0
check() { # what, command...
	what=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		cat "$work/log"
	fi
}

available() { # editor
	command -v "$1" >/dev/null && return
	echo "skipped: no $1"
	missing=$((missing + 1))
	return 1
}

# Runs :make! and writes the quickfix list, one valid entry a line: file line column type text.
quickfix() { # editor and its options...
	rm -f "$work/quickfix"
	"$@" -c "set runtimepath+=$source_dir/integrations/vim" -c 'compiler asynclint' -c 'silent make!' \
		-c 'let entries = filter(getqflist(), "v:val.valid")' \
		-c 'let lines = map(entries, "join([bufname(v:val.bufnr), v:val.lnum, v:val.col, v:val.type, v:val.text])")' \
		-c "call writefile(lines, '$work/quickfix')" -c 'qa!' </dev/null
	cat "$work/quickfix"
	grep -q "^loop.c 8 6 w .*'getaddrinfo'.*\[blocking-in-async\]$" "$work/quickfix" &&
		grep -q "^loop.c 14 [0-9]* n .*'on_refresh'" "$work/quickfix" &&
		! grep -q "^net.c" "$work/quickfix"
}

if available vim && vim --version | grep -qF +quickfix; then
	check "vim: quickfix list" quickfix vim -N -u NONE -i NONE -n -es
fi

if available nvim; then
	check "nvim: quickfix list" quickfix nvim -u NONE -i NONE -n --headless
	cat >"$work/lint.lua" <<'END'
-- Runs the linter as nvim-lint does and prints its diagnostics.
local linter = require('lint.linters.asynclint')
assert(linter.ignore_exitcode and linter.append_fname and not linter.stdin and linter.stream == 'stdout')
local function lint(file, extra)
  vim.cmd('edit ' .. file)
  local command = vim.list_extend({ linter.cmd }, linter.args)
  vim.list_extend(command, extra or {})
  table.insert(command, vim.api.nvim_buf_get_name(0))
  local quoted = table.concat(vim.tbl_map(vim.fn.shellescape, command), ' ')
  local diagnostics = linter.parser(vim.fn.system(quoted .. ' 2>/dev/null'), vim.api.nvim_get_current_buf())
  vim.diagnostic.set(vim.api.nvim_create_namespace('asynclint'), 0, diagnostics)
  return vim.diagnostic.get(0)
end
local found = lint('loop.c')
assert(#found == 1, vim.inspect(found))
assert(found[1].lnum == 7 and found[1].col == 5 and found[1].end_col > 5, vim.inspect(found))
assert(found[1].severity == vim.diagnostic.severity.WARN and found[1].code == 'blocking-in-async', vim.inspect(found))
assert(found[1].message:find("'getaddrinfo'", 1, true) and found[1].message:find('loop.c:14: ', 1, true), vim.inspect(found))
assert(#lint('net.c') == 0)
local refused = lint('loop.c', { '-p', '/nonexistent' })
assert(#refused == 1 and refused[1].message:find('not checked', 1, true), vim.inspect(refused))
print('done')
END
	# An error in the script leaves Neovim running: -c cquit after it ends it with status 1.
	check "nvim: nvim-lint linter" nvim -u NONE -i NONE -n --headless \
		-c "set runtimepath+=$source_dir/integrations/vim" -c "luafile $work/lint.lua" -c 'if execute("messages") !~# "done" | cquit | endif' -c 'qa!'
fi

if available emacs; then
	cat >"$work/check.el" <<'END'
;; -*- lexical-binding: t; -*-
(defun wait-for (done)
  (while (not (funcall done)) (accept-process-output nil 1)))

(setq compilation-error-screen-columns nil)
(compile "asynclint --quiet")
(let ((buffer (get-buffer "*compilation*")))
  (wait-for (lambda () (not (get-buffer-process buffer))))
  (with-current-buffer buffer (compilation--ensure-parse (point-max)))
  (next-error 1 t)
  (set-buffer (window-buffer))
  (let ((place (format "%s %d %d" (file-name-nondirectory buffer-file-name) (line-number-at-pos) (- (point) (line-beginning-position)))))
    (unless (string= place "loop.c 8 5") (error "next-error went to %s" place))))

(require 'asynclint)
(defun findings (file)
  (with-current-buffer (find-file-noselect file)
    (let ((answer 'none))
      (asynclint-flymake (lambda (diagnostics &rest _) (setq answer diagnostics)))
      (wait-for (lambda () (not (eq answer 'none))))
      answer)))
(let ((found (findings "loop.c")))
  (unless (= (length found) 1) (error "flymake: %S" found))
  (with-current-buffer "loop.c"
    (let* ((finding (car found))
           (text (flymake-diagnostic-text finding)))
      (unless (and (equal (buffer-substring (flymake-diagnostic-beg finding) (flymake-diagnostic-end finding)) "getaddrinfo")
                   (= (line-number-at-pos (flymake-diagnostic-beg finding)) 8)
                   (eq (flymake-diagnostic-type finding) :warning)
                   (string-match-p "\\[blocking-in-async\\]" text)
                   (string-match-p "loop.c:14: .*'on_refresh'" text))
        (error "flymake: %S" finding)))
    (insert " ")
    (unless (equal (findings "loop.c") nil) (error "a modified buffer was checked"))
    (set-buffer-modified-p nil)))
(when (findings "net.c") (error "flymake: findings in a clean file"))
(delete-file "compile_commands.json")
(unless (eq (findings "net.c") :panic) (error "a check that failed looks like a clean file"))
END
	check "emacs: compile, next-error, flymake" emacs -Q --batch -L "$source_dir/integrations/emacs" -l "$work/check.el"
	check "emacs: the file compiles without a warning" emacs -Q --batch --eval '(setq byte-compile-error-on-warn t)' \
		--eval "(setq byte-compile-dest-file-function (lambda (_) \"$work/asynclint.elc\"))" \
		-f batch-byte-compile "$source_dir/integrations/emacs/asynclint.el"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] || exit 1
[ "$passed" -gt 0 ] || exit 77
