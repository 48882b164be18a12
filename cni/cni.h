/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every file of the plugin shares: the error value that travels up to
 * main.c, its codes, and the verbs.
 */
#ifndef _CNI_H
#define _CNI_H

struct cJSON;
struct cni_request;

/*
 * Codes below 100 are the CNI specification's. Functions that can fail take a
 * struct cni_error last, return 0 or -1, and have called cni_fail() in the
 * second case.
 */
enum cni_code {
	CNI_ERR_VERSION = 1,
	CNI_ERR_FIELD = 2,
	CNI_ERR_ENVIRONMENT = 4,
	CNI_ERR_IO = 5,
	CNI_ERR_DECODE = 6,
	CNI_ERR_CONFIG = 7,
	CNI_ERR_TRY_AGAIN = 11,
	CNI_ERR_UNAVAILABLE = 50,
	CNI_ERR_LIMITED = 51,
	CNI_ERR_KERNEL = 100,		/* the kernel refused a request */
	CNI_ERR_MODULE = 101,		/* the kernel has no podswitch */
	CNI_ERR_EXISTS = 102,		/* the attachment or interface exists */
	CNI_ERR_NO_ADDRESS = 103,	/* no address is left, or it is taken */
	CNI_ERR_DELEGATE = 104,		/* the IPAM plugin broke its contract */
	CNI_ERR_CHECK = 105,		/* CHECK: something is not as made */
};

/**
 * struct cni_error - why a call failed
 * @code: enum cni_code, or what a delegated plugin said; 0: nothing failed
 * @msg: a sentence
 * @details: more of it, or empty
 */
struct cni_error {
	int code;
	char msg[512];
	char details[512];
};

/**
 * typedef cni_verb_fn - carries out a verb
 * @req: the request
 * @result: set to what goes to stdout, if something does
 * @err: why it failed
 *
 * Return: 0 or -1.
 */
typedef int cni_verb_fn(struct cni_request *req, struct cJSON **result,
			struct cni_error *err);

/* error.c */

/**
 * cni_fail() - states why something failed
 * @err: the error value, which is overwritten
 * @code: enum cni_code
 * @format: the sentence, as for printf()
 *
 * Return: -1.
 */
__attribute__((format(printf, 3, 4)))
int cni_fail(struct cni_error *err, int code, const char *format, ...);

/**
 * cni_explain() - adds details to an error
 * @err: the error value
 * @format: the details, as for printf()
 *
 * Return: -1.
 */
__attribute__((format(printf, 2, 3)))
int cni_explain(struct cni_error *err, const char *format, ...);

/**
 * cni_kernel_code() - the code of a request that failed
 * @ret: a negative errno value
 *
 * Return: CNI_ERR_TRY_AGAIN if it may go well in a moment, CNI_ERR_KERNEL if
 * not.
 */
int cni_kernel_code(int ret);

/**
 * cni_join() - adds an error to others, of which none is to be forgotten
 * @all: the others: the first gives code and message, the rest are details
 * @one: one more
 */
void cni_join(struct cni_error *all, const struct cni_error *one);

/* add.c, del.c, check.c, gc.c, status.c, version.c */
cni_verb_fn cni_add;
cni_verb_fn cni_del;
cni_verb_fn cni_check;
cni_verb_fn cni_gc;
cni_verb_fn cni_status;
cni_verb_fn cni_version;

/**
 * cni_about() - tells a person who calls the plugin what it is
 *
 * Return: 0, the exit status.
 */
int cni_about(void);

#endif /* _CNI_H */
