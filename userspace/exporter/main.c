// SPDX-License-Identifier: GPL-2.0
/*
 * podswitch-exporter: serves what "psw metrics" prints. A program of its own,
 * as the HTTP library brings others along that psw would load at each call.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "listen.h"
#include "psw.h"
#include "serve.h"

#ifndef PODSWITCH_VERSION
#define PODSWITCH_VERSION "unknown"
#endif

static const char usage[] =
	"Usage: podswitch-exporter [ ADDRESS[:PORT] ]\n"
	"       podswitch-exporter { -V[ersion] | -h[elp] }\n";

__attribute__((format(printf, 2, 3)))
static int complain(int status, const char *format, ...)
{
	va_list args;

	fputs("podswitch-exporter: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

static int run(struct sockaddr_storage *at)
{
	char where[64];
	sigset_t signals;
	int signal_fd;
	int err;
	int fd;

	listen_text(at, where, sizeof(where));
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (signal_fd < 0)
		return complain(PSW_FAILED, "Cannot wait for signals: %m");
	fd = listen_open(at);
	if (fd < 0) {
		close(signal_fd);
		return complain(PSW_FAILED, "Cannot listen on %s: %s", where,
				strerror(-fd));
	}
	listen_text(at, where, sizeof(where));
	complain(PSW_DONE, "listening on http://%s/metrics", where);
	err = serve(fd, signal_fd);
	close(signal_fd);
	if (err)
		return complain(PSW_FAILED, "Cannot serve: %s", strerror(-err));
	return PSW_DONE;
}

/* Does what an option asks for. */
static int option(const char *word)
{
	word += strspn(word, "-");
	if (*word && !strncmp(word, "Version", strlen(word)))
		puts("podswitch-exporter " PODSWITCH_VERSION);
	else if (*word && !strncmp(word, "help", strlen(word)))
		fputs(usage, stdout);
	else
		return complain(PSW_USAGE, "unknown option \"-%s\"", word);
	return PSW_DONE;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "127.0.0.1";
	struct sockaddr_storage at;
	const char *why;

	if (*text == '-')
		return option(text);
	if (argc > 2)
		return complain(PSW_USAGE,
				"unknown word \"%s\"; try \"podswitch-exporter -h\"",
				argv[2]);
	why = listen_parse(text, &at);
	if (why)
		return complain(PSW_USAGE, "address \"%s\" %s", text, why);
	return run(&at);
}
