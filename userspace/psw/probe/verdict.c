// SPDX-License-Identifier: GPL-2.0
#include "verdict.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Why frames are dropped, and the command that helps: %d is the device that
 * the frame came from, %r that which it was for, %s its IP source, %m its
 * Ethernet source, %v its VLAN.
 */
static const struct {
	const char *why;
	const char *advice;
} verdict_drops[PODSWITCH_A_DROPS_MAX + 1] = {
	[PODSWITCH_A_DROPS_MALFORMED] = {
		"a header is cut short or contradicts itself", NULL },
	[PODSWITCH_A_DROPS_TAGGED] = {
		"it has a tag and the port has no trunk, or it has two",
		"psw port set %d trunk VLANS" },
	[PODSWITCH_A_DROPS_RESERVED_GROUP] = {
		"no bridge forwards what is sent to this group", NULL },
	[PODSWITCH_A_DROPS_SPOOFED_MAC] = {
		"the port does not hold the Ethernet source",
		"psw address add %m dev %d" },
	[PODSWITCH_A_DROPS_SPOOFED_IPV4] = {
		"the port does not hold the IPv4 source",
		"psw address add %s dev %d" },
	[PODSWITCH_A_DROPS_SPOOFED_IPV6] = {
		"the port does not hold the IPv6 source",
		"psw address add %s dev %d" },
	[PODSWITCH_A_DROPS_SPOOFED_ARP] = {
		"it claims an address that the port does not hold",
		"psw address add %s dev %d" },
	[PODSWITCH_A_DROPS_SPOOFED_ND] = {
		"it claims an address that the port does not hold",
		"psw address add %s dev %d" },
	[PODSWITCH_A_DROPS_ROUTER_MESSAGE] = {
		"only a router may send it",
		"psw port set %d router on" },
	[PODSWITCH_A_DROPS_UNKNOWN_DESTINATION] = {
		"no port holds the Ethernet destination, and no uplink takes it",
		NULL },
	[PODSWITCH_A_DROPS_SAME_PORT] = {
		"it would go back where it came from",
		"psw port set %d hairpin on" },
	[PODSWITCH_A_DROPS_ISOLATED] = {
		"both ports are isolated",
		"psw port set %d isolated off" },
	[PODSWITCH_A_DROPS_TOO_BIG] = {
		"it is longer than the MTU of the receiver's interface",
		"ip link set %r mtu MTU, and the same in the pod" },
	[PODSWITCH_A_DROPS_RECEIVER_DOWN] = {
		"the receiver, or the pod's interface behind it, is down",
		"ip link set %r up, and the same in the pod" },
	[PODSWITCH_A_DROPS_NO_MEMORY] = {
		"memory ran out", NULL },
	[PODSWITCH_A_DROPS_FOREIGN_VLAN] = {
		"its VLAN is not one of the port's",
		"psw port set %d trunk %v" },
	[PODSWITCH_A_DROPS_STORM] = {
		"the port has sent all frames to groups that it may for now",
		"psw port set %d storm-limit 0" },
	[PODSWITCH_A_DROPS_HOST_REDIRECT] = {
		"it would lead the pod past the host's translation", NULL },
	[PODSWITCH_A_DROPS_DHCP_SERVER] = {
		"only a DHCP server may send it",
		"psw port set %d dhcp-server on" },
};

/* Causes in words that go on from what came of the step. */
static const char *const verdict_causes[] = {
	[PODSWITCH_PROBE_CAUSE_DOWN] =
		"the device, or the pod's interface behind it, is down",
	[PODSWITCH_PROBE_CAUSE_TRUNCATED_TAG] =
		"the kernel drops what ends within its VLAN tag",
	[PODSWITCH_PROBE_CAUSE_INGRESS_HOOK] =
		"a tc or netfilter ingress hook sees it first",
	[PODSWITCH_PROBE_CAUSE_FROM_HOST] =
		"as all that the host sends",
	[PODSWITCH_PROBE_CAUSE_OVER_VETH] =
		"the sending device is on top of a veth",
	[PODSWITCH_PROBE_CAUSE_NO_VETH] =
		"the device is no veth",
	[PODSWITCH_PROBE_CAUSE_SAME_NAMESPACE] =
		"the other end of the veth is in the host's namespace",
	[PODSWITCH_PROBE_CAUSE_QUEUEING_DISCIPLINE] =
		"the device has a queueing discipline",
	[PODSWITCH_PROBE_CAUSE_TRANSMIT_QUEUES] =
		"the device has more than one transmit queue",
	[PODSWITCH_PROBE_CAUSE_EGRESS_HOOK] =
		"the device has a tc or netfilter egress hook",
	[PODSWITCH_PROBE_CAUSE_TAP] =
		"somebody captures on the device",
	[PODSWITCH_PROBE_CAUSE_RECEIVE_HANDLER] =
		"the pod's interface belongs to a bridge, macvlan or the like",
	[PODSWITCH_PROBE_CAUSE_XDP] =
		"the pod's interface has an XDP program",
	[PODSWITCH_PROBE_CAUSE_PROMISCUOUS] =
		"it is promiscuous and sees all",
	[PODSWITCH_PROBE_CAUSE_REUSED] =
		"a translated connection by its ports is over and is forgotten",
};

static const char *const verdict_frames[] = {
	[COMPOSE_PLAIN] = "ethernet",
	[COMPOSE_ARP] = "arp",
	[COMPOSE_ND] = "nd",
	[COMPOSE_ICMP] = "icmp",
	[COMPOSE_TCP] = "tcp",
	[COMPOSE_UDP] = "udp",
};

/* --- making a row --- */

static const char *member(const cJSON *row, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, key);

	return item && item->valuestring ? item->valuestring : NULL;
}

/* What stands for a letter of an advice; NULL leaves the advice out. */
static const char *advice_word(char letter, const cJSON *row, const cJSON *step)
{
	switch (letter) {
	case 'd':
		return member(row, "from");
	case 'r':
		return member(step, "device");
	case 's':
		return member(row, "src");
	case 'm':
		return member(row, "src-mac");
	case 'v':
		return member(row, "vlan");
	default:
		return NULL;
	}
}

static void verdict_add_advice(const cJSON *row, cJSON *step,
			       const char *template)
{
	char text[256];
	const char *word;
	size_t n = 0;

	for (; *template; template++) {
		if (n >= sizeof(text) - 1)
			return;
		if (*template != '%') {
			text[n++] = *template;
			continue;
		}
		word = advice_word(*++template, row, step);
		if (!word)
			return;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", word);
	}
	text[n < sizeof(text) ? n : sizeof(text) - 1] = '\0';
	print_add_string(step, "advice", text);
}

static void verdict_add_drop(const cJSON *row, cJSON *step, unsigned int drop)
{
	if (!podswitch_drop_name(drop)) {
		print_add_uint(step, "drop", drop);
		return;
	}
	print_add_string(step, "drop", podswitch_drop_name(drop));
	print_add_string(step, "reason", verdict_drops[drop].why);
	if (verdict_drops[drop].advice)
		verdict_add_advice(row, step, verdict_drops[drop].advice);
}

static void verdict_add_cause(cJSON *step, enum podswitch_probe_cause cause)
{
	if (!podswitch_probe_cause_name(cause)) {
		print_add_uint(step, "cause", cause);
		return;
	}
	print_add_string(step, "cause", podswitch_probe_cause_name(cause));
	print_add_string(step, "reason", verdict_causes[cause]);
}

static void verdict_add_part(cJSON *row, cJSON *steps, const struct ends *ends,
			     const struct podswitch_probe_part *part)
{
	const struct ends_port *port = ends_port(ends, part->ifindex);
	cJSON *step = print_add_row(steps);

	print_add_string(step, "step", podswitch_probe_step_name(part->step));
	print_add_string(step, "verdict",
			 podswitch_probe_verdict_name(part->verdict));
	if (part->ifindex)
		print_add_string(step, "device", part->name);
	if (port && *port->pod)
		print_add_string(step, "pod", port->pod);
	if (part->verdict == PODSWITCH_PROBE_VERDICT_DELIVER)
		print_add_string(step, "way",
				 podswitch_probe_way_name(part->way));
	if (part->has_mac)
		print_add_mac(step, "mac", part->mac);
	if (part->drop)
		verdict_add_drop(row, step, part->drop);
	else if (part->cause)
		verdict_add_cause(step, part->cause);
}

static void verdict_add_bytes(cJSON *row,
			      const struct podswitch_probe_config *made)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = made->frame;
	char hex[2 * 256 + 1];
	size_t i;

	print_add_uint(row, "len", made->len > made->frame_len ?
				   made->len : made->frame_len);
	if (made->frame_len > sizeof(hex) / 2)
		return;
	for (i = 0; i < made->frame_len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	hex[2 * i] = '\0';
	print_add_string(row, "hex", hex);
}

static void verdict_add_cfg(cJSON *row, const struct compose *cfg)
{
	print_add_string(row, "frame", verdict_frames[cfg->what]);
	if (cfg->what == COMPOSE_PLAIN)
		return;
	print_add_address(row, "src", &cfg->src);
	print_add_address(row, "dst", &cfg->dst);
	if (cfg->what != COMPOSE_TCP && cfg->what != COMPOSE_UDP)
		return;
	print_add_uint(row, "sport", cfg->sport);
	print_add_uint(row, "dport", cfg->dport);
}

cJSON *verdict_add(cJSON *list, const struct verdict_frame *frame,
		   const struct ends *ends,
		   const struct podswitch_probe_result *probe)
{
	const struct ends_port *from = ends_port(ends, probe->ifindex);
	const uint8_t *bytes = frame->made->frame;
	cJSON *row = print_add_row(list);
	char name[IFNAMSIZ] = "";
	cJSON *steps;
	size_t i;

	print_add_string(row, "from", if_indextoname(probe->ifindex, name));
	print_add_string(row, "switch",
			 if_indextoname(probe->switch_ifindex, name));
	print_add_mac(row, "dst-mac", bytes);
	print_add_mac(row, "src-mac", bytes + 6);
	if (frame->cfg)
		verdict_add_cfg(row, frame->cfg);
	if (from)
		print_add_string(row, "guard",
				 podswitch_guard_name(from->guard));
	verdict_add_bytes(row, frame->made);
	if (probe->has_kind)
		print_add_string(row, "kind",
				 podswitch_probe_kind_name(probe->kind));
	print_add_uint(row, "vlan", probe->vlan);
	steps = print_add_array(row, "steps");
	for (i = 0; i < probe->n_parts; i++)
		verdict_add_part(row, steps, ends, &probe->parts[i]);
	print_add_uint(row, "receivers", probe->receivers);
	if (probe->receivers > PODSWITCH_PROBE_RECEIVERS_MAX)
		print_add_uint(row, "more-receivers", probe->receivers -
			       PODSWITCH_PROBE_RECEIVERS_MAX);
	print_add_bool(row, "delivered", podswitch_probe_is_delivered(probe));
	return row;
}

/* --- writing it --- */

/* The pod and the device, or the device alone. */
static void text_device(FILE *out, const cJSON *step)
{
	const char *pod = member(step, "pod");
	const char *device = member(step, "device");

	if (pod) {
		print_safe(out, pod);
		fputs(" (", out);
	}
	print_safe(out, device ? device : "nobody");
	if (pod)
		fputc(')', out);
}

static void text_reason(FILE *out, const char *before, const cJSON *step)
{
	if (!member(step, "reason"))
		return;
	fputs(before, out);
	print_safe(out, member(step, "reason"));
}

static void text_drop(FILE *out, const cJSON *step)
{
	fputs("dropped", out);
	if (cJSON_HasObjectItem(step, "drop")) {
		fputs(": ", out);
		print_member(out, step, "drop");
	}
	if (member(step, "device")) {
		fputs(": ", out);
		text_device(out, step);
	}
	text_reason(out, ": ", step);
	if (member(step, "advice")) {
		fputs("; ", out);
		print_safe(out, member(step, "advice"));
	}
}

static void text_deliver(FILE *out, const cJSON *step)
{
	const char *way = member(step, "way");

	if (way && !strcmp(way, "host")) {
		fputs("to the host, received on ", out);
		print_member(out, step, "device");
		text_reason(out, ": ", step);
		return;
	}
	fputs("to ", out);
	text_device(out, step);
	fputs(way && !strcmp(way, "direct") ? ", directly" : ", queued", out);
	text_reason(out, ": ", step);
}

static void text_answer(FILE *out, const cJSON *step)
{
	fputs("answered for ", out);
	text_device(out, step);
	fputs(": ", out);
	print_member(out, step, "mac");
}

static void text_port(FILE *out, const cJSON *step)
{
	fputs("to ", out);
	text_device(out, step);
}

/* What "pass" means at each step. */
static const struct {
	const char *step;
	const char *text;
} text_passes[] = {
	{ "redirect", "no redirect" },
	{ "answer", "no other port holds what is asked for" },
	{ "translate", "it is of no connection that the host translates" },
	{ "admit", "within the storm limit" },
};

static void text_pass(FILE *out, const cJSON *row, const cJSON *step)
{
	const char *name = member(step, "step");
	const char *vlan = member(row, "vlan");
	size_t i;

	if (name && !strcmp(name, "receive")) {
		fputs("from ", out);
		text_device(out, step);
	} else if (name && !strcmp(name, "describe")) {
		print_member(out, row, "kind");
		if (vlan && strcmp(vlan, "0")) {
			fputs(", VLAN ", out);
			print_member(out, row, "vlan");
		}
	} else if (name && !strcmp(name, "guard")) {
		fputs("passed, guard ", out);
		print_member(out, row, "guard");
	} else {
		for (i = 0; i < ARRAY_SIZE(text_passes); i++)
			if (name && !strcmp(name, text_passes[i].step))
				fputs(text_passes[i].text, out);
	}
	text_reason(out, "; ", step);
}

/* Verdicts of which there is nothing more to say than one sentence. */
static const struct {
	const char *verdict;
	const char *text;
} text_verdicts[] = {
	{ "host", "to the host" },
	{ "group", "to the host and all ports that listen" },
	{ "question", "to the host and the ports that may know" },
	{ "leave", "stays with the uplink's device, for the host" },
};

static void text_step(FILE *out, const cJSON *row, const cJSON *step)
{
	const char *name = member(step, "step");
	const char *verdict = member(step, "verdict");
	size_t i;

	fprintf(out, "\n  %-9s ", name ? name : "?");
	if (!verdict) {
		fputc('?', out);
	} else if (!strcmp(verdict, "pass")) {
		text_pass(out, row, step);
	} else if (!strcmp(verdict, "drop")) {
		text_drop(out, step);
	} else if (!strcmp(verdict, "deliver")) {
		text_deliver(out, step);
	} else if (!strcmp(verdict, "answer")) {
		text_answer(out, step);
	} else if (!strcmp(verdict, "port")) {
		text_port(out, step);
	} else {
		for (i = 0; i < ARRAY_SIZE(text_verdicts); i++)
			if (!strcmp(verdict, text_verdicts[i].verdict))
				fputs(text_verdicts[i].text, out);
	}
}

static void text_port_number(FILE *out, const cJSON *row, const char *key)
{
	if (!cJSON_HasObjectItem(row, key))
		return;
	fputs(" port ", out);
	print_member(out, row, key);
}

/* The frame, on a line. */
static void text_frame(FILE *out, const cJSON *row)
{
	const char *what = member(row, "frame");
	bool is_question = what && (!strcmp(what, "arp") ||
				    !strcmp(what, "nd"));

	fputs(what ? what : "frame", out);
	if (is_question) {
		fputs(": ", out);
		print_member(out, row, "src");
		fputs(" asks who has ", out);
		print_member(out, row, "dst");
	} else if (member(row, "dst")) {
		fputs(": ", out);
		print_member(out, row, "src");
		text_port_number(out, row, "sport");
		fputs(" > ", out);
		print_member(out, row, "dst");
		text_port_number(out, row, "dport");
	}
	fputs(", ", out);
	print_member(out, row, "src-mac");
	fputs(" > ", out);
	print_member(out, row, "dst-mac");
	fputs(", ", out);
	print_member(out, row, "len");
	fputs(" bytes", out);
}

void verdict_text(FILE *out, const cJSON *row)
{
	const cJSON *step;

	text_frame(out, row);
	cJSON_ArrayForEach(step,
			   cJSON_GetObjectItemCaseSensitive(row, "steps")) {
		text_step(out, row, step);
	}
	if (cJSON_HasObjectItem(row, "more-receivers")) {
		fputs("\n  deliver   to ", out);
		print_member(out, row, "more-receivers");
		fputs(" more ports", out);
	}
}
