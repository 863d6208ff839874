/* What the processor raises: address, code, and going on after a repair. */
#include "guest.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <fcntl.h>

static sigjmp_buf out;
static char *page;
static volatile int signo_seen, code_seen, at_page, repaired;

static void handler(int signo, siginfo_t *info, void *context) {
    signo_seen = signo;
    code_seen = info->si_code;
    at_page = info->si_addr == page + 100;
    siglongjmp(out, 1);
}

static void repair(int signo, siginfo_t *info, void *context) {
    repaired++;
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void report(const char *what) {
    printf("%s: signal %d code %d address %d\n", what, signo_seen, code_seen, at_page);
    signo_seen = code_seen = at_page = 0;
}

int main(void) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = handler;
    a.sa_flags = SA_SIGINFO;
    int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (int i = 0; i < 5; i++) CHECK(sigaction(signals[i], &a, NULL) == 0);

    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    if (!sigsetjmp(out, 1)) page[100] = 1;
    report("write to read-only");
    CHECK(mprotect(page, 4096, PROT_NONE) == 0);
    if (!sigsetjmp(out, 1)) printf("%d\n", page[100]);
    report("read of PROT_NONE");
    CHECK(munmap(page, 4096) == 0);
    if (!sigsetjmp(out, 1)) page[100] = 1;
    report("write to unmapped");
    page = mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    page[100] = (char) 0xc3;
    if (!sigsetjmp(out, 1)) ((void (*)(void)) (page + 100))();
    report("jump to data");
    if (!sigsetjmp(out, 1)) {
        volatile int zero = 0;
        printf("%d\n", 1 / zero);
    }
    printf("division: signal %d code %d\n", signo_seen, code_seen);
    if (!sigsetjmp(out, 1)) asm volatile("ud2");
    printf("ud2: signal %d code %d\n", signo_seen, code_seen);
    if (!sigsetjmp(out, 1)) asm volatile("int3");
    printf("int3: signal %d code %d\n", signo_seen, code_seen);
    if (!sigsetjmp(out, 1)) asm volatile("hlt");
    printf("hlt: signal %d code %d\n", signo_seen, code_seen);
    if (!sigsetjmp(out, 1)) *(volatile char *) 0x8000000000000000 = 1;
    printf("not canonical: signal %d code %d\n", signo_seen, code_seen);

    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    CHECK(fd >= 0 && ftruncate(fd, 5000) == 0);
    char *file = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(file != MAP_FAILED);
    file[5001] = 1;
    page = file + 8192;
    if (!sigsetjmp(out, 1)) page[100] = 1;
    report("beyond the end of the file");
    CHECK(ftruncate(fd, 1000) == 0);
    page = file + 4096;
    if (!sigsetjmp(out, 1)) page[100] = 1;
    report("after the file was cut");

    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    a.sa_sigaction = repair;
    CHECK(sigaction(SIGSEGV, &a, NULL) == 0);
    page[5] = 9;
    printf("repaired %d value %d\n", repaired, page[5]);
    return 0;
}
