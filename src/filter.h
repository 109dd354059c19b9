/*
 * Which findings were asked for: those on certain lines (--line-filter) or in files that changed (--changed, --since).
 *
 * The whole program is analysed all the same, as what a line does wrong may stand elsewhere; only what is reported is
 * less. A finding is asked for if its place is, or a place on its path: whoever changes a step may have made the fault.
 * So does clang-tidy with its notes, and the text of a line filter, what a name in it matches (any path that ends with
 * it) and that the first matching entry decides are clang-tidy's too (ClangTidyOptions.cpp, passesLineFilter() in
 * ClangTidyDiagnosticConsumer.cpp), so that its drivers work unchanged.
 */
#ifndef ASYNCLINT_FILTER_H
#define ASYNCLINT_FILTER_H

#include "changes.h"
#include "finding.h"

#include <stdbool.h>

/* Both inclusive. */
struct line_range {
	uint32_t first, last;
};

struct line_filter_file {
	const char *name;
	const struct line_range *ranges;
	uint32_t range_count; /* 0: all of the file */
};

/* Without files everything passes. */
struct line_filter {
	const struct line_filter_file *files;
	uint32_t file_count;
};

/* Reads `[{"name":"file1.c","lines":[[1,3],[5,7]]},{"name":"file2.h"}]`; "" is no filter. False if it is not of that
   form, with a message in *error (arena) that names the offset, or the entry. */
bool line_filter_parse(const char *text, struct arena *arena, struct line_filter *filter, const char **error);

/* Zero-initialised it lets everything pass. */
struct filter {
	const struct line_filter *lines; /* or NULL */
	const struct changes *changes;   /* or NULL */
	const char *root;                /* of the project, absolute: what the findings' paths are relative to */
};

/* Takes the findings out that were not asked for; returns how many those are. To be called after findings_finish(), so
   that fingerprints do not depend on what was asked for. */
uint32_t filter_apply(const struct filter *filter, struct findings *findings);

#endif
