/* setitimer, alarm, timer_create: they expire, in order, once or often. Processor time passes. storm: 20 */
#include "guest.h"
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static volatile int count, value;

static void handler(int signo, siginfo_t *info, void *context) {
    count++;
    value = info->si_value.sival_int;
}

static void until(int n) {
    for (int i = 0; i < 3000 && count < n; i++) usleep(1000);
}

int main(void) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = handler;
    a.sa_flags = SA_SIGINFO | SA_RESTART;
    CHECK(sigaction(SIGALRM, &a, NULL) == 0 && sigaction(SIGRTMIN, &a, NULL) == 0);

    struct itimerval t = {{0, 20000}, {0, 20000}}, old;
    CHECK(setitimer(ITIMER_REAL, &t, NULL) == 0);
    until(3);
    memset(&t, 0, sizeof t);
    CHECK(setitimer(ITIMER_REAL, &t, &old) == 0);
    printf("interval timer %d, interval %ld\n", count >= 3, (long) old.it_interval.tv_usec);
    int now = count;
    usleep(60000);
    printf("stopped %d\n", count == now);

    printf("no alarm %u\n", alarm(100));
    printf("alarm left %d\n", (int) alarm(0) > 90);

    struct sigevent e;
    memset(&e, 0, sizeof e);
    e.sigev_notify = SIGEV_SIGNAL;
    e.sigev_signo = SIGRTMIN;
    e.sigev_value.sival_int = 77;
    timer_t id;
    CHECK(timer_create(CLOCK_MONOTONIC, &e, &id) == 0);
    struct itimerspec s = {{0, 0}, {0, 30000000}}, left;
    count = 0;
    CHECK(timer_settime(id, 0, &s, NULL) == 0);
    until(1);
    printf("timer %d value %d\n", count, value);
    CHECK(timer_gettime(id, &left) == 0);
    printf("over %d\n", left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
    CHECK(timer_delete(id) == 0);
    show("deleted", timer_delete(id));
    clock_t used = clock();
    volatile long work = 0;
    while (clock() - used < CLOCKS_PER_SEC / 50) work++;
    struct timespec mine;
    CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mine) == 0);
    printf("processor time %d %d\n", work > 0, mine.tv_nsec > 0 || mine.tv_sec > 0);
    struct timespec bad = {0, 2000000000};
    show("bad time", nanosleep(&bad, NULL));
    show("bad clock", clock_gettime(77, &bad));
    return 0;
}
