/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CNI_LOCK_H
#define _CNI_LOCK_H

#include "cni.h"

/**
 * cni_lock_take() - keeps "psw upgrade" from changing the module
 * @lock: filled in: what cni_lock_release() takes
 * @err: why not
 *
 * Many have it at once; the upgrade waits for them, and they for it. Its file
 * is made by who loads the module, and by the upgrade; where there is none, an
 * ADD goes without.
 *
 * Return: 0; -1 if an upgrade is under way, or never came to its end.
 */
int cni_lock_take(int *lock, struct cni_error *err);

/**
 * cni_lock_release() - lets it
 * @lock: the lock, or -1
 */
void cni_lock_release(int lock);

#endif /* _CNI_LOCK_H */
