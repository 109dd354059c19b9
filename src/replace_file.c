#include "replace_file.h"

#include "io.h"
#include "paths.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ATTEMPTS = 100, MODE_BITS = 07777 };

/* Opens a new file beside `path`; its name is put into *temporary (arena). */
static int open_temporary(const char *path, struct arena *arena, const char **temporary)
{
	int file;
	unsigned attempt = 0;
	do {
		*temporary = arena_printf(arena, "%s.%ld-%u.tmp", path, (long)getpid(), attempt++);
		file = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (file < 0 && errno == EEXIST && attempt < MOST_ATTEMPTS);
	return file;
}

/* False with errno set on failure. */
static bool write_and_close(int file, const void *bytes, size_t size)
{
	bool written = io_write(file, bytes, size);
	int reason = errno;
	if (close(file) == 0 || !written)
		errno = reason;
	else
		written = false;
	return written;
}

/* `old` is NULL if there is none. */
static bool replace(const char *path, const struct stat *old, const void *bytes, size_t size, struct arena *arena)
{
	const char *temporary;
	int file = open_temporary(path, arena, &temporary);
	if (file < 0)
		return false;
	bool prepared = !old || fchmod(file, old->st_mode & MODE_BITS) == 0;
	if (write_and_close(file, bytes, size) && prepared && rename(temporary, path) == 0)
		return true;
	int reason = errno;
	unlink(temporary);
	errno = reason;
	return false;
}

static bool write_to_device(const char *path, const void *bytes, size_t size)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	return file >= 0 && write_and_close(file, bytes, size);
}

bool replace_file(const char *path, const void *bytes, size_t size, struct arena *arena)
{
	struct stat status;
	bool exists = stat(path, &status) == 0;
	if (exists && !S_ISREG(status.st_mode))
		return write_to_device(path, bytes, size);
	const char *target = exists ? path_resolve(path, arena) : path;
	if (!target)
		return false;
	sigset_t before = signals_hold();
	bool written = replace(target, exists ? &status : NULL, bytes, size, arena);
	int reason = errno;
	signals_let(before);
	errno = reason;
	return written;
}
