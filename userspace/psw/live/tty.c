// SPDX-License-Identifier: GPL-2.0
#include "tty.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* The other screen, the cursor hidden, no line goes on in the next one. */
#define ENTER	"\033[?1049h\033[?25l\033[?7l"
#define LEAVE	"\033[?7h\033[?25h\033[?1049l"

enum {
	TTY_COLUMNS = 80,
	TTY_LINES = 24,
	ESCAPE = 033,
};

/* There is one terminal. */
static struct {
	struct termios before;
	bool entered;
	bool leaves_at_exit;
} tty;

bool tty_is_there(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0 &&
	       isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int tty_write(const char *data, size_t len)
{
	struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };
	ssize_t n;

	while (len) {
		n = write(STDOUT_FILENO, data, len);
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			poll(&room, 1, -1);
		} else if (n < 0 && errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int tty_enter(void)
{
	struct termios now;

	if (!tty.entered && tcgetattr(STDIN_FILENO, &tty.before))
		return -errno;
	if (!tty.leaves_at_exit)
		atexit(tty_leave);
	tty.leaves_at_exit = true;
	tty.entered = true;
	now = tty.before;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &now))
		return -errno;
	return tty_write(ENTER, strlen(ENTER));
}

void tty_leave(void)
{
	unsigned int columns, lines;
	char text[64];

	if (!tty.entered)
		return;
	tty.entered = false;
	/* Where there is no other screen, go on below what stands there. */
	tty_size(&columns, &lines);
	snprintf(text, sizeof(text), "\033[%u;1H\033[K" LEAVE, lines);
	tty_write(text, strlen(text));
	tcsetattr(STDIN_FILENO, TCSADRAIN, &tty.before);
}

void tty_size(unsigned int *columns, unsigned int *lines)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*columns = size.ws_col ? size.ws_col : TTY_COLUMNS;
	*lines = size.ws_row ? size.ws_row : TTY_LINES;
}

/* What stands behind ESC and "[" or "O", up to its last character. */
static const struct {
	const char *sequence;
	enum tty_key key;
} tty_keys[] = {
	{ "A", TTY_UP },
	{ "B", TTY_DOWN },
	{ "H", TTY_HOME },
	{ "F", TTY_END },
	{ "1~", TTY_HOME },
	{ "4~", TTY_END },
	{ "5~", TTY_PAGE_UP },
	{ "6~", TTY_PAGE_DOWN },
	{ "7~", TTY_HOME },
	{ "8~", TTY_END },
};

int tty_key(const char **typed, const char *end)
{
	const char *s = *typed;
	const char *sequence;
	size_t len;
	size_t i;

	*typed = s + 1;
	if (*s != ESCAPE)
		return (unsigned char)*s;
	if (end - s < 2 || (s[1] != '[' && s[1] != 'O'))
		return TTY_NONE;
	/* ECMA-48 5.4: parameters, then one of 0x40 to 0x7e */
	sequence = s + 2;
	for (s = sequence; s < end && (*s < 0x40 || *s > 0x7e); s++)
		;
	*typed = s < end ? s + 1 : end;
	len = (size_t)(*typed - sequence);
	for (i = 0; i < sizeof(tty_keys) / sizeof(tty_keys[0]); i++)
		if (strlen(tty_keys[i].sequence) == len &&
		    !memcmp(tty_keys[i].sequence, sequence, len))
			return (int)tty_keys[i].key;
	return TTY_NONE;
}
