/* A timer's callback that waits for a name server: the wait is in the library, core/resolve.c. */
#include <uv.h>

struct addrinfo *resolve(const char *host);

/* In place of libuv, so that the program can be linked anywhere. */
int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, uint64_t timeout, uint64_t repeat)
{
	return !timer || !callback || timeout > repeat;
}

static void on_timer(uv_timer_t *timer)
{
	timer->data = resolve("mirror.example.org");
}

int main(void)
{
	static uv_timer_t timer;
	return uv_timer_start(&timer, on_timer, 0, 60000);
}
