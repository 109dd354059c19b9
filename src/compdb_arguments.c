#include "compdb_arguments.h"

#include <string.h>

/* How a flag is spelled. */
enum spelling {
	ALONE,    /* -ansi */
	JOINED,   /* -std=c17 */
	SEPARATE, /* -target x86_64-linux-gnu */
	EITHER,   /* -Idir, -I dir */
};

struct flag {
	const char *name;
	enum spelling spelling;
	enum argument_kind kind;
};

/* The first that fits counts, so a long name stands before the short one it starts with. What fits none is unknown. */
static const struct flag flags[] = {
    /* Preprocessor and header search. */
    {"-D", EITHER, ARGUMENT_KEEP},
    {"-U", EITHER, ARGUMENT_KEEP},
    {"-I-", ALONE, ARGUMENT_UNKNOWN},
    {"-I", EITHER, ARGUMENT_KEEP},
    {"-F", EITHER, ARGUMENT_KEEP},
    {"-idirafter", EITHER, ARGUMENT_KEEP},
    {"-iframework", EITHER, ARGUMENT_KEEP},
    {"-imacros", EITHER, ARGUMENT_KEEP},
    {"-imultilib", SEPARATE, ARGUMENT_DROP},
    {"-include-pch", SEPARATE, ARGUMENT_DROP},
    {"-include", EITHER, ARGUMENT_KEEP},
    {"-iprefix", EITHER, ARGUMENT_KEEP},
    {"-iquote", EITHER, ARGUMENT_KEEP},
    {"-isysroot", EITHER, ARGUMENT_KEEP},
    {"-isystem", EITHER, ARGUMENT_KEEP},
    {"-iwithprefixbefore", EITHER, ARGUMENT_KEEP},
    {"-iwithprefix", EITHER, ARGUMENT_KEEP},
    {"-iwithsysroot", EITHER, ARGUMENT_KEEP},
    {"-nobuiltininc", ALONE, ARGUMENT_KEEP},
    {"-nostdinc", ALONE, ARGUMENT_KEEP},
    {"-nostdlibinc", ALONE, ARGUMENT_KEEP},
    {"-trigraphs", ALONE, ARGUMENT_KEEP},
    {"-undef", ALONE, ARGUMENT_KEEP},
    {"-resource-dir=", JOINED, ARGUMENT_RESOURCE_DIR},
    {"-resource-dir", SEPARATE, ARGUMENT_RESOURCE_DIR},

    /* Target. */
    {"--gcc-install-dir=", JOINED, ARGUMENT_KEEP},
    {"--gcc-toolchain=", JOINED, ARGUMENT_KEEP},
    {"-gcc-toolchain", SEPARATE, ARGUMENT_KEEP},
    {"--sysroot=", JOINED, ARGUMENT_KEEP},
    {"--sysroot", SEPARATE, ARGUMENT_KEEP},
    {"--target=", JOINED, ARGUMENT_TARGET},
    {"-target", SEPARATE, ARGUMENT_TARGET},
    {"-m16", ALONE, ARGUMENT_KEEP},
    {"-m32", ALONE, ARGUMENT_KEEP},
    {"-m64", ALONE, ARGUMENT_KEEP},
    {"-mx32", ALONE, ARGUMENT_KEEP},
    {"-mabi=", JOINED, ARGUMENT_TARGET_ABI},
    {"-mfloat-abi=", JOINED, ARGUMENT_TARGET_ABI},
    {"-mlong-double-", JOINED, ARGUMENT_KEEP},
    {"-mms-bitfields", ALONE, ARGUMENT_KEEP},
    {"-mno-ms-bitfields", ALONE, ARGUMENT_KEEP},

    /* Language. */
    {"-ansi", ALONE, ARGUMENT_KEEP},
    {"-std=", JOINED, ARGUMENT_KEEP},
    {"--std=", JOINED, ARGUMENT_KEEP},
    {"-pthread", ALONE, ARGUMENT_KEEP},
    {"-x", EITHER, ARGUMENT_LANGUAGE},
    {"-fasm", ALONE, ARGUMENT_KEEP},
    {"-fno-asm", ALONE, ARGUMENT_KEEP},
    {"-fblocks", ALONE, ARGUMENT_KEEP},
    {"-fno-blocks", ALONE, ARGUMENT_KEEP},
    {"-fbracket-depth=", JOINED, ARGUMENT_KEEP},
    {"-fbuiltin", ALONE, ARGUMENT_KEEP},
    {"-fno-builtin", JOINED, ARGUMENT_KEEP},
    {"-fdeclspec", ALONE, ARGUMENT_KEEP},
    {"-fdollars-in-identifiers", ALONE, ARGUMENT_KEEP},
    {"-fno-dollars-in-identifiers", ALONE, ARGUMENT_KEEP},
    {"-ffreestanding", ALONE, ARGUMENT_KEEP},
    {"-fhosted", ALONE, ARGUMENT_KEEP},
    {"-fgnu-keywords", ALONE, ARGUMENT_KEEP},
    {"-fno-gnu-keywords", ALONE, ARGUMENT_KEEP},
    {"-fgnu89-inline", ALONE, ARGUMENT_KEEP},
    {"-fno-gnu89-inline", ALONE, ARGUMENT_KEEP},
    {"-flax-vector-conversions", JOINED, ARGUMENT_KEEP},
    {"-fno-lax-vector-conversions", ALONE, ARGUMENT_KEEP},
    {"-fms-compatibility", JOINED, ARGUMENT_KEEP},
    {"-fms-extensions", ALONE, ARGUMENT_KEEP},
    {"-fno-ms-extensions", ALONE, ARGUMENT_KEEP},
    {"-fopenmp", ALONE, ARGUMENT_KEEP},
    {"-fopenmp-simd", ALONE, ARGUMENT_KEEP},
    {"-fpack-struct", JOINED, ARGUMENT_KEEP},
    {"-fshort-enums", ALONE, ARGUMENT_KEEP},
    {"-fno-short-enums", ALONE, ARGUMENT_KEEP},
    {"-fshort-wchar", ALONE, ARGUMENT_KEEP},
    {"-fno-short-wchar", ALONE, ARGUMENT_KEEP},
    {"-fsigned-char", ALONE, ARGUMENT_KEEP},
    {"-fno-signed-char", ALONE, ARGUMENT_KEEP},
    {"-funsigned-char", ALONE, ARGUMENT_KEEP},
    {"-fno-unsigned-char", ALONE, ARGUMENT_KEEP},

    /* Of significance too, but nothing that clang takes. */
    {"-fcond-mismatch", ALONE, ARGUMENT_UNKNOWN},
    {"-fexec-charset=", JOINED, ARGUMENT_UNKNOWN},
    {"-fgimple", ALONE, ARGUMENT_UNKNOWN},
    {"-fgnu-tm", ALONE, ARGUMENT_UNKNOWN},
    {"-finput-charset=", JOINED, ARGUMENT_UNKNOWN},
    {"-fpcc-struct-return", ALONE, ARGUMENT_UNKNOWN},
    {"-fplan9-extensions", ALONE, ARGUMENT_UNKNOWN},
    {"-freg-struct-return", ALONE, ARGUMENT_UNKNOWN},
    {"-fsso-struct=", JOINED, ARGUMENT_UNKNOWN},
    {"-fwide-exec-charset=", JOINED, ARGUMENT_UNKNOWN},
    {"-mshort", ALONE, ARGUMENT_UNKNOWN},
    {"-traditional", JOINED, ARGUMENT_UNKNOWN},

    /* Output and dependencies. */
    {"-c", ALONE, ARGUMENT_DROP},
    {"-E", ALONE, ARGUMENT_DROP},
    {"-S", ALONE, ARGUMENT_DROP},
    {"-o", EITHER, ARGUMENT_DROP},
    {"-MF", EITHER, ARGUMENT_DROP},
    {"-MJ", EITHER, ARGUMENT_DROP},
    {"-MQ", EITHER, ARGUMENT_DROP},
    {"-MT", EITHER, ARGUMENT_DROP},
    {"-M", JOINED, ARGUMENT_DROP},
    {"-save-temps", JOINED, ARGUMENT_DROP},
    {"--save-temps", JOINED, ARGUMENT_DROP},
    {"-aux-info", SEPARATE, ARGUMENT_DROP},
    {"-dumpbase", SEPARATE, ARGUMENT_DROP},
    {"-dumpbase-ext", SEPARATE, ARGUMENT_DROP},
    {"-dumpdir", SEPARATE, ARGUMENT_DROP},
    {"-d", JOINED, ARGUMENT_DROP},
    {"-index-store-path", SEPARATE, ARGUMENT_DROP},
    {"--serialize-diagnostics", SEPARATE, ARGUMENT_DROP},
    {"-C", ALONE, ARGUMENT_DROP},
    {"-CC", ALONE, ARGUMENT_DROP},
    {"-H", ALONE, ARGUMENT_DROP},
    {"-P", ALONE, ARGUMENT_DROP},

    /* The compiler's own work. */
    {"-B", EITHER, ARGUMENT_DROP},
    {"-Q", JOINED, ARGUMENT_DROP},
    {"-Xanalyzer", SEPARATE, ARGUMENT_DROP},
    {"-Xassembler", SEPARATE, ARGUMENT_DROP},
    {"-arch", SEPARATE, ARGUMENT_DROP},
    {"-mllvm", SEPARATE, ARGUMENT_DROP},
    {"--param", SEPARATE, ARGUMENT_DROP},
    {"--param=", JOINED, ARGUMENT_DROP},
    {"-no-canonical-prefixes", ALONE, ARGUMENT_DROP},
    {"-pass-exit-codes", ALONE, ARGUMENT_DROP},
    {"-pipe", ALONE, ARGUMENT_DROP},
    {"-time", JOINED, ARGUMENT_DROP},
    {"-v", ALONE, ARGUMENT_DROP},
    {"-wrapper", SEPARATE, ARGUMENT_DROP},
    {"--driver-mode=", JOINED, ARGUMENT_DROP},

    /* Linking. */
    {"-L", EITHER, ARGUMENT_DROP},
    {"-T", EITHER, ARGUMENT_DROP},
    {"-Xlinker", SEPARATE, ARGUMENT_DROP},
    {"-framework", SEPARATE, ARGUMENT_DROP},
    {"-l", EITHER, ARGUMENT_DROP},
    {"-no-pie", ALONE, ARGUMENT_DROP},
    {"-nodefaultlibs", ALONE, ARGUMENT_DROP},
    {"-nostartfiles", ALONE, ARGUMENT_DROP},
    {"-nostdlib", ALONE, ARGUMENT_DROP},
    {"-pie", ALONE, ARGUMENT_DROP},
    {"-r", ALONE, ARGUMENT_DROP},
    {"-rdynamic", ALONE, ARGUMENT_DROP},
    {"-rtlib=", JOINED, ARGUMENT_DROP},
    {"-s", ALONE, ARGUMENT_DROP},
    {"-shared", JOINED, ARGUMENT_DROP},
    {"-specs=", JOINED, ARGUMENT_DROP},
    {"--specs=", JOINED, ARGUMENT_DROP},
    {"-static", JOINED, ARGUMENT_DROP},
    {"-u", EITHER, ARGUMENT_DROP},
    {"-z", SEPARATE, ARGUMENT_DROP},

    /* Warnings, optimisation, debugging, code generation: all that was not named above. */
    {"-W", JOINED, ARGUMENT_DROP},
    {"-w", ALONE, ARGUMENT_DROP},
    {"-pedantic", JOINED, ARGUMENT_DROP},
    {"-O", JOINED, ARGUMENT_DROP},
    {"-f", JOINED, ARGUMENT_DROP},
    {"-g", JOINED, ARGUMENT_DROP},
    {"-m", JOINED, ARGUMENT_DROP},
    {"-p", ALONE, ARGUMENT_DROP},
    {"-pg", ALONE, ARGUMENT_DROP},
    {"-coverage", ALONE, ARGUMENT_DROP},
    {"--coverage", ALONE, ARGUMENT_DROP},
    {"--", ALONE, ARGUMENT_END},
};

static const char *const launchers[] = {"asynclint-cc", "asynclint-ld", "buildcache", "ccache",          "cmake",
					"distcc",       "env",          "gomacc",     "icecc",           "libtool",
					"nice",         "recc",         "rewrapper",  "sccache",         "sh",
					"bash",         "dash",         "time",       "__run_co_compile"};

/* Names of processors as targets begin with them. */
static const char *const processors[] = {"aarch64",   "arm",   "avr",   "i386",   "i486",    "i586",   "i686",
					 "loongarch", "m68k",  "mips",  "msp430", "powerpc", "ppc",    "riscv32",
					 "riscv64",   "s390x", "sparc", "thumb",  "wasm32",  "wasm64", "x86_64"};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t end_length = strlen(end);
	return length >= end_length && strncmp(text + length - end_length, end, end_length) == 0;
}

/* Length of a compiler's name without ".exe" and a version: of "gcc" in "gcc-12.2". */
static size_t unversioned_length(const char *name)
{
	size_t length = strlen(name);
	if (ends_with(name, length, ".exe"))
		length -= strlen(".exe");
	size_t rest = length;
	while (rest && strchr("0123456789.", name[rest - 1]))
		rest--;
	return rest && rest < length && name[rest - 1] == '-' ? rest - 1 : length;
}

static bool flag_fits(const struct flag *flag, const char *argument)
{
	if (strcmp(argument, flag->name) == 0)
		return true;
	return (flag->spelling == JOINED || flag->spelling == EITHER) && starts_with(argument, flag->name);
}

/* C++'s standards: an error for a C file, which gcc only warns of. */
static bool is_cxx_standard(const char *argument)
{
	return (starts_with(argument, "-std=") || starts_with(argument, "--std=")) && strchr(argument, '+');
}

static bool is_assignment(const char *word)
{
	size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	return name && word[name] == '=';
}

struct argument argument_classify(const char *argument)
{
	if (argument[0] != '-' || !argument[1])
		return (struct argument){.kind = ARGUMENT_INPUT};
	if (is_cxx_standard(argument))
		return (struct argument){.kind = ARGUMENT_UNKNOWN};
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		const struct flag *flag = &flags[i];
		if (!flag_fits(flag, argument))
			continue;
		bool exact = strcmp(argument, flag->name) == 0;
		bool follows = flag->spelling == SEPARATE || (flag->spelling == EITHER && exact);
		return (struct argument){.kind = flag->kind, .value_follows = follows};
	}
	return (struct argument){.kind = ARGUMENT_UNKNOWN};
}

bool argument_is_launcher(const char *word)
{
	if (word[0] == '-' || is_assignment(word))
		return true;
	const char *name = base_name(word);
	for (size_t i = 0; i < sizeof(launchers) / sizeof(*launchers); i++)
		if (strcmp(name, launchers[i]) == 0)
			return true;
	return ends_with(name, strlen(name), "-libtool");
}

bool argument_is_cxx_compiler(const char *compiler)
{
	const char *name = base_name(compiler);
	return ends_with(name, unversioned_length(name), "++");
}

bool argument_is_c(const char *file, const char *language, const char *compiler)
{
	if (language)
		return strcmp(language, "c") == 0 || strcmp(language, "c-header") == 0 ||
		       strcmp(language, "cpp-output") == 0;
	const char *extension = strrchr(file, '.');
	if (!extension || (compiler && argument_is_cxx_compiler(compiler)))
		return false;
	return strcmp(extension, ".c") == 0 || strcmp(extension, ".h") == 0 || strcmp(extension, ".i") == 0;
}

const char *argument_implied_target(const char *compiler, struct arena *arena)
{
	static const char *const suffixes[] = {"-gcc", "-cc", "-clang"};
	const char *name = base_name(compiler);
	size_t length = unversioned_length(name);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (!ends_with(name, length, suffixes[i]))
			continue;
		const char *target = arena_strndup(arena, name, length - strlen(suffixes[i]));
		return strchr(target, '-') ? target : NULL;
	}
	return NULL;
}

bool argument_target_is_known(const char *target)
{
	for (size_t i = 0; i < sizeof(processors) / sizeof(*processors); i++)
		if (starts_with(target, processors[i]))
			return true;
	return false;
}
