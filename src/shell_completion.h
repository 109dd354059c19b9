/*
 * Scripts that make shells complete asynclint's command line: actions, the options that go with each, what can stand
 * behind an option, names of rules. They are written from the tables of options.h, so they know every option.
 *
 * What each shell reads: bash, "Programmable Completion" in its manual; zsh, _arguments in zshcompsys(1); fish,
 * complete in its documentation. The scripts do not call asynclint: they are quick, and work without it.
 */
#ifndef ASYNCLINT_SHELL_COMPLETION_H
#define ASYNCLINT_SHELL_COMPLETION_H

#include "options.h"

/* Prints the script for options->subject. Returns the exit status: 0, or 2 after saying that there is no such shell. */
int shell_completion_print(const struct options *options);

#endif
