#!/bin/bash
# openssl's server and client over TCP: a certificate that is checked, a page, a large file.
# storm: 150
mkdir /tmp/tls; cd /tmp/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out cert -subj /CN=localhost -days 30 2>/dev/null
head -c 500000 /dev/zero | tr '\0' 'x' > big
openssl s_server -accept 127.0.0.1:4433 -key key -cert cert -WWW -quiet > log 2>&1 & server=$!
fetch() { curl -s --cacert cert --connect-to localhost:4433:127.0.0.1:4433 "https://localhost:4433/$1"; }
for i in {1..200}; do fetch big > /dev/null && break; sleep 0.05; done
fetch big | md5sum
for i in 1 2 3; do fetch big | wc -c; done
curl -s --connect-to localhost:4433:127.0.0.1:4433 https://localhost:4433/big; echo "not trusted $?"
kill $server; wait $server 2>/dev/null; echo "server $?"
