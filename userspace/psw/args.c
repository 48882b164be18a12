// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

const char *arg_mac(char *value, void *to)
{
	struct arg_mac *mac = to;
	int high, low;
	size_t i;

	if (strlen(value) != 3 * sizeof(mac->bytes) - 1)
		return "is not a MAC address";
	for (i = 0; i < sizeof(mac->bytes); i++, value += 3) {
		high = hex_digit(value[0]);
		low = hex_digit(value[1]);
		if (high < 0 || low < 0 || (value[2] && value[2] != ':'))
			return "is not a MAC address";
		mac->bytes[i] = (uint8_t)(high << 4 | low);
	}
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
	address->family = strchr(value, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(address->family, value, &address->v6) != 1)
		return "is not an IP address";
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

int args_parse(const struct psw *psw, char **words, const struct arg *args,
	       size_t n_args)
{
	const struct arg *bare;
	const struct arg *arg;
	const char *wrong;
	uint32_t seen = 0;
	uint32_t bit;

	for (; *words; words++) {
		bare = args_bare(args, n_args, seen);
		arg = args_named(*words, args, n_args);
		if (args_is_bare(*words, arg, bare, !seen))
			arg = bare;
		else if (!arg)
			return psw_complain(psw, PSW_USAGE,
					    "unknown word \"%s\"", *words);
		else if (!*++words)
			return psw_complain(psw, PSW_USAGE,
					    "%s lacks a value", arg->word);
		bit = 1U << (arg - args);
		if (seen & bit && !(arg->flags & ARG_MANY))
			return psw_complain(psw, PSW_USAGE,
					    "%s is there twice", arg->word);
		seen |= bit;
		wrong = arg->read(*words, arg->to);
		if (wrong)
			return psw_complain(psw, PSW_USAGE, "%s \"%s\" %s",
					    arg->word, *words, wrong);
	}
	return args_check_needed(psw, args, n_args, seen);
}
