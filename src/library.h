/*
 * Which folders hold a library: code that others call whom we do not see.
 *
 * In a program nearly every function that a header declares has a caller. Where many have none but tests and tools,
 * they are there for others.
 */
#ifndef ASYNCLINT_LIBRARY_H
#define ASYNCLINT_LIBRARY_H

#include "derive.h"

struct folder {
	uint32_t exported; /* functions that others can call */
	uint32_t uncalled; /* of them, those that nothing calls */
	bool has_main;
};

struct libraries {
	struct intern paths;          /* of folders, with the last '/'; "" for the root */
	TABLE(struct folder) folders; /* by path */
	bool no_headers; /* no header of the project declares any function: then external linkage is all there is to go
			    by */
};

void libraries_find(struct derived *derived, struct libraries *libraries);
void libraries_release(struct libraries *libraries);

/* Whether the file is in a folder that holds a library. */
bool is_library_file(const struct libraries *libraries, const char *path);

/* Whether others can call the function: it is exported from a library, and no part of a program that lies in the same
 * folder. */
bool is_library_entry(const struct libraries *libraries, const struct program *program, uint32_t index);

#endif
