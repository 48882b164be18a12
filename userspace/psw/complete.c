// SPDX-License-Identifier: GPL-2.0
#include "complete.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "args.h"
#include "print.h"

#define COMPLETE_OWNER_SIZE (2 * PODSWITCH_OWNER_LEN_MAX + 2)

struct candidate {
	char *value;
	char *what;	/* what it is, or NULL */
};

/*
 * A command line that is completed: the word that is being typed, what was
 * found, and a handle of its own, as psw_open() refuses.
 */
struct complete {
	struct psw_completion hooks;
	const char *typed;
	struct candidate *list;
	size_t n;
	bool wants_file;
	struct podswitch *h;
};

/* Where the values of an argument come from: the first entry that fits. */
struct complete_source {
	const char *verb;	/* what it begins with, or NULL */
	const char *word;	/* the argument's, or NULL */
	const char *(*read)(char *value, void *to);	/* its reader, or NULL */
	podswitch_port_cb *of_port;
	void (*list)(struct complete *c);
};

/* The hooks are its first member. */
static struct complete *complete_of(const struct psw *psw)
{
	return (struct complete *)psw->completion;
}

/* Names are their owners' choice; what no line can hold is not for shells. */
static bool complete_is_line(const char *value)
{
	const unsigned char *s;

	for (s = (const unsigned char *)value; *s; s++)
		if (*s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0))
			return false;
	return *value;
}

static void complete_add(struct complete *c, const char *value,
			 const char *what)
{
	struct candidate *list;

	if (!value || strncmp(value, c->typed, strlen(c->typed)) ||
	    !complete_is_line(value))
		return;
	list = reallocarray(c->list, c->n + 1, sizeof(*list));
	if (!list)
		return;
	c->list = list;
	list += c->n;
	list->value = strdup(value);
	if (!list->value)
		return;
	list->what = what && *what ? strdup(what) : NULL;
	c->n++;
}

static bool complete_open(struct complete *c)
{
	/* To ask for a module that is not loaded would load it. */
	if (c->hooks.words_only || access("/sys/module/podswitch", F_OK))
		return false;
	return c->h || !podswitch_open(&c->h);
}

/* --- what there is in the kernel --- */

static const char *complete_pod_name(const struct podswitch_port *port,
				     char *name, size_t size)
{
	const struct podswitch_owner *owner = &port->owner;

	if (!owner->pod_name)
		return NULL;
	snprintf(name, size, "%s%s%s",
		 owner->pod_namespace ? owner->pod_namespace : "",
		 owner->pod_namespace ? "/" : "", owner->pod_name);
	return name;
}

static int complete_port(const struct podswitch_port *port, void *arg)
{
	char pod[COMPLETE_OWNER_SIZE];

	complete_add(arg, port->name,
		     complete_pod_name(port, pod, sizeof(pod)));
	return 0;
}

static int complete_pod(const struct podswitch_port *port, void *arg)
{
	char pod[COMPLETE_OWNER_SIZE];

	complete_add(arg, complete_pod_name(port, pod, sizeof(pod)),
		     port->name);
	return 0;
}

static int complete_id(const struct podswitch_port *port, void *arg)
{
	char pod[COMPLETE_OWNER_SIZE];

	complete_add(arg, port->owner.container_id,
		     complete_pod_name(port, pod, sizeof(pod)));
	return 0;
}

static int complete_network(const struct podswitch_port *port, void *arg)
{
	complete_add(arg, port->owner.network, NULL);
	return 0;
}

static int complete_ifname(const struct podswitch_port *port, void *arg)
{
	complete_add(arg, port->owner.ifname, NULL);
	return 0;
}

static int complete_address(const struct podswitch_port *port, void *arg)
{
	const struct podswitch_address *address;
	char text[INET6_ADDRSTRLEN];
	const uint8_t *mac;
	size_t i;

	for (i = 0; i < port->n_addresses; i++) {
		address = &port->addresses[i];
		mac = address->mac;
		if (address->family != AF_PACKET)
			inet_ntop(address->family, &address->v6, text,
				  sizeof(text));
		else
			snprintf(text, sizeof(text),
				 "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
				 mac[1], mac[2], mac[3], mac[4], mac[5]);
		complete_add(arg, text, port->name);
	}
	return 0;
}

/* Where a frame can come from, and go to. */
static int complete_from(const struct podswitch_port *port, void *arg)
{
	complete_pod(port, arg);
	return complete_port(port, arg);
}

static int complete_to(const struct podswitch_port *port, void *arg)
{
	complete_pod(port, arg);
	return complete_address(port, arg);
}

static int complete_switch(const struct podswitch_switch *sw, void *arg)
{
	char what[32];

	snprintf(what, sizeof(what), "%u port%s", sw->ports,
		 sw->ports == 1 ? "" : "s");
	complete_add(arg, sw->name, what);
	return 0;
}

static void complete_switches(struct complete *c)
{
	if (complete_open(c))
		podswitch_switch_dump(c->h, complete_switch, c);
}

/* Devices that are a switch or a port already. */
struct complete_taken {
	uint32_t *list;
	size_t n;
};

static int complete_take(struct complete_taken *taken, uint32_t ifindex)
{
	uint32_t *list = reallocarray(taken->list, taken->n + 1, sizeof(*list));

	if (!list)
		return -1;
	taken->list = list;
	list[taken->n++] = ifindex;
	return 0;
}

static int complete_take_port(const struct podswitch_port *port, void *arg)
{
	return complete_take(arg, port->ifindex);
}

static int complete_take_switch(const struct podswitch_switch *sw, void *arg)
{
	return complete_take(arg, sw->ifindex);
}

static bool complete_is_taken(const struct complete_taken *taken,
			      uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < taken->n; i++)
		if (taken->list[i] == ifindex)
			return true;
	return false;
}

/* What could become a port. */
static void complete_devices(struct complete *c)
{
	struct complete_taken taken = { 0 };
	struct if_nameindex *devices;
	size_t i;

	if (!complete_open(c))
		return;
	podswitch_port_dump(c->h, NULL, complete_take_port, &taken);
	podswitch_switch_dump(c->h, complete_take_switch, &taken);
	devices = if_nameindex();
	for (i = 0; devices && devices[i].if_index; i++)
		if (strcmp(devices[i].if_name, "lo") &&
		    !complete_is_taken(&taken, devices[i].if_index))
			complete_add(c, devices[i].if_name, NULL);
	if (devices)
		if_freenameindex(devices);
	free(taken.list);
}

/* --- what there is besides --- */

static void complete_file(struct complete *c)
{
	c->wants_file = true;
}

static void complete_netns(struct complete *c)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(PSW_NETNS);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			complete_add(c, entry->d_name, NULL);
	closedir(dir);
}

static const struct complete_source complete_sources[] = {
	{ "port add", "dev", NULL, NULL, complete_devices },
	{ "port add", "address", NULL, NULL, NULL },
	{ "address add", "address", NULL, NULL, NULL },
	{ "switch", "dev", NULL, NULL, complete_switches },
	{ "probe", "from", NULL, complete_from, NULL },
	{ "probe", "to", NULL, complete_to, NULL },
	{ NULL, "dev", NULL, complete_port, NULL },
	{ NULL, "find", NULL, complete_from, NULL },
	{ NULL, "switch", NULL, NULL, complete_switches },
	{ NULL, "network", NULL, complete_network, NULL },
	{ NULL, "id", NULL, complete_id, NULL },
	{ NULL, "ifname", NULL, complete_ifname, NULL },
	{ NULL, "file", NULL, NULL, complete_file },
	{ NULL, "path", NULL, NULL, complete_file },
	{ NULL, "old", NULL, NULL, complete_file },
	{ NULL, NULL, arg_pod, complete_pod, NULL },
	{ NULL, NULL, arg_address, complete_address, NULL },
};

static int complete_compare(const void *a, const void *b)
{
	const struct candidate *of_a = a;
	const struct candidate *of_b = b;

	return strcmp(of_a->value, of_b->value);
}

static void complete_list(struct complete *c,
			  const struct complete_source *source)
{
	size_t first = c->n;

	if (source->of_port && complete_open(c))
		podswitch_port_dump(c->h, NULL, source->of_port, c);
	if (source->list)
		source->list(c);
	if (c->n > first)
		qsort(c->list + first, c->n - first, sizeof(*c->list),
		      complete_compare);
}

/*
 * What an argument's reader says of a value that is none tells, in quotes, the
 * words it would take: "is not "on" or "off"". Several words are a command to
 * try instead. What was read is not used.
 */
static void complete_choices(struct complete *c, const struct arg *arg)
{
	char none[] = "?";
	const char *wrong = arg->read(none, arg->to);
	char choice[32];
	size_t len;

	while (wrong && (wrong = strchr(wrong, '"'))) {
		len = strcspn(++wrong, "\"");
		snprintf(choice, sizeof(choice), "%.*s", (int)len, wrong);
		if (!strchr(choice, ' '))
			complete_add(c, choice, NULL);
		wrong += len + !!wrong[len];
	}
}

static void complete_value(struct complete *c, const char *verb,
			   const struct arg *arg)
{
	const struct complete_source *source;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(complete_sources); i++) {
		source = &complete_sources[i];
		if (source->verb &&
		    strncmp(verb, source->verb, strlen(source->verb)))
			continue;
		if (source->word && strcmp(arg->word, source->word))
			continue;
		if (source->read && arg->read != source->read)
			continue;
		complete_list(c, source);
		return;
	}
	complete_choices(c, arg);
}

/* --- the command line --- */

static void complete_offer(const struct psw *psw, const char *candidate)
{
	struct complete *c = complete_of(psw);
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->list[i].value, candidate))
			return;
	complete_add(c, candidate, NULL);
}

static void complete_option(const struct psw *psw, const char *option)
{
	if (!strcmp(option, "netns"))
		complete_netns(complete_of(psw));
	else
		complete_file(complete_of(psw));
}

/* Some say more of the argument before, which writes to the same place. */
static bool complete_stands_alone(const struct arg *args, size_t n_args,
				  size_t which, uint32_t seen)
{
	size_t i;

	if (args[which].read != arg_vlan && args[which].read != arg_shared)
		return false;
	for (i = 0; i < n_args; i++)
		if (seen & 1U << i && args[i].to == args[which].to)
			return false;
	return true;
}

/* Where an argument could begin: the words, and a value that needs none. */
static void complete_next(const struct psw *psw, const struct arg *args,
			  size_t n_args, uint32_t seen)
{
	struct complete *c = complete_of(psw);
	bool has_bare = false;
	size_t i;

	for (i = 0; i < n_args; i++) {
		if ((seen & 1U << i && !(args[i].flags & ARG_MANY)) ||
		    complete_stands_alone(args, n_args, i, seen))
			continue;
		complete_add(c, args[i].word, NULL);
		if (has_bare || !(args[i].flags & ARG_BARE))
			continue;
		has_bare = true;
		complete_value(c, psw->what, &args[i]);
		/* Any other word would be taken for it. */
		if (!seen && args[i].flags & ARG_NEEDED)
			break;
	}
}

static void complete_args(const struct psw *psw, char **words,
			  const struct arg *args, size_t n_args)
{
	const struct arg *arg;
	uint32_t seen = 0;
	bool is_bare;
	uint32_t bit;

	for (; *words && words[1]; words++) {
		arg = args_meant(*words, args, n_args, seen, &is_bare);
		if (!arg)
			return;
		bit = 1U << (arg - args);
		if (seen & bit && !(arg->flags & ARG_MANY))
			return;
		seen |= bit;
		if (is_bare || arg->flags & ARG_LONE)
			continue;
		if (!(++words)[1]) {
			complete_value(complete_of(psw), psw->what, arg);
			return;
		}
	}
	complete_next(psw, args, n_args, seen);
}

static int complete_print(struct complete *c, FILE *out)
{
	const struct candidate *last = NULL;
	const struct candidate *candidate;
	size_t i;

	for (i = 0; i < c->n; i++) {
		candidate = &c->list[i];
		if (last && !strcmp(candidate->value, last->value))
			continue;
		last = candidate;
		fputs(candidate->value, out);
		if (candidate->what) {
			fputc('\t', out);
			print_safe(out, candidate->what);
		}
		fputc('\n', out);
	}
	if (c->wants_file)
		fputs("\tfile\n", out);
	return fflush(out) || ferror(out) ? PSW_FAILED : PSW_DONE;
}

static void complete_free(struct complete *c)
{
	size_t i;

	podswitch_close(c->h);
	for (i = 0; i < c->n; i++) {
		free(c->list[i].value);
		free(c->list[i].what);
	}
	free(c->list);
}

/* Where stdout led; nothing but candidates goes there, and nothing is read. */
static FILE *complete_take_stdout(void)
{
	int out = dup(STDOUT_FILENO);
	int null = open("/dev/null", O_RDWR);

	if (out < 0 || null < 0)
		return NULL;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	return fdopen(out, "w");
}

int complete_run(struct psw *psw, char **words,
		 int (*run)(struct psw *psw, char **words))
{
	struct complete c = {
		.hooks = {
			.offer = complete_offer,
			.value = complete_option,
			.args = complete_args,
		},
	};
	FILE *out = complete_take_stdout();
	int status = PSW_DONE;
	size_t n;

	if (*words && !strcmp(*words, "--"))
		words++;
	for (n = 0; words[n]; n++)
		c.typed = words[n];
	psw->completion = &c.hooks;
	if (n && out)
		run(psw, words);
	psw->completion = NULL;
	if (out) {
		status = complete_print(&c, out);
		fclose(out);
	}
	complete_free(&c);
	return status;
}
