// SPDX-License-Identifier: GPL-2.0
/* What must come of it: answers are held against what was asked, and counted. */
#include <linux/genetlink.h>
#include <sys/mman.h>

#include "nlfuzz.h"
#include "tables.h"

#define MAX_ERRNO	134
#define MAX_REQUESTS	32
#define MAX_SHOWN	5

static const char *const who_names[] = { "nobody", "user-root", "far-root",
					 "admin" };

struct tally {
	uint64_t sent;
	uint64_t done;
	uint64_t refused;
	uint64_t lost;
	uint64_t taken;
	uint64_t wordless;
	uint64_t by[MAX_REQUESTS][MAX_ERRNO];
};

static void show(struct worker *w, const struct batch *b, const char *fault,
		 const struct asked *a, int err)
{
	char hex[2 * 128 + 1] = "";
	size_t i;

	if (w->shown++ >= MAX_SHOWN)
		return;
	for (i = 0; i < a->len && i < 128; i++)
		sprintf(hex + 2 * i, "%02x", b->data[a->at + i]);
	printf("%s: %s worker %u message %llu: %s: %s: %s\n", fault,
	       who_names[w->who], w->number, (unsigned long long)a->number,
	       a->request ? a->request->name : "unknown",
	       err ? strerrorname_np(err) : "done", hex);
	fflush(stdout);
}

static bool has_words(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	size_t at = NLMSG_HDRLEN + sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		at += e->msg.nlmsg_len - NLMSG_HDRLEN;
	for (at = NLMSG_ALIGN(at); at + NLA_HDRLEN <= nlh->nlmsg_len;) {
		const struct nlattr *a = (const void *)((const char *)nlh + at);

		if (a->nla_type == NLMSGERR_ATTR_MSG ||
		    a->nla_type == NLMSGERR_ATTR_MISS_TYPE)
			return true;
		at += NLA_ALIGN(a->nla_len) ? : NLA_HDRLEN;
	}
	return false;
}

/* Which the core refuses without a word. */
static bool is_core_wordless(const struct request *r, int err)
{
	return err == EPERM || err == EOPNOTSUPP || (r->is_dump && err == EBUSY);
}

static void take_answer(struct worker *w, const struct batch *b,
			struct asked *a, const struct nlmsghdr *nlh)
{
	struct tally *t = w->tally;
	int err = 0;

	if (a->is_answered)
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		err = -*(const int *)NLMSG_DATA(nlh);
	a->is_answered = true;
	if (err < 0 || err >= MAX_ERRNO)
		err = 0;
	if (a->request)
		t->by[a->request - requests][err]++;
	if (err)
		t->refused++;
	else
		t->done++;
	if (a->must_fail && !err) {
		t->taken++;
		show(w, b, "taken", a, err);
	}
	if (a->must_tell && w->who == WHO_ADMIN && err &&
	    nlh->nlmsg_type == NLMSG_ERROR && !has_words(nlh) &&
	    !is_core_wordless(a->request, err)) {
		t->wordless++;
		show(w, b, "wordless", a, err);
	}
}

void take_answers(struct worker *w, struct batch *b, const uint8_t *data,
		  int len)
{
	const struct nlmsghdr *nlh = (const void *)data;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		const uint32_t first = b->asked[0].number;
		const uint32_t i = nlh->nlmsg_seq - first;

		if (i < b->n)
			take_answer(w, b, &b->asked[i], nlh);
	}
}

void close_batch(struct worker *w, const struct batch *b, bool is_all)
{
	unsigned int i;

	w->tally->sent += b->n;
	for (i = 0; is_all && i < b->n; i++) {
		if (!b->asked[i].must_answer || b->asked[i].is_answered)
			continue;
		w->tally->lost++;
		show(w, b, "lost", &b->asked[i], 0);
	}
}

struct tally *make_tallies(unsigned int n)
{
	struct tally *tallies = mmap(NULL, n * sizeof(*tallies),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (tallies == MAP_FAILED)
		die("mmap");
	if (n_requests > MAX_REQUESTS)
		die_wrong("requests");
	return tallies;
}

struct tally *tally_of(struct tally *tallies, unsigned int n)
{
	return &tallies[n];
}

bool print_tallies(const struct tally *t, unsigned int n)
{
	struct tally sum = { 0 };
	unsigned int i, j, err;

	for (i = 0; i < n; i++)
		for (j = 0; j < sizeof(sum) / sizeof(uint64_t); j++)
			((uint64_t *)&sum)[j] += ((const uint64_t *)&t[i])[j];
	printf("sent %llu\ndone %llu\nrefused %llu\nlost %llu\ntaken %llu\nwordless %llu\n",
	       (unsigned long long)sum.sent, (unsigned long long)sum.done,
	       (unsigned long long)sum.refused, (unsigned long long)sum.lost,
	       (unsigned long long)sum.taken,
	       (unsigned long long)sum.wordless);
	for (i = 0; i < n_requests; i++) {
		printf("request %s:", requests[i].name);
		for (err = 0; err < MAX_ERRNO; err++)
			if (sum.by[i][err])
				printf(" %s %llu",
				       err ? strerrorname_np(err) : "done",
				       (unsigned long long)sum.by[i][err]);
		printf("\n");
	}
	return sum.lost || sum.taken || sum.wordless;
}
