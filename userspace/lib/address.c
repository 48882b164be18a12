// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include <errno.h>
#include <sys/socket.h>

#include "handle.h"

/* How an address of a family is carried. */
static const struct podswitch_family {
	uint8_t family;
	uint16_t type;
	size_t len;
} podswitch_families[] = {
	{ AF_INET, PODSWITCH_A_ADDRESS_IPV4, sizeof(struct in_addr) },
	{ AF_INET6, PODSWITCH_A_ADDRESS_IPV6, sizeof(struct in6_addr) },
	{ AF_PACKET, PODSWITCH_A_ADDRESS_MAC, 6 },
};

static const struct podswitch_family *podswitch_family_find(uint8_t family)
{
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(podswitch_families); i++)
		if (podswitch_families[i].family == family)
			return &podswitch_families[i];
	return NULL;
}

static void podswitch_put_address(struct nl *nl,
				  const struct podswitch_family *family,
				  const struct podswitch_address *address)
{
	struct nlattr *nest = nl_nest_start(nl, PODSWITCH_A_PORT_ADDRESS);

	/* The union begins with the bytes of any family. */
	nl_put(nl, family->type, &address->v6, family->len);
	if (address->has_vlan)
		nl_put_u16(nl, PODSWITCH_A_ADDRESS_VLAN, address->vlan);
	if (address->shared)
		nl_put_u8(nl, PODSWITCH_A_ADDRESS_SHARED, 1);
	nl_nest_end(nl, nest);
}

int podswitch_put_addresses(struct podswitch *h,
			    const struct podswitch_address *addresses,
			    size_t n_addresses)
{
	const struct podswitch_family *family;
	size_t i;

	for (i = 0; i < n_addresses; i++) {
		if (podswitch_refuse_newer(h, addresses[i].reserved,
					   sizeof(addresses[i].reserved))) {
			nl_discard(&h->nl);
			return -EINVAL;
		}
		family = podswitch_family_find(addresses[i].family);
		if (!family) {
			nl_discard(&h->nl);
			return nl_fail(&h->nl, -EINVAL,
				       "Address %zu has no known family", i);
		}
		podswitch_put_address(&h->nl, family, &addresses[i]);
	}
	return 0;
}

bool podswitch_get_ip(const struct nlattr *ipv4, const struct nlattr *ipv6,
		      struct podswitch_address *address)
{
	*address = (struct podswitch_address){ 0 };
	if (nl_get_bytes(ipv4, &address->v4, sizeof(address->v4)))
		address->family = AF_INET;
	else if (nl_get_bytes(ipv6, &address->v6, sizeof(address->v6)))
		address->family = AF_INET6;
	return address->family;
}

bool podswitch_get_address(const struct nlattr *attr,
			   struct podswitch_address *address)
{
	const struct nlattr *tb[PODSWITCH_A_ADDRESS_MAX + 1];

	nl_parse_nested(attr, tb, PODSWITCH_A_ADDRESS_MAX);
	podswitch_get_ip(tb[PODSWITCH_A_ADDRESS_IPV4],
			 tb[PODSWITCH_A_ADDRESS_IPV6], address);
	if (nl_get_bytes(tb[PODSWITCH_A_ADDRESS_MAC], address->mac,
			 sizeof(address->mac)))
		address->family = AF_PACKET;
	address->shared = nl_get_u32(tb[PODSWITCH_A_ADDRESS_SHARED]);
	address->has_vlan = tb[PODSWITCH_A_ADDRESS_VLAN];
	address->vlan = nl_get_u16(tb[PODSWITCH_A_ADDRESS_VLAN]);
	return address->family;
}

static int podswitch_address_change(struct podswitch *h, uint8_t cmd,
				    uint32_t ifindex,
				    const struct podswitch_address *addresses,
				    size_t n_addresses)
{
	int err;

	podswitch_begin(h, cmd, NLM_F_ACK);
	nl_put_u32(&h->nl, PODSWITCH_A_PORT_IFINDEX, ifindex);
	err = podswitch_put_addresses(h, addresses, n_addresses);
	if (err)
		return err;
	return podswitch_talk(h, NULL, NULL);
}

int podswitch_address_new(struct podswitch *h, uint32_t ifindex,
			  const struct podswitch_address *addresses,
			  size_t n_addresses)
{
	return podswitch_address_change(h, PODSWITCH_CMD_ADDRESS_NEW, ifindex,
					addresses, n_addresses);
}

int podswitch_address_del(struct podswitch *h, uint32_t ifindex,
			  const struct podswitch_address *addresses,
			  size_t n_addresses)
{
	return podswitch_address_change(h, PODSWITCH_CMD_ADDRESS_DEL, ifindex,
					addresses, n_addresses);
}
