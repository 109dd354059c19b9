#include "lsp.h"

#include "console.h"
#include "lsp_server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

struct loop {
	struct server server;
	int client_process; /* a descriptor that is readable once it has ended; -1: there is none */
	socket_table sockets;
};

/* The client is to say exit; where it dies first, so does the server (LSP 3.17, InitializeParams.processId). */
static void watch_client(struct loop *loop)
{
	uint32_t process = loop->server.client_process;
	if (loop->client_process < 0 && process)
		loop->client_process = pidfd_open((pid_t)process, 0);
	if (loop->client_process < 0 && process && errno == ESRCH)
		loop->server.client.gone = true;
	loop->server.client_process = 0;
}

static int time_to_wait(const struct workspace *workspace)
{
	int least = -1;
	for (uint32_t i = 0; i < workspace->projects.count; i++) {
		int time = project_wait(workspace->projects.items[i]);
		if (time >= 0 && (least < 0 || time < least))
			least = time;
	}
	return least;
}

/* Waits until there is something to do. Returns whether the client has said something. */
static bool wait_for_any(struct loop *loop)
{
	const struct workspace *workspace = &loop->server.workspace;
	TABLE(struct pollfd) polled = {0};
	loop->sockets.count = 0;
	for (uint32_t i = 0; i < workspace->projects.count; i++)
		project_sockets(workspace->projects.items[i], &loop->sockets);
	table_add(&polled, (struct pollfd){.fd = loop->server.client.transport.in, .events = POLLIN});
	table_add(&polled, (struct pollfd){.fd = loop->client_process, .events = POLLIN});
	for (uint32_t i = 0; i < loop->sockets.count; i++)
		table_add(&polled, (struct pollfd){.fd = loop->sockets.items[i], .events = POLLIN});
	bool any = poll(polled.items, polled.count, time_to_wait(workspace)) > 0;
	bool said = any && polled.items[0].revents, died = any && polled.items[1].revents;
	table_release(&polled);
	if (died && !said)
		loop->server.client.gone = true;
	return said;
}

/* Deals with all messages that have come. */
static void take_messages(struct server *server)
{
	const char *content;
	uint32_t size;
	enum transport_result result;
	while (server->state != SERVER_EXITED &&
	       (result = transport_next(&server->client.transport, &content, &size)) != TRANSPORT_NOTHING) {
		if (result == TRANSPORT_MESSAGE)
			server_handle(server, content, size);
		else
			client_log(&server->client, MESSAGE_ERROR,
				   "what came is no header with a Content-Length: skipped");
	}
}

int lsp_serve(int argc, char **argv)
{
	struct loop loop = {.client_process = -1};
	struct server *server = &loop.server;
	server->client.transport.in = STDIN_FILENO;
	server->client.transport.out = STDOUT_FILENO;
	server->workspace.client = &server->client;
	server->workspace.documents = &server->documents;
	server->workspace.arguments = (struct arguments_of_project){argc, argv};
	/* A client that is gone is seen when it is written to. How processes ended can be told only of those that are
	   waited for. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (isatty(STDIN_FILENO))
		console_note("a language server: it speaks LSP on standard input and output, for editors");
	while (server->state != SERVER_EXITED && !server->client.gone) {
		if (wait_for_any(&loop) && !transport_fill(&server->client.transport))
			break;
		take_messages(server);
		watch_client(&loop);
		server_step(server);
	}
	server_release(server);
	if (loop.client_process >= 0)
		close(loop.client_process);
	table_release(&loop.sockets);
	return server->was_shut_down ? 0 : 1;
}
