#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the plugin takes from its caller and leaves on the host, by its system calls, through the life of an attachment.
#
#    runtime, with a hostile environment, files and descriptors ---> podswitch ---> stub, iptables
#      p1 eth0 --- psw.... ---- psw0
#
#  - no variable but CNI's says anything; no program but the host's iptables and the IPAM plugin of CNI_PATH is run
#  - it writes to no file but the kernel's settings of the switch, and makes, renames and removes none
#  - it opens no file by a name that is not given or fixed, and none that others could have put there
#  - what it has open is closed in what it runs; what it inherits is not used
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft strace
ktap_header

IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
make_ns p1

# What would be noticed if it were run, loaded or read.
mkdir "$WORK/evil"
printf '#!/bin/sh\ntouch "%s"\n' "$WORK/fooled" | tee "$WORK/evil/"{iptables,iptables-restore,nft,ip,modprobe,sh,stub} > /dev/null
chmod +x "$WORK/evil/"*
HOSTILE=(PATH="$WORK/evil" LD_PRELOAD="$WORK/evil/preload.so" LD_LIBRARY_PATH="$WORK/evil" LD_AUDIT="$WORK/evil/audit.so"
	GCONV_PATH="$WORK/evil" LOCPATH="$WORK/evil" NLSPATH="$WORK/evil/%N" LC_ALL=evil LANG=evil TZ=":$WORK/evil/tz"
	TMPDIR="$WORK/evil" HOME="$WORK/evil" XTABLES_LIBDIR="$WORK/evil" IPTABLES_CACHE="$WORK/evil" BASH_ENV="$WORK/evil/sh"
	ENV="$WORK/evil/sh" IFS=/ MALLOC_TRACE="$WORK/evil/trace" RESOLV_HOST_CONF="$WORK/evil/host" PODSWITCH="$WORK/evil")

# traced COMMAND CONF: with all that, and two descriptors that nobody has asked for; $WORK/calls gets its system calls
traced() {
	local status=0

	env -i CNI_PATH="$STUBS" CNI_COMMAND="$1" "${ATTACHMENT[@]}" \
		/usr/bin/strace -f -qqq -o "$WORK/calls" "${TRACED_ENV[@]}" \
		-e trace=%file,%process,memfd_create,write,fchmod,fchown,ftruncate "$PLUGIN" \
		<<< "$2" 7< /etc/shadow 8<> "$WORK/inherited" || status=$?
	cat "$WORK/calls" >> "$WORK/all"
	return "$status"
}
TRACED_ENV=()
for variable in "${HOSTILE[@]}"; do TRACED_ENV+=(-E "$variable"); done
# opened: the files that were opened, without the processes' ids
opened() {
	sed -n 's/.*open\(at\)\?(\(AT_FDCWD, \)\?"\([^"]*\)".*/\3/p' "$WORK/all" | sort -u
}
# life NETWORK: of an attachment to it
life() {
	local result

	: > "$WORK/all"
	attachment p1 p1
	result=$(traced ADD "$1") || { echo "$result"; return 1; }
	traced CHECK "$(with_result "$1" "$result")" || return 1
	traced STATUS "$1" || return 1
	traced DEL "$1" || return 1
	traced GC "$(jq -c '. + {"cni.dev/valid-attachments": []}' <<< "$1")"
}

check "life: ADD, CHECK, STATUS, DEL, GC" silent life "$net"
check_equal "environment: nothing of it was run" "" "$(ls "$WORK/fooled" 2> /dev/null)"
check_fail "environment: nor looked at" "" grep "$WORK/evil" <(grep -v execve "$WORK/all")
check_equal "programs: none" "" "$(grep -o 'execve("[^"]*"' "$WORK/all" | grep -vF "\"$PLUGIN\"")"
check_equal "files: read, the namespaces, the host's id, the lock of an upgrade, and settings" "" \
	"$(opened | grep -vxE '/run/netns/p1|/proc/self/ns/net|/etc/machine-id|/run/podswitch/lock|/proc/sys/net/ipv[46]/.*')"
check_equal "files: written, settings alone" "" \
	"$(grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC' "$WORK/all" | grep -v '"/proc/sys/net/ipv[46]/' || true)"
check_equal "files: none is made, renamed, removed, changed" "" \
	"$(grep -E ' (mkdir|mknod|rename|unlink|rmdir|link|symlink|chmod|chown|truncate|mount|setxattr)[a-z0-9]*\(' "$WORK/all" || true)"
check_equal "files: each is closed in what is run" "" \
	"$(grep -E 'open(at)?\(' "$WORK/all" | grep -v O_CLOEXEC || true)"
check_equal "inherited: a file is as it was" "" "$(cat "$WORK/inherited")"

# --- another IPAM plugin ---

cat > "$STUBS/stub" <<-'EOF'
	#!/bin/bash
	for fd in {0..63}; do [[ ! -e /proc/$$/fd/$fd ]] || echo $fd >> "${0%/*}/fds"; done
	[[ $CNI_COMMAND != ADD ]] || echo '{"cniVersion": "1.1.0", "ips": [{"address": "192.0.2.77/24"}]}'
EOF
chmod +x "$STUBS/stub"
IPAM='{type: "stub"}'
delegated=$(conf)
check "delegate: its life" silent life "$delegated"
check_equal "delegate: run from CNI_PATH alone" "\"$STUBS/stub\"" \
	"$(grep -o 'execve("[^"]*"' "$WORK/all" | grep -F stub | sed 's/execve(//' | sort -u)"
check_equal "delegate: has stdin, stdout and stderr, none of the secrets" "0 1 2" \
	"$(sort -un "$STUBS/fds" | tr '\n' ' ' | sed 's/ $//')"
for type in ../evil/stub /bin/sh "$WORK/evil/stub" .. . ""; do
	IPAM="{type: \"$type\"}"
	before=$(state)
	cni ADD "$(conf)" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/p1 > "$WORK/said" 2>&1 &&
		[[ $type ]] && echo "# ADD was not refused" >> "$WORK/said.bad"
	cni DEL "$(conf)" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 > /dev/null 2>&1
	check "delegate: \"$type\" runs nothing" test ! -e "$WORK/fooled" -a ! -e "$WORK/said.bad"
	check_equal "delegate: \"$type\" leaves nothing" "$before" "$(state)"
done

# --- names that lead elsewhere ---

IPAM='{type: "podswitch", subnet: "192.0.2.0/24"}'
echo secret > "$WORK/secret"
mkfifo "$WORK/fifo"
for path in "$WORK/secret" "$WORK/fifo" "$WORK" /dev/null /dev/zero /proc/self/ns/mnt /nowhere; do
	cni ADD "$(conf)" CNI_CONTAINERID=p1 CNI_IFNAME=eth0 CNI_NETNS="$path" > "$WORK/said" 2>&1
	check "netns: $path is refused" jq -e '.code > 0' "$WORK/said"
	check_fail "netns: $path, nothing of it is told" "" grep -q secret <(grep -v CNI_NETNS "$WORK/said" | sed "s|${WORK}[^ \"]*||g")
done
# shellcheck disable=SC2034 # for conf
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", resolvConf: "'$WORK'/secret"}'
add "$(conf)" p1 > "$WORK/said" 2>&1
del "$(conf)" p1 > /dev/null 2>&1
check_fail "resolvConf: of a file that is none, nothing is told" "" grep -q '"secret"' "$WORK/said"

ktap_finish
