#include "signals.h"
#include "walk_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * A prefix is parsed into a precompiled header, which the units that begin with it are parsed behind. So that their
 * facts are the same bytes as without it
 *
 *   - the unit is parsed with its prefix blanked, byte for byte: every other place stays where it is;
 *   - the headers of the prefix are noted among the unit's inclusions, where the main file would have included them;
 *   - wherever a header might ask the preprocessor what only the whole unit knows, or the parser has the least to say,
 *     the unit is parsed as it stands.
 *
 * Of headers only what a unit names is noted, and clang reads no more of a precompiled header than that.
 */

/* Bytes of headers: to load a precompiled header and find its declarations costs as much as to parse 200 kB of them. */
enum { TEXT_NEEDED = 256 << 10 };

/* What one worker knows of a prefix. */
struct parsed_prefix {
	const struct prefix *prefix;
	int file;         /* the precompiled header, which has no name any more; -1: the prefix is of no use */
	const char *name; /* of that file while this process has it open */
	struct prefix_headers headers;
};

/* What the prefix is called to the parser: a file beside the main file, so that "quoted" headers are found alike. It
   exists in memory only. */
static const char *name_of_prefix(const struct command *command, struct arena *arena)
{
	int folder = (int)(strrchr(command->file, '/') - command->file);
	return arena_printf(arena, "%.*s/.asynclint-prefix.h", folder, command->file);
}

static bool has_errors(CXTranslationUnit unit)
{
	bool found = false;
	for (unsigned i = 0; i < clang.getNumDiagnostics(unit) && !found; i++) {
		CXDiagnostic diagnostic = clang.getDiagnostic(unit, i);
		found = clang.getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
		clang.disposeDiagnostic(diagnostic);
	}
	return found;
}

/* Sets *headers to the inclusions of the prefix. False if one of them is not to be trusted behind a prefix, or they do
   not pay for it. */
static bool list_headers(struct walk *walk, struct prefix_headers *headers, struct arena *arena)
{
	uint64_t size = 0;
	walk_note_inclusions(walk);
	for (uint32_t i = 0; i < walk->facts.inclusions.count; i++) {
		const struct fact_inclusion *inclusion = &walk->facts.inclusions.items[i];
		if (inclusion->flags & INCLUSION_MAIN)
			continue;
		const char *path = arena_strdup(arena, intern_text(&walk->strings, inclusion->path));
		table_add(&headers->list, (struct prefix_header){path, *inclusion});
	}
	for (uint32_t i = 0; i < walk->sources.count; i++) {
		const struct known_file *known = &walk->files->list.items[walk->sources.items[i].known];
		size += known->size;
		if (known->positional || (known->suppressions && !walk->sources.items[i].system))
			return false;
	}
	return size >= TEXT_NEEDED;
}

/* Writes the parsed prefix into a file without a name, which goes away with the process however that ends. */
static void save(CXTranslationUnit unit, struct parsed_prefix *parsed, struct arena *arena)
{
	const char *folder = getenv("TMPDIR");
	char *path = arena_printf(arena, "%s/asynclint-XXXXXX", folder && *folder ? folder : "/tmp");
	/* Until the name is gone again nothing is to end this process, not even its parent's end. */
	int at_end_of_parent = 0;
	prctl(PR_GET_PDEATHSIG, &at_end_of_parent);
	prctl(PR_SET_PDEATHSIG, 0);
	sigset_t before = signals_hold();
	int file = mkstemp(path);
	if (file >= 0) {
		close(file);
		if (clang.saveTranslationUnit(unit, path, CXSaveTranslationUnit_None) == CXSaveError_None)
			parsed->file = open(path, O_RDONLY | O_CLOEXEC);
		unlink(path);
	}
	signals_let(before);
	prctl(PR_SET_PDEATHSIG, at_end_of_parent);
	parsed->name = arena_printf(arena, "/proc/self/fd/%d", parsed->file);
}

static void parse(struct walker *walker, const struct command *command, struct parsed_prefix *parsed)
{
	struct arena *arena = &walker->arena;
	struct walk walk = walk_begin(walker, command);
	struct arguments arguments = walk_arguments(walker, command, arena);
	const char *name = name_of_prefix(command, arena), *text = parsed->prefix->text;
	struct CXUnsavedFile unsaved = {name, text, strlen(text)};
	unsigned options =
	    CXTranslationUnit_KeepGoing | CXTranslationUnit_ForSerialization | CXTranslationUnit_Incomplete;
	arguments.list[arguments.count++] = "-xc-header";
	enum CXErrorCode code = clang.parseTranslationUnit2(walker->index, name, arguments.list, (int)arguments.count,
							    &unsaved, 1, options, &walk.unit);
	if (code == CXError_Success && !has_errors(walk.unit) && list_headers(&walk, &parsed->headers, arena))
		save(walk.unit, parsed, arena);
	walk_release(&walk);
}

/* Returns what is known of the prefix, which is parsed if it has not been yet. */
static struct parsed_prefix *find(struct walker *walker, const struct command *command, const struct prefix *prefix)
{
	for (uint32_t i = 0; i < walker->prefixes.count; i++)
		if (walker->prefixes.items[i]->prefix == prefix)
			return walker->prefixes.items[i];
	struct parsed_prefix *parsed = arena_alloc(&walker->arena, sizeof(*parsed));
	*parsed = (struct parsed_prefix){.prefix = prefix, .file = -1};
	table_add(&walker->prefixes, parsed);
	parse(walker, command, parsed);
	return parsed;
}

/* Returns the text of a file (arena) and a NUL, or NULL. */
static char *read_file(const char *path, struct arena *arena, size_t *size)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	char *text = NULL;
	if (fseek(file, 0, SEEK_END) == 0 && ftell(file) >= 0) {
		*size = (size_t)ftell(file);
		text = arena_alloc(arena, *size + 1);
		rewind(file);
		if (fread(text, 1, *size, file) != *size)
			text = NULL;
	}
	fclose(file);
	return text;
}

static char *blanked(const char *text, size_t size, size_t length, struct arena *arena)
{
	char *copy = arena_copy(arena, text, size + 1, 1);
	for (size_t i = 0; i < length; i++)
		if (copy[i] != '\n')
			copy[i] = ' ';
	return copy;
}

bool walk_parse_behind(struct walker *walker, const struct command *command, const struct prefix *prefix,
		       struct walk *walk, struct arena *arena)
{
	const struct parsed_prefix *parsed = find(walker, command, prefix);
	size_t size, length = 0;
	const char *text = parsed->file >= 0 ? read_file(command->file, arena, &size) : NULL;
	if (text && strlen(text) == size)
		length = prefix_length(prefix, text);
	if (!length)
		return false;
	struct CXUnsavedFile unsaved[] = {{name_of_prefix(command, arena), prefix->text, strlen(prefix->text)},
					  {command->file, blanked(text, size, length, arena), size}};
	struct arguments arguments = walk_arguments(walker, command, arena);
	arguments.list[arguments.count++] = "-include-pch";
	arguments.list[arguments.count++] = parsed->name;
	enum CXErrorCode code =
	    clang.parseTranslationUnit2(walker->index, command->file, arguments.list, (int)arguments.count, unsaved, 2,
					CXTranslationUnit_KeepGoing, &walk->unit);
	if (code == CXError_Success && !has_errors(walk->unit)) {
		walk->headers = &parsed->headers;
		walk->main_text = text;
		return true;
	}
	if (walk->unit)
		clang.disposeTranslationUnit(walk->unit);
	walk->unit = NULL;
	return false;
}

void prefixes_release(struct walker *walker)
{
	for (uint32_t i = 0; i < walker->prefixes.count; i++) {
		struct parsed_prefix *parsed = walker->prefixes.items[i];
		if (parsed->file >= 0)
			close(parsed->file);
		table_release(&parsed->headers.list);
	}
	table_release(&walker->prefixes);
}
