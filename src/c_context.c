#include "c_context.h"

#include <stdbool.h>

static size_t take_code(char first, char next, enum c_context *context)
{
	if (first == '/' && (next == '/' || next == '*')) {
		*context = next == '/' ? LINE_COMMENT : BLOCK_COMMENT;
		return 2;
	}
	if (first == '"' || first == '\'')
		*context = first == '"' ? STRING : CHARACTER;
	return 1;
}

size_t c_take(const char *text, char next, enum c_context *context)
{
	if (*context == CODE)
		return take_code(*text, next, context);
	if (*context == BLOCK_COMMENT) {
		if (*text != '*' || next != '/')
			return 1;
		*context = CODE;
		return 2;
	}
	if (*text == '\\')
		return 2; /* an escape, or a line that goes on */
	bool closed = (*context == STRING && *text == '"') || (*context == CHARACTER && *text == '\'');
	if (closed || *text == '\n')
		*context = CODE;
	return 1;
}
