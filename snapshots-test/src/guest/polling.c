/* poll, ppoll, select, pselect: readiness, times, masks, bad descriptors. */
#include "guest.h"
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static volatile int got;
static void handler(int signo) { got++; }

int main(void) {
    int p[2], s[2];
    CHECK(pipe(p) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
    struct pollfd f[4] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {-1, POLLIN, 0}, {99, POLLIN, 0}};
    printf("poll %d: %x %x %x %x\n", poll(f, 4, 0), f[0].revents, f[1].revents, f[2].revents, f[3].revents);
    CHECK(write(p[1], "x", 1) == 1);
    printf("poll %d: %x\n", poll(f, 1, 1000), f[0].revents);
    close(p[1]);
    printf("poll %d: %x\n", poll(f, 1, 0), f[0].revents);
    char b;
    CHECK(read(p[0], &b, 1) == 1);
    printf("poll %d: %x\n", poll(f, 1, 0), f[0].revents);

    fd_set r, w;
    FD_ZERO(&r);
    FD_ZERO(&w);
    FD_SET(s[0], &r);
    FD_SET(s[0], &w);
    struct timeval t = {0, 50000};
    printf("select %d: %d %d\n", select(s[0] + 1, &r, &w, NULL, &t), FD_ISSET(s[0], &r) != 0, FD_ISSET(s[0], &w) != 0);
    FD_SET(s[0], &r);
    t.tv_usec = 50000;
    printf("select timed out %d left %ld\n", select(s[0] + 1, &r, NULL, NULL, &t), (long) (t.tv_sec + t.tv_usec));
    FD_SET(40, &r);
    show("bad descriptor", select(41, &r, NULL, NULL, &t));

    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &block, &old) == 0);
    signal(SIGALRM, handler);
    struct itimerval it = {{0, 0}, {0, 30000}};
    CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
    struct pollfd g = {s[0], POLLIN, 0};
    struct timespec five = {5, 0};
    show("ppoll", ppoll(&g, 1, &five, &old));
    printf("handler %d\n", got);
    sigset_t now;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    printf("blocked again %d\n", sigismember(&now, SIGALRM));
    if (fork() == 0) {
        usleep(30000);
        _exit(write(s[1], "y", 1) != 1);
    }
    struct timespec ten = {10, 0};
    FD_ZERO(&r);
    FD_SET(s[0], &r);
    show("pselect", pselect(s[0] + 1, &r, NULL, NULL, &ten, &old));
    printf("got it %d\n", recv(s[0], &b, 1, 0) == 1 && b == 'y');
    return 0;
}
