/*
 * The boundary map: where in a program code runs on a loop, blocks, runs loops or makes them, and which calls lead from
 * the one to the other.
 *
 * It is for people who want to see a program as a whole, so it holds what is of interest to them only: the functions
 * that do something themselves, and those on a loop that lead there. All others are counted, by file. A map is complete
 * in itself, as findings are: it needs neither facts nor program, and can be kept (result.h). It is in order of file
 * and line, whatever order units came in.
 */
#ifndef ASYNCLINT_MAP_H
#define ASYNCLINT_MAP_H

#include "derive.h"

enum map_flag {
	MAP_ON_LOOP,    /* a loop runs it */
	MAP_OFF_LOOP,   /* a worker or a thread runs it */
	MAP_BLOCKS,     /* has a call that blocks */
	MAP_RUNS_LOOP,  /* has a call that runs a loop, or is one written by hand */
	MAP_MAKES_LOOP, /* has a call that makes one */
	MAP_LEADS,      /* is on a loop and blocks or runs a loop through what it calls */
	MAP_FLAGS,
};

struct map_file {
	const char *path;          /* relative to the project root */
	uint32_t functions;        /* with a body, of interest or not */
	uint32_t count[MAP_FLAGS]; /* of them */
};

struct map_function {
	const char *name;
	uint32_t file;  /* of map.files */
	uint32_t line;  /* of its name, in the definition */
	uint32_t flags; /* 1u << enum map_flag */
};

struct map_call {
	uint32_t from, to; /* of map.functions */
};

/* Zero-initialise. Owns what is in it. */
struct map {
	struct arena arena;
	TABLE(struct map_file) files;
	TABLE(struct map_function) functions; /* of interest */
	TABLE(struct map_call) calls;         /* between two of them, each pair once */
};

/* Fills an empty map. Of blocking only the cost classes in `costs` (bit 1u << enum cost) count. What is not certain is
   left out. */
void map_make(struct map *map, const struct derived *derived, uint32_t costs);

void map_release(struct map *map);

#endif
