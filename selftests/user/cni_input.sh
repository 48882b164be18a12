#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Input that no runtime should send: each gets its code and a sentence, and what is only unusual is taken. Needs no
# kernel module.
#
#    runtime --- CNI_CONTAINERID, CNI_NETNS, ... ---> plugin --- one JSON object ---> runtime
#                stdin: bytes, JSON, fields
#
#  - bytes: too many, none, no end, NUL, not UTF-8
#  - JSON: too deep, cut, with more behind it, keys twice, numbers beyond ours
#  - each variable of the environment, for each verb: missing, empty, too long, with what may not be in it
#  - each field of the configuration: null, and each JSON type that is not its own
. "$(dirname "$0")/../cni/lib.sh"
need_commands jq iconv
ktap_header

ATTACHED=(CNI_CONTAINERID=c1 CNI_IFNAME=eth0)
NOWHERE=("${ATTACHED[@]}" CNI_NETNS=/run/netns/none)

# raw FORMAT [VARIABLE=VALUE...]: DEL with what printf makes of it on stdin
raw() {
	local format=$1
	shift

	# shellcheck disable=SC2059 # bytes that no argument could hold
	printf "$format" | env -i CNI_COMMAND=DEL "${ATTACHED[@]}" "$@" "$PLUGIN"
}

# read_in COMMAND...: DEL with what the command prints on stdin
read_in() {
	"$@" | env -i CNI_COMMAND=DEL "${ATTACHED[@]}" "$PLUGIN"
}

# accepted CONF [VARIABLE=VALUE...]: an ADD gets as far as the namespace, which is not there
accepted() {
	local conf=$1
	shift

	refused 4 'invalid CNI_NETNS: cannot open /run/netns/none' cni ADD "$conf" "${NOWHERE[@]}" "$@"
}

# xs N: as many letters
xs() {
	head -c "$1" /dev/zero | tr '\0' x
}

# sized N: a configuration of N bytes
sized() {
	local around='{"cniVersion":"1.1.0","name":"net","pad":""}'

	echo -n "${around%\"\}}$(xs $(($1 - ${#around})))\"}"
}

never() {
	env -i CNI_COMMAND=ADD "${NOWHERE[@]}" "$PLUGIN" < <(exec tail -f /dev/null 2>/dev/null & echo "$!" >"$WORK/tail"; wait)
}
refused 11 'the configuration on stdin did not end within 10 seconds' never >"$WORK/never" &
NEVER=$!
JOBS+=("$NEVER")

# --- bytes ---

check "a configuration of 1 MB" silent read_in sized 1000000
check "one that is as large as can be" silent read_in sized 4194304
check "one byte more" refused 6 'the configuration has more than 4194304 bytes' read_in sized 4194305
check "no end" refused 6 'the configuration has more than 4194304 bytes' read_in head -c 100000000 /dev/zero
check "nothing" refused 6 'the configuration is empty' raw ''
check "white space" refused 6 'the configuration is empty' raw ' \t\r\n'
check "a NUL byte" refused 6 'the configuration holds a NUL byte' raw '{"name":"a\0b"}'
check "a NUL byte behind the end" refused 6 'the configuration holds a NUL byte' raw '{"name":"a"}\0'
while read -r name bytes offset; do
	check "not UTF-8: ${name//_/ }" refused 6 "the configuration is not UTF-8: byte 0x${bytes:2:2} at offset $offset" \
		raw "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"x\":\"é$bytes\"}"
done <<'END'
a_byte_that_is_never_in_it \xff 42
half_a_character \xc3 42
the_second_half \x80 42
a_longer_form \xc0\xaf 42
a_longer_form_of_three \xe0\x80\xaf 42
half_a_surrogate_pair \xed\xa0\x80 42
past_the_last_character \xf4\x90\x80\x80 42
five_bytes \xf8\x88\x80\x80\x80 42
END
for bytes in '\xc2\x80' '\xed\x9f\xbf' '\xef\xbf\xbf' '\xf0\x90\x80\x80' '\xf4\x8f\xbf\xbf'; do
	check "UTF-8: ${bytes//\\x/ }" silent raw "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"x\":\"$bytes\"}"
done
check "a byte order mark is passed over" silent raw '\xef\xbb\xbf{"cniVersion":"1.1.0","name":"net"}'

# --- JSON ---

# nested N: an object that has N - 1 arrays in one another
nested() {
	printf '{"cniVersion":"1.1.0","name":"net","x":%s%s}' "$(xs $(($1 - 1)) | tr x '[')" "$(xs $(($1 - 1)) | tr x ']')"
}
check "1000 deep" silent read_in nested 1000
check "1001 deep" refused 6 'the configuration is nested more than 1000 deep, at byte 1038' read_in nested 1001
check "a million deep" refused 6 'nested more than 1000 deep' read_in nested 1000000
while IFS='|' read -r name json text; do
	check "$name" refused 6 "the configuration $text" cni DEL "$json" "${ATTACHED[@]}"
done <<'END'
cut|{"name":"net|is not JSON, from byte
more behind it|{"name":"net"}x|is not JSON, from byte 14 on
two objects|{"name":"net"}{"name":"net"}|is not JSON, from byte 14 on
an array|[{"name":"net"}]|is not a JSON object
a string|"net"|is not a JSON object
an escaped NUL|{"name":"net\u0000x"}|has an escaped NUL, at byte 12
an escaped NUL in a key|{"name\u0000":"net"}|has an escaped NUL, at byte 6
half a surrogate pair|{"name":"\ud800"}|is not JSON, from byte
a hexadecimal number|{"mtu":0x10}|is not JSON, from byte
no digit before the point|{"mtu":.5}|is not JSON, from byte
a plus|{"mtu":+5}|is not JSON, from byte
no number|{"mtu":NaN}|is not JSON, from byte
an endless number|{"mtu":Infinity}|is not JSON, from byte
END
check "an escaped backslash before u0000" silent cni DEL '{"cniVersion":"1.1.0","name":"net","x":"\\u0000"}' "${ATTACHED[@]}"

# with_mtu NUMBER: a configuration with this text for a number
with_mtu() {
	echo "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"mtu\":$1}"
}
for mtu in 1500 1.5e3 15000E-1 0 -0 0.0; do
	check "the number $mtu" accepted "$(with_mtu "$mtu")"
done
for mtu in -1 4294967297 9007199254740993 18446744073709551616 1e308 -1e308 1e-400; do
	[[ $mtu == 1e-400 ]] && { check "the number $mtu is 0" accepted "$(with_mtu "$mtu")"; continue; }
	check "the number $mtu" refused 7 'is not a number in range' cni ADD "$(with_mtu "$mtu")" "${NOWHERE[@]}"
done
check "the number 1e999" refused 7 '"mtu": inf is not a number in range' cni ADD "$(with_mtu 1e999)" "${NOWHERE[@]}"
check "the number 1500.5" refused 7 '"mtu": 1500.5 is not a whole number' cni ADD "$(with_mtu 1500.5)" "${NOWHERE[@]}"
check "numbers that are not ours may be any" accepted "$(with_mtu '1500,"x":[1e999,-1e999,123456789012345678901234567890]')"

# Go programs, as the runtimes and most plugins are, take the last of several, and a null for none.
check "a key that is there twice: the last is taken" accepted "$(with_mtu '5,"mtu":1500')"
check "a key that is there twice: the first is not" refused 7 '"mtu": 5 is not between' \
	cni ADD "$(with_mtu '1500,"mtu":5')" "${NOWHERE[@]}"
check "a null is none of several" refused 7 '"mtu": 5 is not between' cni ADD "$(with_mtu '5,"mtu":null')" "${NOWHERE[@]}"
check "a key in capitals" refused 7 '"mtu": 5 is not between' cni ADD '{"CNIVERSION":"1.1.0","Name":"net","MTU":5}' "${NOWHERE[@]}"
check "a key in capitals gives way to the exact one" accepted "$(with_mtu '1500,"MTU":5')"

# --- the environment ---

conf='{"cniVersion":"1.1.0","name":"net","prevResult":{}}'

# verb COMMAND [VARIABLE=VALUE...]: with all that it needs, but for these; "VARIABLE" alone takes that one away
verb() {
	local command=$1 variable all=("${NOWHERE[@]}")
	shift

	for variable; do
		for i in "${!all[@]}"; do
			[[ ${all[i]} != "${variable%%=*}="* ]] || unset "all[$i]"
		done
		[[ $variable != *=* ]] || all+=("$variable")
	done
	cni "$command" "$conf" "${all[@]}"
}

# unasked COMMAND VARIABLE=VALUE: it is none of the verb's business
unasked() {
	local out

	out=$(verb "$@") && return
	jq -e '.code != 4' <<<"$out"
}
long=$(xs 100000)
while read -r command needed; do
	for variable in CNI_CONTAINERID CNI_IFNAME CNI_NETNS; do
		if [[ " $needed " == *" $variable "* ]]; then
			check "$command without $variable" refused 4 "required env variables [$variable] missing" verb "$command" "$variable"
			check "$command with an empty $variable" refused 4 "required env variables [$variable] missing" verb "$command" "$variable="
			check "$command with a long $variable" refused 4 "invalid $variable: \"xxxxx" verb "$command" "$variable=$long"
			check "$command with $variable not UTF-8" refused 4 "invalid $variable: \"a?b\"" verb "$command" "$variable=a"$'\xff'b
		else
			check "$command needs no $variable" unasked "$command" "$variable"
			check "$command takes an empty $variable" unasked "$command" "$variable="
			check "$command does not judge $variable" unasked "$command" "$variable=-/"$'\xff'"$long"
		fi
	done
done <<'END'
ADD CNI_CONTAINERID CNI_IFNAME CNI_NETNS
CHECK CNI_CONTAINERID CNI_IFNAME CNI_NETNS
DEL CNI_CONTAINERID CNI_IFNAME
GC
STATUS
VERSION
END
for name in 'eth%d' '%' $'a\xc3\xa0' $'a\v' $'a\fb' 'a:1'; do
	check "interface name $(printf %q "$name") is none that the kernel takes as it is" refused 4 'invalid CNI_IFNAME' verb ADD "CNI_IFNAME=$name"
done
check "a namespace's path of 4095 letters" refused 4 'invalid CNI_NETNS: cannot open /xxx' verb ADD "CNI_NETNS=/$(xs 4094)"
check "a namespace's path of 4096 letters" refused 4 'invalid CNI_NETNS: "/xxx' verb ADD "CNI_NETNS=/$(xs 4095)"

# The kernel gives a program no variable above 128 KiB, and no environment above a quarter of its stack.
check "a long CNI_ARGS" accepted "$conf" CNI_ARGS="IgnoreUnknown=1;a=$long"
check "many CNI_ARGS" accepted "$conf" CNI_ARGS="IgnoreUnknown=1$(xs 20000 | sed 's/x/;a=b/g')"
check "CNI_ARGS with a long pod name" refused 4 'invalid CNI_ARGS: K8S_POD_NAME=xxx' \
	cni ADD "$conf" "${NOWHERE[@]}" CNI_ARGS="K8S_POD_NAME=$long"
check "CNI_ARGS with a long key" refused 4 'invalid CNI_ARGS: unknown key "xxx' cni ADD "$conf" "${NOWHERE[@]}" CNI_ARGS="$long=1"
check "CNI_ARGS without a value" refused 4 'invalid CNI_ARGS: "xxx' cni ADD "$conf" "${NOWHERE[@]}" CNI_ARGS="$long"
check "CNI_ARGS that are not UTF-8" refused 4 'invalid CNI_ARGS: not UTF-8, from byte 13 on' \
	cni ADD "$conf" "${NOWHERE[@]}" CNI_ARGS=$'K8S_POD_NAME=\xff'
check "empty CNI_ARGS" accepted "$conf" CNI_ARGS=
check "CNI_ARGS of separators" accepted "$conf" CNI_ARGS=';;;'
check "CNI_ARGS are not DEL's business" silent cni DEL "$conf" "${ATTACHED[@]}" CNI_ARGS=$'\xff'
check "a long CNI_COMMAND" refused 4 'unknown CNI_COMMAND: xxx' cni "$long" "$conf" "${NOWHERE[@]}"
check "a CNI_COMMAND that is not UTF-8" refused 4 'unknown CNI_COMMAND: ?' cni $'\xff' "$conf" "${NOWHERE[@]}"

stub stub </dev/null
IPAM='{type: "stub"}'
long_path=$(for ((i = 0; i < 20; i++)); do echo -n "/$(xs 4095):"; done)
check "a CNI_PATH of many long parts" silent cni DEL "$(conf)" "${ATTACHED[@]}" CNI_PATH="$long_path:$STUBS"
check "a CNI_PATH of many parts" silent cni DEL "$(conf)" "${ATTACHED[@]}" CNI_PATH="$(xs 50000 | sed 's/x/x:/g')$STUBS"
check "a CNI_PATH of many long parts, none of which has it" refused 104 'IPAM plugin "stub" is not in CNI_PATH /xxx' \
	cni DEL "$(conf)" "${ATTACHED[@]}" CNI_PATH="$long_path"
check "a CNI_PATH of colons" refused 104 'is not in CNI_PATH :::' cni DEL "$(conf)" "${ATTACHED[@]}" CNI_PATH=:::

# told TEXT: what is printed of a long value that is quoted is short, and UTF-8, and says that it was cut
told() {
	local out

	out=$(verb ADD "CNI_CONTAINERID=$1")
	(( ${#out} < 2048 )) && iconv -f UTF-8 -t UTF-8 <<<"$out" >/dev/null && jq -e '.msg | endswith("...")' <<<"$out"
}
check "a long value is quoted in part" told "$long"
check "a long value of characters of two bytes" told "${long//x/é}"
check "a long value of characters of two bytes, otherwise aligned" told "-${long//x/é}"
check "a long value that is not UTF-8" told "${long//x/$'\xe9'}"

# --- fields ---

# One case a line: what is wrong or null in which place, what is to be said of it, and the configuration.
cases() {
	jq -nr --rawfile fields /dev/stdin '
		{bool: [5, "x", [], {}], uint: [true, "x", [], {}, -1, 1.5], string: [true, 5, [], {}],
		 object: [true, 5, "x", []], array: [true, 5, "x", {}]} as $wrong
		| $fields | split("\n")[] | select(. != "") | split(" ") as [$type, $need, $path, $beside]
		| ($path | [scan("[A-Za-z]+|[0-9]+") | tonumber? // .]) as $keys
		| ({cniVersion: "1.1.0", name: "net", ipam: {type: "podswitch", ranges: [[{subnet: "192.0.2.0/24"}]]}}
		   * (($beside // "{}") | fromjson)) as $conf
		| ($wrong[$type][] | "\(tojson)\t\($path)\t\"\($path | if $need == "element" then sub("\\[0\\]$"; "") else . end)\": \(tojson) is \t\(. as $v | $conf | setpath($keys; $v) | tojson)"),
		  (select($need == "optional") | "null\t\($path)\t-\t\($conf | setpath($keys; null) | tojson)")'
}
while IFS=$'\t' read -r value field text json; do
	printf '%s\t%s\t%s\t%s\n' "$value" "$field" "$text" "$(cni ADD "$json" "${NOWHERE[@]}")"
done < <(sed -E 's/\t+/ /g' <<'END' | cases
string	required	cniVersion
string	required	name
string	optional	bridge
string	optional	switch
bool	optional	isGateway
bool	optional	isDefaultGateway
bool	optional	forceAddress
bool	optional	ipMasq
string	optional	ipMasqBackend
uint	optional	mtu
bool	optional	hairpinMode
bool	optional	router
bool	optional	dhcpServer
bool	optional	promiscMode
uint	optional	vlan
array	optional	vlanTrunk
object	element-of	vlanTrunk[0]
uint	required	vlanTrunk[0].id
uint	required	vlanTrunk[0].minID	{"vlanTrunk":[{"maxID":20}]}
uint	required	vlanTrunk[0].maxID	{"vlanTrunk":[{"minID":10}]}
bool	optional	preserveDefaultVlan
bool	optional	macspoofchk
bool	optional	portIsolation
bool	optional	enabledad
bool	optional	disableContainerInterface
string	optional	guard
array	optional	allowedAddresses
string	element	allowedAddresses[0]
string	optional	uplink
uint	optional	stormLimit
object	optional	dns
string	optional	dns.domain
array	optional	dns.nameservers
array	optional	dns.search
array	optional	dns.options
string	element	dns.nameservers[0]
string	element	dns.search[0]
string	element	dns.options[0]
object	optional	runtimeConfig
string	optional	runtimeConfig.mac
array	optional	runtimeConfig.ips
string	element	runtimeConfig.ips[0]
array	optional	runtimeConfig.ipRanges
array	element-of	runtimeConfig.ipRanges[0]
object	element-of	runtimeConfig.ipRanges[0][0]
string	required	runtimeConfig.ipRanges[0][0].subnet
object	optional	args
object	optional	args.cni
string	optional	args.cni.mac
array	optional	args.cni.ips
string	element	args.cni.ips[0]
object	optional	prevResult
object	optional	ipam
string	required	ipam.type
string	optional	ipam.resolvConf
string	optional	ipam.subnet
string	optional	ipam.rangeStart	{"ipam":{"subnet":"198.51.100.0/24"}}
string	optional	ipam.rangeEnd	{"ipam":{"subnet":"198.51.100.0/24"}}
string	optional	ipam.gateway	{"ipam":{"subnet":"198.51.100.0/24"}}
array	optional	ipam.ranges	{"ipam":{"subnet":"198.51.100.0/24"}}
array	element-of	ipam.ranges[0]
object	element-of	ipam.ranges[0][0]
string	required	ipam.ranges[0][0].subnet
string	optional	ipam.ranges[0][0].rangeStart
string	optional	ipam.ranges[0][0].rangeEnd
string	optional	ipam.ranges[0][0].gateway
array	optional	ipam.routes
object	element-of	ipam.routes[0]
string	required	ipam.routes[0].dst
string	optional	ipam.routes[0].gw	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
uint	optional	ipam.routes[0].mtu	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
uint	optional	ipam.routes[0].advmss	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
uint	optional	ipam.routes[0].priority	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
uint	optional	ipam.routes[0].table	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
uint	optional	ipam.routes[0].scope	{"ipam":{"routes":[{"dst":"0.0.0.0/0"}]}}
END
) >"$WORK/said"
while IFS=$'\t' read -r result name said; do
	[[ $result == ok ]] || ktap_note "$said"
	check "$name" test "$result" = ok
done < <(jq -Rr '
	split("\t") as [$value, $field, $text, $said] | ($said | fromjson? // {}) as $it
	| if $value == "null" then $it.code == 4 and ($it.msg | startswith("invalid CNI_NETNS: cannot open"))
	  else $it.code == 7 and ($it.msg | contains($text)) end
	| "\(if . then "ok" else "bad" end)\t\($field): \($value)\t\($said)"' "$WORK/said")
check "each field was tried" test "$(wc -l <"$WORK/said")" -gt 300
for value in true 5 '"x"' '[]' '{}' null; do
	check "what is not ours may be $value" accepted \
		"{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":$value,\"capabilities\":$value,\"cni.dev/x\":$value,\"args\":{\"x\":$value}}"
done

wait "$NEVER"
check_equal "an input that does not end" "0" "$?$(cat "$WORK/never")"
kill "$(<"$WORK/tail")" 2>/dev/null
ktap_finish
