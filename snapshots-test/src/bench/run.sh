#!/bin/bash
# The figures of the README, all from one run on one machine: native beside the sandbox, and other runtimes where they are
# installed. Needs root, gcc, and a build with its test root (mvn verify).
# usage: snapshots-test/src/bench/run.sh [redis megabytes ...]      default: 0 100 1000
set -eu
here=$(cd "$(dirname "$0")/../../.." && pwd)
stasis=$here/cli/bin/stasis
debian=$here/snapshots-test/target/debian/root
work=$(mktemp -d)
export STASIS_ROOT=$work/state
trap 'for c in $ids; do $stasis --root $work/state delete --force $c >/dev/null 2>&1 || :; done; rm -rf "$work"' EXIT
ids=
s() { "$stasis" --root "$work/state" "$@"; }

# Least and median of some runs, in ms.
times() {
    n=$1
    shift
    for _ in $(seq "$n"); do
        a=$(date +%s%N)
        "$@" >/dev/null 2>&1 </dev/null
        b=$(date +%s%N)
        echo $(((b - a) / 1000))
    done | sort -n | awk '{v[NR]=$1} END {printf "%.1f / %.1f ms\n", v[1]/1000, v[int((NR+1)/2)]/1000}'
}

bundle() { # dir, JSON array of arguments
    mkdir -p "$1"
    (cd "$1" && "$stasis" spec >/dev/null)
    perl -0pi -e 's{"args"\s*:\s*\[.*?\]}{"args": '"$2"'}s; s{"path"\s*:\s*"rootfs"}{"path": "'"$debian"'"}; s{"terminal"\s*:\s*true}{"terminal": false}' "$1/config.json"
}

echo "== start to exit of true (least / median of 15)"
echo "native       $(times 15 /bin/true)"
s do /bin/true
echo "stasis do    $(times 15 s do /bin/true)"
bundle "$work/true" '["/bin/true"]'
echo "stasis run   $(times 15 s run --bundle "$work/true" bench-true)"
for rt in crun runc runsc; do
    command -v $rt >/dev/null || continue
    options=
    [ $rt = runsc ] && options="--network=none --ignore-cgroups"
    (cd "$work/true" && $rt $options run bench-$rt >/dev/null 2>&1 </dev/null) || { echo "$rt: does not run here"; continue; }
    echo "$rt run     $(cd "$work/true" && times 15 $rt $options run bench-$rt)"
done

echo "== one operation, ns, least of 20 rounds: native, ptrace, systrap"
gcc -O2 -static -pthread -o "$work/micro" "$here/snapshots-test/src/bench/micro.c"
"$work/micro" >"$work/native"
for p in ptrace systrap; do s --platform=$p do "$work/micro" >"$work/$p"; done
paste -d' ' "$work/native" "$work/ptrace" "$work/systrap" |
    awk '{printf "%-16s %10d %10d x%-5.0f %10d x%-5.0f\n", $1, $2, $4, $4/$2, $6, $6/$2}'

echo "== idle sandbox: resident memory, MiB"
bundle "$work/idle" '["/bin/sleep", "1000"]'
s run --detach --bundle "$work/idle" bench-idle
ids="$ids bench-idle"
sleep 2
for p in $(pgrep -f 'stasis.cli|stasis.gofer'); do
    [ -r /proc/$p/smaps_rollup ] || continue
    awk -v p=$p -v c="$(tr '\0' ' ' </proc/$p/cmdline | grep -o 'stasis.cli/[a-zA-Z.]*' | tail -1)" \
        '/^Rss/ {r=$2} /^Pss:/ {q=$2} END {printf "%s: Rss %.0f, Pss %.0f\n", c, r/1024, q/1024}' /proc/$p/smaps_rollup
done

for mb in ${*:-0 100 1000}; do
    echo "== redis with $mb MB of values"
    id=bench-redis-$mb
    bundle "$work/$id" '["/bin/bash", "-c", "redis-server --port 0 --unixsocket /dev/shm/r.sock --save 900000 100000000 --enable-debug-command yes --daemonize no --dir /dev/shm > /dev/shm/log & until redis-cli -s /dev/shm/r.sock ping > /dev/null 2>&1; do sleep 0.1; done; [ '"$mb"' = 0 ] || redis-cli -s /dev/shm/r.sock debug populate '"$mb"'000 key 1000 > /dev/null; touch /dev/shm/filled; wait"]'
    s run --detach --bundle "$work/$id" $id
    ids="$ids $id"
    until s exec $id /bin/ls /dev/shm/filled >/dev/null 2>&1; do sleep 0.5; done
    before=$(s exec $id /usr/bin/redis-cli -s /dev/shm/r.sock dbsize)
    a=$(date +%s%N)
    s checkpoint --image-path "$work/image-$mb" $id
    b=$(date +%s%N)
    s delete --force $id >/dev/null 2>&1 || :
    c=$(date +%s%N)
    s restore --detach --bundle "$work/$id" --image-path "$work/image-$mb" $id
    d=$(date +%s%N)
    after=$(s exec $id /usr/bin/redis-cli -s /dev/shm/r.sock dbsize)
    e=$(date +%s%N)
    echo "checkpoint $(((b - a) / 1000000)) ms, restore $(((d - c) / 1000000)) ms, to the first reply $(((e - c) / 1000000)) ms;" \
        "keys $before -> $after, image $(du -sm "$work/image-$mb" | cut -f1) MiB"
    s delete --force $id
    rm -rf "$work/image-$mb"
done
