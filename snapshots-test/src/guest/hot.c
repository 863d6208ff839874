/* Calls that are made so often that a platform may make something else of their instructions; storm: 400 */
#include "guest.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { COUNT = 300 };

static volatile sig_atomic_t signals;

static void count(int signal) {
    (void)signal;
    signals++;
}

/* Every general register but rax, rcx and r11 is as before, and the flags. */
static long keeps_registers(long nr) {
    long result, flags_before, flags_after;
    long rbx = 0x1111, r12 = 0x2222, r13 = 0x3333, r14 = 0x4444, r15 = 0x5555;
    register long r8 __asm__("r8") = 0x6666;
    register long r9 __asm__("r9") = 0x7777;
    register long r10 __asm__("r10") = 0x8888;
    long rdi = 0x9999, rsi = 0xaaaa, rdx = 0xbbbb;
    __asm__ volatile("stc; pushfq; pop %[before]\n\t"
                     "syscall\n\t"
                     "pushfq; pop %[after]"
                     : "=a"(result), "+b"(rbx), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       [before] "=&r"(flags_before), [after] "=&r"(flags_after)
                     : "a"(nr)
                     : "rcx", "r11", "memory", "cc");
    CHECK(rbx == 0x1111 && r12 == 0x2222 && r13 == 0x3333 && r14 == 0x4444 && r15 == 0x5555);
    CHECK(r8 == 0x6666 && r9 == 0x7777 && r10 == 0x8888 && rdi == 0x9999 && rsi == 0xaaaa && rdx == 0xbbbb);
    CHECK(flags_before == flags_after && (flags_before & 1));
    return result;
}

static void registers(void) {
    long parent = syscall(SYS_getppid);
    for (int i = 0; i < COUNT; i++) CHECK(keeps_registers(SYS_getppid) == parent);
}

/* What lies below the stack pointer, and in vector registers, is the program's. */
static void red_zone_and_vectors(void) {
    long parent = syscall(SYS_getppid);
    for (long i = 0; i < COUNT; i++) {
        long result, below, vector;
        __asm__ volatile("movq %[value], -24(%%rsp)\n\tmovq %[value], %%xmm7\n\t"
                         "mov $110, %%eax\n\tsyscall\n\t"
                         "movq -24(%%rsp), %[below]\n\tmovq %%xmm7, %[vector]"
                         : "=&a"(result), [below] "=&r"(below), [vector] "=&r"(vector)
                         : [value] "r"(i * 7)
                         : "rcx", "r11", "memory", "xmm7");
        CHECK(result == parent && below == i * 7 && vector == i * 7);
    }
}

/* A handler runs in the middle of calls that have become something else, and they go on. */
static void handlers(void) {
    struct sigaction action = {.sa_handler = count};
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (int i = 0; i < COUNT; i++) {
        CHECK(kill(getpid(), SIGUSR1) == 0);
        CHECK(getppid() > 0 || getppid() == 0);
    }
    CHECK(signals == COUNT);
}

static void children(void) {
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            for (int k = 0; k < 100; k++) {
                if (syscall(SYS_getppid) < 0) _exit(1);
            }
            _exit(i);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == i);
    }
}

static void *thread(void *sum) {
    char one;
    int ends[2];
    CHECK(pipe(ends) == 0);
    for (int i = 0; i < COUNT; i++) {
        CHECK(write(ends[1], "x", 1) == 1 && read(ends[0], &one, 1) == 1);
        *(long *)sum += one;
    }
    close(ends[0]);
    close(ends[1]);
    return NULL;
}

static void threads(void) {
    pthread_t all[4];
    long sums[4] = {0};
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&all[i], NULL, thread, &sums[i]) == 0);
    for (int i = 0; i < 4; i++) {
        CHECK(pthread_join(all[i], NULL) == 0);
        CHECK(sums[i] == COUNT * 'x');
    }
}

/* The file that the program is from holds what it held, whatever happens to the program in memory. */
static void file(void) {
    static char buffer[4096];
    unsigned long before = 5381, after = 5381;
    for (int round = 0; round < 2; round++) {
        unsigned long *hash = round ? &after : &before;
        int fd = open("/proc/self/exe", O_RDONLY);
        CHECK(fd >= 0);
        for (long n; (n = read(fd, buffer, sizeof buffer)) > 0;) {
            for (long i = 0; i < n; i++) *hash = *hash * 33 + (unsigned char)buffer[i];
        }
        close(fd);
        for (int i = 0; i < COUNT; i++) syscall(SYS_getuid);
    }
    CHECK(before == after);
}

int main(void) {
    registers();
    red_zone_and_vectors();
    handlers();
    children();
    threads();
    file();
    puts("hot");
    return 0;
}
