/* TCP over lo: epoll in level and edge mode, one-shot, urgent data, linger, reuse of ports, splice, many connections. */
#include "inet.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

static void show_epoll(const char *what, int e) {
    struct epoll_event v[8];
    int n = epoll_wait(e, v, 8, 0);
    CHECK(n >= 0);
    printf("%s: %d", what, n);
    for (int i = 0; i < n; i++) printf(" [%d %x]", (int) v[i].data.u32, v[i].events);
    printf("\n");
}

static void add(int e, int fd, int events, int id) {
    struct epoll_event v = {.events = events, .data.u32 = id};
    CHECK(epoll_ctl(e, EPOLL_CTL_ADD, fd, &v) == 0);
}

static void level(void) {
    int s[2], e = epoll_create1(0);
    char b[8];
    pair(s);
    add(e, s[1], EPOLLIN | EPOLLRDHUP, 1);
    show_epoll("nothing", e);
    CHECK(write(s[0], "abcd", 4) == 4);
    await(s[1], POLLIN);
    show_epoll("data", e);
    show_epoll("still", e);
    CHECK(read(s[1], b, 2) == 2);
    show_epoll("half", e);
    CHECK(read(s[1], b, 2) == 2);
    show_epoll("taken", e);
    CHECK(shutdown(s[0], SHUT_WR) == 0);
    await(s[1], POLLRDHUP);
    show_epoll("end", e);
    CHECK(read(s[1], b, 2) == 0);
    show_epoll("still the end", e);
    CHECK(close(s[0]) == 0);
    close(s[1]);
    show_epoll("closed", e);
    close(e);
}

static void edge(void) {
    int s[2], e = epoll_create1(0);
    char b[8];
    pair(s);
    add(e, s[1], EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, 2);
    show_epoll("at first", e);
    show_epoll("no more", e);
    CHECK(write(s[0], "a", 1) == 1);
    await(s[1], POLLIN);
    show_epoll("data", e);
    show_epoll("no more", e);
    CHECK(write(s[0], "b", 1) == 1);
    int n = 0;
    while (n < 2) CHECK(ioctl(s[1], FIONREAD, &n) == 0);
    show_epoll("more data", e);
    CHECK(read(s[1], b, 1) == 1);
    show_epoll("taken one", e);
    CHECK(read(s[1], b, 8) == 1);
    CHECK(shutdown(s[0], SHUT_WR) == 0);
    await(s[1], POLLRDHUP);
    show_epoll("end", e);
    show_epoll("no more", e);
    CHECK(shutdown(s[1], SHUT_WR) == 0);
    await(s[1], POLLHUP);
    show_epoll("both", e);
    close(s[0]);
    close(s[1]);
    pair(s);
    add(e, s[1], EPOLLIN | EPOLLONESHOT, 3);
    CHECK(write(s[0], "a", 1) == 1);
    await(s[1], POLLIN);
    show_epoll("once", e);
    CHECK(write(s[0], "a", 1) == 1);
    show_epoll("disabled", e);
    struct epoll_event v = {.events = EPOLLIN | EPOLLONESHOT, .data.u32 = 4};
    CHECK(epoll_ctl(e, EPOLL_CTL_MOD, s[1], &v) == 0);
    show_epoll("again", e);
    close(s[0]);
    close(s[1]);
    close(e);
}

static void accepting(void) {
    int port, l = listener(8, &port), e = epoll_create1(0), c[3];
    struct sockaddr_in a = v4("127.0.0.1", port);
    add(e, l, EPOLLIN | EPOLLET, 1);
    show_epoll("nobody", e);
    for (int i = 0; i < 3; i++) {
        c[i] = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(c[i], (void *) &a, sizeof a) == 0);
    }
    await(l, POLLIN);
    show_epoll("three", e);
    show_epoll("no more", e);
    for (int i = 0; i < 3; i++) close(accept(l, NULL, NULL));
    for (int i = 0; i < 3; i++) close(c[i]);
    CHECK(fcntl(l, F_SETFL, O_NONBLOCK) == 0);
    show("none left", accept(l, NULL, NULL));
    int t = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    add(e, t, EPOLLIN | EPOLLOUT | EPOLLET, 2);
    show_epoll("fresh", e);
    show("connect", connect(t, (void *) &a, sizeof a));
    await(t, POLLOUT);
    await(l, POLLIN);
    show_epoll("connected", e);
    close(t);
    close(l);
    close(e);
}

static void urgent(void) {
    int s[2];
    char b[16];
    pair(s);
    show("none yet", recv(s[1], b, 1, MSG_OOB));
    CHECK(send(s[0], "abc", 3, 0) == 3);
    show("send", send(s[0], "XY", 2, MSG_OOB));
    CHECK(send(s[0], "def", 3, 0) == 3);
    events("urgent", await(s[1], POLLPRI));
    int n = 0;
    while (n < 4) CHECK(ioctl(s[1], FIONREAD, &n) == 0);
    printf("before the mark %d\n", n);
    CHECK(ioctl(s[1], SIOCATMARK, &n) == 0);
    printf("at mark %d\n", n);
    show("read stops", recv(s[1], b, 16, 0));
    printf("%.4s\n", b);
    CHECK(ioctl(s[1], SIOCATMARK, &n) == 0);
    printf("at mark %d\n", n);
    show("oob", recv(s[1], b, 1, MSG_OOB));
    printf("%c\n", b[0]);
    show("once", recv(s[1], b, 1, MSG_OOB));
    show("rest", recv(s[1], b, 3, MSG_WAITALL));
    printf("%.3s\n", b);
    CHECK(set(s[1], SOL_SOCKET, SO_OOBINLINE, 1) == 0);
    CHECK(send(s[0], "mn", 2, MSG_OOB) == 2);
    await(s[1], POLLPRI);
    show("inline", recv(s[1], b, 1, MSG_OOB));
    n = 0;
    show("to mark", recv(s[1], b, 16, 0));
    show("then", recv(s[1], b, 16, 0));
    printf("%c\n", b[0]);
    close(s[0]);
    close(s[1]);
}

static void lingering(void) {
    int s[2];
    char b[16];
    struct linger l = {1, 0};
    pair(s);
    CHECK(setsockopt(s[0], SOL_SOCKET, SO_LINGER, &l, sizeof l) == 0);
    CHECK(write(s[0], "gone", 4) == 4);
    await(s[1], POLLIN);
    show("abort", close(s[0]));
    events("reset", await(s[1], POLLERR));
    show("error first", read(s[1], b, 16));
    show("end", read(s[1], b, 16));
    close(s[1]);
    pair(s);
    l.l_linger = 10;
    CHECK(setsockopt(s[0], SOL_SOCKET, SO_LINGER, &l, sizeof l) == 0);
    CHECK(write(s[0], "kept", 4) == 4);
    show("linger", close(s[0]));
    show("read", read(s[1], b, 16));
    show("end", read(s[1], b, 16));
    close(s[1]);
    /* unread data when the other end closes */
    pair(s);
    CHECK(write(s[0], "unread", 6) == 6);
    await(s[1], POLLIN);
    show("close", close(s[1]));
    events("reset", await(s[0], POLLERR));
    show("SO_ERROR", option(s[0], SOL_SOCKET, SO_ERROR));
    close(s[0]);
}

static void reuse(void) {
    int port, l = listener(1, &port), other = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = v4("127.0.0.1", port), any = v4("0.0.0.0", port), second = v4("127.0.0.2", port);
    show("same", bind(other, (void *) &a, sizeof a));
    show("any", bind(other, (void *) &any, sizeof any));
    show("second", bind(other, (void *) &second, sizeof second));
    close(other);
    close(l);
    int one = socket(AF_INET, SOCK_STREAM, 0), two = socket(AF_INET, SOCK_STREAM, 0), three = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(set(one, SOL_SOCKET, SO_REUSEPORT, 1) == 0 && set(two, SOL_SOCKET, SO_REUSEPORT, 1) == 0);
    show("one", bind(one, (void *) &a, sizeof a));
    show("two", bind(two, (void *) &a, sizeof a));
    show("three", bind(three, (void *) &a, sizeof a));
    show("listen", listen(one, 50));
    show("listen", listen(two, 50));
    int n[2] = {0, 0};
    for (int i = 0; i < 40; i++) {
        int c = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(c, (void *) &a, sizeof a) == 0);
        struct pollfd p[2] = {{one, POLLIN, 0}, {two, POLLIN, 0}};
        CHECK(poll(p, 2, -1) == 1);
        int which = p[0].revents ? 0 : 1;
        n[which]++;
        close(accept(which ? two : one, NULL, NULL));
        close(c);
    }
    printf("shared %d\n", n[0] > 0 && n[1] > 0);
    close(one);
    close(two);
    close(three);
    /* a server that comes back while connections of the old one are in TIME_WAIT */
    l = listener(5, &port);
    a = v4("127.0.0.1", port);
    int c = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(c, (void *) &a, sizeof a) == 0);
    int s = accept(l, NULL, NULL);
    close(s);
    close(l);
    char b[1];
    CHECK(read(c, b, 1) == 0);
    close(c);
    l = socket(AF_INET, SOCK_STREAM, 0);
    show("TIME_WAIT", bind(l, (void *) &a, sizeof a));
    CHECK(set(l, SOL_SOCKET, SO_REUSEADDR, 1) == 0);
    show("SO_REUSEADDR", bind(l, (void *) &a, sizeof a));
    show("listen", listen(l, 1));
    close(l);
}

static void files(void) {
    int s[2], p[2], f = open("/tmp/inet-file", O_CREAT | O_TRUNC | O_RDWR, 0600);
    static char b[100000], c[100000];
    for (int i = 0; i < 100000; i++) b[i] = i % 251;
    CHECK(f >= 0 && write(f, b, sizeof b) == sizeof b);
    pair(s);
    fflush(stdout);
    if (fork() == 0) {
        off_t at = 1000;
        long done = 0;
        while (done < 90000) done += sendfile(s[0], f, &at, 90000 - done);
        CHECK(at == 91000);
        CHECK(pipe(p) == 0);
        CHECK(write(p[1], "through a pipe", 14) == 14);
        CHECK(splice(p[0], NULL, s[0], NULL, 14, 0) == 14);
        _exit(0);
    }
    CHECK(recv(s[1], c, 90000, MSG_WAITALL) == 90000);
    printf("same %d\n", memcmp(c, b + 1000, 90000) == 0);
    CHECK(pipe(p) == 0);
    long got = 0;
    while (got < 14) {
        long n = splice(s[1], NULL, p[1], NULL, 14 - got, 0);
        CHECK(n > 0);
        got += n;
    }
    CHECK(read(p[0], c, 100) == 14);
    printf("%.14s\n", c);
    wait(NULL);
    struct iovec v[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
    show("writev", writev(s[0], v, 3));
    char x[6], y[16];
    struct iovec r[2] = {{x, 6}, {y, 16}};
    await(s[1], POLLIN);
    show("readv", readv(s[1], r, 2));
    printf("%.6s|%.7s\n", x, y);
    show("pread", pread(s[1], x, 1, 0));
    show("lseek", lseek(s[1], 0, SEEK_SET));
    unlink("/tmp/inet-file");
    close(s[0]);
    close(s[1]);
}

static void interrupted_by(int sig) {
    (void) sig;
}

static void interruptions(void) {
    int s[2];
    char b[4];
    pair(s);
    struct sigaction act = {.sa_handler = interrupted_by};
    sigaction(SIGUSR1, &act, NULL);
    pid_t me = getpid();
    fflush(stdout);
    if (fork() == 0) {
        for (int i = 0; i < 300; i++) getppid();
        usleep(20000);
        kill(me, SIGUSR1);
        _exit(0);
    }
    show("interrupted", read(s[1], b, 4));
    wait(NULL);
    act.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &act, NULL);
    if (fork() == 0) {
        usleep(20000);
        kill(me, SIGUSR1);
        usleep(20000);
        CHECK(write(s[0], "ok", 2) == 2);
        _exit(0);
    }
    show("restarted", read(s[1], b, 4));
    wait(NULL);
    struct timeval t = {0, 30000};
    CHECK(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
    show("late", read(s[1], b, 4));
    show("late", recv(s[1], b, 4, MSG_WAITALL));
    close(s[0]);
    close(s[1]);
}

static void crowd(void) {
    enum { N = 60 };
    int port, l = listener(N, &port), c[N], s[N];
    struct sockaddr_in a = v4("127.0.0.1", port);
    for (int i = 0; i < N; i++) {
        c[i] = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(c[i], (void *) &a, sizeof a) == 0);
        CHECK(write(c[i], &i, sizeof i) == sizeof i);
    }
    int sum = 0;
    for (int i = 0; i < N; i++) {
        int x;
        s[i] = accept(l, NULL, NULL);
        CHECK(s[i] >= 0 && read(s[i], &x, sizeof x) == sizeof x);
        sum += x;
    }
    printf("sum %d\n", sum);
    for (int i = 0; i < N; i++) {
        close(c[i]);
        close(s[i]);
    }
    /* closed before they are accepted */
    for (int i = 0; i < 3; i++) {
        int k = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(k, (void *) &a, sizeof a) == 0);
        close(k);
    }
    for (int i = 0; i < 3; i++) {
        int k = accept(l, NULL, NULL);
        char b[1];
        show("end", read(k, b, 1));
        close(k);
    }
    close(l);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    level();
    edge();
    accepting();
    urgent();
    lingering();
    reuse();
    files();
    interruptions();
    crowd();
    return 0;
}
