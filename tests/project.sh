# shellcheck shell=sh
# Sourced by the scripts that need a project to check.

# Writes a project into the working directory: loop.c has one finding, blocking-in-async at 8:6, reached from the registration at line 14;
# net.c and net.h have none. $1: the source tree, for its stub headers.
write_project() {
	cat >loop.c <<'END'
#include <netdb.h>
#include <uv.h>

static void on_refresh(uv_timer_t *timer)
{
	struct addrinfo *addresses;

	if (getaddrinfo("mirror.example.org", "https", NULL, &addresses) == 0)
		timer->data = addresses;
}

int watch(uv_timer_t *timer)
{
	return uv_timer_start(timer, on_refresh, 0, 60000);
}
END
	cat >net.h <<'END'
#include <netdb.h>

int net_resolve(const char *host, struct addrinfo **addresses);
END
	cat >net.c <<'END'
#include "net.h"

int net_resolve(const char *host, struct addrinfo **addresses)
{
	return getaddrinfo(host, "https", 0, addresses);
}
END
	cat >compile_commands.json <<END
[{ "directory": "$PWD", "file": "net.c", "arguments": ["gcc", "-std=gnu17", "-c", "net.c"] },
 { "directory": "$PWD", "file": "loop.c", "arguments": ["gcc", "-std=gnu17", "-I$1/fixtures/include", "-c", "loop.c"] }]
END
}

# Puts the program under the name asynclint in front of PATH. $1: the program; $2: a directory to make for it.
put_on_path() {
	mkdir -p "$2"
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$1" >"$2/asynclint"
	chmod +x "$2/asynclint"
	PATH="$2:$PATH"
}
