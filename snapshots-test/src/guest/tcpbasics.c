/* TCP over lo: connections, data, their ends, and what poll(2) tells of them. */
#include "inet.h"
#include <netdb.h>

static void echo(void) {
    int port, l = listener(5, &port);
    fflush(stdout);
    if (fork() == 0) {
        struct sockaddr_in a = v4("127.0.0.1", port);
        int c = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(c, (void *) &a, sizeof a) == 0);
        CHECK(write(c, "ping", 4) == 4);
        char b[10];
        CHECK(read(c, b, 10) == 4);
        _exit(memcmp(b, "pong", 4) ? 1 : 0);
    }
    struct sockaddr_in peer = {0};
    socklen_t size = sizeof peer;
    int c = accept4(l, (void *) &peer, &size, SOCK_CLOEXEC);
    CHECK(c >= 0);
    printf("from %s family %d, %d bytes, cloexec %d\n", inet_ntoa(peer.sin_addr), peer.sin_family, size, fcntl(c, F_GETFD));
    char b[10];
    CHECK(read(c, b, 10) == 4);
    printf("%.4s\n", b);
    CHECK(write(c, "pong", 4) == 4);
    int s;
    wait(&s);
    printf("client %d\n", s);
    show("end", read(c, b, 10));
    struct sockaddr_in own = {0};
    size = sizeof own;
    CHECK(getsockname(c, (void *) &own, &size) == 0);
    printf("own %s same port %d\n", inet_ntoa(own.sin_addr), ntohs(own.sin_port) == port);
    close(c);
    close(l);
}

static void refused(void) {
    int port, l = listener(1, &port);
    close(l);
    struct sockaddr_in a = v4("127.0.0.1", port);
    int c = socket(AF_INET, SOCK_STREAM, 0);
    events("fresh", ready(c, ALL_EVENTS));
    show("connect", connect(c, (void *) &a, sizeof a));
    show("SO_ERROR", option(c, SOL_SOCKET, SO_ERROR));
    show("again", connect(c, (void *) &a, sizeof a));
    close(c);
    c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    show("without waiting", connect(c, (void *) &a, sizeof a));
    events("refused", await(c, POLLERR));
    show("SO_ERROR", option(c, SOL_SOCKET, SO_ERROR));
    show("once", option(c, SOL_SOCKET, SO_ERROR));
    char b[4];
    show("read", read(c, b, 4));
    close(c);
}

static void nonblocking(void) {
    int port, l = listener(5, &port);
    struct sockaddr_in a = v4("127.0.0.1", port);
    CHECK(fcntl(l, F_SETFL, O_NONBLOCK) == 0);
    show("nobody there", accept(l, NULL, NULL));
    events("listener", ready(l, ALL_EVENTS));
    int c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    show("connect", connect(c, (void *) &a, sizeof a));
    await(c, POLLOUT);
    show("SO_ERROR", option(c, SOL_SOCKET, SO_ERROR));
    show("tells once", connect(c, (void *) &a, sizeof a));
    show("then", connect(c, (void *) &a, sizeof a));
    await(l, POLLIN);
    events("listener", ready(l, ALL_EVENTS));
    int s = accept(l, NULL, NULL);
    CHECK(s >= 0);
    show("flags", fcntl(s, F_GETFL) & O_NONBLOCK);
    events("connected", ready(c, ALL_EVENTS));
    char b[8];
    show("nothing", read(c, b, 8));
    CHECK(write(s, "abc", 3) == 3);
    events("data", await(c, POLLIN));
    int n;
    CHECK(ioctl(c, FIONREAD, &n) == 0);
    printf("FIONREAD %d\n", n);
    show("peek", recv(c, b, 8, MSG_PEEK));
    show("read", recv(c, b, 8, 0));
    close(s);
    events("closed", await(c, POLLRDHUP));
    show("end", read(c, b, 8));
    show("write", write(c, "x", 1));
    events("reset", await(c, POLLERR));
    show("error", read(c, b, 8));
    show("and then", read(c, b, 8));
    signal(SIGPIPE, SIG_IGN);
    show("pipe", write(c, "x", 1));
    close(c);
    close(l);
}

static void halves(void) {
    int s[2];
    char b[16];
    pair(s);
    CHECK(write(s[0], "last words", 10) == 10);
    show("shutdown", shutdown(s[0], SHUT_WR));
    show("write", send(s[0], "x", 1, MSG_NOSIGNAL));
    events("half", await(s[1], POLLRDHUP));
    show("read", read(s[1], b, 16));
    show("end", read(s[1], b, 16));
    CHECK(write(s[1], "answer", 6) == 6);
    show("read", read(s[0], b, 16));
    show("shutdown", shutdown(s[1], SHUT_WR));
    events("both", await(s[1], POLLHUP));
    events("both", await(s[0], POLLHUP));
    show("again", shutdown(s[0], SHUT_WR));
    close(s[0]);
    close(s[1]);
    pair(s);
    show("read side", shutdown(s[0], SHUT_RD));
    events("read side", ready(s[0], ALL_EVENTS));
    show("end", read(s[0], b, 16));
    show("bad", shutdown(s[0], 5));
    close(s[0]);
    close(s[1]);
    show("not connected", shutdown(socket(AF_INET, SOCK_STREAM, 0), SHUT_RD));
}

static void names(void) {
    int c = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {0};
    socklen_t size = sizeof a;
    show("getsockname", getsockname(c, (void *) &a, &size));
    printf("%s port %d size %d\n", inet_ntoa(a.sin_addr), ntohs(a.sin_port), size);
    show("getpeername", getpeername(c, (void *) &a, &size));
    show("listen", listen(c, 1));
    show("listen again", listen(c, 9));
    size = sizeof a;
    CHECK(getsockname(c, (void *) &a, &size) == 0);
    printf("%s has port %d\n", inet_ntoa(a.sin_addr), a.sin_port != 0);
    show("connect", connect(c, (void *) &a, sizeof a));
    show("acceptconn", option(c, SOL_SOCKET, SO_ACCEPTCONN));
    close(c);
    c = socket(AF_INET, SOCK_STREAM, 0);
    show("accept", accept(c, NULL, NULL));
    a = v4("10.99.1.1", 0);
    show("not ours", bind(c, (void *) &a, sizeof a));
    a = v4("127.0.0.1", 0);
    show("short", bind(c, (void *) &a, 8));
    a.sin_family = AF_INET6;
    show("family", bind(c, (void *) &a, sizeof a));
    a.sin_family = AF_UNSPEC;
    show("unspec", bind(c, (void *) &a, sizeof a));
    a = v4("127.0.0.1", 4321);
    show("bind", bind(c, (void *) &a, sizeof a));
    show("twice", bind(c, (void *) &a, sizeof a));
    show("in use", bind(socket(AF_INET, SOCK_STREAM, 0), (void *) &a, sizeof a));
    size = 6;
    char part[6];
    CHECK(getsockname(c, (void *) part, &size) == 0);
    printf("whole size %d\n", size);
    a = v4("10.1.2.3", 80);
    show("no way", connect(socket(AF_INET, SOCK_STREAM, 0), (void *) &a, sizeof a));
    show("type", socket(AF_INET, 9, 0));
    show("protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    show("family", socket(AF_APPLETALK, SOCK_STREAM, 0));
    int two[2];
    show("pair", socketpair(AF_INET, SOCK_STREAM, 0, two));
    show("SO_TYPE", option(c, SOL_SOCKET, SO_TYPE));
    show("SO_DOMAIN", option(c, SOL_SOCKET, SO_DOMAIN));
    show("SO_PROTOCOL", option(c, SOL_SOCKET, SO_PROTOCOL));
    close(c);
}

static void bulk(void) {
    int s[2];
    pair(s);
    fflush(stdout);
    enum { SIZE = 600000 };
    static unsigned char b[SIZE];
    if (fork() == 0) {
        for (int i = 0; i < SIZE; i++) b[i] = i * 7 + (i >> 9);
        long done = 0;
        while (done < SIZE) {
            long n = write(s[0], b + done, SIZE - done);
            CHECK(n > 0);
            done += n;
        }
        _exit(0);
    }
    close(s[0]);
    long done = 0, n;
    while ((n = read(s[1], b + done, SIZE - done)) > 0) done += n;
    unsigned sum = 0;
    for (int i = 0; i < done; i++) sum = sum * 31 + b[i];
    printf("%ld bytes, %08x\n", done, sum);
    wait(NULL);
    close(s[1]);
}

static void full(void) {
    int s[2];
    pair(s);
    CHECK(fcntl(s[0], F_SETFL, O_NONBLOCK) == 0);
    static char b[65536];
    long sent = 0, n;
    while ((n = write(s[0], b, sizeof b)) > 0) sent += n;
    show("full", n);
    events("full", ready(s[0], ALL_EVENTS));
    printf("much %d\n", sent > 100000);
    long got = 0;
    CHECK(fcntl(s[1], F_SETFL, O_NONBLOCK) == 0);
    while (got < sent) {
        n = read(s[1], b, sizeof b);
        if (n < 0) await(s[1], POLLIN);
        else got += n;
    }
    printf("all %d\n", got == sent);
    events("room", await(s[0], POLLOUT));
    close(s[0]);
    close(s[1]);
}

static void wait_all(void) {
    int s[2];
    char b[16];
    pair(s);
    fflush(stdout);
    if (fork() == 0) {
        close(s[1]);
        for (int i = 0; i < 4; i++) {
            CHECK(write(s[0], "abcd", 4) == 4);
            for (int k = 0; k < 20; k++) getppid();
        }
        _exit(0);
    }
    close(s[0]);
    show("all", recv(s[1], b, 12, MSG_WAITALL));
    show("rest", recv(s[1], b, 12, MSG_WAITALL));
    wait(NULL);
    pair(s);
    CHECK(write(s[0], "0123456789", 10) == 10);
    await(s[1], POLLIN);
    show("thrown away", recv(s[1], NULL, 4, MSG_TRUNC));
    show("read", recv(s[1], b, 2, 0));
    printf("%.2s\n", b);
    close(s[0]);
    close(s[1]);
}

int main(void) {
    echo();
    refused();
    nonblocking();
    halves();
    names();
    bulk();
    full();
    wait_all();
    return 0;
}
