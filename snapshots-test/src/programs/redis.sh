#!/bin/bash
# redis-server on a UNIX socket with redis-cli and redis-benchmark.
# storm: 400
cli() { redis-cli -s /tmp/redis.sock "$@"; }
redis-server --port 0 --unixsocket /tmp/redis.sock --save "" --appendonly no --dir /tmp > /tmp/log &
until cli ping 2>/dev/null | grep -q PONG; do sleep 0.05; done
cli set greeting hello
cli get greeting
cli incrby counter 41; cli incr counter
cli rpush list a b c; cli lrange list 0 -1
cli eval 'for i = 1, 5000 do redis.call("set", "key" .. i, string.rep("v", i % 50)) end return redis.call("dbsize")' 0
cli --raw strlen key49
cli setex soon 1 gone; cli ttl soon
seq 2000 | sed 's/.*/set p& &/' | redis-cli -s /tmp/redis.sock --pipe | tail -1
redis-benchmark -s /tmp/redis.sock -n 500 -c 10 -t set,get,lpush -q 2>/dev/null | tr '\r' '\n' | grep -c 'requests per second'
cli expire counter 0; cli exists counter
cli bgsave; while cli info persistence | grep -q 'rdb_bgsave_in_progress:1'; do sleep 0.05; done; ls /tmp/dump.rdb 2>/dev/null
cli shutdown nosave; wait; echo "server $?"
