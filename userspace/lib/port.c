// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "handle.h"

/* Which attribute carries which member of an owner. */
static const struct {
	uint16_t type;
	size_t offset;
} podswitch_owner_members[] = {
	{ PODSWITCH_A_OWNER_NETWORK,
	  offsetof(struct podswitch_owner, network) },
	{ PODSWITCH_A_OWNER_CONTAINER_ID,
	  offsetof(struct podswitch_owner, container_id) },
	{ PODSWITCH_A_OWNER_IFNAME,
	  offsetof(struct podswitch_owner, ifname) },
	{ PODSWITCH_A_OWNER_POD_NAMESPACE,
	  offsetof(struct podswitch_owner, pod_namespace) },
	{ PODSWITCH_A_OWNER_POD_NAME,
	  offsetof(struct podswitch_owner, pod_name) },
};

_Static_assert(MNL_ARRAY_SIZE(podswitch_owner_members) ==
	       PODSWITCH_A_OWNER_MAX, "a member of the owner is forgotten");

/* Every second VLAN is alone in its range. */
enum { PODSWITCH_RANGES_MAX = (PODSWITCH_VLAN_MAX + 1) / 2 };

/* A request is begun with a whole owner, or not at all. */
static int podswitch_check_owner(struct podswitch *h,
				 const struct podswitch_owner *owner)
{
	if (!owner)
		return 0;
	return podswitch_refuse_newer(h, owner->reserved,
				      sizeof(owner->reserved));
}

static void podswitch_put_owner(struct nl *nl,
				const struct podswitch_owner *owner)
{
	const char *const *member;
	struct nlattr *nest;
	size_t i;

	nest = nl_nest_start(nl, PODSWITCH_A_PORT_OWNER);
	for (i = 0; i < MNL_ARRAY_SIZE(podswitch_owner_members); i++) {
		member = (const void *)((const char *)owner +
					podswitch_owner_members[i].offset);
		if (*member)
			nl_put_str(nl, podswitch_owner_members[i].type,
				   *member);
	}
	nl_nest_end(nl, nest);
}

void podswitch_get_owner(const struct nlattr *attr,
			 struct podswitch_owner *owner)
{
	const struct nlattr *tb[PODSWITCH_A_OWNER_MAX + 1];
	const char **member;
	size_t i;

	nl_parse_nested(attr, tb, PODSWITCH_A_OWNER_MAX);
	for (i = 0; i < MNL_ARRAY_SIZE(podswitch_owner_members); i++) {
		member = (void *)((char *)owner +
				  podswitch_owner_members[i].offset);
		*member = nl_get_str(tb[podswitch_owner_members[i].type]);
	}
}

static size_t podswitch_get_addresses(const struct nlmsghdr *nlh,
				      struct podswitch_address *addresses,
				      size_t max)
{
	const struct nlattr *attr;
	size_t n = 0;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (n == max)
			break;
		if (mnl_attr_get_type(attr) == PODSWITCH_A_PORT_ADDRESS)
			n += podswitch_get_address(attr, &addresses[n]);
	}
	return n;
}

static size_t podswitch_get_trunk(const struct nlmsghdr *nlh,
				  struct podswitch_vlan_range *trunk,
				  size_t max)
{
	const struct nlattr *tb[PODSWITCH_A_VLAN_RANGE_MAX + 1];
	const struct nlattr *attr;
	size_t n = 0;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (n == max)
			break;
		if (mnl_attr_get_type(attr) != PODSWITCH_A_PORT_TRUNK)
			continue;
		nl_parse_nested(attr, tb, PODSWITCH_A_VLAN_RANGE_MAX);
		trunk[n].first = nl_get_u16(tb[PODSWITCH_A_VLAN_RANGE_FIRST]);
		trunk[n].last = nl_get_u16(tb[PODSWITCH_A_VLAN_RANGE_LAST]);
		if (!trunk[n].last)
			trunk[n].last = trunk[n].first;
		n += trunk[n].first != 0;
	}
	return n;
}

int podswitch_read_port(const struct nlmsghdr *nlh, void *arg)
{
	struct podswitch_address addresses[PODSWITCH_PORT_ADDRESSES_MAX];
	struct podswitch_vlan_range trunk[PODSWITCH_RANGES_MAX];
	const struct nlattr *tb[PODSWITCH_A_PORT_MAX + 1];
	const struct podswitch_port_reader *reader = arg;
	struct podswitch_port port;

	nl_parse(nlh, GENL_HDRLEN, tb, PODSWITCH_A_PORT_MAX);
	port = (struct podswitch_port){
		.switch_ifindex = nl_get_u32(tb[PODSWITCH_A_PORT_SWITCH]),
		.ifindex = nl_get_u32(tb[PODSWITCH_A_PORT_IFINDEX]),
		.guard = nl_get_u32(tb[PODSWITCH_A_PORT_GUARD]),
		.isolated = nl_get_u32(tb[PODSWITCH_A_PORT_ISOLATED]),
		.hairpin = nl_get_u32(tb[PODSWITCH_A_PORT_HAIRPIN]),
		.role = nl_get_u32(tb[PODSWITCH_A_PORT_ROLE]),
		.pvid = nl_get_u16(tb[PODSWITCH_A_PORT_PVID]),
		.storm_limit = nl_get_u32(tb[PODSWITCH_A_PORT_STORM_LIMIT]),
		.translated = nl_get_u32(tb[PODSWITCH_A_PORT_TRANSLATED]),
		.router = nl_get_u32(tb[PODSWITCH_A_PORT_ROUTER]),
		.dhcp_server = nl_get_u32(tb[PODSWITCH_A_PORT_DHCP_SERVER]),
		.trunk = trunk,
		.addresses = addresses,
	};
	nl_copy_str(tb[PODSWITCH_A_PORT_NAME], port.name, sizeof(port.name));
	port.has_mac = nl_get_bytes(tb[PODSWITCH_A_PORT_MAC], port.mac,
				    sizeof(port.mac));
	port.n_addresses = podswitch_get_addresses(nlh, addresses,
						   MNL_ARRAY_SIZE(addresses));
	port.n_trunk = podswitch_get_trunk(nlh, trunk, MNL_ARRAY_SIZE(trunk));
	podswitch_get_owner(tb[PODSWITCH_A_PORT_OWNER], &port.owner);
	podswitch_get_stats(tb[PODSWITCH_A_PORT_STATS], &port.stats);
	return reader->cb(&port, reader->arg);
}

/* No ranges are a nest that is empty. */
static void podswitch_put_trunk(struct nl *nl,
				const struct podswitch_vlan_range *trunk,
				size_t n_trunk)
{
	struct nlattr *nest;
	size_t i = 0;

	do {
		nest = nl_nest_start(nl, PODSWITCH_A_PORT_TRUNK);
		if (i < n_trunk) {
			nl_put_u16(nl, PODSWITCH_A_VLAN_RANGE_FIRST,
				   trunk[i].first);
			nl_put_u16(nl, PODSWITCH_A_VLAN_RANGE_LAST,
				   trunk[i].last);
		}
		nl_nest_end(nl, nest);
	} while (++i < n_trunk);
}

/* What the program's header did not have yet is as by default. */
static int podswitch_take_config(struct podswitch *h,
				 const struct podswitch_port_config *given,
				 struct podswitch_port_config *cfg)
{
	*cfg = PODSWITCH_PORT_CONFIG_DEFAULT;
	if (!given->size)
		return nl_fail(&h->nl, -EINVAL,
			       "The port's configuration is not made from PODSWITCH_PORT_CONFIG_DEFAULT");
	if (given->size > sizeof(*cfg))
		return nl_fail(&h->nl, -EINVAL,
			       "The program is built for a newer library than libpodswitch %s",
			       podswitch_version());
	memcpy(cfg, given, given->size);
	return podswitch_check_owner(h, cfg->owner);
}

static void podswitch_put_config(struct nl *nl,
				 const struct podswitch_port_config *cfg)
{
	if (cfg->mac)
		nl_put(nl, PODSWITCH_A_PORT_MAC, cfg->mac, 6);
	if (cfg->guard >= 0)
		nl_put_u32(nl, PODSWITCH_A_PORT_GUARD, (uint32_t)cfg->guard);
	if (cfg->isolated >= 0)
		nl_put_u8(nl, PODSWITCH_A_PORT_ISOLATED,
			  (uint8_t)cfg->isolated);
	if (cfg->hairpin >= 0)
		nl_put_u8(nl, PODSWITCH_A_PORT_HAIRPIN, (uint8_t)cfg->hairpin);
	if (cfg->owner)
		podswitch_put_owner(nl, cfg->owner);
	if (cfg->role >= 0)
		nl_put_u32(nl, PODSWITCH_A_PORT_ROLE, (uint32_t)cfg->role);
	if (cfg->pvid >= 0)
		nl_put_u16(nl, PODSWITCH_A_PORT_PVID, (uint16_t)cfg->pvid);
	if (cfg->trunk)
		podswitch_put_trunk(nl, cfg->trunk, cfg->n_trunk);
	if (cfg->storm_limit >= 0)
		nl_put_u32(nl, PODSWITCH_A_PORT_STORM_LIMIT,
			   (uint32_t)cfg->storm_limit);
	if (cfg->translated >= 0)
		nl_put_u8(nl, PODSWITCH_A_PORT_TRANSLATED,
			  (uint8_t)cfg->translated);
	if (cfg->router >= 0)
		nl_put_u8(nl, PODSWITCH_A_PORT_ROUTER, (uint8_t)cfg->router);
	if (cfg->dhcp_server >= 0)
		nl_put_u8(nl, PODSWITCH_A_PORT_DHCP_SERVER,
			  (uint8_t)cfg->dhcp_server);
}

int podswitch_port_new(struct podswitch *h, uint32_t switch_ifindex,
		       uint32_t ifindex,
		       const struct podswitch_port_config *cfg)
{
	struct podswitch_port_config own;
	int err;

	err = podswitch_take_config(h, cfg, &own);
	if (err)
		return err;
	podswitch_begin(h, PODSWITCH_CMD_PORT_NEW, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_SWITCH, switch_ifindex);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_IFINDEX, ifindex);
	podswitch_put_config(&h->nl, &own);
	err = podswitch_put_addresses(h, own.addresses, own.n_addresses);
	if (err)
		return err;
	return podswitch_talk(h, NULL, NULL);
}

int podswitch_port_set(struct podswitch *h, uint32_t ifindex,
		       const struct podswitch_port_config *cfg)
{
	struct podswitch_port_config own;
	int err;

	err = podswitch_take_config(h, cfg, &own);
	if (err)
		return err;
	if (own.n_addresses)
		return nl_fail(&h->nl, -EINVAL,
			       "Addresses are added and deleted one by one");
	if (own.role >= 0)
		return nl_fail(&h->nl, -EINVAL,
			       "A port has its role from the first");
	podswitch_begin(h, PODSWITCH_CMD_PORT_SET, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_IFINDEX, ifindex);
	podswitch_put_config(&h->nl, &own);
	return podswitch_talk(h, NULL, NULL);
}

int podswitch_port_del(struct podswitch *h, uint32_t ifindex)
{
	podswitch_begin(h, PODSWITCH_CMD_PORT_DEL, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_IFINDEX, ifindex);
	return podswitch_talk(h, NULL, NULL);
}

int podswitch_port_get(struct podswitch *h, uint32_t ifindex,
		       podswitch_port_cb *cb, void *arg)
{
	struct podswitch_port_reader reader = { .cb = cb, .arg = arg };

	podswitch_begin(h, PODSWITCH_CMD_PORT_GET, 0);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_IFINDEX, ifindex);
	return podswitch_talk(h, podswitch_read_port, &reader);
}

int podswitch_port_dump(struct podswitch *h,
			const struct podswitch_port_filter *filter,
			podswitch_port_cb *cb, void *arg)
{
	struct podswitch_port_reader reader = { .cb = cb, .arg = arg };

	if (filter &&
	    (podswitch_refuse_newer(h, filter->reserved,
				    sizeof(filter->reserved)) ||
	     podswitch_check_owner(h, filter->owner)))
		return -EINVAL;
	podswitch_begin(h, PODSWITCH_CMD_PORT_GET, NLM_F_DUMP);
	if (filter && filter->switch_ifindex)
		nl_put_u32(&h->nl, PODSWITCH_A_PORT_SWITCH,
			   filter->switch_ifindex);
	if (filter && filter->owner)
		podswitch_put_owner(&h->nl, filter->owner);
	return podswitch_dump(h, podswitch_read_port, &reader);
}
