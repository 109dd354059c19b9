#include "derive.h"

#include "transports.h"

#include <stdlib.h>

struct derived *derive(const struct program *program)
{
	struct derived *derived = calloc(1, sizeof(*derived));
	if (!derived)
		arena_out_of_memory();
	derived->program = program;
	conditions_init(&derived->conditions, program);
	derived->marks = arena_alloc(&derived->arena, program->nodes.count);
	derive_children(derived);
	derive_endings(derived);
	derive_other_threads(derived);
	derive_deferred(derived);
	derive_effects(derived);
	derive_owners(derived);
	derive_hand_loops(derived);
	derive_roles(derived);
	derive_modes(derived);
	derive_probes(derived);
	derive_transports(derived);
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
