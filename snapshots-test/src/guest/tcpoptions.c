/* Options of TCP sockets: what they are at first, what they take, what connections inherit. */
#include "inet.h"

struct name { const char *name; int level, option, value; };
#define O(level, option, value) {#option, level, option, value}

static const struct name numbers[] = {
    O(SOL_SOCKET, SO_REUSEADDR, 1), O(SOL_SOCKET, SO_REUSEPORT, 1), O(SOL_SOCKET, SO_KEEPALIVE, 1),
    O(SOL_SOCKET, SO_OOBINLINE, 1), O(SOL_SOCKET, SO_BROADCAST, 1), O(SOL_SOCKET, SO_DONTROUTE, 1), O(SOL_SOCKET, SO_RCVLOWAT, 1),
    O(SOL_SOCKET, SO_PRIORITY, 3), O(SOL_SOCKET, SO_ACCEPTCONN, 1), O(SOL_SOCKET, SO_ERROR, 1), O(SOL_SOCKET, SO_TIMESTAMP, 1),
    O(IPPROTO_TCP, TCP_NODELAY, 1), O(IPPROTO_TCP, TCP_CORK, 1), O(IPPROTO_TCP, TCP_KEEPIDLE, 60), O(IPPROTO_TCP, TCP_KEEPINTVL, 10),
    O(IPPROTO_TCP, TCP_KEEPCNT, 3), O(IPPROTO_TCP, TCP_KEEPIDLE, 0), O(IPPROTO_TCP, TCP_KEEPINTVL, 40000), O(IPPROTO_TCP, TCP_KEEPCNT, 128),
    O(IPPROTO_TCP, TCP_SYNCNT, 3), O(IPPROTO_TCP, TCP_SYNCNT, 0), O(IPPROTO_TCP, TCP_LINGER2, 20), O(IPPROTO_TCP, TCP_LINGER2, -1),
    O(IPPROTO_TCP, TCP_LINGER2, 200), O(IPPROTO_TCP, TCP_USER_TIMEOUT, 3000), O(IPPROTO_TCP, TCP_USER_TIMEOUT, -5),
    O(IPPROTO_TCP, TCP_MAXSEG, 1000), O(IPPROTO_TCP, TCP_MAXSEG, 10), O(IPPROTO_TCP, TCP_QUICKACK, 1), O(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1),
    O(IPPROTO_IP, IP_TOS, 0x10), O(IPPROTO_IP, IP_TOS, 0x13), O(IPPROTO_IP, IP_TTL, 10), O(IPPROTO_IP, IP_TTL, 0), O(IPPROTO_IP, IP_TTL, 256), O(IPPROTO_IP, IP_TTL, -1),
    O(IPPROTO_IP, IP_PKTINFO, 1), O(IPPROTO_IP, IP_RECVERR, 1), O(IPPROTO_IP, IP_MTU_DISCOVER, 2), O(IPPROTO_IP, IP_MTU_DISCOVER, 9),
    O(IPPROTO_IP, IP_MTU, 100), O(IPPROTO_IP, IP_FREEBIND, 1), O(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1),
    O(IPPROTO_IPV6, IPV6_V6ONLY, 1), O(IPPROTO_UDP, 1, 1), O(77, 1, 1), O(SOL_SOCKET, 9999, 1), O(IPPROTO_TCP, 9999, 1), O(IPPROTO_IP, 9999, 1),
};
#define COUNT (sizeof numbers / sizeof *numbers)

static void numbers_of(int s) {
    for (unsigned i = 0; i < COUNT; i++) {
        int before = option(s, numbers[i].level, numbers[i].option);
        int result = set(s, numbers[i].level, numbers[i].option, numbers[i].value);
        printf("%s %d, set %d: %d, then %d\n", numbers[i].name, before, numbers[i].value, result,
               option(s, numbers[i].level, numbers[i].option));
    }
}

static void shapes(int s) {
    char b[64];
    socklen_t n = 2;
    memset(b, 7, sizeof b);
    show("short", getsockopt(s, SOL_SOCKET, SO_TYPE, b, &n));
    printf("size %d: %d %d\n", n, b[0], b[2]);
    n = 64;
    show("long", getsockopt(s, SOL_SOCKET, SO_TYPE, b, &n));
    printf("size %d\n", n);
    n = -1;
    show("negative", getsockopt(s, SOL_SOCKET, SO_TYPE, b, &n));
    show("too short", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, b, 2));
    show("too short", setsockopt(s, IPPROTO_TCP, TCP_NODELAY, b, 2));
    show("a byte", setsockopt(s, IPPROTO_IP, IP_TTL, b, 1));
    show("ttl", option(s, IPPROTO_IP, IP_TTL));
    show("no address", setsockopt(s, IPPROTO_TCP, TCP_NODELAY, NULL, 4));
    struct linger l = {1, 5};
    n = sizeof l;
    show("linger", setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l));
    l.l_linger = 0;
    show("linger", getsockopt(s, SOL_SOCKET, SO_LINGER, &l, &n));
    printf("%d %d\n", l.l_onoff, l.l_linger);
    struct timeval t = {2, 500000};
    n = sizeof t;
    show("timeout", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
    t.tv_sec = 0;
    show("timeout", getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, &n));
    printf("%ld.%06ld\n", t.tv_sec, t.tv_usec);
    t.tv_usec = 2000000;
    show("bad timeout", setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t));
    n = sizeof b;
    show("congestion", getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, b, &n));
    printf("size %d\n", n);
    show("reno", setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
    n = sizeof b;
    show("congestion", getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, b, &n));
    printf("%s\n", b);
    show("unknown", setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6));
    n = sizeof b;
    show("device", getsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, b, &n));
    printf("size %d\n", n);
    show("device", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
    n = sizeof b;
    show("device", getsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, b, &n));
    printf("%s size %d\n", b, n);
    show("no device", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "eth9", 5));
    show("any device", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "", 1));
}

static void buffers(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    show("SO_SNDBUF", option(s, SOL_SOCKET, SO_SNDBUF));
    show("SO_RCVBUF", option(s, SOL_SOCKET, SO_RCVBUF));
    set(s, SOL_SOCKET, SO_SNDBUF, 50000);
    set(s, SOL_SOCKET, SO_RCVBUF, 60000);
    show("SO_SNDBUF", option(s, SOL_SOCKET, SO_SNDBUF));
    show("SO_RCVBUF", option(s, SOL_SOCKET, SO_RCVBUF));
    set(s, SOL_SOCKET, SO_SNDBUF, 1);
    set(s, SOL_SOCKET, SO_RCVBUF, 1);
    show("SO_SNDBUF", option(s, SOL_SOCKET, SO_SNDBUF));
    show("SO_RCVBUF", option(s, SOL_SOCKET, SO_RCVBUF));
    close(s);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    show("udp SO_SNDBUF", option(s, SOL_SOCKET, SO_SNDBUF));
    show("udp SO_RCVBUF", option(s, SOL_SOCKET, SO_RCVBUF));
    show("tcp level", option(s, IPPROTO_TCP, TCP_NODELAY));
    close(s);
}

static void inherited(void) {
    int port, l = listener(5, &port);
    CHECK(set(l, SOL_SOCKET, SO_KEEPALIVE, 1) == 0 && set(l, IPPROTO_TCP, TCP_NODELAY, 1) == 0 && set(l, IPPROTO_TCP, TCP_KEEPIDLE, 77) == 0);
    CHECK(set(l, IPPROTO_IP, IP_TOS, 8) == 0 && set(l, IPPROTO_IP, IP_TTL, 9) == 0 && set(l, IPPROTO_IP, IP_PKTINFO, 1) == 0);
    struct sockaddr_in a = v4("127.0.0.1", port);
    int c = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(c, (void *) &a, sizeof a) == 0);
    int s = accept(l, NULL, NULL);
    show("SO_KEEPALIVE", option(s, SOL_SOCKET, SO_KEEPALIVE));
    show("TCP_NODELAY", option(s, IPPROTO_TCP, TCP_NODELAY));
    show("TCP_KEEPIDLE", option(s, IPPROTO_TCP, TCP_KEEPIDLE));
    show("IP_TTL", option(s, IPPROTO_IP, IP_TTL));
    show("IP_PKTINFO", option(s, IPPROTO_IP, IP_PKTINFO));
    show("IP_MTU", option(s, IPPROTO_IP, IP_MTU));
    show("SO_ACCEPTCONN", option(l, SOL_SOCKET, SO_ACCEPTCONN));
    show("SO_ACCEPTCONN", option(s, SOL_SOCKET, SO_ACCEPTCONN));
    struct tcp_info info;
    socklen_t size = sizeof info;
    CHECK(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    printf("state %d, options %d, scaled %d, unacked %d, size %d\n", info.tcpi_state, info.tcpi_options,
           info.tcpi_snd_wscale > 0, info.tcpi_unacked, size >= 104);
    CHECK(getsockopt(l, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    printf("listens %d\n", info.tcpi_state);
    close(c);
    close(s);
    close(l);
}

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    numbers_of(s);
    close(s);
    s = socket(AF_INET, SOCK_STREAM, 0);
    shapes(s);
    buffers();
    inherited();
    return 0;
}
