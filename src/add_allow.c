#include "add_allow.h"

#include "allow_place.h"
#include "paths.h"
#include "replace_file.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Findings of one file, in order of line, and the text that is written for it. */
struct edit {
	struct finding *const *findings;
	uint32_t count;
	const char *reason;
	FILE *out;
	struct arena *arena;
	struct add_allow_result *result;
	uint32_t added; /* findings */
};

static void leave(struct edit *edit, const struct finding *finding, const char *why)
{
	struct coverage_note note = {.name = finding->rule, .message = why, .location = finding->location};
	table_add(&edit->result->left, note);
}

/* Whether the finding's rule is that of an earlier one, from `first` on. */
static bool is_named(const struct edit *edit, uint32_t first, uint32_t finding)
{
	for (uint32_t i = first; i < finding; i++)
		if (strcmp(edit->findings[i]->rule, edit->findings[finding]->rule) == 0)
			return true;
	return false;
}

/* "a, b": the rules of the findings. */
static const char *names_of(const struct edit *edit, uint32_t first, uint32_t behind)
{
	const char *names = edit->findings[first]->rule;
	for (uint32_t i = first + 1; i < behind; i++)
		if (!is_named(edit, first, i))
			names = arena_printf(edit->arena, "%s, %s", names, edit->findings[i]->rule);
	return names;
}

/* Writes the text up to the comment for the findings of one line, and the comment; returns how much of the text is
   written. */
static size_t put_comment(struct edit *edit, const struct source *source, size_t written, uint32_t first,
			  uint32_t behind)
{
	struct allow_place place;
	const char *why = allow_place_find(source->text, source->size, edit->findings[first]->location.line, &place);
	if (why) {
		for (uint32_t i = first; i < behind; i++)
			leave(edit, edit->findings[i], why);
		return written;
	}
	fwrite(source->text + written, 1, place.offset - written, edit->out);
	fputs(allow_place_comment(&place, names_of(edit, first, behind), edit->reason, edit->arena), edit->out);
	edit->added += behind - first;
	return place.offset;
}

static void put_text(struct edit *edit, const struct source *source)
{
	size_t written = 0;
	for (uint32_t first = 0, behind; first < edit->count; first = behind) {
		uint32_t line = edit->findings[first]->location.line;
		for (behind = first + 1; behind < edit->count; behind++)
			if (edit->findings[behind]->location.line != line)
				break;
		written = put_comment(edit, source, written, first, behind);
	}
	fwrite(source->text + written, 1, source->size - written, edit->out);
}

static void leave_all(struct edit *edit, const char *why)
{
	for (uint32_t i = 0; i < edit->count; i++)
		leave(edit, edit->findings[i], why);
}

static void edit_file(struct edit *edit, const char *path)
{
	struct source source = {0};
	char *written = NULL;
	size_t size = 0;
	uint32_t left = edit->result->left.count;
	if (access(path, R_OK | W_OK) != 0 || !source_read(&source, path)) {
		leave_all(edit, arena_printf(edit->arena, "its file cannot be changed: %s", strerror(errno)));
		source_release(&source);
		return;
	}
	edit->out = open_memstream(&written, &size);
	if (!edit->out)
		arena_out_of_memory();
	put_text(edit, &source);
	if (fclose(edit->out) != 0)
		arena_out_of_memory();
	if (edit->added && !replace_file(path, written, size, edit->arena)) {
		edit->result->left.count = left;
		leave_all(edit, arena_printf(edit->arena, "its file cannot be changed: %s", strerror(errno)));
		edit->added = 0;
	}
	edit->result->findings += edit->added;
	edit->result->files += edit->added > 0;
	free(written);
	source_release(&source);
}

const char *add_allow_check_reason(const char *reason)
{
	if (!reason[strspn(reason, " \t")])
		return "is empty";
	if (strpbrk(reason, "\r\n"))
		return "has more than one line";
	return strstr(reason, "*/") ? "would end the comment that it stands in" : NULL;
}

void add_allow(const struct findings *findings, const char *root, const char *reason, struct arena *arena,
	       struct add_allow_result *result)
{
	for (uint32_t i = 0, next; i < findings->list.count; i = next) {
		const char *file = findings->list.items[i]->location.file;
		for (next = i + 1; next < findings->list.count; next++)
			if (strcmp(findings->list.items[next]->location.file, file) != 0)
				break;
		struct edit edit = {
		    .findings = findings->list.items + i,
		    .count = next - i,
		    .reason = reason,
		    .arena = arena,
		    .result = result,
		};
		if (file[0] == '/')
			leave_all(&edit, "its file is not the project's");
		else
			edit_file(&edit, path_join(root, file, arena));
	}
}
