// SPDX-License-Identifier: GPL-2.0
#include "masq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "run.h"

#define CNI_IPTABLES_KIND "podswitch"
#define CNI_IPTABLES_LOCK_S "10"
#define CNI_IPTABLES_IPV6 "/proc/net/if_inet6"

enum {
	CNI_IPTABLES_MS = 30000,
	CNI_IPTABLES_ARGS = 16,		/* the NULL among them */
	CNI_IPTABLES_PATH = 64,
	CNI_IPTABLES_TEXT = 1024,	/* a chain with its rules */
	CNI_IPTABLES_TRIES = 3,
	CNI_IPTABLES_NO_TABLE = 3,	/* exit status */
	CNI_IPTABLES_BUSY = 4,		/* exit status, of other things too */
};

/* The programs of one address family. */
struct cni_iptables {
	const char *command;
	const char *restore;
};

static const struct cni_iptables cni_iptables_inet = {
	"iptables", "iptables-restore",
};

static const struct cni_iptables cni_iptables_inet6 = {
	"ip6tables", "ip6tables-restore",
};

static const struct cni_iptables *cni_iptables_of(const struct cni_masq *masq)
{
	return masq->subnet.address.family == AF_INET ? &cni_iptables_inet :
							&cni_iptables_inet6;
}

/* --- running them --- */

/* Not by PATH: what runs as root here must be the host's own. */
static bool cni_iptables_find(const char *program, char *path)
{
	static const char *const dirs[] = {
		"/usr/sbin", "/sbin", "/usr/bin", "/bin",
	};
	struct stat file;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, CNI_IPTABLES_PATH, "%s/%s", dirs[i], program);
		if (!stat(path, &file) && S_ISREG(file.st_mode))
			return true;
	}
	return false;
}

/* Did it give up waiting for its turn? */
static bool cni_iptables_busy(const struct cni_run *run)
{
	return run->status == CNI_IPTABLES_BUSY &&
	       strstr(run->output, "xtables lock");
}

/*
 * Runs a program whose arguments begin at @argv[1]. It may have failed: its
 * status and what it said, to be freed, are in @run.
 */
static int cni_iptables_run(struct cni_run *run, const char *program,
			    const char **argv, const char *input,
			    struct cni_error *err)
{
	static char *const environment[] = {
		(char *)"PATH=/usr/sbin:/sbin:/usr/bin:/bin", NULL,
	};
	char path[CNI_IPTABLES_PATH];
	int ret;

	*run = (struct cni_run){
		.status = -1,
		.path = path,
		.argv = (char *const *)argv,
		.environment = environment,
		.input = input,
		.deadline_ms = cni_now_ms() + CNI_IPTABLES_MS,
		.complaints = true,
	};
	if (!cni_iptables_find(program, path))
		return cni_fail(err, CNI_ERR_CONFIG,
				"\"ipMasqBackend\": \"iptables\" needs %s, which is in none of /usr/sbin, /sbin, /usr/bin and /bin",
				program);
	argv[0] = path;
	ret = cni_run(run);
	if (!ret && !cni_iptables_busy(run))
		return 0;
	if (!ret)
		cni_fail(err, CNI_ERR_TRY_AGAIN,
			 "%s waited " CNI_IPTABLES_LOCK_S
			 " seconds for the lock that another program holds",
			 program);
	else if (ret == -ETIMEDOUT)
		cni_fail(err, CNI_ERR_TRY_AGAIN,
			 "%s did not end within %d seconds", program,
			 CNI_IPTABLES_MS / 1000);
	else
		cni_fail(err, CNI_ERR_IO, "cannot run %s: %s", program,
			 strerror(-ret));
	free(run->output);
	return -1;
}

/* All of @text or nothing of it; returns the exit status, or -1. */
static int cni_iptables_restore(const struct cni_iptables *tools,
				const char *text, struct cni_error *err)
{
	const char *argv[CNI_IPTABLES_ARGS] = {
		NULL, "-w", CNI_IPTABLES_LOCK_S, "--noflush",
	};
	struct cni_run run;

	if (cni_iptables_run(&run, tools->restore, argv, text, err))
		return -1;
	if (run.status) {
		cni_fail(err, CNI_ERR_KERNEL, "%s failed with status %d",
			 tools->restore, run.status);
		cni_explain(err, "%s", run.output);
	}
	free(run.output);
	return run.status ? 1 : 0;
}

/* --- one subnet --- */

/* Returns 1 if the rule that leads to its chain is there, 0 if not, or -1. */
static int cni_iptables_present(const struct cni_masq *masq,
				struct cni_error *err)
{
	char subnet[CNI_PREFIX_STRLEN];
	const char *argv[CNI_IPTABLES_ARGS] = {
		NULL, "-w", CNI_IPTABLES_LOCK_S, "-t", "nat", "-C",
		"POSTROUTING", "-s", subnet, "-m", "comment", "--comment",
		masq->comment, "-j", masq->chain,
	};
	struct cni_run run;

	cni_prefix_print(&masq->subnet, subnet);
	if (cni_iptables_run(&run, cni_iptables_of(masq)->command, argv, "",
			     err))
		return -1;
	free(run.output);
	return !run.status;
}

/*
 * A chain that a rule leads to cannot be removed, so that the rule is never
 * there twice; one that no rule leads to any more is made anew.
 */
static int cni_iptables_make(const struct cni_masq *masq,
			     struct cni_error *err)
{
	const char *chain = masq->chain;
	char subnet[CNI_PREFIX_STRLEN];
	char text[CNI_IPTABLES_TEXT];

	cni_prefix_print(&masq->subnet, subnet);
	snprintf(text, sizeof(text),
		 "*nat\n"
		 ":%s -\n"
		 "-X %s\n"
		 "-N %s\n"
		 "-A %s -d %s -j RETURN\n"
		 "-A %s -d %s -j RETURN\n"
		 "-A %s -j MASQUERADE\n"
		 "-A POSTROUTING -s %s -m comment --comment \"%s\" -j %s\n"
		 "COMMIT\n",
		 chain, chain, chain, chain, subnet, chain,
		 cni_masq_groups(masq), chain, subnet, masq->comment, chain);
	return cni_iptables_restore(cni_iptables_of(masq), text, err);
}

static int cni_iptables_ensure(const struct cni_masq *masq,
			       struct cni_error *err)
{
	struct cni_error ignored;
	int ret;

	ret = cni_iptables_present(masq, err);
	if (ret)
		return ret < 0 ? -1 : 0;
	ret = cni_iptables_make(masq, err);
	/* Another ADD was quicker: it is as good. */
	if (ret > 0 && cni_iptables_present(masq, &ignored) == 1)
		ret = 0;
	return ret ? -1 : 0;
}

static int cni_iptables_check(const struct cni_masq *masq,
			      struct cni_error *err)
{
	int ret = cni_iptables_present(masq, err);

	if (!ret)
		cni_fail(err, CNI_ERR_CHECK,
			 "%s is not masqueraded: POSTROUTING in table nat of %s does not lead to chain \"%s\"",
			 masq->comment, cni_iptables_of(masq)->command,
			 masq->chain);
	return ret == 1 ? 0 : -1;
}

static int cni_iptables_each(const char *network,
			     const struct cni_addressing *ad,
			     int (*one)(const struct cni_masq *masq,
					struct cni_error *err),
			     struct cni_error *err)
{
	struct cni_masq masq;
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < ad->n_ips; i++) {
		cni_masq_name(&masq, CNI_IPTABLES_KIND, network,
			      &ad->ips[i].address);
		ret = one(&masq, err);
	}
	return ret;
}

int cni_masq_iptables_ensure(const char *network,
			     const struct cni_addressing *ad,
			     struct cni_error *err)
{
	return cni_iptables_each(network, ad, cni_iptables_ensure, err);
}

int cni_masq_iptables_check(const char *network,
			    const struct cni_addressing *ad,
			    struct cni_error *err)
{
	return cni_iptables_each(network, ad, cni_iptables_check, err);
}

/* --- the end of it --- */

/* The rules that lead to a network's chains, as iptables lists them. */
struct cni_iptables_list {
	const char *rules[CNI_IPS_MAX];
	const char *chains[CNI_IPS_MAX];
	size_t n;
};

static const char *cni_iptables_chain(const char *rule, const char *prefix)
{
	const char *jump = strstr(rule, " -j ");

	if (!jump || strncmp(jump + 4, prefix, strlen(prefix)) != 0)
		return NULL;
	return jump + 4;
}

static void cni_iptables_read(struct cni_iptables_list *list, char *output,
			      const char *prefix)
{
	const char *chain;
	char *rest;
	char *line;

	list->n = 0;
	for (line = strtok_r(output, "\n", &rest);
	     line && list->n < CNI_IPS_MAX; line = strtok_r(NULL, "\n", &rest)) {
		chain = cni_iptables_chain(line, prefix);
		if (!chain || strncmp(line, "-A ", 3) != 0)
			continue;
		list->rules[list->n] = line;
		list->chains[list->n++] = chain;
	}
}

static void cni_iptables_subnet(const char *rule, struct cni_addressing *ad)
{
	char text[CNI_PREFIX_STRLEN];
	const char *source = strstr(rule, " -s ");
	size_t len;

	if (!source || ad->n_ips == CNI_IPS_MAX)
		return;
	source += 4;
	len = strcspn(source, " ");
	snprintf(text, sizeof(text), "%.*s", (int)len, source);
	if (cni_prefix_parse(text, &ad->ips[ad->n_ips].address))
		ad->n_ips++;
}

/* We never add a rule twice; people may. */
static bool cni_iptables_repeated(const struct cni_iptables_list *list,
				  size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (!strcmp(list->chains[j], list->chains[i]))
			return true;
	return false;
}

/* Chains go after the rules that lead to them. Returns what is to be freed. */
static char *cni_iptables_removal(const struct cni_iptables_list *list)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to;
	size_t i;

	to = open_memstream(&text, &len);
	if (!to)
		return NULL;
	fputs("*nat\n", to);
	for (i = 0; i < list->n; i++)
		fprintf(to, "-D%s\n", list->rules[i] + 2);
	for (i = 0; i < list->n; i++)
		if (!cni_iptables_repeated(list, i))
			fprintf(to, "-F %s\n-X %s\n", list->chains[i],
				list->chains[i]);
	fputs("COMMIT\n", to);
	fclose(to);
	return text;
}

static int cni_iptables_remove(const struct cni_iptables *tools,
			       const struct cni_iptables_list *list,
			       struct cni_addressing *ad,
			       struct cni_error *err)
{
	char *text = cni_iptables_removal(list);
	size_t i;
	int ret;

	if (!text)
		return cni_fail(err, CNI_ERR_IO, "out of memory");
	for (i = 0; i < list->n; i++)
		cni_iptables_subnet(list->rules[i], ad);
	ret = cni_iptables_restore(tools, text, err);
	free(text);
	return ret;
}

/* Returns 0, -1, or 1 if the kernel refused, as when another was quicker. */
static int cni_iptables_end(const struct cni_iptables *tools,
			    const char *prefix, struct cni_addressing *ad,
			    struct cni_error *err)
{
	const char *argv[CNI_IPTABLES_ARGS] = {
		NULL, "-w", CNI_IPTABLES_LOCK_S, "-t", "nat", "-S",
		"POSTROUTING",
	};
	struct cni_iptables_list list;
	struct cni_run run;
	int ret = 0;

	if (cni_iptables_run(&run, tools->command, argv, "", err))
		return -1;
	if (!run.status) {
		cni_iptables_read(&list, run.output, prefix);
		if (list.n)
			ret = cni_iptables_remove(tools, &list, ad, err);
	} else if (run.status != CNI_IPTABLES_NO_TABLE) {
		cni_fail(err, CNI_ERR_KERNEL, "%s failed with status %d",
			 tools->command, run.status);
		ret = cni_explain(err, "%s", run.output);
	}
	free(run.output);
	return ret;
}

static int cni_iptables_release(const struct cni_iptables *tools,
				const char *prefix, struct cni_addressing *ad,
				struct cni_error *err)
{
	char path[CNI_IPTABLES_PATH];
	size_t n_ips = ad->n_ips;
	int tries;
	int ret;

	/* Without the program, or the family, nothing can have been made. */
	if (!cni_iptables_find(tools->command, path))
		return 0;
	if (tools == &cni_iptables_inet6 && access(CNI_IPTABLES_IPV6, F_OK))
		return 0;
	for (tries = CNI_IPTABLES_TRIES; tries; tries--) {
		ad->n_ips = n_ips;
		ret = cni_iptables_end(tools, prefix, ad, err);
		if (ret <= 0)
			return ret;
	}
	return -1;
}

int cni_masq_iptables_release(const char *network, struct cni_addressing *ad,
			      struct cni_error *err)
{
	char prefix[CNI_CHAIN_SIZE];
	int ret;

	ad->n_ips = 0;
	cni_masq_prefix(prefix, CNI_IPTABLES_KIND, network);
	ret = cni_iptables_release(&cni_iptables_inet, prefix, ad, err);
	/* Who has waited for a lock in vain does not wait for it again. */
	if (!ret)
		ret = cni_iptables_release(&cni_iptables_inet6, prefix, ad,
					   err);
	return ret;
}
