/* Record locks and flock between processes. */
#include "guest.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

static int lock(int fd, int cmd, int type, long start, long length) {
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, cmd, &l);
}

int main(void) {
    int fd = open("/tmp/locked", O_CREAT | O_RDWR, 0600);
    CHECK(fd >= 0);
    CHECK(lock(fd, F_SETLK, F_WRLCK, 0, 10) == 0 && lock(fd, F_SETLK, F_RDLCK, 20, 10) == 0);
    int p[2];
    CHECK(pipe(p) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        show("write over write", lock(fd, F_SETLK, F_WRLCK, 5, 1));
        show("read over write", lock(fd, F_SETLK, F_RDLCK, 5, 1));
        show("read over read", lock(fd, F_SETLK, F_RDLCK, 25, 1));
        show("between", lock(fd, F_SETLK, F_WRLCK, 10, 10));
        struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
        CHECK(fcntl(fd, F_GETLK, &l) == 0);
        printf("who %d type %d from %ld for %ld\n", l.l_pid == getppid(), l.l_type, (long) l.l_start, (long) l.l_len);
        fflush(stdout);
        CHECK(write(p[1], "x", 1) == 1);
        CHECK(lock(fd, F_SETLKW, F_WRLCK, 0, 10) == 0);
        printf("waited\n");
        fflush(stdout);
        _exit(0);
    }
    char c;
    CHECK(read(p[0], &c, 1) == 1);
    usleep(20000);
    CHECK(lock(fd, F_SETLK, F_UNLCK, 0, 0) == 0);
    wait(NULL);

    int other = open("/tmp/locked", O_RDWR);
    CHECK(flock(fd, LOCK_EX) == 0);
    show("exclusive", flock(other, LOCK_EX | LOCK_NB));
    CHECK(flock(fd, LOCK_SH) == 0);
    show("shared", flock(other, LOCK_SH | LOCK_NB));
    CHECK(close(fd) == 0);
    show("alone", flock(other, LOCK_EX | LOCK_NB));
    unlink("/tmp/locked");
    return 0;
}
