/* One number a line: nanoseconds of one operation, the least of many rounds. Runs natively and in a sandbox. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static const char *file = "/etc/os-release";

static void getppid_once(void) { getppid(); }

static void open_read_close(void) {
    char b[256];
    int fd = open(file, O_RDONLY);
    if (fd < 0 || read(fd, b, sizeof b) <= 0) exit(1);
    close(fd);
}

static void fork_exec(void) {
    pid_t p = vfork();
    if (p == 0) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    int s;
    waitpid(p, &s, 0);
    if (s != 0) exit(1);
}

/* One page of fresh anonymous memory, with its share of mapping and unmapping 256. */
enum { PAGES = 256 };
static void page_faults(void) {
    char *m = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED) exit(1);
    for (int i = 0; i < PAGES; i++) m[i * 4096] = 1;
    munmap(m, PAGES * 4096);
}

static int to_child[2], to_parent[2];

static void pipe_start(void) {
    if (pipe(to_child) || pipe(to_parent)) exit(1);
    if (fork() == 0) {
        char c;
        close(to_child[1]);
        close(to_parent[0]);
        while (read(to_child[0], &c, 1) == 1)
            if (write(to_parent[1], &c, 1) != 1) break;
        _exit(0);
    }
    close(to_child[0]);
    close(to_parent[1]);
}

static void pipe_once(void) {
    char c = 1;
    if (write(to_child[1], &c, 1) != 1 || read(to_parent[0], &c, 1) != 1) exit(1);
}

static void pipe_end(void) {
    close(to_child[1]);
    wait(NULL);
}

static int turn;

static void wait_for(int mine) {
    int seen;
    while ((seen = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) != mine)
        if (seen == 2) pthread_exit(NULL);
        else syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void give(int to) {
    __atomic_store_n(&turn, to, __ATOMIC_RELEASE);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *futex_peer(void *unused) {
    for (;;) {
        wait_for(1);
        give(0);
    }
    return unused;
}

static void futex_once(void) {
    give(1);
    wait_for(0);
}

static void measure(const char *name, void (*operation)(void), int count, int rounds) {
    long least = 1L << 60;
    for (int r = 0; r < rounds; r++) {
        long start = now();
        for (int i = 0; i < count; i++) operation();
        long each = (now() - start) / count;
        if (each < least) least = each;
    }
    printf("%s %ld\n", name, least);
}

int main(void) {
    measure("getppid", getppid_once, 2000, 20);
    page_faults();
    long least = 1L << 60;
    for (int r = 0; r < 20; r++) {
        long start = now();
        page_faults();
        long each = (now() - start) / PAGES;
        if (each < least) least = each;
    }
    printf("page-fault %ld\n", least);
    pipe_start();
    measure("pipe-ping-pong", pipe_once, 500, 20);
    pipe_end();
    pthread_t peer;
    if (pthread_create(&peer, NULL, futex_peer, NULL)) return 1;
    measure("futex-ping-pong", futex_once, 500, 20);
    give(2);
    pthread_join(peer, NULL);
    measure("open+read+close", open_read_close, 300, 20);
    measure("fork+exec", fork_exec, 5, 8);
    return 0;
}
