/*
 * Formats: how findings are written.
 *
 * A format is one file, report_<name>.c, and one line in report_formats (report.c). It is given all there is to say and
 * writes it to a stream; it decides nothing and fails never: whether writing went well, ferror(out) tells.
 */
#ifndef ASYNCLINT_REPORT_H
#define ASYNCLINT_REPORT_H

#include "json_writer.h"
#include "map.h"
#include "provenance.h"
#include "rule.h"

#include <stdio.h>

struct report {
	const struct findings *findings; /* after findings_finish() */
	const struct coverage *coverage;
	const struct map *map; /* empty unless the format asks for it, and nothing kept it from being made */
	const char *root;      /* absolute, resolved: what the findings' paths are relative to */
	const char *directory; /* the working directory, absolute, resolved: what text shows paths relative to */
	const char *version;   /* of asynclint */
	const char *libclang;  /* what the sources were parsed with, as it calls itself */
	const struct rule *const *rules; /* that ran, in order of id, NULL-terminated */
	const char *documents;           /* the directory of their documents, <id>.md; NULL if it is not to be found */
	const char *homepage;            /* where asynclint's sources can be read, without a slash at its end, or "" */
	const struct provenance *provenance; /* of the root; NULL: not known, or no format tells it */
	int exit_status;                     /* that the run will have, unless this report cannot be written */
	unsigned width;                      /* of the terminal in columns, 0: not known or none */
	bool terminal;                       /* for the eye: colours, and the source beneath each message */
};

struct report_format {
	const char *name; /* as --format takes it */
	void (*print)(const struct report *report, FILE *out);
	bool tells_provenance;
	bool has_map;      /* shows the map */
	bool has_coverage; /* holds the coverage itself; else report_notes() and report_summary() tell it on stderr */
};

/* All formats, ended by one without a name; the first is the default. */
extern const struct report_format report_formats[];

/* NULL if there is none of that name. */
const struct report_format *report_format_find(const char *name);

void report_text(const struct report *report, FILE *out);
void report_json(const struct report *report, FILE *out);
void report_sarif(const struct report *report, FILE *out);
void report_github(const struct report *report, FILE *out);
void report_gitlab(const struct report *report, FILE *out);
void report_rdjson(const struct report *report, FILE *out);
void report_checkstyle(const struct report *report, FILE *out);
void report_junit(const struct report *report, FILE *out);
void report_clangtidy(const struct report *report, FILE *out);
void report_html(const struct report *report, FILE *out);

/* What report_json() prints, as a value with that key: for a format that has it in itself. */
void report_write_json(const struct report *report, const char *key, struct json_writer *json);

/* For formats without coverage, in the shape of text: a line for each suppression that is wrong and for each note. */
void report_notes(const struct report *report, FILE *out);

/* One line for people: how many findings in how many units, and how much was not looked at. */
void report_summary(const struct report *report, FILE *out);

/* The path as it is shown to someone in the working directory. */
const char *report_path(const struct report *report, const char *file, struct arena *arena);

/* The address of the rule's document; only where there is a homepage. */
const char *report_rule_page(const struct report *report, const char *rule, struct arena *arena);

#endif
