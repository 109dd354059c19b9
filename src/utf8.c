#include "utf8.h"

#include <stdbool.h>

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead < 0xE0)
		return 2;
	if (lead >= 0xE0 && lead < 0xF0)
		return 3;
	return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/* Whether the byte may be the second one behind the lead: no overlong form, no surrogate, nothing beyond U+10FFFF. */
static bool may_be_second(unsigned char lead, unsigned char byte)
{
	unsigned char first = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	unsigned char last = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	return byte >= first && byte <= last;
}

size_t utf8_decode(const char *text, size_t size, uint32_t *character)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length = sequence_length(bytes[0]);
	*character = UTF8_REPLACEMENT;
	if (length == 0)
		return 1;
	uint32_t value = length == 1 ? bytes[0] : bytes[0] & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if (i == size || (i == 1 ? !may_be_second(bytes[0], bytes[1]) : (bytes[i] & 0xC0) != 0x80))
			return i;
		value = value << 6 | (bytes[i] & 0x3Fu);
	}
	*character = value;
	return length;
}
