#!/bin/sh
# What the network costs: servers in a sandbox beside the same on this machine's own kernel, both at the end of the same
# kind of cable (a pair of interfaces and a bridge between two network namespaces), asked from the other end by
# programs of the Debian root on this machine's kernel. Needs root, and the packages of target/debian.
# usage: net.sh [SECONDS]
set -eu

seconds=${1:-5}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
root=$top/snapshots-test/target/debian/root
stasis=$top/cli/bin/stasis
export STASIS_NO_BUILD=1
work=$(mktemp -d)
outside=stasis-net-$$
server=
cleanup() {
    "$stasis" --root "$work/state" delete --force server >/dev/null 2>&1 || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    for n in $(ip netns list 2>/dev/null | cut -d' ' -f1 | grep "^$outside" || true); do ip netns delete "$n"; done
    rm -rf "$work"
}
trap cleanup EXIT INT TERM

# A program of the Debian root in a network namespace.
debian() {
    namespace=$1
    shift
    nsenter --net="/run/netns/$namespace" unshare --mount sh -c '
        mount --bind /dev "$1/dev"; mount -t tmpfs tmpfs "$1/tmp"; mount -t proc proc "$1/proc"
        root=$1; shift; exec chroot "$root" "$@"' sh "$root" "$@"
}

ip netns add "$outside"
ip -n "$outside" link set lo up
ip -n "$outside" link add br0 type bridge
ip -n "$outside" addr add 10.77.0.1/24 dev br0
ip -n "$outside" link set br0 up

# port N ADDRESS
port() {
    ip netns add "$outside-$1"
    ip -n "$outside" link add "port$1" type veth peer name eth0 netns "$outside-$1"
    ip -n "$outside" link set "port$1" master br0 up
    ip -n "$outside-$1" link set lo up
    ip -n "$outside-$1" addr add "$2/24" dev eth0
    ip -n "$outside-$1" link set eth0 up
}

bundle() {
    python3 - "$work" "$root" "/run/netns/$outside-$1" "$2" <<'EOF'
import json, sys
folder, root, namespace, script = sys.argv[1:]
config = {
    'ociVersion': '1.0.2', 'hostname': 'bench', 'root': {'path': root, 'readonly': True},
    'process': {'user': {'uid': 0, 'gid': 0}, 'args': ['/bin/sh', '-c', script], 'cwd': '/',
                'env': ['PATH=/usr/bin:/bin:/usr/sbin:/sbin'], 'terminal': False},
    'mounts': [{'destination': '/proc', 'type': 'proc', 'source': 'proc'},
               {'destination': '/dev', 'type': 'tmpfs', 'source': 'tmpfs'},
               {'destination': '/tmp', 'type': 'tmpfs', 'source': 'tmpfs', 'options': ['mode=1777']}],
    'linux': {'namespaces': [{'type': 'network', 'path': namespace}]}}
json.dump(config, open(folder + '/config.json', 'w'))
EOF
}

servers='redis-server --bind 0.0.0.0 --protected-mode no --save "" >/dev/null &
python3 -c "
import selectors, socket
s = selectors.DefaultSelector()
l = socket.create_server((\"\", 7001), backlog=1024)
s.register(l, 1)
while True:
    for k, _ in s.select():
        if k.fileobj is l:
            c, _ = l.accept()
            s.register(c, 1)
        else:
            d = k.fileobj.recv(1000)
            if d: k.fileobj.sendall(d)
            else:
                s.unregister(k.fileobj)
                k.fileobj.close()
" &
exec iperf3 -s >/dev/null'

iperf() {
    debian "$outside" iperf3 -c "$1" -t "$seconds" "$2" -f m | awk '/receiver/ { print $7 / 1000 }'
}

calls='
import socket, sys, time
a = (sys.argv[1], 7001)
n = 0
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    c = socket.create_connection(a)
    c.sendall(b"x")
    c.recv(1)
    c.close()
    n += 1
print("%.0f" % (n / float(sys.argv[2])), end=" ")
c = socket.create_connection(a)
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
r = []
for _ in range(5000):
    t = time.perf_counter()
    c.sendall(b"x")
    c.recv(1)
    r.append(time.perf_counter() - t)
r.sort()
print("%.0f/%.0f" % (r[0] * 1e6, r[2500] * 1e6))
'

redis() {
    debian "$outside" redis-benchmark -h "$1" -t set,get -n 50000 --csv |
        awk -F, 'NR > 1 { gsub(/"/, ""); printf "%.0f ", $2 }'
}

measure() {
    ready=
    for _ in $(seq 100); do
        debian "$outside" redis-cli -h "$2" ping >/dev/null 2>&1 && ready=1 && break
        sleep 0.1
    done
    [ -n "$ready" ] || { echo "$1: the server does not answer"; return; }
    sleep 1
    in=$(iperf "$2" -4)
    out=$(iperf "$2" -R)
    set -- "$1" "$2" $(redis "$2") $(debian "$outside" python3 -c "$calls" "$2" "$seconds")
    printf '%-10s %8.2f %8.2f %10s %10s %10s %12s\n' "$1" "$in" "$out" "$3" "$4" "$5" "$6"
}

echo "              Gbit/s            redis-benchmark/s       connections  round trip, us"
echo "               in      out        SET        GET         /s      min/median"
port h 10.77.0.3
debian "$outside-h" sh -c "$servers" &
server=$!
measure host 10.77.0.3
kill "$server" 2>/dev/null || true
ip netns pids "$outside-h" | xargs -r kill
server=

port s 10.77.0.2
bundle s "$servers"
"$stasis" --root "$work/state" run --bundle "$work" --detach server </dev/null >/dev/null 2>"$work/errors" ||
    cat "$work/errors"
measure sandbox 10.77.0.2
