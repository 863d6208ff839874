/* Raw and packet sockets over lo: echo, headers, filters, frames. */
#include "inet.h"
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>

static unsigned short sum(const void *data, int n) {
    const unsigned short *p = data;
    unsigned s = 0;
    for (; n > 1; n -= 2) s += *p++;
    if (n) s += *(unsigned char *) p;
    while (s >> 16) s = (s & 0xffff) + (s >> 16);
    return ~s;
}

static void ping(void) {
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    CHECK(s >= 0);
    struct { struct icmphdr h; char data[8]; } m = {.h = {.type = 8, .un.echo = {htons(77), htons(1)}}, .data = "payload"};
    m.h.checksum = sum(&m, sizeof m);
    struct sockaddr_in a = v4("127.0.0.1", 0), from = {0};
    show("request", sendto(s, &m, sizeof m, 0, (void *) &a, sizeof a));
    unsigned char b[100];
    /* the request itself comes by as well */
    for (int i = 0; i < 2; i++) {
        socklen_t size = sizeof from;
        show("packet", recvfrom(s, b, sizeof b, 0, (void *) &from, &size));
        struct iphdr *ip = (void *) b;
        struct icmphdr *h = (void *) (b + ip->ihl * 4);
        printf("from %s:%d version %d ihl %d protocol %d ttl %d length %d, type %d code %d id %d, %s\n", inet_ntoa(from.sin_addr),
               ntohs(from.sin_port), ip->version, ip->ihl, ip->protocol, ip->ttl, ntohs(ip->tot_len), h->type, h->code,
               ntohs(h->un.echo.id), (char *) (h + 1));
    }
    show("none", recv(s, b, sizeof b, MSG_DONTWAIT));
    struct icmp_filter f = {~(1u << ICMP_ECHOREPLY)};
    show("filter", setsockopt(s, SOL_RAW, ICMP_FILTER, &f, sizeof f));
    show("request", sendto(s, &m, sizeof m, 0, (void *) &a, sizeof a));
    show("packet", recv(s, b, sizeof b, 0));
    printf("type %d\n", b[20]);
    show("none", recv(s, b, sizeof b, MSG_DONTWAIT));
    socklen_t size = sizeof from;
    CHECK(getsockname(s, (void *) &from, &size) == 0);
    printf("name %s:%d\n", inet_ntoa(from.sin_addr), ntohs(from.sin_port));
    show("connect", connect(s, (void *) &a, sizeof a));
    show("send", send(s, &m, sizeof m, 0));
    show("type", option(s, SOL_SOCKET, SO_TYPE));
    show("protocol", option(s, SOL_SOCKET, SO_PROTOCOL));
    show("hdrincl", option(s, IPPROTO_IP, IP_HDRINCL));
    show("listen", listen(s, 1));
    close(s);
}

static void ping6(void) {
    int s = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
    CHECK(s >= 0);
    struct icmp6_filter f;
    ICMP6_FILTER_SETBLOCKALL(&f);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &f);
    struct { struct icmp6_hdr h; char data[8]; } m = {.h = {.icmp6_type = ICMP6_ECHO_REQUEST}, .data = "payload"}, r = {0};
    struct sockaddr_in6 a = v6("::1", 0);
    show("request", sendto(s, &m, sizeof m, 0, (void *) &a, sizeof a));
    do show("packet", recv(s, &r, sizeof r, 0)); while (r.h.icmp6_type != ICMP6_ECHO_REPLY);
    printf("type %d %s checksum %d\n", r.h.icmp6_type, r.data, r.h.icmp6_cksum != 0);
    close(s);
}

static void headers(void) {
    int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), r = socket(AF_INET, SOCK_RAW, 200);
    CHECK(s >= 0 && r >= 0);
    show("hdrincl", option(s, IPPROTO_IP, IP_HDRINCL));
    struct { struct iphdr ip; char data[4]; } m = {
        .ip = {.version = 4, .ihl = 5, .tos = 8, .ttl = 12, .protocol = 200}, .data = "abc"};
    inet_pton(AF_INET, "127.0.0.1", &m.ip.daddr);
    struct sockaddr_in a = v4("127.0.0.1", 0);
    show("send", sendto(s, &m, sizeof m, 0, (void *) &a, sizeof a));
    unsigned char b[100];
    show("recv", recv(r, b, sizeof b, 0));
    struct iphdr *ip = (void *) b;
    printf("tos %d ttl %d protocol %d length %d from %d sum %d %s\n", ip->tos, ip->ttl, ip->protocol, ntohs(ip->tot_len),
           ip->saddr == htonl(0x7f000001), sum(b, 20), (char *) b + 20);
    show("own protocol", sendto(r, "xyz", 3, 0, (void *) &a, sizeof a));
    show("recv", recv(r, b, sizeof b, 0));
    printf("%.3s\n", b + 20);
    close(s);
    close(r);
}

static void frames(void) {
    int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), u = socket(AF_INET, SOCK_DGRAM, 0);
    int d = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
    CHECK(s >= 0 && d >= 0);
    struct sockaddr_ll l = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex("lo")}, from;
    show("bind", bind(s, (void *) &l, sizeof l));
    struct sockaddr_in a = v4("127.0.0.1", 4444);
    CHECK(bind(u, (void *) &a, sizeof a) == 0);
    CHECK(sendto(u, "frame", 5, 0, (void *) &a, sizeof a) == 5);
    unsigned char b[100];
    socklen_t size = sizeof from;
    show("frame", recvfrom(s, b, sizeof b, 0, (void *) &from, &size));
    printf("type %02x%02x version %x %.5s, family %d protocol %x on %d hatype %d kind %d halen %d\n", b[12], b[13], b[14] >> 4, b + 42,
           from.sll_family, ntohs(from.sll_protocol), from.sll_ifindex, from.sll_hatype, from.sll_pkttype, from.sll_halen);
    show("none", recv(s, b, sizeof b, MSG_DONTWAIT));
    for (int i = 0; i < 2; i++) {
        size = sizeof from;
        show("packet", recvfrom(d, b, sizeof b, 0, (void *) &from, &size));
        printf("version %x kind %d\n", b[0] >> 4, from.sll_pkttype);
    }
    size = sizeof from;
    CHECK(getsockname(s, (void *) &from, &size) == 0);
    printf("name on %d protocol %x size %d\n", from.sll_ifindex, ntohs(from.sll_protocol), size);
    show("listen", listen(s, 1));
    show("accept", accept(s, NULL, NULL));
    show("connect", connect(s, (void *) &l, sizeof l));
    l.sll_ifindex = 99;
    show("no such", bind(s, (void *) &l, sizeof l));
    show("type", option(s, SOL_SOCKET, SO_TYPE));
    close(s);
    close(d);
    close(u);
}

static void rights(void) {
    show("protocol", socket(AF_INET, SOCK_RAW, 0));
    show("bad", socket(AF_INET, SOCK_RAW, 300));
    CHECK(setuid(1000) == 0);
    show("raw", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    show("packet", socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
    struct sockaddr_in a = v4("127.0.0.1", 80);
    show("low port", bind(socket(AF_INET, SOCK_STREAM, 0), (void *) &a, sizeof a));
    show("device", setsockopt(socket(AF_INET, SOCK_STREAM, 0), SOL_SOCKET, SO_MARK, &a, 4));
}

int main(void) {
    ping();
    ping6();
    headers();
    frames();
    rights();
    return 0;
}
