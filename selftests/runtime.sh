# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For the demo and the tests to source, in a VM: a real container runtime whose pods the podswitch plugin connects.
#
#   [web] eth0 ---- psw0 ---- eth0 [client]        pods of containerd
#                     |
#                   host
#                     | 203.0.113.2, 2001:db8:ffff::2
#   [world] 203.0.113.1, 2001:db8:ffff::1          knows no way to the pods

: "${BUILD:=${PODSWITCH_BUILD:?}}"
export ROOTFS=/run/rootfs
export WORLD4=203.0.113.1
export WORLD6=2001:db8:ffff::1
export GATEWAY4=198.51.100.1
export GATEWAY6=2001:db8:100::1
IDLE=(/bin/sleep 1000000)

# Puts plugin and configuration where a node has them, each whole at once.
install_plugin() {
	mkdir -p /opt/cni/bin /etc/cni/net.d
	cp "$BUILD/podswitch" /opt/cni/bin/.podswitch
	mv /opt/cni/bin/.podswitch /opt/cni/bin/podswitch
	rm -f /etc/cni/net.d/*
	cat > /etc/cni/net.d/.podswitch <<-'EOT'
	{
	  "cniVersion": "1.0.0",
	  "name": "pods",
	  "plugins": [ {
	    "type": "podswitch",
	    "switch": "psw0",
	    "isDefaultGateway": true,
	    "ipMasq": true,
	    "ipam": {
	      "type": "podswitch",
	      "ranges": [ [ { "subnet": "198.51.100.0/24" } ],
	                  [ { "subnet": "2001:db8:100::/64" } ] ]
	    }
	  } ]
	}
	EOT
	mv /etc/cni/net.d/.podswitch /etc/cni/net.d/10-podswitch.conflist
}

# A file system for containers: busybox, and nothing that had to be pulled.
make_rootfs() {
	local applet

	mkdir -p $ROOTFS/{bin,dev,proc,sys,tmp,etc}
	cp /bin/busybox $ROOTFS/bin/
	for applet in sh sleep ping ping6 nc ip cat sha256sum head httpd wget; do
		ln -sf busybox $ROOTFS/bin/$applet
	done
}

start_containerd() {
	mkdir -p /run/containerd /etc/containerd
	cat > /run/containerd/config.toml <<-'EOT'
	version = 2
	disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs",
	  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
	EOT
	containerd -c /run/containerd/config.toml > /run/containerd/log 2>&1 &
	JOBS+=("$!")
	busywait 60 ctr version
}

# The world behind the node: a namespace that can answer the node alone.
make_world() {
	make_ns world
	ip link add uplink type veth peer name eth0 netns world
	ip addr add 203.0.113.2/24 dev uplink
	ip addr add 2001:db8:ffff::2/64 dev uplink nodad
	ip link set uplink up
	ip -n world addr add $WORLD4/24 dev eth0
	ip -n world addr add $WORLD6/64 dev eth0 nodad
	ip -n world link set eth0 up
}

# run_pod NAME: a container of that name, with a network
run_pod() {
	ctr run -d --cni --rootfs $ROOTFS "$1" "${IDLE[@]}"
}

# in_pod NAME COMMAND...
in_pod() {
	local name=$1
	shift
	ctr task exec --exec-id "exec-$RANDOM$RANDOM" "$name" "$@"
}

# pod_ip NAME FAMILY: 4 or 6
pod_ip() {
	"$PSW" -j port show | jq -r --arg id "default-$1" \
		'.[] | select(.owner["container-id"] == $id) | .addresses[]' |
		if [[ $2 == 4 ]]; then grep -v :; else grep :; fi
}

end_pod() {
	ctr task kill -s KILL "$1" >/dev/null
	busywait 10 pod_has_stopped "$1"
	ctr container rm "$1"
}

pod_has_stopped() {
	ctr task ls | grep -q "^$1 .*STOPPED"
}

# podman_settings: podman's own, and those of containers.conf on stdin. What it keeps is in /run, which ends with the VM.
podman_settings() {
	mkdir -p /etc/containers /run/podman
	cat - /dev/fd/3 > /etc/containers/containers.conf 3<<-EOT
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		[containers]
		log_driver = "none"
		apparmor_profile = "unconfined"
		default_sysctls = []
	EOT
	cat > /etc/containers/storage.conf <<-EOT
		[storage]
		driver = "vfs"
		graphroot = "/run/podman/storage"
		runroot = "/run/podman/run"
	EOT
}
