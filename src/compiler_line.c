#include "compiler_line.h"

#include "compdb.h"
#include "compdb_arguments.h"
#include "table.h"

#include <string.h>
#include <unistd.h>

typedef TABLE(const char *) names;

/* What is collected along the line. */
struct reading {
	struct arena *arena;
	const char *compiler, *language, *output;
	names inputs, folders; /* folders: of -L */
	names sources;         /* the inputs that are C, as the language says that holds where they stand */
	bool compiles;         /* -c */
	bool stops;            /* before there is an object or a program: -E, -S, -M, --version ... */
};

/* The value of a flag that it is joined to or that follows it; NULL if this is another flag. */
static const char *value_of(const char *const *word, const char *flag)
{
	size_t length = strlen(flag);
	if (strncmp(*word, flag, length) != 0)
		return NULL;
	return (*word)[length] ? *word + length : word[1];
}

/* -MD and its like write dependencies beside the object; -M and -MM instead of it. */
static bool stops_early(const char *word)
{
	static const char *const flags[] = {
	    "-E", "-S", "-M", "-MM", "-fsyntax-only", "-###", "--version", "-dumpversion", "-dumpmachine", "--help",
	};
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (strcmp(word, flags[i]) == 0)
			return true;
	return strncmp(word, "-print-", strlen("-print-")) == 0 || strncmp(word, "--print-", strlen("--print-")) == 0;
}

static bool exists_in(const char *folder, const char *name, const char *extension, struct arena *arena,
		      const char **path)
{
	*path = arena_printf(arena, "%s/lib%s%s", folder, name, extension);
	return access(*path, F_OK) == 0;
}

/* Adds the archive that -l names, if the linker takes one from the line's own folders. */
static void add_library(struct reading *reading, const char *name)
{
	for (uint32_t i = 0; i < reading->folders.count; i++) {
		const char *folder = reading->folders.items[i], *path;
		if (exists_in(folder, name, ".so", reading->arena, &path))
			return;
		if (exists_in(folder, name, ".a", reading->arena, &path)) {
			table_add(&reading->inputs, path);
			return;
		}
	}
}

/* Adds the files among the words that are handed through to the linker: -Wl,--whole-archive,libx.a. */
static void add_handed_through(struct reading *reading, const char *words)
{
	for (const char *word = words; word; word = strchr(word, ',')) {
		word += *word == ',';
		size_t length = strcspn(word, ",");
		bool file = length > 2 && word[0] != '-' &&
			    (strncmp(word + length - 2, ".a", 2) == 0 || strncmp(word + length - 2, ".o", 2) == 0);
		if (file)
			table_add(&reading->inputs, arena_strndup(reading->arena, word, length));
	}
}

static void add_input(struct reading *reading, const char *name)
{
	table_add(&reading->inputs, name);
	if (argument_is_c(name, reading->language, reading->compiler))
		table_add(&reading->sources, name);
}

/* -L counts for each -l, also those before it. */
static void take_folder(struct reading *reading, const char *const *word)
{
	const char *folder = value_of(word, "-L");
	if (folder)
		table_add(&reading->folders, folder);
}

static void take(struct reading *reading, const char *const *word)
{
	const char *value;
	if (argument_classify(*word).kind == ARGUMENT_INPUT)
		add_input(reading, *word);
	else if (strcmp(*word, "-c") == 0)
		reading->compiles = true;
	else if (stops_early(*word))
		reading->stops = true;
	else if (strncmp(*word, "-Wl,", strlen("-Wl,")) == 0)
		add_handed_through(reading, *word + strlen("-Wl"));
	else if ((value = value_of(word, "-o")))
		reading->output = value;
	else if ((value = value_of(word, "-x")))
		reading->language = strcmp(value, "none") == 0 ? NULL : value;
	else if ((value = value_of(word, "-l")))
		add_library(reading, value);
}

/* Steps over a word, and over the value that follows it if it takes one. */
static const char *const *next_flag(const char *const *word)
{
	return argument_classify(*word).value_follows && word[1] ? word + 2 : word + 1;
}

/* "dir/main.c" is compiled to "main.o" in the working directory, unless -o says else. */
static const char *default_object(const char *source, struct arena *arena)
{
	const char *slash = strrchr(source, '/'), *name = slash ? slash + 1 : source, *dot = strrchr(name, '.');
	size_t length = dot ? (size_t)(dot - name) : strlen(name);
	return arena_printf(arena, "%s.o", arena_strndup(arena, name, length));
}

/* A header is compiled too, but to no object file. */
static bool is_header(const struct reading *reading, const char *file)
{
	const char *extension = strrchr(file, '.');
	if (reading->language)
		return strcmp(reading->language, "c-header") == 0;
	return extension && strcmp(extension, ".h") == 0;
}

static struct compiler_line conclude(struct reading *reading)
{
	struct compiler_line line = {0};
	const char *source = reading->sources.count ? reading->sources.items[0] : NULL;
	if (reading->stops || !reading->inputs.count)
		return line;
	if (!reading->compiles) {
		line.task = COMPILER_LINKS;
		line.input_count = reading->inputs.count;
		table_add(&reading->inputs, NULL);
		line.inputs =
		    arena_copy(reading->arena, reading->inputs.items, reading->inputs.count, sizeof(const char *));
	} else if (reading->sources.count == 1 && strcmp(source, "-") != 0 && !is_header(reading, source)) {
		line.task = COMPILER_COMPILES;
		line.source = source;
		line.object = reading->output ? reading->output : default_object(source, reading->arena);
	}
	return line;
}

struct compiler_line compiler_line_read(const char *const *words, struct arena *arena)
{
	struct reading reading = {.arena = arena};
	const char *const *line = compdb_words(words, arena, &reading.compiler);
	for (const char *const *word = line; *word; word = next_flag(word))
		take_folder(&reading, word);
	for (const char *const *word = line; *word; word = next_flag(word))
		take(&reading, word);
	struct compiler_line read = conclude(&reading);
	table_release(&reading.inputs);
	table_release(&reading.folders);
	table_release(&reading.sources);
	return read;
}
