/* pipe(2): order, ends, EPIPE, O_NONBLOCK, atomic writes, data that waits in it. */
#include "guest.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

static void ends(void) {
    int p[2];
    char b[64];
    CHECK(pipe(p) == 0);
    CHECK(write(p[1], "hello ", 6) == 6 && write(p[1], "world", 5) == 5);
    int n;
    CHECK(ioctl(p[0], FIONREAD, &n) == 0);
    printf("waiting %d\n", n);
    CHECK(read(p[0], b, 8) == 8);
    printf("%.8s\n", b);
    CHECK(close(p[1]) == 0);
    show("rest", read(p[0], b, sizeof b));
    show("end", read(p[0], b, sizeof b));
    close(p[0]);
}

static void broken(void) {
    int p[2];
    signal(SIGPIPE, SIG_IGN);
    CHECK(pipe2(p, O_NONBLOCK) == 0);
    char b[10];
    show("empty", read(p[0], b, 1));
    long total = 0;
    static char big[4096];
    for (;;) {
        long n = write(p[1], big, sizeof big);
        if (n < 0) break;
        total += n;
    }
    show("full", -1);
    printf("capacity %ld\n", total);
    struct pollfd f = {p[1], POLLOUT, 0};
    printf("poll full %d\n", poll(&f, 1, 0));
    CHECK(read(p[0], big, 4096) == 4096);
    printf("poll with room %d revents %d\n", poll(&f, 1, 0), f.revents);
    close(p[0]);
    show("nobody reads", write(p[1], b, 1));
    printf("poll broken %d revents %d\n", poll(&f, 1, 0), f.revents);
    close(p[1]);
}

/* A child writes more than the pipe holds; the parent reads slowly. */
static void stream(void) {
    int p[2];
    CHECK(pipe(p) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(p[0]);
        static unsigned char b[300000];
        for (int i = 0; i < (int) sizeof b; i++) b[i] = i * 7;
        long n = write(p[1], b, sizeof b);
        _exit(n == sizeof b ? 0 : 1);
    }
    close(p[1]);
    long total = 0;
    int good = 1;
    unsigned char b[40000];
    for (;;) {
        long n = read(p[0], b, sizeof b);
        CHECK(n >= 0);
        if (n == 0) break;
        for (long i = 0; i < n; i++) good &= b[i] == (unsigned char) ((total + i) * 7);
        total += n;
    }
    int status;
    CHECK(wait(&status) == child);
    printf("total %ld good %d status %d\n", total, good, status);
}

int main(void) {
    ends();
    broken();
    stream();
    return 0;
}
