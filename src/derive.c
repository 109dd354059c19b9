#include "derive.h"

#include "transports.h"

#include <stdlib.h>

/* Each builds on those before it. */
static const struct {
	const char *name;
	void (*run)(struct derived *derived);
} steps[] = {
    {"children", derive_children},
    {"endings", derive_endings},
    {"other threads", derive_other_threads},
    {"deferred", derive_deferred},
    {"effects", derive_effects},
    {"owners", derive_owners},
    {"hand-made loops", derive_hand_loops},
    {"roles", derive_roles},
    {"modes", derive_modes},
    {"probes", derive_probes},
    {"transports", derive_transports},
};

struct derived *derive(const struct program *program, struct stats *stats)
{
	struct derived *derived = calloc(1, sizeof(*derived));
	if (!derived)
		arena_out_of_memory();
	derived->program = program;
	conditions_init(&derived->conditions, program);
	derived->marks = arena_alloc(&derived->arena, program->nodes.count);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		stats_begin(stats, steps[i].name);
		steps[i].run(derived);
		stats_end(stats);
	}
	return derived;
}

void derived_free(struct derived *derived)
{
	if (!derived)
		return;
	table_release(&derived->effects);
	table_release(&derived->roles);
	table_release(&derived->hand_loops);
	table_release(&derived->modes);
	table_release(&derived->first_slot_mode);
	table_release(&derived->effect_bucket);
	conditions_release(&derived->conditions);
	arena_release(&derived->arena);
	free(derived);
}
