/*
 * Text in XML 1.0 (w3.org/TR/xml), encoded in UTF-8.
 */
#ifndef ASYNCLINT_XML_H
#define ASYNCLINT_XML_H

#include <stdio.h>

/* ` name="value"`. */
void xml_attribute(FILE *out, const char *name, const char *value);

/* What stands between tags. */
void xml_text(FILE *out, const char *text);

/* Both keep markup in the text from being taken for such; in attributes line feeds and tabs survive, which readers
   otherwise take for blanks (3.3.3). What XML cannot hold (2.2: control characters, U+FFFE, U+FFFF) and what is not
   UTF-8 becomes U+FFFD. */

#endif
