// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

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
 * psw_table_find_ip() - who holds an IP address
 * @table: the table
 * @addr: the address; IPv4 is IPv4-mapped
 * @vlan: the VLAN to look in, 0 for outside all
 *
 * Context: RCU read section.
 * Return: the entry, or NULL.
 */
struct psw_entry *psw_table_find_ip(struct psw_table *table,
				    const struct in6_addr *addr, u16 vlan)
{
	struct psw_ip key = { .addr = *addr, .vlan = vlan };

	return rhashtable_lookup(&table->ips, &key, psw_ip_params);
}

/**
 * psw_table_find_mac_rtnl() - psw_table_find_mac() for who may change the table
 * @table: the table
 * @mac: made by psw_mac_key()
 * @vlan: the VLAN to look in, 0 for outside all
 *
 * Context: RTNL, as long as the entry is used.
 * Return: the entry, or NULL.
 */
struct psw_entry *psw_table_find_mac_rtnl(struct psw_table *table, u64 mac,
					  u16 vlan)
{
	struct psw_entry *entry;

	ASSERT_RTNL();
	rcu_read_lock();
	entry = psw_table_find_mac(table, mac, vlan);
	rcu_read_unlock();
	return entry;
}

/**
 * psw_table_find_ip_rtnl() - psw_table_find_ip() for who may change the table
 * @table: the table
 * @addr: the address; IPv4 is IPv4-mapped
 * @vlan: the VLAN to look in, 0 for outside all
 *
 * Context: RTNL, as long as the entry is used.
 * Return: the entry, or NULL.
 */
struct psw_entry *psw_table_find_ip_rtnl(struct psw_table *table,
					 const struct in6_addr *addr, u16 vlan)
{
	struct psw_entry *entry;

	ASSERT_RTNL();
	rcu_read_lock();
	entry = psw_table_find_ip(table, addr, vlan);
	rcu_read_unlock();
	return entry;
}

/* Thousands of entries at once can outrun the work that makes the hash bigger,
 * which is then waited for.
 */
static int psw_hash_add(struct rhashtable *hash, struct psw_entry *entry,
			const struct rhashtable_params params)
{
	int err;

	ASSERT_RTNL();
	while ((err = rhashtable_lookup_insert_fast(hash, &entry->node,
						    params)) == -EBUSY)
		flush_work(&hash->run_work);
	return err;
}

/**
 * psw_table_add_mac() - publishes a MAC
 * @table: the table
 * @entry: complete but for its node
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EEXIST if the MAC is there; -ENOMEM.
 */
int psw_table_add_mac(struct psw_table *table, struct psw_entry *entry)
{
	return psw_hash_add(&table->macs, entry, psw_mac_params);
}

/**
 * psw_table_add_ip() - publishes an IP address
 * @table: the table
 * @entry: complete but for its node
 *
 * Context: RTNL; sleeps.
 * Return: 0; -EEXIST if the address is there; -ENOMEM.
 */
int psw_table_add_ip(struct psw_table *table, struct psw_entry *entry)
{
	return psw_hash_add(&table->ips, entry, psw_ip_params);
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
