/*
 * The parts of a SARIF report (report_sarif.c). Numbers in comments are sections of SARIF 2.1.0. Every function writes
 * to sarif->json.
 */
#ifndef ASYNCLINT_SARIF_H
#define ASYNCLINT_SARIF_H

#include "json_writer.h"
#include "line_hash.h"
#include "report.h"
#include "source.h"

struct sarif {
	struct json_writer json;
	const struct report *report;
	struct source source;      /* that columns are counted in */
	struct line_hashes hashes; /* of the file `hashed` */
	const char *hashed;        /* path in the findings, or NULL */
	struct arena arena;        /* for one finding, rule or notification */
};

/* What paths are relative to (3.14.14). */
#define SARIF_ROOT "SRCROOT"

/* sarif_text.c: messages. */

/* 3.58.6 */
const char *sarif_level(enum severity severity);

/* With a full stop, and a capital where it begins with a word, as messages of SARIF are sentences (3.11.3). */
const char *sarif_sentence(const char *text, struct arena *arena);

/* Text in which nothing is taken for a link (3.11.6). */
const char *sarif_plain(const char *text, struct arena *arena);

/* A message of that text (3.11). */
void sarif_message(struct sarif *sarif, const char *key, const char *text);

/* The id, and the name that GitHub filters by (3.49.7: without blanks and hyphens): "fake-async", "FakeAsync". */
void sarif_name(struct sarif *sarif, const char *id);

/* sarif_place.c: physicalLocation (3.29), logicalLocations (3.33) and both with a message, as a location (3.28) holds
   them. `with_source`: for readers without the sources. `function` may be NULL or "". */
void sarif_physical(struct sarif *sarif, const struct location *location, bool with_source);
void sarif_logical(struct json_writer *json, const char *function);
void sarif_place(struct sarif *sarif, const struct location *location, const char *function, const char *message);

/* sarif_tool.c: the tool with its rules (3.18), and their families (3.14.8). */
void sarif_tool(struct sarif *sarif);
void sarif_taxonomies(struct sarif *sarif);

/* sarif_notifications.c: what was not understood (3.20.21), and the descriptors of its kinds (3.19.24). */
void sarif_invocation(struct sarif *sarif);
void sarif_notification_descriptors(struct sarif *sarif);

#endif
