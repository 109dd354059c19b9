#include "model_file.h"

#include "intern.h"
#include "json_file.h"

#include <string.h>

enum { ARGUMENT_LIMIT = 127 }; /* arguments that C promises a call can have */

/* 2^53: cJSON's numbers are doubles, exact up to here. */
static const double number_limit = 9007199254740992.0;

struct reader {
	struct model_file *file;
	/* Where the reader is, for messages: "function" "uv_run", "pumps". NULL outside. */
	const char *noun, *name, *property;
	const char *library, *world;
	struct intern constants; /* names; the value of id i is constant_values[i] */
	TABLE(int64_t) constant_values;
	struct intern functions;            /* that the file has spoken of */
	TABLE(struct model_effect) effects; /* of the function being read */
	TABLE(struct model_callback) callbacks;
};

static const char *const cost_names[COSTS] = {
    [COST_NONE] = "none", [COST_LOCK] = "lock",   [COST_DISK] = "disk",   [COST_NETWORK] = "network",
    [COST_IPC] = "ipc",   [COST_FSYNC] = "fsync", [COST_SLEEP] = "sleep", [COST_PROCESS] = "process",
    [COST_DNS] = "dns",   [COST_WAIT] = "wait",
};

static const char *const role_names[ROLE_KINDS] = {
    [ROLE_INLINE] = "inline", [ROLE_ON_LOOP] = "on-loop", [ROLE_WORKER] = "worker",
    [ROLE_THREAD] = "thread", [ROLE_SIGNAL] = "signal",   [ROLE_COROUTINE] = "coroutine",
    [ROLE_CHILD] = "child",   [ROLE_INIT] = "init",       [ROLE_EXIT] = "exit",
};

static const char *const transport_names[] = {
    [TRANSPORT_NONE] = "none",
    [TRANSPORT_SYNC] = "sync",
    [TRANSPORT_ASYNC] = "async",
};

/*
 * The properties of a function that are effects. Each is an object, or a list of objects, with the keys "because",
 * "when", "unless" and those its flags and `place` allow; the flags also say which short forms stand for an object.
 */
enum {
	OR_TRUE = 1 << 0,     /* `true` stands for {} */
	NEEDS_PLACE = 1 << 1, /* the place must be given, and stands for the object if it is all there is to say */
	OR_RESULT = 1 << 2,   /* the place may be "result" */
	OR_DEFAULT = 1 << 3,  /* the place may be "default" */
	NEEDS_BECAUSE = 1 << 4,
	NEEDS_COST = 1 << 5,
	TAKES_MODE = 1 << 6,        /* "mode" and "inverted", or "value" */
	TAKES_NONBLOCKING = 1 << 7, /* "nonblocking" instead of "when" */
};

struct property {
	const char *key;
	enum model_effect_kind kind;
	unsigned flags;
	const char *place; /* key of the argument, or NULL */
	int argument;      /* if none is given */
};

static const struct property properties[] = {
    {"blocks", MODEL_BLOCKS, NEEDS_BECAUSE | NEEDS_COST, NULL, MODEL_NO_ARGUMENT},
    {"waits", MODEL_WAITS, OR_TRUE, "timeout", MODEL_NO_ARGUMENT},
    {"waits-thread", MODEL_WAITS_THREAD, OR_TRUE, "timeout", MODEL_NO_ARGUMENT},
    {"wakes", MODEL_WAKES, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"pumps", MODEL_PUMPS, NEEDS_BECAUSE | OR_DEFAULT, "loop", MODEL_DEFAULT},
    {"pumps-once-ready", MODEL_PUMPS_ONCE_READY, OR_TRUE | OR_DEFAULT, "loop", MODEL_DEFAULT},
    {"makes-loop", MODEL_MAKES_LOOP, NEEDS_PLACE | OR_RESULT, "loop", 0},
    {"closes-loop", MODEL_CLOSES_LOOP, NEEDS_PLACE, "loop", 0},
    {"stops-loop", MODEL_STOPS_LOOP, NEEDS_PLACE | OR_DEFAULT, "loop", 0},
    {"default-loop", MODEL_DEFAULT_LOOP, OR_TRUE, NULL, MODEL_RESULT},
    {"thread-loop", MODEL_THREAD_LOOP, OR_TRUE, NULL, MODEL_RESULT},
    {"sets-thread-loop", MODEL_SETS_THREAD_LOOP, NEEDS_PLACE, "loop", 0},
    {"starts-async", MODEL_STARTS_ASYNC, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"forbidden-on-loop", MODEL_FORBIDDEN_ON_LOOP, NEEDS_BECAUSE, NULL, MODEL_NO_ARGUMENT},
    {"sets-nonblocking", MODEL_SETS_NONBLOCKING, NEEDS_PLACE | OR_RESULT | TAKES_MODE, "descriptor", 0},
    {"opens", MODEL_OPENS, NEEDS_PLACE | OR_RESULT | TAKES_NONBLOCKING, "descriptor", 0},
    {"loop-descriptor", MODEL_LOOP_DESCRIPTOR, NEEDS_PLACE | OR_RESULT, "descriptor", 0},
    {"adopts-descriptor", MODEL_ADOPTS_DESCRIPTOR, NEEDS_PLACE, "descriptor", 0},
    {"reads", MODEL_READS, NEEDS_PLACE, "descriptor", 0},
    {"forks", MODEL_FORKS, OR_TRUE, NULL, MODEL_RESULT},
    {"mode", MODEL_MODE, NEEDS_PLACE, "arg", 0},
    {"returns-argument", MODEL_RETURNS_ARGUMENT, NEEDS_PLACE, "arg", 0},
    {"locks", MODEL_LOCKS, NEEDS_PLACE, "arg", 0},
    {"unlocks", MODEL_UNLOCKS, NEEDS_PLACE, "arg", 0},
    {"keeps", MODEL_KEEPS, NEEDS_PLACE, "arg", 0},
    {"releases", MODEL_RELEASES, NEEDS_PLACE, "arg", 0},
    {"closes", MODEL_CLOSES, NEEDS_PLACE, "arg", 0},
    {"frees", MODEL_FREES, NEEDS_PLACE, "arg", 0},
    {"owned-by", MODEL_OWNED_BY, NEEDS_PLACE, "arg", 0},
    {"loop-thread", MODEL_LOOP_THREAD, NEEDS_PLACE, "arg", 0},
    {"makes-thread-safe", MODEL_MAKES_THREAD_SAFE, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"allows-nesting", MODEL_ALLOWS_NESTING, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"probes-loop", MODEL_PROBES_LOOP, OR_TRUE, NULL, MODEL_RESULT},
    {"current-thread", MODEL_CURRENT_THREAD, OR_TRUE, NULL, MODEL_RESULT},
    {"on-default-loop", MODEL_ON_DEFAULT_LOOP, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"inherits", MODEL_INHERITS, OR_TRUE, NULL, MODEL_RESULT},
    {"ends-descriptor", MODEL_ENDS_DESCRIPTOR, NEEDS_PLACE, "descriptor", 0},
    {"ends-process", MODEL_ENDS_PROCESS, OR_TRUE, "process", MODEL_NO_ARGUMENT},
    {"ends-well", MODEL_ENDS_WELL, OR_TRUE, NULL, MODEL_NO_ARGUMENT},
    {"current-process", MODEL_CURRENT_PROCESS, OR_TRUE, NULL, MODEL_RESULT},
};

/* Notes "FILE: function 'f': property: message". Always false, so that `return fail(...)` reads well. */
__attribute__((format(printf, 2, 3))) static bool fail(struct reader *reader, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = arena_vprintf(reader->file->arena, format, arguments);
	va_end(arguments);
	const char *place = "";
	if (reader->noun)
		place = arena_printf(reader->file->arena, "%s '%s': ", reader->noun, reader->name);
	if (reader->property)
		place = arena_printf(reader->file->arena, "%s%s: ", place, reader->property);
	reader->file->error = arena_printf(reader->file->arena, "%s: %s%s", reader->file->path, place, message);
	return false;
}

/* For values that may stand alone or in a list:  for (one = first_of(value); one; one = next_of(value, one)) */
static const cJSON *first_of(const cJSON *value)
{
	return cJSON_IsArray(value) ? value->child : value;
}

static const cJSON *next_of(const cJSON *value, const cJSON *one)
{
	return cJSON_IsArray(value) ? one->next : NULL;
}

static bool is_listed(const char *const *list, const char *text)
{
	for (; *list; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

/* Checks one key of an object whose keys are known: quadratic, but ends at the first key that is not new. */
static bool check_new_key(struct reader *reader, const cJSON *object, const cJSON *child)
{
	for (const cJSON *earlier = object->child; earlier != child; earlier = earlier->next) {
		if (strcmp(earlier->string, child->string) == 0)
			return fail(reader, "duplicate key '%s'", child->string);
	}
	return true;
}

/* Checks that it is an object with no keys but those of a NULL-terminated list, each at most once. */
static bool check_object(struct reader *reader, const cJSON *json, const char *const *keys)
{
	if (!cJSON_IsObject(json))
		return fail(reader, "must be an object");
	for (const cJSON *child = json->child; child; child = child->next) {
		if (!is_listed(keys, child->string))
			return fail(reader, "unknown key '%s'", child->string);
		if (!check_new_key(reader, json, child))
			return false;
	}
	return true;
}

static const cJSON *member(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Copies a string member to *text; leaves it alone if there is none. */
static bool read_string(struct reader *reader, const cJSON *object, const char *key, const char **text)
{
	const cJSON *value = member(object, key);
	if (!value)
		return true;
	if (!cJSON_IsString(value) || !*value->valuestring)
		return fail(reader, "'%s' must be a string that is not empty", key);
	*text = arena_strdup(reader->file->arena, value->valuestring);
	return true;
}

static bool read_bool(struct reader *reader, const cJSON *object, const char *key, bool *value)
{
	const cJSON *json = member(object, key);
	if (!json)
		return true;
	if (!cJSON_IsBool(json))
		return fail(reader, "'%s' must be true or false", key);
	*value = cJSON_IsTrue(json);
	return true;
}

/* Finds a word in a list of names; *index is its place there. `what` names the list in the message. */
static bool read_word(struct reader *reader, const cJSON *json, const char *what, const char *const *names, int count,
		      int *index)
{
	if (!cJSON_IsString(json))
		return fail(reader, "%s must be a string", what);
	for (*index = 0; *index < count; ++*index) {
		if (strcmp(names[*index], json->valuestring) == 0)
			return true;
	}
	return fail(reader, "unknown %s '%s'", what, json->valuestring);
}

static bool read_role(struct reader *reader, const cJSON *json, enum role_kind *role)
{
	int index;
	if (!read_word(reader, json, "role", role_names, ROLE_KINDS, &index))
		return false;
	*role = (enum role_kind)index;
	return true;
}

static bool is_integer(const cJSON *json)
{
	double value = json->valuedouble;
	return cJSON_IsNumber(json) && value >= -number_limit && value <= number_limit &&
	       value == (double)(int64_t)value;
}

/* An argument's index, or a word for another place if `flags` allow it. */
static bool read_place(struct reader *reader, const cJSON *json, const char *key, unsigned flags, int *argument)
{
	if (is_integer(json) && json->valuedouble >= 0 && json->valuedouble <= ARGUMENT_LIMIT) {
		*argument = json->valueint;
		return true;
	}
	if (cJSON_IsString(json) && (flags & OR_RESULT) && strcmp(json->valuestring, "result") == 0) {
		*argument = MODEL_RESULT;
		return true;
	}
	if (cJSON_IsString(json) && (flags & OR_DEFAULT) && strcmp(json->valuestring, "default") == 0) {
		*argument = MODEL_DEFAULT;
		return true;
	}
	return fail(reader, "'%s' must be the index of an argument (0 to %d)%s%s", key, ARGUMENT_LIMIT,
		    flags & OR_RESULT ? " or \"result\"" : "", flags & OR_DEFAULT ? " or \"default\"" : "");
}

/* The number that a condition compares with: itself, or a name of one of the file's constants. */
static bool read_number(struct reader *reader, const cJSON *json, struct model_condition *condition)
{
	if (is_integer(json)) {
		condition->number = (int64_t)json->valuedouble;
		return true;
	}
	if (!cJSON_IsString(json))
		return fail(reader, "'%s' must be an integer or the name of a constant", json->string);
	uint32_t id = intern_find(&reader->constants, json->valuestring);
	if (id == UINT32_MAX || id == 0)
		return fail(reader, "unknown constant '%s': it is not in \"constants\"", json->valuestring);
	condition->number = reader->constant_values.items[id];
	condition->name = arena_strdup(reader->file->arena, json->valuestring);
	return true;
}

static bool read_test(struct reader *reader, const cJSON *json, enum condition_kind kind,
		      struct model_condition *condition)
{
	static const struct {
		const char *word;
		enum condition_kind kind;
	} words[] = {
	    {"null", CONDITION_NULL},           {"not-null", CONDITION_NOT_NULL},
	    {"blocking", CONDITION_BLOCKING},   {"nonblocking", CONDITION_NONBLOCKING},
	    {"zero-time", CONDITION_ZERO_TIME},
	};
	condition->kind = kind;
	if (kind == CONDITION_IS && cJSON_IsString(json)) {
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
			if (strcmp(words[i].word, json->valuestring) == 0) {
				condition->kind = words[i].kind;
				return true;
			}
		}
	}
	return read_number(reader, json, condition);
}

/* One word or several, any of which will do: kept as "COMMIT|INSERT". */
static bool read_words(struct reader *reader, const cJSON *json, struct model_condition *condition)
{
	condition->kind = CONDITION_FIRST_WORD;
	for (const cJSON *one = first_of(json); one; one = next_of(json, one)) {
		if (!cJSON_IsString(one) || !*one->valuestring || strchr(one->valuestring, '|'))
			return fail(reader, "'first-word' must be a word, or a list of words");
		condition->name = condition->name
				      ? arena_printf(reader->file->arena, "%s|%s", condition->name, one->valuestring)
				      : arena_strdup(reader->file->arena, one->valuestring);
	}
	return condition->name || fail(reader, "'first-word' must be a word, or a list of words");
}

static bool read_condition(struct reader *reader, const cJSON *json, struct model_condition *condition)
{
	static const char *const keys[] = {"arg", "field", "is", "is-not", "has", "lacks", "first-word", NULL};
	static const struct {
		const char *key;
		enum condition_kind kind;
	} tests[] = {
	    {"is", CONDITION_IS},
	    {"is-not", CONDITION_IS_NOT},
	    {"has", CONDITION_HAS},
	    {"lacks", CONDITION_LACKS},
	};
	if (!check_object(reader, json, keys))
		return false;
	const cJSON *arg = member(json, "arg");
	int argument;
	if (!arg)
		return fail(reader, "'arg' is missing in a condition");
	if (!read_place(reader, arg, "arg", 0, &argument) || !read_string(reader, json, "field", &condition->field))
		return false;
	condition->argument = (uint32_t)argument;

	uint32_t count = 0;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		const cJSON *test = member(json, tests[i].key);
		if (!test)
			continue;
		count++;
		if (!read_test(reader, test, tests[i].kind, condition))
			return false;
	}
	const cJSON *words = member(json, "first-word");
	if (words && !read_words(reader, words, condition))
		return false;
	if (count + (words != NULL) != 1)
		return fail(reader, "a condition needs one of 'is', 'is-not', 'has', 'lacks' and 'first-word'");
	return true;
}

static bool read_conditions(struct reader *reader, const cJSON *json, const struct model_condition **conditions,
			    uint32_t *count)
{
	if (!json)
		return true;
	TABLE(struct model_condition) list = {0};
	bool good = true;
	for (const cJSON *one = first_of(json); good && one; one = next_of(json, one)) {
		struct model_condition condition = {0};
		good = read_condition(reader, one, &condition);
		table_add(&list, condition);
	}
	*conditions = arena_copy(reader->file->arena, list.items, list.count, sizeof(*list.items));
	*count = list.count;
	table_release(&list);
	return good;
}

static bool read_cost(struct reader *reader, const cJSON *json, struct model_effect *effect)
{
	int index;
	if (!json)
		return true;
	/* "none" is for people who read a dump, not a cost that a model can give. */
	if (!read_word(reader, json, "cost", cost_names + 1, COSTS - 1, &index))
		return false;
	effect->cost = (enum cost)(index + 1);
	return true;
}

/* "mode": m, with "inverted"; or "value": true or false, whatever the arguments are. */
static bool read_mode(struct reader *reader, const cJSON *json, struct model_effect *effect)
{
	const cJSON *mode = member(json, "mode"), *value = member(json, "value");
	bool nonblocking = true;
	if (!mode == !value)
		return fail(reader, "needs either 'mode' or 'value'");
	if (value && member(json, "inverted"))
		return fail(reader, "'inverted' goes with 'mode'");
	if (mode)
		return read_place(reader, mode, "mode", 0, &effect->mode_argument) &&
		       read_bool(reader, json, "inverted", &effect->inverted);
	if (!read_bool(reader, json, "value", &nonblocking))
		return false;
	effect->inverted = !nonblocking;
	return true;
}

static bool check_effect_keys(struct reader *reader, const cJSON *json, const struct property *property)
{
	/* All there can be, and the NULL that ends the list. */
	const char *keys[9] = {"because", "unless"};
	size_t count = 2;
	keys[count++] = property->flags & TAKES_NONBLOCKING ? "nonblocking" : "when";
	if (property->place)
		keys[count++] = property->place;
	if (property->flags & NEEDS_COST)
		keys[count++] = "cost";
	if (property->flags & TAKES_MODE) {
		keys[count++] = "mode";
		keys[count++] = "value";
		keys[count++] = "inverted";
	}
	return check_object(reader, json, keys);
}

static bool read_effect_object(struct reader *reader, const cJSON *json, const struct property *property,
			       struct model_effect *effect)
{
	if (!check_effect_keys(reader, json, property) || !read_string(reader, json, "because", &effect->because) ||
	    !read_cost(reader, member(json, "cost"), effect))
		return false;
	const cJSON *place = property->place ? member(json, property->place) : NULL;
	if (place && !read_place(reader, place, property->place, property->flags, &effect->argument))
		return false;
	if (!place && (property->flags & NEEDS_PLACE))
		return fail(reader, "'%s' is missing", property->place);
	if (!effect->because && (property->flags & NEEDS_BECAUSE))
		return fail(reader, "'because' is missing");
	if (!effect->cost && (property->flags & NEEDS_COST))
		return fail(reader, "'cost' is missing");
	if ((property->flags & TAKES_MODE) && !read_mode(reader, json, effect))
		return false;
	const char *when = property->flags & TAKES_NONBLOCKING ? "nonblocking" : "when";
	return read_conditions(reader, member(json, when), &effect->when, &effect->when_count) &&
	       read_conditions(reader, member(json, "unless"), &effect->unless, &effect->unless_count);
}

static bool read_effect(struct reader *reader, const cJSON *json, const struct property *property)
{
	struct model_effect effect = {
	    .kind = property->kind,
	    .argument = property->argument,
	    .mode_argument = -1,
	};
	bool good;
	if (cJSON_IsObject(json))
		good = read_effect_object(reader, json, property, &effect);
	else if (property->flags & OR_TRUE)
		good = cJSON_IsTrue(json) || fail(reader, "must be true or an object");
	else if ((property->flags & NEEDS_PLACE) && !(property->flags & TAKES_MODE))
		good = read_place(reader, json, property->key, property->flags, &effect.argument);
	else
		good = fail(reader, "must be an object");
	table_add(&reader->effects, effect);
	return good;
}

static bool read_callback(struct reader *reader, const cJSON *json)
{
	static const char *const keys[] = {"arg", "role", "user-data", "when", "unless", NULL};
	struct model_callback callback = {.user_data = MODEL_NO_ARGUMENT};
	if (!check_object(reader, json, keys))
		return false;
	const cJSON *arg = member(json, "arg"), *role = member(json, "role"), *user_data = member(json, "user-data");
	int argument;
	if (!arg || !role)
		return fail(reader, "'%s' is missing", arg ? "role" : "arg");
	if (!read_place(reader, arg, "arg", 0, &argument) || !read_role(reader, role, &callback.role) ||
	    (user_data && !read_place(reader, user_data, "user-data", 0, &callback.user_data)) ||
	    !read_conditions(reader, member(json, "when"), &callback.when, &callback.when_count) ||
	    !read_conditions(reader, member(json, "unless"), &callback.unless, &callback.unless_count))
		return false;
	if (callback.role == ROLE_INLINE && (callback.when_count || callback.unless_count))
		return fail(reader, "an inline callback has no conditions");
	callback.argument = (uint32_t)argument;
	table_add(&reader->callbacks, callback);
	return true;
}

static const struct property *find_property(const char *key)
{
	for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
		if (strcmp(properties[i].key, key) == 0)
			return &properties[i];
	}
	return NULL;
}

static bool read_property(struct reader *reader, const cJSON *json, struct model_function *function)
{
	const struct property *property = find_property(json->string);
	bool is_callback = strcmp(json->string, "callback") == 0;
	bool is_owner = strcmp(json->string, "owner") == 0;
	if (!property && !is_callback && !is_owner)
		return fail(reader, "unknown key '%s'", json->string);
	reader->property = json->string;
	bool good = true;
	if (is_owner) {
		good = cJSON_IsTrue(json) || fail(reader, "must be true");
		function->loop_owner_api = true;
	} else {
		for (const cJSON *one = first_of(json); good && one; one = next_of(json, one))
			good = is_callback ? read_callback(reader, one) : read_effect(reader, one, property);
	}
	reader->property = NULL;
	if (property && property->kind == MODEL_PUMPS)
		function->loop_owner_api = true;
	return good;
}

static void stage(struct reader *reader, enum shelf_kind shelf, const char *name, const void *item)
{
	struct model_entry entry = {.shelf = shelf, .name = name, .library = reader->library, .item = item};
	table_add(&reader->file->entries, entry);
}

/* Notes a name; false if it was noted before (or is empty: that one is in every intern). */
static bool is_new(struct intern *names, const char *name)
{
	uint32_t count = names->count;
	return intern(names, name) == count;
}

static bool stage_function(struct reader *reader, const struct model_function *function)
{
	if (!is_new(&reader->functions, function->name))
		return fail(reader, "duplicate function '%s'", function->name);
	stage(reader, FUNCTIONS, function->name, arena_copy(reader->file->arena, function, 1, sizeof(*function)));
	return true;
}

static bool read_function(struct reader *reader, const cJSON *json)
{
	struct model_function function = {
	    .name = reader->name,
	    .library = reader->library,
	    .world = reader->world,
	};
	if (!cJSON_IsObject(json))
		return fail(reader, "must be an object");
	reader->effects.count = 0;
	reader->callbacks.count = 0;
	for (const cJSON *child = json->child; child; child = child->next) {
		if (!check_new_key(reader, json, child) || !read_property(reader, child, &function))
			return false;
	}
	function.effect_count = reader->effects.count;
	function.effects = arena_copy(reader->file->arena, reader->effects.items, function.effect_count,
				      sizeof(*reader->effects.items));
	function.callback_count = reader->callbacks.count;
	function.callbacks = arena_copy(reader->file->arena, reader->callbacks.items, function.callback_count,
					sizeof(*reader->callbacks.items));
	return stage_function(reader, &function);
}

static bool read_type(struct reader *reader, const cJSON *json)
{
	static const char *const keys[] = {"transport", "loop", "handle", NULL};
	struct model_type type = {.name = reader->name, .library = reader->library, .world = reader->world};
	if (!check_object(reader, json, keys) || !read_bool(reader, json, "loop", &type.loop) ||
	    !read_bool(reader, json, "handle", &type.handle))
		return false;
	const cJSON *transport = member(json, "transport");
	if (transport) {
		int index;
		if (!read_word(reader, transport, "transport", transport_names + 1, TRANSPORT_ASYNC, &index))
			return false;
		type.transport = (enum transport)(index + 1);
	}
	stage(reader, TYPES, type.name, arena_copy(reader->file->arena, &type, 1, sizeof(type)));
	return true;
}

static bool read_slot(struct reader *reader, const cJSON *json, enum shelf_kind shelf)
{
	struct model_slot slot = {.name = reader->name, .library = reader->library, .world = reader->world};
	if (!read_role(reader, json, &slot.role))
		return false;
	stage(reader, shelf, slot.name, arena_copy(reader->file->arena, &slot, 1, sizeof(slot)));
	return true;
}

static bool read_callback_type(struct reader *reader, const cJSON *json)
{
	return read_slot(reader, json, CALLBACK_TYPES);
}

static bool read_field(struct reader *reader, const cJSON *json)
{
	const char *colons = strstr(reader->name, "::");
	if (!colons || colons == reader->name || !colons[2])
		return fail(reader, "must be named 'record::field'");
	return read_slot(reader, json, FIELDS);
}

static bool read_constant(struct reader *reader, const cJSON *json)
{
	if (!is_integer(json))
		return fail(reader, "must be an integer");
	uint32_t id = intern(&reader->constants, reader->name);
	while (reader->constant_values.count <= id)
		table_add(&reader->constant_values, 0);
	reader->constant_values.items[id] = (int64_t)json->valuedouble;
	return true;
}

/* Reads the section that maps names, each at most once, to entries. */
static bool read_map(struct reader *reader, const cJSON *root, const char *section, const char *noun,
		     bool (*read_entry)(struct reader *, const cJSON *))
{
	const cJSON *map = member(root, section);
	if (!map)
		return true;
	if (!cJSON_IsObject(map))
		return fail(reader, "'%s' must be an object", section);
	struct intern seen;
	intern_init(&seen);
	bool good = true;
	for (const cJSON *child = map->child; good && child; child = child->next) {
		if (!*child->string) {
			good = fail(reader, "'%s' has an empty name", section);
		} else if (!is_new(&seen, child->string)) {
			good = fail(reader, "duplicate %s '%s'", noun, child->string);
		} else {
			reader->noun = noun;
			reader->name = arena_strdup(reader->file->arena, child->string);
			good = read_entry(reader, child);
			reader->noun = NULL;
		}
	}
	intern_release(&seen);
	return good;
}

static bool check_strings(struct reader *reader, const cJSON *root, const char *key)
{
	const cJSON *list = member(root, key);
	if (list && !cJSON_IsArray(list))
		return fail(reader, "'%s' must be a list of strings", key);
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		if (!cJSON_IsString(one) || !*one->valuestring)
			return fail(reader, "'%s' must be a list of strings that are not empty", key);
	}
	return true;
}

static bool read_harmless(struct reader *reader, const cJSON *root)
{
	if (!check_strings(reader, root, "harmless"))
		return false;
	const cJSON *list = member(root, "harmless");
	for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
		struct model_function function = {
		    .name = arena_strdup(reader->file->arena, one->valuestring),
		    .library = reader->library,
		    .world = reader->world,
		    .harmless = true,
		};
		if (!stage_function(reader, &function))
			return false;
	}
	return true;
}

/* The library has the name of its file, so that a message about either leads to both. */
static bool read_library(struct reader *reader, const cJSON *root)
{
	if (!read_string(reader, root, "library", &reader->library))
		return false;
	if (!reader->library)
		return fail(reader, "'library' is missing");
	const char *slash = strrchr(reader->file->path, '/');
	const char *file = slash ? slash + 1 : reader->file->path;
	size_t length = strlen(reader->library);
	if (strncmp(file, reader->library, length) != 0 || strcmp(file + length, ".json") != 0)
		return fail(reader, "library '%s' does not have the name of its file", reader->library);
	return true;
}

static bool read_world(struct reader *reader, const cJSON *root)
{
	struct model_world world = {.known = true};
	if (!read_string(reader, root, "world", &reader->world) ||
	    !read_bool(reader, root, "reentrant", &world.reentrant))
		return false;
	if (!reader->world && member(root, "reentrant"))
		return fail(reader, "'reentrant' needs a 'world'");
	if (!reader->world)
		return true;
	world.name = reader->world;
	reader->file->says_reentrant = member(root, "reentrant") != NULL;
	stage(reader, WORLDS, world.name, arena_copy(reader->file->arena, &world, 1, sizeof(world)));
	return true;
}

/* "would-block": the constants by which the library says that an operation would have had to wait. */
static bool read_would_block(struct reader *reader, const cJSON *root)
{
	if (!check_strings(reader, root, "would-block"))
		return false;
	const cJSON *names = member(root, "would-block");
	for (const cJSON *name = names ? names->child : NULL; name; name = name->next) {
		if (intern_find(&reader->constants, name->valuestring) == UINT32_MAX)
			return fail(reader, "unknown constant '%s' in 'would-block': it is not in \"constants\"",
				    name->valuestring);
		stage(reader, WOULD_BLOCK, arena_strdup(reader->file->arena, name->valuestring), reader->library);
	}
	return true;
}

static bool read_root(struct reader *reader, const cJSON *root)
{
	static const char *const keys[] = {"library",  "docs",       "world",     "reentrant",   "headers",
					   "packages", "pkg-config", "constants", "functions",   "callback-types",
					   "fields",   "types",      "harmless",  "would-block", NULL};
	const char *docs;
	return check_object(reader, root, keys) && read_library(reader, root) &&
	       read_string(reader, root, "docs", &docs) && read_world(reader, root) &&
	       check_strings(reader, root, "headers") && check_strings(reader, root, "packages") &&
	       check_strings(reader, root, "pkg-config") &&
	       read_map(reader, root, "constants", "constant", read_constant) && read_would_block(reader, root) &&
	       read_map(reader, root, "functions", "function", read_function) &&
	       read_map(reader, root, "callback-types", "callback type", read_callback_type) &&
	       read_map(reader, root, "fields", "field", read_field) &&
	       read_map(reader, root, "types", "type", read_type) && read_harmless(reader, root);
}

static bool parse(struct reader *reader, const char *text, size_t length)
{
	const char *end = text;
	/* cJSON wants the NUL behind the text to be counted; one within the text would hide the rest of it. */
	cJSON *root = cJSON_ParseWithLengthOpts(text, length + 1, &end, true);
	if (!root || end != text + length) {
		cJSON_Delete(root);
		reader->file->error =
		    json_message_at(reader->file->path, text, end, "not valid JSON", reader->file->arena);
		return false;
	}
	bool good = read_root(reader, root);
	cJSON_Delete(root);
	return good;
}

const char *cost_name(enum cost cost)
{
	return cost_names[cost];
}

const char *costs_add(uint32_t *costs, const char *name, struct arena *arena)
{
	const char *known = "";
	for (int cost = COST_NONE + 1; cost < COSTS; cost++) {
		if (strcmp(cost_names[cost], name) == 0) {
			*costs |= 1u << cost;
			return NULL;
		}
		known = arena_printf(arena, "%s%s%s", known, *known ? ", " : "", cost_names[cost]);
	}
	return arena_printf(arena, "unknown cost '%s'; known are %s", name, known);
}

const char *role_name(enum role_kind role)
{
	return role_names[role];
}

bool model_file_parse(struct model_file *file, const char *text, size_t length)
{
	struct reader reader = {.file = file};
	intern_init(&reader.constants);
	intern_init(&reader.functions);
	bool good = parse(&reader, text, length);
	intern_release(&reader.constants);
	intern_release(&reader.functions);
	table_release(&reader.constant_values);
	table_release(&reader.effects);
	table_release(&reader.callbacks);
	return good;
}

void model_file_release(struct model_file *file)
{
	table_release(&file->entries);
}
