/* IPv6 over lo, both families on one socket, groups, interfaces by ioctl(2) and netlink(7). */
#include "inet.h"
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static void print6(const char *what, struct sockaddr_in6 *a) {
    char b[64];
    printf("%s %s family %d port %d scope %d\n", what, inet_ntop(AF_INET6, &a->sin6_addr, b, 64), a->sin6_family, a->sin6_port != 0, a->sin6_scope_id);
}

static void stream(void) {
    int l = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 a = v6("::1", 0), peer;
    socklen_t size = sizeof a;
    CHECK(bind(l, (void *) &a, sizeof a) == 0 && listen(l, 5) == 0 && getsockname(l, (void *) &a, &size) == 0);
    print6("own", &a);
    int c = socket(AF_INET6, SOCK_STREAM, 0);
    show("connect", connect(c, (void *) &a, sizeof a));
    size = sizeof peer;
    int s = accept(l, (void *) &peer, &size);
    print6("peer", &peer);
    char b[8];
    CHECK(write(c, "six", 3) == 3);
    show("read", read(s, b, 8));
    struct sockaddr_in four = v4("127.0.0.1", ntohs(a.sin6_port));
    show("not over IPv4", connect(socket(AF_INET, SOCK_STREAM, 0), (void *) &four, sizeof four));
    show("wrong family", connect(socket(AF_INET6, SOCK_STREAM, 0), (void *) &four, sizeof four));
    show("short", bind(socket(AF_INET6, SOCK_STREAM, 0), (void *) &a, 20));
    show("without scope", bind(socket(AF_INET6, SOCK_STREAM, 0), (void *) &a, 24));
    a = v6("fd00::1", 80);
    show("no way", connect(socket(AF_INET6, SOCK_STREAM, 0), (void *) &a, sizeof a));
    show("not ours", bind(socket(AF_INET6, SOCK_STREAM, 0), (void *) &a, sizeof a));
    close(c);
    close(s);
    close(l);
}

static void both(void) {
    int l = socket(AF_INET6, SOCK_STREAM, 0), other = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in6 a = v6("::", 0), peer;
    socklen_t size = sizeof a;
    show("v6only", option(l, IPPROTO_IPV6, IPV6_V6ONLY));
    CHECK(bind(l, (void *) &a, sizeof a) == 0 && listen(l, 5) == 0 && getsockname(l, (void *) &a, &size) == 0);
    show("too late", set(l, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    struct sockaddr_in four = v4("127.0.0.1", ntohs(a.sin6_port)), own;
    show("taken", bind(other, (void *) &four, sizeof four));
    int c = socket(AF_INET, SOCK_STREAM, 0);
    show("over IPv4", connect(c, (void *) &four, sizeof four));
    size = sizeof peer;
    int s = accept(l, (void *) &peer, &size);
    print6("peer", &peer);
    size = sizeof peer;
    CHECK(getsockname(s, (void *) &peer, &size) == 0);
    print6("own", &peer);
    show("ttl", option(s, IPPROTO_IP, IP_TTL));
    show("hops", option(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
    close(c);
    close(s);
    /* from IPv6 to a mapped address */
    struct sockaddr_in6 mapped = v6("::ffff:127.0.0.1", ntohs(a.sin6_port));
    c = socket(AF_INET6, SOCK_STREAM, 0);
    show("mapped", connect(c, (void *) &mapped, sizeof mapped));
    size = sizeof peer;
    CHECK(getsockname(c, (void *) &peer, &size) == 0);
    print6("own", &peer);
    close(c);
    close(accept(l, NULL, NULL));
    c = socket(AF_INET6, SOCK_STREAM, 0);
    CHECK(set(c, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0);
    show("v6only", connect(c, (void *) &mapped, sizeof mapped));
    mapped.sin6_port = 0;
    show("v6only", bind(c, (void *) &mapped, sizeof mapped));
    close(c);
    close(l);
    /* with V6ONLY each family has its own */
    l = socket(AF_INET6, SOCK_STREAM, 0);
    a.sin6_port = htons(5555);
    four = v4("0.0.0.0", 5555);
    CHECK(set(l, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0);
    show("six", bind(l, (void *) &a, sizeof a));
    show("four", bind(other, (void *) &four, sizeof four));
    size = sizeof own;
    CHECK(getsockname(other, (void *) &own, &size) == 0);
    close(l);
    close(other);
}

static void datagrams(void) {
    int s = socket(AF_INET6, SOCK_DGRAM, 0), c = socket(AF_INET6, SOCK_DGRAM, 0), f = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in6 a = v6("::", 0), from;
    socklen_t size = sizeof a;
    CHECK(bind(s, (void *) &a, sizeof a) == 0 && getsockname(s, (void *) &a, &size) == 0);
    CHECK(set(s, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) == 0 && set(s, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) == 0 && set(s, IPPROTO_IPV6, IPV6_RECVTCLASS, 1) == 0);
    CHECK(set(c, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7) == 0 && set(c, IPPROTO_IPV6, IPV6_TCLASS, 0x20) == 0);
    struct sockaddr_in6 to = v6("::1", ntohs(a.sin6_port));
    struct sockaddr_in four = v4("127.0.0.1", ntohs(a.sin6_port));
    show("send", sendto(c, "six", 3, 0, (void *) &to, sizeof to));
    show("send", sendto(f, "four", 4, 0, (void *) &four, sizeof four));
    for (int i = 0; i < 2; i++) {
        char b[16], control[256];
        struct iovec v = {b, sizeof b};
        struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        long n = recvmsg(s, &m, 0);
        printf("%.*s\n", (int) n, b);
        print6("from", &from);
        for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
            printf("level %d type %d length %d:", h->cmsg_level, h->cmsg_type, (int) h->cmsg_len);
            if (h->cmsg_type == IPV6_PKTINFO) {
                struct in6_pktinfo *p = (void *) CMSG_DATA(h);
                char text[64];
                printf(" %s on %d\n", inet_ntop(AF_INET6, &p->ipi6_addr, text, 64), p->ipi6_ifindex);
            } else {
                printf(" %d\n", *(int *) CMSG_DATA(h));
            }
        }
    }
    close(s);
    close(c);
    close(f);
}

static void groups(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0), c = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = v4("0.0.0.0", 0), to;
    socklen_t size = sizeof a;
    CHECK(bind(s, (void *) &a, sizeof a) == 0 && getsockname(s, (void *) &a, &size) == 0);
    struct ip_mreqn m = {.imr_ifindex = if_nametoindex("lo")};
    inet_pton(AF_INET, "239.1.2.3", &m.imr_multiaddr);
    show("join", setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
    show("twice", setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
    show("through", setsockopt(c, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m));
    show("ttl", option(c, IPPROTO_IP, IP_MULTICAST_TTL));
    show("loop", option(c, IPPROTO_IP, IP_MULTICAST_LOOP));
    to = v4("239.1.2.3", ntohs(a.sin_port));
    char b[16];
    show("send", sendto(c, "all", 3, 0, (void *) &to, sizeof to));
    show("heard", recv(s, b, 16, 0));
    to = v4("239.9.9.9", ntohs(a.sin_port));
    show("other group", sendto(c, "all", 3, 0, (void *) &to, sizeof to));
    show("not heard", recv(s, b, 16, MSG_DONTWAIT));
    show("leave", setsockopt(s, IPPROTO_IP, IP_DROP_MEMBERSHIP, &m, sizeof m));
    show("twice", setsockopt(s, IPPROTO_IP, IP_DROP_MEMBERSHIP, &m, sizeof m));
    inet_pton(AF_INET, "10.1.2.3", &m.imr_multiaddr);
    show("no group", setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
    close(s);
    close(c);
}

static void interfaces(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq r = {.ifr_name = "lo"};
    show("index", ioctl(s, SIOCGIFINDEX, &r));
    printf("%d\n", r.ifr_ifindex);
    show("flags", ioctl(s, SIOCGIFFLAGS, &r));
    printf("%x\n", r.ifr_flags);
    show("mtu", ioctl(s, SIOCGIFMTU, &r));
    printf("%d\n", r.ifr_mtu);
    show("address", ioctl(s, SIOCGIFADDR, &r));
    printf("%s\n", inet_ntoa(((struct sockaddr_in *) &r.ifr_addr)->sin_addr));
    show("netmask", ioctl(s, SIOCGIFNETMASK, &r));
    printf("%s\n", inet_ntoa(((struct sockaddr_in *) &r.ifr_addr)->sin_addr));
    show("hardware", ioctl(s, SIOCGIFHWADDR, &r));
    printf("%d\n", r.ifr_hwaddr.sa_family);
    r.ifr_ifindex = 1;
    show("name", ioctl(s, SIOCGIFNAME, &r));
    printf("%s\n", r.ifr_name);
    r.ifr_ifindex = 50;
    show("no name", ioctl(s, SIOCGIFNAME, &r));
    strcpy(r.ifr_name, "eth7");
    show("no such", ioctl(s, SIOCGIFFLAGS, &r));
    struct ifreq all[4];
    struct ifconf c = {.ifc_len = sizeof all, .ifc_req = all};
    show("list", ioctl(s, SIOCGIFCONF, &c));
    printf("%d bytes, %s %s\n", c.ifc_len, all[0].ifr_name, inet_ntoa(((struct sockaddr_in *) &all[0].ifr_addr)->sin_addr));
    c.ifc_req = NULL;
    show("size", ioctl(s, SIOCGIFCONF, &c));
    printf("%d bytes\n", c.ifc_len);
    show("not for sockets", ioctl(s, 0x5413, &c));
    close(s);
    struct ifaddrs *list;
    CHECK(getifaddrs(&list) == 0);
    for (struct ifaddrs *i = list; i; i = i->ifa_next) {
        char b[64] = "";
        if (i->ifa_addr->sa_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *) i->ifa_addr)->sin_addr, b, 64);
        if (i->ifa_addr->sa_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6 *) i->ifa_addr)->sin6_addr, b, 64);
        printf("%s family %d flags %x %s\n", i->ifa_name, i->ifa_addr->sa_family, i->ifa_flags, b);
    }
    freeifaddrs(list);
}

static void netlink(void) {
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    CHECK(s >= 0);
    struct sockaddr_nl a = {.nl_family = AF_NETLINK}, from;
    socklen_t size = sizeof a;
    CHECK(bind(s, (void *) &a, sizeof a) == 0 && getsockname(s, (void *) &a, &size) == 0);
    printf("own pid %d, size %d\n", a.nl_pid == getpid(), size);
    int t = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
    CHECK(bind(t, (void *) &from, 0) < 0);
    show("taken", bind(t, (void *) &a, sizeof a));
    close(t);
    struct { struct nlmsghdr h; struct rtgenmsg g; } q = {{sizeof q, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0}, {AF_UNSPEC}};
    show("nothing", recv(s, &q, sizeof q, MSG_DONTWAIT));
    show("dump", send(s, &q, sizeof q, 0));
    char b[8192];
    size = sizeof from;
    long n = recvfrom(s, b, sizeof b, 0, (void *) &from, &size);
    CHECK(n > 0);
    printf("from pid %d\n", from.nl_pid);
    struct nlmsghdr *h = (void *) b;
    CHECK(NLMSG_OK(h, n));
    printf("type %d flags %x seq %d ours %d\n", h->nlmsg_type, h->nlmsg_flags, h->nlmsg_seq, h->nlmsg_pid == a.nl_pid);
    struct ifinfomsg *i = NLMSG_DATA(h);
    printf("type %d index %d flags %x\n", i->ifi_type, i->ifi_index, i->ifi_flags);
    CHECK(recv(s, b, sizeof b, 0) > 0);
    printf("done %d\n", ((struct nlmsghdr *) b)->nlmsg_type);
    q.h.nlmsg_type = RTM_GETLINK;
    q.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    show("bad request", send(s, &q, sizeof q, 0));
    CHECK(recv(s, b, sizeof b, 0) > 0);
    h = (void *) b;
    struct nlmsgerr *e = NLMSG_DATA(h);
    printf("type %d error %d of %d\n", h->nlmsg_type, e->error, e->msg.nlmsg_type);
    q.h.nlmsg_type = 900;
    show("unknown", send(s, &q, sizeof q, 0));
    CHECK(recv(s, b, sizeof b, 0) > 0);
    printf("error %d\n", e->error);
    q.h.nlmsg_type = NLMSG_NOOP;
    show("noop", send(s, &q, sizeof q, 0));
    CHECK(recv(s, b, sizeof b, 0) > 0);
    printf("error %d\n", e->error);
    q.h.nlmsg_len = 5000;
    show("longer than it is", send(s, &q, sizeof q, 0));
    show("no answer", recv(s, b, sizeof b, MSG_DONTWAIT));
    show("type", socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));
    close(s);
}

int main(void) {
    stream();
    both();
    datagrams();
    groups();
    interfaces();
    netlink();
    return 0;
}
