/*
 * Which memory a pointer points into.
 *
 * A loop is given `&client->timer` or `&timer`, and what is freed is `client`: the same memory under another value. The
 * object of a pointer is what is left when the fields that lie in it are taken off: `client` for
 * `&client->timer.handle`, the local itself for `&timer`.
 */
#ifndef ASYNCLINT_OBJECT_H
#define ASYNCLINT_OBJECT_H

#include "condition.h"
#include "program.h"

struct object {
	uint32_t unit;
	uint32_t value; /* the pointer, or the variable that is the object; NONE: not known */
	bool itself;    /* value is the object, not a pointer to it */
};

/* Of a pointer. A local that only stands for another value is seen through. */
struct object object_of(const struct program *program, uint32_t unit, uint32_t value);

/* Of a place: what an assignment to it changes. */
struct object object_of_place(const struct program *program, uint32_t unit, uint32_t value);

/* Whether the two are certainly the same memory, as far as names go: nothing is said of assignments in between. */
bool same_object(const struct program *program, const struct object *a, const struct object *b);

/* The parameter whose memory it is, or NONE. */
uint32_t object_param(const struct program *program, const struct object *object);

/* The local with automatic storage that it is, or NONE. */
uint32_t object_local(const struct program *program, const struct object *object);

/* Whether a local or parameter that the object is reached by is assigned between the two orders in the function. */
bool object_changes(const struct program *program, const struct object *object, uint32_t function, uint32_t after,
		    uint32_t before);

#endif
