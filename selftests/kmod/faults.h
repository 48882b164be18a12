/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included in front of all of kmod/ when faults.prepare builds the module for
 * faults.sh: what fails for other reasons than memory that slab and the page
 * allocator refuse, counts as an allocation for fail-nth.
 *
 * A load with fail_nth=N has the Nth allocation of the module's own init fail;
 * what is left of N is there to read when the load succeeded.
 */
#ifndef _PSW_FAULTS_H
#define _PSW_FAULTS_H

#include <linux/fault-inject.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <net/rtnetlink.h>

/* Never by chance, and without a word. */
static __maybe_unused struct fault_attr psw_fault;

#define psw_fails()	should_fail(&psw_fault, 1)

#undef netdev_alloc_pcpu_stats
#define netdev_alloc_pcpu_stats(type) \
	(psw_fails() ? NULL : __netdev_alloc_pcpu_stats(type, GFP_KERNEL))

#define netdev_rx_handler_register(dev, handler, data) \
	(psw_fails() ? -EBUSY : netdev_rx_handler_register(dev, handler, data))

#define dev_set_promiscuity(dev, inc) \
	((inc) > 0 && psw_fails() ? -EOVERFLOW : dev_set_promiscuity(dev, inc))

#define register_netdevice_notifier(nb) \
	(psw_fails() ? -ENOMEM : register_netdevice_notifier(nb))

#define rtnl_link_register(ops) \
	(psw_fails() ? -EEXIST : rtnl_link_register(ops))

#undef module_init
#define module_init(fn)							\
	static unsigned int fail_nth;					\
	module_param(fail_nth, uint, 0400);				\
	static int __init fn##_faulty(void)				\
	{								\
		int err;						\
									\
		WRITE_ONCE(current->fail_nth, fail_nth);		\
		err = fn();						\
		fail_nth = READ_ONCE(current->fail_nth);		\
		WRITE_ONCE(current->fail_nth, 0);			\
		return err;						\
	}								\
	int init_module(void) __copy(fn) __attribute__((alias(#fn "_faulty"))); \
	___ADDRESSABLE(init_module, __initdata)

#endif /* _PSW_FAULTS_H */
