;;; asynclint.el --- Flymake backend for asynclint  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1"))

;;; Commentary:

;; (add-hook 'c-mode-hook #'asynclint-flymake-setup) and `flymake-mode' show asynclint's findings in the buffer.
;; asynclint reads the file, so a buffer is checked as last saved.

;;; Code:

(require 'flymake)

(defgroup asynclint nil
  "Find async-boundary anti-patterns in C."
  :group 'tools)

(defcustom asynclint-program "asynclint"
  "Name or path of the program."
  :type 'string)

(defvar-local asynclint--process nil
  "The check of this buffer that is running, or the last one.")

(defconst asynclint--line
  "^\\(.+?\\):\\([0-9]+\\):\\([0-9]+\\): \\(error\\|warning\\|note\\): \\(.*\\)$"
  "A line of the text report: file, line, column in bytes, severity, message.")

(defun asynclint--diagnostic (source line column severity text)
  "Return a diagnostic at LINE and COLUMN (in bytes) of the buffer SOURCE."
  (with-current-buffer source
    (save-excursion
      (goto-char (point-min))
      (forward-line (1- line))
      (goto-char (or (byte-to-position (+ (position-bytes (point)) (1- column))) (point)))
      (let ((beginning (point)))
        (skip-syntax-forward "w_")
        (flymake-make-diagnostic source beginning (max (point) (min (1+ beginning) (point-max)))
                                 (pcase severity ("error" :error) ("warning" :warning) (_ :note))
                                 text)))))

(defun asynclint--parse (source)
  "Return what a report, in the current buffer, finds in the file of SOURCE.
The notes beneath a finding become part of its text."
  (let ((file (file-truename (buffer-file-name source)))
        findings)
    (goto-char (point-min))
    (while (re-search-forward asynclint--line nil t)
      (let ((name (match-string 1)) (line (string-to-number (match-string 2)))
            (column (string-to-number (match-string 3))) (severity (match-string 4)) (message (match-string 5)))
        ;; A note that names a rule is a finding of its own: advice.
        (if (and (string= severity "note") (not (string-suffix-p "]" message)))
            (when findings
              (setcar (last (car findings)) (format "%s\n%s:%d: %s" (car (last (car findings))) name line message)))
          (push (list name line column severity message) findings))))
    (delq nil (mapcar (lambda (finding)
                        (when (string= (file-truename (expand-file-name (car finding))) file)
                          (apply #'asynclint--diagnostic source (cdr finding))))
                      (nreverse findings)))))

(defun asynclint--finish (process report-fn)
  "Hand what PROCESS found to REPORT-FN, unless a newer check replaced it."
  (let ((source (process-get process 'asynclint-source))
        (status (process-exit-status process)))
    (when (and (buffer-live-p source) (eq process (buffer-local-value 'asynclint--process source)))
      (with-current-buffer (process-buffer process)
        (if (memq status '(0 1))
            (funcall report-fn (asynclint--parse source))
          (funcall report-fn :panic :explanation (format "asynclint: exit status %s: %s" status (buffer-string))))))
    (kill-buffer (process-buffer process))))

(defun asynclint-flymake (report-fn &rest _arguments)
  "Flymake backend: check the file of the current buffer and call REPORT-FN."
  (if (or (not buffer-file-name) (buffer-modified-p))
      ;; What was found in the saved file stays until the next save: an empty region replaces nothing.
      (funcall report-fn nil :region (cons (point-min) (point-min)))
    (when (process-live-p asynclint--process)
      (kill-process asynclint--process))
    (setq asynclint--process
          (make-process :name "asynclint" :buffer (generate-new-buffer " *asynclint*") :noquery t
                        :connection-type 'pipe
                        :command (list asynclint-program "--quiet" "--color" "never" buffer-file-name)
                        :sentinel (lambda (process _event)
                                    (unless (process-live-p process)
                                      (asynclint--finish process report-fn)))))
    (process-put asynclint--process 'asynclint-source (current-buffer))))

(defun asynclint-flymake-setup ()
  "Let Flymake ask asynclint in this buffer."
  (add-hook 'flymake-diagnostic-functions #'asynclint-flymake nil t))

(provide 'asynclint)
;;; asynclint.el ends here
