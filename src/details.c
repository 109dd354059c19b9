#include "details.h"

enum {
	SURFACE_NAMES = 3,
	LONGEST_PATH = 8, /* steps; of a longer one */
	FIRST_STEPS = 4,  /* so many are told, */
	LAST_STEPS = 3,   /* and so many */
};

static const char *add_line(const char *text, const char *line, struct arena *arena)
{
	return *text ? arena_printf(arena, "%s\n%s", text, line) : line;
}

static const char *step_line(const struct step *step, struct arena *arena)
{
	const struct location *location = &step->location;
	if (!location_is_known(location))
		return step->message;
	return location->line ? arena_printf(arena, "%s:%u: %s", location->file, location->line, step->message)
			      : arena_printf(arena, "%s: %s", location->file, step->message);
}

static const char *path_lines(const struct finding *finding, struct arena *arena)
{
	uint32_t count = finding->path.count, left_out = count > LONGEST_PATH ? count - FIRST_STEPS - LAST_STEPS : 0;
	const char *text = "";
	for (uint32_t i = 0; i < count; i++) {
		if (left_out && i == FIRST_STEPS) {
			text = add_line(text, arena_printf(arena, "(%u more steps)", left_out), arena);
			i += left_out;
		}
		text = add_line(text, step_line(&finding->path.items[i], arena), arena);
	}
	return text;
}

const char *finding_surface(const struct finding *finding, struct arena *arena)
{
	uint32_t count = finding->surface.count;
	const struct surface *items = finding->surface.items;
	if (count == 1)
		return arena_printf(arena, "reached through public function '%s'", items[0].function);
	const char *text = arena_printf(arena, "reached through %u public functions: ", count);
	uint32_t named = count < SURFACE_NAMES ? count : SURFACE_NAMES;
	for (uint32_t i = 0; i < named; i++) {
		const char *separator = i == 0 ? "" : i + 1 == count ? " and " : ", ";
		text = arena_printf(arena, "%s%s'%s'", text, separator, items[i].function);
	}
	return count > named ? arena_printf(arena, "%s and %u more", text, count - named) : text;
}

const char *finding_details(const struct finding *finding, struct arena *arena)
{
	const char *text = path_lines(finding, arena);
	if (finding->help)
		text = add_line(text, arena_printf(arena, "help: %s", finding->help), arena);
	return finding_has_surface_note(finding) ? add_line(text, finding_surface(finding, arena), arena) : text;
}
