#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The manifests of deploy/, against the schema of the Kubernetes API and against what the rest of the tree says.
#
#   deploy/podswitch.yaml -> base/podswitch.yaml --- kustomize --- overlays/*
#            |                                                         |
#            +----- manifest.py check: the API's schema, references ---+
#
# schema:     what kubectl apply is given has no fault; one that is put in is found
# base:       what kustomize makes of it is what stands there
# overlays:   each changes what it says, and nothing else
# privileges: who may do what
# facts:      the version, the sample configuration, the plugin's own view of each configuration
. "$(dirname "$0")/../lib.sh"
need_commands jq
TOOLS=$("$TREE/selftests/install/k8s-tools" 2>/dev/null) || skip_all "selftests/install/k8s-tools cannot fetch what judges manifests"
python3() { /usr/bin/python3 "$@"; }
python3 -c 'import yaml, jsonschema' 2>/dev/null || skip_all "needs python3-yaml and python3-jsonschema"

YAML=$TREE/deploy/podswitch.yaml
READ=$TREE/selftests/install/manifest.py
SPEC=(spec template spec)

# schema FILE...
schema() {
	python3 "$READ" check "$TOOLS/swagger.json" "$@"
}

# value FILE KIND PATH...
value() {
	python3 "$READ" field "$@"
}

# faulty NAME TEXT SED: the manifest with that change is refused, in these words
faulty() {
	sed -E "$3" "$YAML" >"$WORK/faulty.yaml"
	if cmp -s "$YAML" "$WORK/faulty.yaml"; then
		check "schema: $1: the change is none" false
	else
		check_fail "schema: $1" "$2" schema "$WORK/faulty.yaml"
	fi
}

# rendered NAME: of an overlay, or of the base
rendered() {
	local of=$TREE/deploy/overlays/$1
	[[ $1 != base ]] || of=$TREE/deploy/base
	"$TOOLS/bin/kustomize" build "$of"
}

# as_json FILE: its documents, in an order that is always the same
as_json() {
	python3 -c 'import json, sys, yaml
print(json.dumps(sorted(yaml.safe_load_all(open(sys.argv[1])), key=lambda d: d["kind"]), sort_keys=True))' "$1"
}

# leaves FILE: a line for each value, with where it stands; what has a name stands under it, and text that is JSON is read
leaves() {
	as_json "$1" | jq -r '
		def named: if type == "array" and length > 0 and all(.[]; type == "object" and has("name"))
			then map({key: .name, value: .}) | from_entries else . end;
		map({key: .kind, value: .}) | from_entries
		| walk(named)
		| walk(if type == "string" and startswith("{\n") then fromjson else . end)
		| paths(type != "object" and type != "array") as $at | "\($at | map(tostring) | join("/")) \(getpath($at) | tojson)"' | sort
}

# changes NAME: what the overlay makes of the base, a line each
changes() {
	diff <(leaves "$WORK/base.yaml") <(leaves "$WORK/$1.yaml") | grep '^[<>]' | sed 's#DaemonSet/spec/template/spec/##; s#ConfigMap/data/cni.conflist/plugins/#plugins/#'
}

# containers KIND: the names, in their order
containers() {
	value "$1" DaemonSet spec template spec "$2" | jq -r '[.[].name] | join(" ")'
}

# conflist FILE
conflist() {
	value "$1" ConfigMap data cni.conflist | jq -r .
}

# plugin_takes FILE: the plugin finds no fault with its configuration; no module is what it may lack
plugin_takes() {
	local said

	said=$(conflist "$1" | jq -c '{name, cniVersion: "1.1.0"} + .plugins[0] | .ipam.ranges = [[{subnet: "10.244.1.0/24"}], [{subnet: "fd00:10:244:1::/64"}]]' |
		CNI_COMMAND=STATUS CNI_PATH=/ "$BUILD/podswitch") && return
	jq -e '.code == 50' <<<"$said" >/dev/null || { echo "$said"; return 1; }
}

ktap_header

# --- schema ---

check "schema: podswitch.yaml" schema "$YAML"
faulty "a field that is misspelt" "'hostNetwrk' was unexpected" 's/hostNetwork:/hostNetwrk:/'
faulty "a field of a container" "'readOnlyRootFileSystem' was unexpected" 's/readOnlyRootFilesystem/readOnlyRootFileSystem/'
faulty "a field in the wrong place" "'hostNetwork' was unexpected" 's/^( *)command: .*load\]$/&\n\1hostNetwork: true/'
faulty "a type" "is not of type 'boolean'" 's/hostNetwork: true/hostNetwork: "true"/'
faulty "a number for a setting" "is not of type 'string'" 's/value: 127.0.0.1:10779/value: 10779/'
faulty "a field that must be there" "'mountPath' is a required property" '/mountPath: \/run\/podswitch/d'
faulty "an amount" "does not match" 's/memory: 64Mi/memory: 64 MB/'
faulty "a kind" "knows no DaemonSet of apps/v2" 's,apps/v1,apps/v2,'
faulty "a key twice" "'hostNetwork' stands twice" 's/( *)hostNetwork: true/&\n\1hostNetwork: false/'
faulty "a volume" "there is no volume 'modules'" 's/^        - name: modules/        - name: module/'
faulty "a service account" "there is no ServiceAccount" 's/serviceAccountName: podswitch/serviceAccountName: podswich/'
faulty "a role" "there is no ClusterRole" '/roleRef/,/subjects/s/name: podswitch/name: podswich/'
faulty "a selector" "does not select" '/matchLabels/,/updateStrategy/s/name: podswitch/name: podswich/'

# --- base and overlays ---

rendered base >"$WORK/base.yaml"
check_equal "base: what kustomize makes of it is podswitch.yaml" "$(as_json "$YAML")" "$(as_json "$WORK/base.yaml")"
for overlay in "$TREE"/deploy/overlays/*/; do
	name=$(basename "$overlay")
	rendered "$name" >"$WORK/$name.yaml"
	check "overlay $name: the API takes it" schema "$WORK/$name.yaml"
	check "overlay $name: the plugin takes its configuration" plugin_takes "$WORK/$name.yaml"
	# A merge puts what it changes in front: the module must come before the plugin.
	wanted="load install"
	[[ $name != remove ]] || wanted=install
	check_equal "overlay $name: its init containers, in order" "$wanted" "$(containers "$WORK/$name.yaml" initContainers)"
done
check_equal "overlay routed: changes" '< plugins/0/ipMasq true
> plugins/0/ipMasq false' "$(changes routed)"
check_equal "overlay isolated: changes" '> plugins/0/portIsolation true' "$(changes isolated)"
check_equal "overlay hostport: changes" '> plugins/1/capabilities/portMappings true
> plugins/1/type "portmap"
> plugins/2/capabilities/bandwidth true
> plugins/2/type "bandwidth"' "$(changes hostport)"
check_equal "overlay bin-dir: changes" '< initContainers/install/env/CNI_BIN_DIR/value "/opt/cni/bin"
< initContainers/install/volumeMounts/cni-bin/mountPath "/opt/cni/bin"
< volumes/cni-bin/hostPath/path "/opt/cni/bin"
> initContainers/install/env/CNI_BIN_DIR/value "/var/lib/cni/bin"
> initContainers/install/volumeMounts/cni-bin/mountPath "/var/lib/cni/bin"
> volumes/cni-bin/hostPath/path "/var/lib/cni/bin"' "$(changes bin-dir | LC_ALL=C sort)"
check_equal "overlay metrics: the exporter listens on all addresses" '":10779"' \
	"$(value "$WORK/metrics.yaml" DaemonSet "${SPEC[@]}" containers exporter env LISTEN value)"
check_equal "overlay metrics: nothing goes" '< containers/exporter/env/LISTEN/value "127.0.0.1:10779"' "$(changes metrics | grep '<')"
check_equal "overlay remove: takes away" '["/usr/libexec/podswitch/podswitch-node","remove"]' \
	"$(value "$WORK/remove.yaml" DaemonSet "${SPEC[@]}" initContainers install command | jq -c .)"

# --- privileges ---

for name in "$YAML" "$WORK"/{routed,isolated,hostport,bin-dir,metrics,remove}.yaml; do
	of=$(basename "$name" .yaml)
	all=$(value "$name" DaemonSet "${SPEC[@]}" | jq -c '.initContainers + .containers')
	check_equal "privileges: $of: none is privileged, none may gain any, all are dropped" true \
		"$(jq 'all(.[].securityContext; (has("privileged") | not) and .allowPrivilegeEscalation == false and .capabilities.drop == ["ALL"])' <<<"$all")"
	[[ $of == remove ]] || check_equal "privileges: $of: SYS_MODULE for the loader alone" '[["load",["SYS_MODULE"]]]' \
		"$(jq -c '[.[] | select(.securityContext.capabilities.add) | [.name, .securityContext.capabilities.add]]' <<<"$all")"
	check_equal "privileges: $of: the token for the installer alone" install \
		"$(jq -r '.[] | select(any(.volumeMounts[]?; .name == "account")) | .name' <<<"$all")"
	writes="install $(value "$name" DaemonSet "${SPEC[@]}" initContainers install env CNI_BIN_DIR value | jq -r .),/etc/cni/net.d"
	[[ $of == remove ]] || writes="load /run/podswitch,/tmp"$'\n'$writes
	check_equal "privileges: $of: who writes where" "$writes" \
		"$(jq -r '.[] | [.name, ([.volumeMounts[]? | select(.readOnly | not) | .mountPath] | join(","))] | select(.[1] != "") | join(" ")' <<<"$all")"
done
check_equal "privileges: the exporter is nobody" true \
	"$(value "$YAML" DaemonSet "${SPEC[@]}" containers exporter securityContext | jq '.runAsNonRoot and .runAsUser > 0 and .readOnlyRootFilesystem')"
check_equal "privileges: of the API, one's node" '[{"apiGroups":[""],"resources":["nodes"],"verbs":["get"]}]' \
	"$(value "$YAML" ClusterRole rules | jq -c .)"
check_equal "privileges: no token by itself" "false false" \
	"$(value "$YAML" ServiceAccount automountServiceAccountToken) $(value "$YAML" DaemonSet "${SPEC[@]}" automountServiceAccountToken)"
check_equal "it comes before all others, and everywhere" 'system-node-critical [{"operator":"Exists"}]' \
	"$(value "$YAML" DaemonSet "${SPEC[@]}" | jq -c '.priorityClassName + " " + (.tolerations | tojson)' | jq -r .)"

# --- facts that have another home ---

VERSION=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
check_equal "facts: the images are of this version" "podswitch:$VERSION" \
	"$(value "$YAML" DaemonSet "${SPEC[@]}" | jq -r '(.initContainers + .containers)[].image' | sort -u)"
check_equal "facts: so are those in the Dockerfile" "podswitch:$VERSION" "$(grep -oE 'podswitch:[0-9.]+' "$TREE/deploy/Dockerfile" | sort -u)"
check_equal "facts: the configuration is the sample's, but for the ranges" \
	"$(jq -Sc 'walk(if type == "object" then with_entries(select(.key | startswith("_") | not)) else . end)
		| del(.plugins[].ipam.ranges)' "$TREE/deploy/10-podswitch.conflist")" "$(conflist "$YAML" | jq -Sc .)"
check_equal "facts: doc/install.md names files that are there" "" "$(grep -oE 'deploy/[A-Za-z0-9_./-]*[a-zA-Z]' "$TREE/doc/install.md" | sort -u |
	while read -r file; do [[ -e $TREE/$file ]] || echo "$file"; done)"
# shellcheck disable=SC2016 # what is written in Markdown
check_equal "facts: and each overlay" "$(cd "$TREE/deploy/overlays" && printf '%s\n' * | sort)" \
	"$(sed -n '/^| overlay/,/^$/s/^| `\([^`]*\)` |.*/\1/p' "$TREE/doc/install.md" | sort)"
check_equal "facts: and this version" "podswitch:$VERSION" "$(grep -oE 'podswitch:[0-9.]+' "$TREE/doc/install.md" | sort -u)"
check "facts: the plugin takes it" plugin_takes "$YAML"
sed 's/"hairpinMode": true/"hairpinMode": "yes"/' "$YAML" >"$WORK/faulty.yaml"
check_fail "facts: it would not, were it wrong" hairpinMode plugin_takes "$WORK/faulty.yaml"
ktap_finish
