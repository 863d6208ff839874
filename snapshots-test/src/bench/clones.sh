#!/bin/bash
# Figures of clones: a claim from a pool until its program is heard, a fork, and what clones take in memory.
# Needs root and a build with its test root (mvn verify).
# usage: snapshots-test/src/bench/clones.sh [clones of the fork]      default: 10
set -eu
here=$(cd "$(dirname "$0")/../../.." && pwd)
stasis=$here/cli/bin/stasis
debian=$here/snapshots-test/target/debian/root
clones=${1:-10}
work=$(mktemp -d)
export STASIS_NO_BUILD=1
s() { "$stasis" --root "$work/state" "$@"; }
end() {
    s pool delete bench >/dev/null 2>&1 || :
    for c in $(s list --quiet); do s delete --force "$c" >/dev/null 2>&1 || :; done
    rm -rf "$work"
}
trap end EXIT

bundle() { # dir, Python program
    mkdir -p "$1"
    (cd "$1" && s spec >/dev/null)
    python3 - "$1/config.json" "$debian" "$2" <<'P'
import json, sys
path, root, program = sys.argv[1:]
config = json.load(open(path))
config['process'].update(args=['/usr/bin/python3', '-c', program], terminal=False)
config['root']['path'] = root
json.dump(config, open(path, 'w'))
P
}

waits='import os, select
ballast = os.urandom(1 << 20) * MEGABYTES
f = os.open("/proc/stasis/generation", os.O_RDONLY)
p = select.poll()
p.register(f, select.POLLPRI)
print("ready", flush=True)
p.poll()
print("hello", flush=True)
STAY'

ready() { until grep -q ready "$1"; do sleep 0.05; done; }

echo "== claim to first output, ms (least / median of 15), the pool full each time: a Python program"
program=${waits//MEGABYTES/1}
bundle "$work/claim" "${program//STAY/}"
s run --detach --bundle "$work/claim" source >"$work/out" 2>&1 </dev/null
ready "$work/out"
s checkpoint --image-path "$work/image" source
s pool create --image "$work/image" --bundle "$work/claim" --size 2 bench
python3 - "$work" "$stasis" <<'P'
import os, subprocess, sys, time
work, stasis = sys.argv[1:]
claim = os.path.join(os.path.dirname(stasis), '../target/stasis/claim')
for name, command in (('bin/stasis pool claim', [stasis, '--root', work + '/state', 'pool', 'claim', 'bench']),
                      ('the program alone', [claim, work + '/state/@pools/bench', 'bench'])):
    times = []
    for _ in range(15):
        time.sleep(1.5)
        before = time.perf_counter()
        p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert os.read(p.stdout.fileno(), 100) == b'hello\n'
        times.append((time.perf_counter() - before) * 1000)
        p.wait()
    times.sort()
    print('%-22s %.1f / %.1f' % (name, times[0], times[7]))
P
s pool delete bench

for mb in 1 200; do
    echo "== fork, $clones clones of a Python program with $mb MB"
    program=${waits//MEGABYTES/$mb}
    bundle "$work/fork-$mb" "${program//STAY/import signal; signal.pause()}"
    : >"$work/out"
    s run --detach --bundle "$work/fork-$mb" source-$mb >"$work/out" 2>&1 </dev/null
    ready "$work/out"
    for round in first second; do
        a=$(date +%s%N)
        s --debug --log "$work/log" fork --count "$clones" source-$mb "$round-$mb" >"$work/out" 2>&1 </dev/null
        b=$(date +%s%N)
        until [ "$(grep -c hello "$work/out")" = "$clones" ]; do sleep 0.05; done
        pause=$(grep -o 'stood still for [0-9]* us' "$work/log" | tail -1 | grep -o '[0-9]*')
        echo "$round: pause $((pause / 1000)) ms, all go on after $(((b - a) / 1000000)) ms"
        [ $round = first ] || break
        for c in $(s list --quiet | grep "^$round-"); do s delete --force "$c"; done
    done
    sleep 3
    total=0
    for p in $(grep -lz "stasis" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3); do
        root=$( (tr '\0' ' ' </proc/"$p"/cmdline 2>/dev/null | grep -o "$work/state/@members") 2>/dev/null || :)
        [ -n "$root" ] || continue
        total=$((total + $(awk '/^Pss:/ {print $2}' /proc/"$p"/smaps_rollup)))
    done
    echo "proportional memory of a clone's sentry with its guest: $((total / clones / 1024)) MiB (its gofer: some 36 more)"
    for c in $(s list --quiet); do s delete --force "$c"; done
done
