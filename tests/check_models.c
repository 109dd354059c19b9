#include "models.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/check_models.XXXXXX";
static struct arena arena;
static struct models models;

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/check_models.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
	static const char *const names[] = {"a.json", "b.json", "notes.txt"};
	models_release(&models);
	arena_release(&arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(arena_printf(&arena, "%s/%s", folder, names[i]));
	arena_release(&arena);
	ck_assert_int_eq(rmdir(folder), 0);
}

static const char *write_file(const char *name, const char *text, size_t length)
{
	const char *path = arena_printf(&arena, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

/* The error that loading gives, without the folder; NULL if there is none. */
static const char *load(const char *name, const char *text)
{
	const char *error = NULL;
	const char *path = write_file(name, text, strlen(text));
	if (models_load(&models, path, &arena, &error)) {
		ck_assert_ptr_null(error);
		return NULL;
	}
	ck_assert_ptr_nonnull(error);
	ck_assert_int_eq(strncmp(error, folder, strlen(folder)), 0);
	return error + strlen(folder) + 1;
}

/* Loads a.json with these lines after "library". */
#define LOAD(...) load("a.json", "{\"library\": \"a\", " #__VA_ARGS__ "}")

static const struct model_function *function(const char *name)
{
	const struct model_function *found = models_function(&models, name);
	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found->name, name);
	return found;
}

/* The only effect of a function. */
static const struct model_effect *effect(const char *name)
{
	const struct model_function *found = function(name);
	ck_assert_uint_eq(found->effect_count, 1);
	return found->effects;
}

/* One message each; `text` is all of a.json. */
static const struct bad {
	const char *text, *message;
} bad_inputs[] = {
    {"", "a.json:1:1: not valid JSON"},
    {"{\"library\": \"a\",\n \"docs\" \"x\"}", "a.json:2:9: not valid JSON"},
    {"{\"library\": \"a\"} x", "a.json:1:18: not valid JSON"},
    {"[]", "a.json: must be an object"},
    {"{}", "a.json: 'library' is missing"},
    {"{\"library\": 1}", "a.json: 'library' must be a string that is not empty"},
    {"{\"library\": \"b\"}", "a.json: library 'b' does not have the name of its file"},
    {"{\"library\": \"a\", \"pump\": 1}", "a.json: unknown key 'pump'"},
    {"{\"library\": \"a\", \"library\": \"a\"}", "a.json: duplicate key 'library'"},
    {"{\"library\": \"a\", \"reentrant\": true}", "a.json: 'reentrant' needs a 'world'"},
    {"{\"library\": \"a\", \"world\": \"w\", \"reentrant\": 1}", "a.json: 'reentrant' must be true or false"},
    {"{\"library\": \"a\", \"headers\": \"a.h\"}", "a.json: 'headers' must be a list of strings"},
    {"{\"library\": \"a\", \"headers\": [1]}", "a.json: 'headers' must be a list of strings that are not empty"},
    {"{\"library\": \"a\", \"harmless\": [\"\"]}", "a.json: 'harmless' must be a list of strings that are not empty"},
    {"{\"library\": \"a\", \"functions\": []}", "a.json: 'functions' must be an object"},
    {"{\"library\": \"a\", \"functions\": {\"\": {}}}", "a.json: 'functions' has an empty name"},
    {"{\"library\": \"a\", \"functions\": {\"f\": {}, \"f\": {}}}", "a.json: duplicate function 'f'"},
    {"{\"library\": \"a\", \"functions\": {\"f\": {}}, \"harmless\": [\"f\"]}", "a.json: duplicate function 'f'"},
    {"{\"library\": \"a\", \"harmless\": [\"f\", \"f\"]}", "a.json: duplicate function 'f'"},
    {"{\"library\": \"a\", \"constants\": {\"C\": 1.5}}", "a.json: constant 'C': must be an integer"},
    {"{\"library\": \"a\", \"constants\": {\"C\": 1e300}}", "a.json: constant 'C': must be an integer"},
    {"{\"library\": \"a\", \"callback-types\": {\"cb\": \"loop\"}}", "a.json: callback type 'cb': unknown role 'loop'"},
    {"{\"library\": \"a\", \"callback-types\": {\"cb\": {}}}", "a.json: callback type 'cb': role must be a string"},
    {"{\"library\": \"a\", \"fields\": {\"r.f\": \"signal\"}}", "a.json: field 'r.f': must be named 'record::field'"},
    {"{\"library\": \"a\", \"fields\": {\"r::\": \"signal\"}}", "a.json: field 'r::': must be named 'record::field'"},
    {"{\"library\": \"a\", \"types\": {\"t\": true}}", "a.json: type 't': must be an object"},
    {"{\"library\": \"a\", \"types\": {\"t\": {\"transport\": \"none\"}}}",
     "a.json: type 't': unknown transport 'none'"},
    {"{\"library\": \"a\", \"types\": {\"t\": {\"loop\": 1}}}", "a.json: type 't': 'loop' must be true or false"},
};

START_TEST(bad_files)
{
	const struct bad *bad = &bad_inputs[_i];
	const char *message = load("a.json", bad->text);
	ck_assert_ptr_nonnull(message);
	ck_assert_str_eq(message, bad->message);
}
END_TEST

/* `text` is the value of function 'f', among constants { "C": 4 }. */
static const struct bad bad_functions[] = {
    {"1", "must be an object"},
    {"{\"pump\": 1}", "unknown key 'pump'"},
    {"{\"forks\": true, \"forks\": true}", "duplicate key 'forks'"},
    {"{\"forks\": false}", "forks: must be true or an object"},
    {"{\"owner\": false}", "owner: must be true"},
    {"{\"blocks\": true}", "blocks: must be an object"},
    {"{\"blocks\": {\"cost\": \"dns\"}}", "blocks: 'because' is missing"},
    {"{\"blocks\": {\"because\": \"waits\"}}", "blocks: 'cost' is missing"},
    {"{\"blocks\": {\"because\": \"waits\", \"cost\": \"none\"}}", "blocks: unknown cost 'none'"},
    {"{\"blocks\": {\"because\": \"waits\", \"cost\": 1}}", "blocks: cost must be a string"},
    {"{\"blocks\": {\"because\": \"\", \"cost\": \"dns\"}}", "blocks: 'because' must be a string that is not empty"},
    {"{\"blocks\": {\"loop\": 0}}", "blocks: unknown key 'loop'"},
    {"{\"pumps\": {\"loop\": 0}}", "pumps: 'because' is missing"},
    {"{\"pumps\": 0}", "pumps: must be an object"},
    {"{\"pumps\": {\"because\": \"runs\", \"loop\": \"result\"}}",
     "pumps: 'loop' must be the index of an argument (0 to 127) or \"default\""},
    {"{\"makes-loop\": -1}", "makes-loop: 'makes-loop' must be the index of an argument (0 to 127) or \"result\""},
    {"{\"makes-loop\": {}}", "makes-loop: 'loop' is missing"},
    {"{\"closes-loop\": 128}", "closes-loop: 'closes-loop' must be the index of an argument (0 to 127)"},
    {"{\"reads\": 0.5}", "reads: 'reads' must be the index of an argument (0 to 127)"},
    {"{\"sets-nonblocking\": 0}", "sets-nonblocking: must be an object"},
    {"{\"sets-nonblocking\": {\"descriptor\": 0}}", "sets-nonblocking: needs either 'mode' or 'value'"},
    {"{\"sets-nonblocking\": {\"descriptor\": 0, \"mode\": 1, \"value\": true}}",
     "sets-nonblocking: needs either 'mode' or 'value'"},
    {"{\"sets-nonblocking\": {\"descriptor\": 0, \"value\": true, \"inverted\": true}}",
     "sets-nonblocking: 'inverted' goes with 'mode'"},
    {"{\"opens\": {\"descriptor\": 0, \"when\": []}}", "opens: unknown key 'when'"},
    {"{\"callback\": 1}", "callback: must be an object"},
    {"{\"callback\": {\"role\": \"inline\"}}", "callback: 'arg' is missing"},
    {"{\"callback\": {\"arg\": 1}}", "callback: 'role' is missing"},
    {"{\"callback\": [{\"arg\": 1, \"role\": \"here\"}]}", "callback: unknown role 'here'"},
    {"{\"callback\": {\"arg\": 1, \"role\": \"inline\", \"user-data\": \"result\"}}",
     "callback: 'user-data' must be the index of an argument (0 to 127)"},
    {"{\"forks\": {\"when\": 1}}", "forks: must be an object"},
    {"{\"forks\": {\"when\": {\"is\": 1}}}", "forks: 'arg' is missing in a condition"},
    {"{\"forks\": {\"when\": {\"arg\": 1, \"first-word\": 1}}}",
     "forks: 'first-word' must be a word, or a list of words"},
    {"{\"callback\": {\"arg\": 1, \"role\": \"inline\", \"when\": {\"arg\": 0, \"is\": 1}}}",
     "callback: an inline callback has no conditions"},
    {"{\"forks\": {\"when\": {\"arg\": 1}}}",
     "forks: a condition needs one of 'is', 'is-not', 'has', 'lacks' and 'first-word'"},
    {"{\"forks\": {\"when\": {\"arg\": 1, \"is\": 1, \"has\": 1}}}",
     "forks: a condition needs one of 'is', 'is-not', 'has', 'lacks' and 'first-word'"},
    {"{\"forks\": {\"when\": {\"arg\": 1, \"was\": 1}}}", "forks: unknown key 'was'"},
    {"{\"forks\": {\"unless\": [{\"arg\": 1, \"has\": \"D\"}]}}",
     "forks: unknown constant 'D': it is not in \"constants\""},
    {"{\"forks\": {\"unless\": {\"arg\": 1, \"has\": \"null\"}}}",
     "forks: unknown constant 'null': it is not in \"constants\""},
    {"{\"forks\": {\"unless\": {\"arg\": 1, \"has\": true}}}",
     "forks: 'has' must be an integer or the name of a constant"},
};

START_TEST(bad_function)
{
	const struct bad *bad = &bad_functions[_i];
	const char *message = load("a.json", arena_printf(&arena,
							  "{\"library\": \"a\", \"constants\": {\"C\": 4}, "
							  "\"functions\": {\"f\": %s}}",
							  bad->text));
	ck_assert_ptr_nonnull(message);
	ck_assert_str_eq(message, arena_printf(&arena, "a.json: function 'f': %s", bad->message));
}
END_TEST

START_TEST(unreadable)
{
	const char *error = NULL;
	ck_assert(!models_load(&models, "/nonexistent/a.json", &arena, &error));
	ck_assert_str_eq(error, "/nonexistent/a.json: cannot open: No such file or directory");
	ck_assert(!models_load(&models, "/tmp", &arena, &error));
	ck_assert_str_eq(error, "/tmp: cannot read: Is a directory");
	ck_assert(!models_load_directory(&models, "/nonexistent", &arena, &error));
	ck_assert_str_eq(error, "/nonexistent: cannot open: No such file or directory");
}
END_TEST

START_TEST(hostile)
{
	/* More brackets than the reader may recurse into, a NUL in the text, and text that is not UTF-8. */
	char deep[5000];
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	ck_assert_ptr_nonnull(load("a.json", deep));

	static const char with_nul[] = "{\"library\": \"a\"}\0{}";
	const char *error = NULL;
	ck_assert(!models_load(&models, write_file("a.json", with_nul, sizeof(with_nul) - 1), &arena, &error));
	ck_assert_str_eq(error + strlen(folder), "/a.json:1:18: not valid JSON");

	ck_assert_str_eq(load("a.json", "{\"library\": \"a\", \"\xff\xfe\": 1}"), "a.json: unknown key '\xff\xfe'");
}
END_TEST

/* LOAD() takes JSON, not C. */
/* clang-format off */

START_TEST(empty)
{
	ck_assert_ptr_null(models_function(&models, "f"));
	ck_assert_ptr_null(models_function_at(&models, 0));
	ck_assert_ptr_null(LOAD("functions": {}));
	ck_assert_ptr_null(models_function(&models, "f"));
	ck_assert_ptr_null(models_function(&models, ""));
	ck_assert_ptr_null(models_function_at(&models, 0));
}
END_TEST

START_TEST(properties)
{
	ck_assert_ptr_null(LOAD(
		"world": "w",
		"functions": {
			"blocks": { "blocks": { "because": "waits", "cost": "wait" } },
			"waits": { "waits": { "timeout": 2 } },
			"waits-forever": { "waits": true },
			"waits-thread": { "waits-thread": true },
			"wakes": { "wakes": {} },
			"pumps": { "pumps": { "because": "runs", "loop": 1 } },
			"pumps-default": { "pumps": { "because": "runs" } },
			"finishes": { "pumps-once-ready": { "loop": "default" } },
			"makes": { "makes-loop": "result" },
			"closes": { "closes-loop": 3 },
			"stops": { "stops-loop": "default" },
			"default": { "default-loop": true },
			"starts": { "starts-async": true },
			"forbidden": { "forbidden-on-loop": { "because": "deadlocks" } },
			"opens": { "opens": "result" },
			"gives": { "loop-descriptor": 1 },
			"adopts": { "adopts-descriptor": 2 },
			"reads": { "reads": 0 },
			"forks": { "forks": true },
			"mode": { "mode": { "arg": 4, "because": "chooses" } },
			"same": { "returns-argument": 0 },
			"locks": { "locks": 1 },
			"unlocks": { "unlocks": 1 },
			"keeps": { "keeps": 1 },
			"releases": { "releases": 0 },
			"shuts": { "closes": 2 },
			"frees": { "frees": { "arg": 0 } },
			"child": { "owned-by": 0 },
			"bound": { "loop-thread": 2 },
			"safe": { "makes-thread-safe": true },
			"nests": { "allows-nesting": true },
			"probes": { "probes-loop": true },
			"self": { "current-thread": true },
			"ambient": { "on-default-loop": {} },
			"inherits": { "inherits": true },
			"ends": { "ends-descriptor": 1 },
			"owner": { "owner": true }
		}
	));
	static const struct {
		const char *name;
		enum model_effect_kind kind;
		int argument;
		enum cost cost;
		const char *because;
	} expected[] = {
	    {"blocks", MODEL_BLOCKS, MODEL_NO_ARGUMENT, COST_WAIT, "waits"},
	    {"waits", MODEL_WAITS, 2, COST_NONE, NULL},
	    {"waits-forever", MODEL_WAITS, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"waits-thread", MODEL_WAITS_THREAD, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"wakes", MODEL_WAKES, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"pumps", MODEL_PUMPS, 1, COST_NONE, "runs"},
	    {"pumps-default", MODEL_PUMPS, MODEL_DEFAULT, COST_NONE, "runs"},
	    {"finishes", MODEL_PUMPS_ONCE_READY, MODEL_DEFAULT, COST_NONE, NULL},
	    {"makes", MODEL_MAKES_LOOP, MODEL_RESULT, COST_NONE, NULL},
	    {"closes", MODEL_CLOSES_LOOP, 3, COST_NONE, NULL},
	    {"stops", MODEL_STOPS_LOOP, MODEL_DEFAULT, COST_NONE, NULL},
	    {"default", MODEL_DEFAULT_LOOP, MODEL_RESULT, COST_NONE, NULL},
	    {"starts", MODEL_STARTS_ASYNC, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"forbidden", MODEL_FORBIDDEN_ON_LOOP, MODEL_NO_ARGUMENT, COST_NONE, "deadlocks"},
	    {"opens", MODEL_OPENS, MODEL_RESULT, COST_NONE, NULL},
	    {"gives", MODEL_LOOP_DESCRIPTOR, 1, COST_NONE, NULL},
	    {"adopts", MODEL_ADOPTS_DESCRIPTOR, 2, COST_NONE, NULL},
	    {"reads", MODEL_READS, 0, COST_NONE, NULL},
	    {"forks", MODEL_FORKS, MODEL_RESULT, COST_NONE, NULL},
	    {"mode", MODEL_MODE, 4, COST_NONE, "chooses"},
	    {"same", MODEL_RETURNS_ARGUMENT, 0, COST_NONE, NULL},
	    {"locks", MODEL_LOCKS, 1, COST_NONE, NULL},
	    {"unlocks", MODEL_UNLOCKS, 1, COST_NONE, NULL},
	    {"keeps", MODEL_KEEPS, 1, COST_NONE, NULL},
	    {"releases", MODEL_RELEASES, 0, COST_NONE, NULL},
	    {"shuts", MODEL_CLOSES, 2, COST_NONE, NULL},
	    {"frees", MODEL_FREES, 0, COST_NONE, NULL},
	    {"child", MODEL_OWNED_BY, 0, COST_NONE, NULL},
	    {"bound", MODEL_LOOP_THREAD, 2, COST_NONE, NULL},
	    {"safe", MODEL_MAKES_THREAD_SAFE, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"nests", MODEL_ALLOWS_NESTING, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"probes", MODEL_PROBES_LOOP, MODEL_RESULT, COST_NONE, NULL},
	    {"self", MODEL_CURRENT_THREAD, MODEL_RESULT, COST_NONE, NULL},
	    {"ambient", MODEL_ON_DEFAULT_LOOP, MODEL_NO_ARGUMENT, COST_NONE, NULL},
	    {"inherits", MODEL_INHERITS, MODEL_RESULT, COST_NONE, NULL},
	    {"ends", MODEL_ENDS_DESCRIPTOR, 1, COST_NONE, NULL},
	};
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		const struct model_effect *got = effect(expected[i].name);
		ck_assert_msg(got->kind == expected[i].kind, "kind of %s", expected[i].name);
		ck_assert_msg(got->argument == expected[i].argument, "argument of %s", expected[i].name);
		ck_assert_msg(got->cost == expected[i].cost, "cost of %s", expected[i].name);
		ck_assert_pstr_eq(got->because, expected[i].because);
		ck_assert_int_eq(got->mode_argument, -1);
		ck_assert_uint_eq(got->when_count + got->unless_count, 0);
		ck_assert_str_eq(function(expected[i].name)->world, "w");
		ck_assert_str_eq(function(expected[i].name)->library, "a");
	}
	ck_assert(function("owner")->loop_owner_api);
	ck_assert(function("pumps")->loop_owner_api);
	ck_assert(!function("finishes")->loop_owner_api);
	ck_assert(!function("owner")->harmless);
}
END_TEST

START_TEST(modes)
{
	ck_assert_ptr_null(LOAD(
		"functions": {
			"f": {
				"sets-nonblocking": [
					{ "descriptor": 0, "mode": 2 },
					{ "descriptor": "result", "mode": 0, "inverted": true },
					{ "descriptor": 1, "value": true },
					{ "descriptor": 1, "value": false }
				]
			}
		}
	));
	const struct model_function *f = function("f");
	static const struct model_effect expected[] = {
	    {.argument = 0, .mode_argument = 2, .inverted = false},
	    {.argument = MODEL_RESULT, .mode_argument = 0, .inverted = true},
	    {.argument = 1, .mode_argument = -1, .inverted = false},
	    {.argument = 1, .mode_argument = -1, .inverted = true},
	};
	ck_assert_uint_eq(f->effect_count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(f->effects[i].kind, MODEL_SETS_NONBLOCKING);
		ck_assert_int_eq(f->effects[i].argument, expected[i].argument);
		ck_assert_int_eq(f->effects[i].mode_argument, expected[i].mode_argument);
		ck_assert_int_eq(f->effects[i].inverted, expected[i].inverted);
	}
}
END_TEST

START_TEST(conditions)
{
	ck_assert_ptr_null(LOAD(
		"constants": { "FLAG": 64, "MINUS": -1 },
		"functions": {
			"f": {
				"forks": {
					"when": [
						{ "arg": 0, "is": "null" },
						{ "arg": 1, "is": "not-null" },
						{ "arg": 2, "is": "blocking" },
						{ "arg": 3, "is": "nonblocking" },
						{ "arg": 4, "is": "zero-time" },
						{ "arg": 5, "is": "MINUS" },
						{ "arg": 6, "is-not": 4294967296 },
						{ "arg": 7, "has": "FLAG", "field": "flags" }
					],
					"unless": { "arg": 8, "lacks": "FLAG" }
				}
			},
			"g": { "opens": { "descriptor": "result", "nonblocking": { "arg": 1, "has": "FLAG" } } }
		}
	));
	static const struct model_condition expected[] = {
	    {.kind = CONDITION_NULL, .argument = 0},
	    {.kind = CONDITION_NOT_NULL, .argument = 1},
	    {.kind = CONDITION_BLOCKING, .argument = 2},
	    {.kind = CONDITION_NONBLOCKING, .argument = 3},
	    {.kind = CONDITION_ZERO_TIME, .argument = 4},
	    {.kind = CONDITION_IS, .argument = 5, .number = -1, .name = "MINUS"},
	    {.kind = CONDITION_IS_NOT, .argument = 6, .number = 4294967296},
	    {.kind = CONDITION_HAS, .argument = 7, .field = "flags", .number = 64, .name = "FLAG"},
	};
	const struct model_effect *f = effect("f"), *g = effect("g");
	ck_assert_uint_eq(f->when_count, 8);
	for (uint32_t i = 0; i < 8; i++) {
		ck_assert_int_eq(f->when[i].kind, expected[i].kind);
		ck_assert_uint_eq(f->when[i].argument, expected[i].argument);
		ck_assert_int_eq(f->when[i].number, expected[i].number);
		ck_assert_pstr_eq(f->when[i].field, expected[i].field);
		ck_assert_pstr_eq(f->when[i].name, expected[i].name);
	}
	ck_assert_uint_eq(f->unless_count, 1);
	ck_assert_int_eq(f->unless[0].kind, CONDITION_LACKS);
	ck_assert_uint_eq(g->when_count, 1);
	ck_assert_int_eq(g->when[0].kind, CONDITION_HAS);
}
END_TEST

START_TEST(callbacks)
{
	ck_assert_ptr_null(LOAD(
		"functions": {
			"one": { "callback": { "arg": 1, "role": "on-loop", "user-data": 2 } },
			"two": { "callback": [{ "arg": 2, "role": "worker" }, { "arg": 3, "role": "exit" }] },
			"three": { "callback": { "arg": 0, "role": "init" } }
		}
	));
	const struct model_function *one = function("one"), *two = function("two"), *three = function("three");
	ck_assert_uint_eq(one->callback_count, 1);
	ck_assert_uint_eq(one->callbacks[0].argument, 1);
	ck_assert_int_eq(one->callbacks[0].role, ROLE_ON_LOOP);
	ck_assert_int_eq(one->callbacks[0].user_data, 2);
	ck_assert_uint_eq(two->callback_count, 2);
	ck_assert_int_eq(two->callbacks[0].role, ROLE_WORKER);
	ck_assert_int_eq(two->callbacks[0].user_data, MODEL_NO_ARGUMENT);
	ck_assert_int_eq(two->callbacks[1].role, ROLE_EXIT);
	ck_assert_int_eq(three->callbacks[0].role, ROLE_INIT);
}
END_TEST

START_TEST(types_and_slots)
{
	ck_assert_ptr_null(LOAD(
		"world": "w",
		"types": {
			"stream": { "transport": "async", "handle": true },
			"file": { "transport": "sync" },
			"loop": { "loop": true }
		},
		"callback-types": { "cb": "signal" },
		"fields": { "r::f": "thread" }
	));
	ck_assert_int_eq(models_type(&models, "stream")->transport, TRANSPORT_ASYNC);
	ck_assert(models_type(&models, "stream")->handle);
	ck_assert(!models_type(&models, "stream")->loop);
	ck_assert_int_eq(models_type(&models, "file")->transport, TRANSPORT_SYNC);
	ck_assert_int_eq(models_type(&models, "loop")->transport, TRANSPORT_NONE);
	ck_assert(models_type(&models, "loop")->loop);
	ck_assert_int_eq(models_callback_type(&models, "cb")->role, ROLE_SIGNAL);
	ck_assert_int_eq(models_field(&models, "r::f")->role, ROLE_THREAD);
	ck_assert_str_eq(models_field(&models, "r::f")->world, "w");
	ck_assert_ptr_null(models_field(&models, "cb"));
	ck_assert_ptr_null(models_callback_type(&models, "r::f"));
	ck_assert_ptr_null(models_type(&models, "cb"));
}
END_TEST

/* clang-format on */

START_TEST(worlds)
{
	ck_assert_ptr_null(load("a.json", "{\"library\": \"a\", \"world\": \"w\", \"reentrant\": true}"));
	ck_assert(models_world(&models, "w")->reentrant);
	ck_assert(models_world(&models, "w")->known);
	ck_assert_ptr_null(models_world(&models, "a"));
	/* A second library in the same world need not say again what it is like, but may. */
	ck_assert_ptr_null(load("b.json", "{\"library\": \"b\", \"world\": \"w\"}"));
	ck_assert(models_world(&models, "w")->reentrant);
	ck_assert_ptr_null(load("b.json", "{\"library\": \"b\", \"world\": \"w\", \"reentrant\": false}"));
	ck_assert(!models_world(&models, "w")->reentrant);
}
END_TEST

START_TEST(later_replaces)
{
	ck_assert_ptr_null(load("a.json", "{\"library\": \"a\", \"functions\": {\"f\": {\"forks\": true}, "
					  "\"g\": {\"locks\": 0}}, \"types\": {\"t\": {\"loop\": true}}}"));
	ck_assert_ptr_null(load("b.json", "{\"library\": \"b\", \"harmless\": [\"f\"], \"types\": {\"t\": {}}}"));
	ck_assert(function("f")->harmless);
	ck_assert_uint_eq(function("f")->effect_count, 0);
	ck_assert_str_eq(function("f")->library, "b");
	ck_assert(!models_type(&models, "t")->loop);
	ck_assert_str_eq(function("g")->library, "a");
}
END_TEST

START_TEST(bad_file_adds_nothing)
{
	ck_assert_ptr_null(load("a.json", "{\"library\": \"a\", \"harmless\": [\"f\"]}"));
	ck_assert_ptr_nonnull(load("b.json", "{\"library\": \"b\", \"functions\": {\"f\": {}, \"g\": {}, \"h\": 1}}"));
	ck_assert_str_eq(function("f")->library, "a");
	ck_assert_ptr_null(models_function(&models, "g"));
	ck_assert_ptr_null(models_function_at(&models, 1));
}
END_TEST

START_TEST(order)
{
	static const char *const expected[] = {"f", "z", "b", "y"};
	const char *text = "{\"library\": \"a\", \"functions\": {\"z\": {}, \"f\": {}}}";
	write_file("a.json", text, strlen(text));
	text = "{\"library\": \"b\", \"harmless\": [\"y\"], \"functions\": {\"b\": {}}}";
	write_file("b.json", text, strlen(text));
	write_file("notes.txt", "no model", 8);
	const char *error = NULL;
	ck_assert(models_load_directory(&models, folder, &arena, &error));
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_str_eq(models_function_at(&models, i)->name, expected[i]);
	ck_assert_ptr_null(models_function_at(&models, 4));
	ck_assert_ptr_null(models_type_at(&models, 0));
	ck_assert_ptr_null(models_callback_type_at(&models, 0));
	ck_assert_ptr_null(models_field_at(&models, 0));
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(cost_name(COST_LOCK), "lock");
	ck_assert_str_eq(cost_name(COST_WAIT), "wait");
	ck_assert_str_eq(role_name(ROLE_INLINE), "inline");
	ck_assert_str_eq(role_name(ROLE_INIT), "init");
	ck_assert_str_eq(role_name(ROLE_EXIT), "exit");
}
END_TEST

START_TEST(shipped)
{
	const char *error = NULL;
	bool good = models_load_directory(&models, ASYNCLINT_SOURCE_DATA "/models", &arena, &error);
	ck_assert_msg(good, "%s", error);

	/* A condition on what an argument points to, with the constant's value. */
	const struct model_effect *lookup = effect("getaddrinfo");
	ck_assert_int_eq(lookup->kind, MODEL_BLOCKS);
	ck_assert_int_eq(lookup->cost, COST_DNS);
	ck_assert_uint_eq(lookup->unless_count, 2);
	ck_assert_str_eq(lookup->unless[1].field, "ai_flags");
	ck_assert_int_eq(lookup->unless[1].number, 4);
	const struct model_function *receive = function("recv");
	ck_assert_uint_eq(receive->effect_count, 1);
	ck_assert_int_eq(receive->effects[0].kind, MODEL_READS);
	ck_assert_int_eq(receive->effects[0].when[0].kind, CONDITION_LACKS);
	ck_assert_int_eq(function("pthread_create")->callbacks[0].role, ROLE_THREAD);
	ck_assert(function("memcpy")->harmless);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("models");
	TCase *tcase = tcase_create("models");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, bad_files, 0, sizeof(bad_inputs) / sizeof(*bad_inputs));
	tcase_add_loop_test(tcase, bad_function, 0, sizeof(bad_functions) / sizeof(*bad_functions));
	tcase_add_test(tcase, unreadable);
	tcase_add_test(tcase, hostile);
	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, properties);
	tcase_add_test(tcase, modes);
	tcase_add_test(tcase, conditions);
	tcase_add_test(tcase, callbacks);
	tcase_add_test(tcase, types_and_slots);
	tcase_add_test(tcase, worlds);
	tcase_add_test(tcase, later_replaces);
	tcase_add_test(tcase, bad_file_adds_nothing);
	tcase_add_test(tcase, order);
	tcase_add_test(tcase, names);
	tcase_add_test(tcase, shipped);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
