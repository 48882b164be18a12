// SPDX-License-Identifier: GPL-2.0
#include "masquerade.h"

#include "masq.h"

int cni_masquerade_ensure(const struct cni_conf *conf,
			  const struct cni_addressing *ad,
			  struct cni_error *err)
{
	if (conf->masq_iptables)
		return cni_masq_iptables_ensure(conf->name, ad, err);
	return cni_masq_nft_ensure(conf->name, ad, err);
}

int cni_masquerade_check(const struct cni_conf *conf,
			 const struct cni_addressing *ad,
			 struct cni_error *err)
{
	if (conf->masq_iptables)
		return cni_masq_iptables_check(conf->name, ad, err);
	return cni_masq_nft_check(conf->name, ad, err);
}

int cni_masquerade_release(const struct cni_conf *conf,
			   struct cni_addressing *ad, struct cni_error *err)
{
	if (conf->masq_iptables)
		return cni_masq_iptables_release(conf->name, ad, err);
	return cni_masq_nft_release(conf->name, ad, err);
}
