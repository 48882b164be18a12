// SPDX-License-Identifier: GPL-2.0
#include "masq.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hash.h"

static uint32_t cni_masq_hash(const char *what, const char *text)
{
	return (uint32_t)(cni_hash(what, text, NULL) >> 32);
}

void cni_masq_prefix(char *prefix, const char *kind, const char *network)
{
	snprintf(prefix, CNI_CHAIN_SIZE, "%s-%08" PRIx32 "-", kind,
		 cni_masq_hash("network", network));
}

void cni_masq_name(struct cni_masq *masq, const char *kind,
		   const char *network, const struct cni_prefix *member)
{
	char text[CNI_PREFIX_STRLEN];
	size_t len;

	masq->subnet.address = cni_prefix_first(member);
	masq->subnet.len = member->len;
	cni_prefix_print(&masq->subnet, text);
	cni_masq_prefix(masq->chain, kind, network);
	len = strlen(masq->chain);
	snprintf(masq->chain + len, sizeof(masq->chain) - len, "%08" PRIx32,
		 cni_masq_hash("subnet", text));
	snprintf(masq->comment, sizeof(masq->comment), "%s of %s", text,
		 network);
}

const char *cni_masq_groups(const struct cni_masq *masq)
{
	return masq->subnet.address.family == AF_INET ? "224.0.0.0/4" :
							"ff00::/8";
}
