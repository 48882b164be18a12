#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the containers of deploy/podswitch.yaml run, against folders that stand for a node's, without a module.
#
#    podswitch-node install ---> WORK/node/bin   podswitch, by rename
#          |                     WORK/node/conf  10-podswitch.conflist, the last step
#          +-- https --- api.py: the node's spec.podCIDRs
#
# subnets:    of one family, of both, of an old API; written in the configuration; those that come late; each way to fail
# files:      whole, by rename, under a name that no runtime reads before; a plugin that runs; nothing done twice
# refused:    settings, folders that are read-only or not the node's, a broken configuration, a plugin that says no
# ready:      what the exporter tells
# remove:     not before the pods are gone
. "$(dirname "$0")/../lib.sh"
[[ $(id -u) -eq 0 ]] || skip_all "needs root, for mounts of its own"
need_commands jq curl openssl strace unshare
# Mounts of its own.
[[ ${PODSWITCH_APART:-} ]] || PODSWITCH_APART=1 exec unshare -m "$0"

NODE=$TREE/deploy/podswitch-node
BIN=$WORK/node/bin CONF=$WORK/node/conf
PUBLISHED=$CONF/10-podswitch.conflist
ACCOUNT=$WORK/account
SAMPLE=$WORK/cni.conflist

# node VERB [VARIABLE=VALUE...]: as a container runs it
node() {
	env -i PATH="$WORK/path:$PATH" CNI_BIN_DIR="$BIN" CNI_CONF_DIR="$CONF" CNI_CONF="$SAMPLE" NODE_NAME=n1 \
		KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="$PORT" PODSWITCH_LIBEXEC="$WORK/libexec" \
		PODSWITCH_ACCOUNT="$ACCOUNT" PODSWITCH_PATIENCE=0 "${@:2}" "$NODE" "$1"
}

# a_node NAME SPEC: that the API knows
a_node() {
	jq -n --arg name "$1" --argjson spec "$2" '{kind: "Node", metadata: {name: $name}, spec: $spec}' >"$ACCOUNT/$1.json"
}

# plugin STATUS TEXT: the image's, which exits so and says that
plugin() {
	# shellcheck disable=SC2016 # for that shell
	printf '#!/bin/sh\ncat > %q\n[ "$CNI_COMMAND" = STATUS ] || exit 9\nprintf %%s %q\nexit %d\n' "$WORK/asked" "$2" "$1" \
		>"$WORK/libexec/podswitch-cni"
	chmod +x "$WORK/libexec/podswitch-cni"
}

clean() {
	rm -rf "${BIN:?}"/* "${CONF:?}"/* "${CONF:?}"/.p* "$WORK/asked"
}

# ranges: of what is published
ranges() {
	jq -c '.plugins[0].ipam.ranges' "$PUBLISHED"
}

# nothing_published: nor half of it
nothing_published() {
	[[ ! $(find "$CONF" "$BIN" -name '*.new') && ! -e $PUBLISHED ]]
}

# refused NAME TEXT VERB [VARIABLE=VALUE...]: it fails, says so in one line, and nothing is published
refused() {
	local name=$1 text=$2 said
	shift 2

	check_fail "$name" "$text" node "$@"
	said=$(node "$@" 2>&1 >/dev/null)
	check_equal "$name: in one line" 1 "$(wc -l <<<"$said")"
	check "$name: nothing is published" nothing_published
}

mkdir -p "$BIN" "$CONF" "$ACCOUNT" "$WORK"/{libexec,path,ro}
{ mount -t tmpfs -o mode=755 none "$BIN" && mount -t tmpfs -o mode=755 none "$CONF"; } || skip_all "cannot mount"
defer umount "$CONF" "$BIN"
background "$TREE/selftests/install/api.py" "$ACCOUNT"
busywait 20 test -e "$ACCOUNT/port" || skip_all "the API does not start"
PORT=$(<"$ACCOUNT/port")
"$TREE/selftests/install/manifest.py" field "$TREE/deploy/podswitch.yaml" ConfigMap data cni.conflist | jq -r . >"$SAMPLE"
plugin 0 ''
ktap_header

# --- subnets ---

a_node n1 '{"podCIDR": "10.244.3.0/24", "podCIDRs": ["10.244.3.0/24"]}'
check "subnets: one family" node install
check_equal "subnets: the node's are the ranges" '[[{"subnet":"10.244.3.0/24"}]]' "$(ranges)"
check_equal "subnets: nothing else is changed" "$(jq -c . "$SAMPLE")" "$(jq -c 'del(.plugins[0].ipam.ranges)' "$PUBLISHED")"
check_equal "subnets: the plugin was asked about them as a runtime would" '"1.1.0" "pods" "podswitch" "10.244.3.0/24"' \
	"$(jq -r '[.cniVersion, .name, .type, .ipam.ranges[0][0].subnet] | map(tojson) | join(" ")' "$WORK/asked")"
a_node n2 '{"podCIDR": "10.244.4.0/24", "podCIDRs": ["10.244.4.0/24", "fd00:10:244:4::/64"]}'
check "subnets: both families" node install NODE_NAME=n2
check_equal "subnets: one range set for each" '[[{"subnet":"10.244.4.0/24"}],[{"subnet":"fd00:10:244:4::/64"}]]' "$(ranges)"
a_node n3 '{"podCIDR": "10.244.5.0/24"}'
check "subnets: podCIDR alone" node install NODE_NAME=n3
check_equal "subnets: which is taken" '[[{"subnet":"10.244.5.0/24"}]]' "$(ranges)"
clean
jq '.plugins[0].ipam.ranges = [[{subnet: "198.51.100.0/24"}]]' "$SAMPLE" >"$WORK/own"
check "subnets: those that are written ask nobody" node install CNI_CONF="$WORK/own" KUBERNETES_SERVICE_HOST= NODE_NAME=
check_equal "subnets: they stay" '[[{"subnet":"198.51.100.0/24"}]]' "$(ranges)"
clean
a_node late '{}'
( busywait 20 test -e "$WORK/waiting"; a_node late '{"podCIDRs": ["10.244.6.0/24"]}' ) &
JOBS+=("$!")
# what waits between two questions
printf '#!/bin/sh\ntouch %q\nuntil grep -q podCIDRs %q; do :; done\n' "$WORK/waiting" "$ACCOUNT/late.json" >"$WORK/path/sleep"
chmod +x "$WORK/path/sleep"
check "subnets: they may come late" node install NODE_NAME=late PODSWITCH_PATIENCE=5
check_equal "subnets: late ones are taken" '[[{"subnet":"10.244.6.0/24"}]]' "$(ranges)"
clean
a_node none '{"taints": []}'
refused "a node without subnets" 'node "none" has no spec.podCIDRs: have the cluster give nodes subnets (kubeadm init --pod-network-cidr' \
	install NODE_NAME=none
refused "a node that is not known" 'NODE_NAME: the API knows no node "n9"' install NODE_NAME=n9
refused "a name that is none" 'NODE_NAME: "../x" is no name' install NODE_NAME=../x
refused "no name" 'NODE_NAME is not set' install NODE_NAME=
refused "no API" "the API at 127.0.0.1:1 does not answer: curl: (7)" install KUBERNETES_SERVICE_PORT=1
refused "not in a pod" 'KUBERNETES_SERVICE_HOST is not set' install KUBERNETES_SERVICE_HOST=
echo '<html>' >"$ACCOUNT/page.json"
refused "an answer that is no node" 'answers with what is no node: <html>' install NODE_NAME=page
mkdir "$WORK/other"
cp "$ACCOUNT"/ca.crt "$WORK/other/"
refused "no token" "$WORK/other/token cannot be read" install PODSWITCH_ACCOUNT="$WORK/other"
echo wrong >"$WORK/other/token"
refused "no right" 'does not let this service account read node "n1" (403): apply the ClusterRole' install PODSWITCH_ACCOUNT="$WORK/other"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout /dev/null -out "$WORK/other/ca.crt" 2>/dev/null
cp "$ACCOUNT/token" "$WORK/other/"
refused "another's API" "does not answer: curl: (60)" install PODSWITCH_ACCOUNT="$WORK/other"

# --- files ---

check "files: installed" strace -f -o "$WORK/calls" -e trace=openat,rename,renameat,renameat2,fsync \
	"$BASH" -c "$(declare -p BIN CONF SAMPLE PORT ACCOUNT WORK NODE); $(declare -f node); node install"
check_equal "files: the plugin by rename, the configuration by rename, in that order" \
	"bin/podswitch-N.new bin/podswitch conf/podswitch-N.new conf/10-podswitch.conflist" \
	"$(sed -nE 's/.* rename[a-z0-9]*\((.*)\) = 0$/\1/p' "$WORK/calls" | grep -o "$WORK/node[^\"]*" |
		sed -E "s#$WORK/node/##; s#/[.]podswitch-[0-9]+#/podswitch-N#" | xargs)"
check_equal "files: before, under no name that a runtime reads" "bin/.podswitch-N.new conf/.podswitch-N.new" \
	"$(grep O_CREAT "$WORK/calls" | grep -o "$WORK/node[^\"]*" | sed -E "s#$WORK/node/##; s#podswitch-[0-9]+#podswitch-N#" | uniq | xargs)"
check_equal "files: both are on the disk before, and their folders after" "fsync rename fsync fsync rename fsync" \
	"$(sed -nE 's/^[0-9]+ +(fsync|rename)[a-z0-9]*\(.* = 0$/\1/p' "$WORK/calls" | xargs)"
check_equal "files: modes" "755 600" "$(stat -c %a "$BIN/podswitch" "$PUBLISHED" | xargs)"
check_equal "files: nothing else" "10-podswitch.conflist podswitch" "$(find "$BIN" "$CONF" -type f -printf '%f\n' | sort | xargs)"
before=$(stat -c '%i %Y' "$BIN/podswitch" "$PUBLISHED")
check_equal "files: a second time, nothing is touched" "$before" "$(node install 2>/dev/null; stat -c '%i %Y' "$BIN/podswitch" "$PUBLISHED")"
plugin 0 ' '
cp /bin/sleep "$BIN/podswitch"
"$BIN/podswitch" 1000 &
JOBS+=("$!")
check "files: a plugin that runs is exchanged" node install
check "files: by this image's" cmp "$WORK/libexec/podswitch-cni" "$BIN/podswitch"
: >"$CONF/00-first.conf"
check_equal "files: another's that comes first is told" "podswitch-node: note: $CONF/00-first.conf stands before 10-podswitch.conflist, so the runtime takes that one: remove it for podswitch" \
	"$(node install 2>&1 | grep note)"
: >"$CONF/99-last.conflist"
check_equal "files: one that comes last is not" 1 "$(node install 2>&1 | grep -c note)"
clean

# --- refused ---

refused "a path for a name" 'CNI_CONF_NAME: "a/b.conflist" is a path' install CNI_CONF_NAME=a/b.conflist
refused "a hidden name" 'CNI_CONF_NAME: ".a.conflist" is a name that runtimes pass over' install CNI_CONF_NAME=.a.conflist
refused "a name of another kind" 'CNI_CONF_NAME: "10-podswitch.conf" does not end in .conflist' install CNI_CONF_NAME=10-podswitch.conf
refused "no absolute path" 'CNI_BIN_DIR: "opt" is no absolute path' install CNI_BIN_DIR=opt
refused "a folder that is not there" 'CNI_CONF_DIR: "/nonexistent" is no folder' install CNI_CONF_DIR=/nonexistent
refused "a folder of the container's own" "CNI_BIN_DIR: \"$WORK/ro\" is not the node's folder" install CNI_BIN_DIR="$WORK/ro"
mount -t tmpfs -o ro,mode=755 none "$WORK/ro"
defer umount "$WORK/ro"
refused "a read-only folder for plugins" \
	"CNI_BIN_DIR: \"$WORK/ro\" is read-only on this node: set CNI_BIN_DIR in the DaemonSet, with its volume, to a folder that can be written, and name it to the runtime (containerd: bin_dirs" \
	install CNI_BIN_DIR="$WORK/ro"
refused "a read-only folder for configurations" "CNI_CONF_DIR: \"$WORK/ro\" is read-only on this node" install CNI_CONF_DIR="$WORK/ro"
check_equal "a read-only folder for configurations: the plugin is there" podswitch "$(ls "$BIN")"
mount -t tmpfs -o remount,rw,size=4k none "$WORK/ro"
head -c 8192 /dev/zero >"$WORK/ro/all" 2>/dev/null
refused "a full folder" "is full: free some space there" install CNI_BIN_DIR="$WORK/ro"
clean
chown 12345 "$BIN"
refused "a folder of another's" "belongs to user 12345, and this container is root without CAP_DAC_OVERRIDE: chown root $BIN" install \
	setpriv --bounding-set=-all --inh-caps=-all
chown 0 "$BIN"
echo '{"plugins": [{"type": "bridge"}]}' >"$WORK/own"
refused "no plugin of ours" "is no configuration list with a plugin podswitch" install CNI_CONF="$WORK/own"
echo '{"plugins": [' >"$WORK/own"
refused "no JSON" "is no configuration list with a plugin podswitch" install CNI_CONF="$WORK/own"
plugin 1 '{"code": 50, "msg": "no module", "details": "headers are missing"}'
refused "a plugin that says no" "the plugin says: no module; headers are missing; nothing is published" install
plugin 127 ''
refused "a plugin that cannot be run" "podswitch cannot be run; nothing is published" install
cp "$BUILD/podswitch" "$WORK/libexec/podswitch-cni"
if [[ ! -d /sys/module/podswitch ]]; then
	refused "without the module" "nothing is published" install
fi
jq '.plugins[0].hairpinMode = "yes"' "$SAMPLE" >"$WORK/own"
refused "a field that is wrong" "hairpinMode" install CNI_CONF="$WORK/own"
check_fail "no verb" "usage: podswitch-node" node ''
check_fail "a verb that is none" "usage: podswitch-node" node purge

# --- ready ---

check_fail "ready: nobody listens" 'LISTEN: "127.0.0.1:1": curl: (7)' node ready LISTEN=127.0.0.1:1
"$BUILD/podswitch-exporter" 127.0.0.1:0 2>"$WORK/exporter" &
JOBS+=("$!")
busywait 10 grep -q http "$WORK/exporter"
at=$(sed -n 's,.*http://\(.*\)/metrics,\1,p' "$WORK/exporter")
if [[ ! -d /sys/module/podswitch ]]; then
	check_fail "ready: no module" "the module cannot be asked" node ready LISTEN="$at"
	check_fail "ready: on all addresses" "the module cannot be asked" node ready LISTEN=":${at#*:}"
fi

# --- remove ---

psw_says() {
	printf '#!/bin/sh\necho %q\n' "$1" >"$WORK/path/psw"
	chmod +x "$WORK/path/psw"
}
plugin 0 ''
node install 2>/dev/null
psw_says '[{"port": "a", "owner": {"container-id": "1"}}, {"port": "eth0"}]'
check_fail "remove: not before the pods are gone" "1 pods are on the node's switches still: drain the node" node remove
check "remove: all is there still" test -e "$PUBLISHED" -a -e "$BIN/podswitch"
psw_says '[{"port": "eth0"}]'
check "remove: then, yes" node remove
check_equal "remove: nothing is left" "" "$(find "$BIN" "$CONF" -type f)"
check "remove: again" node remove
ktap_finish
