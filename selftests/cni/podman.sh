#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Podman 4 with its CNI backend: containers on a network of ours talk, publish a port, and leave nothing.
#
#   [web] eth0 ---- psw0 ---- eth0 [client]        containers of podman
#                     |
#                   host
#                     | uplink 203.0.113.2
#   [world]                                        knows no way to the containers
#
# Cases: the addresses podman shows are the port's; names in the port's record; ping; a published port from the world; an
# address and a MAC that are asked for; stop and start; a container that is killed; nothing is left at last.
. "$(dirname "$0")/chain-lib.sh"
. "$(dirname "$0")/../runtime.sh"
need_module
on_one_kernel
need_commands podman conmon runc jq busybox nft
need_reference
[[ $(findmnt -no FSTYPE /) == overlay ]] || skip_all "only in a VM: it installs a plugin and a runtime"

# podman's network is that of install_plugin(), with portmap behind it.
configure_podman() {
	podman_settings <<-EOT
		[network]
		network_backend = "cni"
		network_config_dir = "/etc/cni/net.d"
		cni_plugin_dirs = ["/opt/cni/bin", "$REFERENCE"]
	EOT
	jq '.cniVersion = "0.4.0" | .plugins[0].capabilities = {ips: true, mac: true}
		| .plugins += [{type: "portmap", backend: "nftables", capabilities: {portMappings: true}}]' \
		/etc/cni/net.d/10-podswitch.conflist >/etc/cni/net.d/pods
	rm -f /etc/cni/net.d/*.conflist
	mv /etc/cni/net.d/pods /etc/cni/net.d/10-pods.conflist
}

# run NAME ARGUMENT... -- COMMAND...: a container on the network
run() {
	local name=$1 arguments=()
	shift

	while [[ $1 != -- ]]; do
		arguments+=("$1")
		shift
	done
	podman run -d --name "$name" --network pods --cap-add NET_RAW "${arguments[@]}" --rootfs "$ROOTFS" "${@:2}" >/dev/null
}

# port_of NAME FILTER: of the port of the container of that name
port_of() {
	"$PSW" -j port show | jq -r --arg id "$(podman inspect -f '{{.Id}}' "$1")" \
		".[] | select(.owner[\"container-id\"] == \$id) | $2"
}

# shows NAME FIELD: podman, of the container's place in the network
shows() {
	podman inspect "$1" | jq -r ".[0].NetworkSettings.Networks.pods.$2"
}

no_port() {
	[[ $("$PSW" -j port show | jq length) -eq $1 ]]
}

ktap_header
install_plugin
configure_podman
make_rootfs
make_world
defer nft flush ruleset
defer podman rm -f -a -t 0 -i

check_equal "podman knows the network" podswitch "$(podman network ls --format '{{.Name}} {{.Driver}}' | awk '$1 == "pods" { print $2 }')"
check "podman makes web, with a port" run web -p 8080:80 -- /bin/nc -ll -p 80 -e /bin/busybox echo of web
check "podman makes client" run client -- "${IDLE[@]}"
web4=$(shows web IPAddress) web6=$(shows web GlobalIPv6Address)
check_equal "its addresses are the port's" "$(port_of web '.addresses | join(" ")')" "$web4 $web6"
check_equal "its MAC is the port's" "$(port_of web .mac)" "$(shows web MacAddress)"
check_equal "the port bears its name" web "$(port_of web '.owner["pod-name"]')"
check "container to container, IPv4" podman exec client /bin/ping -c 1 -W 5 "$web4"
check "container to container, IPv6" podman exec client /bin/ping6 -c 1 -W 5 "$web6"
check "container to world, masqueraded" podman exec client /bin/ping -c 1 -W 5 "$WORLD4"
check_equal "the published port answers the world" "of web" "$(in_ns world timeout 5 bash -c 'cat <>/dev/tcp/203.0.113.2/8080')"

check "podman asks for an address and a MAC" run asked --ip 198.51.100.50 --mac-address 02:00:00:00:00:55 -- "${IDLE[@]}"
check_equal "and gets them" "198.51.100.50 02:00:00:00:00:55" "$(port_of asked '"\(.addresses[0]) \(.mac)"')"
check "the container is reached by them" podman exec client /bin/ping -c 1 -W 5 198.51.100.50
check_fail "the same for another is refused" "198.51.100.50" run twice --ip 198.51.100.50 -- "${IDLE[@]}"
podman rm -f -t 0 twice >/dev/null 2>&1

check "stop" podman stop -t 0 web
check "its port is gone" busywait 10 no_port 2
check "start" podman start web
check "it is reached again" podman exec client /bin/ping -c 1 -W 5 "$(shows web IPAddress)"
check_equal "and so is its published port" "of web" "$(in_ns world timeout 5 bash -c 'cat <>/dev/tcp/203.0.113.2/8080')"
kill -KILL "$(podman inspect -f '{{.State.Pid}}' asked)"
check "the port of a killed container is gone" busywait 20 no_port 2
check "rm" podman rm -f -a -t 0
check_equal "no port is left" "[]" "$("$PSW" -j port show)"
check_equal "no host end is left" "" "$(ip -o link show type veth | grep -v uplink)"
check_equal "no rule is left" "" "$(nft list ruleset | grep -E '198\.51\.100\.')"
ktap_finish
