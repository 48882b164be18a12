#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pods as the kubelet makes them: by containerd's container runtime interface, with CNI 1.1.
#
#   [web] eth0 --+
#   [client] ----+-- psw0 ---- host ---- uplink 203.0.113.2 ---- [world]
#   [more...] ---+
#
# ready:      the network is, by STATUS; when it is not, in our words
# pods:       names in the port's record, addresses, ping, a host port
# burst:      as many pods at once as an emulator bears (more, without a runtime: concurrency.sh); the runtime killed in
#             the middle of as many more; those that run talk on; all go, nothing is left
# reset:      an ADD writes no file, so that a node that is reset holds no address
. "$(dirname "$0")/chain-lib.sh"
. "$(dirname "$0")/../runtime.sh"
. "$(dirname "$0")/cri-lib.sh"
need_module
on_one_kernel
need_commands runc jq busybox nft strace
need_reference
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: it installs a plugin and a runtime"
need_cri
PODS=${PODSWITCH_PODS:-8}

# port_of POD FILTER: of the port of the pod of that name
port_of() {
	"$PSW" -j port show | jq -r --arg name "$1" ".[] | select(.owner[\"pod-name\"] == \$name) | $2"
}

ports() {
	"$PSW" -j port show | jq length
}

at_least() {
	[[ $(ports) -ge $1 ]]
}

# namespaces: those that the runtime made
namespaces() {
	ip netns list 2>/dev/null | sed -n 's/^\(cni-[^ ]*\).*/\1/p'
}

# remains: what is there of pods; a namespace that the runtime forgot when it was killed is empty
remains() {
	local ns

	"$PSW" -j port show | jq -c '.[]'
	ip -o link show type veth | grep -v uplink
	for ns in $(namespaces); do ip -n "$ns" -o link show | grep -v ' lo:'; done
	nft list ruleset | grep -E '198\.51\.100\.'
}

# netns_of ADDRESS: the namespace of the pod that has it
netns_of() {
	local ns

	for ns in $(namespaces); do
		[[ $(ip -n "$ns" -o addr show eth0) != *" $1/"* ]] || echo "$ns"
	done
}

# configuration FILTER: becomes the node's
configuration() {
	jq "$1" "$WORK/conflist" >/etc/cni/net.d/new
	mv /etc/cni/net.d/new /etc/cni/net.d/10-podswitch.conflist
}

ktap_header
defer nft flush ruleset
defer kill_runtime
install_plugin
jq '.cniVersion = "1.1.0" | .plugins += [{type: "portmap", backend: "nftables", capabilities: {portMappings: true}}]' \
	/etc/cni/net.d/10-podswitch.conflist >"$WORK/conflist"
configuration .
make_rootfs
make_world
check "containerd starts" start_runtime
check "the image is there" make_image
start_client

# --- ready ---

check "ready: the network is" answers true ready
configuration '.plugins[0].switch = "lo"'
check "ready: it is not, in our words" busywait 20 answers 'false NetworkPluginNotReady: *"lo"*' ready
configuration .
check "ready: it is again" busywait 20 answers true ready

# --- pods ---

check "pods: the runtime makes web" cri run web shop 8080:80
web=$(<"$WORK/answer")
check "pods: the runtime makes client" cri run client shop
client=$(<"$WORK/answer")
check_equal "pods: their names are in the ports' records" "shop/web shop/client" \
	"$(port_of web '.owner | "\(.["pod-namespace"])/\(.["pod-name"])"') $(port_of client '.owner | "\(.["pod-namespace"])/\(.["pod-name"])"')"
cri ip "$web" >/dev/null
read -r web4 web6 <"$WORK/answer"
check_equal "pods: the runtime has the port's addresses" "$(port_of web '.addresses | join(" ")')" "$web4 $web6"
check "pods: a container in web" cri start "$web" $IMAGE /bin/nc -ll -p 80 -e /bin/busybox echo of web
check "pods: a container in client" cri start "$client" $IMAGE "${IDLE[@]}"
container=$(<"$WORK/answer")
check "pods: one to the other, IPv4" answers '0 *' exec "$container" /bin/ping -c 1 -W 5 "$web4"
check "pods: one to the other, IPv6" answers '0 *' exec "$container" /bin/ping6 -c 1 -W 5 "$web6"
check "pods: one to the other, TCP" answers '0 of web*' exec "$container" /bin/nc -w 5 "$web4" 80
check_equal "pods: a host port answers the world" "of web" "$(in_ns world timeout 5 bash -c 'cat <>/dev/tcp/203.0.113.2/8080')"

# --- burst ---

start=$SECONDS
check "burst: $PODS pods at once" answers "$PODS of $PODS" many burst "$PODS"
ktap_note "$PODS pods in $((SECONDS - start)) s"
check_equal "burst: each has an address" $((PODS + 2)) "$("$PSW" -j port show | jq '[.[].addresses[0]] | unique | length')"
client_ns=$(netns_of "$(port_of client '.addresses[0]')")
echo "many crash $PODS" >&"$TO"
check "burst: pods are being made" busywait 60 at_least $((PODS + 4))
kill_runtime
check "burst: the runtime is killed; pod to pod" in_ns "$client_ns" ping -c 1 -W 5 "$web4"
check "burst: the runtime starts again" start_runtime
answer >/dev/null
ktap_note "made when it was killed: $(<"$WORK/answer")"
check "burst: pod to pod, by the runtime" busywait 60 answers '0 *' exec "$container" /bin/ping -c 1 -W 5 "$web4"
check "burst: the runtime removes them all" cri clear
ktap_note "removed: $(<"$WORK/answer")"
check_equal "burst: the runtime has no pod" "" "$(cri list)"
check_equal "burst: nothing is left" "" "$(remains)"
for ns in $(namespaces); do ip netns delete "$ns"; done

# --- reset ---

conf=$(conf '{ipam: {type: "podswitch", subnet: "192.0.2.0/24"}, switch: "psw1"}')
make_ns p1
attachment p1 p1
strace -f -e trace=file -o "$WORK/files" env -i CNI_COMMAND=ADD "${ATTACHMENT[@]}" "$PLUGIN" <<<"$conf" >/dev/null
check "reset: the ADD was seen" grep -q /run/netns/p1 "$WORK/files"
check_equal "reset: it wrote nothing but settings of the kernel's" "" \
	"$(grep -E 'O_WRONLY|O_RDWR|O_CREAT|mkdir|rename|link|truncate' "$WORK/files" | grep -vE '"/proc/|/dev/null|readlink')"
check_equal "reset: the pod has the first address" 192.0.2.2 "$("$PSW" -j port show switch psw1 | jq -r '.[].addresses[0]')"
# A kernel that starts anew has neither the switch nor the pod's namespace.
ip link del psw1
ip netns del p1
make_ns p1
check "reset: what the runtime remembers is removed" silent cni DEL "$conf" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=
check_equal "reset: the first address is free" 192.0.2.2/24 "$(add "$conf" p1 | jq -r '.ips[0].address')"
check "reset: DEL" silent del "$conf" p1
ktap_finish
