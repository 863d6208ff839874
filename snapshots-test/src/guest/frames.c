/* Signal frames: alternate stack, FPU and registers over a handler, nesting, changed contexts. */
#include "guest.h"
#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int on_stack, depth, deepest;
static volatile double trash = 1.5;
static sigjmp_buf out;

static void on_alt(int signo) {
    char here;
    on_stack = &here >= stack && &here < stack + sizeof stack;
    stack_t now;
    CHECK(sigaltstack(NULL, &now) == 0);
    printf("on the alternate stack %d, said %d\n", on_stack, (now.ss_flags & SS_ONSTACK) != 0);
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    show("change while on it", sigaltstack(&other, NULL));
    for (int i = 0; i < 50; i++) trash = trash * 1.01 + i;
}

static void nested(int signo) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (depth < 5) raise(signo);
    depth--;
}

static void jumps(int signo) { siglongjmp(out, 7); }

static void changes(int signo, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    u->uc_mcontext.gregs[REG_R12] = 0x1234567890;
    sigaddset(&u->uc_sigmask, SIGWINCH);
}

int main(void) {
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    CHECK(sigaltstack(&s, NULL) == 0);
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_alt;
    a.sa_flags = SA_ONSTACK;
    CHECK(sigaction(SIGUSR1, &a, NULL) == 0);
    register double x asm("xmm5") = 3.25;
    asm volatile("" : "+x"(x));
    raise(SIGUSR1);
    double kept = 0;
    for (int i = 0; i < 10; i++) kept += 0.1 * i;
    printf("sum %.6f\n", kept);

    a.sa_handler = nested;
    a.sa_flags = SA_NODEFER;
    CHECK(sigaction(SIGUSR2, &a, NULL) == 0);
    raise(SIGUSR2);
    printf("nested %d\n", deepest);

    a.sa_handler = jumps;
    a.sa_flags = 0;
    CHECK(sigaction(SIGALRM, &a, NULL) == 0);
    int from = sigsetjmp(out, 1);
    if (from == 0) raise(SIGALRM);
    sigset_t now;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    printf("jumped %d, blocked %d\n", from, sigismember(&now, SIGALRM));

    a.sa_sigaction = changes;
    a.sa_flags = SA_SIGINFO | SA_RESETHAND;
    CHECK(sigaction(SIGHUP, &a, NULL) == 0);
    long r12;
    asm volatile("mov $1, %%r12\n mov $39, %%eax\n syscall\n mov %%eax, %%edi\n mov $1, %%esi\n mov $62, %%eax\n syscall\n mov %%r12, %0"
                 : "=r"(r12) : : "rax", "rcx", "rdi", "rsi", "r11", "r12", "memory");
    printf("r12 %lx\n", r12);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    printf("SIGWINCH blocked %d\n", sigismember(&now, SIGWINCH));
    CHECK(sigaction(SIGHUP, NULL, &a) == 0);
    printf("reset %d\n", a.sa_handler == SIG_DFL);
    return 0;
}
