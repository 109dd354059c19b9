#include "add_allow.h"

#include "paths.h"
#include "replace_file.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a line begins in. */
enum context { CODE, LINE_COMMENT, BLOCK_COMMENT, STRING, CHARACTER };

/* Findings of one file, in order of line, and the text that is written for it. */
struct edit {
	struct finding *const *findings;
	uint32_t count, next; /* the first that no line was reached of */
	const char *reason;
	FILE *out;
	struct arena *arena;
	struct add_allow_result *result;
	uint32_t added; /* findings */
};

/* A line, how it begins, and whether the line before went on in it by a backslash. */
struct line {
	struct source_line text; /* with its end */
	uint32_t number;
	enum context context;
	bool continued;
};

static void leave(struct edit *edit, const struct finding *finding, const char *why)
{
	struct coverage_note note = {.name = finding->rule, .message = why, .location = finding->location};
	table_add(&edit->result->left, note);
}

/* Whether a backslash at the end of the line joins it to the next one. */
static bool goes_on(const struct source_line *line)
{
	size_t size = line->size;
	if (size && line->text[size - 1] == '\n')
		size--;
	if (size && line->text[size - 1] == '\r')
		size--;
	return size && line->text[size - 1] == '\\';
}

/* Takes one character, or two that belong together; returns how many (C17 5.1.1.2, translation phase 3). */
static size_t take(const char *text, char next, enum context *context)
{
	switch (*context) {
	case CODE:
		if (*text == '/' && (next == '/' || next == '*')) {
			*context = next == '/' ? LINE_COMMENT : BLOCK_COMMENT;
			return 2;
		}
		if (*text == '"' || *text == '\'')
			*context = *text == '"' ? STRING : CHARACTER;
		return 1;
	case LINE_COMMENT:
		return 1;
	case BLOCK_COMMENT:
		if (*text != '*' || next != '/')
			return 1;
		*context = CODE;
		return 2;
	case STRING:
	case CHARACTER:
		if (*text == '\\')
			return 2;
		if (*text == (*context == STRING ? '"' : '\''))
			*context = CODE;
		return 1;
	}
	return 1;
}

/* What the next line begins in. */
static enum context context_behind(const struct line *line)
{
	enum context context = line->context;
	for (size_t i = 0; i < line->text.size;)
		i += take(line->text.text + i, i + 1 < line->text.size ? line->text.text[i + 1] : 0, &context);
	return context == BLOCK_COMMENT || goes_on(&line->text) ? context : CODE;
}

/* Whether the finding's rule is that of an earlier one, from `first` on. */
static bool is_named(const struct edit *edit, uint32_t first, uint32_t finding)
{
	for (uint32_t i = first; i < finding; i++)
		if (strcmp(edit->findings[i]->rule, edit->findings[finding]->rule) == 0)
			return true;
	return false;
}

static void put_comment(struct edit *edit, const struct line *line, uint32_t first, uint32_t behind)
{
	const struct source_line *text = &line->text;
	size_t indentation = 0;
	while (indentation < text->size && (text->text[indentation] == ' ' || text->text[indentation] == '\t'))
		indentation++;
	fwrite(text->text, 1, indentation, edit->out);
	fputs("/* asynclint: allow ", edit->out);
	for (uint32_t i = first; i < behind; i++)
		if (!is_named(edit, first, i))
			fprintf(edit->out, "%s%s", i == first ? "" : ", ", edit->findings[i]->rule);
	bool carriage_return = text->size > 1 && text->text[text->size - 2] == '\r';
	fprintf(edit->out, ": %s */%s", edit->reason, carriage_return ? "\r\n" : "\n");
	edit->added += behind - first;
}

/* The line, and above it the comment for its findings. */
static void put_line(struct edit *edit, const struct line *line)
{
	uint32_t first = edit->next;
	while (edit->next < edit->count && edit->findings[edit->next]->location.line == line->number)
		edit->next++;
	bool possible = line->context == CODE && !line->continued;
	if (possible && edit->next > first)
		put_comment(edit, line, first, edit->next);
	for (uint32_t i = first; i < edit->next && !possible; i++)
		leave(edit, edit->findings[i],
		      line->continued ? "it is in a macro of several lines"
				      : "its line begins within a comment or string");
	fwrite(line->text.text, 1, line->text.size, edit->out);
}

static void put_lines(struct edit *edit, const struct source *source)
{
	const char *start = source->text, *end = source->text + source->size;
	struct line line = {.context = CODE};
	while (start < end) {
		const char *stop = memchr(start, '\n', (size_t)(end - start));
		stop = stop ? stop + 1 : end;
		line.text = (struct source_line){start, (size_t)(stop - start)};
		line.number++;
		put_line(edit, &line);
		line.continued = goes_on(&line.text);
		line.context = context_behind(&line);
		start = stop;
	}
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
	put_lines(edit, &source);
	if (fclose(edit->out) != 0)
		arena_out_of_memory();
	for (; edit->next < edit->count; edit->next++)
		leave(edit, edit->findings[edit->next], "its line is no longer there");
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
