/*
 * What stands beneath a finding, as lines of text: for formats whose readers know one message and no path.
 */
#ifndef ASYNCLINT_DETAILS_H
#define ASYNCLINT_DETAILS_H

#include "finding.h"

/* "main.c:18: 'on_timer' calls 'refresh'" for each step of the path, then the help, then the surface, with a line feed
   between two; "" if there is none of it. The middle of a long path is left out, and said to be. Paths are relative to
   the root, as in the finding. */
const char *finding_details(const struct finding *finding, struct arena *arena);

/* "reached through 5 public functions: 'fetch', 'fetch_all', 'fetch_one' and 2 more". */
const char *finding_surface(const struct finding *finding, struct arena *arena);

#endif
