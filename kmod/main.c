// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>
#include <uapi/linux/podswitch.h>

#include "device.h"
#include "podswitch-nl.h"
#include "psw.h"

/* ORDER: the namespaces hold what the protocol looks up, and the protocol is
 * there to tell of devices; in reverse on the way out, so that listeners hear
 * of every port that goes.
 */
static int __init psw_init(void)
{
	int err;

	err = psw_net_register();
	if (err)
		return err;
	err = genl_register_family(&podswitch_nl_family);
	if (err)
		goto err_net;
	err = psw_device_init();
	if (err)
		goto err_genl;
	return 0;

err_genl:
	genl_unregister_family(&podswitch_nl_family);
err_net:
	psw_net_unregister();
	return err;
}

static void __exit psw_exit(void)
{
	psw_device_fini();
	genl_unregister_family(&podswitch_nl_family);
	psw_net_unregister();
}

module_init(psw_init);
module_exit(psw_exit);

MODULE_DESCRIPTION("Pod switch: forwards by declared addresses");
MODULE_LICENSE("GPL");
MODULE_VERSION(PSW_VERSION);
MODULE_ALIAS_RTNL_LINK(PSW_KIND);
MODULE_ALIAS_GENL_FAMILY(PODSWITCH_FAMILY_NAME);
