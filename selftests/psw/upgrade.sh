#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# psw upgrade under traffic: another module in the place of the one that is loaded, and all that can go wrong.
#
#   psw0 192.0.2.1, 2001:db8::1        a hundred ports:
#    |-- v_a  a .2 ::2                 the first: sends
#    |-- g1 ... g98   far              owners and addresses
#    `-- v_b  b .3 ::3                 the last: receives
#
# gap:     ten upgrades, streams running; how long b hears nothing of what a sends each millisecond
# refused: what cannot be upgraded is told, and nothing is touched
# back:    a new module that does not begin, or cannot be spoken to; the old one is back
# killed:  an upgrade that was killed is finished by hand; until then CNI ADD says so
# add:     CNI ADDs while the module changes
# version: a module that is older or newer than the programs
#
# The modules are built by upgrade.prepare. PODSWITCH_AGES names a folder with psw and podswitch as they were once, if
# these are to be tried too.
# shellcheck source=../cni/lib.sh
. "$(dirname "$0")/../cni/lib.sh"

need_module
need_commands jq ss
[[ -f ${PODSWITCH_MODULE:-} ]] || skip_all "needs the module's file"
VARIANTS=$(dirname "$PODSWITCH_MODULE")/variants
for name in newer broken later older; do
	[[ -f $VARIANTS/$name/podswitch.ko ]] || skip_all "needs what upgrade.prepare builds"
	# As DKMS installs it.
	strip -g -o "$WORK/$name.ko" "$VARIANTS/$name/podswitch.ko" 2> /dev/null ||
		cp "$VARIANTS/$name/podswitch.ko" "$WORK/$name.ko"
done
strip -g -o "$WORK/this.ko" "$PODSWITCH_MODULE" 2> /dev/null || cp "$PODSWITCH_MODULE" "$WORK/this.ko"
RUN=/run/podswitch
defer rm -f $RUN/upgrade.json $RUN/module.ko

loaded_version() { cat /sys/module/podswitch/version; }
THIS=$(loaded_version)

# kept FILE: a copy of the file of the module that is loaded, where podswitch-load keeps it
kept() {
	mkdir -p $RUN
	cp "$1" $RUN/module.ko
}

# everything: what is there, as the tools tell it
everything() {
	"$PSW" -j switch show
	"$PSW" -j port show
	ip -d -j link show type podswitch | jq -c 'del(.[].operstate)'
	ip -j -d addr show psw0 | jq -c 'map(.addr_info) | del(.. | .nodad?)'
	ip route show table all | grep psw | sort
	ip -6 route show table all | grep psw | sort
}

# is_whole VERSION: that one is loaded, and all is as it was
is_whole() {
	[[ $(loaded_version) == "$1" ]] && diff "$WORK/before" <(everything) && [[ ! -e $RUN/upgrade.json ]]
}

# upgrade FILE...: a line of JSON
upgrade() {
	"$PSW" -j upgrade "$@"
}

set_sysctl net.ipv4.ip_forward=1
make_switch psw0 192.0.2.1/24
ip addr add 2001:db8::1/64 dev psw0 nodad
make_pod a psw0 192.0.2.2/24 2001:db8::2/64
make_ns far
for ((i = 1; i <= 98; i++)); do
	echo "link add g$i type veth peer name p$i netns far"
	echo "link set g$i up"
done | ip -b -
for ((i = 1; i <= 98; i++)); do
	echo "port add g$i switch psw0 network pods id $i pod shop/web-$i address 10.0.0.$i address fd00::$i"
done > "$WORK/ports"
"$PSW" -batch "$WORK/ports"
make_pod b psw0 192.0.2.3/24 2001:db8::3/64
ip route add 203.0.113.0/24 via 192.0.2.3 dev psw0
settled() { [[ ! $(ip -6 address show tentative) ]]; }
busywait 10 settled

ktap_header
everything > "$WORK/before"
kept "$WORK/this.ko"

# --- gap ---

# stream SERVER-NS ADDRESS CLIENT-NS: until the file is there; each byte is looked at
STREAMS=()
stream() {
	background xfer tcp "$1" "$2" "$3" "$WORK/enough" 2> "$WORK/stream.${#STREAMS[@]}"
	STREAMS+=("${JOBS[-1]}")
}
# bytes: what the streams' receivers have acknowledged so far, one a line
bytes() {
	{ ip netns exec b ss -Htin 'sport = :5001'; ip netns exec a ss -Htin 'sport = :5001'; } |
		sed -n 's/.*bytes_received:\([0-9]*\).*/\1/p'
}
flow() { [[ $(bytes | wc -l) -eq 3 ]]; }
# moved: each stream has brought more than when it was looked at last
moved() { [[ $(paste <(bytes) "$WORK/bytes" | awk '$1 > $2' | wc -l) -eq 3 ]]; }
stream b 192.0.2.3 a
stream b 2001:db8::3 a
stream a 192.0.2.2 -
check "gap: streams of two pods, by both families, and from the host" busywait 10 flow

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
for ((i = 1; i <= 10; i++)); do
	to=newer
	((i % 2)) || to=this
	bytes > "$WORK/bytes"
	gap b 192.0.2.3 a "$PSW" -j upgrade "$WORK/$to.ko" > "$WORK/gap" 2> "$WORK/told" || break
	read -r silence lost < "$WORK/gap"
	echo "$silence" >> "$WORK/silences"
	jq .\"gap-ms\" "$WORK/told" >> "$WORK/gaps"
	jq -r --arg silence "$silence" --arg lost "$lost" '"# gap \(.from) -> \(.to): b hears nothing for \(($silence | tonumber) / 1000) ms, \($lost) of its datagrams are lost; psw says \(."gap-ms") ms: unloading \(."unload-ms"), loading \(."load-ms"), restoring \(."restore-ms")"' "$WORK/told"
	busywait 20 moved || { ktap_note "a stream stands still"; break; }
done
((i > 10)) || ktap_note "$(< "$WORK/told")"
check_equal "gap: ten upgrades" 10 "$(wc -l < "$WORK/silences")"
check "gap: and all is as it was" is_whole "$THIS"
touch "$WORK/enough"
for i in 0 1 2; do
	names=("of two pods" "of two pods, by IPv6" "from the host")
	# not inside of check, whose shell has other children
	wait "${STREAMS[i]}"
	check_equal "gap: the stream ${names[i]} came whole through all of them" "0 " "$? $(< "$WORK/stream.$i")"
done
echo "# gap: 100 ports, Linux $(uname -r): b heard nothing for $(median < "$WORK/silences") us in the median," \
	"$(sort -n "$WORK/silences" | tail -n 1) at worst; psw's own figure is" \
	"$(median < "$WORK/gaps") and $(sort -n "$WORK/gaps" | tail -n 1) ms"
tried "$(wc -l < "$WORK/silences")" upgrades
# Emulated, a processor is many times as slow, and how slow depends on what else the machine does.
if [[ $(uname -r) == *-uml ]]; then
	check "gap: at most 200 ms in the median" test "$(median < "$WORK/silences")" -le 200000
else
	skip "gap: at most 200 ms in the median" "is for native speed"
fi

# --- refused ---

cp "$WORK/newer.ko" "$WORK/text.ko" && truncate -s 1000 "$WORK/text.ko"
cp "$WORK/this.ko" "$WORK/foreign.ko"
sed -i "s/\(vermagic=\)[0-9]/\15/; s/version=$THIS/version=9.9.9/" "$WORK/foreign.ko"
printf '\0' | dd of="$WORK/foreign.ko" bs=1 conv=notrunc status=none \
	seek="$(grep -obUaP 'GNU\x00' "$WORK/foreign.ko" | head -n 1 | awk -F: '{ print $1 + 4 }')"
check_fail "refused: no file" "psw: upgrade: Cannot read /nonexistent: No such file" upgrade /nonexistent
check_fail "refused: no module" "is no kernel module" upgrade /dev/null
check_fail "refused: half a module" "is not the module podswitch" upgrade "$WORK/text.ko"
check_fail "refused: a module of another kernel" "it is built for another kernel" upgrade "$WORK/foreign.ko"
check_fail "refused: old is another" '"old" is not the module that is loaded' upgrade "$WORK/newer.ko" old "$WORK/newer.ko"
kept "$WORK/newer.ko"
check_fail "refused: nobody has the old one" "could not be put back if the new one failed" upgrade "$WORK/newer.ko"
kept "$WORK/this.ko"
check_equal "refused: it is loaded already, which is no fault" "podswitch $THIS is loaded already" \
	"$("$PSW" upgrade "$WORK/this.ko")"
ip -n far link add psw9 type podswitch
check_fail "refused: a switch elsewhere" "Network namespace /run/netns/far has a switch too" upgrade "$WORK/newer.ko"
ip -n far link del psw9
ip link add macvlan0 link psw0 type macvlan
check_fail "refused: what would be lost" "macvlan0 goes with the module and is not saved: it is a macvlan" \
	upgrade "$WORK/newer.ko"
ip link del macvlan0
check_fail "refused: without the right" "CAP_SYS_MODULE" setpriv --bounding-set=-sys_module "$PSW" upgrade "$WORK/newer.ko"
check "refused: nothing was touched" is_whole "$THIS"

# --- back ---

check_fail "back: a module that does not begin" "podswitch $THIS is back, with all that it had" upgrade "$WORK/broken.ko"
check_fail "back: and why" "$WORK/broken.ko cannot be loaded: Input/output error" upgrade "$WORK/broken.ko"
check "back: all is there" is_whole "$THIS"
check_fail "back: a module that speaks otherwise" "podswitch $THIS is back, with all that it had" upgrade "$WORK/later.ko"
check "back: all is there then" is_whole "$THIS"
check "back: pods reach one another" pings a 192.0.2.1 192.0.2.3 2001:db8::3

# --- killed ---

make_ns new1 new2 new3 new4 new5 new6
IPAM='{type: "podswitch", subnet: "192.0.2.0/24", rangeStart: "192.0.2.100"}'
# conf is of the CNI tests
# shellcheck disable=SC2119
NET=$(conf '{bridge: "psw0"}')
kept "$WORK/newer.ko"
check_fail "killed: neither module can be loaded" \
	"podswitch $THIS is not back either (its file is not there): load a module, then \"psw restore $RUN/upgrade.json\"" \
	upgrade "$WORK/broken.ko" force
check "killed: ADD does not make a switch of its own" refused 11 "psw restore $RUN/upgrade.json" add "$NET" new1
check "killed: a module is loaded" insmod "$WORK/this.ko"
check "killed: ADD does not either when there is one" refused 11 "psw restore $RUN/upgrade.json" add "$NET" new1
# shellcheck disable=SC2119
check "killed: STATUS says that it would not" refused 50 "psw restore $RUN/upgrade.json" cni STATUS "$NET"
check_fail "killed: the next upgrade says so" "is left from an upgrade that did not end" \
	upgrade "$WORK/newer.ko" old "$WORK/this.ko"
check "killed: the rest by hand" "$PSW" restore $RUN/upgrade.json
rm $RUN/upgrade.json
kept "$WORK/this.ko"
check "killed: all is there" is_whole "$THIS"

# --- add ---

# adds: each of the new pods, again and again, until there is a file; each has to succeed
adds() {
	local ns=$1

	until [[ -e $WORK/added ]]; do
		add "$NET" "$ns" > "$WORK/$ns.out" || { cat "$WORK/$ns.out" >> "$WORK/failed"; }
		"$PSW" port show id "$ns" > /dev/null || echo "no port of $ns" >> "$WORK/failed"
		echo "$ns" >> "$WORK/adds"
		del "$NET" "$ns" >> "$WORK/failed" || echo "DEL of $ns fails" >> "$WORK/failed"
	done
}
: > "$WORK/failed"
for ns in new1 new2 new3 new4 new5 new6; do
	background adds $ns
done
busywait 10 test -s "$WORK/adds"
for to in newer this newer this; do
	check "add: upgrade to $to, while pods come and go" upgrade "$WORK/$to.ko"
done
touch "$WORK/added"
for ((i = ${#JOBS[@]} - 6; i < ${#JOBS[@]}; i++)); do wait "${JOBS[i]}"; done
check_equal "add: no ADD failed of $(wc -l < "$WORK/adds")" "" "$(< "$WORK/failed")"
check_equal "add: the pods that were there are all there" \
	"$(sed -n 2p "$WORK/before")" "$("$PSW" -j port show)"
exec 8<> $RUN/lock
flock -s 8
check_fail "add: an ADD that does not end keeps the upgrade from beginning" "a CNI ADD is under way" upgrade "$WORK/newer.ko"
exec 8>&-

# --- version ---

check "version: to a module that is older" upgrade "$WORK/older.ko" old "$WORK/this.ko"
check_equal "version: all ports are there" 100 "$("$PSW" -j port show | jq length)"
check_fail "version: a command that it does not know is named" \
	"The module is older than this program: it does not know the command probe" "$PSW" probe from a to b icmp
jq -c '(.ports[] | select(.name == "v_a").translated) = true' <("$PSW" save) > "$WORK/translated"
"$PSW" port del v_a
check_fail "version: an attribute that it does not know is named" \
	"psw: restore: port v_a: The module is older than this program: it does not know the attribute translated" \
	"$PSW" restore "$WORK/translated"
check "version: the rest of it does" "$PSW" restore <(jq -c 'del(.ports[].translated)' "$WORK/translated")
check "version: ADD and DEL are understood" add "$NET" new1
check "version: and DEL" del "$NET" new1
check "version: back to this one" upgrade "$WORK/this.ko" old "$WORK/older.ko"
check_equal "version: with all ports" "$(sed -n 2p "$WORK/before")" "$("$PSW" -j port show)"

LATER='The module speaks version 2 of the protocol and libpodswitch '"$(sed -n 's/^psw //p' <("$PSW" -V))"' version 1'
ip link del psw0
rmmod podswitch && insmod "$WORK/later.ko"
check_fail "version: another protocol is refused by psw" "psw: port show: $LATER" "$PSW" port show
check "version: and by ADD" refused 100 "$LATER" add "$NET" new1
# shellcheck disable=SC2119
check "version: and by STATUS" refused 50 "$LATER" cni STATUS "$NET"
check_equal "version: and doctor tells" 1 "$("$PSW" doctor module | grep -c "does not answer: $LATER")"
check_fail "version: what cannot be saved is not replaced" "$LATER" upgrade "$WORK/this.ko" force
rmmod podswitch && insmod "$WORK/this.ko"

if [[ -x ${PODSWITCH_AGES:-}/psw ]]; then
	PSW=$PODSWITCH_AGES/psw PLUGIN=$PODSWITCH_AGES/podswitch
	check "version: an older plugin makes a pod" add "$NET" new1
	check_equal "version: an older psw shows it" 1 "$("$PSW" -j port show | jq length)"
	check "version: an older plugin takes it away" del "$NET" new1
fi
ktap_finish
