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
	cat >"$work/server.lua" <<'END'
-- The language server, by Neovim's own client. Waits for what must come; vim.wait() gives up after its time.
local function wait(what, done)
  assert(vim.wait(120000, done, 20), 'nothing came: ' .. what .. vim.inspect(vim.diagnostic.get(0)))
end
local function codes()
  return table.concat(vim.tbl_map(function(found) return found.code or '?' end, vim.diagnostic.get(0)), ' ')
end
require('asynclint').setup()
vim.cmd('edit loop.c')
vim.cmd('setfiletype c')
wait('the finding', function() return codes() == 'blocking-in-async' end)
local found = vim.diagnostic.get(0)[1]
assert(found.lnum == 7 and found.col == 5 and found.source == 'asynclint', vim.inspect(found))
local client = vim.lsp.get_active_clients()[1]
assert(client.name == 'asynclint' and client.config.root_dir == vim.loop.fs_realpath('.'), client.config.root_dir)

local function request(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, 120000)
  return answers[client.id].result
end
vim.api.nvim_win_set_cursor(0, { 4, 14 })
local hover = request('textDocument/hover', vim.lsp.util.make_position_params(0, client.offset_encoding))
assert(hover.contents.value:find('runs: on-loop, libuv', 1, true), vim.inspect(hover))

-- The suppression is applied to the buffer, which is not saved; then nothing is found in it.
vim.api.nvim_win_set_cursor(0, { 8, 6 })
local parameters = vim.lsp.util.make_range_params(0, client.offset_encoding)
parameters.context = { diagnostics = {} }
local actions = request('textDocument/codeAction', parameters)
assert(#actions == 2, vim.inspect(actions))
vim.lsp.util.apply_workspace_edit(actions[1].edit, client.offset_encoding)
assert(vim.api.nvim_buf_get_lines(0, 7, 8, true)[1]:find('^\t/%* asynclint: allow blocking%-in%-async: '))
wait('no finding', function() return codes() == '' end)
vim.cmd('undo')
wait('the finding again', function() return codes() == 'blocking-in-async' end)

-- A second file with the same client.
vim.cmd('edit! net.c')
vim.cmd('setfiletype c')
assert(#vim.lsp.get_active_clients() == 1)
client.stop()
wait('the end', function() return client.is_stopped() end)
print('done')
END
	check "nvim: language server" nvim -u NONE -i NONE -n --headless -c "set runtimepath+=$source_dir/integrations/vim hidden" \
		-c "luafile $work/server.lua" -c 'if execute("messages") !~# "done" | cquit | endif' -c 'qa!'
fi

# ALE, whose own code starts the server and shows what it says; in Vim as in Neovim.
ale=/usr/share/vim-ale
ale_finds() { # editor and its options...
	rm -f "$work/ale"
	cat >"$work/ale.vim" <<'END'
" ALE is told what to run; the list of the buffer is what it shows.
let g:ale_linters = {'c': ['asynclint']}
let g:ale_lint_on_text_changed = 'always'
let g:ale_lint_delay = 0
filetype on
runtime! plugin/ale.vim
edit loop.c
set filetype=c
call ale#Queue(0)
function! Wait(done) abort
  for i in range(6000)
    if eval(a:done)
      return
    endif
    sleep 20m
  endfor
  call writefile(['nothing came: ' . a:done], $ALE_OUT, 'a')
  cquit
endfunction
call Wait('len(ale#engine#GetLoclist(bufnr("")))')
let found = ale#engine#GetLoclist(bufnr(''))[0]
call writefile([join([found.lnum, found.col, found.type, found.code, found.text])], $ALE_OUT)
" Mended in the buffer, not saved.
8s/getaddrinfo([^)]*)/timer->data/
call ale#Queue(0)
call Wait('!len(ale#engine#GetLoclist(bufnr("")))')
call writefile(['clean'], $ALE_OUT, 'a')
call ale#lsp#StopAll()
qa!
END
	ALE_OUT="$work/ale" "$@" -c "set runtimepath^=$ale runtimepath+=$source_dir/integrations/vim" \
		-c "source $work/ale.vim" </dev/null
	cat "$work/ale"
	grep -q "^8 6 W blocking-in-async 'getaddrinfo' waits" "$work/ale" && grep -qx clean "$work/ale"
}
if [ -f $ale/autoload/ale.vim ]; then
	if available vim && vim --version | grep -qF +job; then
		check "vim: ale" ale_finds vim -N -u NONE -i NONE -n -es
	fi
	if available nvim; then
		check "nvim: ale" ale_finds nvim -u NONE -i NONE -n --headless
	fi
else
	echo "skipped: no ale"
	missing=$((missing + 1))
fi

if available emacs; then
	emacs_has() { # library
		emacs -q --batch -f package-initialize --eval "(unless (locate-library \"$1\") (kill-emacs 1))" 2>/dev/null && return
		echo "skipped: no $1 for emacs"
		missing=$((missing + 1))
		return 1
	}
	if emacs_has flycheck; then
		cat >"$work/flycheck.el" <<'END'
;; -*- lexical-binding: t; coding: utf-8 -*-
(require 'flycheck-asynclint)
(defun errors (file)
  (with-current-buffer (find-file-noselect file)
    (c-mode)
    (setq flycheck-checker 'c-asynclint)
    (flycheck-mode)
    (flycheck-buffer)
    (while (flycheck-running-p) (accept-process-output nil 1))
    (unless (eq flycheck-last-status-change 'finished) (error "flycheck: %s" flycheck-last-status-change))
    (mapcar (lambda (found) (list (flycheck-error-line found) (flycheck-error-column found) (flycheck-error-level found)
                                  (flycheck-error-id found) (substring (flycheck-error-message found) 0 12)))
            flycheck-current-errors)))
(let ((coding-system-for-read 'utf-8) (coding-system-for-write 'utf-8))
  (with-temp-buffer
    (insert-file-contents "loop.c")
    (search-forward "\tif (")
    (replace-match "\tconst char *name = \"grüße\"; if (")
    (write-region nil nil "loop.c"))
  (let ((found (errors "loop.c")))
    (unless (equal found '((8 34 warning "blocking-in-async" "'getaddrinfo") (14 9 info nil "'on_refresh'")))
      (error "flycheck: %S" found))))
(when (errors "net.c") (error "flycheck: errors in a clean file"))
END
		mkdir -p "$work/flycheck" && cp loop.c net.c net.h compile_commands.json "$work/flycheck"
		sed -i "s|$work/project|$work/flycheck|g" "$work/flycheck/compile_commands.json"
		check "emacs: flycheck" env -C "$work/flycheck" emacs -q --batch -f package-initialize -L "$source_dir/integrations/emacs" -l "$work/flycheck.el"
		check "emacs: the flycheck file compiles without a warning" emacs -q --batch -f package-initialize --eval '(setq byte-compile-error-on-warn t)' \
			--eval "(setq byte-compile-dest-file-function (lambda (_) \"$work/flycheck-asynclint.elc\"))" \
			-f batch-byte-compile "$source_dir/integrations/emacs/flycheck-asynclint.el"
	fi
	if emacs_has eglot; then
		cat >"$work/eglot.el" <<'END'
;; -*- lexical-binding: t; -*-
(require 'eglot)
(add-to-list 'eglot-server-programs '(c-mode . ("asynclint" "lsp")))
(setq eglot-sync-connect 60 eglot-autoshutdown nil eglot-send-changes-idle-time 0)
(defun wait-for (what done)
  (let ((left 6000))
    (while (not (funcall done))
      (when (zerop (setq left (1- left))) (error "eglot: nothing came: %s" what))
      (flymake-start)
      (accept-process-output nil 0.02))))
(find-file "loop.c")
(c-mode)
(apply #'eglot (eglot--guess-contact))
(wait-for "the finding" #'flymake-diagnostics)
(let ((found (car (flymake-diagnostics))))
  (unless (and (= (length (flymake-diagnostics)) 1)
               (= (line-number-at-pos (flymake-diagnostic-beg found)) 8)
               (string-match-p "blocking-in-async" (flymake-diagnostic-text found)))
    (error "eglot: %S" (flymake-diagnostics)))
  (goto-char (flymake-diagnostic-beg found)))
(let ((hover (save-excursion
               (goto-char (point-min))
               (search-forward "on_ref")
               (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams)))))
  (unless (string-match-p "runs: on-loop, libuv" (plist-get (plist-get hover :contents) :value)) (error "eglot: %S" hover)))
;; The suppression, as M-x eglot-code-actions applies it.
(let* ((actions (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
                                 (list :textDocument (eglot--TextDocumentIdentifier)
                                       :range (list :start (eglot--pos-to-lsp-position) :end (eglot--pos-to-lsp-position))
                                       :context (list :diagnostics [])))))
  (eglot--apply-workspace-edit (plist-get (aref actions 0) :edit)))
(goto-char (point-min))
(unless (re-search-forward "^\t/\\* asynclint: allow blocking-in-async: " nil t) (error "eglot: no suppression"))
(eglot--signal-textDocument/didChange)
(wait-for "no finding" (lambda () (null (flymake-diagnostics))))
(set-buffer-modified-p nil)
(eglot-shutdown (eglot--current-server-or-lose))
END
		check "emacs: eglot" emacs -q --batch -f package-initialize -l "$work/eglot.el"
	fi
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
