/* One number a line: nanoseconds of one operation, the least of many rounds; "busy": the mean while every core has something
 * else to do. Runs natively and in a sandbox. With arguments: only the operations whose names begin with one of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, FRESH_PAGES = 4096, SMALL_PAGES = 4 };

static char **wanted;

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void check(int good, const char *what) {
    if (good) return;
    perror(what);
    exit(1);
}

static int is_wanted(const char *name) {
    if (*wanted == NULL) return 1;
    for (char **w = wanted; *w != NULL; w++) {
        if (strncmp(name, *w, strlen(*w)) == 0) return 1;
    }
    return 0;
}

static void say(const char *name, long nanos) {
    printf("%s %ld\n", name, nanos);
    fflush(stdout);
}

static void measure(const char *name, void (*operation)(void), int count, int rounds) {
    long least = 1L << 60;
    if (!is_wanted(name)) return;
    for (int r = 0; r < rounds; r++) {
        long start = now();
        for (int i = 0; i < count; i++) operation();
        long each = (now() - start) / count;
        if (each < least) least = each;
    }
    say(name, least);
}

/* ---- one thread */

static void getppid_once(void) { syscall(SYS_getppid); }

static void open_read_close(void) {
    char b[256];
    int fd = open("/etc/os-release", O_RDONLY);
    check(fd >= 0 && read(fd, b, sizeof b) > 0, "/etc/os-release");
    close(fd);
}

static char *map(size_t pages) {
    char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(at != MAP_FAILED, "mmap");
    return at;
}

static void map_touch_unmap(void) {
    char *at = map(SMALL_PAGES);
    for (int i = 0; i < SMALL_PAGES; i++) at[i * PAGE] = 1;
    munmap(at, SMALL_PAGES * PAGE);
}

/* Of one page, when many are touched in turn. */
static void page_faults(int rounds) {
    long least = 1L << 60;
    if (!is_wanted("page-fault")) return;
    for (int r = 0; r < rounds; r++) {
        char *at = map(FRESH_PAGES);
        madvise(at, FRESH_PAGES * PAGE, MADV_NOHUGEPAGE);
        long start = now();
        for (int i = 0; i < FRESH_PAGES; i++) at[(long)i * PAGE] = 1;
        long each = (now() - start) / FRESH_PAGES;
        if (each < least) least = each;
        munmap(at, FRESH_PAGES * PAGE);
    }
    say("page-fault", least);
}

/* ---- two processes, two threads */

static int there[2], back[2];

static void pipe_once(void) {
    char c = 1;
    check(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1, "pipe");
}

static void pipe_ping_pong(void) {
    check(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t p = fork();
    check(p >= 0, "fork");
    if (p == 0) {
        char c;
        close(there[1]);
        close(back[0]);
        while (read(there[0], &c, 1) == 1 && write(back[1], &c, 1) == 1) {
        }
        _exit(0);
    }
    measure("pipe-ping-pong", pipe_once, 500, 20);
    close(there[1]);
    waitpid(p, NULL, 0);
}

/* 0: ours, 1: the other's, 2: it is over. */
static int turn;

static void pass_to(int whose) {
    __atomic_store_n(&turn, whose, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void wait_while(int whose) {
    while (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) == whose) {
        syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, whose, NULL, NULL, 0);
    }
}

static void *other_thread(void *unused) {
    for (;;) {
        wait_while(0);
        if (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) == 2) return unused;
        pass_to(0);
    }
}

static void futex_once(void) {
    pass_to(1);
    wait_while(1);
}

static void futex_ping_pong(void) {
    pthread_t t;
    check(pthread_create(&t, NULL, other_thread, NULL) == 0, "pthread_create");
    measure("futex-ping-pong", futex_once, 500, 20);
    pass_to(2);
    pthread_join(t, NULL);
}

/* ---- processes */

static void finish(pid_t p) {
    int s;
    check(p > 0 && waitpid(p, &s, 0) == p && s == 0, "child");
}

static void fork_wait(void) {
    pid_t p = fork();
    if (p == 0) _exit(0);
    finish(p);
}

static void run_true(pid_t p) {
    if (p == 0) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    finish(p);
}

static void fork_exec_wait(void) { run_true(fork()); }

static void vfork_exec_wait(void) {
    pid_t p = vfork();
    if (p == 0) {
        execl("/bin/true", "true", NULL);
        _exit(127);
    }
    finish(p);
}

/* Not the least: that would be a round in which the others did not run. */
static void getppid_busy(void) {
    enum { COUNT = 100000, MAX = 256 };
    pid_t spinners[MAX];
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (!is_wanted("getppid-busy")) return;
    if (n > MAX) n = MAX;
    for (int i = 0; i < n; i++) {
        spinners[i] = fork();
        check(spinners[i] >= 0, "fork");
        while (spinners[i] == 0) __asm__ volatile("pause");
    }
    long start = now();
    for (int i = 0; i < COUNT; i++) getppid_once();
    say("getppid-busy", (now() - start) / COUNT);
    for (int i = 0; i < n; i++) {
        kill(spinners[i], SIGKILL);
        waitpid(spinners[i], NULL, 0);
    }
}

int main(int count, char **arguments) {
    (void)count;
    wanted = arguments + 1;
    measure("getppid", getppid_once, 2000, 20);
    getppid_busy();
    measure("open+read+close", open_read_close, 300, 20);
    page_faults(10);
    measure("mmap+touch+munmap", map_touch_unmap, 300, 20);
    if (is_wanted("pipe-ping-pong")) pipe_ping_pong();
    if (is_wanted("futex-ping-pong")) futex_ping_pong();
    measure("fork+wait", fork_wait, 10, 8);
    measure("fork+exec+wait", fork_exec_wait, 5, 8);
    measure("vfork+exec+wait", vfork_exec_wait, 5, 8);
    return 0;
}
