#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The containers of deploy/podswitch.yaml on a node, one after the other, with just the capabilities, mounts, user and
# environment that it states, from the image that deploy/Dockerfile makes; then the kubelet's view of it, and pods.
#
#   [load] SYS_MODULE ---> the kernel         [web] eth0 ---- psw0 ---- eth0 [client]    pods of containerd
#   [install] -----------> /opt/cni/bin, /etc/cni/net.d
#      |  [exporter] 127.0.0.1:10779
#   api.py: the node and its podCIDRs
#
# load:      a module of the node's, one of the image's, one that is loaded; none: why, for the kubelet to say; it can do no
#            more than load modules
# install:   published when the module is there, not before; a read-only folder
# exporter:  ready as long as the module answers
# pods:      addresses of the node's subnets; they talk; they talk on, whatever becomes of the DaemonSet
# remove:    not before the pods are gone
. "$(dirname "$0")/../cni/chain-lib.sh"
. "$(dirname "$0")/../runtime.sh"
. "$(dirname "$0")/../cni/cri-lib.sh"
need_module
need_commands podman conmon runc jq busybox nft openssl curl
need_reference
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: it installs a plugin and a runtime"
need_cri
IMAGE_ROOT=${PODSWITCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/podswitch}/image/root
[[ -x $IMAGE_ROOT/usr/libexec/podswitch/podswitch-node ]] || skip_all "there is no image: selftests/install/image makes it"

MANIFEST=$TREE/deploy/podswitch.yaml
READ=$TREE/selftests/install/manifest.py
GIVEN=$WORK/given
PUBLISHED=/etc/cni/net.d/10-podswitch.conflist
REASON=/run/podswitch/not-loaded
PREBUILT=/usr/share/podswitch/modules
MODULES=/lib/modules/$(uname -r)

# What a node is, beside its kernel: files of its own, and what the cluster knows of it.
make_node() {
	mkdir -p "$GIVEN"/{account,config,tmp} "$WORK/prebuilt/$(uname -m)/$(uname -r)" /run/modules/{upper,work}
	echo n1 >"$GIVEN/NODE_NAME"
	"$READ" field "$MANIFEST" ConfigMap data cni.conflist | jq -r . >"$GIVEN/config/cni.conflist"
	rm -rf /etc/cni/net.d/* /opt/cni/bin/*
	# as the kubelet makes those that are not there
	mkdir -p /etc/cni/net.d /opt/cni/bin /run/podswitch
	background "$TREE/selftests/install/api.py" "$GIVEN/account"
	jq -n '{kind: "Node", spec: {podCIDRs: ["198.51.100.0/24", "2001:db8:100::/64"]}}' >"$GIVEN/account/n1.json"
	busywait 60 test -e "$GIVEN/account/port"
}

# container NAME [ARGUMENT OF podman...] [-- COMMAND...]: as the manifest states it, or with another command
container() {
	local name=$1 arguments words
	shift

	mapfile -t words < <("$READ" podman "$MANIFEST" "$name" "$GIVEN")
	while [[ ${words[0]} != -- ]]; do
		arguments+=("${words[0]}")
		words=("${words[@]:1}")
	done
	words=("${words[@]:1}")
	while (( $# )) && [[ $1 != -- ]]; do
		arguments+=("$1")
		shift
	done
	(( $# == 0 )) || words=("${@:2}")
	podman run --rm --name "$name" "${arguments[@]}" --env=KUBERNETES_SERVICE_HOST=127.0.0.1 \
		--env=KUBERNETES_SERVICE_PORT="$(<"$GIVEN/account/port")" --rootfs "$IMAGE_ROOT:O" "${words[@]}"
}

# from_manifest FILE COMMAND...: with that one instead
from_manifest() {
	local MANIFEST=$1

	"${@:2}"
}

unload() {
	ip link del psw0 2>/dev/null
	rmmod podswitch 2>/dev/null
	[[ ! -d /sys/module/podswitch ]]
}

loaded() {
	[[ -d /sys/module/podswitch ]]
}

# last_of NAME...: the last line that a container says
last_of() {
	container "$@" 2>&1 | tail -n 1
}

# ready WANTED: by the probe that the manifest states
ready() {
	local probe

	mapfile -t probe < <("$READ" field "$MANIFEST" DaemonSet spec template spec containers exporter readinessProbe exec command | jq -r '.[]')
	podman exec exporter "${probe[@]}"
}

not_ready() {
	! ready
}

# port_of POD FILTER: of the port of the pod of that name
port_of() {
	"$PSW" -j port show | jq -r --arg name "$1" ".[] | select(.owner[\"pod-name\"] == \$name) | $2"
}

ktap_header
FILE=$(find "$BUILD" -path "*$(uname -r)*" -name podswitch.ko 2>/dev/null | head -n 1)
[[ $FILE ]] || FILE=$(find "$BUILD" -path '*uml*' -name podswitch.ko | head -n 1)
podman_settings < /dev/null
make_node || skip_all "the API does not start"
defer podman rm -f -a -t 0 -i
mount -t overlay none -o "lowerdir=$MODULES,upperdir=/run/modules/upper,workdir=/run/modules/work" "$MODULES" || skip_all "cannot mount"
defer umount "$MODULES"

# --- load ---

check "load: the module is not there" unload
check_fail "load: neither installed nor prebuilt nor to be built: why" "the headers of Linux $(uname -r) are missing" container load
check_equal "load: the sentence is the node's, too" "podswitch-load: $(<"$REASON")" "$(last_of load)"
check_fail "install: nothing is published without the module" "nothing is published" container install
check "install: nothing is" test ! -e "$PUBLISHED"
cp "$FILE" "$WORK/prebuilt/$(uname -m)/$(uname -r)/podswitch.ko"
sed '/add: .SYS_MODULE./d' "$MANIFEST" >"$WORK/without.yaml"
check_fail "load: not without its one capability" "podswitch-load: " \
	from_manifest "$WORK/without.yaml" container load --volume="$WORK/prebuilt:$PREBUILT:ro"
check "load: not without its one capability: it is not loaded" test ! -d /sys/module/podswitch
check "load: prebuilt in the image" container load --volume="$WORK/prebuilt:$PREBUILT:ro"
check "load: it is loaded" loaded
check "load: no reason is left" test ! -e "$REASON"
check "load: once more" container load
unload
mkdir -p "$MODULES/updates"
cp "$FILE" "$MODULES/updates/podswitch.ko"
depmod -a
check "load: installed on the node" container load
check "load: it is loaded from there" loaded
check_equal "load: its capabilities" 0000000000010000 "$(container load -- sed -n 's/^CapEff:\t//p' /proc/self/status)"
check_equal "install: it has none" 0000000000000000 "$(container install -- sed -n 's/^CapEff:\t//p' /proc/self/status)"
check_fail "load: it changes nothing of the node's modules" "Read-only" container load -- touch /lib/modules/x
check_fail "load: nor the node's network" "not permitted" container load -- unshare -n true

# --- install ---

ip link add psw0 type dummy
check_fail "install: the plugin sees what stands in the way" 'psw0' container install
check "install: nothing is published" test ! -e "$PUBLISHED"
ip link del psw0
check "install: published" container install
check_equal "install: the node's subnets are in it" '[[{"subnet":"198.51.100.0/24"}],[{"subnet":"2001:db8:100::/64"}]]' \
	"$(jq -c '.plugins[0].ipam.ranges' "$PUBLISHED")"
check_equal "install: the plugin is the image's" "$(sha256sum <"$IMAGE_ROOT/usr/libexec/podswitch/podswitch-cni")" "$(sha256sum </opt/cni/bin/podswitch)"
mkdir -p /run/ro
mount -t tmpfs -o ro,mode=755 none /run/ro
defer umount /run/ro
sed 's,/opt/cni/bin,/run/ro,' "$MANIFEST" >"$WORK/ro.yaml"
check_fail "install: a read-only folder: what to do" 'CNI_BIN_DIR: "/run/ro" is read-only on this node: set CNI_BIN_DIR' \
	from_manifest "$WORK/ro.yaml" container install

# --- exporter ---

container exporter -d >/dev/null
check "exporter: ready" busywait 30 ready
check_equal "exporter: on the loopback alone" "127.0.0.1:10779" "$(ss -Hltn 'sport = :10779' | awk '{ print $4 }')"
check_equal "exporter: it is nobody, and can do nothing" "65534 0000000000000000" \
	"$(sed -nE 's/^Uid:\t([0-9]+).*/\1/p; s/^CapEff:\t//p' "/proc/$(podman inspect -f '{{.State.Pid}}' exporter)/status" | xargs)"

# --- the kubelet's view, and pods ---

defer nft flush ruleset
defer kill_runtime
make_rootfs
make_world
check "pods: containerd starts" start_runtime
check "pods: an image for them" make_image
start_client
check "pods: the network is ready" busywait 20 answers true ready
# an installed one would be loaded by whoever asks for it
rm "$MODULES/updates/podswitch.ko"
depmod -a
unload
container load >/dev/null 2>&1
check "pods: without the module it is not, and why is said" busywait 20 answers "false NetworkPluginNotReady: *$(<"$REASON")*" ready
check "exporter: nor is it ready then" not_ready
check_equal "exporter: why" "podswitch-node: the module cannot be asked: $(<"$REASON")" "$(ready 2>&1 | tail -n 1)"
check "load: it comes back" container load --volume="$WORK/prebuilt:$PREBUILT:ro"
check "pods: and so does the network" busywait 20 answers true ready
check "exporter: and the exporter" ready
check "pods: web" cri run web shop
web=$(<"$WORK/answer")
check "pods: client" cri run client shop
client=$(<"$WORK/answer")
cri start "$client" "$IMAGE" /bin/sleep 1000000 >/dev/null
CLIENT=$(<"$WORK/answer")
cri ip "$web" >/dev/null
read -r web4 web6 <"$WORK/answer"
check_equal "pods: addresses of the node's subnets" "198.51.100 2001:db8:100:" "${web4%.*} ${web6%:*}"
for to in "$web4" "$web6" "$WORLD4"; do
	check "pods: client reaches $to" answers '0 *' exec "$CLIENT" ping -c 1 -W 5 "$to"
done
check "upgrade: the loader leaves a module that is used" container load
check "upgrade: so do the others" container install
podman rm -f -t 0 exporter >/dev/null
check "pods: without the DaemonSet they talk on" answers '0 *' exec "$CLIENT" ping -c 1 -W 5 "$web4"
check "pods: and new ones are made" cri run more shop

# --- remove ---

remove() {
	container install -- /usr/libexec/podswitch/podswitch-node remove
}
check_fail "remove: not before the pods are gone" "3 pods are on the node's switches still" remove
cri clear >/dev/null
check "remove: then, yes" remove
check_equal "remove: nothing is left" "" "$(find /opt/cni/bin /etc/cni/net.d -name '*podswitch*')"
check "remove: what it says takes the rest" bash -c 'ip link del psw0 && rmmod podswitch'
ktap_finish
