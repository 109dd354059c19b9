/*
 * What a rule is, and what it is given.
 *
 * A rule is a constant: its data and one function. It looks at the joined program and what is derived from it, and
 * reports. It is pure: same program, same findings. It knows no other rule, no file, no output format; it prints and
 * frees nothing. rules/rules.def lists all rules, one line each; the order of the lines means nothing.
 */
#ifndef ASYNCLINT_RULE_H
#define ASYNCLINT_RULE_H

#include "finding.h"

struct pass; /* report.h of the engine: derive.h and pass.h */

enum rule_status {
	RULE_DEFAULT, /* on: its measured precision on real code is at least 0.9 */
	RULE_PREVIEW, /* on with --preview */
	RULE_ADVICE,  /* on when named */
};

/* What a call can be to a rule besides its effects (enum effect_kind, derive.h): numbers of further bits of looks_at.
 * See aspects.h. */
enum call_aspect {
	ASPECT_DEFAULT_LOOP = 16,
	ASPECT_ASKS_LOOP,
	ASPECT_ALLOWS_NESTING,
	ASPECT_LOOP_THREAD,
	ASPECT_GIVES_MEMORY,
	ASPECT_FREES_MEMORY,
	ASPECT_CALLS_BACK,
	ASPECTS_END,
};

struct rule {
	const char *id;         /* its file, document, fixture folder and suppression name; reads well after "allow" */
	const char *family;     /* one of rule_families, by name */
	const char *since;      /* version */
	const char *summary;    /* one line: lower case, no full stop; also the title of its document */
	enum severity severity; /* of its findings, unless one says otherwise */
	enum rule_status status;
	uint32_t looks_at; /* bits (1u << enum effect_kind, derive.h; 1u << enum call_aspect): calls with such effects,
			      or that are such to it, are what it judges; 0 if it does not judge calls */
	void (*check)(struct pass *pass);
};

struct rule_family {
	const char *name;    /* reads well after --rules */
	const char *summary; /* what its rules look for: one line, lower case, no full stop */
};

/* All families, ended by one without a name. */
extern const struct rule_family rule_families[];

/* All rules, in order of id, ended by NULL. */
extern const struct rule *const all_rules[];

/* NULL if there is none. */
const struct rule *rule_find(const char *id);

/* Whether there is a family of that name. */
bool rule_family_exists(const char *name);

/* "unknown rule 'hiden-loop'; did you mean 'hidden-loop'?": the message for a name that is no rule's (arena). */
const char *rule_unknown(const char *name, struct arena *arena);

#endif
