/*
 * From what the command line names to the facts that are analysed.
 *
 * Three ways in: the compile database (all of it, the named files, or the units that include a named header), files
 * with compiler arguments after "--", and facts that were saved earlier. What cannot be had costs itself only: it is
 * reported on stderr, the rest is analysed, and `incomplete` says that the exit status is to be 2.
 */
#ifndef ASYNCLINT_INPUTS_H
#define ASYNCLINT_INPUTS_H

#include "changes.h"
#include "finding.h"
#include "intern.h"
#include "options.h"
#include "units.h"

enum inputs_result {
	INPUTS_READY,
	INPUTS_FAILED,    /* there is nothing to analyse; said why */
	INPUTS_SKIPPED,   /* no compile database, or none of the named files in it, and --skip-without-database; or all
			     that is named is excluded, and --force-exclude: said so */
	INPUTS_UNCHANGED, /* --changed or --since, and no unit has what changed: nothing can be found */
};

/* Zero-initialise. Owns the facts. */
struct inputs {
	struct arena arena;
	struct stats *stats;   /* to be set by the caller: is told what it takes; or NULL */
	const char *directory; /* the working directory: absolute, resolved */
	const char *viewpoint; /* the directory that paths are shown relative to */
	const char *root;      /* of the project: absolute, resolved */
	const char *database;  /* directory of the compile database, or NULL */
	struct commands commands;
	struct units units;
	TABLE(struct facts *) loaded;      /* of join */
	TABLE(const struct facts *) facts; /* to be analysed */
	struct cache *cache;               /* that the facts are from, until inputs_close_cache(); or NULL */
	bool tells_of_cache;               /* that it cannot be used */
	struct changes changes;            /* with --changed and --since */
	struct intern named;               /* with --whole-program: the files that the command line names */
	const struct intern *reported;     /* only what is in these files is asked for; or NULL */
	config_strings asked;              /* excluded files (absolute) that were named */
	struct scope scope;                /* options->scope with them */
	bool partial;                      /* only part of the project was asked for */
	bool incomplete;                   /* something that was asked for could not be had */
	uint32_t elsewhere;                /* units that were not asked for and could not be read without errors */
};

/* Makes or loads the facts. Adds to coverage: units, degraded, failed (in order of name; the strings are owned by the
   inputs), and what changed. */
enum inputs_result inputs_collect(struct inputs *inputs, const struct options *options, struct coverage *coverage);

/* Only finds and reads the compile database for inputs->directory: sets database, root and commands. INPUTS_SKIPPED if
   there is none, INPUTS_FAILED if it is of no use, both with a message in *error (inputs' arena). */
enum inputs_result inputs_read_database(struct inputs *inputs, const struct options *options, const char **error);

/* Takes out the commands of files that inputs->scope excludes. False with a message in *error if none is left. */
bool inputs_drop_excluded(struct inputs *inputs, bool verbose, const char **error);

/* Sets inputs->cache, or leaves it NULL: that it cannot be used is worth a warning, the work can be done without.
   A build that has no home, as those of packages, is not to hear that for each of its files. */
void inputs_open_cache(struct inputs *inputs, const struct options *options);

/* To be called once nothing more is to be asked of the cache: says on stderr what was wrong with it, and what it had if
   `verbose`, and tells inputs->stats. */
void inputs_close_cache(struct inputs *inputs, bool verbose);

void inputs_release(struct inputs *inputs);

#endif
