/* The time without a call: the vDSO agrees with the calls and never goes back. storm: 20 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000L
#define SLACK (SECOND / 200)

static long by_call(clockid_t clock) {
    struct timespec t;
    syscall(SYS_clock_gettime, clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static long by_library(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

/* Between two calls, up to the millisecond or so by which the two may differ. */
static int agrees(clockid_t clock) {
    long before = by_call(clock);
    long between = by_library(clock);
    long after = by_call(clock);
    return before - SLACK <= between && between <= after + SLACK;
}

static void compare(const char *name, clockid_t clock) {
    int good = 1;
    for (int i = 0; i < 20; i++) good &= agrees(clock);
    printf("%s %s\n", name, good ? "agrees" : "differs");
}

static void forward(long rounds) {
    long before = 0, back = 0;
    for (long i = 0; i < rounds; i++) {
        long now = by_library(CLOCK_MONOTONIC);
        if (now < before) back++;
        before = now;
    }
    printf("went back %ld times\n", back);
}

static int mapped(void) {
    char line[512];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) found |= strstr(line, "[vdso]") != NULL;
    if (maps) fclose(maps);
    return found;
}

int main(void) {
    const unsigned char *elf = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
    printf("header %d mapped %d\n", elf != NULL && memcmp(elf, "\177ELF", 4) == 0, mapped());
    compare("realtime", CLOCK_REALTIME);
    compare("monotonic", CLOCK_MONOTONIC);
    usleep(150000); /* the rate is known from here on */
    compare("realtime", CLOCK_REALTIME);
    compare("monotonic", CLOCK_MONOTONIC);
    compare("boottime", CLOCK_BOOTTIME);
    forward(3000);
    struct timespec t;
    printf("bad clock %d\n", clock_gettime(9999, &t));
    struct timeval v;
    gettimeofday(&v, NULL);
    long seconds = time(NULL);
    printf("seconds %d\n", seconds - v.tv_sec >= 0 && seconds - v.tv_sec <= 1);
    usleep(1200000);
    compare("monotonic", CLOCK_MONOTONIC);
    forward(1000);
    return 0;
}
