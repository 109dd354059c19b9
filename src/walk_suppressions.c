/*
 * Suppression comments (allow.h), found in the text: libclang would have to lex the file again, which costs more than
 * the walk.
 *
 * The mark stands first in its comment, or first on a line of a block comment; elsewhere it is prose, or part of a
 * string.
 */
#include "c_context.h"
#include "walk_internal.h"

#include <ctype.h>
#include <string.h>

/* A comment, from its first character to behind its last one, without the end of a line comment's line. */
struct comment {
	const char *start, *end;
	const char *line_start; /* of the line that it begins on */
	uint32_t line, end_line;
};

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static const char *trim_end(const char *start, const char *end)
{
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return end;
}

/* `at` is behind the mark, `end` where its line or the comment ends. */
static void note_suppression(struct walk *walk, const struct source_file *source, const struct comment *comment,
			     const char *at, const char *end)
{
	static const char word[] = "allow";
	at = skip_space(at, end);
	if ((size_t)(end - at) < strlen(word) || memcmp(at, word, strlen(word)) != 0)
		return;
	const char *rules = skip_space(at + strlen(word), end);
	const char *colon = rules < end ? memchr(rules, ':', (size_t)(end - rules)) : NULL;
	const char *rules_end = trim_end(rules, colon ? colon : end);
	const char *reason = colon ? skip_space(colon + 1, end) : end;
	const char *reason_end = trim_end(reason, end);
	bool own_line = skip_space(comment->line_start, comment->start) == comment->start;
	struct fact_suppression fact = {
	    .rules = intern_n(&walk->strings, rules, (size_t)(rules_end - rules)),
	    .reason = intern_n(&walk->strings, reason, (size_t)(reason_end - reason)),
	    .own_line = own_line,
	    .place = {.file = source->path,
		      .line = comment->line,
		      .column = (uint32_t)(comment->start - comment->line_start) + 1,
		      .end_line = comment->end_line,
		      .end_column = (uint32_t)(reason_end - comment->line_start) + 1},
	};
	table_add(&walk->facts.suppressions, fact);
}

/* Looks at the beginning of each line of the comment. */
static void look_into(struct walk *walk, const struct source_file *source, const struct comment *comment)
{
	static const char mark[] = SUPPRESSION_MARK;
	bool block = comment->start[1] == '*';
	const char *end = block ? comment->end - 2 : comment->end;
	for (const char *at = comment->start + 2, *line_end; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		at = skip_space(at, line_end);
		while (block && at < line_end && *at == '*')
			at = skip_space(at + 1, line_end);
		if ((size_t)(line_end - at) >= strlen(mark) && memcmp(at, mark, strlen(mark)) == 0)
			note_suppression(walk, source, comment, at + strlen(mark), line_end);
	}
}

/* Sets the end of the comment that begins at its start, and the line that it is on. False if it is not closed. */
static bool find_end(struct comment *comment, const char *end)
{
	enum c_context context = comment->start[1] == '*' ? BLOCK_COMMENT : LINE_COMMENT;
	bool block = context == BLOCK_COMMENT;
	comment->end_line = comment->line;
	comment->end = comment->start + 2;
	while (comment->end < end) {
		bool last = comment->end + 1 == end;
		size_t length = last ? 1 : c_take(comment->end, comment->end[1], &context);
		if (context == CODE && !block)
			return true; /* before the end of the line */
		for (size_t i = 0; i < length; i++)
			comment->end_line += comment->end[i] == '\n';
		comment->end += length;
		if (context == CODE)
			return true;
	}
	return !block;
}

void walk_suppressions(struct walk *walk, struct source_file *source)
{
	if (!walk_read_file(walk, source)->suppressions)
		return;
	walk_text(walk, source);
	enum c_context context = CODE;
	const char *at = source->text, *end = at + source->size;
	struct comment comment = {.line_start = at, .line = 1};
	while (at < end) {
		const char *start = at;
		at += c_take(at, at + 1 < end ? at[1] : 0, &context);
		if (context == LINE_COMMENT || context == BLOCK_COMMENT) {
			comment.start = start;
			if (!find_end(&comment, end))
				return;
			look_into(walk, source, &comment);
			at = comment.end;
			context = CODE;
		}
		for (; start < at && start < end; start++) {
			if (*start == '\n') {
				comment.line++;
				comment.line_start = start + 1;
			}
		}
	}
}
