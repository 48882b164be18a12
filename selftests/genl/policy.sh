#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel holds to genl/podswitch.yaml: each bound in it is tried, one below, one above, and what it does not know.
#
#   policy.py ---- genetlink ---- podswitch       no device is needed, and none is made
#
# for each request: its attributes' bounds and lengths, members of nests, attributes of other requests, unknown ones
. "$(dirname "$0")/../lib.sh"

need_module
/usr/bin/python3 -c "import yaml" 2>/dev/null || skip_all "needs python3-yaml"
"$TREE/selftests/genl/policy.py" "$TREE/genl/podswitch.yaml"
