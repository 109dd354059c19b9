#include "walk_internal.h"

#include <string.h>

/*
 * An editor's unit. libclang keeps what it parsed of the first lines, up to the first that is neither a directive nor a
 * comment, as a precompiled preamble, and parses it again only when those lines, a header in them or a header's
 * unsaved text differs ("Precompiled Preamble" in clang's ASTUnit, PrecompiledPreamble::CanReuse()). So that it is
 * there for the first edit, it is made with the first parse.
 */

/* What a file's text is may have changed since it was read last. */
static void forget_texts(struct walker *walker)
{
	for (uint32_t i = 0; i < walker->files.list.count; i++)
		walker->files.list.items[i].read = false;
}

static enum CXErrorCode parse_first(struct walker *walker, const struct command *command, struct CXUnsavedFile *unsaved,
				    uint32_t count, struct arena *arena)
{
	struct arguments arguments = walk_arguments(walker, command, arena);
	unsigned options = CXTranslationUnit_KeepGoing | CXTranslationUnit_PrecompiledPreamble |
			   CXTranslationUnit_CreatePreambleOnFirstParse;
	return clang.parseTranslationUnit2(walker->index, command->file, arguments.list, (int)arguments.count, unsaved,
					   count, options, &walker->live);
}

/* A unit that cannot be parsed again is of no use any more. */
static bool parse_again(struct walker *walker, struct CXUnsavedFile *unsaved, uint32_t count)
{
	if (clang.reparseTranslationUnit(walker->live, count, unsaved, clang.defaultReparseOptions(walker->live)) == 0)
		return true;
	walk_live_release(walker);
	return false;
}

struct facts *walk_live(struct walker *walker, const struct command *command, const struct overlay *overlays,
			uint32_t count, struct arena *arena, const char **error)
{
	const char *reason = walk_obstacle(walker, command, arena);
	if (reason) {
		*error = reason;
		return NULL;
	}
	struct CXUnsavedFile *unsaved = arena_alloc(arena, (count + 1) * sizeof(*unsaved));
	for (uint32_t i = 0; i < count; i++)
		unsaved[i] = (struct CXUnsavedFile){overlays[i].path, overlays[i].text, overlays[i].size};
	forget_texts(walker);
	enum CXErrorCode code = CXError_Success;
	if (!walker->live || !parse_again(walker, unsaved, count))
		code = parse_first(walker, command, unsaved, count, arena);
	if (code != CXError_Success) {
		*error = walk_failure(walker, command, code, arena);
		return NULL;
	}
	struct walk walk = walk_begin(walker, command);
	walk.unit = walker->live;
	struct facts *facts = walk_note_facts(&walk, command, arena);
	walk.unit = NULL; /* it is kept */
	walk_release(&walk);
	return facts;
}

void walk_live_release(struct walker *walker)
{
	if (walker->live)
		clang.disposeTranslationUnit(walker->live);
	walker->live = NULL;
}
