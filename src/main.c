#include "catalog.h"
#include "console.h"
#include "launcher.h"
#include "lint.h"
#include "lsp.h"
#include "option_table.h"
#include "options.h"
#include "print_config.h"
#include "shell_completion.h"
#include "walk.h"

#include <errno.h>
#include <locale.h>
#include <string.h>

static int print_help(void)
{
	options_print_help(stdout);
	return 0;
}

static int print_version(struct arena *arena)
{
	printf("asynclint %s (%s)\n", ASYNCLINT_VERSION, walk_libclang_version(arena));
	return 0;
}

static int run(const struct options *options, int argc, char **argv, struct arena *arena)
{
	switch (options->action) {
	case ACTION_CHECK:
	case ACTION_JOIN:
		if (options->list_checks)
			return catalog_list_checks(options);
		return options->print_config ? print_config(options) : lint_check(options);
	case ACTION_FACTS:
		return lint_facts(options);
	case ACTION_WHY:
		return lint_why(options);
	case ACTION_LSP:
		return lsp_serve(argc, argv);
	case ACTION_CC:
	case ACTION_LD:
		return launcher_run(options);
	case ACTION_EXPLAIN:
		return catalog_explain(options);
	case ACTION_RULES:
		return catalog_rules(options);
	case ACTION_COMPLETION:
		return shell_completion_print(options);
	case ACTION_VERSION:
		return print_version(arena);
	case ACTION_HELP:
		break;
	}
	return print_help();
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, ""); /* widths of characters, for the marks beneath source lines */
	struct arena arena = {0};
	struct options options;
	const char *error = NULL;
	int status = 2;
	if (options_parse(&options, argc, argv, &arena, &error))
		status = run(&options, argc, argv, &arena);
	else
		console_error("%s", error);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		console_error("cannot write to standard output: %s", strerror(errno));
		status = 2;
	}
	options_release(&options);
	arena_release(&arena);
	return status;
}
