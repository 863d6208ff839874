/* mmap, munmap, mprotect, mremap, madvise, brk, mincore, growing stacks. */
#include "guest.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PAGE 4096

static char *map(long pages, int prot) {
    char *p = mmap(NULL, pages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    return p;
}

static int depth(int n) {
    volatile char here[3000];
    here[0] = n;
    here[2999] = n;
    return n == 0 ? 0 : depth(n - 1) + (here[0] == here[2999]);
}

static void moves(void) {
    char *p = map(4, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 4; i++) p[i * PAGE] = 'a' + i;
    char *q = mremap(p, 4 * PAGE, 300 * PAGE, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED);
    printf("grown %c%c%c%c %d\n", q[0], q[PAGE], q[2 * PAGE], q[3 * PAGE], q[299 * PAGE]);
    q[299 * PAGE] = 'z';
    q = mremap(q, 300 * PAGE, 2 * PAGE, 0);
    CHECK(q != MAP_FAILED);
    printf("shrunk %c%c\n", q[0], q[PAGE]);
    char *target = map(2, PROT_NONE);
    char *r = mremap(q, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    printf("moved %d %c%c\n", r == target, r[0], r[PAGE]);
    show("unaligned", (long) mremap(r + 1, PAGE, PAGE, 0));
}

static void holes(void) {
    char *p = map(8, PROT_READ | PROT_WRITE);
    memset(p, 'x', 8 * PAGE);
    CHECK(munmap(p + 2 * PAGE, PAGE) == 0 && munmap(p + 5 * PAGE, PAGE) == 0);
    unsigned char v[8];
    show("mincore over a hole", mincore(p, 8 * PAGE, v));
    show("mprotect over a hole", mprotect(p, 8 * PAGE, PROT_READ));
    show("munmap over a hole", munmap(p, 8 * PAGE));
    show("munmap again", munmap(p, 8 * PAGE));
    show("no length", (long) mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    show("no file", (long) mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0));
}

/* Addresses that nobody has may be unmapped along with others. */
static void low(void) {
    char *at = mmap((void *)0x180000, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(at == (void *)0x180000);
    *at = 1;
    CHECK(munmap((void *)0x10000, 0x200000 - 0x10000) == 0);
    CHECK(getppid() >= 0);
    CHECK(mprotect(at, PAGE, PROT_READ) == -1 && errno == ENOMEM);
}

static void advice(void) {
    char *p = map(4, PROT_READ | PROT_WRITE);
    memset(p, 'y', 4 * PAGE);
    CHECK(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED) == 0);
    printf("after MADV_DONTNEED %c %d %d %c\n", p[0], p[PAGE], p[2 * PAGE], p[3 * PAGE]);
    show("bad advice", madvise(p, PAGE, 9999));
    CHECK(madvise(p, PAGE, MADV_WIPEONFORK) == 0);
    fflush(stdout);
    if (fork() == 0) {
        printf("wiped %d kept %c\n", p[0], p[3 * PAGE]);
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
}

static void heap(void) {
    char *start = sbrk(0);
    CHECK(sbrk(10 * PAGE) == start);
    memset(start, 'h', 10 * PAGE);
    CHECK(sbrk(-5 * PAGE) != (void *) -1);
    CHECK(sbrk(5 * PAGE) != (void *) -1);
    printf("heap %c %d\n", start[0], start[9 * PAGE]);
}

static void private_file(void) {
    int fd = open("/tmp/private", O_CREAT | O_RDWR | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, "original", 8) == 8);
    char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    p[0] = 'X';
    char b[8];
    CHECK(pread(fd, b, 8, 0) == 8);
    printf("mapped %.8s file %.8s\n", p, b);
    CHECK(pwrite(fd, "Y", 1, 7) == 1);
    printf("untouched page sees writes: %c\n", p[0]);
    unlink("/tmp/private");
    close(fd);
    printf("after close %.7s\n", p);
}

int main(void) {
    moves();
    holes();
    low();
    advice();
    heap();
    private_file();
    printf("stack %d\n", depth(1000));
    char *big = map(20000, PROT_READ | PROT_WRITE);
    for (long i = 0; i < 20000; i += 199) big[i * PAGE] = i;
    long sum = 0;
    for (long i = 0; i < 20000; i++) sum += big[i * PAGE] != 0;
    printf("sparse %ld\n", sum);
    return 0;
}
