;;; flycheck-asynclint.el --- Flycheck checker for asynclint  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1") (flycheck "32"))

;;; Commentary:

;; (require 'flycheck-asynclint) adds the checker `c-asynclint', which runs after the compiler's.
;; asynclint reads the file, so a buffer is checked as last saved.

;;; Code:

(require 'flycheck)

(defun flycheck-asynclint--in-characters (error)
  "Change the column of ERROR from bytes, as asynclint counts, to characters."
  (let ((column (flycheck-error-column error))
        (file (flycheck-error-filename error)))
    (when (and column file (equal (file-truename file) (file-truename buffer-file-name)))
      (save-restriction
        (widen)
        (save-excursion
          (goto-char (point-min))
          (forward-line (1- (flycheck-error-line error)))
          (let ((place (byte-to-position (+ (position-bytes (point)) (1- column)))))
            (when place
              (setf (flycheck-error-column error) (1+ (- place (point)))))))))
    error))

(flycheck-define-checker c-asynclint
  "Find async-boundary anti-patterns in C, in the whole program that a compile_commands.json describes."
  :command ("asynclint" "--quiet" "--color" "never" source-original)
  :error-patterns
  ((error line-start (file-name) ":" line ":" column ": error: " (message) " [" (id (one-or-more (any "a-z-"))) "]" line-end)
   (warning line-start (file-name) ":" line ":" column ": warning: " (message) " [" (id (one-or-more (any "a-z-"))) "]" line-end)
   (info line-start (file-name) ":" line ":" column ": note: " (message) line-end))
  :error-filter (lambda (errors) (mapcar #'flycheck-asynclint--in-characters errors))
  :predicate (lambda () (and buffer-file-name (flycheck-buffer-saved-p)))
  :modes (c-mode c-ts-mode))

(add-to-list 'flycheck-checkers 'c-asynclint t)
(dolist (checker '(c/c++-clang c/c++-gcc))
  (flycheck-add-next-checker checker 'c-asynclint t))

(provide 'flycheck-asynclint)
;;; flycheck-asynclint.el ends here
