/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_TABLE_H
#define _PSW_TABLE_H

#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/types.h>
#include <linux/unaligned.h>

struct psw_port;

/**
 * struct psw_table - who holds which MAC and which IP address
 * @macs: entries by MAC
 * @ips: entries by IP address
 *
 * Declared, never learned. Read under RCU, changed under RTNL. The port is
 * an opaque pointer here.
 */
struct psw_table {
	struct rhashtable macs;
	struct rhashtable ips;
};

/**
 * struct psw_ip - an IP address in a VLAN
 * @addr: the address; an IPv4 address is IPv4-mapped (RFC 4291 2.5.5.2)
 * @vlan: the VLAN, 0 for outside all; 32 bits wide so that nothing is padded
 */
struct psw_ip {
	struct in6_addr addr;
	u32 vlan;
};

/**
 * struct psw_entry - one address and the port that holds it
 * @node: place in one of the table's hashes
 * @port: the holder
 * @mac: the address in @macs and its VLAN, as psw_mac_in_vlan() makes it
 * @ip: the address in @ips
 * @list: for the holder's list of its addresses
 * @rcu: for freeing after the last reader
 */
struct psw_entry {
	struct rhash_head node;
	struct psw_port *port;
	union {
		u64 mac;
		struct psw_ip ip;
	};
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * psw_mac_key() - a MAC as one number
 * @mac: 6 bytes, of which no alignment is asked
 *
 * The two high bytes are the place of the VLAN.
 *
 * Return: the key; 0 is no valid station's (IEEE 802-2014 8.2.2).
 */
static inline u64 psw_mac_key(const u8 *mac)
{
	return (u64)get_unaligned((const u32 *)mac) |
	       (u64)get_unaligned((const u16 *)(mac + 4)) << 32;
}

/**
 * psw_mac_is_group() - whether a MAC stands for more than one station
 * @mac: as psw_mac_key() makes it
 *
 * Return: the group bit (IEEE 802-2014 8.2.2).
 */
static inline bool psw_mac_is_group(u64 mac)
{
#ifdef __BIG_ENDIAN
	return mac >> 24 & 1;
#else
	return mac & 1;
#endif
}

/**
 * psw_mac_in_vlan() - a MAC in a VLAN as one number
 * @mac: as psw_mac_key() makes it
 * @vlan: the VLAN, 0 for outside all
 *
 * Return: the key of the table.
 */
static inline u64 psw_mac_in_vlan(u64 mac, u16 vlan)
{
	return mac | (u64)vlan << 48;
}

/**
 * psw_mac_vlan() - the VLAN of a MAC in a VLAN
 * @key: made by psw_mac_in_vlan()
 */
static inline u16 psw_mac_vlan(u64 key)
{
	return key >> 48;
}

/**
 * psw_mac_anywhere() - the MAC of a MAC in a VLAN
 * @key: made by psw_mac_in_vlan()
 *
 * Return: as psw_mac_key() makes it.
 */
static inline u64 psw_mac_anywhere(u64 key)
{
	return key & GENMASK_ULL(47, 0);
}

/**
 * psw_mac_from_key() - the bytes of a MAC
 * @key: made by psw_mac_key()
 * @mac: where the 6 bytes go
 */
static inline void psw_mac_from_key(u64 key, u8 *mac)
{
	put_unaligned((u32)key, (u32 *)mac);
	put_unaligned((u16)(key >> 32), (u16 *)(mac + 4));
}

int psw_table_init(struct psw_table *table);
void psw_table_fini(struct psw_table *table);

struct psw_entry *psw_table_find_ip(struct psw_table *table,
				    const struct in6_addr *addr, u16 vlan)
	__must_hold_shared(RCU);

struct psw_entry *psw_table_find_mac_rtnl(struct psw_table *table, u64 mac,
					  u16 vlan);
struct psw_entry *psw_table_find_ip_rtnl(struct psw_table *table,
					 const struct in6_addr *addr,
					 u16 vlan);

int psw_table_add_mac(struct psw_table *table, struct psw_entry *entry);
int psw_table_add_ip(struct psw_table *table, struct psw_entry *entry);
void psw_table_del_mac(struct psw_table *table, struct psw_entry *entry);
void psw_table_del_ip(struct psw_table *table, struct psw_entry *entry);

/* MACs are declared by the administrator, so no sender can aim at a bucket and
 * one multiplication spreads them well enough.
 */
static inline u32 psw_mac_hash(const void *data, u32 len, u32 seed)
{
	u32 hash = hash_64(*(const u64 *)data ^ seed, 32);

	/* Buckets are told by the low bits, which a VLAN does not reach. */
	return hash ^ hash >> 16;
}

static inline int psw_mac_compare(struct rhashtable_compare_arg *arg,
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

/**
 * psw_table_find_mac() - who holds a MAC
 * @table: the table
 * @mac: made by psw_mac_key()
 * @vlan: the VLAN to look in, 0 for outside all
 *
 * Context: RCU read section.
 * Return: the entry, or NULL.
 */
static __always_inline struct psw_entry *
psw_table_find_mac(struct psw_table *table, u64 mac, u16 vlan)
	__must_hold_shared(RCU)
{
	u64 key = psw_mac_in_vlan(mac, vlan);

	return rhashtable_lookup(&table->macs, &key, psw_mac_params);
}

#endif /* _PSW_TABLE_H */
