/* UDP over lo: messages, connected or not, their control messages, errors. */
#include "inet.h"
#include <linux/errqueue.h>

static int bound(const char *address, int *port) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = v4(address, 0);
    socklen_t size = sizeof a;
    CHECK(s >= 0 && bind(s, (void *) &a, sizeof a) == 0);
    CHECK(getsockname(s, (void *) &a, &size) == 0);
    *port = ntohs(a.sin_port);
    return s;
}

static void messages(void) {
    int port, s = bound("127.0.0.1", &port);
    char b[64];
    struct sockaddr_in a = v4("127.0.0.1", port), from = {0};
    socklen_t size = sizeof from;
    int c = socket(AF_INET, SOCK_DGRAM, 0);
    events("fresh", ready(c, ALL_EVENTS | POLLWRBAND));
    show("nothing", recv(s, b, 64, MSG_DONTWAIT));
    show("no peer", send(c, "x", 1, 0));
    show("to", sendto(c, "one", 3, 0, (void *) &a, sizeof a));
    show("to", sendto(c, "twotwo", 6, 0, (void *) &a, sizeof a));
    show("to", sendto(c, "", 0, 0, (void *) &a, sizeof a));
    int n;
    CHECK(ioctl(s, FIONREAD, &n) == 0);
    printf("FIONREAD %d\n", n);
    events("three", ready(s, ALL_EVENTS));
    show("peek", recv(s, b, 64, MSG_PEEK));
    show("from", recvfrom(s, b, 64, 0, (void *) &from, &size));
    printf("%s %d bytes, port %d\n", inet_ntoa(from.sin_addr), size, from.sin_port != 0);
    show("cut", recv(s, b, 2, MSG_TRUNC));
    show("empty", recv(s, b, 64, 0));
    show("none", recv(s, b, 64, MSG_DONTWAIT));
    show("back", sendto(s, "answer", 6, 0, (void *) &from, sizeof from));
    show("read", read(c, b, 64));
    a.sin_port = 0;
    show("port 0", sendto(c, "x", 1, 0, (void *) &a, sizeof a));
    show("listen", listen(s, 1));
    show("accept", accept(s, NULL, NULL));
    close(s);
    close(c);
}

static void connected(void) {
    int port, other, s = bound("127.0.0.1", &port), o = bound("127.0.0.1", &other);
    char b[64];
    struct sockaddr_in a = v4("127.0.0.1", port), self;
    socklen_t size = sizeof self;
    int c = socket(AF_INET, SOCK_DGRAM, 0);
    show("getpeername", getpeername(c, (void *) &self, &size));
    show("connect", connect(c, (void *) &a, sizeof a));
    CHECK(getsockname(c, (void *) &self, &size) == 0 && getpeername(c, (void *) &a, &size) == 0);
    printf("own %s:%d peer %d\n", inet_ntoa(self.sin_addr), self.sin_port != 0, ntohs(a.sin_port) == port);
    show("send", send(c, "hello", 5, 0));
    show("read", read(s, b, 64));
    show("stranger", sendto(o, "xx", 2, 0, (void *) &self, sizeof self));
    show("not heard", recv(c, b, 64, MSG_DONTWAIT));
    show("peer", sendto(s, "yyy", 3, 0, (void *) &self, sizeof self));
    show("heard", recv(c, b, 64, 0));
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    show("dissolve", connect(c, &none, sizeof none));
    show("getpeername", getpeername(c, (void *) &a, &size));
    show("stranger", sendto(o, "xx", 2, 0, (void *) &self, sizeof self));
    show("heard", recv(c, b, 64, MSG_DONTWAIT));
    close(s);
    a = v4("127.0.0.1", port);
    show("connect", connect(c, (void *) &a, sizeof a));
    show("to nobody", send(c, "x", 1, 0));
    events("refused", await(c, POLLERR));
    show("send", send(c, "x", 1, 0));
    show("SO_ERROR", option(c, SOL_SOCKET, SO_ERROR));
    await(c, POLLOUT);
    show("send", send(c, "x", 1, 0));
    show("recv", recv(c, b, 64, 0));
    show("shutdown", shutdown(c, SHUT_RD));
    events("shut", ready(c, ALL_EVENTS));
    show("end", recv(c, b, 64, 0));
    show("unconnected", shutdown(o, SHUT_WR));
    close(c);
    close(o);
}

static void sizes(void) {
    int port, s = bound("127.0.0.1", &port);
    struct sockaddr_in a = v4("127.0.0.1", port);
    static char b[70000];
    show("too long", sendto(s, b, 65508, 0, (void *) &a, sizeof a));
    show("longest", sendto(s, b, 65507, 0, (void *) &a, sizeof a));
    show("read", recv(s, b, sizeof b, 0));
    a = v4("127.255.255.255", port);
    a = v4("255.255.255.255", port);
    show("broadcast", sendto(s, b, 1, 0, (void *) &a, sizeof a));
    close(s);
}

static void control(void) {
    int port, s = bound("0.0.0.0", &port);
    char b[64], c[256];
    struct sockaddr_in a = v4("127.0.0.2", port), from;
    CHECK(set(s, IPPROTO_IP, IP_PKTINFO, 1) == 0 && set(s, IPPROTO_IP, IP_RECVTTL, 1) == 0 && set(s, IPPROTO_IP, IP_RECVTOS, 1) == 0);
    CHECK(set(s, IPPROTO_IP, IP_TTL, 33) == 0 && set(s, IPPROTO_IP, IP_TOS, 0x10) == 0);
    CHECK(sendto(s, "info", 4, 0, (void *) &a, sizeof a) == 4);
    struct iovec v = {b, sizeof b};
    struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &v, .msg_iovlen = 1, .msg_control = c, .msg_controllen = sizeof c};
    show("recvmsg", recvmsg(s, &m, 0));
    printf("flags %x, name %d, control %d\n", m.msg_flags, m.msg_namelen, (int) m.msg_controllen);
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
        printf("level %d type %d length %d", h->cmsg_level, h->cmsg_type, (int) h->cmsg_len);
        if (h->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *p = (void *) CMSG_DATA(h);
            printf(" to %s on %d", inet_ntoa(p->ipi_addr), p->ipi_ifindex);
            printf(" spec %s\n", inet_ntoa(p->ipi_spec_dst));
        } else {
            printf(" %d\n", h->cmsg_type == IP_TTL ? *(int *) CMSG_DATA(h) : *CMSG_DATA(h));
        }
    }
    m.msg_controllen = 20;
    CHECK(sendto(s, "info", 4, 0, (void *) &a, sizeof a) == 4);
    show("recvmsg", recvmsg(s, &m, 0));
    printf("flags %x control %d\n", m.msg_flags, (int) m.msg_controllen);

    /* from a chosen address */
    union { struct cmsghdr h; char space[CMSG_SPACE(sizeof(struct in_pktinfo))]; } u = {0};
    a = v4("127.0.0.1", port);
    v.iov_len = 4;
    struct msghdr out = {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u};
    u.h.cmsg_level = IPPROTO_IP;
    u.h.cmsg_type = IP_PKTINFO;
    u.h.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    struct in_pktinfo *p = (void *) CMSG_DATA(&u.h);
    inet_pton(AF_INET, "127.1.2.3", &p->ipi_spec_dst);
    show("sendmsg", sendmsg(s, &out, 0));
    socklen_t size = sizeof from;
    show("from", recvfrom(s, b, 64, 0, (void *) &from, &size));
    printf("%s\n", inet_ntoa(from.sin_addr));
    close(s);
}

static void error_queue(void) {
    int port, s = bound("127.0.0.1", &port);
    close(s);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = v4("127.0.0.1", port), to = {0};
    CHECK(set(s, IPPROTO_IP, IP_RECVERR, 1) == 0);
    CHECK(sendto(s, "lost", 4, 0, (void *) &a, sizeof a) == 4);
    events("error", await(s, POLLERR));
    char b[64], c[256];
    struct iovec v = {b, sizeof b};
    struct msghdr m = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &v, .msg_iovlen = 1, .msg_control = c, .msg_controllen = sizeof c};
    show("recvmsg", recvmsg(s, &m, MSG_ERRQUEUE));
    printf("%.4s flags %x to %s, port %d\n", b, m.msg_flags, inet_ntoa(to.sin_addr), ntohs(to.sin_port) == port);
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    CHECK(h != NULL);
    struct sock_extended_err *e = (void *) CMSG_DATA(h);
    printf("level %d type %d errno %d origin %d type %d code %d from %s\n", h->cmsg_level, h->cmsg_type, e->ee_errno, e->ee_origin,
           e->ee_type, e->ee_code, inet_ntoa(((struct sockaddr_in *) SO_EE_OFFENDER(e))->sin_addr));
    show("no more", recvmsg(s, &m, MSG_ERRQUEUE));
    show("SO_ERROR", option(s, SOL_SOCKET, SO_ERROR));
    close(s);
}

static void many(void) {
    int port, s = bound("127.0.0.1", &port);
    struct sockaddr_in a = v4("127.0.0.1", port);
    struct mmsghdr m[5] = {0};
    struct iovec v[5];
    char b[5][16];
    for (int i = 0; i < 5; i++) {
        v[i] = (struct iovec) {b[i], i + 1};
        memset(b[i], 'a' + i, 16);
        m[i].msg_hdr = (struct msghdr) {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &v[i], .msg_iovlen = 1};
    }
    show("sendmmsg", sendmmsg(s, m, 5, 0));
    for (int i = 0; i < 5; i++) {
        printf(" %d", m[i].msg_len);
        v[i].iov_len = 16;
        memset(b[i], 0, 16);
    }
    printf("\n");
    show("recvmmsg", recvmmsg(s, m, 3, 0, NULL));
    show("recvmmsg", recvmmsg(s, m + 3, 2, MSG_WAITFORONE, NULL));
    for (int i = 0; i < 5; i++) printf(" %d %s", m[i].msg_len, b[i]);
    printf("\n");
    close(s);
}

static void timeouts(void) {
    int port, s = bound("127.0.0.1", &port);
    char b[4];
    struct timeval t = {0, 20000};
    CHECK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
    show("late", recv(s, b, 4, 0));
    close(s);
}

int main(void) {
    messages();
    connected();
    sizes();
    control();
    error_queue();
    many();
    timeouts();
    return 0;
}
