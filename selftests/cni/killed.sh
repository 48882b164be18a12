#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The plugin is killed on entry to each of its system calls in turn; DEL, a second ADD or GC then put everything right.
#
#      p1            p2
#     eth0          eth0 (stays at first, so that the switch and its rules are in use)
#      |             |
#  ----+-------------+---- psw0
#
#  - ADD is killed: then DEL; a second ADD, which gets the same addresses, and DEL; GC
#  - DEL is killed: then DEL, or GC
#  - the same of the first and last pod of a switch: it is made as if nothing had been, masquerading ends with the pod
#  - the same with another IPAM plugin, which keeps a file for each address; it does not outlive us
# User-Mode Linux takes every system call; a kernel in an emulator, where a call takes long, a few.
. "$(dirname "$0")/lib.sh"
need_module
need_commands jq nft
ktap_header

STRIDE=1
[[ $(uname -r) == *-uml* ]] || STRIDE=9
IPAM='{type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}], [{subnet: "2001:db8::/64"}]]}'
net=$(conf '{isDefaultGateway: true, ipMasq: true}')
make_ns p1 p2
mkdir "$WORK/held"

# Where /proc tells what p1 has, without a process for each look.
background ip netns exec p1 sleep infinity
pod=/proc/$!
in_pod() { [[ $(ip netns identify "${pod##*/}") == p1 ]]; }
busywait 10 in_pod || exit 1

# gc CONF POD...: what GC gets to hear if these are there
gc() {
	local conf=$1
	shift

	jq -c '. + {"cni.dev/valid-attachments": [$ARGS.positional[] | {containerID: ., ifname: "eth0"}]}' --args "$@" <<<"$conf"
}

# sweep STEP...: killat does, for p1; what it shows is in $WORK/rounds, and is shown if something was not as before
sweep() {
	local options=(-s "$STRIDE") file

	for file in "${WATCHED[@]}"; do options+=(-w "$file"); done
	env -i PATH="$PATH" CNI_PATH="$STUBS" "${ATTACHMENT[@]}" killat sweep "${options[@]}" "$PLUGIN" "$@" >"$WORK/rounds" ||
		{ tail -n 15 "$WORK/rounds"; del "$net" p1; return 1; }
	# of each sweep, for the end; a check is a process of its own
	grep -c '^[0-9]* [A-Z]*! 137 $' "$WORK/rounds" >> "$WORK/kills"
	killed_often && undisturbed
}
# At least as often as an ADD or DEL that does what is to be done makes system calls.
killed_often() {
	local n

	n=$(grep -c '^[0-9]* [A-Z]*! 137 $' "$WORK/rounds")
	((n * STRIDE > 30)) || { echo "killed $n times"; return 1; }
}
# What was not killed went well; a second ADD may have been told that the first had come to its end.
undisturbed() {
	! grep -E '^[0-9]+ [A-Z]+!? ' "$WORK/rounds" |
		grep -vE '^[0-9]+ (([A-Z]+! 137 .*)|(ADD!? 0 \{.*\})|((DEL|GC)!? 0 )|(ADD 1 \{.*"code":102,.*))$'
}
# refused ROUND: in the others, the second ADD made the attachment
completed() {
	! awk '$2 == "ADD" { refused = $3 }
	       $2 ~ /^</ && !refused && !/eth0[;\t]00000000\t/ && /Destination/ { print }
	       $2 ~ /^</ && refused && !/eth0\t000200C0/ && /Destination/ { print }' "$WORK/rounds" | grep .
}
# Each round took one address of the range: the second ADD got what the first had, or was refused.
same_address() {
	awk '$2 == "ADD" {
			n++
			if ($3 == 0) {
				match($0, /"address":"192\.0\.2\.[0-9]+/)
				at = substr($0, RSTART + 19, RLENGTH - 19) - n
				if (first == "") first = at
				if (at != first) { print; bad = 1 }
			}
		}
		END { exit bad || first == "" }' "$WORK/rounds"
}
again() {
	sweep ADD!="$WORK/add" ADD="$WORK/add" "<$pod/net/route" DEL="$WORK/add" &&
		completed && same_address && grep -q '^[0-9]* ADD 1 ' "$WORK/rounds"
}

# --- with another pod on the switch ---

add "$net" p2 >/dev/null
attachment p1 p1
# Of an address under duplicate address detection, the flags change.
settled() { ! grep ' 20 [4c]0 ' /proc/net/if_inet6; }
busywait 10 settled || exit 1
echo "$net" >"$WORK/add"
gc "$net" p2 >"$WORK/gc"
everything() {
	state
	nft -a list ruleset
	ip -o addr show dev psw0
	ip route show table all
	ip -6 route show table all
}
WATCHED=(/sys/class/net /proc/net/if_inet6 /proc/net/route "$pod/net/dev_snmp6")
before=$(everything)
echo "# an ADD makes $(env "${ATTACHMENT[@]}" killat count "$PLUGIN" ADD="$WORK/add") system calls," \
	"a DEL $(env "${ATTACHMENT[@]}" killat count "$PLUGIN" DEL="$WORK/add")"
check "a killed ADD, then DEL" sweep ADD!="$WORK/add" DEL="$WORK/add"
check "a killed ADD, then another with its addresses, then DEL" again
check "a killed ADD, then GC" sweep ADD!="$WORK/add" GC="$WORK/gc"
check "a killed DEL, then DEL" sweep ADD="$WORK/add" DEL!="$WORK/add" DEL="$WORK/add"
check "a killed DEL, then GC" sweep ADD="$WORK/add" DEL!="$WORK/add" GC="$WORK/gc"
check_equal "nothing is left, and the other pod's rules were there all the time" "$before" "$(everything)"

# --- with another IPAM plugin ---

# As host-local does, it gives a container one address at most. Each is a file in one step, ADDRESS@CONTAINER, as we kill
# it, too. While there is a fifo, it waits for a word before it does.
cat >"$STUBS/keeper" <<END
#!/bin/sh
cd "$WORK/held" || exit
[ "\$CNI_COMMAND" != GC ] || read -r input
echo \$\$ >"$WORK/keeper"
[ "\$CNI_COMMAND" != ADD ] || [ ! -p "$WORK/word" ] || read -r word <"$WORK/word"
for at in *@*; do
	[ -e "\$at" ] || continue
	id=\${at#*@}
	case \$CNI_COMMAND in
	ADD) [ "\$id" != "\$CNI_CONTAINERID" ] || { echo '{"code":100,"msg":"duplicate"}'; exit 1; } ;;
	DEL) [ "\$id" != "\$CNI_CONTAINERID" ] || rm "\$at" ;;
	GC) case \$input in *'"containerID":"'\$id'"'*) ;; *) rm "\$at" ;; esac ;;
	esac
done
[ "\$CNI_COMMAND" != ADD ] || {
	: >"9@\$CNI_CONTAINERID"
	echo '{"ips":[{"address":"192.0.2.9/24"}]}'
}
END
chmod +x "$STUBS/keeper"
IPAM='{type: "keeper"}'
other=$(conf '{isGateway: true, ipMasq: true}')
echo "$other" >"$WORK/other"
gc "$other" p2 >"$WORK/gc"
WATCHED+=("$WORK/held")
check "another IPAM plugin: a killed ADD, then DEL" sweep ADD!="$WORK/other" DEL="$WORK/other"
check "another IPAM plugin: a killed ADD, then another, then DEL" sweep \
	ADD!="$WORK/other" ADD="$WORK/other" DEL="$WORK/other"
check "another IPAM plugin: a killed ADD, then GC" sweep ADD!="$WORK/other" GC="$WORK/gc"
check "another IPAM plugin: a killed DEL, then DEL" sweep ADD="$WORK/other" DEL!="$WORK/other" DEL="$WORK/other"
check_equal "nothing is left after that" "$before" "$(everything)"

ended() { [[ ! -d /proc/$1 ]]; }
outlived() {
	local keeper word

	mkfifo "$WORK/word"
	exec {word}<>"$WORK/word"
	rm -f "$WORK/keeper"
	env -i PATH="$PATH" CNI_PATH="$STUBS" CNI_COMMAND=ADD "${ATTACHMENT[@]}" "$PLUGIN" <"$WORK/other" &
	busywait 10 test -s "$WORK/keeper" || return 1
	keeper=$(<"$WORK/keeper")
	kill -9 $!
	wait $!
	del "$other" p1
	echo >&"$word"
	busywait 10 ended "$keeper" || return 1
	exec {word}>&-
	rm "$WORK/word"
	[[ -z $(ls "$WORK/held") ]]
}
check "another IPAM plugin does not outlive us, and give an address that DEL does not see" outlived
rm -f "$WORK/held"/*

# --- the only pod ---

del "$net" p2
attachment p1 p1
gc "$net" >"$WORK/gc"
nft -a list ruleset >"$WORK/rules"
WATCHED=(/sys/class/net "$pod/net/dev_snmp6" "$WORK/rules")
# As ADD makes it: up, with the gateways' addresses, and deaf to routers.
made() {
	! awk '$2 ~ /flags$/ && $4 != "0x1003;" || $2 ~ /accept_ra$/ && $4 != "0;" { print }
	       $2 ~ /if_inet6$/ && !/[ ;]20010db8000000000000000000000001 [0-9a-f]+ 40 00 82 +psw0;/ { print }
	       $2 ~ /route$/ && !/[ ;]psw0\t000200C0/ { print }' "$WORK/rounds" | grep .
}
first() {
	sweep "ip link del psw0" ADD!="$WORK/add" ADD="$WORK/add" "</sys/class/net/psw0/flags" \
		"</proc/sys/net/ipv6/conf/psw0/accept_ra" "</proc/net/if_inet6" "</proc/net/route" \
		DEL="$WORK/add" "nft -a list ruleset >$WORK/rules" && made
}
check "the first ADD is killed: another makes the switch what it has to be" first
check "the last DEL is killed, then DEL" sweep ADD="$WORK/add" DEL!="$WORK/add" DEL="$WORK/add" \
	"nft -a list ruleset >$WORK/rules"
check "the last DEL is killed, then GC" sweep ADD="$WORK/add" DEL!="$WORK/add" GC="$WORK/gc" \
	"nft -a list ruleset >$WORK/rules"
check_equal "no port is left" "[]" "$("$PSW" -j port show)"
injected "$(awk '{ n += $1 } END { print n }' "$WORK/kills")" kills
ktap_finish
