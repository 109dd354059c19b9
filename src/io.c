#include "io.h"

#include <errno.h>
#include <unistd.h>

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
