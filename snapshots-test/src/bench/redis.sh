#!/bin/sh
# redis-benchmark on a Unix socket, one number a line: nanoseconds of one request, with one client that waits for each reply and
# with fifty. Read from standard input by a shell of the system that has redis (see platforms.sh).
work=$(mktemp -d /tmp/stasis-redis.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
command -v redis-server >/dev/null && command -v redis-benchmark >/dev/null || {
    echo "redis is not installed" >&2
    exit 0
}
redis-server --port 0 --unixsocket "$work/redis" --save '' --daemonize no --dir "$work" >"$work/log" </dev/null &
server=$!
until redis-cli -s "$work/redis" ping >/dev/null 2>&1 </dev/null; do
    kill -0 $server 2>/dev/null || {
        echo "redis-server failed: $(tail -1 "$work/log")" >&2
        exit 0
    }
    sleep 0.1
done

measure() { # name, test, requests, clients
    redis-benchmark -s "$work/redis" -t "$2" -n "$3" -c "$4" --csv 2>/dev/null </dev/null |
        awk -F'"' -v name="$1" '$4 + 0 > 0 {printf "%s %.0f\n", name, 1e9 / $4}'
}
measure redis-get-1 get 20000 1
measure redis-set-1 set 20000 1
measure redis-get-50 get 20000 50
measure redis-set-50 set 20000 50
kill $server
wait $server
exit 0
