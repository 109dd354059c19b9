#include "prefix.h"

#include "facts.h"
#include "intern.h"
#include "io.h"

#include <string.h>
#include <unistd.h>

/* The headers are parsed once for the prefix, in each worker: fewer units than these do not pay for it. A worker keeps
   what it has parsed, so there are at most so many prefixes, however many units. */
enum { UNITS_NEEDED = 6, PREFIXES_LIMIT = 32 };

/* Further lines are seldom shared. */
enum { LINES_LIMIT = 16 };

/* A prefix behind a longer comment than this is not found. */
enum { HEAD_SIZE = 32 << 10 };

/* The name of a header as an #include line has it, with its quotes. */
struct include_line {
	const char *name;
	size_t length;
};

/* Returns the end of the comment at `at`; NULL if it has none, or goes on by a backslash at the end of its line. */
static const char *skip_comment(const char *at)
{
	const char *end = at[1] == '*' ? strstr(at + 2, "*/") : strchr(at, '\n');
	if (at[1] == '*')
		return end ? end + 2 : NULL;
	return end && !memchr(at, '\\', (size_t)(end - at)) ? end : NULL;
}

static bool is_comment(const char *at)
{
	return at[0] == '/' && (at[1] == '*' || at[1] == '/');
}

/* Returns where neither the blanks of `blanks` nor comments stand; NULL at a comment that is not understood. */
static const char *skip_blank(const char *at, const char *blanks)
{
	for (;;) {
		at += strspn(at, blanks);
		if (!is_comment(at))
			return at;
		at = skip_comment(at);
		if (!at)
			return NULL;
	}
}

/* Returns the end of the #include line that is the next thing in the text, or NULL if something else is. */
static const char *next_line(const char *at, struct include_line *line)
{
	at = skip_blank(at, " \t\r\n");
	if (!at || *at != '#')
		return NULL;
	at += 1 + strspn(at + 1, " \t");
	if (strncmp(at, "include", 7) != 0)
		return NULL;
	at += 7 + strspn(at + 7, " \t");
	const char *end = *at == '<' ? strchr(at, '>') : *at == '"' ? strchr(at + 1, '"') : NULL;
	if (!end || memchr(at, '\n', (size_t)(end - at)) || memchr(at, '\\', (size_t)(end - at)))
		return NULL;
	*line = (struct include_line){at, (size_t)(end + 1 - at)};
	const char *newline = strchr(end, '\n');
	end = skip_blank(end + 1, " \t\r");
	/* A comment that ends in a later line would leave what is behind it part of this one. */
	return end && end == newline ? newline + 1 : NULL;
}

size_t prefix_length(const struct prefix *prefix, const char *text)
{
	const char *at = text, *wanted = prefix->text;
	for (uint32_t i = 0; i < prefix->lines; i++) {
		struct include_line line, other;
		at = next_line(at, &line);
		wanted = next_line(wanted, &other);
		if (!at || line.length != other.length || memcmp(line.name, other.name, line.length) != 0)
			return 0;
	}
	return (size_t)(at - text);
}

/* The beginnings of all files as one tree: a node is what has come so far, its children are what comes next. */
struct node {
	uint32_t parent; /* NONE: only arguments and folder, no line */
	uint32_t lines;
	uint32_t units; /* that end here or, until they are given a longer prefix, further down */
	const char *name;
	const struct prefix *prefix; /* NULL: too few units */
};

struct tree {
	struct intern arguments, keys; /* of the nodes, in their order */
	TABLE(struct node) nodes;
	struct arena *arena;
};

/* Returns the node that the key names. */
static uint32_t enter(struct tree *tree, uint32_t key, uint32_t parent, const struct include_line *line)
{
	if (key == tree->nodes.count) {
		struct node node = {.parent = parent};
		if (line) {
			node.lines = tree->nodes.items[parent].lines + 1;
			node.name = arena_strndup(tree->arena, line->name, line->length);
		}
		table_add(&tree->nodes, node);
	}
	return key;
}

/* The node of the units with these arguments and this folder. */
static uint32_t enter_command(struct tree *tree, const struct command *command)
{
	struct arena scratch = {0};
	size_t size = strlen(command->directory) + strlen(command->file) + 3;
	for (uint32_t i = 0; i < command->argument_count; i++)
		size += strlen(command->arguments[i]) + 1;
	char *text = arena_alloc(&scratch, size), *to = text;
	for (uint32_t i = 0; i < command->argument_count; i++)
		to = stpcpy(stpcpy(to, command->arguments[i]), "\n");
	to = stpcpy(stpcpy(to, command->directory), "\n");
	stpncpy(to, command->file, (size_t)(strrchr(command->file, '/') + 1 - command->file));
	uint32_t group = intern(&tree->arguments, text);
	arena_release(&scratch);
	return enter(tree, intern_printf(&tree->keys, "%u", group), NONE, NULL);
}

/* Returns the last node of the file. */
static uint32_t enter_file(struct tree *tree, const struct command *command, char *head)
{
	uint32_t node = enter_command(tree, command);
	int file = io_open(command->file);
	ssize_t size = file < 0 ? 0 : io_read(file, head, HEAD_SIZE);
	head[size < 0 ? 0 : size] = '\0';
	if (file >= 0)
		close(file);
	struct include_line line;
	const char *at = head;
	for (uint32_t i = 0; i < LINES_LIMIT && (at = next_line(at, &line)) != NULL; i++) {
		uint32_t key = intern_printf(&tree->keys, "%u %.*s", node, (int)line.length, line.name);
		node = enter(tree, key, node, &line);
	}
	tree->nodes.items[node].units++;
	return node;
}

static const char *text_of(const struct tree *tree, const struct node *node)
{
	if (!node->lines)
		return "";
	const char *before = text_of(tree, &tree->nodes.items[node->parent]);
	return arena_printf(tree->arena, "%s#include %s\n", before, node->name);
}

/* Makes prefixes of the nodes that enough units share, the longest first: a child comes behind its parent. */
static void choose(struct tree *tree, uint32_t needed)
{
	for (uint32_t i = tree->nodes.count; i-- > 0;) {
		struct node *node = &tree->nodes.items[i];
		if (node->lines && node->units >= needed) {
			struct prefix prefix = {.text = text_of(tree, node), .lines = node->lines};
			node->prefix = arena_copy(tree->arena, &prefix, 1, sizeof(prefix));
		} else if (node->lines) {
			tree->nodes.items[node->parent].units += node->units;
		}
	}
}

static const struct prefix *prefix_of(const struct tree *tree, uint32_t at)
{
	while (!tree->nodes.items[at].prefix && tree->nodes.items[at].lines)
		at = tree->nodes.items[at].parent;
	return tree->nodes.items[at].prefix;
}

void prefix_plan(const struct commands *commands, const uint32_t *units, uint32_t count, struct prefix_plan *plan)
{
	struct arena scratch = {0};
	*plan = (struct prefix_plan){0};
	struct tree tree = {.arena = &plan->arena};
	char *head = arena_alloc(&scratch, HEAD_SIZE + 1);
	uint32_t *last = arena_alloc(&scratch, count * sizeof(*last));
	const struct prefix **list = arena_alloc(&plan->arena, commands->list.count * sizeof(const struct prefix *));
	for (uint32_t i = 0; i < count; i++)
		last[i] = enter_file(&tree, &commands->list.items[units[i]], head);
	choose(&tree, count / PREFIXES_LIMIT > UNITS_NEEDED ? count / PREFIXES_LIMIT : UNITS_NEEDED);
	for (uint32_t i = 0; i < count; i++)
		list[units[i]] = prefix_of(&tree, last[i]);
	plan->list = list;
	intern_release(&tree.arguments);
	intern_release(&tree.keys);
	table_release(&tree.nodes);
	arena_release(&scratch);
}

void prefix_plan_release(struct prefix_plan *plan)
{
	arena_release(&plan->arena);
}
