/* Servers and clients as programs are built: threads, processes, epoll, descriptors handed on, both ends calling. */
// storm: 3
#include "inet.h"
#include <pthread.h>
#include <sys/select.h>
#include <sys/uio.h>

static int dial(int port) {
    struct sockaddr_in a = v4("127.0.0.1", port);
    int c = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(c >= 0 && connect(c, (void *) &a, sizeof a) == 0);
    return c;
}

/* One thread and epoll for all clients, which are threads. */
enum { CLIENTS = 12, ROUNDS = 5 };

static void *client(void *port) {
    int c = dial((int) (long) port);
    long sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int x = i;
        CHECK(write(c, &x, sizeof x) == sizeof x);
        CHECK(recv(c, &x, sizeof x, MSG_WAITALL) == sizeof x);
        sum += x;
    }
    close(c);
    return (void *) sum;
}

static void event_loop(void) {
    int port, l = listener(CLIENTS, &port), e = epoll_create1(0), open = 0, served = 0;
    CHECK(fcntl(l, F_SETFL, O_NONBLOCK) == 0);
    struct epoll_event v = {.events = EPOLLIN, .data.fd = l};
    CHECK(epoll_ctl(e, EPOLL_CTL_ADD, l, &v) == 0);
    pthread_t t[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) CHECK(pthread_create(&t[i], NULL, client, (void *) (long) port) == 0);
    while (served < CLIENTS || open > 0) {
        struct epoll_event got[8];
        int n = epoll_wait(e, got, 8, -1);
        if (n < 0 && errno == EINTR) continue;
        CHECK(n > 0);
        for (int i = 0; i < n; i++) {
            int fd = got[i].data.fd, x;
            if (fd == l) {
                int s;
                while ((s = accept4(l, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    struct epoll_event w = {.events = EPOLLIN | EPOLLET, .data.fd = s};
                    CHECK(epoll_ctl(e, EPOLL_CTL_ADD, s, &w) == 0);
                    open++;
                    served++;
                }
                continue;
            }
            long got_bytes;
            while ((got_bytes = read(fd, &x, sizeof x)) == sizeof x) {
                x *= 2;
                CHECK(write(fd, &x, sizeof x) == sizeof x);
            }
            if (got_bytes == 0) {
                close(fd);
                open--;
            }
        }
    }
    long total = 0;
    for (int i = 0; i < CLIENTS; i++) {
        void *sum;
        pthread_join(t[i], &sum);
        total += (long) sum;
    }
    printf("served %d, sum %ld\n", served, total);
    close(l);
    close(e);
}

static void processes(void) {
    int port, l = listener(8, &port);
    fflush(stdout);
    for (int i = 0; i < 3; i++) {
        if (fork()) continue;
        int s = accept(l, NULL, NULL);
        char b[16];
        long n;
        CHECK(s >= 0);
        while ((n = read(s, b, sizeof b)) > 0) CHECK(write(s, b, n) == n);
        _exit(0);
    }
    for (int i = 0; i < 3; i++) {
        int c = dial(port);
        char b[16];
        CHECK(write(c, "hello", 5) == 5 && shutdown(c, SHUT_WR) == 0);
        show("echo", recv(c, b, 5, MSG_WAITALL));
        show("end", read(c, b, 1));
        close(c);
    }
    while (wait(NULL) > 0) {}
    close(l);
}

static void handed_on(void) {
    int s[2], u[2];
    pair(s);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, u) == 0);
    fflush(stdout);
    if (fork() == 0) {
        close(s[0]);
        char control[CMSG_SPACE(sizeof(int))], b[8];
        struct iovec v = {b, sizeof b};
        struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        CHECK(recvmsg(u[1], &m, 0) > 0);
        int fd;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
        CHECK(write(fd, "by the other", 12) == 12);
        _exit(0);
    }
    char control[CMSG_SPACE(sizeof(int))] = {0}, b[32];
    struct iovec v = {"x", 1};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &s[1], sizeof(int));
    CHECK(sendmsg(u[0], &m, 0) == 1);
    close(s[1]);
    show("read", recv(s[0], b, 12, MSG_WAITALL));
    wait(NULL);
    show("end", read(s[0], b, 1));
    close(s[0]);
    close(u[0]);
    close(u[1]);
}

/* The connection of a socket with itself, and of two that call each other by their ports. */
static void without_listener(void) {
    int c = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = v4("127.0.0.1", 4321);
    char b[8];
    CHECK(set(c, SOL_SOCKET, SO_REUSEADDR, 1) == 0 && bind(c, (void *) &a, sizeof a) == 0);
    show("to itself", connect(c, (void *) &a, sizeof a));
    CHECK(write(c, "me", 2) == 2);
    show("read", read(c, b, 8));
    show("shutdown", shutdown(c, SHUT_WR));
    show("end", read(c, b, 8));
    close(c);
}

static void *shuts(void *fd) {
    for (int i = 0; i < 50; i++) getppid();
    usleep(20000);
    CHECK(shutdown((int) (long) fd, SHUT_RDWR) == 0);
    return NULL;
}

static void shut_while_waiting(void) {
    int s[2], port, l = listener(1, &port);
    char b[4];
    pthread_t t;
    pair(s);
    pthread_create(&t, NULL, shuts, (void *) (long) s[1]);
    show("reader", read(s[1], b, 4));
    pthread_join(t, NULL);
    pthread_create(&t, NULL, shuts, (void *) (long) l);
    show("accepter", accept(l, NULL, NULL));
    pthread_join(t, NULL);
    show("listens", option(l, SOL_SOCKET, SO_ACCEPTCONN));
    close(s[0]);
    close(s[1]);
    close(l);
}

static void held_back(void) {
    int s[2];
    char b[64];
    pair(s);
    CHECK(send(s[0], "one ", 4, MSG_MORE) == 4);
    show("not yet", recv(s[1], b, 64, MSG_DONTWAIT));
    CHECK(send(s[0], "two", 3, 0) == 3);
    await(s[1], POLLIN);
    show("together", recv(s[1], b, 64, 0));
    CHECK(set(s[0], IPPROTO_TCP, TCP_CORK, 1) == 0);
    CHECK(write(s[0], "corked", 6) == 6);
    show("not yet", recv(s[1], b, 64, MSG_DONTWAIT));
    CHECK(set(s[0], IPPROTO_TCP, TCP_CORK, 0) == 0);
    await(s[1], POLLIN);
    show("free", recv(s[1], b, 64, 0));
    int n;
    CHECK(write(s[0], "queued", 6) == 6);
    await(s[1], POLLIN);
    do CHECK(ioctl(s[0], TIOCOUTQ, &n) == 0); while (n != 0);
    printf("all acknowledged\n");
    close(s[0]);
    close(s[1]);
}

static void selecting(void) {
    int s[2];
    char b[4];
    pair(s);
    fd_set r, w;
    FD_ZERO(&r);
    FD_ZERO(&w);
    FD_SET(s[1], &r);
    FD_SET(s[1], &w);
    struct timeval t = {0, 1000};
    show("select", select(s[1] + 1, &r, &w, NULL, &t));
    printf("read %d write %d\n", FD_ISSET(s[1], &r) != 0, FD_ISSET(s[1], &w) != 0);
    CHECK(write(s[0], "x", 1) == 1);
    FD_ZERO(&r);
    FD_SET(s[1], &r);
    show("select", select(s[1] + 1, &r, NULL, NULL, NULL));
    show("read", read(s[1], b, 4));
    int d = dup(s[1]);
    close(s[1]);
    CHECK(write(s[0], "y", 1) == 1);
    show("copy", read(d, b, 4));
    close(d);
    show("end", read(s[0], b, 4));
    close(s[0]);
    struct timeval limit = {0, 50000};
    int port, l = listener(0, &port);
    CHECK(setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    show("nobody calls", accept(l, NULL, NULL));
    close(l);
}

/* More callers than the backlog holds: the rest get through when there is room. */
static void backlog(void) {
    int port, l = listener(1, &port), c[2];
    for (int i = 0; i < 2; i++) c[i] = dial(port);
    int late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in a = v4("127.0.0.1", port);
    show("late", connect(late, (void *) &a, sizeof a));
    printf("not yet %d\n", ready(late, POLLOUT));
    for (int i = 0; i < 2; i++) close(accept(l, NULL, NULL));
    events("then", await(late, POLLOUT) & POLLOUT);
    int s = accept(l, NULL, NULL);
    printf("accepted %d\n", s >= 0);
    close(s);
    close(late);
    for (int i = 0; i < 2; i++) close(c[i]);
    close(l);
}

static void dissolved(void) {
    int s[2];
    char b[4];
    pair(s);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    show("dissolve", connect(s[0], &none, sizeof none));
    show("peer", read(s[1], b, 4));
    struct sockaddr_in a;
    socklen_t size = sizeof a;
    show("name", getpeername(s[0], (void *) &a, &size));
    int port, l = listener(1, &port);
    a = v4("127.0.0.1", port);
    show("again", connect(s[0], (void *) &a, sizeof a));
    int n = accept(l, NULL, NULL);
    CHECK(write(n, "new", 3) == 3);
    show("read", recv(s[0], b, 3, MSG_WAITALL));
    close(s[0]);
    close(s[1]);
    close(n);
    close(l);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    event_loop();
    processes();
    handed_on();
    without_listener();
    shut_while_waiting();
    held_back();
    selecting();
    backlog();
    dissolved();
    return 0;
}
