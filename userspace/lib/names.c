// SPDX-License-Identifier: LGPL-2.1-or-later
#include "podswitch.h"

#include "handle.h"

static const char *const podswitch_guards[] = {
	[PODSWITCH_GUARD_OFF] = "off",
	[PODSWITCH_GUARD_MAC] = "mac",
	[PODSWITCH_GUARD_MAC_IP] = "mac+ip",
};

static const char *const podswitch_roles[] = {
	[PODSWITCH_ROLE_POD] = "pod",
	[PODSWITCH_ROLE_UPLINK] = "uplink",
};

/* A drop reason as the protocol names it, and what such a frame is. */
static const struct {
	const char *name;
	const char *text;
} podswitch_drops[] = {
	[PODSWITCH_A_DROPS_MALFORMED] = {
		"malformed", "with malformed headers" },
	[PODSWITCH_A_DROPS_TAGGED] = {
		"tagged", "with a VLAN tag" },
	[PODSWITCH_A_DROPS_RESERVED_GROUP] = {
		"reserved-group", "to a group that is never forwarded" },
	[PODSWITCH_A_DROPS_SPOOFED_MAC] = {
		"spoofed-mac", "from a foreign MAC" },
	[PODSWITCH_A_DROPS_SPOOFED_IPV4] = {
		"spoofed-ipv4", "from a foreign IPv4 address" },
	[PODSWITCH_A_DROPS_SPOOFED_IPV6] = {
		"spoofed-ipv6", "from a foreign IPv6 address" },
	[PODSWITCH_A_DROPS_SPOOFED_ARP] = {
		"spoofed-arp", "with a foreign ARP sender" },
	[PODSWITCH_A_DROPS_SPOOFED_ND] = {
		"spoofed-nd", "that claim a foreign IPv6 neighbour" },
	[PODSWITCH_A_DROPS_ROUTER_MESSAGE] = {
		"router-message", "that only a router may send" },
	[PODSWITCH_A_DROPS_UNKNOWN_DESTINATION] = {
		"unknown-destination", "to a MAC that no port holds" },
	[PODSWITCH_A_DROPS_SAME_PORT] = {
		"same-port", "to itself" },
	[PODSWITCH_A_DROPS_ISOLATED] = {
		"isolated", "to a port that is isolated too" },
	[PODSWITCH_A_DROPS_TOO_BIG] = {
		"too-big", "longer than the receiver's MTU" },
	[PODSWITCH_A_DROPS_RECEIVER_DOWN] = {
		"receiver-down", "to a receiver that is down" },
	[PODSWITCH_A_DROPS_NO_MEMORY] = {
		"no-memory", "for which memory ran out" },
	[PODSWITCH_A_DROPS_FOREIGN_VLAN] = {
		"foreign-vlan", "in a VLAN that is not the port's" },
	[PODSWITCH_A_DROPS_STORM] = {
		"storm", "to groups beyond the storm limit" },
	[PODSWITCH_A_DROPS_HOST_REDIRECT] = {
		"host-redirect", "that redirect what the host translates" },
	[PODSWITCH_A_DROPS_DHCP_SERVER] = {
		"dhcp-server", "that only a DHCP server may send" },
};

static const char *const podswitch_switch_attributes[] = {
	[PODSWITCH_A_SWITCH_IFINDEX] = "ifindex",
	[PODSWITCH_A_SWITCH_NAME] = "name",
	[PODSWITCH_A_SWITCH_MAC] = "mac",
	[PODSWITCH_A_SWITCH_MTU] = "mtu",
	[PODSWITCH_A_SWITCH_MAX_PORTS] = "max-ports",
	[PODSWITCH_A_SWITCH_MAX_ADDRESSES] = "max-addresses",
	[PODSWITCH_A_SWITCH_PORTS] = "ports",
	[PODSWITCH_A_SWITCH_ADDRESSES] = "addresses",
	[PODSWITCH_A_SWITCH_LAST_IPV4] = "last-ipv4",
	[PODSWITCH_A_SWITCH_LAST_IPV6] = "last-ipv6",
	[PODSWITCH_A_SWITCH_STATS] = "stats",
	[PODSWITCH_A_SWITCH_UPLINK] = "uplink",
};

static const char *const podswitch_port_attributes[] = {
	[PODSWITCH_A_PORT_SWITCH] = "switch",
	[PODSWITCH_A_PORT_IFINDEX] = "ifindex",
	[PODSWITCH_A_PORT_NAME] = "name",
	[PODSWITCH_A_PORT_MAC] = "mac",
	[PODSWITCH_A_PORT_GUARD] = "guard",
	[PODSWITCH_A_PORT_ISOLATED] = "isolated",
	[PODSWITCH_A_PORT_HAIRPIN] = "hairpin",
	[PODSWITCH_A_PORT_OWNER] = "owner",
	[PODSWITCH_A_PORT_ADDRESS] = "address",
	[PODSWITCH_A_PORT_STATS] = "stats",
	[PODSWITCH_A_PORT_ROLE] = "role",
	[PODSWITCH_A_PORT_PVID] = "pvid",
	[PODSWITCH_A_PORT_TRUNK] = "trunk",
	[PODSWITCH_A_PORT_STORM_LIMIT] = "storm-limit",
	[PODSWITCH_A_PORT_TRANSLATED] = "translated",
	[PODSWITCH_A_PORT_ROUTER] = "router",
	[PODSWITCH_A_PORT_DHCP_SERVER] = "dhcp-server",
};

static const char *const podswitch_probe_attributes[] = {
	[PODSWITCH_A_PROBE_IFINDEX] = "ifindex",
	[PODSWITCH_A_PROBE_FRAME] = "frame",
	[PODSWITCH_A_PROBE_LEN] = "len",
	[PODSWITCH_A_PROBE_GSO] = "gso",
	[PODSWITCH_A_PROBE_SWITCH] = "switch",
	[PODSWITCH_A_PROBE_KIND] = "kind",
	[PODSWITCH_A_PROBE_VLAN] = "vlan",
	[PODSWITCH_A_PROBE_RECEIVERS] = "receivers",
	[PODSWITCH_A_PROBE_STEP] = "step",
};

/* Those that are asked for; the others are events. */
static const char *const podswitch_commands[] = {
	[PODSWITCH_CMD_SWITCH_GET] = "switch-get",
	[PODSWITCH_CMD_SWITCH_SET] = "switch-set",
	[PODSWITCH_CMD_PORT_NEW] = "port-new",
	[PODSWITCH_CMD_PORT_SET] = "port-set",
	[PODSWITCH_CMD_PORT_GET] = "port-get",
	[PODSWITCH_CMD_PORT_DEL] = "port-del",
	[PODSWITCH_CMD_ADDRESS_NEW] = "address-new",
	[PODSWITCH_CMD_ADDRESS_DEL] = "address-del",
	[PODSWITCH_CMD_PROBE] = "probe",
};

/* A value added to the protocol is to be named here too. */
_Static_assert(MNL_ARRAY_SIZE(podswitch_probe_attributes) ==
	       PODSWITCH_A_PROBE_MAX + 1, "an attribute has no name");
_Static_assert(MNL_ARRAY_SIZE(podswitch_drops) == PODSWITCH_A_DROPS_MAX + 1,
	       "a drop reason has no name");
_Static_assert(MNL_ARRAY_SIZE(podswitch_switch_attributes) ==
	       PODSWITCH_A_SWITCH_MAX + 1, "an attribute has no name");
_Static_assert(MNL_ARRAY_SIZE(podswitch_port_attributes) ==
	       PODSWITCH_A_PORT_MAX + 1, "an attribute has no name");

const char *podswitch_guard_name(enum podswitch_guard guard)
{
	if ((size_t)guard >= MNL_ARRAY_SIZE(podswitch_guards))
		return NULL;
	return podswitch_guards[guard];
}

const char *podswitch_role_name(enum podswitch_role role)
{
	if ((size_t)role >= MNL_ARRAY_SIZE(podswitch_roles))
		return NULL;
	return podswitch_roles[role];
}

const char *podswitch_drop_name(unsigned int reason)
{
	if (reason >= MNL_ARRAY_SIZE(podswitch_drops))
		return NULL;
	return podswitch_drops[reason].name;
}

const char *podswitch_drop_text(unsigned int reason)
{
	if (reason >= MNL_ARRAY_SIZE(podswitch_drops))
		return NULL;
	return podswitch_drops[reason].text;
}

const char *podswitch_attribute_name(uint8_t cmd, unsigned int type)
{
	bool of_switch = cmd == PODSWITCH_CMD_SWITCH_GET ||
			 cmd == PODSWITCH_CMD_SWITCH_SET;

	if (cmd == PODSWITCH_CMD_PROBE)
		return type > PODSWITCH_A_PROBE_MAX ? NULL :
		       podswitch_probe_attributes[type];
	if (of_switch)
		return type > PODSWITCH_A_SWITCH_MAX ? NULL :
		       podswitch_switch_attributes[type];
	return type > PODSWITCH_A_PORT_MAX ? NULL :
	       podswitch_port_attributes[type];
}

const char *podswitch_command_name(uint8_t cmd)
{
	if (cmd >= MNL_ARRAY_SIZE(podswitch_commands) ||
	    !podswitch_commands[cmd])
		return "?";
	return podswitch_commands[cmd];
}
