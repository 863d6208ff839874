/* What the programs of AF_INET share. They run natively in a network namespace of their own with lo up. */
#include "guest.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

static inline struct sockaddr_in v4(const char *address, int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    CHECK(inet_pton(AF_INET, address, &a.sin_addr) == 1);
    return a;
}

static inline struct sockaddr_in6 v6(const char *address, int port) {
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    CHECK(inet_pton(AF_INET6, address, &a.sin6_addr) == 1);
    return a;
}

static inline int option(int s, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    if (getsockopt(s, level, name, &value, &size) < 0) return -errno;
    return value;
}

static inline int set(int s, int level, int name, int value) {
    return setsockopt(s, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

/* A listener on 127.0.0.1, any port. */
static inline int listener(int backlog, int *port) {
    int l = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(l >= 0);
    struct sockaddr_in a = v4("127.0.0.1", 0);
    socklen_t size = sizeof a;
    CHECK(bind(l, (void *) &a, sizeof a) == 0 && listen(l, backlog) == 0);
    CHECK(getsockname(l, (void *) &a, &size) == 0);
    *port = ntohs(a.sin_port);
    return l;
}

/* Two ends of a connection over lo. */
static inline void pair(int s[2]) {
    int port, l = listener(5, &port);
    struct sockaddr_in a = v4("127.0.0.1", port);
    s[0] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(s[0] >= 0 && connect(s[0], (void *) &a, sizeof a) == 0);
    s[1] = accept(l, NULL, NULL);
    CHECK(s[1] >= 0);
    close(l);
}

static inline int ready(int fd, int events) {
    struct pollfd p = {fd, events, 0};
    CHECK(poll(&p, 1, 0) >= 0);
    return p.revents;
}

/* Waits until poll(2) tells all of events. */
static inline int await(int fd, int events) {
    struct pollfd p = {fd, events, 0};
    while ((p.revents & events) != events) CHECK(poll(&p, 1, -1) >= 0);
    return p.revents;
}

static inline void events(const char *what, int revents) {
    static const struct { int bit; const char *name; } names[] = {
        {POLLIN, "IN"}, {POLLPRI, "PRI"}, {POLLOUT, "OUT"}, {POLLERR, "ERR"}, {POLLHUP, "HUP"},
        {POLLRDHUP, "RDHUP"}, {POLLRDNORM, "RDNORM"}, {POLLWRNORM, "WRNORM"}, {POLLWRBAND, "WRBAND"}};
    printf("%s:", what);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) if (revents & names[i].bit) printf(" %s", names[i].name);
    printf("\n");
}
#define ALL_EVENTS (POLLIN | POLLPRI | POLLOUT | POLLRDHUP)
