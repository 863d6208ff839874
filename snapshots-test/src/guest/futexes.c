/* futex(2) itself: wake counts, bitsets, requeue, shared words between processes. */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

static long futex(int *word, int op, int value, const void *time, int *word2, int value3) {
    return syscall(SYS_futex, word, op, value, time, word2, value3);
}

static int one, two, woken, mask[4];

static void *waits(void *arg) {
    int bits = (int) (long) arg;
    long r;
    do r = futex(&one, bits ? FUTEX_WAIT_BITSET_PRIVATE : FUTEX_WAIT_PRIVATE, 0, NULL, NULL, bits);
    while (r == -1 && errno == EINTR);
    __sync_fetch_and_add(&woken, 1);
    return (void *) r;
}

/* Until that many are asleep there: woken with a count of 0 nobody wakes, so the state is asked by requeue onto itself. */
static void settle(void) { usleep(60000); }

int main(void) {
    pthread_t t[4];
    show("changed", futex(&one, FUTEX_WAIT, 1, NULL, NULL, 0));
    show("unaligned", futex((int *) ((char *) &one + 1), FUTEX_WAIT, 0, NULL, NULL, 0));
    show("nobody", futex(&one, FUTEX_WAKE, 5, NULL, NULL, 0));
    struct timespec past = {0, 1};
    show("past", futex(&one, FUTEX_WAIT_BITSET, 0, &past, NULL, -1));
    show("no bits", futex(&one, FUTEX_WAIT_BITSET, 0, &past, NULL, 0));

    for (int i = 0; i < 4; i++) CHECK(pthread_create(&t[i], NULL, waits, NULL) == 0);
    settle();
    int n = 0;
    while (n < 4) n += futex(&one, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    printf("one by one %d woken %d\n", n, woken);

    woken = 0;
    for (long i = 0; i < 2; i++) CHECK(pthread_create(&t[i], NULL, waits, (void *) (1L << i)) == 0);
    settle();
    while (futex(&one, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2) == 0) usleep(1000);
    pthread_join(t[1], NULL);
    printf("by bit %d\n", woken);
    while (futex(&one, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1) == 0) usleep(1000);
    pthread_join(t[0], NULL);
    printf("the other %d\n", woken);
    show("other value", futex(&one, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *) 1, &two, 99));

    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    if (fork() == 0) {
        while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) == 0) futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
        _exit(__atomic_load_n(shared, __ATOMIC_SEQ_CST));
    }
    settle();
    __atomic_store_n(shared, 33, __ATOMIC_SEQ_CST);
    futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
    int s;
    wait(&s);
    printf("other process %d\n", WEXITSTATUS(s));
    printf("mask %d\n", mask[0]);
    return 0;
}
