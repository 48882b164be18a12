# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests to source, in a VM, behind runtime.sh: containerd by its container runtime interface, as the kubelet uses it.

IMAGE=podswitch.test/busybox:1

# Skips the test without the runtime.
need_cri() {
	CRI=$("$TREE/selftests/vm/cri" 2>/dev/null)
	[[ -x $CRI/bin/containerd ]] || skip_all "the runtime is not in the cache: selftests/vm/cri fetches it"
	/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null || skip_all "needs python3-grpcio and python3-protobuf"
	PATH=$CRI/bin:$PATH
}

# The one image: busybox, which sleeps; in the layout of the Open Container Initiative.
make_image() {
	local dir=$WORK/image layer config manifest

	mkdir -p "$dir/blobs/sha256"
	tar -C "$ROOTFS" -cf "$WORK/layer" .
	layer=$(blob <"$WORK/layer")
	config=$(jq -nc --arg layer "sha256:$layer" '{architecture: "amd64", os: "linux",
		config: {Entrypoint: ["/bin/sleep", "1000000"]}, rootfs: {type: "layers", diff_ids: [$layer]}}' | blob)
	manifest=$(jq -nc --arg config "$config" --arg layer "$layer" --argjson n "$(stat -c %s "$dir/blobs/sha256/$config")" \
		--argjson m "$(stat -c %s "$dir/blobs/sha256/$layer")" '{schemaVersion: 2,
		mediaType: "application/vnd.oci.image.manifest.v1+json",
		config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: "sha256:\($config)", size: $n},
		layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: "sha256:\($layer)", size: $m}]}' | blob)
	jq -nc --arg manifest "$manifest" --arg name "$IMAGE" --argjson n "$(stat -c %s "$dir/blobs/sha256/$manifest")" \
		'{schemaVersion: 2, manifests: [{mediaType: "application/vnd.oci.image.manifest.v1+json",
		digest: "sha256:\($manifest)", size: $n, annotations: {"io.containerd.image.name": $name}}]}' >"$dir/index.json"
	echo '{"imageLayoutVersion": "1.0.0"}' >"$dir/oci-layout"
	tar -C "$dir" -cf "$WORK/image.tar" .
	ctr -a /run/cri/sock -n k8s.io images import "$WORK/image.tar"
}

# blob: stdin becomes one of the image; its digest
blob() {
	local digest

	cat >"$WORK/blob"
	digest=$(sha256sum "$WORK/blob" | cut -d' ' -f1)
	mv "$WORK/blob" "$WORK/image/blobs/sha256/$digest"
	echo "$digest"
}

start_runtime() {
	mkdir -p /run/cri
	cat >/run/cri/config.toml <<-EOT
		version = 3
		state = "/run/cri/state"
		[grpc]
		address = "/run/cri/sock"
		[plugins."io.containerd.cri.v1.images"]
		snapshotter = "native"
		[plugins."io.containerd.cri.v1.images".pinned_images]
		sandbox = "$IMAGE"
		[plugins."io.containerd.cri.v1.runtime".cni]
		bin_dirs = ["/opt/cni/bin", "$REFERENCE"]
		conf_dir = "/etc/cni/net.d"
	EOT
	containerd -c /run/cri/config.toml >>"$WORK/containerd.log" 2>&1 &
	echo "$!" >"$WORK/runtime"
	busywait 60 ctr -a /run/cri/sock version
}

kill_runtime() {
	kill -KILL "$(<"$WORK/runtime")"
}

# cri REQUEST...: what it is answered is in $WORK/answer
cri() {
	echo "$*" >&"$TO"
	answer
}

answer() {
	local said

	IFS= read -r -t 900 said <&"$FROM" || said="error no answer"
	echo "${said#* }" | tee "$WORK/answer"
	[[ $said == ok* ]]
}

# answers WANTED REQUEST...: it is answered with that
answers() {
	local wanted=$1
	shift

	# shellcheck disable=SC2053 # a pattern is what is wanted
	cri "$@" && [[ $(<"$WORK/answer") == $wanted ]]
}

# start_client: what cri speaks through
start_client() {
	coproc CLIENT { exec /usr/bin/python3 "$TREE/selftests/tools/cri.py" /run/cri/sock "$CRI/python" 2>"$WORK/client.log"; }
	JOBS+=("$CLIENT_PID")
	# Bash keeps those of a coprocess from subshells.
	exec {TO}>&"${CLIENT[1]}" {FROM}<&"${CLIENT[0]}"
}
