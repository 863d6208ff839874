#!/bin/bash
# The longest time that a program stands still in a second in which nothing is saved, and in one with a
# checkpoint --leave-running, as the program sees it. Needs root and a C compiler.
# usage: snapshots-test/src/bench/pause.sh [MB...]      default: 1 2048
set -eu
here=$(cd "$(dirname "$0")/../../.." && pwd)
stasis=$here/cli/bin/stasis
work=$(mktemp -d)
export STASIS_NO_BUILD=1
s() { "$stasis" --root "$work/state" "$@"; }
end() {
    for c in $(s list --quiet); do s delete --force "$c" >/dev/null 2>&1 || :; done
    rm -rf "$work"
}
trap end EXIT
mkdir -p "$work/root" "$work/bundle"
gcc -O2 -static -pthread -o "$work/root/pause" "$here/snapshots-test/src/bench/pause.c"
(cd "$work/bundle" && s spec >/dev/null)
for mb in "${@:-1 2048}"; do for mb in $mb; do
    for rate in 0 500; do
        python3 - "$work" "$mb" "$rate" <<'P'
import json, sys
work, mb, rate = sys.argv[1:]
config = json.load(open(work + '/bundle/config.json'))
config['process'].update(args=['/pause', mb, rate], terminal=False)
config['root']['path'] = work + '/root'
json.dump(config, open(work + '/bundle/config.json', 'w'))
P
        : >"$work/out"
        s --debug --log "$work/log" run --detach --bundle "$work/bundle" c >>"$work/out" 2>"$work/err" </dev/null
        until grep -q ready "$work/out"; do sleep 0.2; done
        sleep 4
        quiet=$(tail -n +2 "$work/out" | sort -n | tail -1)
        for i in 1 2 3 4 5; do
            : >"$work/out"
            a=$(date +%s%N)
            s checkpoint --leave-running --image-path "$work/image" c
            took=$(( ($(date +%s%N) - a) / 1000000 ))
            sleep 2.5
            echo "$mb MB resident, $rate MB/s written: longest gap $(sort -n "$work/out" | tail -1) ms" \
                "(without a checkpoint $quiet), the command took $took ms"
            rm -rf "$work/image"
        done
        [ -z "${PHASES-}" ] || { cut -d" " -f2- "$work/log" | grep checkpoint; : >"$work/log"; }
        s delete --force c
    done
done; done
