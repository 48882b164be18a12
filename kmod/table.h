/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PSW_TABLE_H
#define _PSW_TABLE_H

#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/rhashtable-types.h>
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
 * struct psw_entry - one address and the port that holds it
 * @node: place in one of the table's hashes
 * @port: the holder
 * @mac: the address in @macs, as psw_mac_key() makes it
 * @ip: the address in @ips; an IPv4 address is IPv4-mapped (RFC 4291 2.5.5.2)
 * @list: for the holder's list of its addresses
 * @rcu: for freeing after the last reader
 */
struct psw_entry {
	struct rhash_head node;
	struct psw_port *port;
	union {
		u64 mac;
		struct in6_addr ip;
	};
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * psw_mac_key() - a MAC as one number
 * @mac: 6 bytes, of which no alignment is asked
 *
 * The two high bytes are the place of the VLAN, of which there is one: 0.
 *
 * Return: the key; 0 is no valid station's (IEEE 802-2014 8.2.2).
 */
static inline u64 psw_mac_key(const u8 *mac)
{
	return (u64)get_unaligned((const u32 *)mac) |
	       (u64)get_unaligned((const u16 *)(mac + 4)) << 32;
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

struct psw_entry *psw_table_find_mac(struct psw_table *table, u64 mac);
struct psw_entry *psw_table_find_ip(struct psw_table *table,
				    const struct in6_addr *ip);

int psw_table_add_mac(struct psw_table *table, struct psw_entry *entry);
int psw_table_add_ip(struct psw_table *table, struct psw_entry *entry);
void psw_table_del_mac(struct psw_table *table, struct psw_entry *entry);
void psw_table_del_ip(struct psw_table *table, struct psw_entry *entry);

#endif /* _PSW_TABLE_H */
