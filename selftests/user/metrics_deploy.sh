#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What deploy/ has for those who watch podswitch: alerts, a dashboard for Grafana, a unit for systemd.
#
#   deploy/podswitch-alerts.yaml --- promtool: rules, and when each of them fires (alerts.yaml)
#          grafana-podswitch.json --- each expression in promtool's eyes; nothing of one Grafana's own
#          podswitch-exporter.service --- systemd-analyze
#
# Whether the metrics that they name are there, psw/metrics.sh sees.
. "$(dirname "$0")/../lib.sh"
need_commands promtool jq

ALERTS=$TREE/deploy/podswitch-alerts.yaml
BOARD=$TREE/deploy/grafana-podswitch.json

# The dashboard's expressions as rules, with what Grafana puts in for its variables.
rules_of_board() {
	echo "groups: [{ name: board, rules: ["
	jq '[.panels[].targets[].expr] | to_entries[] | {
		record: "panel:\(.key)",
		expr: .value | gsub("\\$__rate_interval"; "1m") | gsub("\\$[a-z]+"; ".*") }' "$BOARD" |
		jq -s -c '.[]' | sed 's/$/,/'
	echo "] }]"
}

# says FILTER: the dashboard passes
says() {
	jq -e "$1" "$BOARD"
}

# unit_is_well: systemd has nothing to say, were psw installed
unit_is_well() {
	local out

	sed "s#@PREFIX@/sbin/#$BUILD/#" "$TREE/deploy/podswitch-exporter.service" > "$WORK/podswitch-exporter.service"
	out=$(systemd-analyze verify --man=no "$WORK/podswitch-exporter.service" 2>&1 | grep podswitch)
	[[ ! $out ]] || { echo "$out"; return 1; }
}

# calls NAME: the system calls that a filter of systemd's stands for
calls() {
	local word

	systemd-analyze syscall-filter "$1" | sed -n 's/^    \([a-z@].*\)/\1/p' | while read -r word; do
		if [[ $word == @* ]]; then calls "$word"; else echo "$word"; fi
	done
}

# answers: the exporter, which runs, to a request
answers() {
	curl -sf "$(sed -n 's,.*\(http://\),\1,p' "$WORK/exporter")"
}

# unit_lets_it_live: the exporter makes no system call that the unit forbids
unit_lets_it_live() {
	local word filters=() made

	strace -f -o "$WORK/strace" "$BUILD/podswitch-exporter" 127.0.0.1:0 2> "$WORK/exporter" &
	JOBS+=("$!")
	busywait 10 answers || return
	kill "$(pgrep -P "${JOBS[-1]}")"
	wait "${JOBS[-1]}"
	mapfile -t filters < <(sed -n 's/^SystemCallFilter=//p' "$TREE/deploy/podswitch-exporter.service")
	for word in ${filters[0]}; do calls "$word"; done | sort -u > "$WORK/allowed"
	for word in ${filters[1]#"~"}; do calls "$word"; done | sort -u > "$WORK/forbidden"
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$WORK/strace" | sort -u > "$WORK/made"
	[[ -s $WORK/made && -s $WORK/forbidden ]] || return
	made=$(comm -23 "$WORK/made" <(comm -23 "$WORK/allowed" "$WORK/forbidden"))
	[[ ! $made ]] || { echo "$made"; return 1; }
}

ktap_header

check "alerts: promtool takes them" promtool check rules --lint-fatal "$ALERTS"
sed "s#RULES#$ALERTS#" "$TREE/selftests/user/alerts.yaml" > "$WORK/alerts.yaml"
check "alerts: they fire when they should" promtool test rules "$WORK/alerts.yaml"
check_equal "alerts: each has its case" "$(sed -n 's/.*- alert: //p' "$ALERTS" | sort)" \
	"$(sed -n 's/.*alertname: //p' "$TREE/selftests/user/alerts.yaml" | sort -u)"

rules_of_board > "$WORK/board.yaml"
check "dashboard: promtool takes its expressions" promtool check rules --lint-fatal "$WORK/board.yaml"
# shellcheck disable=SC2016 # Grafana's and jq's
check "dashboard: its data source is a variable" says '
	[.. | objects | select(.type? == "prometheus") | .uid] | length > 20 and all(. == "${datasource}")'
# shellcheck disable=SC2016
check "dashboard: each variable that it uses is one" says '
	([.templating.list[].name]) as $known | [.. | strings | scan("\\$\\{?([a-z]+)")[0]] | unique - $known == []'
check "dashboard: can be imported" says '.schemaVersion >= 39 and (has("id") | not) and .title == "podswitch"
	and ([.panels[].id] | length == (unique | length)) and all(.panels[]; .gridPos.x + .gridPos.w <= 24)'

if command -v systemd-analyze > /dev/null; then
	check "unit: systemd takes it" unit_is_well
	check "unit: it can do little" systemd-analyze security --offline=yes --threshold=20 "$WORK/podswitch-exporter.service"
	if strace -V > /dev/null 2>&1 && curl -V > /dev/null 2>&1; then
		check "unit: it can do what it does" unit_lets_it_live
	else
		skip "unit: it can do what it does" "needs strace and curl"
	fi
else
	skip "unit: systemd takes it" "needs systemd-analyze"
fi

ktap_finish
