/* fork, exit, the wait family, reparenting, statuses. */
#include "guest.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void status(const char *what, int s) {
    if (WIFEXITED(s)) printf("%s exited %d\n", what, WEXITSTATUS(s));
    else if (WIFSIGNALED(s)) printf("%s killed by %d\n", what, WTERMSIG(s));
    else if (WIFSTOPPED(s)) printf("%s stopped by %d\n", what, WSTOPSIG(s));
    else if (WIFCONTINUED(s)) printf("%s continued\n", what);
}

static void simple(void) {
    int s;
    show("no child", wait(&s));
    pid_t a = fork();
    if (a == 0) _exit(3);
    CHECK(waitpid(a, &s, 0) == a);
    status("child", s);
    a = fork();
    if (a == 0) {
        kill(getpid(), SIGTERM);
        _exit(0);
    }
    CHECK(waitpid(a, &s, 0) == a);
    status("child", s);
    a = fork();
    if (a == 0) pause();
    show("not yet", waitpid(a, &s, WNOHANG));
    kill(a, SIGKILL);
    CHECK(waitpid(a, &s, 0) == a);
    status("child", s);
}

static void many(void) {
    int sum = 0, n = 0, s;
    for (int i = 1; i <= 10; i++) {
        if (fork() == 0) _exit(i);
    }
    while (wait(&s) > 0) {
        sum += WEXITSTATUS(s);
        n++;
    }
    printf("%d children, sum %d\n", n, sum);
}

static void with_info(void) {
    pid_t a = fork();
    if (a == 0) _exit(9);
    siginfo_t i;
    memset(&i, 0, sizeof i);
    CHECK(waitid(P_PID, a, &i, WEXITED | WNOWAIT) == 0);
    printf("waitid signo %d code %d status %d mine %d\n", i.si_signo, i.si_code, i.si_status, i.si_pid == a);
    CHECK(waitid(P_PID, a, &i, WEXITED) == 0);
    show("gone", waitid(P_PID, a, &i, WEXITED));
}

static void by_pidfd(void) {
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(1);
    }
    int fd = syscall(SYS_pidfd_open, child, O_NONBLOCK);
    CHECK(fd >= 0);
    siginfo_t info;
    show("not yet", waitid(P_PIDFD, fd, &info, WEXITED));
    show("no pidfd", waitid(P_PIDFD, 0, &info, WEXITED));
    show("not open", waitid(P_PIDFD, 999, &info, WEXITED));
    CHECK(fcntl(fd, F_SETFL, 0) == 0);
    CHECK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0) == 0);
    CHECK(waitid(P_PIDFD, fd, &info, WEXITED) == 0);
    printf("by pidfd %d %d %d\n", info.si_pid == child, info.si_code, info.si_status);
    show("once more", waitid(P_PIDFD, fd, &info, WEXITED));
    close(fd);
}

static void orphans(void) {
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    int p[2];
    CHECK(pipe(p) == 0);
    pid_t child = fork();
    if (child == 0) {
        pid_t me = getpid(), grandchild = fork();
        if (grandchild == 0) {
            while (getppid() == me) usleep(1000);
            pid_t parent = getppid();
            CHECK(write(p[1], &parent, sizeof parent) == sizeof parent);
            _exit(42);
        }
        _exit(0);
    }
    int s;
    CHECK(waitpid(child, &s, 0) == child);
    pid_t heir;
    CHECK(read(p[0], &heir, sizeof heir) == sizeof heir);
    printf("adopted %d\n", heir == getpid());
    CHECK(wait(&s) > 0);
    status("grandchild", s);
}

static void stopped(void) {
    pid_t a = fork();
    if (a == 0) {
        raise(SIGSTOP);
        for (;;) pause();
    }
    int s;
    CHECK(waitpid(a, &s, WUNTRACED) == a);
    status("child", s);
    kill(a, SIGCONT);
    CHECK(waitpid(a, &s, WCONTINUED) == a);
    status("child", s);
    kill(a, SIGTERM);
    CHECK(waitpid(a, &s, 0) == a);
    status("child", s);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    simple();
    many();
    with_info();
    by_pidfd();
    orphans();
    stopped();
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(1);
    int s;
    show("ignored children", wait(&s));
    return 0;
}
