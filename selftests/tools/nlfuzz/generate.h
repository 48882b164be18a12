/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the generator know of each other. */
#ifndef _GENERATE_H
#define _GENERATE_H

#include "chance.h"
#include "nlfuzz.h"
#include "tables.h"

/* --- values.c --- */

/* The device that a message is about, as a rule. */
extern uint32_t about;

/* Many addresses in one message are of many stations, and nothing is wrong
 * with them.
 */
extern bool is_crowd;

/* The first of the few VLANs that a message's ranges are of, 0 if of any. */
extern uint32_t first_vlan;

void draw_first_vlan(void);
uint32_t draw_vlan(void);
uint32_t draw_index(enum hint hint);
uint32_t draw_number(uint32_t low, uint32_t high);
void draw_bytes(uint8_t *bytes, size_t size);
void draw_mac(uint8_t *mac);
void draw_ipv4(uint8_t *ip);
void draw_ipv6(uint8_t *ip);
size_t draw_frame(uint8_t *frame, size_t max);
size_t draw_text(char *text, size_t max);

/* --- known.c, unknown.c, rtnl.c --- */

void start_request(struct message *m, uint8_t cmd, uint16_t flags);
void draft_known(struct draft *d);
void draft_unknown(struct draft *d);
void draft_rtnl(struct draft *d);

/* Anything that has the form of attributes, to some depth. */
void put_anything(struct message *m, unsigned int depth);

/* Something behind the header becomes wrong, or not. */
void spoil(struct message *m);

#endif /* _GENERATE_H */
