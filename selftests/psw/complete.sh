#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Completion with a kernel to ask, first what psw offers, then what bash, zsh and fish make of it when the tab key is
# pressed in a terminal.
#
#   psw0 ---+-- v1  shop/web, network blue         psw1 --+-- x1          namespace other: psw9 --- o1
#           +-- v2  shop/web                              +-- t1..t1000
#           +-- v3  db
#           +-- v4..v12  pods with names that a shell would run       d1 is no port
#
# offers:  devices, switches, pods, networks, ids, addresses, namespaces, in the place of each
# nothing: is changed by it, nor run
# time:    with 1000 ports
# shells:  bash, zsh and fish, as a table of lines and what tab makes of them
. "$(dirname "$0")/../lib.sh"

need_module
need_commands bash zsh fish jq python3

# psw is found where a user's shell would find it
PATH=$BUILD:$PATH
cd "$WORK" || exit 1
make_switch psw0
make_switch psw1
make_ns other
seq 12 | sed 's/.*/link add v& type veth peer name w&/' | ip -b - || exit 1
ip link add d1 type veth peer name d2
ip link add x1 type veth peer name x2
ip -n other link add psw9 type podswitch
ip -n other link add o1 type veth peer name o2
psw -n other port add o1 switch psw9 pod far/away
psw port add v1 switch psw0 address 192.0.2.1 address 2001:db8::1 address 02:00:00:00:00:01 \
	network blue id c0ffee12 ifname eth0 pod shop/web
psw port add v2 switch psw0 address 2001:db8::2 network blue id c0ffee34 pod shop/web
psw port add v3 switch psw0 network 'red green' pod db
# what a shell would run, take for several words, or for a pattern; what no line can hold
# shellcheck disable=SC2016 # it is not to
evil=('$(touch ran1)' '`touch ran2`' "it's" 'a "b' 'x; touch ran3' $'new\nline' $'tab\tbed' $'esc\e[31m' '*')
for n in "${!evil[@]}"; do
	psw port add "v$((n + 4))" switch psw0 pod "${evil[n]}"
done
psw port add x1 switch psw1


ktap_header

# --- offers ---

while IFS='|' read -r line wanted; do
	check_equal "offers: psw $line" "$wanted" "$(eval "psw complete -- $line" 2>&1 | tr '\t\n' '=,')"
done <<- 'EOF'
	switch show ''|dev,psw0=12 ports,psw1=1 port,
	switch set psw1|psw1=1 port,
	port show switch ''|psw0=12 ports,psw1=1 port,
	port show v1|v1=shop/web,v10=tab?bed,v11=esc?[31m,v12=*,
	port delete dev x|x1,
	port set x|x1,
	port add d|dev,d1,d2,
	port add psw|
	port add lo|
	port add d1 switch psw|psw0=12 ports,psw1=1 port,
	port show pod sh|shop/web=v1,
	port show pod d|db=v3,
	port show network ''|blue,red green,
	port show id c0|c0ffee12=shop/web,c0ffee34=shop/web,
	port set v1 ifname e|eth0,
	address show ''|switch,psw0=12 ports,psw1=1 port,
	address delete ''|address,02:00:00:00:00:01=v1,192.0.2.1=v1,2001:db8::1=v1,2001:db8::2=v2,
	address delete 2001:db8::1 dev v2|v2=shop/web,
	address add ''|address,
	port add d1 address ''|
	-n ''|other,
	-n other port show ''|dev,switch,network,pod,id,address,find,far/away=o1,o1=far/away,
	-n other port show pod ''|far/away=o1,
	-n nope port show ''|dev,switch,network,pod,id,address,find,
	-n nope port show pod ''|
EOF
# shellcheck disable=SC2016
check_equal "offers: pods, but for names that no line can hold" '$(touch ran1)
*
`touch ran2`
a "b
db
it'"'"'s
shop/web
x; touch ran3' "$(psw complete -- port show pod "" | cut -f 1)"
check_equal "offers: what they are, without control characters" 'new?line' "$(psw complete -- port show dev v9 | cut -f 2)"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
if "${nobody[@]}" test -x "$BUILD/psw"; then
	check_equal "offers: to anybody" db "$("${nobody[@]}" psw complete -- port show pod d | cut -f 1)"
else
	skip "offers: to anybody" "the tree is not for others to read"
fi

# --- nothing ---

was=$(psw -j port show)
echo "port delete v1" > lines
for line in "port delete v1 ''" "port delete v1" "port add d1 switch psw0 ''" "port set v1 hairpin on" "monitor ports ''" \
	    "switch set psw0 max-ports 1 ''" "address delete 192.0.2.1 dev v1 ''" "-b /dev/stdin ''" "-b lines" \
	    "-force -b lines port ''"; do
	check_equal "nothing: is complained of by psw complete -- $line" "" \
		"$(eval "timeout 10 psw complete -- $line" < lines 2>&1 > candidates || echo $?)"
done
check_equal "nothing: is changed" "$was" "$(psw -j port show)"

# --- shells ---

# types SHELL: its lines of the table below, into files side by side
types() {
	sed -n "s/^$1 //p; s/^all //p" table > cases
	sed 's/|.*//' cases > lines
	sed 's/.*|//' cases > wanted
	timeout 800 "$TREE/selftests/psw/type.py" "$1" "$TREE/userspace/completion" < lines > json &&
		jq -r . json > got
}

# A blank at the end: there is nothing more to add to the word.
cat > table <<- 'EOF'
	all psw sw|psw switch 
	all psw -n o|psw -n other 
	all psw -n other port show o|psw -n other port show o1 
	all psw port show pod sh|psw port show pod shop/web 
	all psw port set v2 gu\tm|psw port set v2 guard mac
	all psw port set v2 isolated of|psw port set v2 isolated off 
	all psw po sh pod sh|psw po sh pod shop/web 
	all psw port show pod 'sh|psw port show pod 'shop/web' 
	all psw port show network r|psw port show network red\ green 
	all psw port show network 'r|psw port show network 'red green' 
	all psw port show network "red |psw port show network "red green" 
	all psw port show network red\ |psw port show network red\ green 
	all psw port show id c0|psw port show id c0ffee
	all psw address delete 2001|psw address delete 2001:db8::
	all psw address delete 2001:db8::2|psw address delete 2001:db8::2 
	all psw address delete 2001:db8::1 d|psw address delete 2001:db8::1 dev 
	all psw address delete 02:00|psw address delete 02:00:00:00:00:01 
	all psw -b tab|psw -b table 
	all psw port show pod \$|psw port show pod \$\(touch\ ran1\) 
	all psw port show pod '$|psw port show pod '$(touch ran1)' 
	all psw port show pod "\$|psw port show pod "\$(touch ran1)" 
	all psw port show pod '`|psw port show pod '`touch ran2`' 
	all psw port show pod x|psw port show pod x\;\ touch\ ran3 
	all psw port show pod "x|psw port show pod "x; touch ran3" 
	all psw port show pod it|psw port show pod it\'s 
	bash psw port show pod 'it|psw port show pod 'it'\''s' 
	zsh psw port show pod 'it|psw port show pod 'it'\''s' 
	fish psw port show pod 'it|psw port show pod 'it\'s' 
	all psw port show pod "a|psw port show pod "a \"b" 
	all psw port show pod $(|psw port show pod $(
	all psw port show pod $(touch ran4) |psw port show pod $(touch ran4) 
	all psw port show pod n|psw port show pod n
	all psw nonsense |psw nonsense 
	all psw port show nonsense |psw port show nonsense 
EOF
for shell in bash zsh fish; do
	check "$shell: takes what is typed" types "$shell"
	while IFS=$'\t' read -r line wanted got; do
		check_equal "$shell: $line" "$wanted" "$got"
	done < <(paste lines wanted got)
done
check_equal "shells: nothing was run" "" "$(find "$WORK" -name 'ran*')"

# --- time ---

seq 1000 | sed 's/.*/link add t& type veth peer name u&/' | ip -b - || exit 1
{
	echo "switch set psw1 max-ports 2000 max-addresses 4000"
	seq 1000 | sed 's/.*/port add t& switch psw1 pod crowd\/pod& id f00d&/'
} | psw -b - || exit 1
# quickest COMMAND...: how many ms it takes, at best
quickest() {
	local start took least=100000

	for _ in 1 2 3 4 5; do
		start=${EPOCHREALTIME/./}
		"$@" > candidates
		took=$(((${EPOCHREALTIME/./} - start) / 1000))
		[[ $took -ge $least ]] || least=$took
	done
	echo "$least"
}

show=$(quickest psw port show)
pods=$(quickest psw complete -- port show pod crowd/)
check_equal "time: 1000 pods" 1000 "$(wc -l < candidates)"
devices=$(quickest psw complete -- port add d)
check_equal "time: what is no port, of 2000 devices" "dev d1 d2" "$(xargs < candidates)"
ktap_note "$pods ms for the pods, $devices ms for the devices, $show ms for psw port show"
check "time: no more than to show them" in_time "$pods" $((show + 21))

for dev in t{1..1000} v{1..12} d1 x1; do echo "link del $dev"; done | ip -b -

ktap_finish
