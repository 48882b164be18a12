// SPDX-License-Identifier: GPL-2.0
#include "ethtool.h"

#include <linux/build_bug.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <linux/tracepoint-defs.h>

#include "psw.h"
#include "stats.h"
#include "trace.h"

/* As the protocol names them, but for hyphens; those that are no drops come
 * first.
 */
static const char *const psw_count_names[] = {
	[PSW_QUEUED] = "queued",
	[PSW_ANSWERED] = "answered",
	[PSW_TRANSLATED] = "translated",
};

static_assert(ARRAY_SIZE(psw_count_names) == PSW_N_COUNTS);

static const struct trace_print_flags psw_drop_names[] = { PSW_DROP_NAMES };

static_assert(ARRAY_SIZE(psw_drop_names) == PODSWITCH_A_DROPS_MAX);

#define PSW_N_STATS (PSW_N_COUNTS + ARRAY_SIZE(psw_drop_names))

static void psw_ethtool_get_drvinfo(struct net_device *dev,
				    struct ethtool_drvinfo *info)
{
	strscpy(info->driver, PSW_KIND, sizeof(info->driver));
	strscpy(info->version, PSW_VERSION, sizeof(info->version));
}

/* What leads outside has a speed that means something; between the host and
 * its pods there is none.
 */
static int psw_ethtool_get_link_ksettings(struct net_device *dev,
					  struct ethtool_link_ksettings *cmd)
{
	const struct psw_switch *sw = netdev_priv(dev);
	const struct psw_port *uplink = rtnl_dereference(sw->uplink);
	struct ethtool_link_ksettings of_uplink;

	cmd->base.port = PORT_OTHER;
	cmd->base.speed = SPEED_UNKNOWN;
	cmd->base.duplex = DUPLEX_UNKNOWN;
	if (!uplink || __ethtool_get_link_ksettings(uplink->dev, &of_uplink))
		return 0;
	cmd->base.speed = of_uplink.base.speed;
	cmd->base.duplex = of_uplink.base.duplex;
	return 0;
}

static int psw_ethtool_get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? PSW_N_STATS : -EOPNOTSUPP;
}

static void psw_ethtool_put_drop_name(u8 **data, const char *name)
{
	char *text = *data;

	ethtool_sprintf(data, "drop_%s", name);
	strreplace(text, '-', '_');
}

static void psw_ethtool_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	unsigned int i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < PSW_N_COUNTS; i++)
		ethtool_puts(&data, psw_count_names[i]);
	for (i = 0; i < ARRAY_SIZE(psw_drop_names); i++)
		psw_ethtool_put_drop_name(&data, psw_drop_names[i].name);
}

/* Of the host's side alone. What pods send is counted on their ports, whose
 * sum would lose what a port that goes had counted.
 */
static void psw_ethtool_get_stats(struct net_device *dev,
				  struct ethtool_stats *stats, u64 *data)
{
	const struct psw_switch *sw = netdev_priv(dev);
	struct psw_stats_sum sum;
	unsigned int i;

	psw_stats_sum(sw->stats, &sum);
	memcpy(data, sum.counts, sizeof(sum.counts));
	for (i = 0; i < ARRAY_SIZE(psw_drop_names); i++)
		data[PSW_N_COUNTS + i] = sum.drops[psw_drop_names[i].mask];
}

static const struct ethtool_ops psw_ethtool_ops = {
	.get_drvinfo = psw_ethtool_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = psw_ethtool_get_link_ksettings,
	.get_sset_count = psw_ethtool_get_sset_count,
	.get_strings = psw_ethtool_get_strings,
	.get_ethtool_stats = psw_ethtool_get_stats,
};

/**
 * psw_ethtool_setup() - makes a switch's device answer ethtool
 * @dev: a podswitch, before it is registered
 */
void psw_ethtool_setup(struct net_device *dev)
{
	dev->ethtool_ops = &psw_ethtool_ops;
}
