/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections that the host translates (NAT, IPVS), as for a Service of
 * Kubernetes: their frames have to pass its stack both ways.
 *
 * A client's frames do of themselves: what it calls is an address of the
 * host. The pod that they are translated to answers the client, which may be
 * the pod next door; the switch would take the answer straight there, where
 * nobody waits for it from that address.
 */
#ifndef _PSW_NAT_H
#define _PSW_NAT_H

#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "frame.h"
#include "psw.h"

bool psw_nat_is_redirect(const struct psw_frame *frame);

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
void psw_nat_note_connection(const struct psw_frame *frame,
			     struct psw_port *out);
bool psw_nat_owns(const struct psw_frame *frame);
#else
static inline void psw_nat_note_connection(const struct psw_frame *frame,
					   struct psw_port *out)
{
}

static inline bool psw_nat_owns(const struct psw_frame *frame)
{
	return false;
}
#endif

/**
 * psw_nat_note() - notes if the host sends a translated connection into a port
 * @frame: from the host
 * @out: the port that it goes to
 *
 * From then on, psw_nat_owns() is to be asked about the port's own frames. It
 * never is for ports that no such connection has come to.
 *
 * Context: RCU read section, bottom halves off.
 */
static inline void psw_nat_note(const struct psw_frame *frame,
				struct psw_port *out)
{
	if (skb_nfct(frame->skb) && !READ_ONCE(out->is_translated))
		psw_nat_note_connection(frame, out);
}

#endif /* _PSW_NAT_H */
