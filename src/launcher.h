/*
 * asynclint-cc and asynclint-ld: asynclint in front of the compiler in a build.
 *
 * Both run the command that they are given, and the build sees that command: its output, its exit status, the signal
 * that ended it. Beside that
 *
 *   - what compiles one C file to an object file leaves the unit's facts beside it (linked.h). That they cannot be made
 *     is a warning: they never break a build.
 *   - what links is checked first, by asynclint-ld alone: the facts of all that is linked in are joined, and findings
 *     printed as a compiler prints warnings. As there, errors are fatal: they, or what --fail-on says, end the link
 *     before it has made anything, so that the next build tries again. So does, with --strict, whatever was not fully
 *     understood.
 *
 * asynclint-ld does all that asynclint-cc does, for builds where one variable names the compiler of both kinds.
 */
#ifndef ASYNCLINT_LAUNCHER_H
#define ASYNCLINT_LAUNCHER_H

#include "options.h"

/* ACTION_CC and ACTION_LD: runs options->compiler_arguments. Returns the exit status, if the command does not take the
   process's place. */
int launcher_run(const struct options *options);

#endif
