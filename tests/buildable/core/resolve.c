#include <netdb.h>

struct addrinfo *resolve(const char *host)
{
	struct addrinfo *addresses = 0;
	getaddrinfo(host, "https", 0, &addresses);
	return addresses;
}
