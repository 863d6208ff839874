/* epoll with ready and unready files, eventfd, timerfd, signalfd. */
#include "guest.h"
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void add(int ep, int fd, uint32_t events, uint64_t data) {
    struct epoll_event e = {.events = events, .data.u64 = data};
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e) == 0);
}

static void ready(const char *what, int ep, int timeout) {
    struct epoll_event e[8];
    int n = epoll_wait(ep, e, 8, timeout);
    CHECK(n >= 0);
    unsigned long data = 0;
    unsigned events = 0;
    for (int i = 0; i < n; i++) {
        data += e[i].data.u64;
        events |= e[i].events;
    }
    printf("%s: %d ready, data %lu, events %x\n", what, n, data, events);
}

static void polling(void) {
    int ep = epoll_create1(0), a[2], b[2];
    CHECK(ep >= 0 && pipe(a) == 0 && pipe(b) == 0);
    add(ep, a[0], EPOLLIN, 1);
    add(ep, b[0], EPOLLIN | EPOLLET, 20);
    add(ep, b[1], EPOLLOUT | EPOLLONESHOT, 300);
    show("twice", epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &(struct epoll_event){0}));
    ready("writer", ep, 0);
    ready("once", ep, 0);
    CHECK(write(a[1], "x", 1) == 1 && write(b[1], "y", 1) == 1);
    ready("both", ep, 1000);
    ready("level only", ep, 0);
    CHECK(write(b[1], "z", 1) == 1);
    ready("edge again", ep, 0);
    char c;
    CHECK(read(a[0], &c, 1) == 1);
    ready("nothing", ep, 20);
    struct epoll_event again = {.events = EPOLLOUT | EPOLLONESHOT, .data.u64 = 4000};
    CHECK(epoll_ctl(ep, EPOLL_CTL_MOD, b[1], &again) == 0);
    ready("armed again", ep, 0);
    int outer = epoll_create1(0);
    add(outer, ep, EPOLLIN, 9);
    ready("outer idle", outer, 0);
    CHECK(write(a[1], "x", 1) == 1);
    ready("outer", outer, 100);
    close(a[1]);
    ready("hung up", ep, 0);
    close(a[0]);
    ready("closed", ep, 0);
    show("itself", epoll_ctl(ep, EPOLL_CTL_ADD, ep, &again));
    show("unknown", epoll_ctl(ep, EPOLL_CTL_DEL, outer, NULL));
}

static void counters(void) {
    uint64_t v;
    int e = eventfd(3, EFD_NONBLOCK);
    CHECK(read(e, &v, 8) == 8);
    printf("eventfd %lu\n", v);
    show("empty", read(e, &v, 8));
    v = 5;
    CHECK(write(e, &v, 8) == 8 && write(e, &v, 8) == 8);
    CHECK(read(e, &v, 8) == 8);
    printf("eventfd %lu\n", v);
    show("short", read(e, &v, 4));
    e = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    CHECK(read(e, &v, 8) == 8 && v == 1 && read(e, &v, 8) == 8 && v == 1);
    show("semaphore", read(e, &v, 8));
}

static void timers(void) {
    int t = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec s = {{0, 30000000}, {0, 50000000}}, left;
    CHECK(timerfd_settime(t, 0, &s, NULL) == 0);
    uint64_t v;
    CHECK(read(t, &v, 8) == 8);
    printf("timerfd %d\n", v >= 1);
    CHECK(timerfd_gettime(t, &left) == 0);
    printf("interval %ld\n", left.it_interval.tv_nsec);
    usleep(100000);
    CHECK(read(t, &v, 8) == 8);
    printf("several %d\n", v >= 2);
    memset(&s, 0, sizeof s);
    CHECK(timerfd_settime(t, 0, &s, NULL) == 0);
    struct pollfd f = {t, POLLIN, 0};
    printf("disarmed %d\n", poll(&f, 1, 60));
}

static void as_files(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    int s = signalfd(-1, &set, SFD_NONBLOCK);
    CHECK(s >= 0);
    struct signalfd_siginfo i;
    show("none", read(s, &i, sizeof i));
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 42});
    struct pollfd f = {s, POLLIN, 0};
    printf("poll %d\n", poll(&f, 1, 100));
    CHECK(read(s, &i, sizeof i) == sizeof i);
    printf("signal %u mine %d\n", i.ssi_signo, i.ssi_pid == (unsigned) getpid());
    CHECK(read(s, &i, sizeof i) == sizeof i);
    printf("value %d\n", i.ssi_int);
}

int main(void) {
    polling();
    counters();
    timers();
    as_files();
    return 0;
}
