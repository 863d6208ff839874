#!/usr/bin/python3
# http.server and urllib over IPv4 and IPv6, sockets of many kinds.
# storm: 300
import array, http.client, http.server, os, select, selectors, socket, socketserver, struct, threading, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = (self.path * 1000).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        n = int(self.headers["Content-Length"])
        data = self.rfile.read(n)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.send_header("X-Sum", str(sum(data)))
        self.end_headers()

    def log_message(self, *args):
        pass

class Six(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6

for kind, host in ((http.server.ThreadingHTTPServer, "127.0.0.1"), (Six, "::1")):
    server = kind((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    name = "[" + host + "]" if ":" in host else host
    url = "http://%s:%d/some/where" % (name, server.server_port)
    with urllib.request.urlopen(url) as r:
        print(r.status, len(r.read()), r.headers["Content-Length"])
    c = http.client.HTTPConnection(host, server.server_port)
    for i in range(5):
        c.request("GET", "/%d" % i)
        r = c.getresponse()
        print(i, r.status, len(r.read()))
    c.request("POST", "/", bytes(range(256)) * 1000)
    r = c.getresponse()
    print(r.status, r.headers["X-Sum"], r.read())
    c.close()
    threads = [threading.Thread(target=lambda: urllib.request.urlopen(url).read()) for _ in range(8)]
    for t in threads: t.start()
    for t in threads: t.join()
    server.shutdown()
    thread.join()
    server.server_close()

class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(1000):
            self.request.sendall(data.upper())

with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
    t = threading.Thread(target=server.serve_forever)
    t.start()
    with socket.create_connection(server.server_address, timeout=5) as s:
        for word in (b"one", b"two", b"three"):
            s.sendall(word)
            print(s.recv(100))
        print(s.gettimeout(), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    server.shutdown()
    t.join()

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v.connect(u.getsockname())
v.send(b"datagram")
print(u.recvmsg(100)[0])
l = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)
c = socket.create_connection(("127.0.0.1", l.getsockname()[1]))
s, peer = l.accept()
print(peer[0], s.family == socket.AF_INET6)
sel = selectors.DefaultSelector()
sel.register(s, selectors.EVENT_READ)
print(len(sel.select(0)))
c.send(b"x")
print(len(sel.select(5)))
print(select.select([s], [c], [], 5) == ([s], [c], []))
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
c.close()
try:
    print(s.recv(1), s.recv(1))
except ConnectionResetError:
    print("reset")
print(socket.if_nameindex(), [a[0] for a in socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)] == [socket.AF_INET])
with open("/tmp/file", "wb") as f: f.write(b"0123456789" * 10000)
with open("/tmp/file", "rb") as f:
    a, b = socket.socketpair()
    l = socket.create_server(("127.0.0.1", 0))
    c = socket.create_connection(l.getsockname())
    s, _ = l.accept()
    t = threading.Thread(target=lambda: print(s.sendfile(f)))
    t.start()
    got = 0
    while got < 100000: got += len(c.recv(65536))
    t.join()
    print(got)
