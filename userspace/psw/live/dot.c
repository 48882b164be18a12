// SPDX-License-Identifier: GPL-2.0
#include "dot.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "print.h"
#include "units.h"
#include "utf8.h"

enum {
	DOT_ADDRESSES = 8,	/* of a port, drawn at most */
};

#define TABLE_BEGIN \
	"<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\">"
#define TABLE_END	"</TABLE>"
#define RED		"<FONT COLOR=\"red\">"

/* Length of the character that a string begins with; 0 if XML has no such. */
static size_t dot_character(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len = utf8_len(s);

	/* XML 1.0 2.2: no C0, no U+FFFE, no U+FFFF; DEL and C1 are discouraged. */
	if (*s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0) ||
	    (*s == 0xef && s[1] == 0xbf && s[2] >= 0xbe))
		return 0;
	return len;
}

/* Writes a name into a label like HTML, in which "\N" is the node's name. */
static void dot_text(FILE *out, const char *text)
{
	size_t len;

	for (; *text; text += len ? len : 1) {
		len = dot_character(text);
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\\':
			fputs("\\\\", out);
			break;
		default:
			if (len)
				fwrite(text, 1, len, out);
			else
				fputc('?', out);
		}
	}
}

void dot_begin(FILE *out)
{
	fputs("graph podswitch {\n"
	      "\tgraph [rankdir=LR, ranksep=1.5];\n"
	      "\tnode [shape=plain, fontname=\"sans-serif\", fontsize=10];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=9];\n"
	      "\thost [shape=box, label=\"host\"];\n", out);
}

/* How much goes one way, in a line of a label in quotes. */
static void dot_way(FILE *out, const char *way, const struct rates_port *port,
		    enum rates_what packets, enum rates_what bytes)
{
	if (port->measured)
		fprintf(out, "%s %s packets/s, %s bit/s\\l", way,
			units_short(port->rate[packets]).s,
			units_short(8 * port->rate[bytes]).s);
	else
		fprintf(out, "%s %s packets, %s bytes\\l", way,
			units_short((double)port->total[packets]).s,
			units_short((double)port->total[bytes]).s);
}

static void dot_ways(FILE *out, const struct rates_port *port)
{
	dot_way(out, "sent", port, RATES_RX_PACKETS, RATES_RX_BYTES);
	dot_way(out, "received", port, RATES_TX_PACKETS, RATES_TX_BYTES);
}

/* What was dropped of what came from there, as a cell; nothing if nothing was. */
static void dot_drops(FILE *out, const struct rates_port *port)
{
	unsigned int i;

	if (port->measured && port->rate[RATES_DROPS] > 0)
		fprintf(out, "<TR><TD>" RED "%s dropped/s: %s</FONT></TD></TR>",
			units_short(port->rate[RATES_DROPS]).s,
			podswitch_drop_name(port->last_drop));
	if (port->measured || !port->total[RATES_DROPS])
		return;
	fputs("<TR><TD>" RED "dropped", out);
	for (i = 1; i <= PODSWITCH_A_DROPS_MAX; i++)
		if (port->stats.drops[i])
			fprintf(out, "<BR/>%s %" PRIu64, podswitch_drop_name(i),
				port->stats.drops[i]);
	fputs("</FONT></TD></TR>", out);
}

void dot_switch(FILE *out, const struct podswitch_switch *sw,
		const struct rates_port *host)
{
	const uint8_t *mac = sw->mac;

	fprintf(out, "\tswitch%u [label=<" TABLE_BEGIN "<TR><TD><B>",
		sw->ifindex);
	dot_text(out, sw->name);
	fprintf(out, "</B></TD></TR><TR><TD>%02x:%02x:%02x:%02x:%02x:%02x"
		"<BR/>MTU %u<BR/>%u ports, %u addresses</TD></TR>",
		mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], sw->mtu,
		sw->ports, sw->addresses);
	dot_drops(out, host);
	fprintf(out, TABLE_END ">];\n\thost -- switch%u [label=\"",
		sw->ifindex);
	dot_ways(out, host);
	fputs("\"];\n", out);
}

static void dot_address(FILE *out, const struct podswitch_port *port,
			const struct podswitch_address *address)
{
	char text[INET6_ADDRSTRLEN];
	const uint8_t *mac = address->mac;

	if (address->family == AF_PACKET) {
		fprintf(out, "<BR/>%02x:%02x:%02x:%02x:%02x:%02x extra",
			mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		return;
	}
	if (!inet_ntop(address->family, &address->v6, text, sizeof(text)))
		return;
	fprintf(out, "<BR/>%s", text);
	if (address->has_vlan && address->vlan != port->pvid)
		fprintf(out, " VLAN %u", address->vlan);
	if (address->shared)
		fputs(" shared", out);
}

static void dot_addresses(FILE *out, const struct podswitch_port *port)
{
	const uint8_t *mac = port->mac;
	size_t i;

	if (port->has_mac)
		fprintf(out, "<BR/>%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
			mac[1], mac[2], mac[3], mac[4], mac[5]);
	for (i = 0; i < port->n_addresses && i < DOT_ADDRESSES; i++)
		dot_address(out, port, &port->addresses[i]);
	if (port->n_addresses > DOT_ADDRESSES)
		fprintf(out, "<BR/>and %zu more",
			port->n_addresses - DOT_ADDRESSES);
}

static void dot_node(FILE *out, const struct podswitch_port *port,
		     const struct rates_port *rates)
{
	const char *guard = podswitch_guard_name(port->guard);

	fprintf(out, "\tport%u [label=<" TABLE_BEGIN "<TR><TD><B>",
		port->ifindex);
	dot_text(out, rates->kind == RATES_UPLINK ? "uplink" : rates->label);
	fputs("</B></TD></TR><TR><TD>", out);
	dot_text(out, port->name);
	dot_addresses(out, port);
	fputs("</TD></TR>", out);
	if (port->role == PODSWITCH_ROLE_POD)
		fprintf(out, "<TR><TD>guard %s%s%s%s%s</TD></TR>",
			guard ? guard : "?", port->isolated ? ", isolated" : "",
			port->hairpin ? ", hairpin" : "",
			port->router ? ", router" : "",
			port->dhcp_server ? ", dhcp-server" : "");
	dot_drops(out, rates);
	fputs(TABLE_END ">];\n", out);
}

/* VLANs, as a line of a label in quotes; nothing outside all VLANs. */
static void dot_vlans(FILE *out, const struct podswitch_port *port)
{
	const struct podswitch_vlan_range *range;
	size_t i;

	if (port->pvid)
		fprintf(out, "VLAN %u\\l", port->pvid);
	for (i = 0; i < port->n_trunk; i++) {
		range = &port->trunk[i];
		fprintf(out, "%s%u", i ? "," : "tagged VLANs ", range->first);
		if (range->last != range->first)
			fprintf(out, "-%u", range->last);
	}
	if (port->n_trunk)
		fputs("\\l", out);
}

void dot_port(FILE *out, const struct podswitch_port *port,
	      const struct rates_port *rates)
{
	dot_node(out, port, rates);
	if (rates->kind == RATES_UPLINK)
		fprintf(out, "\tport%u -- switch%u [label=\"", port->ifindex,
			port->switch_ifindex);
	else
		fprintf(out, "\tswitch%u -- port%u [label=\"",
			port->switch_ifindex, port->ifindex);
	dot_vlans(out, port);
	dot_ways(out, rates);
	fputs("\"];\n", out);
}

void dot_end(FILE *out)
{
	fputs("}\n", out);
}
