// SPDX-License-Identifier: GPL-2.0
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

/* As in psw upgrade, which has the lock alone, and the file until all is back. */
#define CNI_RUN "/run/podswitch"
#define CNI_LOCK CNI_RUN "/lock"
#define CNI_UPGRADE CNI_RUN "/upgrade.json"

enum {
	CNI_LOCK_PATIENCE_MS = 10000,
	CNI_LOCK_PAUSE_NS = 10000000,
};

static int cni_lock_wait(int fd)
{
	const struct timespec pause = { .tv_nsec = CNI_LOCK_PAUSE_NS };
	int64_t deadline = 0;

	while (flock(fd, LOCK_SH | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return 0;
		if (!deadline)
			deadline = cni_now_ms() + CNI_LOCK_PATIENCE_MS;
		if (cni_now_ms() > deadline)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int cni_lock_take(int *lock, struct cni_error *err)
{
	*lock = open(CNI_LOCK, O_RDONLY | O_CLOEXEC);
	if (*lock < 0)
		return 0;
	if (cni_lock_wait(*lock))
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"the module is being changed by \"psw upgrade\"");
	if (!access(CNI_UPGRADE, F_OK))
		return cni_fail(err, CNI_ERR_TRY_AGAIN,
				"\"psw upgrade\" did not come to its end: \"psw restore %s\" brings back what is missing, then remove the file",
				CNI_UPGRADE);
	return 0;
}

void cni_lock_release(int lock)
{
	if (lock >= 0)
		close(lock);
}
