/* Process groups, sessions, stopped groups, signals to groups. */
#include "guest.h"
#include <signal.h>
#include <sys/wait.h>

static volatile int got;
static void handler(int signo) { got = signo; }

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    pid_t child = fork();
    if (child == 0) {
        pid_t s = setsid();
        printf("own session %d group %d\n", s == getpid(), getpgrp() == getpid());
        show("again", setsid());
        show("leader's group", setpgid(0, 0));
        _exit(0);
    }
    CHECK(wait(NULL) == child);

    int p[2];
    CHECK(pipe(p) == 0);
    pid_t a = fork();
    if (a == 0) {
        setpgid(0, 0);
        CHECK(write(p[1], "a", 1) == 1);
        for (;;) pause();
    }
    CHECK(setpgid(a, a) == 0 || errno == EACCES);
    pid_t b = fork();
    if (b == 0) {
        setpgid(0, a);
        CHECK(write(p[1], "b", 1) == 1);
        for (;;) pause();
    }
    char c[2];
    CHECK(read(p[0], c, 1) == 1 && read(p[0], c, 1) == 1);
    printf("groups %d %d\n", getpgid(a) == a, getpgid(b) == a);
    CHECK(kill(-a, SIGSTOP) == 0);
    int s, stopped = 0;
    for (int i = 0; i < 2; i++) {
        CHECK(waitpid(-a, &s, WUNTRACED) > 0);
        stopped += WIFSTOPPED(s);
    }
    printf("stopped %d\n", stopped);
    CHECK(kill(-a, SIGCONT) == 0);
    int continued = 0;
    for (int i = 0; i < 2; i++) {
        CHECK(waitpid(-a, &s, WCONTINUED) > 0);
        continued += WIFCONTINUED(s) != 0;
    }
    printf("continued %d\n", continued);
    CHECK(kill(-a, SIGTERM) == 0);
    int killed = 0;
    for (int i = 0; i < 2; i++) {
        CHECK(waitpid(-a, &s, 0) > 0);
        killed += WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM;
    }
    printf("killed %d\n", killed);
    show("empty group", kill(-a, 0));
    show("no such child", setpgid(999999, 0));
    show("bad group", setpgid(0, 999999));

    signal(SIGCHLD, handler);
    pid_t d = fork();
    if (d == 0) _exit(0);
    while (!got) usleep(1000);
    printf("told by %d\n", got);
    CHECK(wait(NULL) == d);
    return 0;
}
