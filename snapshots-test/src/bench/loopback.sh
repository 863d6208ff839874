#!/bin/bash
# What sockets cost over lo, one figure a line: name, this machine's own kernel, the sandbox. Bytes a second, or nanoseconds of one.
# Needs root, gcc, ip, and a build with its test root (mvn verify).
# usage: snapshots-test/src/bench/loopback.sh [section ...]      sections: loopback redis
set -eu
here=$(cd "$(dirname "$0")/../../.." && pwd)
stasis=$here/cli/bin/stasis
debian=$here/snapshots-test/target/debian/root
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
s() { "$stasis" --root "$work/state" "$@"; }
alone() { unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"; }
beside() { paste -d' ' "$1" "$2" | awk '{printf "%-32s %14d %14d   x%.2f\n", $1, $2, $4, $4/$2}'; }

# Over lo, both ends inside: one connection's throughput, round trips, connections, datagrams.
loopback() {
    echo "== over lo: native, sandbox"
    gcc -O2 -static -o "$work/netbench" "$here/snapshots-test/src/bench/netbench.c"
    alone "$work/netbench" >"$work/native"
    s do "$work/netbench" >"$work/sandbox"
    beside "$work/native" "$work/sandbox"
}

# redis-benchmark over TCP, requests a second.
redis_script='redis-server --port 6390 --save "" --dir /tmp >/dev/null &
until redis-cli -p 6390 ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
for c in 1 50; do for t in get set; do
redis-benchmark -p 6390 -t $t -n 20000 -c $c --csv 2>/dev/null | awk -F\" -v n="redis-tcp-$t-$c" "\$4 + 0 > 0 {printf \"%s %.0f\\n\", n, \$4}"
done; done; redis-cli -p 6390 shutdown nosave; wait'
redis() {
    echo "== redis over TCP, requests a second: native, sandbox"
    alone chroot "$debian" /bin/bash -c "$redis_script" >"$work/native"
    mkdir -p "$work/redis"
    (cd "$work/redis" && "$stasis" spec >/dev/null)
    SCRIPT=$redis_script perl -MJSON::PP -0pi -e \
        '$c = decode_json($_); $c->{process}{args} = ["/bin/bash", "-c", $ENV{SCRIPT}]; $c->{process}{terminal} = \0;
         $c->{root}{path} = "'"$debian"'"; $_ = encode_json($c)' "$work/redis/config.json"
    s run --bundle "$work/redis" bench-net-redis >"$work/sandbox"
    beside "$work/native" "$work/sandbox"
}

for section in "${@:-loopback redis}"; do
    for name in $section; do "$name"; done
done
