// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

/* MACs are declared by the administrator, so no sender can aim at a bucket and
 * one multiplication spreads them well enough.
 */
static u32 psw_mac_hash(const void *data, u32 len, u32 seed)
{
	return hash_64(*(const u64 *)data ^ seed, 32);
}

static int psw_mac_compare(struct rhashtable_compare_arg *arg,
			   const void *object)
{
	return ((const struct psw_entry *)object)->mac !=
	       *(const u64 *)arg->key;
}

static const struct rhashtable_params psw_mac_params = {
	.head_offset = offsetof(struct psw_entry, node),
	.key_offset = offsetof(struct psw_entry, mac),
	.key_len = sizeof_field(struct psw_entry, mac),
	.hashfn = psw_mac_hash,
	.obj_cmpfn = psw_mac_compare,
	.automatic_shrinking = true,
};

static const struct rhashtable_params psw_ip_params = {
	.head_offset = offsetof(struct psw_entry, node),
	.key_offset = offsetof(struct psw_entry, ip),
	.key_len = sizeof_field(struct psw_entry, ip),
	.automatic_shrinking = true,
};

/**
 * psw_table_init() - makes an empty table
 * @table: memory is the caller's
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int psw_table_init(struct psw_table *table)
{
	int err;

	err = rhashtable_init(&table->macs, &psw_mac_params);
	if (err)
		return err;

	err = rhashtable_init(&table->ips, &psw_ip_params);
	if (err)
		goto err_destroy_macs;
	return 0;

err_destroy_macs:
	rhashtable_destroy(&table->macs);
	return err;
}

/**
 * psw_table_fini() - ends an empty table
 * @table: the table; no reader may be left
 *
 * Context: may sleep.
 */
void psw_table_fini(struct psw_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->macs.nelems));
	WARN_ON_ONCE(atomic_read(&table->ips.nelems));
	rhashtable_destroy(&table->ips);
	rhashtable_destroy(&table->macs);
}

/**
 * psw_table_find_mac() - who holds a MAC
 * @table: the table
 * @mac: made by psw_mac_key()
 *
 * Context: RCU read section or RTNL.
 * Return: the entry, or NULL.
 */
struct psw_entry *psw_table_find_mac(struct psw_table *table, u64 mac)
{
	return rhashtable_lookup(&table->macs, &mac, psw_mac_params);
}

/**
 * psw_table_find_ip() - who holds an IP address
 * @table: the table
 * @ip: the address; IPv4 is IPv4-mapped
 *
 * Context: RCU read section or RTNL.
 * Return: the entry, or NULL.
 */
struct psw_entry *psw_table_find_ip(struct psw_table *table,
				    const struct in6_addr *ip)
{
	return rhashtable_lookup(&table->ips, ip, psw_ip_params);
}

/**
 * psw_table_add_mac() - publishes a MAC
 * @table: the table
 * @entry: complete but for its node
 *
 * Context: RTNL.
 * Return: 0; -EEXIST if the MAC is there; -ENOMEM.
 */
int psw_table_add_mac(struct psw_table *table, struct psw_entry *entry)
{
	ASSERT_RTNL();
	return rhashtable_lookup_insert_fast(&table->macs, &entry->node,
					     psw_mac_params);
}

/**
 * psw_table_add_ip() - publishes an IP address
 * @table: the table
 * @entry: complete but for its node
 *
 * Context: RTNL.
 * Return: 0; -EEXIST if the address is there; -ENOMEM.
 */
int psw_table_add_ip(struct psw_table *table, struct psw_entry *entry)
{
	ASSERT_RTNL();
	return rhashtable_lookup_insert_fast(&table->ips, &entry->node,
					     psw_ip_params);
}

/**
 * psw_table_del_mac() - takes a MAC out and frees its entry after a grace
 * period
 * @table: the table
 * @entry: in the table
 *
 * Context: RTNL.
 */
void psw_table_del_mac(struct psw_table *table, struct psw_entry *entry)
{
	ASSERT_RTNL();
	WARN_ON_ONCE(rhashtable_remove_fast(&table->macs, &entry->node,
					    psw_mac_params));
	kfree_rcu(entry, rcu);
}

/**
 * psw_table_del_ip() - takes an IP address out and frees its entry after a
 * grace period
 * @table: the table
 * @entry: in the table
 *
 * Context: RTNL.
 */
void psw_table_del_ip(struct psw_table *table, struct psw_entry *entry)
{
	ASSERT_RTNL();
	WARN_ON_ONCE(rhashtable_remove_fast(&table->ips, &entry->node,
					    psw_ip_params));
	kfree_rcu(entry, rcu);
}
