/*
 * --print-config: what is in effect after config and command line, as JSON.
 */
#ifndef ASYNCLINT_PRINT_CONFIG_H
#define ASYNCLINT_PRINT_CONFIG_H

#include "options.h"

/* Prints it to standard output: for the file that is named, where one is. Returns the exit status. */
int print_config(const struct options *options);

#endif
