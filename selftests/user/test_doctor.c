// SPDX-License-Identifier: GPL-2.0
/*
 * psw doctor on nodes that are made up: files below a root of their own, ports
 * and interfaces as structs. The kernel's side is selftests/psw/doctor.sh.
 */
#include <arpa/inet.h>
#include <doctor/masq.h>
#include <doctor/node.h>
#include <errno.h>
#include <masq.h>
#include <psw.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

static char root[32];

/* A file below the root, with the folders that it is in. */
static void put(const char *path, const char *text)
{
	char full[512];
	char *slash;
	FILE *out;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = full + strlen(root) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(full, 0777);
		*slash = '/';
	}
	out = fopen(full, "w");
	if (!out)
		abort();
	fputs(text, out);
	fclose(out);
}

static void lose(const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	remove(full);
}

static struct doctor begin(void)
{
	return (struct doctor){
		.root = root, .cni_conf = "/etc/cni/net.d",
		.findings = print_list(),
	};
}

/* What a check found, as "STATUS TEXT" lines. */
static const char *find(struct doctor *d, void (*run)(struct doctor *d))
{
	static char buffer[8192];
	const cJSON *row;
	size_t len = 0;

	doctor_examine(d, "check", run);
	buffer[0] = '\0';
	cJSON_ArrayForEach(row, d->findings) {
		len += (size_t)snprintf(buffer + len, sizeof(buffer) - len,
					"%s %s\n",
					doctor_conf_text(row, "status"),
					doctor_conf_text(row, "text"));
		if (len >= sizeof(buffer))
			abort();
	}
	cJSON_Delete(d->findings);
	d->findings = print_list();
	d->last = NULL;
	return buffer;
}

static void end(struct doctor *d)
{
	cJSON_Delete(d->findings);
}

static void test_chain(void)
{
	char name[DOCTOR_CHAIN];
	struct cni_prefix prefix;
	struct cni_masq masq;

	cni_prefix_parse("192.0.2.7/24", &prefix);
	cni_masq_name(&masq, "masq", "net", &prefix);
	doctor_masq_chain(name, "masq", "net", "192.0.2.0/24");
	CHECK_STR(name, masq.chain);
	cni_prefix_parse("2001:db8::7/64", &prefix);
	cni_masq_name(&masq, "podswitch", "a b", &prefix);
	doctor_masq_chain(name, "podswitch", "a b", "2001:db8::/64");
	CHECK_STR(name, masq.chain);
}

static void test_quote(void)
{
	char quoted[DOCTOR_QUOTED];
	char word[300];

	CHECK_STR(doctor_quote("eth0", quoted), "eth0");
	CHECK_STR(doctor_quote("a b", quoted), "'a b'");
	CHECK_STR(doctor_quote("", quoted), "''");
	CHECK_STR(doctor_quote("a'b", quoted), "'a'\\''b'");
	CHECK_STR(doctor_quote(";reboot", quoted), "';reboot'");
	memset(word, '\'', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	CHECK_EQ(strlen(doctor_quote(word, quoted)), DOCTOR_QUOTED - 1);
}

static void test_kernel(void)
{
	static const struct {
		const char *release;
		const char *status;
	} cases[] = {
		{ "6.1.0-18-amd64", "ok" }, { "6.12.5", "ok" },
		{ "7.3.0", "ok" }, { "7.4-rc1", "problem" },
		{ "6.0.9", "problem" }, { "5.15.0", "problem" },
		{ "plan9", "notice" },
	};
	struct doctor d = begin();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		put("/proc/sys/kernel/osrelease", cases[i].release);
		CHECK(!strncmp(find(&d, doctor_check_kernel), cases[i].status,
			       strlen(cases[i].status)));
	}
	end(&d);
}

/* dkms.conf says it twice, in words and as what DKMS goes by. */
static void test_range(void)
{
	static const char name[] = "BUILD_EXCLUSIVE_KERNEL=\"";
	struct doctor conf = { .root = "" };
	char *text = doctor_read(&conf, "dkms.conf");
	char *pattern = text ? strstr(text, name) : NULL;
	struct doctor d = begin();
	char release[32];
	regex_t regex;
	int i;

	CHECK(pattern);
	if (!pattern)
		return;
	pattern += strlen(name);
	pattern[strcspn(pattern, "\"")] = '\0';
	CHECK(!regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB));
	for (i = 0; i < 900; i++) {
		snprintf(release, sizeof(release), "%d.%d.7-amd64", i / 100,
			 i % 100);
		put("/proc/sys/kernel/osrelease", release);
		CHECK_EQ(!strncmp(find(&d, doctor_check_kernel), "ok", 2),
			 !regexec(&regex, release, 0, NULL, 0));
	}
	regfree(&regex);
	free(text);
	end(&d);
}

static void test_module(void)
{
	struct doctor d = begin();

	put("/proc/sys/kernel/osrelease", "6.12.5\n");
	CHECK_STR(find(&d, doctor_check_module),
		  "problem the headers of Linux 6.12.5 are missing\n"
		  "problem the module is not loaded, and not installed for Linux 6.12.5\n");
	put("/lib/modules/6.12.5/build/Makefile", "");
	strcpy(d.reason, "the compiler gcc-12 is missing");
	CHECK_STR(find(&d, doctor_check_module),
		  "problem the module is not loaded, and not installed for Linux 6.12.5\n"
		  "notice podswitch-load could not load it: the compiler gcc-12 is missing\n");
	d.reason[0] = '\0';
	put("/lib/modules/6.12.5/modules.dep",
	    "kernel/a.ko:\nupdates/dkms/podswitch.ko.xz: kernel/b.ko\n");
	put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	CHECK_STR(find(&d, doctor_check_module),
		  "problem the module is not loaded\n"
		  "notice the kernel takes only modules that are signed (lockdown)\n");
	put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	CHECK_STR(find(&d, doctor_check_module),
		  "problem the module is not loaded\n");
	put("/sys/module/podswitch/version", PODSWITCH_VERSION "\n");
	CHECK_STR(find(&d, doctor_check_module),
		  "ok podswitch " PODSWITCH_VERSION " is loaded, and installed for Linux 6.12.5\n");
	put("/sys/module/podswitch/version", "0.0.1\n");
	CHECK_STR(find(&d, doctor_check_module),
		  "notice the module that is loaded is 0.0.1, and psw is " PODSWITCH_VERSION "\n");
	put("/sys/module/podswitch/version", PODSWITCH_VERSION "\n");
	lose("/lib/modules/6.12.5/modules.dep");
	CHECK_STR(find(&d, doctor_check_module),
		  "notice the module is loaded, but not installed for Linux 6.12.5\n");
	end(&d);
}

static void test_conntrack(void)
{
	struct doctor d = begin();

	CHECK_STR(find(&d, doctor_check_conntrack),
		  "ok connections are not tracked\n");
	put("/proc/sys/net/netfilter/nf_conntrack_count", "899\n");
	put("/proc/sys/net/netfilter/nf_conntrack_max", "1000\n");
	CHECK_STR(find(&d, doctor_check_conntrack),
		  "ok 899 of 1000 connections are tracked\n");
	put("/proc/sys/net/netfilter/nf_conntrack_count", "900\n");
	CHECK_STR(find(&d, doctor_check_conntrack),
		  "problem 900 connections are tracked, of 1000 at most\n");
	end(&d);
}

static void test_confs(void)
{
	struct doctor d = begin();

	d.cni_bin = "/nowhere";
	CHECK_STR(find(&d, doctor_check_configuration),
		  "problem no configuration in /etc/cni/net.d is for podswitch\n");
	put("/etc/cni/net.d/10-a.conflist",
	    "{\"name\":\"a\",\"plugins\":[{\"type\":\"loopback\"},{\"type\":\"podswitch\"}]}");
	put("/etc/cni/net.d/20-b.conf", "{\"name\":\"b\",\"type\":\"bridge\"}");
	put("/etc/cni/net.d/00-notes.txt", "none");
	doctor_load_confs(&d);
	CHECK_STR(find(&d, doctor_check_configuration),
		  "ok /etc/cni/net.d/10-a.conflist comes first, for network \"a\"\n");
	CHECK_STR(d.confs[0].switch_name, "psw0");
	doctor_unload(&d);
	d.confs = NULL;
	d.n_confs = 0;
	put("/etc/cni/net.d/05-multus.conf",
	    "{\"name\":\"m\",\"type\":\"multus\"}");
	put("/etc/cni/net.d/04-bad.json", "{\n\"name\":\n}\n");
	doctor_load_confs(&d);
	CHECK_STR(find(&d, doctor_check_configuration),
		  "problem /etc/cni/net.d/04-bad.json is not a JSON object; the fault is at line 3\n"
		  "notice /etc/cni/net.d/05-multus.conf comes before /etc/cni/net.d/10-a.conflist: pods get podswitch where it says so\n");
	doctor_unload(&d);
	end(&d);
}

static void test_subnet(void)
{
	static const struct {
		const char *json;
		const char *gateway;
	} cases[] = {
		{ "{\"subnet\":\"10.1.2.3/16\"}", "10.1.0.1" },
		{ "{\"subnet\":\"2001:db8::9/64\"}", "2001:db8::1" },
		{ "{\"subnet\":\"10.1.0.0/16\",\"gateway\":\"10.1.0.9\"}",
		  "10.1.0.9" },
		{ "{\"subnet\":\"10.1.0.0/33\"}", NULL },
		{ "{\"subnet\":\"10.1.0.0\"}", NULL },
		{ "{\"subnet\":\"10.1.0.0/\"}", NULL },
		{ "{\"subnet\":\"10.1.0/8\"}", NULL },
		{ "{\"subnet\":5}", NULL },
	};
	char text[INET6_ADDRSTRLEN];
	struct doctor_subnet subnet;
	cJSON *range;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		range = cJSON_Parse(cases[i].json);
		CHECK_EQ(doctor_conf_subnet(range, &subnet),
			 !!cases[i].gateway);
		if (cases[i].gateway)
			CHECK_STR(doctor_ip_text(&subnet.gateway, text),
				  cases[i].gateway);
		cJSON_Delete(range);
	}
}

/* --- a switch with pods --- */

enum { PODS = 30 };

static struct podswitch_switch sw = { .ifindex = 1, .name = "psw0", .mtu = 1500 };
static struct podswitch_address ips[PODS];
static struct doctor_link links[PODS];
static struct doctor_port ports[PODS];

static struct doctor pods(void)
{
	struct doctor d = begin();
	size_t i;

	for (i = 0; i < PODS; i++) {
		ips[i] = (struct podswitch_address){ .family = AF_INET };
		ips[i].v4.s_addr = htonl(0xc0000202 + (uint32_t)i);
		links[i] = (struct doctor_link){
			.nsid = DOCTOR_HERE, .ifindex = 10 + (uint32_t)i,
			.flags = IFF_UP | IFF_RUNNING, .mtu = 1500,
			.peer = 2, .peer_nsid = (int)i, .name = "veth",
		};
		ports[i] = (struct doctor_port){
			.port = { .switch_ifindex = 1, .ifindex = 10 + (uint32_t)i,
				  .name = "veth", .guard = PODSWITCH_GUARD_MAC_IP,
				  .addresses = &ips[i], .n_addresses = 1 },
			.sw = &sw, .what = (char *)"pod on veth",
			.link = &links[i], .has_end = true, .end = links[i],
		};
		ports[i].port.stats.rx_packets = 1000;
	}
	d.switches = &sw;
	d.n_switches = 1;
	d.ports = ports;
	d.n_ports = PODS;
	d.links = links;
	d.n_links = PODS;
	return d;
}

static void test_everyday(void)
{
	static const unsigned int reasons[] = {
		PODSWITCH_A_DROPS_RESERVED_GROUP,
		PODSWITCH_A_DROPS_UNKNOWN_DESTINATION,
		PODSWITCH_A_DROPS_RECEIVER_DOWN,
		PODSWITCH_A_DROPS_SAME_PORT,
		PODSWITCH_A_DROPS_HOST_REDIRECT,
		PODSWITCH_A_DROPS_ISOLATED,
	};
	struct doctor d = pods();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		ports[0].port.stats.drops[reasons[i]] = 20;
	CHECK_STR(find(&d, doctor_check_drops),
		  "ok nothing that pods sent was dropped but what is usual\n");
	ports[0].port.stats.drops[PODSWITCH_A_DROPS_UNKNOWN_DESTINATION] = 100;
	CHECK_STR(find(&d, doctor_check_drops),
		  "notice pod on veth sent 100 frames to MACs that no port holds\n");
	/* Of a million frames, a hundred are nothing. */
	ports[0].port.stats.rx_packets = 1000000;
	CHECK(!strncmp(find(&d, doctor_check_drops), "ok ", 3));
	ports[1].port.stats.drops[PODSWITCH_A_DROPS_SPOOFED_MAC] = 1;
	CHECK(!strncmp(find(&d, doctor_check_drops),
		       "problem pod on veth sent 1 frame from a MAC", 43));
	/* An uplink has no addresses of its own. */
	ports[1].port.role = PODSWITCH_ROLE_UPLINK;
	CHECK(!strncmp(find(&d, doctor_check_drops), "ok ", 3));
	end(&d);
}

static void test_pods(void)
{
	struct doctor d = pods();

	CHECK(!strncmp(find(&d, doctor_check_pods), "ok ", 3));
	CHECK(!strncmp(find(&d, doctor_check_mtu), "ok ", 3));
	CHECK(!strncmp(find(&d, doctor_check_addresses), "ok ", 3));
	ports[3].end.flags = 0;
	CHECK_STR(find(&d, doctor_check_pods),
		  "problem pod on veth: the pod's interface veth is down\n");
	ports[3].has_end = false;
	links[3].flags = IFF_UP;
	CHECK_STR(find(&d, doctor_check_pods),
		  "problem pod on veth: the pod's interface is down\n");
	links[4].mtu = 9000;
	ports[4].end.mtu = 9000;
	CHECK_STR(find(&d, doctor_check_mtu),
		  "problem pod on veth has an MTU of 9000 bytes, and other pods of psw0 have 1500\n");
	d.blind = EACCES;
	CHECK(!strncmp(find(&d, doctor_check_mtu), "notice the pods' own", 20));
	end(&d);
}

/* A person reads ten of them, a program all. */
static void test_many(void)
{
	struct print_view view = { .json = false };
	struct doctor d = pods();
	char *text;
	size_t len;
	FILE *out;
	size_t n;
	size_t i;

	for (i = 0; i < PODS; i++)
		ports[i].port.isolated = true;
	doctor_examine(&d, "ports", doctor_check_ports);
	CHECK_EQ(cJSON_GetArraySize(d.findings), PODS);
	doctor_find(&d, DOCTOR_PROBLEM, NULL, "worse");
	out = open_memstream(&text, &len);
	if (!out)
		abort();
	CHECK_EQ(doctor_print(out, &d, &view), PSW_FAILED);
	fclose(out);
	for (n = 0, i = 0; i < len; i++)
		n += !strncmp(text + i, "\nnotice", 7);
	CHECK_EQ(n, 10);
	CHECK(strstr(text, "\nproblem  ports  worse\nnotice"));
	CHECK(strstr(text, "and 21 more, which psw -j doctor shows\n"));
	free(text);
}

static void test_host(void)
{
	struct doctor d = pods();

	CHECK_STR(find(&d, doctor_check_host),
		  "ok no other program manages switches or ports\n");
	put("/run/NetworkManager/devices/12", "[device]\nmanaged=true\n");
	put("/run/NetworkManager/devices/13", "[device]\nmanaged=false\n");
	put("/run/systemd/netif/links/14", "ADMIN_STATE=configured\n");
	put("/run/systemd/netif/links/15", "ADMIN_STATE=unmanaged\n");
	CHECK_STR(find(&d, doctor_check_host),
		  "notice NetworkManager manages veth\n"
		  "notice systemd-networkd configures veth\n");
	end(&d);
}

static const struct test tests[] = {
	{ "chains are named as the plugin's", test_chain },
	{ "words are quoted for a shell", test_quote },
	{ "the kernel's range", test_kernel },
	{ "is that of dkms.conf", test_range },
	{ "the module", test_module },
	{ "conntrack", test_conntrack },
	{ "configurations in order", test_confs },
	{ "subnets", test_subnet },
	{ "everyday drops are none", test_everyday },
	{ "pods' ends", test_pods },
	{ "many findings", test_many },
	{ "managers of interfaces", test_host },
};

int main(void)
{
	char command[64];
	int status;

	snprintf(root, sizeof(root), "/tmp/test_doctor.XXXXXX");
	if (!mkdtemp(root))
		abort();
	status = test_main(tests, ARRAY_SIZE(tests));
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command) || status;
}
