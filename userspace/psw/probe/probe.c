// SPDX-License-Identifier: GPL-2.0
#include "psw.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "compose.h"
#include "ends.h"
#include "verdict.h"

static const char usage[] =
	"Usage: psw probe from END to END [ FRAME ] [ SETTING... ]\n"
	"       psw probe from END frame HEX [ SETTING... ]\n"
	"       psw probe help\n"
	"END     := host | [NAMESPACE/]POD | CONTAINER-ID | DEV | IP | MAC\n"
	"FRAME   := tcp PORT [ sport PORT ] [ ack ] | udp PORT [ sport PORT ] |\n"
	"           icmp | arp | nd\n"
	"SETTING := src IP | src-mac MAC | dst-mac MAC | vlan N | size BYTES |\n"
	"           gso | switch DEV\n";

enum {
	PROBE_SPORT = 49152,	/* the first that is nobody's (RFC 6335 6) */
	PROBE_HEX_MAX = 12000,	/* what fits into the library's request */
};

/* What kind of frame is asked about. */
struct probe_kind {
	bool given;
	enum compose_what what;
	uint16_t port;
};

struct probe_bytes {
	uint8_t data[PROBE_HEX_MAX];
	size_t n;
};

struct probe_args {
	const char *from;
	const char *to;
	const char *sw;
	struct probe_kind kind;
	uint16_t sport;
	bool ack;
	struct arg_addresses src;
	struct arg_mac src_mac;
	struct arg_mac dst_mac;
	int vlan;
	uint32_t size;
	bool gso;
	struct probe_bytes bytes;
};

/* Who gets what is for an address: whose MAC the sender would find out. */
enum probe_next {
	PROBE_GIVEN,	/* no question, the MAC is known */
	PROBE_GATEWAY,	/* the host routes it */
	PROBE_HOST,	/* the host, that is asked */
	PROBE_PORT,	/* a port, likewise */
	PROBE_NOBODY,	/* nobody is known to be there to answer */
};

/* What the arguments come to. */
struct probe {
	struct psw *psw;
	const struct probe_args *args;
	struct ends ends;
	struct podswitch_switch sw;
	struct end from;
	struct end to;
	cJSON *list;
	enum probe_next next;
	bool is_delivered;
	const char *why;	/* it is not, or NULL */
};

/* --- arguments --- */

static const char *probe_read_kind(struct probe_kind *kind,
				   enum compose_what what)
{
	if (kind->given)
		return "is the second kind of frame";
	kind->given = true;
	kind->what = what;
	return NULL;
}

static const char *probe_read_port(const char *value, uint16_t *port)
{
	unsigned long number;
	char *end;

	number = strtoul(value, &end, 10);
	if (!isdigit((unsigned char)*value) || *end || !number ||
	    number > UINT16_MAX)
		return "is not a port from 1 to 65535";
	*port = (uint16_t)number;
	return NULL;
}

static const char *probe_tcp(char *value, void *to)
{
	struct probe_kind *kind = to;
	const char *wrong = probe_read_port(value, &kind->port);

	return wrong ? wrong : probe_read_kind(kind, COMPOSE_TCP);
}

static const char *probe_udp(char *value, void *to)
{
	struct probe_kind *kind = to;
	const char *wrong = probe_read_port(value, &kind->port);

	return wrong ? wrong : probe_read_kind(kind, COMPOSE_UDP);
}

static const char *probe_icmp(char *value, void *to)
{
	(void)value;
	return probe_read_kind(to, COMPOSE_ICMP);
}

static const char *probe_arp(char *value, void *to)
{
	(void)value;
	return probe_read_kind(to, COMPOSE_ARP);
}

static const char *probe_nd(char *value, void *to)
{
	(void)value;
	return probe_read_kind(to, COMPOSE_ND);
}

static const char *probe_sport(char *value, void *to)
{
	return probe_read_port(value, to);
}

static const char *probe_flag(char *value, void *to)
{
	bool *flag = to;

	(void)value;
	*flag = true;
	return NULL;
}

static const char *probe_size(char *value, void *to)
{
	uint32_t *size = to;
	const char *wrong = arg_count(value, size);

	if (!wrong && *size > COMPOSE_SIZE_MAX)
		wrong = "is out of range";
	return wrong;
}

static const char *probe_hex(char *value, void *to)
{
	struct probe_bytes *bytes = to;
	size_t len = strlen(value);
	char digits[3] = "";
	size_t i;

	if (!len || len % 2 || strspn(value, "0123456789abcdefABCDEF") != len)
		return "is not bytes in hexadecimal";
	if (len / 2 > sizeof(bytes->data))
		return "is too long";
	for (i = 0; i < len; i += 2) {
		memcpy(digits, value + i, 2);
		bytes->data[bytes->n++] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return NULL;
}

static int probe_parse(struct psw *psw, char **words, struct probe_args *args)
{
	const struct arg table[] = {
		{ "from", ARG_BARE | ARG_NEEDED, arg_string, &args->from },
		{ "to", 0, arg_string, &args->to },
		{ "tcp", ARG_MANY, probe_tcp, &args->kind },
		{ "udp", ARG_MANY, probe_udp, &args->kind },
		{ "icmp", ARG_MANY | ARG_LONE, probe_icmp, &args->kind },
		{ "arp", ARG_MANY | ARG_LONE, probe_arp, &args->kind },
		{ "nd", ARG_MANY | ARG_LONE, probe_nd, &args->kind },
		{ "sport", 0, probe_sport, &args->sport },
		{ "ack", ARG_LONE, probe_flag, &args->ack },
		{ "src", 0, arg_address, &args->src },
		{ "src-mac", 0, arg_mac, &args->src_mac },
		{ "dst-mac", 0, arg_mac, &args->dst_mac },
		{ "vlan", 0, arg_pvid, &args->vlan },
		{ "size", 0, probe_size, &args->size },
		{ "gso", ARG_LONE, probe_flag, &args->gso },
		{ "switch", 0, arg_string, &args->sw },
		{ "frame", 0, probe_hex, &args->bytes },
	};
	int status;

	status = args_parse(psw, words, table, ARRAY_SIZE(table));
	if (status)
		return status;
	if (args->bytes.n && (args->to || args->kind.given || args->src.n ||
			      args->src_mac.given || args->dst_mac.given ||
			      args->vlan >= 0))
		return psw_complain(psw, PSW_USAGE,
				    "a frame that is given has all of its fields");
	if (!args->bytes.n && !args->to)
		return psw_complain(psw, PSW_USAGE, "to is missing");
	if (args->src.n && args->src.list[0].family == AF_PACKET)
		return psw_complain(psw, PSW_USAGE,
				    "src is an IP address; a MAC is src-mac");
	return PSW_DONE;
}

/* --- the two ends --- */

static int probe_only_switch(const struct podswitch_switch *sw, void *arg)
{
	uint32_t *ifindex = arg;

	*ifindex = *ifindex ? UINT32_MAX : sw->ifindex;
	return 0;
}

/* The switch that both ends are at; where neither tells, the only one. */
static int probe_find_switch(struct probe *p, uint32_t ifindex)
{
	struct psw *psw = p->psw;
	int status = PSW_DONE;

	if (!ifindex)
		status = psw_result(psw, NULL,
				    podswitch_switch_dump(psw->h,
							  probe_only_switch,
							  &ifindex));
	if (status)
		return status;
	if (!ifindex || ifindex == UINT32_MAX)
		return psw_complain(psw, PSW_FAILED, ifindex ?
				    "there is more than one switch; name it" :
				    "there is no switch");
	return psw_result(psw, p->args->sw,
			  podswitch_switch_get(psw->h, ifindex, &p->sw));
}

static int probe_find(struct probe *p)
{
	const struct probe_args *args = p->args;
	uint32_t ifindex = 0;
	int status = PSW_DONE;

	if (args->sw)
		status = psw_ifindex(p->psw, args->sw, &ifindex);
	if (!status)
		status = end_find(p->psw, &p->ends, "from", args->from, ifindex,
				  &p->from);
	if (status)
		return status;
	if (!p->from.is_host && !p->from.port)
		return psw_complain(p->psw, PSW_FAILED,
				    "from \"%s\": no port holds that address",
				    args->from);
	if (!ifindex)
		ifindex = p->from.switch_ifindex;
	if (args->to)
		status = end_find(p->psw, &p->ends, "to", args->to, ifindex,
				  &p->to);
	if (!status)
		status = probe_find_switch(p, ifindex ? ifindex :
						p->to.switch_ifindex);
	return status;
}

/* --- asking --- */

struct probe_answer {
	struct probe *p;
	const struct verdict_frame *frame;
};

/* The reason of the last drop in a word. */
static const char *probe_why(const struct podswitch_probe_result *probe)
{
	const struct podswitch_probe_part *part;
	const char *why = NULL;

	for (part = probe->parts; part < probe->parts + probe->n_parts; part++)
		if (part->verdict == PODSWITCH_PROBE_VERDICT_DROP)
			why = part->drop ? podswitch_drop_name(part->drop) :
			      podswitch_probe_cause_name(part->cause);
	return why;
}

static int probe_receive(const struct podswitch_probe_result *probe, void *arg)
{
	const struct probe_answer *answer = arg;
	struct probe *p = answer->p;

	verdict_add(p->list, answer->frame, &p->ends, probe);
	if (p->is_delivered && !podswitch_probe_is_delivered(probe)) {
		p->is_delivered = false;
		p->why = probe_why(probe);
	}
	return 0;
}

static int probe_ask_bytes(struct probe *p, const struct compose *cfg,
			   const void *data, size_t n, size_t len)
{
	const struct podswitch_probe_config made = {
		.ifindex = p->from.is_host ? p->sw.ifindex :
					     p->from.port->ifindex,
		.frame = data,
		.frame_len = n,
		.len = len > n ? (uint32_t)len : 0,
		.gso = p->args->gso,
	};
	const struct verdict_frame frame = { .cfg = cfg, .made = &made };
	struct probe_answer answer = { .p = p, .frame = &frame };

	return psw_result(p->psw, p->from.is_host ? p->sw.name :
						    p->from.port->name,
			  podswitch_probe(p->psw->h, &made, probe_receive,
					  &answer));
}

static int probe_ask(struct probe *p, const struct compose *cfg)
{
	struct compose_frame frame;

	compose_frame(cfg, &frame);
	return probe_ask_bytes(p, cfg, frame.data, frame.headers, frame.len);
}

/* --- what would be sent --- */

/* The VLAN that the frame is in on the switch. */
static uint16_t probe_vlan(const struct probe *p)
{
	if (p->args->vlan > 0)
		return (uint16_t)p->args->vlan;
	return p->from.is_host ? 0 : p->from.port->pvid;
}

/* An end's address of a family; the one by which it was named is meant. */
static bool probe_ip(const struct probe *p, const struct end *end,
		     uint8_t family, struct podswitch_address *ip)
{
	const struct podswitch_address *held;

	*ip = end->ip;
	if (end->ip.family)
		return end->ip.family == family;
	if (end->is_host)
		return end_host_address(p->sw.name, family, ip);
	if (!end->port)
		return false;
	held = ends_address(end->port, family, probe_vlan(p));
	if (!held)
		held = ends_address(end->port, family, -1);
	if (held)
		*ip = *held;
	return held;
}

/* The family that the frame is of, 0 if there are no addresses to choose. */
static uint8_t probe_family(const struct probe *p)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	const struct probe_args *args = p->args;
	struct podswitch_address ip;
	size_t i;

	if (args->kind.given && args->kind.what == COMPOSE_ARP)
		return AF_INET;
	if (args->kind.given && args->kind.what == COMPOSE_ND)
		return AF_INET6;
	if (p->to.ip.family)
		return p->to.ip.family;
	if (args->src.n)
		return args->src.list[0].family;
	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (probe_ip(p, &p->from, families[i], &ip) &&
		    probe_ip(p, &p->to, families[i], &ip))
			return families[i];
	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (probe_ip(p, &p->to, families[i], &ip))
			return families[i];
	return AF_UNSPEC;
}

static int probe_fill_ip(struct probe *p, struct compose *cfg)
{
	const struct probe_args *args = p->args;
	uint8_t family = probe_family(p);

	if (!family && !args->kind.given)
		return PSW_DONE;
	if (!family || !probe_ip(p, &p->to, family, &cfg->dst))
		return psw_complain(p->psw, PSW_FAILED,
				    "to \"%s\" has no %s address", args->to,
				    family == AF_INET6 ? "IPv6" :
				    family ? "IPv4" : "IP");
	cfg->what = args->kind.given ? args->kind.what : COMPOSE_ICMP;
	if (args->src.n)
		cfg->src = args->src.list[0];
	else if (!probe_ip(p, &p->from, family, &cfg->src))
		cfg->src = (struct podswitch_address){ .family = family };
	if (cfg->src.family != family)
		return psw_complain(p->psw, PSW_USAGE,
				    "src and to are of different families");
	return PSW_DONE;
}

static int probe_fill_src_mac(struct probe *p, struct compose *cfg)
{
	const struct ends_port *port = p->from.port;

	if (p->args->src_mac.given)
		memcpy(cfg->src_mac, p->args->src_mac.bytes, 6);
	else if (p->from.is_host)
		memcpy(cfg->src_mac, p->sw.mac, 6);
	else if (port->has_mac)
		memcpy(cfg->src_mac, port->mac, 6);
	else
		return psw_complain(p->psw, PSW_FAILED,
				    "%s declares no MAC; give one by src-mac",
				    port->name);
	return PSW_DONE;
}

static enum probe_next probe_next_of_ip(const struct probe *p,
					const struct compose *cfg,
					uint8_t *mac)
{
	const struct ends_port *port;

	memcpy(mac, p->sw.mac, 6);
	port = ends_holder(&p->ends, p->sw.ifindex, &cfg->dst, probe_vlan(p));
	if (port && port->has_mac) {
		memcpy(mac, port->mac, 6);
		return port == p->from.port ? PROBE_GIVEN : PROBE_PORT;
	}
	switch (end_reach(p->sw.name, &cfg->dst)) {
	case END_OWN:
		return PROBE_HOST;
	case END_ON_LINK:
		return PROBE_NOBODY;
	case END_ELSEWHERE:
		break;
	}
	return p->from.is_host ? PROBE_NOBODY : PROBE_GATEWAY;
}

/* Finds the Ethernet destination as who sends the frame would. */
static enum probe_next probe_next(const struct probe *p,
				  const struct compose *cfg, uint8_t *mac)
{
	const struct arg_mac *given = &p->args->dst_mac;

	if (given->given)
		memcpy(mac, given->bytes, 6);
	else if (p->to.has_mac)
		memcpy(mac, p->to.mac, 6);
	else if (cfg->what == COMPOSE_ARP || cfg->what == COMPOSE_ND)
		compose_question_mac(&cfg->dst, mac);
	else if (cfg->what == COMPOSE_PLAIN && p->to.port)
		memcpy(mac, p->to.port->mac, 6);
	else if (cfg->what == COMPOSE_PLAIN)
		memcpy(mac, p->sw.mac, 6);
	else if (!compose_group_mac(&cfg->dst, mac))
		return probe_next_of_ip(p, cfg, mac);
	return PROBE_GIVEN;
}

/* The question that has to be answered before the frame can be sent. */
static int probe_ask_question(struct probe *p, const struct compose *cfg)
{
	struct compose question = *cfg;

	question.what = cfg->dst.family == AF_INET ? COMPOSE_ARP : COMPOSE_ND;
	question.size = 0;
	compose_question_mac(&cfg->dst, question.dst_mac);
	return probe_ask(p, &question);
}

static int probe_ask_all(struct probe *p)
{
	struct compose cfg = {
		.vlan = p->args->vlan,
		.sport = p->args->sport,
		.dport = p->args->kind.port,
		.is_ack = p->args->ack,
		.size = p->args->size,
	};
	int status;

	if (p->args->bytes.n)
		return probe_ask_bytes(p, NULL, p->args->bytes.data,
				       p->args->bytes.n,
				       p->args->size ? p->args->size + 14 : 0);
	status = probe_fill_ip(p, &cfg);
	if (!status)
		status = probe_fill_src_mac(p, &cfg);
	if (status)
		return status;
	p->next = probe_next(p, &cfg, cfg.dst_mac);
	if (p->next != PROBE_GIVEN && p->next != PROBE_GATEWAY)
		status = probe_ask_question(p, &cfg);
	if (status || p->next == PROBE_NOBODY)
		return status;
	return probe_ask(p, &cfg);
}

/* --- telling --- */

static void probe_add_outcome(const struct probe *p, cJSON *row)
{
	char text[64] = "delivered";

	if (!p->is_delivered)
		snprintf(text, sizeof(text), "dropped%s%s", p->why ? ": " : "",
			 p->why ? p->why : "");
	else if (p->next == PROBE_NOBODY)
		snprintf(text, sizeof(text),
			 "not sent: nobody is known to hold that address");
	else if (p->next == PROBE_GATEWAY)
		snprintf(text, sizeof(text),
			 "delivered to the host, which routes it");
	print_add_string(row, "outcome", text);
}

static void probe_text(FILE *out, const cJSON *row)
{
	const cJSON *frames = cJSON_GetObjectItemCaseSensitive(row, "frames");
	const cJSON *frame;

	cJSON_ArrayForEach(frame, frames) {
		verdict_text(out, frame);
		fputc('\n', out);
	}
	print_member(out, row, "outcome");
}

static int probe_print(const struct probe *p, cJSON *row)
{
	const struct print_view view = {
		.json = p->psw->json,
		.pretty = p->psw->pretty,
	};
	bool is_delivered = p->is_delivered && p->next != PROBE_NOBODY;
	int status;

	print_add_bool(row, "delivered", is_delivered);
	probe_add_outcome(p, row);
	status = print_event(stdout, row, &view, probe_text);
	return status || is_delivered ? status : PSW_FAILED;
}

static int probe_run(struct psw *psw, const struct probe_args *args)
{
	cJSON *row = print_lone_row();
	struct probe p = {
		.psw = psw,
		.args = args,
		.list = print_add_array(row, "frames"),
		.is_delivered = true,
	};
	int status;

	status = ends_read(psw, &p.ends);
	if (!status)
		status = probe_find(&p);
	if (!status)
		status = probe_ask_all(&p);
	if (status)
		cJSON_Delete(row);
	else
		status = probe_print(&p, row);
	ends_free(&p.ends);
	return status;
}

static int probe_from(struct psw *psw, char **words)
{
	static struct probe_args args;
	int status;

	args = (struct probe_args){ .vlan = -1, .sport = PROBE_SPORT };
	status = probe_parse(psw, words, &args);
	if (!status)
		status = psw_open(psw);
	return status ? status : probe_run(psw, &args);
}

static const struct psw_word probe_verbs[] = {
	{ "from", probe_from },
	{ NULL, NULL },
};

int psw_probe(struct psw *psw, char **words)
{
	if (!*words)
		return psw_complain(psw, PSW_USAGE,
				    "probe: from is missing; try \"psw probe help\"");
	return psw_object(psw, "probe", probe_verbs, usage, words);
}
