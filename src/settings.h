/*
 * What is in effect: the config's word and the command line's together.
 */
#ifndef ASYNCLINT_SETTINGS_H
#define ASYNCLINT_SETTINGS_H

#include "options.h"

/* What the command line says of the config. */
struct config_request {
	const char *path; /* --config, or NULL */
	bool none;        /* --no-config */
	bool no_baseline; /* --no-baseline */
	bool fails_on;    /* the command line says when to fail */
};

/* Reads the config that holds for the options, puts what it says into them, and chooses the rules. False with a message
   in *error (arena). */
bool settings_complete(struct options *options, const struct config_request *request, struct arena *arena,
		       const char **error);

#endif
