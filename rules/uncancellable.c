#include "cancel.h"
#include "pass.h"
#include "words.h"

#include <string.h>

/* Such a function delivers what has happened, or installs a callback for good: there is nothing to call off. */
static const char *const other_words[] = {"report",   "error", "notify",     "return", "complete", "set",
					  "register", "add",   "watch",      "listen", "init",     "new",
					  "create",   "close", "disconnect", "free",   NULL};

/* The type of the callback that it keeps for later, or NULL. */
static const struct fact_type *completion_type(const struct derived *derived, const struct node *node)
{
	const struct facts *facts = program_facts(derived->program, node->function.unit);
	for (uint32_t i = 0; i < node->param_count; i++) {
		const struct fact_param *param = program_param(derived->program, node, i);
		const struct model_slot *model =
		    param && param->type != NONE
			? models_callback_type(derived->program->models,
					       facts_text(facts, facts->types[param->type].alias))
			: NULL;
		if (model && model->role == ROLE_INLINE)
			continue; /* compares, visits, frees */
		if (param && param->type != NONE && facts->types[param->type].flags & TYPE_FUNCTION_POINTER &&
		    derived->deferred[node->first_param + i])
			return &facts->types[param->type];
	}
	return NULL;
}

static bool same_text(const struct facts *a_facts, uint32_t a, const struct facts *b_facts, uint32_t b)
{
	const char *text = facts_text(a_facts, a);
	return *text && strcmp(text, facts_text(b_facts, b)) == 0;
}

/* Others can call it. */
static bool is_public(const struct node *node)
{
	return node->body_count && !(node->flags & (FUNCTION_STATIC | FUNCTION_SYSTEM));
}

/* They report the end of an operation in the same way, so the operations are of one kind. */
static bool are_siblings(const struct derived *derived, const struct node *a, const struct node *b)
{
	const struct fact_type *x = completion_type(derived, a), *y = completion_type(derived, b);
	const struct facts *a_facts = program_facts(derived->program, a->function.unit),
			   *b_facts = program_facts(derived->program, b->function.unit);
	return x && y &&
	       (same_text(a_facts, x->alias, b_facts, y->alias) ||
		same_text(a_facts, x->spelling, b_facts, y->spelling));
}

/* Nothing but whether it was started comes back: a number may be a handle. */
static bool returns_status(const struct program *program, const struct node *node)
{
	const struct facts *facts = program_facts(program, node->function.unit);
	uint32_t type = program_function(program, node)->return_type;
	if (type == NONE || facts->types[type].pointers)
		return false;
	return facts->types[type].flags & (TYPE_VOID | TYPE_BOOL) ||
	       strcmp(facts_text(facts, facts->types[type].spelling), "int") == 0 ||
	       contains(facts_text(facts, facts->types[type].alias), "bool");
}

/* The public functions of each file, in order. */
struct by_file {
	struct intern files;
	id_table first; /* node, by file */
	uint32_t *next; /* by node */
};

static void list_by_file(const struct program *program, struct by_file *list, struct arena *arena)
{
	*list = (struct by_file){.next = arena_alloc(arena, program->nodes.count * sizeof(uint32_t))};
	intern_init(&list->files);
	for (uint32_t n = program->nodes.count; n-- > 0;) {
		const struct node *node = &program->nodes.items[n];
		if (!is_public(node))
			continue;
		uint32_t file = intern(&list->files, node->file);
		while (list->first.count <= file)
			table_add(&list->first, NONE);
		list->next[n] = list->first.items[file];
		list->first.items[file] = n;
	}
}

/* A function of the same file that does the same kind of thing and can be cancelled, or NONE. */
static uint32_t find_cancellable_sibling(const struct pass *pass, uint32_t index, const struct by_file *list,
					 const struct intern *records, const char **by)
{
	const struct program *program = pass->program;
	const struct node *node = &program->nodes.items[index];
	for (uint32_t n = list->first.items[intern_find(&list->files, node->file)]; n != NONE; n = list->next[n])
		if (n != index && are_siblings(pass->derived, node, &program->nodes.items[n]) &&
		    can_be_cancelled(program, n, records, by))
			return n;
	return NONE;
}

static void check(struct pass *pass)
{
	const struct program *program = pass->program;
	struct arena scratch = {0};
	struct by_file list;
	struct intern records;
	list_by_file(program, &list, &scratch);
	find_cancellable(program, &records);
	for (uint32_t n = 0; n < program->nodes.count; n++) {
		const struct node *node = &program->nodes.items[n];
		const char *by;
		if (!is_public(node) || pass->derived->owner[n] || is_test_file(node->file) ||
		    !completion_type(pass->derived, node) || !returns_status(program, node) ||
		    has_word(node->name, other_words) || can_be_cancelled(program, n, &records, &by))
			continue;
		uint32_t sibling = find_cancellable_sibling(pass, n, &list, &records, &by);
		if (sibling == NONE)
			continue;
		const struct node *other = &program->nodes.items[sibling];
		struct finding *finding =
		    report(pass, node->function.unit, &program_function(program, node)->place, n, node->name,
			   "what '%s' starts cannot be cancelled, unlike what '%s' does", node->name, other->name);
		note(pass, finding, other->function.unit, &program_function(program, other)->place, sibling,
		     "'%s' has a '%.*s' for that", other->name, (int)strcspn(by, "@"), by);
		set_help(pass, finding, "return a handle, or take one, by which the operation can be called off");
	}
	intern_release(&records);
	intern_release(&list.files);
	table_release(&list.first);
	arena_release(&scratch);
}

const struct rule rule_uncancellable = {
    .id = "uncancellable",
    .family = "life",
    .since = "0.1",
    .summary = "async operation cannot be cancelled, though its siblings can",
    .severity = SEVERITY_ADVICE,
    .status = RULE_ADVICE,
    .check = check,
};
