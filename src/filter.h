/*
 * Which findings were asked for: those on certain lines (--line-filter), in files that changed (--changed, --since) or
 * that are named (--whole-program), in certain headers (--header-filter).
 *
 * The whole program is analysed all the same, as what a line does wrong may stand elsewhere; only what is reported is
 * less. A finding is asked for if its place is, or a place on its path: whoever changes a step may have made the fault.
 * So does clang-tidy with its notes, and the text of a line filter, what a name in it matches (any path that ends with
 * it) and that the first matching entry decides are clang-tidy's too (ClangTidyOptions.cpp, passesLineFilter() in
 * ClangTidyDiagnosticConsumer.cpp), so that its drivers work unchanged. So are the patterns for headers: extended
 * regular expressions, looked for anywhere in the absolute path.
 */
#ifndef ASYNCLINT_FILTER_H
#define ASYNCLINT_FILTER_H

#include "finding.h"
#include "intern.h"

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

/* False if that is no extended regular expression of POSIX, with a message in *error (arena). */
bool filter_check_pattern(const char *pattern, struct arena *arena, const char **error);

/* Zero-initialised it lets everything pass. */
struct filter {
	const struct line_filter *lines; /* or NULL */
	const struct intern *files;      /* names as the findings have them: only what is in these; or NULL */
	const char *headers;             /* of headers only those whose absolute path matches this pattern, */
	const char *headers_left_out;    /* and none whose path matches this one; each checked, or NULL */
	const char *root;                /* of the project, absolute: what the findings' paths are relative to */
};

/* Takes the findings out that were not asked for, and of the coverage the suppressions without effect that stand
   elsewhere; notes there how many findings those are. To be called after findings_finish(), so that fingerprints do not
   depend on what was asked for. */
void filter_apply(const struct filter *filter, struct findings *findings, struct coverage *coverage);

#endif
