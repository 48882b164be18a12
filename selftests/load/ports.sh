#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two thousand ports on one switch, ten thousand addresses, twenty switches: all answer, and memory is what it was when all is gone.
#
#          psw0 -- c1 c2 ... c2000          psw1 -- q1  ...  psw19 -- q19      host
#                   |  |      |                     |               |
#   .................................................................
#                eth0  p2 ... eth0                  r1              r19
#                  a          z                     crowd, with p2 to p1999
#
# Each port of psw0 declares five addresses. A round makes all of it and takes all away; the rounds differ in how the ports
# end: one by one, with their switch, with their devices. PODSWITCH_LOAD_PORTS and _SWITCHES are other numbers of ports and
# switches.
. "$(dirname "$0")/lib.sh"

PORTS=${PODSWITCH_LOAD_PORTS:-2000}
SWITCHES=${PODSWITCH_LOAD_SWITCHES:-20}

need_memory
need_commands jq
# "ip -batch" keeps the namespace's file open for each line.
ulimit -n $((PORTS + 100))
without_ipv6
make_ns a z crowd

# What follows calls no function in $(): for thousands of lines that takes longer than the ports do.
# ip4 N NET: sets $ip4, an address of port N; they follow one another
ip4() {
	ip4=10.$2.$(($1 >> 8)).$(($1 & 255))
}
# mac N: sets $mac, of the pod at port N
mac() {
	printf -v mac '02:01:00:00:%02x:%02x' $(($1 >> 8)) $(($1 & 255))
}

# batches: what makes and takes away all
batches() {
	local n ns dev

	for ((n = 1; n <= PORTS; n++)); do
		ns=crowd dev=p$n
		((n > 1)) || ns=a dev=eth0
		((n < PORTS)) || ns=z dev=eth0
		mac "$n"
		ip4 "$n" 1
		echo "link add c$n up type veth peer name $dev netns $ns" >&3
		echo "link del c$n" >&4
		echo "port add c$n switch psw0 mac $mac address $ip4 address ${ip4/.1./.2.} address ${ip4/.1./.3.}" \
			"address 2001:db8:1::$n address 2001:db8:2::$n network load pod test/p$n" >&5
		echo "port del c$n" >&6
	done 3> "$WORK/links" 4> "$WORK/unlinks" 5> "$WORK/ports" 6> "$WORK/unports"
	for ((n = 1; n < SWITCHES; n++)); do
		echo "link add psw$n up type podswitch"
		echo "addr add 10.4.$n.1/24 dev psw$n"
		echo "link add q$n up type veth peer name r$n netns crowd"
		echo "link set r$n up" >&3
		echo "addr add 10.4.$n.2/24 dev r$n" >&3
		echo "port add q$n switch psw$n address 10.4.$n.2 address 2001:db8:4::$n" >> "$WORK/ports"
		echo "link del psw$n" >&4
		echo "link del q$n" >&4
	done > "$WORK/switches" 3> "$WORK/crowd" 4> "$WORK/unswitches"
}

# make: the topology above
make() {
	ip link add psw0 up type podswitch && ip -b "$WORK/links" && ip -b "$WORK/switches" && ip -n crowd -b "$WORK/crowd" || return 1
	printf 'link set eth0 up address %s\naddr add %s/16 dev eth0\n' "$MAC_A" "$IP_A" | ip -n a -b - || return 1
	printf 'link set eth0 up address %s\naddr add %s/16 dev eth0\n' "$MAC_Z" "$IP_Z" | ip -n z -b - || return 1
	"$PSW" -batch "$WORK/ports"
}

# is_active DEV...: each has its queueing discipline. Where a device is up before its other end is, the kernel's linkwatch gives
# it one later, a hundred devices a second; what is sent there until then is lost.
is_active() {
	local dev state

	for dev; do
		read -r state < "/sys/class/net/$dev/operstate" && [[ $state == up ]] || return 1
	done
}

# away HOW: ports end one by one, with their switch or with their devices
away() {
	case $1 in
	ports) "$PSW" -batch "$WORK/unports" ;;
	switch) ip link del psw0 ;;
	devices) ;;
	esac
	ip -b "$WORK/unlinks" && ip -b "$WORK/unswitches" || return 1
	[[ $1 == switch ]] || ip link del psw0
}

# answered NET: the first pod asks for each address of the net, and all but its own are answered
answered() {
	local was counted

	was=$(stats_of port c1)
	flood asks "$PORTS" a eth0 "$MAC_A,$IP_A,::" "$MAC_A,${IP_A/.1./.$1.},::" || return 1
	counted=$(stats_since "$was" port c1 answered)
	[[ $counted == "answered $((PORTS - 1))" ]] || { echo "$counted"; return 1; }
}
# samples: some of the answers, looked at
samples() {
	local n net

	for n in 2 $((PORTS / 2)) $((PORTS - 1)) "$PORTS"; do
		net=$((1 + n % 3))
		mac "$n"
		ip4 "$n" $net
		echo "all: the answer of $n | -r a:eth0=1 a:eth0 eth ff:ff:ff:ff:ff:ff $MAC_A" \
			"arp 1 $MAC_A $IP_A 00:00:00:00:00:00 $ip4 reply eth $MAC_A $mac arp 2 $mac $ip4 $MAC_A $IP_A"
	done
}
# others: each of the other switches reaches its pod
others() {
	local n

	for ((n = 1; n < SWITCHES; n++)); do
		ping -q -c 1 -W 5 "10.4.$n.2" || return 1
	done
}
# sums FIELD: over all switches
sums() {
	"$PSW" -j switch show | jq "map(.$1) | add"
}

mac 1
ip4 1 1
MAC_A=$mac IP_A=$ip4
mac "$PORTS"
ip4 "$PORTS" 1
MAC_Z=$mac IP_Z=$ip4

ktap_header
batches

round=0
for how in ports switch devices ports; do
	start=$(ms)
	check "$how: all is made" make
	made=$(ms)
	if ((round == 1)); then
		check "all: the host's ends are active" busywait 120 is_active c1 "c$PORTS" $(seq -f q%g $((SWITCHES - 1)))
		check_equal "all: ports" $((PORTS + SWITCHES - 1)) "$(sums ports)"
		check_equal "all: switches" "$SWITCHES" "$("$PSW" -j switch show | jq length)"
		check_equal "all: addresses" $((5 * PORTS + 2 * (SWITCHES - 1))) "$(sums addresses)"
		check_equal "all: ports are listed, in order" "$(seq -f c%g "$PORTS")" \
			"$("$PSW" -j port show switch psw0 | jq -r '.[].name')"
		check_equal "all: addresses are listed" $((5 * PORTS)) \
			"$("$PSW" -j address show switch psw0 | jq '[.[] | select(.address | test("^(..:){5}..$") | not)] | length')"
		check "all: frames pass from the first to the last" pings a "$IP_Z"
		check "all: and back" pings z "$IP_A"
		for net in 1 2 3; do
			check "all: $((PORTS - 1)) questions about 10.$net.0.0/16 are answered" answered $net
		done
		frames < <(samples)
		check "all: the other switches reach their pods" others
		remember full
	fi
	begun=$(ms)
	check "$how: all is taken away" away "$how"
	ktap_note "$how: made in $((made - start)) ms, taken away in $(($(ms) - begun)) ms"
	round=$((round + 1))
	if ((round == 1)); then
		remember before
		note_memory "before" before
		continue
	fi
	((round > 2)) || note_memory "with all" full
	check_back "$how: memory is what it was" before
	note_memory "after" now
done
note_slabs before full now
tried "$PORTS" ports of one switch
tried $((5 * PORTS)) addresses of one switch
tried "$SWITCHES" switches
ktap_finish
