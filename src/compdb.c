#include "compdb.h"

#include "compdb_arguments.h"
#include "intern.h"
#include "json_file.h"
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char database_name[] = "compile_commands.json";
static const char *const build_folders[] = {"build", "builddir", "out"};

/* Response files may name response files; more than that in one command is a circle. */
enum { RESPONSE_FILES_LIMIT = 100 };

/* A word of any command: the same words come again and again, so each is kept and classified once. */
struct word {
	const char *text;
	struct argument argument;
};

/* Turns commands as compilers got them into commands for libclang. */
struct reader {
	struct arena *arena; /* of the commands */
	struct arena scratch;
	const struct compdb_options *options;
	struct commands *commands;
	struct intern word_ids;
	TABLE(struct word) words; /* by id */
	struct intern folder_ids;
	TABLE(const char *) folders; /* by id: resolved */
	struct intern seen;          /* keys of the commands there are */
	/* The command that is being read. */
	const char *directory;
	uint32_t response_files;
	TABLE(uint32_t) line; /* words */
	TABLE(uint32_t) kept; /* words */
	TABLE(const char *) dropped;
	TABLE(char) buffer;
};

static void reader_init(struct reader *reader, const struct compdb_options *options, struct arena *arena,
			struct commands *commands)
{
	*reader = (struct reader){.arena = arena, .options = options, .commands = commands};
	intern_init(&reader->word_ids);
	intern_init(&reader->folder_ids);
	intern_init(&reader->seen);
	table_add(&reader->words, (struct word){.text = "", .argument = argument_classify("")});
	table_add(&reader->folders, "");
}

static void reader_release(struct reader *reader)
{
	arena_release(&reader->scratch);
	intern_release(&reader->word_ids);
	intern_release(&reader->folder_ids);
	intern_release(&reader->seen);
	table_release(&reader->words);
	table_release(&reader->folders);
	table_release(&reader->line);
	table_release(&reader->kept);
	table_release(&reader->dropped);
	table_release(&reader->buffer);
}

/* Returns the bytes, ended by NUL; NULL with errno set. Only of regular files: a pipe or device may go on for ever. */
static char *read_file(const char *path, struct arena *arena, size_t *size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return NULL;
	struct stat status = {0};
	char *bytes = NULL;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
		bytes = arena_alloc(arena, (size_t)status.st_size + 1);
		*size = 0;
		ssize_t got;
		while ((got = read(file, bytes + *size, (size_t)status.st_size - *size)) > 0)
			*size += (size_t)got;
		if (got < 0)
			bytes = NULL;
	} else {
		errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
	}
	int saved = errno;
	close(file);
	errno = saved;
	return bytes;
}

/* Resolves a folder once for all files in it. One that does not exist stays as it is. */
static const char *resolve_folder(struct reader *reader, const char *path, size_t length)
{
	uint32_t id = intern_n(&reader->folder_ids, path, length);
	if (id == reader->folders.count) {
		const char *folder = arena_strndup(reader->arena, path, length);
		const char *resolved = path_resolve(folder, reader->arena);
		table_add(&reader->folders, resolved ? resolved : folder);
	}
	return reader->folders.items[id];
}

static const char *resolve_file(struct reader *reader, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *joined =
	    path_join(resolve_folder(reader, path, (size_t)(slash - path)), slash + 1, &reader->scratch);
	struct stat status;
	bool plain = lstat(joined, &status) == 0 && S_ISREG(status.st_mode);
	const char *resolved = plain ? joined : path_resolve(joined, &reader->scratch);
	return resolved ? resolved : joined;
}

static uint32_t word_id(struct reader *reader, const char *text, size_t length)
{
	uint32_t id = intern_n(&reader->word_ids, text, length);
	if (id == reader->words.count) {
		const char *copy = arena_strndup(reader->arena, text, length);
		table_add(&reader->words, (struct word){.text = copy, .argument = argument_classify(copy)});
	}
	return id;
}

static const struct word *line_word(const struct reader *reader, uint32_t i)
{
	return &reader->words.items[reader->line.items[i]];
}

enum split { SPLIT_WORD, SPLIT_END, SPLIT_UNTERMINATED };

static void append_text(struct reader *reader, const char *text, size_t length)
{
	table_need(&reader->buffer, (uint32_t)length + 1);
	memcpy(reader->buffer.items + reader->buffer.count, text, length);
	reader->buffer.count += (uint32_t)length;
}

/* Takes the next word off *text into the buffer, as a POSIX shell would that expands nothing. */
static enum split split_word(struct reader *reader, const char **text)
{
	static const char spaces[] = " \t\r\n";
	const char *from = *text + strspn(*text, spaces);
	if (!*from)
		return SPLIT_END;
	reader->buffer.count = 0;
	char quote = 0;
	for (;;) {
		size_t plain = strcspn(from, quote == '\'' ? "'" : quote == '"' ? "\"\\" : " \t\r\n\"'\\");
		append_text(reader, from, plain);
		from += plain;
		if (!*from || (!quote && strchr(spaces, *from)))
			break;
		if (*from != '\\') {
			quote = quote ? 0 : *from;
			from++;
		} else if (from[1] == '\n') {
			from += 2;
		} else {
			from += from[1] && (!quote || strchr("$`\"\\", from[1]));
			append_text(reader, from++, 1);
		}
	}
	append_text(reader, "", 1);
	*text = from;
	return quote ? SPLIT_UNTERMINATED : SPLIT_WORD;
}

/* The word that split_word() took. */
static uint32_t split_id(struct reader *reader)
{
	return word_id(reader, reader->buffer.items, strlen(reader->buffer.items));
}

static void add_word(struct reader *reader, uint32_t id);

/* Puts the words of a response file in the place of its name. One that cannot be read is a flag that nobody can take:
   build systems delete them after use. */
static void add_response_file(struct reader *reader, const char *text)
{
	struct arena scratch = {0};
	const char *path = path_join(reader->directory, text + 1, &scratch);
	size_t size;
	const char *words = NULL;
	if (reader->response_files++ < RESPONSE_FILES_LIMIT)
		words = read_file(path, &scratch, &size);
	if (!words)
		table_add(&reader->dropped, text);
	while (words && split_word(reader, &words) != SPLIT_END)
		add_word(reader, split_id(reader));
	arena_release(&scratch);
}

/* Adds one word of the command, or what it stands for. */
static void add_word(struct reader *reader, uint32_t id)
{
	const char *text = reader->words.items[id].text;
	if (text[0] == '@' && text[1]) {
		add_response_file(reader, text);
	} else if (strncmp(text, "-Wp,", 4) == 0) {
		for (const char *part = text + 3; *part == ',';) {
			size_t length = strcspn(++part, ",");
			table_add(&reader->line, word_id(reader, part, length));
			part += length;
		}
	} else if (strcmp(text, "-Xclang") != 0 && strcmp(text, "-Xpreprocessor") != 0) {
		table_add(&reader->line, id);
	}
}

/* Returns the index of the first argument. *compiler is the word before it, or NULL if the line names no compiler. */
static uint32_t find_compiler(const struct reader *reader, const char **compiler)
{
	*compiler = NULL;
	uint32_t i = 0;
	if (!reader->line.count || line_word(reader, 0)->text[0] == '-')
		return 0;
	while (i < reader->line.count && argument_is_launcher(line_word(reader, i)->text))
		i++;
	if (i < reader->line.count)
		*compiler = line_word(reader, i++)->text;
	return i;
}

static void keep(struct reader *reader, const char *text)
{
	table_add(&reader->kept, word_id(reader, text, strlen(text)));
}

/* Keeps the target that the compiler's name implies. False if it implies none, or none that clang knows. */
static bool keep_implied_target(struct reader *reader, const char *compiler)
{
	const char *target = compiler ? argument_implied_target(compiler, &reader->scratch) : NULL;
	if (!target)
		return false;
	if (!argument_target_is_known(target)) {
		table_add(&reader->dropped, compiler);
		return false;
	}
	keep(reader, arena_printf(&reader->scratch, "--target=%s", target));
	return true;
}

static bool names_target(const struct reader *reader, uint32_t first)
{
	for (uint32_t i = first; i < reader->line.count; i++)
		if (line_word(reader, i)->argument.kind == ARGUMENT_TARGET)
			return true;
	return false;
}

/* Keeps what libclang is to see of the line from `first` on. Returns the language that -x names, NULL for none. */
static const char *keep_arguments(struct reader *reader, uint32_t first, bool has_target)
{
	const char *language = NULL;
	for (uint32_t i = first; i < reader->line.count; i++) {
		const struct word *word = line_word(reader, i);
		if (word->argument.kind == ARGUMENT_END)
			break;
		uint32_t last = i + word->argument.value_follows;
		if (last == reader->line.count)
			break;
		enum argument_kind kind = word->argument.kind;
		if (kind == ARGUMENT_LANGUAGE) {
			language = last > i ? line_word(reader, last)->text : word->text + strlen("-x");
		} else if (kind == ARGUMENT_UNKNOWN) {
			table_add(&reader->dropped, word->text);
		} else if (kind == ARGUMENT_KEEP || kind == ARGUMENT_TARGET || kind == ARGUMENT_RESOURCE_DIR ||
			   (kind == ARGUMENT_TARGET_ABI && has_target)) {
			for (uint32_t j = i; j <= last; j++)
				table_add(&reader->kept, reader->line.items[j]);
		}
		i = last;
	}
	return language && strcmp(language, "none") != 0 ? language : NULL;
}

/* Adds the id as bytes that are never 0, for keys are interned as strings. */
static void add_key_part(struct reader *reader, uint32_t id)
{
	for (int i = 0; i < 5; i++, id >>= 7)
		table_add(&reader->buffer, (char)(0x80 | (id & 0x7f)));
}

/* Whether a command with the same file, directory and kept arguments was here before. */
static bool is_repeated(struct reader *reader, const char *file)
{
	reader->buffer.count = 0;
	add_key_part(reader, word_id(reader, file, strlen(file)));
	add_key_part(reader, word_id(reader, reader->directory, strlen(reader->directory)));
	for (uint32_t i = 0; i < reader->kept.count; i++)
		add_key_part(reader, reader->kept.items[i]);
	uint32_t known = reader->seen.count;
	return intern_n(&reader->seen, reader->buffer.items, reader->buffer.count) < known;
}

static uint32_t list_length(const char *const *list)
{
	uint32_t length = 0;
	while (list && list[length])
		length++;
	return length;
}

static bool names_resource_dir(const struct reader *reader, const char *const *extra, uint32_t extra_count)
{
	for (uint32_t i = 0; i < extra_count; i++)
		if (argument_classify(extra[i]).kind == ARGUMENT_RESOURCE_DIR)
			return true;
	for (uint32_t i = 0; i < reader->kept.count; i++)
		if (reader->words.items[reader->kept.items[i]].argument.kind == ARGUMENT_RESOURCE_DIR)
			return true;
	return false;
}

static void append_command(struct reader *reader, const char *file)
{
	const char *const *before = reader->options ? reader->options->extra_arguments_before : NULL;
	const char *const *after = reader->options ? reader->options->extra_arguments : NULL;
	uint32_t before_count = list_length(before), after_count = list_length(after);
	/* Where the tool was built elsewhere the folder may be missing: libclang then looks beside itself. */
	if (access(ASYNCLINT_RESOURCE_DIR, F_OK) == 0 && !names_resource_dir(reader, before, before_count) &&
	    !names_resource_dir(reader, after, after_count)) {
		keep(reader, "-resource-dir");
		keep(reader, ASYNCLINT_RESOURCE_DIR);
	}
	keep(reader, "-w");
	/* Errors of newer clangs that the project's own compiler lets pass. */
	keep(reader, "-Wno-error=incompatible-function-pointer-types");
	keep(reader, "-Wno-error=int-conversion");
	keep(reader, "-Wno-error=implicit-function-declaration");
	keep(reader, "-Wno-error=implicit-int");
	keep(reader, "-ferror-limit=0");
	uint32_t count = before_count + reader->kept.count + after_count, n = 0;
	const char **arguments = arena_alloc(reader->arena, (count + 1) * sizeof(*arguments));
	for (uint32_t i = 0; i < before_count; i++)
		arguments[n++] = arena_strdup(reader->arena, before[i]);
	for (uint32_t i = 0; i < reader->kept.count; i++)
		arguments[n++] = reader->words.items[reader->kept.items[i]].text;
	for (uint32_t i = 0; i < after_count; i++)
		arguments[n++] = arena_strdup(reader->arena, after[i]);

	struct command command = {
	    .file = arena_strdup(reader->arena, file),
	    .directory = reader->directory,
	    .arguments = arguments,
	    .argument_count = count,
	};
	if (reader->dropped.count) {
		table_add(&reader->dropped, NULL);
		command.dropped_flags = arena_copy(reader->arena, reader->dropped.items, reader->dropped.count,
						   sizeof(*reader->dropped.items));
	}
	table_add(&reader->commands->list, command);
}

static void begin_command(struct reader *reader, const char *directory)
{
	reader->directory = resolve_folder(reader, directory, strlen(directory));
	reader->response_files = 0;
	reader->line.count = reader->kept.count = reader->dropped.count = 0;
}

/* Makes the command of the words in the line. One that was asked for is made even if it is not for C. */
static void finish_command(struct reader *reader, const char *file, bool asked_for)
{
	const char *compiler;
	uint32_t first = find_compiler(reader, &compiler);
	bool has_target = names_target(reader, first) || keep_implied_target(reader, compiler);
	const char *language = keep_arguments(reader, first, has_target);
	if (!asked_for && !argument_is_c(file, language, compiler))
		return;
	if (language) {
		keep(reader, "-x");
		keep(reader, language);
	}
	const char *resolved = resolve_file(reader, path_join(reader->directory, file, &reader->scratch));
	if (!is_repeated(reader, resolved))
		append_command(reader, resolved);
}

/* What messages about an entry of the database start with. */
struct entry {
	const cJSON *json;
	const char *database;
	uint32_t number;  /* from 1 */
	const char *file; /* NULL while it is not known */
	const char **error;
};

static bool fail(struct reader *reader, const struct entry *entry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct reader *reader, const struct entry *entry, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(reader->arena, format, arguments);
	va_end(arguments);
	const char *file = entry->file ? arena_printf(reader->arena, " ('%s')", entry->file) : "";
	*entry->error =
	    arena_printf(reader->arena, "%s: entry %u%s: %s", entry->database, (unsigned)entry->number, file, message);
	return false;
}

/* Returns the entry's string, or NULL after fail(). */
static const char *entry_string(struct reader *reader, const struct entry *entry, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(entry->json, key);
	if (cJSON_IsString(item) && item->valuestring[0])
		return item->valuestring;
	fail(reader, entry, !item ? "no '%s'" : cJSON_IsString(item) ? "'%s' is empty" : "'%s' is not a string", key);
	return NULL;
}

static bool read_arguments(struct reader *reader, const struct entry *entry, const cJSON *arguments)
{
	if (!cJSON_IsArray(arguments) || !arguments->child)
		return fail(reader, entry, "'arguments' is not a list of strings");
	for (const cJSON *argument = arguments->child; argument; argument = argument->next) {
		if (!cJSON_IsString(argument))
			return fail(reader, entry, "'arguments' is not a list of strings");
		add_word(reader, word_id(reader, argument->valuestring, strlen(argument->valuestring)));
	}
	return true;
}

static bool read_command(struct reader *reader, const struct entry *entry)
{
	const char *text = entry_string(reader, entry, "command");
	if (!text)
		return false;
	enum split split;
	while ((split = split_word(reader, &text)) == SPLIT_WORD)
		add_word(reader, split_id(reader));
	return split == SPLIT_END || fail(reader, entry, "a quote in 'command' is not closed");
}

static bool read_entry(struct reader *reader, struct entry *entry, const char *database_directory)
{
	if (!cJSON_IsObject(entry->json))
		return fail(reader, entry, "not an object");
	entry->file = entry_string(reader, entry, "file");
	if (!entry->file)
		return false;
	const char *directory = entry_string(reader, entry, "directory");
	if (!directory)
		return false;
	begin_command(reader, path_join(database_directory, directory, &reader->scratch));
	const cJSON *arguments = cJSON_GetObjectItemCaseSensitive(entry->json, "arguments");
	if (!arguments && !cJSON_GetObjectItemCaseSensitive(entry->json, "command"))
		return fail(reader, entry, "neither 'command' nor 'arguments'");
	if (!(arguments ? read_arguments(reader, entry, arguments) : read_command(reader, entry)))
		return false;
	finish_command(reader, entry->file, false);
	return true;
}

/* Returns the list of entries, to be given back with cJSON_Delete(); NULL with a message in *error. */
static cJSON *parse_database(const char *path, struct arena *arena, const char **error)
{
	struct arena scratch = {0};
	size_t size = 0;
	const char *text = read_file(path, &scratch, &size);
	if (!text) {
		*error = arena_printf(arena, "%s: cannot read: %s", path, strerror(errno));
		return NULL;
	}
	const char *end = text;
	cJSON *json = cJSON_ParseWithLengthOpts(text, size + 1, &end, true);
	if (!json) {
		*error = json_message_at(path, text, end, "not valid JSON", arena);
	} else if (!cJSON_IsArray(json)) {
		*error = arena_printf(arena, "%s:1:1: not a list of compile commands", path);
		cJSON_Delete(json);
		json = NULL;
	}
	arena_release(&scratch);
	return json;
}

static bool read_database(const cJSON *json, const char *path, const char *directory,
			  const struct compdb_options *options, struct arena *arena, struct commands *commands,
			  const char **error)
{
	struct reader reader;
	reader_init(&reader, options, arena, commands);
	uint32_t count_before = commands->list.count;
	struct entry entry = {.database = path, .error = error};
	bool ok = true;
	for (entry.json = json->child; ok && entry.json; entry.json = entry.json->next) {
		entry.number++;
		entry.file = NULL;
		ok = read_entry(&reader, &entry, directory);
	}
	if (!ok)
		commands->list.count = count_before;
	reader_release(&reader);
	return ok;
}

static bool is_build_folder(const char *name)
{
	for (size_t i = 0; i < sizeof(build_folders) / sizeof(*build_folders); i++)
		if (strcmp(name, build_folders[i]) == 0)
			return true;
	return strncmp(name, "cmake-build-", strlen("cmake-build-")) == 0;
}

static bool holds(const char *directory, const char *name)
{
	struct arena scratch = {0};
	bool exists = access(path_join(directory, name, &scratch), F_OK) == 0;
	arena_release(&scratch);
	return exists;
}

/* Returns the first by name of the folder's cmake-build-* that hold a database, or NULL. */
static const char *find_cmake_build(const char *folder, struct arena *arena)
{
	DIR *listing = opendir(folder);
	const char *first = NULL;
	for (const struct dirent *entry; listing && (entry = readdir(listing));) {
		if (strncmp(entry->d_name, "cmake-build-", strlen("cmake-build-")) != 0)
			continue;
		const char *path = path_join(folder, entry->d_name, arena);
		if ((!first || strcmp(path, first) < 0) && holds(path, database_name))
			first = path;
	}
	if (listing)
		closedir(listing);
	return first;
}

/* Returns the folder itself or the build folder in it that holds a database, or NULL. */
static const char *find_in(const char *folder, struct arena *arena)
{
	if (holds(folder, database_name))
		return folder;
	for (size_t i = 0; i < sizeof(build_folders) / sizeof(*build_folders); i++) {
		const char *path = path_join(folder, build_folders[i], arena);
		if (holds(path, database_name))
			return path;
	}
	return find_cmake_build(folder, arena);
}

/* Returns the folder above, or NULL above "/". */
static const char *parent_of(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	if (!slash || !slash[1])
		return NULL;
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

const char *compdb_find(const char *start, struct arena *arena)
{
	for (const char *folder = path_resolve(start, arena); folder; folder = parent_of(folder, arena)) {
		const char *found = find_in(folder, arena);
		if (found)
			return path_resolve(found, arena);
	}
	return NULL;
}

const char *compdb_marked_root(const char *start, struct arena *arena)
{
	for (const char *folder = path_resolve(start, arena); folder; folder = parent_of(folder, arena))
		if (holds(folder, ".git") || holds(folder, ".asynclint.json"))
			return folder;
	return NULL;
}

const char *compdb_root(const char *database_directory, struct arena *arena)
{
	const char *marked = compdb_marked_root(database_directory, arena);
	const char *resolved = path_resolve(database_directory, arena);
	if (marked || !resolved)
		return marked ? marked : database_directory;
	const char *parent = parent_of(resolved, arena);
	return parent && is_build_folder(strrchr(resolved, '/') + 1) ? parent : resolved;
}

bool compdb_load(const char *directory, const struct compdb_options *options, struct arena *arena,
		 struct commands *commands, const char **error)
{
	const char *path = path_join(directory, database_name, arena);
	cJSON *json = parse_database(path, arena, error);
	const char *resolved = path_resolve(directory, arena);
	bool ok = json && read_database(json, path, resolved ? resolved : directory, options, arena, commands, error);
	cJSON_Delete(json);
	return ok;
}

/* Reads a command of the working directory. `arguments` may be NULL. */
static void read_line(struct reader *reader, const char *const *arguments)
{
	const char *directory = path_resolve(".", &reader->scratch);
	begin_command(reader, directory ? directory : "/");
	for (uint32_t i = 0; arguments && arguments[i]; i++)
		add_word(reader, word_id(reader, arguments[i], strlen(arguments[i])));
}

void compdb_fixed(const char *file, const char *const *arguments, const struct compdb_options *options,
		  struct arena *arena, struct commands *commands)
{
	struct reader reader;
	reader_init(&reader, options, arena, commands);
	read_line(&reader, arguments);
	finish_command(&reader, file, true);
	reader_release(&reader);
}

const char *const *compdb_words(const char *const *line, struct arena *arena, const char **compiler)
{
	struct reader reader;
	reader_init(&reader, NULL, arena, NULL);
	read_line(&reader, line);
	uint32_t first = find_compiler(&reader, compiler), count = reader.line.count - first;
	const char **words = arena_alloc(arena, (count + 1) * sizeof(*words));
	for (uint32_t i = 0; i < count; i++)
		words[i] = line_word(&reader, first + i)->text;
	reader_release(&reader);
	return words;
}

const char *const *compdb_dropped_flags(const struct commands *commands, struct arena *arena)
{
	struct intern seen;
	intern_init(&seen);
	TABLE(const char *) flags = {0};
	for (uint32_t i = 0; i < commands->list.count; i++) {
		const char *const *dropped = commands->list.items[i].dropped_flags;
		for (uint32_t j = 0; dropped && dropped[j]; j++) {
			uint32_t known = seen.count;
			if (intern(&seen, dropped[j]) == known)
				table_add(&flags, dropped[j]);
		}
	}
	table_add(&flags, NULL);
	const char *const *list = arena_copy(arena, flags.items, flags.count, sizeof(*flags.items));
	table_release(&flags);
	intern_release(&seen);
	return list;
}
