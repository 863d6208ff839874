#!/bin/bash
# What an idle sandbox costs: memory and context switches of all its processes on the host, with one sleeping thread and with many.
# usage: snapshots-test/src/bench/idle.sh [-n threads] [platform ...]         default: 500, ptrace systrap
# Needs gcc and a build. With STASIS set, measures that command instead of this tree's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
stasis=${STASIS:-$(cd "$here/../../.." && pwd)/cli/bin/stasis}
threads=500
while getopts n: option; do
    case $option in
    n) threads=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- ptrace systrap
work=$(mktemp -d)
job=
finish() {
    [ -z "$job" ] || kill -9 "$job" 2>/dev/null || :
    rm -rf "$work"
}
trap finish EXIT
gcc -O2 -static -pthread -o "$work/sleepers" "$here/sleepers.c"

# The process and all that descend from it.
tree() {
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
}

switches() {
    for p in "$@"; do cat /proc/"$p"/task/*/status 2>/dev/null || :; done | awk '/_ctxt_switches/ {s += $2} END {print s + 0}'
}

# Proportional: what several JVMs share counts once.
pss() {
    for p in "$@"; do cat /proc/"$p"/smaps_rollup 2>/dev/null || :; done | awk '/^Pss:/ {s += $2} END {printf "%.1f", s / 1024}'
}

measure() { # platform, threads
    : >"$work/out"
    "$stasis" --root "$work/state" --platform="$1" do "$work/sleepers" "$2" >"$work/out" </dev/null &
    job=$!
    until [ -s "$work/out" ]; do
        kill -0 "$job" 2>/dev/null || { echo "$1: the sandbox ended"; job=; return; }
        sleep 0.1
    done
    sleep 3 # what the JVM tidies up after a start is no part of idleness
    all=$(tree "$job")
    before=$(switches $all)
    sleep 10
    after=$(switches $all)
    printf '%-8s %5d threads: %6s MiB Pss, %5.1f context switches a second, %d processes\n' \
        "$1" "$2" "$(pss $all)" "$(awk "BEGIN {print ($after - $before) / 10}")" "$(echo "$all" | wc -w)"
    kill -TERM "$job" 2>/dev/null || :
    for p in $all; do kill -9 "$p" 2>/dev/null || :; done
    wait "$job" 2>/dev/null || :
    job=
}

for platform; do
    measure "$platform" 1
    measure "$platform" "$threads"
done
