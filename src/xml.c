#include "xml.h"

#include "utf8.h"

#include <stdbool.h>
#include <string.h>

static bool is_allowed(uint32_t character)
{
	if (character < 0x20)
		return character == '\t' || character == '\n' || character == '\r';
	return character != UTF8_REPLACEMENT && character != 0xFFFE && character != 0xFFFF;
}

/* NULL for a character that stands for itself. All '>' are written so, as it must not end "]]>" (2.4). */
static const char *reference_to(uint32_t character, bool in_attribute)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return in_attribute ? "&quot;" : NULL;
	case '\n':
		return in_attribute ? "&#10;" : NULL;
	case '\t':
		return in_attribute ? "&#9;" : NULL;
	default:
		return is_allowed(character) ? NULL : "\xEF\xBF\xBD";
	}
}

static void write_text(FILE *out, const char *text, bool in_attribute)
{
	size_t size = strlen(text);
	for (size_t i = 0, length; i < size; i += length) {
		uint32_t character;
		length = utf8_decode(text + i, size - i, &character);
		const char *reference = reference_to(character, in_attribute);
		if (reference)
			fputs(reference, out);
		else
			fwrite(text + i, 1, length, out);
	}
}

void xml_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	write_text(out, value, true);
	putc('"', out);
}

void xml_text(FILE *out, const char *text)
{
	write_text(out, text, false);
}
