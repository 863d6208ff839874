#!/bin/bash
# redis-server over TCP, IPv4 and IPv6, with redis-cli and redis-benchmark.
# storm: 400
cli() { redis-cli -p 6380 "$@"; }
redis-server --port 6380 --bind 127.0.0.1 ::1 --save "" --appendonly no --dir /tmp > /tmp/log &
until cli ping 2>/dev/null | grep -q PONG; do sleep 0.05; done
cli set greeting hello
cli get greeting
redis-cli -h ::1 -p 6380 incrby counter 41; redis-cli -h ::1 -p 6380 incr counter
cli eval 'for i = 1, 5000 do redis.call("set", "key" .. i, string.rep("v", i % 50)) end return redis.call("dbsize")' 0
seq 2000 | sed 's/.*/set p& &/' | cli --pipe | tail -1
redis-benchmark -p 6380 -n 500 -c 10 -t set,get,lpush -q 2>/dev/null | tr '\r' '\n' | grep -c 'requests per second'
redis-benchmark -p 6380 -n 500 -c 10 -P 8 -d 3000 -t set,get -q 2>/dev/null | tr '\r' '\n' | grep -c 'requests per second'
cli subscribe news > /tmp/heard 2>/dev/null & until [ "$(cli publish news flash)" = 1 ]; do sleep 0.05; done
cli client list | wc -l
cli client kill type pubsub; wait $! 2>/dev/null; tail -1 /tmp/heard
cli shutdown nosave; wait; echo "server $?"
