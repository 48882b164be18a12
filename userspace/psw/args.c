// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MAC_LEN		6
#define VLAN_MAX	"4094"

_Static_assert(PODSWITCH_VLAN_MAX == 4094, "complaints name another number");

const char *arg_string(char *value, void *to)
{
	const char **string = to;

	if (!*value)
		return "is empty";
	*string = value;
	return NULL;
}

const char *arg_owner(char *value, void *to)
{
	if (strlen(value) > PODSWITCH_OWNER_LEN_MAX)
		return "is too long";
	return arg_string(value, to);
}

const char *arg_pod(char *value, void *to)
{
	struct podswitch_owner *owner = to;
	char *slash = strchr(value, '/');

	if (!slash)
		return arg_owner(value, &owner->pod_name);
	if (slash == value || !slash[1])
		return "is not NAMESPACE/NAME";
	*slash = '\0';
	owner->pod_namespace = value;
	return arg_owner(slash + 1, &owner->pod_name);
}

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

static bool read_mac(const char *value, uint8_t *bytes)
{
	int high, low;
	size_t i;

	if (strlen(value) != 3 * MAC_LEN - 1)
		return false;
	for (i = 0; i < MAC_LEN; i++, value += 3) {
		high = hex_digit(value[0]);
		low = hex_digit(value[1]);
		if (high < 0 || low < 0 || (value[2] && value[2] != ':'))
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

const char *arg_mac(char *value, void *to)
{
	struct arg_mac *mac = to;

	if (!read_mac(value, mac->bytes))
		return "is not a MAC address";
	mac->given = true;
	return NULL;
}

const char *arg_address(char *value, void *to)
{
	struct arg_addresses *addresses = to;
	struct podswitch_address *address;

	if (addresses->n == ARRAY_SIZE(addresses->list))
		return "is one more than a port can hold";
	address = &addresses->list[addresses->n++];
	address->family = AF_PACKET;
	if (read_mac(value, address->mac))
		return NULL;
	address->family = strchr(value, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(address->family, value, &address->v6) != 1)
		return "is not an IP or MAC address";
	return NULL;
}

/* A decimal number at the start of a string, which is moved behind it. */
static bool read_number(const char **s, unsigned long min, unsigned long max,
			unsigned long *number)
{
	char *end;

	if (!isdigit((unsigned char)**s))
		return false;
	errno = 0;
	*number = strtoul(*s, &end, 10);
	*s = end;
	return !errno && *number >= min && *number <= max;
}

const char *arg_vlan(char *value, void *to)
{
	struct arg_addresses *addresses = to;
	struct podswitch_address *address;
	const char *s = value;
	unsigned long vlan;

	if (!addresses->n)
		return "stands behind no address";
	address = &addresses->list[addresses->n - 1];
	if (address->has_vlan)
		return "is the second one behind an address";
	if (!read_number(&s, 0, PODSWITCH_VLAN_MAX, &vlan) || *s)
		return "is not a VLAN from 0 to " VLAN_MAX;
	address->has_vlan = true;
	address->vlan = (uint16_t)vlan;
	return NULL;
}

const char *arg_shared(char *value, void *to)
{
	struct arg_addresses *addresses = to;

	(void)value;
	if (!addresses->n)
		return "stands behind no address";
	addresses->list[addresses->n - 1].shared = true;
	return NULL;
}

const char *arg_role(char *value, void *to)
{
	const char *name;
	int *role = to;
	int i;

	for (i = 0; (name = podswitch_role_name(i)); i++) {
		if (strcmp(value, name))
			continue;
		*role = i;
		return NULL;
	}
	return "is not \"pod\" or \"uplink\"";
}

const char *arg_pvid(char *value, void *to)
{
	const char *s = value;
	unsigned long vlan;
	int *pvid = to;

	if (!read_number(&s, 0, PODSWITCH_VLAN_MAX, &vlan) || *s)
		return "is not a VLAN from 0 to " VLAN_MAX;
	*pvid = (int)vlan;
	return NULL;
}

/* FIRST or FIRST-LAST at the start of a string, which is moved behind it. */
static const char *read_range(const char **s, struct podswitch_vlan_range *range)
{
	unsigned long first, last;

	if (!read_number(s, 1, PODSWITCH_VLAN_MAX, &first))
		return "is not \"none\" or VLANs from 1 to " VLAN_MAX
		       ", as in 10,20-29";
	last = first;
	if (**s == '-') {
		++*s;
		if (!read_number(s, 1, PODSWITCH_VLAN_MAX, &last))
			return "has a range without an end from 1 to " VLAN_MAX;
	}
	if (last < first)
		return "has a range that ends before it begins";
	range->first = (uint16_t)first;
	range->last = (uint16_t)last;
	return NULL;
}

const char *arg_trunk(char *value, void *to)
{
	struct arg_trunk *trunk = to;
	const char *s = value;
	const char *wrong;

	trunk->given = true;
	if (!strcmp(value, "none"))
		return NULL;
	do {
		if (trunk->n == ARRAY_SIZE(trunk->list))
			return "has more ranges than there can be";
		wrong = read_range(&s, &trunk->list[trunk->n++]);
		if (wrong)
			return wrong;
	} while (*s++ == ',');
	return s[-1] ? "is not a list of VLANs with commas, as in 10,20-29" :
		       NULL;
}

const char *arg_limit(char *value, void *to)
{
	const char *s = value;
	unsigned long number;
	int64_t *limit = to;

	if (!read_number(&s, 0, UINT32_MAX, &number) || *s)
		return "is not a number from 0 to 4294967295";
	*limit = (int64_t)number;
	return NULL;
}

const char *arg_guard(char *value, void *to)
{
	int *guard = to;
	const char *name;
	int i;

	for (i = 0; (name = podswitch_guard_name(i)); i++) {
		if (strcmp(value, name))
			continue;
		*guard = i;
		return NULL;
	}
	return "is not \"off\", \"mac\" or \"mac+ip\"";
}

const char *arg_onoff(char *value, void *to)
{
	int *onoff = to;

	if (strcmp(value, "on") && strcmp(value, "off"))
		return "is not \"on\" or \"off\"";
	*onoff = !strcmp(value, "on");
	return NULL;
}

const char *arg_count(char *value, void *to)
{
	unsigned long number;
	uint32_t *count = to;
	char *end;

	if (!isdigit((unsigned char)*value))
		return "is not a number";
	errno = 0;
	number = strtoul(value, &end, 10);
	if (*end)
		return "is not a number";
	if (errno || !number || number > UINT32_MAX)
		return "is out of range";
	*count = (uint32_t)number;
	return NULL;
}

/* The argument that a word is the name of, or short for. */
static const struct arg *args_named(const char *word, const struct arg *args,
				    size_t n_args)
{
	size_t i;

	for (i = 0; i < n_args; i++)
		if (psw_matches(word, args[i].word))
			return &args[i];
	return NULL;
}

/* The argument whose value needs no word in front, if it is still open. */
static const struct arg *args_bare(const struct arg *args, size_t n_args,
				   uint32_t seen)
{
	size_t i;

	for (i = 0; i < n_args; i++)
		if (args[i].flags & ARG_BARE &&
		    (args[i].flags & ARG_MANY || !(seen & 1U << i)))
			return &args[i];
	return NULL;
}

/* Whether a word is a value that stands where it needs no word in front. */
static bool args_is_bare(const char *word, const struct arg *named,
			 const struct arg *bare, bool first)
{
	if (!named)
		return bare;
	return first && bare && bare->flags & ARG_NEEDED &&
	       strcmp(word, bare->word);
}

static int args_check_needed(const struct psw *psw, const struct arg *args,
			     size_t n_args, uint32_t seen)
{
	size_t i;

	for (i = 0; i < n_args; i++)
		if (args[i].flags & ARG_NEEDED && !(seen & 1U << i))
			return psw_complain(psw, PSW_USAGE, "%s is missing",
					    args[i].word);
	return PSW_DONE;
}

/* Reads the value of an argument that starts at a word, and moves to its end. */
static int args_read(const struct psw *psw, const struct arg *arg, bool bare,
		     char ***words)
{
	bool lone = arg->flags & ARG_LONE;
	const char *wrong;

	if (!bare && !lone && !*++*words)
		return psw_complain(psw, PSW_USAGE, "%s lacks a value",
				    arg->word);
	wrong = arg->read(lone ? NULL : **words, arg->to);
	if (wrong && lone)
		return psw_complain(psw, PSW_USAGE, "%s %s", arg->word, wrong);
	if (wrong)
		return psw_complain(psw, PSW_USAGE, "%s \"%s\" %s", arg->word,
				    **words, wrong);
	return PSW_DONE;
}

const struct arg *args_meant(const char *word, const struct arg *args,
			     size_t n_args, uint32_t seen, bool *is_bare)
{
	const struct arg *bare = args_bare(args, n_args, seen);
	const struct arg *named = args_named(word, args, n_args);

	*is_bare = args_is_bare(word, named, bare, !seen);
	return *is_bare ? bare : named;
}

int args_parse(const struct psw *psw, char **words, const struct arg *args,
	       size_t n_args)
{
	const struct arg *arg;
	uint32_t seen = 0;
	bool is_bare;
	uint32_t bit;

	if (psw->completion) {
		psw->completion->args(psw, words, args, n_args);
		return PSW_USAGE;
	}
	for (; *words; words++) {
		arg = args_meant(*words, args, n_args, seen, &is_bare);
		if (!arg)
			return psw_complain(psw, PSW_USAGE,
					    "unknown word \"%s\"", *words);
		bit = 1U << (arg - args);
		if (seen & bit && !(arg->flags & ARG_MANY))
			return psw_complain(psw, PSW_USAGE,
					    "%s is there twice", arg->word);
		seen |= bit;
		if (args_read(psw, arg, is_bare, &words))
			return PSW_USAGE;
	}
	return args_check_needed(psw, args, n_args, seen);
}
