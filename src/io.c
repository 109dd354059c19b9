#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int io_open(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode))
		return file;
	if (file >= 0) {
		close(file);
		errno = EINVAL;
	}
	return -1;
}

ssize_t io_read(int file, void *bytes, size_t size)
{
	size_t done = 0;
	while (done < size) {
		ssize_t got = read(file, (char *)bytes + done, size - done);
		if (got < 0 && errno != EINTR)
			return -1;
		if (got == 0)
			break;
		done += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)done;
}

bool io_write(int file, const void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t put = write(file, (const char *)bytes + done, size - done);
		if (put < 0 && errno != EINTR)
			return false;
		done += put > 0 ? (size_t)put : 0;
	}
	return true;
}

bool io_make_directories(const char *path, struct arena *arena)
{
	char *made = arena_strdup(arena, path);
	for (char *slash = strchr(made + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(made, 0777);
		*slash = '/';
	}
	return mkdir(made, 0777) == 0 || errno == EEXIST;
}
