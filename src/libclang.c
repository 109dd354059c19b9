#include "libclang_functions.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

struct libclang clang;

/* A member of struct libclang and the symbol it points to. */
struct symbol {
	const char *name;
	size_t offset;
	bool optional;
};

static const struct symbol symbols[] = {
#define LIBCLANG_FUNCTION(name) {"clang_" #name, offsetof(struct libclang, name), false},
    LIBCLANG_FUNCTIONS(LIBCLANG_FUNCTION)
#undef LIBCLANG_FUNCTION
#define LIBCLANG_FUNCTION(name) {"clang_" #name, offsetof(struct libclang, name), true},
	LIBCLANG_OPTIONAL_FUNCTIONS(LIBCLANG_FUNCTION)
#undef LIBCLANG_FUNCTION
};

/* Sets all members. False if the library lacks one that it has to have, with its name in *missing. */
static bool find_symbols(void *library, const char **missing)
{
	struct libclang found;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *address = dlsym(library, symbols[i].name);
		if (!address && !symbols[i].optional) {
			*missing = symbols[i].name;
			return false;
		}
		memcpy((char *)&found + symbols[i].offset, &address, sizeof(address));
	}
	clang = found;
	return true;
}

/* Loads the library that the dynamic linker finds under `name`. Otherwise false, and the reason is in *error (arena).
 */
static bool load(const char *name, struct arena *arena, const char **error)
{
	const char *missing;
	void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
	if (!library) {
		*error = arena_strdup(arena, dlerror());
		return false;
	}
	if (find_symbols(library, &missing))
		return true;
	*error = arena_printf(arena, "%s: has no function '%s'", name, missing);
	dlclose(library);
	return false;
}

bool libclang_load(struct arena *arena, const char **error)
{
	const char *by_path, *by_name;
	if (clang.createIndex || load(ASYNCLINT_LIBCLANG_PATH, arena, &by_path) ||
	    load(ASYNCLINT_LIBCLANG_SONAME, arena, &by_name))
		return true;
	*error = arena_printf(arena, "cannot load libclang as '%s' (%s) or as '%s' (%s)", ASYNCLINT_LIBCLANG_PATH,
			      by_path, ASYNCLINT_LIBCLANG_SONAME, by_name);
	return false;
}

/* The file that the loaded library is from. */
static const char *loaded_path(struct arena *arena)
{
	const char *error;
	void *address;
	Dl_info info;
	if (!libclang_load(arena, &error))
		return NULL;
	memcpy(&address, &clang.createIndex, sizeof(address));
	return dladdr(address, &info) ? info.dli_fname : NULL;
}

const char *libclang_identity(struct arena *arena)
{
	const char *path = ASYNCLINT_LIBCLANG_PATH;
	struct stat status;
	bool found = stat(path, &status) == 0;
	if (!found) {
		path = loaded_path(arena);
		found = path && stat(path, &status) == 0;
	}
	if (!found)
		return "no libclang";
	return arena_printf(arena, "%s %lld %lld", path, (long long)status.st_size,
			    (long long)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec);
}
