// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A name is one of "ip netns"; a number that is none is taken for a process. */
static int netns_complain_open(const struct psw *psw, const char *name)
{
	int err = errno;

	if (strchr(name, '/') || (err != ENOENT && err != ENAMETOOLONG))
		return psw_complain(psw, PSW_FAILED, "%s: %s", name,
				    strerror(err));
	if (*name && !name[strspn(name, "0123456789")])
		return psw_complain(psw, PSW_FAILED,
				    "no network namespace \"%s\" in " PSW_NETNS
				    "; a process's is /proc/%s/ns/net",
				    name, name);
	return psw_complain(psw, PSW_FAILED,
			    "no network namespace \"%s\" in " PSW_NETNS, name);
}

static int netns_complain_enter(const struct psw *psw, const char *name)
{
	switch (errno) {
	case EPERM:
		return psw_complain(psw, PSW_FAILED,
				    "%s: Operation not permitted; needs CAP_SYS_ADMIN",
				    name);
	case EINVAL:
		return psw_complain(psw, PSW_FAILED,
				    "%s is not a network namespace", name);
	}
	return psw_complain(psw, PSW_FAILED, "%s: %s", name, strerror(errno));
}

static int netns_enter(const struct psw *psw, const char *name)
{
	char path[PATH_MAX];
	int status = PSW_DONE;
	int fd;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : PSW_NETNS "/", name);
	/* What is no namespace may be a pipe, which would be waited for. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return netns_complain_open(psw, name);
	if (setns(fd, CLONE_NEWNET))
		status = netns_complain_enter(psw, name);
	close(fd);
	return status;
}

int psw_netns(struct psw *psw, const char *name)
{
	int status;

	snprintf(psw->what, sizeof(psw->what), "-n");
	status = netns_enter(psw, name);
	psw->what[0] = '\0';
	if (!psw->completion)
		return status;
	if (status)
		psw->completion->words_only = true;
	return PSW_DONE;
}
