// SPDX-License-Identifier: GPL-2.0
#include "cni.h"

#include "detach.h"
#include "request.h"
#include "session.h"

static int cni_del_steps(struct cni_session *s, struct cni_error *err)
{
	/* Without the module there is no port, but perhaps a veth pair. */
	if (cni_session_open(s, err) && err->code != CNI_ERR_MODULE)
		return -1;
	return cni_detach(s, err);
}

/* CNI 1.1.0, section 2: DEL: what is missing is no failure. */
int cni_del(struct cni_request *req, struct cJSON **result,
	    struct cni_error *err)
{
	(void)result;
	return cni_session_run(req, cni_del_steps, err);
}
