// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include "detach.h"
#include "request.h"
#include "session.h"

/* CNI 1.1.0, section 2: DEL: what is missing is no failure. */
int cni_del(struct cni_request *req, struct cJSON **result,
	    struct cni_error *err)
{
	static struct cni_session s;
	int ret;

	(void)result;
	ret = cni_session_init(&s, req, err);
	if (!ret)
		ret = cni_session_open(&s, err);
	/* Without the module there is no port, but perhaps a veth pair. */
	if (!ret || err->code == CNI_ERR_MODULE)
		ret = cni_detach(&s, err);
	cni_session_fini(&s);
	return ret;
}
