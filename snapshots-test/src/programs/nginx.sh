#!/bin/bash
# nginx with two workers, and curl: files, ranges, keep-alive, uploads refused, a proxy to itself.
# storm: 1500
mkdir -p /tmp/www /tmp/nginx
head -c 3000000 /dev/zero | tr '\0' 'x' > /tmp/www/big
echo hello > /tmp/www/index.html
cat > /tmp/nginx.conf <<'C'
worker_processes 2;
daemon off;
user root;
pid /tmp/nginx/pid;
error_log /tmp/nginx/error;
events { worker_connections 64; multi_accept on; }
http {
    access_log /tmp/nginx/access;
    client_body_temp_path /tmp/nginx; proxy_temp_path /tmp/nginx; fastcgi_temp_path /tmp/nginx;
    uwsgi_temp_path /tmp/nginx; scgi_temp_path /tmp/nginx;
    sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 5;
    server { listen 127.0.0.1:8080 reuseport backlog=64; listen [::1]:8080; root /tmp/www;
        location /proxy/ { proxy_pass http://127.0.0.1:8081/; } }
    server { listen 127.0.0.1:8081 so_keepalive=on; root /tmp/www; }
}
C
/usr/sbin/nginx -c /tmp/nginx.conf -e /tmp/nginx/error & server=$!
for i in {1..200}; do curl -s -o /dev/null http://127.0.0.1:8080/ && break; sleep 0.05; done
curl -s http://127.0.0.1:8080/
curl -s -g 'http://[::1]:8080/'
curl -s http://127.0.0.1:8080/big | md5sum
curl -s -r 1000-1999 http://127.0.0.1:8080/big | wc -c
curl -s -o /dev/null -w '%{http_code} %{size_download} %{num_connects}\n' http://127.0.0.1:8080/proxy/big
curl -s -o /dev/null -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\n' http://127.0.0.1:8080/ http://127.0.0.1:8080/nosuch http://127.0.0.1:8080/index.html
curl -s -o /dev/null -w '%{http_code}\n' -T /tmp/www/index.html http://127.0.0.1:8080/put
curl -s -I http://127.0.0.1:8080/big | grep -i length | tr -d '\r'
for i in 1 2 3 4 5 6 7 8; do curl -s http://127.0.0.1:8080/big | wc -c & clients="$clients $!"; done; wait $clients
curl -s --max-time 3 http://127.0.0.1:9; echo "nobody $?"
kill -QUIT $server; wait $server; echo "server $?"
