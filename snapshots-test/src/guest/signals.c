/* Handlers, masks, pending and queued signals, SA_RESTART and EINTR. */
#include "guest.h"
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static volatile int count, last, last_value;

static void handler(int signo, siginfo_t *info, void *context) {
    count++;
    last = signo;
    last_value = info->si_value.sival_int;
}

static void install(int signo, int flags) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = handler;
    a.sa_flags = flags | SA_SIGINFO;
    CHECK(sigaction(signo, &a, NULL) == 0);
}

static void masks(void) {
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    raise(SIGUSR1);
    raise(SIGUSR1);
    CHECK(sigpending(&pending) == 0);
    printf("pending %d count %d\n", sigismember(&pending, SIGUSR1), count);
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    printf("delivered %d\n", count);
}

static void queued(void) {
    int rt = SIGRTMIN + 1;
    install(rt, 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, rt);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    for (int i = 1; i <= 3; i++) {
        union sigval v = {.sival_int = i * 11};
        CHECK(sigqueue(getpid(), rt, v) == 0);
    }
    siginfo_t info;
    CHECK(sigwaitinfo(&set, &info) == rt);
    printf("waited value %d code %d\n", info.si_value.sival_int, info.si_code);
    count = 0;
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    printf("queued %d last value %d\n", count, last_value);
    struct timespec t = {0, 1000000};
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    show("nothing", sigtimedwait(&set, &info, &t));
}

static void alarm_in(long micros) {
    struct itimerval t = {{0, 0}, {0, micros}};
    CHECK(setitimer(ITIMER_REAL, &t, NULL) == 0);
}

static void interrupted(void) {
    int p[2];
    char b;
    CHECK(pipe(p) == 0);
    install(SIGALRM, 0);
    alarm_in(20000);
    show("read", read(p[0], &b, 1));
    struct timespec t = {5, 0}, rest = {0, 0};
    alarm_in(20000);
    show("nanosleep", nanosleep(&t, &rest));
    printf("rest %d\n", rest.tv_sec >= 3 && rest.tv_sec < 5);
    count = 0;
    install(SIGALRM, SA_RESTART);
    alarm_in(20000);
    if (fork() == 0) {
        usleep(100000);
        _exit(write(p[1], "x", 1) == 1 ? 0 : 1);
    }
    show("restarted read", read(p[0], &b, 1));
    printf("handler ran %d\n", count);
}

static void suspended(void) {
    sigset_t block, old, now;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR2);
    install(SIGUSR2, 0);
    CHECK(sigprocmask(SIG_BLOCK, &block, &old) == 0);
    raise(SIGUSR2);
    count = 0;
    show("sigsuspend", sigsuspend(&old));
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    printf("ran %d, blocked again %d\n", count, sigismember(&now, SIGUSR2));
}

int main(void) {
    install(SIGUSR1, 0);
    masks();
    queued();
    interrupted();
    suspended();
    show("SIGKILL", sigaction(SIGKILL, &(struct sigaction){.sa_handler = SIG_IGN}, NULL));
    show("nobody", kill(999999, 0));
    return 0;
}
