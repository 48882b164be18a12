// SPDX-License-Identifier: GPL-2.0
/* Messages of rtnetlink, as far as they end in podswitch. */
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>

#include "generate.h"

static void put_protinfo(struct message *m)
{
	const size_t nest = begin_nest(m, IFLA_PROTINFO);
	unsigned int n = below(4);

	while (n--)
		put_number(m, percent(45) ? IFLA_BRPORT_MODE :
			      percent(80) ? IFLA_BRPORT_ISOLATED : below(40),
			   below(3), percent(95) ? 1 : 4);
	end_nest(m, nest);
}

static void put_bridge_vlan(struct message *m)
{
	static const uint16_t flags[] = {
		0, 0, BRIDGE_VLAN_INFO_RANGE_BEGIN, BRIDGE_VLAN_INFO_RANGE_END,
		BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED,
		BRIDGE_VLAN_INFO_PVID,
		BRIDGE_VLAN_INFO_RANGE_END | BRIDGE_VLAN_INFO_PVID |
			BRIDGE_VLAN_INFO_UNTAGGED,
	};
	const struct bridge_vlan_info info = {
		.flags = percent(97) ? flags[below(ARRAY_SIZE(flags))] : draw(),
		.vid = percent(97) ? draw_vlan() : draw(),
	};

	put_attr(m, IFLA_BRIDGE_VLAN_INFO, &info,
		 percent(98) ? sizeof(info) : below(4));
}

/* "bridge link set", "bridge vlan add" and "bridge vlan del" */
static void draft_bridge(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE,
				       .ifi_index = draw_index(HINT_DEVICE) };
	unsigned int n = below(6);
	size_t nest;

	start_message(m, percent(60) ? RTM_SETLINK : RTM_DELLINK, NLM_F_ACK,
		      &ifi, sizeof(ifi));
	if (percent(40))
		put_protinfo(m);
	if (percent(90)) {
		nest = begin_nest(m, IFLA_AF_SPEC);
		if (percent(70))
			put_number(m, IFLA_BRIDGE_FLAGS,
				   percent(90) ? BRIDGE_FLAGS_MASTER :
						 BRIDGE_FLAGS_SELF, 2);
		while (n--)
			put_bridge_vlan(m);
		end_nest(m, nest);
	}
	end_message(m);
	if (percent(25))
		spoil(m);
}

/* "bridge fdb add", "del" and "get" */
static void draft_fdb(struct message *m)
{
	static const uint16_t types[] = { RTM_NEWNEIGH, RTM_DELNEIGH,
					  RTM_GETNEIGH };
	const struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = draw_index(HINT_SWITCH),
		.ndm_state = percent(90) ? NUD_PERMANENT : draw(),
		.ndm_flags = NTF_SELF,
	};
	uint8_t mac[ETH_ALEN];

	start_message(m, types[below(ARRAY_SIZE(types))],
		      NLM_F_ACK | (percent(70) ? NLM_F_CREATE : 0), &ndm,
		      sizeof(ndm));
	draw_mac(mac);
	put_attr(m, NDA_LLADDR, mac, percent(97) ? sizeof(mac) : below(6));
	if (percent(90))
		put_number(m, NDA_IFINDEX, draw_index(HINT_DEVICE),
			   percent(97) ? 4 : below(4));
	if (percent(30))
		put_number(m, NDA_VLAN, draw_number(0, 4094), 2);
	if (percent(5))
		put_number(m, below(16), draw(), 4);
	end_message(m);
	if (percent(15))
		spoil(m);
}

/* "ip link set DEVICE master SWITCH", or "nomaster" */
static void draft_master(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_index = draw_index(HINT_DEVICE) };

	start_message(m, RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	put_number(m, IFLA_MASTER, percent(70) ? draw_index(HINT_SWITCH) : 0,
		   4);
	end_message(m);
}

static void put_link(struct message *m, const char *name, const char *kind)
{
	uint8_t mac[ETH_ALEN];
	size_t nest;

	put_attr(m, IFLA_IFNAME, name, strlen(name) + 1);
	draw_mac(mac);
	if (percent(30))
		put_attr(m, IFLA_ADDRESS, mac,
			 percent(90) ? sizeof(mac) : below(6));
	if (percent(20))
		put_number(m, IFLA_MTU, draw_number(0, 70000), 4);
	nest = begin_nest(m, IFLA_LINKINFO);
	put_attr(m, IFLA_INFO_KIND, kind, strlen(kind));
	if (percent(10)) {
		const size_t data = begin_nest(m, IFLA_INFO_DATA);

		put_anything(m, 1);
		end_nest(m, data);
	}
	end_nest(m, nest);
}

/* "ip link add" and "ip link del" of what may come and go */
static void draft_link(struct message *m)
{
	const bool is_switch = switches.n > 1 && percent(50);
	const struct pool *pool = is_switch ? &switches : &devices;
	const unsigned int i = is_switch ? 1 + below(switches.n - 1) :
					   below(devices.n);
	const struct ifinfomsg ifi = {
		.ifi_index = pool->of[i].index,
		.ifi_flags = percent(50) ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	const bool is_unsteady = is_switch ||
				 !strncmp(pool->of[i].name, "u_", 2);
	const bool is_new = percent(75);

	start_message(m, is_unsteady && !is_new ? RTM_DELLINK : RTM_NEWLINK,
		      NLM_F_ACK | (is_unsteady ? NLM_F_CREATE : 0), &ifi,
		      sizeof(ifi));
	if (is_unsteady && is_new)
		put_link(m, pool->of[i].name, is_switch ? "podswitch" :
							  "dummy");
	end_message(m);
}

static void draft_link_dump(struct message *m)
{
	const struct ifinfomsg ifi = { .ifi_family = AF_BRIDGE };

	start_message(m, percent(50) ? RTM_GETLINK : RTM_GETNEIGH, NLM_F_DUMP,
		      &ifi, sizeof(ifi));
	if (header(m)->nlmsg_type == RTM_GETLINK)
		put_number(m, IFLA_EXT_MASK,
			   percent(50) ? RTEXT_FILTER_BRVLAN :
					 RTEXT_FILTER_BRVLAN_COMPRESSED, 4);
	end_message(m);
}

void draft_rtnl(struct draft *d)
{
	static void (*const drafts[])(struct message *m) = {
		draft_bridge, draft_bridge, draft_bridge, draft_fdb, draft_fdb,
		draft_fdb, draft_master, draft_link, draft_link_dump,
	};

	drafts[below(ARRAY_SIZE(drafts))](&d->m);
}
