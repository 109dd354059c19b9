/*
 * Findings → diagnostics of LSP 3.17 ("Publish Diagnostics"): of files that are open.
 *
 * Not of others: a whole program has findings in files that nobody is at work on, and an editor that lists hundreds of
 * them hides the one that the last edit made. `asynclint` itself shows them all.
 *
 * The path of a finding is its related information, a suppression that suppresses nothing is shown as unnecessary, and
 * a file that does not parse says so where its first error is.
 */
#ifndef ASYNCLINT_LSP_DIAGNOSTICS_H
#define ASYNCLINT_LSP_DIAGNOSTICS_H

#include "lsp_project.h"

/* Publishes what is known of the document, which is the project's. */
void diagnostics_publish(struct project *project, const struct document *document);

/* Takes back what was published of a file. */
void diagnostics_clear(struct client *client, const char *uri);

/* Where in today's text a place is. False if its line has been changed since. */
struct range {
	struct position start, end;
};
bool diagnostics_range(const struct project *project, const struct document *document, const struct location *location,
		       struct range *range);

/* Whether the finding is in the document. */
bool diagnostics_is_in(const struct project *project, const struct document *document, const struct location *location);

void range_write(struct json_writer *json, const char *key, const struct range *range);

/* The URI of the rule's document (arena), or NULL. */
const char *rule_document(const char *rule, struct arena *arena);

#endif
