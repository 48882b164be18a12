/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_PROBE_H
#define _PSW_PROBE_H

#include <linux/if_ether.h>
#include <linux/types.h>
#include <uapi/linux/podswitch.h>

struct net_device;
struct psw_port;
struct psw_switch;
struct sk_buff;

/* Those before the delivery, the ports, and the host. */
#define PSW_PROBE_STEPS_MAX (PODSWITCH_PROBE_STEP_DELIVER + 1 +		\
			     PODSWITCH_PROBE_RECEIVERS_MAX)

/**
 * struct psw_probe_cfg - the frame that is asked about
 * @sw: the switch
 * @in: the port that it comes from, or NULL: from the host
 * @data: its first bytes, from the Ethernet header on
 * @carried: how many there are, PODSWITCH_PROBE_FRAME_MIN at least
 * @len: its length, if it is longer
 * @is_gso: it is of segmentation offload
 */
struct psw_probe_cfg {
	struct psw_switch *sw;
	struct psw_port *in;
	const void *data;
	unsigned int carried;
	unsigned int len;
	bool is_gso;
};

/**
 * struct psw_probe_step - one step of a frame
 * @step: which
 * @verdict: what comes of it
 * @drop: &enum psw_drop, PSW_PASS for none
 * @way: how @dev gets it; for PODSWITCH_PROBE_VERDICT_DELIVER
 * @cause: why, PODSWITCH_PROBE_CAUSE_NONE for nothing to say
 * @dev: the device that @verdict is about, or NULL
 * @mac: what is answered; for PODSWITCH_PROBE_VERDICT_ANSWER
 */
struct psw_probe_step {
	enum podswitch_probe_step step;
	enum podswitch_probe_verdict verdict;
	unsigned int drop;
	enum podswitch_probe_way way;
	enum podswitch_probe_cause cause;
	const struct net_device *dev;
	u8 mac[ETH_ALEN];
};

/**
 * struct psw_probe - what would become of a frame
 * @cfg: the frame
 * @is_described: whether @kind is known
 * @kind: what it is
 * @vlan: the VLAN that it is in
 * @is_group: whether it goes to any number of ports
 * @receivers: how many ports get it then
 * @n_steps: how many steps there are
 * @steps: them
 */
struct psw_probe {
	const struct psw_probe_cfg *cfg;
	bool is_described;
	enum podswitch_probe_kind kind;
	u16 vlan;
	bool is_group;
	u32 receivers;
	unsigned int n_steps;
	struct psw_probe_step steps[PSW_PROBE_STEPS_MAX];
};

struct psw_probe *psw_probe_create(const struct psw_probe_cfg *cfg);
size_t psw_probe_msg_size(const struct psw_probe *probe);
int psw_probe_fill(struct sk_buff *msg, const struct psw_probe *probe);

#endif /* _PSW_PROBE_H */
