#include "shell_completion.h"

#include "console.h"
#include "models.h"
#include "option_table.h"

#include <string.h>

/* What can stand where an option's argument does. */
enum completed { COMPLETE_NOTHING, COMPLETE_FILES, COMPLETE_DIRECTORIES, COMPLETE_WORD, COMPLETE_LIST };

struct completed_argument {
	enum completed kind;
	const char *words; /* of a word or a list: what it is taken from, each after a blank */
};

static const char *add(const char *words, const char *word, struct arena *arena)
{
	return arena_printf(arena, "%s %s", words, word);
}

static bool is_first_of_family(const struct rule *const *rule)
{
	for (const struct rule *const *earlier = all_rules; earlier < rule; earlier++)
		if (strcmp((*earlier)->family, (*rule)->family) == 0)
			return false;
	return true;
}

static const char *rule_ids(struct arena *arena)
{
	const char *words = "";
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		words = add(words, (*rule)->id, arena);
	return words;
}

/* Rules, families and all; each also with the '-' that takes away. */
static const char *rule_words(struct arena *arena)
{
	const char *words = add("", "all", arena), *all = "";
	for (const struct rule *const *rule = all_rules; *rule; rule++)
		if (is_first_of_family(rule))
			words = add(words, (*rule)->family, arena);
	words = arena_printf(arena, "%s%s", words, rule_ids(arena));
	for (const char *word = words; *word; word += strcspn(word + 1, " ") + 1)
		all = arena_printf(arena, "%s -%.*s", all, (int)strcspn(word + 1, " "), word + 1);
	return arena_printf(arena, "%s%s", words, all);
}

static const char *format_words(struct arena *arena)
{
	const char *words = "";
	for (const struct report_format *format = report_formats; format->name; format++)
		words = add(words, format->name, arena);
	return words;
}

static const char *cost_words(struct arena *arena)
{
	const char *words = "";
	for (int cost = COST_NONE + 1; cost < COSTS; cost++)
		words = add(words, cost_name((enum cost)cost), arena);
	return words;
}

static const char *severity_words(struct arena *arena)
{
	const char *words = "";
	for (int level = FAIL_ON_ADVICE; level <= FAIL_NEVER; level++)
		words = add(words, fail_on_name((enum fail_on)level), arena);
	return words;
}

/* Goes by the name of the argument, as options.h says. */
static struct completed_argument completed(const struct option_entry *entry, struct arena *arena)
{
	const char *name = entry->argument;
	if (strcmp(name, "FILE") == 0 || strcmp(name, "PATH") == 0)
		return (struct completed_argument){.kind = COMPLETE_FILES};
	if (strcmp(name, "DIR") == 0)
		return (struct completed_argument){.kind = COMPLETE_DIRECTORIES};
	if (strcmp(name, "RULES") == 0)
		return (struct completed_argument){COMPLETE_LIST, rule_words(arena)};
	if (strcmp(name, "COSTS") == 0)
		return (struct completed_argument){COMPLETE_LIST, cost_words(arena)};
	if (strcmp(name, "FORMAT") == 0)
		return (struct completed_argument){COMPLETE_WORD, format_words(arena)};
	if (strcmp(name, "WHEN") == 0)
		return (struct completed_argument){COMPLETE_WORD, " auto always never"};
	if (strcmp(name, "SEVERITY") == 0)
		return (struct completed_argument){COMPLETE_WORD, severity_words(arena)};
	return (struct completed_argument){.kind = COMPLETE_NOTHING};
}

/* Of several spellings only the first is offered. */
static bool is_offered(const struct option_entry *entry, enum action action)
{
	return entry->help && entry->actions & 1u << action;
}

/* Whether the option needs an argument, and so may stand apart from it. */
static bool takes_argument(const struct option_entry *entry)
{
	return entry->argument && entry->argument[0] != '[';
}

static const char *action_words(struct arena *arena)
{
	uint32_t count;
	const struct action_entry *actions = action_entries(&count);
	const char *words = "";
	for (uint32_t i = 0; i < count; i++)
		words = add(words, actions[i].name, arena);
	return words;
}

/* What is an argument of the action, if it is one of several words; "" if it is a file or any text. */
static const char *operand_words(enum action action, struct arena *arena)
{
	if (action == ACTION_EXPLAIN)
		return rule_ids(arena);
	return action == ACTION_COMPLETION ? " bash zsh fish" : "";
}

/* Text between single quotes, with `escape` put before those characters of it that mean something to the shell. */
static const char *quoted(const char *text, const char *special, const char *escape, struct arena *arena)
{
	const char *result = "";
	for (; *text; text++)
		result = arena_printf(arena, "%s%s%c", result, strchr(special, *text) ? escape : "", *text);
	return result;
}

/*
 * bash. COMP_WORDS has "--format=json" as three words, '=' being the second.
 */
static void print_bash_arguments(struct arena *arena)
{
	uint32_t count;
	const struct option_entry *entries = option_entries(&count);
	for (uint32_t i = 0; i < count; i++) {
		const struct option_entry *entry = &entries[i];
		if (!entry->help || !takes_argument(entry))
			continue;
		struct completed_argument argument = completed(entry, arena);
		printf("\t--%s", entry->name);
		if (entry->value < OPTION_WITHOUT_LETTER)
			printf(" | -%c", entry->value);
		if (argument.kind == COMPLETE_FILES)
			puts(") return ;;");
		else if (argument.kind == COMPLETE_DIRECTORIES)
			puts(") compopt -o dirnames; return ;;");
		else if (argument.kind == COMPLETE_NOTHING)
			puts(") compopt +o default; return ;;");
		else
			printf(") words='%s'%s ;;\n", argument.words + 1,
			       argument.kind == COMPLETE_LIST ? " list=yes" : "");
	}
}

static void print_bash_actions(struct arena *arena)
{
	uint32_t action_count, count;
	const struct action_entry *actions = action_entries(&action_count);
	const struct option_entry *entries = option_entries(&count);
	for (uint32_t i = 0; i < action_count; i++) {
		printf("\t%s) options='", actions[i].name);
		for (uint32_t j = 0; j < count; j++)
			if (is_offered(&entries[j], actions[i].action))
				printf("--%s ", entries[j].name);
		printf("' operands='%s' ;;\n", operand_words(actions[i].action, arena));
	}
}

static void print_bash(struct arena *arena)
{
	puts("# bash completion for asynclint, as \"asynclint completion bash\" prints it.\n"
	     "_asynclint() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words='' list='' options "
	     "operands i\n"
	     "\tlocal action=check head=''\n"
	     "\tif [[ $cur == = ]]; then\n"
	     "\t\tcur=''\n"
	     "\telif [[ $prev == = ]]; then\n"
	     "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	     "\tfi\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\t[[ ${COMP_WORDS[i]} == -- ]] && return\n"
	     "\tdone");
	printf("\tif ((COMP_CWORD > 1)) && [[ '%s ' == *\" ${COMP_WORDS[1]} \"* ]]; then action=${COMP_WORDS[1]}; fi\n",
	       action_words(arena));
	puts("\tcase $action in");
	print_bash_actions(arena);
	puts("\tesac\n"
	     "\tcase $prev in");
	print_bash_arguments(arena);
	printf("\t*)\n"
	       "\t\tif [[ $cur == -* ]]; then\n"
	       "\t\t\twords=$options\n"
	       "\t\telif ((COMP_CWORD == 1)); then\n"
	       "\t\t\twords='%s'\n"
	       "\t\telse\n"
	       "\t\t\twords=$operands\n"
	       "\t\tfi ;;\n"
	       "\tesac\n",
	       action_words(arena) + 1);
	puts("\tif [[ $list && $cur == *,* ]]; then\n"
	     "\t\thead=${cur%,*},\n"
	     "\t\tcur=${cur##*,}\n"
	     "\tfi\n"
	     "\t# shellcheck disable=SC2207\n"
	     "\tCOMPREPLY=($(compgen -P \"$head\" -W \"$words\" -- \"$cur\"))\n"
	     "}\n"
	     "complete -o bashdefault -o default -F _asynclint asynclint");
}

/*
 * zsh. Each option is a specification of _arguments: "-j[help]:N:", "--color=[help]:WHEN:(auto always never)".
 */
static void print_zsh_argument(const struct option_entry *entry, struct arena *arena)
{
	struct completed_argument argument = completed(entry, arena);
	printf(":%s:", entry->argument);
	if (argument.kind == COMPLETE_FILES)
		fputs("_files", stdout);
	else if (argument.kind == COMPLETE_DIRECTORIES)
		fputs("_files -/", stdout);
	else if (argument.kind == COMPLETE_WORD)
		printf("(%s)", argument.words + 1);
	else if (argument.kind == COMPLETE_LIST)
		printf("_sequence compadd -%s", argument.words);
}

static void print_zsh_option(const struct option_entry *entry, const char *spelling, struct arena *arena)
{
	printf("\t\t'%s[%s]", spelling, quoted(quoted(entry->help, "[]:\\", "\\", arena), "'", "'\\'", arena));
	if (takes_argument(entry))
		print_zsh_argument(entry, arena);
	puts("'");
}

static void print_zsh_options(enum action action, struct arena *arena)
{
	uint32_t count;
	const struct option_entry *entries = option_entries(&count);
	for (uint32_t i = 0; i < count; i++) {
		const struct option_entry *entry = &entries[i];
		if (!is_offered(entry, action))
			continue;
		const char *equals = takes_argument(entry) ? "=" : "";
		print_zsh_option(entry, arena_printf(arena, "--%s%s", entry->name, equals), arena);
		if (entry->value < OPTION_WITHOUT_LETTER)
			print_zsh_option(
			    entry, arena_printf(arena, "-%c%s", entry->value, takes_argument(entry) ? "+" : ""), arena);
	}
}

static void print_zsh(struct arena *arena)
{
	uint32_t count;
	const struct action_entry *actions = action_entries(&count);
	puts("#compdef asynclint\n"
	     "# zsh completion for asynclint, as \"asynclint completion zsh\" prints it.\n"
	     "_asynclint() {\n"
	     "\tlocal action=check\n"
	     "\tlocal -a actions options\n"
	     "\tactions=(");
	for (uint32_t i = 0; i < count; i++)
		printf("\t\t'%s:%s'\n", actions[i].name, quoted(actions[i].help, "'", "'\\'", arena));
	puts("\t)\n"
	     "\tif ((CURRENT > 2 && ${+actions[(r)$words[2]:*]})); then\n"
	     "\t\taction=$words[2]\n"
	     "\t\tshift words\n"
	     "\t\t((CURRENT--))\n"
	     "\telif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
	     "\t\t_alternative 'actions:action:(($actions))' 'files:file:_files'\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tcase $action in");
	for (uint32_t i = 0; i < count; i++) {
		const char *operands = operand_words(actions[i].action, arena);
		printf("\t%s) options=(\n", actions[i].name);
		print_zsh_options(actions[i].action, arena);
		if (*operands)
			printf("\t\t'1:name:(%s)'\n", operands + 1);
		else
			puts("\t\t'*:file:_files'");
		puts("\t\t) ;;");
	}
	puts("\tesac\n"
	     "\t_arguments -S $options\n"
	     "}\n"
	     "# Loaded from fpath, the file is the function; sourced, it only defines it.\n"
	     "if [[ ${funcstack[1]} == _asynclint ]]; then\n"
	     "\t_asynclint \"$@\"\n"
	     "else\n"
	     "\tcompdef _asynclint asynclint\n"
	     "fi");
}

/*
 * fish. Every line is a possibility of its own, with a condition on the words before the cursor.
 */
static void print_fish_option(const struct option_entry *entry, struct arena *arena)
{
	uint32_t count;
	const struct action_entry *actions = action_entries(&count);
	const char *names = "";
	for (uint32_t i = 0; i < count; i++)
		if (is_offered(entry, actions[i].action))
			names = add(names, actions[i].name, arena);
	printf("complete -c asynclint -n '__asynclint_is%s' -l %s", names, entry->name);
	if (entry->value < OPTION_WITHOUT_LETTER)
		printf(" -s %c", entry->value);
	if (takes_argument(entry)) {
		struct completed_argument argument = completed(entry, arena);
		if (argument.kind == COMPLETE_FILES)
			fputs(" -r -F", stdout);
		else if (argument.kind == COMPLETE_DIRECTORIES)
			fputs(" -x -a '(__fish_complete_directories)'", stdout);
		else if (argument.kind == COMPLETE_LIST)
			printf(" -x -a '(__asynclint_list%s)'", argument.words);
		else
			printf(" -x -a '%s'", argument.kind == COMPLETE_WORD ? argument.words + 1 : "");
	}
	printf(" -d '%s'\n", quoted(entry->help, "'\\", "\\", arena));
}

static void print_fish(struct arena *arena)
{
	uint32_t count, entry_count;
	const struct action_entry *actions = action_entries(&count);
	const struct option_entry *entries = option_entries(&entry_count);
	printf("# fish completion for asynclint, as \"asynclint completion fish\" prints it.\n"
	       "function __asynclint_is\n"
	       "\tset -l words (commandline -opc)\n"
	       "\tset -l action check\n"
	       "\tif set -q words[2]; and contains -- $words[2]%s\n"
	       "\t\tset action $words[2]\n"
	       "\tend\n"
	       "\tcontains -- $action $argv\n"
	       "end\n",
	       action_words(arena));
	puts("function __asynclint_list\n"
	     "\tset -l token (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))\n"
	     "\tset -l head (string match -r -- '^.*,' $token)\n"
	     "\tprintf '%s\\n' \"$head\"$argv\n"
	     "end");
	for (uint32_t i = 0; i < count; i++) {
		const char *operands = operand_words(actions[i].action, arena);
		printf("complete -c asynclint -n 'test (count (commandline -opc)) -eq 1' -a %s -d '%s'\n",
		       actions[i].name, quoted(actions[i].help, "'\\", "\\", arena));
		if (*operands)
			printf("complete -c asynclint -n '__asynclint_is %s' -f -a '%s'\n", actions[i].name,
			       operands + 1);
	}
	for (uint32_t i = 0; i < entry_count; i++)
		if (entries[i].help)
			print_fish_option(&entries[i], arena);
}

static bool print_for(const char *shell, struct arena *arena)
{
	static const struct {
		const char *name;
		void (*print)(struct arena *arena);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].print(arena);
			return true;
		}
	}
	return false;
}

int shell_completion_print(const struct options *options)
{
	struct arena arena = {0};
	bool printed = print_for(options->subject, &arena);
	if (!printed)
		console_error("no completion for '%s'; known are bash, zsh and fish", options->subject);
	arena_release(&arena);
	return printed ? 0 : 2;
}
