// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <linux/rtnetlink.h>

unsigned int psw_net_id __read_mostly;
DEFINE_STATIC_KEY_FALSE(psw_promisc_key);

static int psw_net_init(struct net *net)
{
	struct psw_net *pn = psw_net(net);

	xa_init(&pn->switches);
	pn->seq = 1;
	return 0;
}

static void psw_net_exit(struct net *net)
{
	WARN_ON_ONCE(!xa_empty(&psw_net(net)->switches));
}

static struct pernet_operations psw_net_ops = {
	.init = psw_net_init,
	.exit = psw_net_exit,
	.id = &psw_net_id,
	.size = sizeof(struct psw_net),
};

/**
 * psw_net_register() - makes room in every network namespace
 *
 * Context: module load; sleeps.
 * Return: 0 or a negative errno value.
 */
int psw_net_register(void)
{
	return register_pernet_subsys(&psw_net_ops);
}

/**
 * psw_net_unregister() - gives the room back; no switch is left
 *
 * Context: module unload; sleeps.
 */
void psw_net_unregister(void)
{
	unregister_pernet_subsys(&psw_net_ops);
}

/**
 * psw_switch_get_rtnl() - the switch that a device is
 * @net: network namespace
 * @ifindex: interface index of any device, or of none
 *
 * Context: RTNL.
 * Return: the switch, or NULL if no podswitch has that index.
 */
struct psw_switch *psw_switch_get_rtnl(const struct net *net, u32 ifindex)
{
	ASSERT_RTNL();
	return xa_load(&psw_net(net)->switches, ifindex);
}
