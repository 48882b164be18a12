// SPDX-License-Identifier: GPL-2.0
/*
 * Check: what the configurations say is masqueraded is. The rules are the
 * plugin's: one chain for a subnet of a network, named by hashes of both.
 */
#include "masq.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "psw.h"

enum {
	DOCTOR_COMMENT = 128,		/* with its NUL, as the plugin has it */
};

/* What is read of the rules, for all subnets. */
struct doctor_masqs {
	struct doctor *d;
	const struct doctor_conf *conf;
	struct doctor_chain *chains;
	size_t n_chains;
	int err;
	size_t n_found;
};

/* FNV-1a, the terminating NUL included. */
static uint64_t doctor_hash_string(uint64_t hash, const char *string)
{
	do {
		hash ^= (uint8_t)*string;
		hash *= UINT64_C(0x100000001b3);
	} while (*string++);
	return hash;
}

/* cni_hash() of two strings; a unit test holds one against the other. */
static uint32_t doctor_hash(const char *what, const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = doctor_hash_string(hash, what);
	hash = doctor_hash_string(hash, text);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return (uint32_t)(hash >> 32);
}

void doctor_masq_chain(char *chain, const char *kind, const char *network,
		       const char *subnet)
{
	snprintf(chain, DOCTOR_CHAIN, "%s-%08" PRIx32 "-%08" PRIx32, kind,
		 doctor_hash("network", network), doctor_hash("subnet", subnet));
}

static bool doctor_in_subnet(const struct podswitch_address *ip,
			     const struct doctor_subnet *subnet)
{
	const uint8_t *a = (const uint8_t *)&ip->v6;
	const uint8_t *b = (const uint8_t *)&subnet->ip.v6;
	unsigned int i;

	if (ip->family != subnet->ip.family)
		return false;
	for (i = 0; i < subnet->len; i++)
		if ((a[i / 8] ^ b[i / 8]) & (0x80 >> i % 8))
			return false;
	return true;
}

/* The last pod's DEL removes the rules, the first one's ADD makes them. */
static bool doctor_is_used(const struct doctor *d, const char *network,
			   const struct doctor_subnet *subnet)
{
	const struct doctor_port *port;
	size_t i, j;

	for (i = 0; i < d->n_ports; i++) {
		port = &d->ports[i];
		if (!port->network || strcmp(port->network, network) != 0)
			continue;
		for (j = 0; j < port->port.n_addresses; j++)
			if (doctor_in_subnet(&port->port.addresses[j], subnet))
				return true;
	}
	return false;
}

/* --- nf_tables --- */

static const struct doctor_chain *
doctor_find_chain(const struct doctor_masqs *m, const char *comment)
{
	size_t i;

	for (i = 0; i < m->n_chains; i++)
		if (!strcmp(m->chains[i].comment, comment))
			return &m->chains[i];
	return NULL;
}

static void doctor_missing(struct doctor *d, const char *subnet,
			   const char *network)
{
	doctor_find(d, DOCTOR_PROBLEM, subnet,
		    "%s of network \"%s\" is not masqueraded, and its configuration says ipMasq",
		    subnet, network);
	doctor_add(d, "why", "pods reach nobody beyond the node who has no route back to them; the rule is gone, as by a firewall that was loaded anew");
}

static void doctor_masq_nft(struct doctor_masqs *m, const char *text,
			    const struct doctor_subnet *subnet)
{
	bool is_ipv4 = subnet->ip.family == AF_INET;
	const char *network = m->conf->name;
	const struct doctor_chain *chain;
	char spec[DOCTOR_COMMENT + 96];
	char comment[DOCTOR_COMMENT];
	const char *ip = is_ipv4 ? "ip" : "ip6";
	char quoted[DOCTOR_QUOTED];
	char name[DOCTOR_CHAIN];

	snprintf(comment, sizeof(comment), "%s of %s", text, network);
	chain = doctor_find_chain(m, comment);
	if (chain && chain->masquerades)
		return;
	doctor_masq_chain(name, "masq", network, text);
	snprintf(spec, sizeof(spec),
		 "{ type nat hook postrouting priority srcnat; policy accept; comment \"%s\"; }",
		 comment);
	doctor_missing(m->d, text, network);
	doctor_add(m->d, "mend",
		   "nft add table inet podswitch && nft add chain inet podswitch %s %s && nft add rule inet podswitch %s %s saddr %s %s daddr != %s %s daddr != %s masquerade",
		   name, doctor_quote(spec, quoted), name, ip, text, ip, text,
		   ip, is_ipv4 ? "224.0.0.0/4" : "ff00::/8");
}

/* --- iptables --- */

/* Where the plugin finds it. */
static bool doctor_iptables_path(const struct doctor *d, const char *program,
				 char *path)
{
	static const char *const dirs[] = {
		"/usr/sbin", "/sbin", "/usr/bin", "/bin",
	};
	char below[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(below, sizeof(below), "%s/%s", dirs[i], program);
		if (!doctor_has(d, below))
			continue;
		doctor_path(d, path, "%s", below);
		return true;
	}
	return false;
}

static int doctor_iptables_ask(const struct doctor *d, const char *program,
			       char **rules)
{
	static const char *const environment[] = {
		"PATH=/usr/sbin:/sbin:/usr/bin:/bin", NULL,
	};
	char path[DOCTOR_PATH];
	const char *const argv[] = {
		path, "-w", "1", "-t", "nat", "-S", "POSTROUTING", NULL,
	};

	*rules = NULL;
	if (!doctor_iptables_path(d, program, path))
		return -ENOENT;
	return doctor_run(argv, environment, "", rules);
}

static bool doctor_iptables_leads(const char *rules, const char *subnet,
				  const char *chain)
{
	char source[INET6_ADDRSTRLEN + 16];
	const char *line = rules;
	const char *jump;
	const char *end;

	snprintf(source, sizeof(source), " -s %s ", subnet);
	for (; line && *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		jump = strstr(line, chain);
		if (jump && jump < end && strstr(line, source) &&
		    strstr(line, source) < end)
			return true;
	}
	return false;
}

static void doctor_masq_iptables(struct doctor_masqs *m, const char *text,
				 const struct doctor_subnet *subnet)
{
	bool is_ipv4 = subnet->ip.family == AF_INET;
	const char *program = is_ipv4 ? "iptables" : "ip6tables";
	const char *groups = is_ipv4 ? "224.0.0.0/4" : "ff00::/8";
	char comment[DOCTOR_COMMENT];
	char quoted[DOCTOR_QUOTED];
	char name[DOCTOR_CHAIN];
	char *rules;
	int status;

	doctor_masq_chain(name, "podswitch", m->conf->name, text);
	status = doctor_iptables_ask(m->d, program, &rules);
	if (status) {
		doctor_find(m->d, DOCTOR_NOTICE, text,
			    "masquerading of %s was not checked: %s %s", text,
			    program, status < 0 ? strerror(-status) : "fails");
	} else if (!doctor_iptables_leads(rules, text, name)) {
		snprintf(comment, sizeof(comment), "%s of %s", text,
			 m->conf->name);
		doctor_missing(m->d, text, m->conf->name);
		doctor_add(m->d, "mend",
			   "for rule in ':%s -' '-A %s -d %s -j RETURN' '-A %s -d %s -j RETURN' '-A %s -j MASQUERADE'; do printf '*nat\\n%%s\\nCOMMIT\\n' \"$rule\" | %s-restore -w --noflush; done; %s -w -t nat -A POSTROUTING -s %s -m comment --comment %s -j %s",
			   name, name, text, name, groups, name, program,
			   program, text, doctor_quote(comment, quoted), name);
	}
	free(rules);
}

/* --- each subnet of each network --- */

static void doctor_masq_range(const cJSON *range, void *arg)
{
	char text[INET6_ADDRSTRLEN + sizeof("/128")];
	struct doctor_masqs *m = arg;
	struct doctor_subnet subnet;
	size_t len;

	if (!doctor_conf_subnet(range, &subnet) ||
	    !doctor_is_used(m->d, m->conf->name, &subnet))
		return;
	m->n_found++;
	len = strlen(doctor_ip_text(&subnet.ip, text));
	snprintf(text + len, sizeof(text) - len, "/%u", subnet.len);
	if (!strcmp(doctor_conf_text(m->conf->plugin, "ipMasqBackend"),
		    "iptables"))
		doctor_masq_iptables(m, text, &subnet);
	else if (m->err == -EPERM || m->err == -EACCES)
		doctor_find(m->d, DOCTOR_NOTICE, text,
			    "masquerading of %s was not checked: %s", text,
			    strerror(-m->err));
	else
		doctor_masq_nft(m, text, &subnet);
}

/* RFC 1918, RFC 6598, RFC 4193: nobody outside has a route to these. */
static bool doctor_is_private(const struct podswitch_address *ip)
{
	uint32_t v4 = ntohl(ip->v4.s_addr);

	if (ip->family == AF_INET6)
		return (ip->v6.s6_addr[0] & 0xfe) == 0xfc;
	return ip->family == AF_INET &&
	       (v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 ||
		v4 >> 22 == 0x191);
}

static const char *doctor_private(const struct doctor_port *port, char *text)
{
	size_t i;

	for (i = 0; i < port->port.n_addresses; i++)
		if (doctor_is_private(&port->port.addresses[i]))
			return doctor_ip_text(&port->port.addresses[i], text);
	return NULL;
}

/* One word for a switch whose pods nobody can answer, perhaps. */
static void doctor_unmasqueraded(struct doctor *d,
				 const struct podswitch_switch *sw)
{
	const struct doctor_conf *conf;
	const struct doctor_port *port;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	if (sw->uplink || !doctor_switch_address(d, sw, AF_INET))
		return;
	for (i = 0; i < d->n_ports; i++) {
		port = &d->ports[i];
		conf = doctor_conf_of(d, port->network);
		if (port->sw != sw || (conf && doctor_conf_is(conf, "ipMasq")) ||
		    !doctor_private(port, text))
			continue;
		doctor_find(d, DOCTOR_NOTICE, sw->name,
			    "pods of %s have private addresses, such as %s, and podswitch does not masquerade them",
			    sw->name, text);
		doctor_add(d, "why", "without a route back, or a rule of somebody else, nobody beyond the node can answer them; \"ipMasq\": true is for that");
		return;
	}
}

void doctor_check_masquerade(struct doctor *d)
{
	struct doctor_masqs m = { .d = d };
	size_t i;

	if (doctor_unready(d))
		return;
	m.err = doctor_nft_chains(&m.chains, &m.n_chains);
	for (i = 0; i < d->n_confs; i++) {
		m.conf = &d->confs[i];
		if (m.conf->plugin && doctor_conf_is(m.conf, "ipMasq"))
			doctor_conf_ranges(m.conf, doctor_masq_range, &m);
	}
	for (i = 0; i < d->n_switches; i++)
		doctor_unmasqueraded(d, &d->switches[i]);
	doctor_fine(d, m.n_found ?
		    "the subnets that are to be masqueraded are" :
		    "nothing is to be masqueraded");
	free(m.chains);
}
