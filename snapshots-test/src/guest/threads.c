/* Threads: results, locals, a robust mutex whose owner dies, exit while others wait. */
#include "guest.h"
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>

static __thread int local = 5;
static pthread_mutex_t robust, plain = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int total;
static sem_t sem;
static volatile pid_t handled_by;

static void *adds(void *arg) {
    local += (long) arg;
    for (int i = 0; i < 20; i++) {
        pthread_mutex_lock(&plain);
        total++;
        pthread_mutex_unlock(&plain);
        if (i % 7 == 0) sched_yield();
    }
    pthread_barrier_wait(&barrier);
    return (void *) (long) local;
}

static void *dies(void *arg) {
    pthread_mutex_lock(&robust);
    return NULL;
}

static void *waits(void *arg) {
    sem_wait(&sem);
    return NULL;
}

static void handler(int signo) { handled_by = syscall(SYS_gettid); }

static void *target(void *arg) {
    *(volatile pid_t *) arg = syscall(SYS_gettid);
    while (!handled_by) usleep(1000);
    return (void *) (long) (handled_by == syscall(SYS_gettid));
}

int main(void) {
    pthread_t t[8];
    CHECK(pthread_barrier_init(&barrier, NULL, 8) == 0);
    for (long i = 0; i < 8; i++) CHECK(pthread_create(&t[i], NULL, adds, (void *) i) == 0);
    long sum = 0;
    for (int i = 0; i < 8; i++) {
        void *r;
        CHECK(pthread_join(t[i], &r) == 0);
        sum += (long) r;
    }
    printf("total %d, locals %ld, mine %d\n", total, sum, local);

    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    CHECK(pthread_mutex_init(&robust, &a) == 0);
    CHECK(pthread_create(&t[0], NULL, dies, NULL) == 0 && pthread_join(t[0], NULL) == 0);
    printf("owner died %d\n", pthread_mutex_lock(&robust) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&robust) == 0 && pthread_mutex_unlock(&robust) == 0);

    sem_init(&sem, 0, 0);
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&t[i], NULL, waits, NULL) == 0);
    usleep(20000);
    for (int i = 0; i < 4; i++) sem_post(&sem);
    for (int i = 0; i < 4; i++) CHECK(pthread_join(t[i], NULL) == 0);
    printf("posted\n");

    pthread_t c;
    CHECK(pthread_create(&c, NULL, waits, NULL) == 0);
    CHECK(pthread_cancel(c) == 0);
    void *r;
    CHECK(pthread_join(c, &r) == 0);
    printf("cancelled %d\n", r == PTHREAD_CANCELED);

    signal(SIGUSR1, handler);
    pid_t tid = 0;
    CHECK(pthread_create(&t[0], NULL, target, &tid) == 0);
    while (!*(volatile pid_t *) &tid) usleep(1000);
    CHECK(pthread_kill(t[0], SIGUSR1) == 0);
    CHECK(pthread_join(t[0], &r) == 0);
    printf("handled by its target %ld\n", (long) r);

    CHECK(pthread_create(&t[0], NULL, waits, NULL) == 0);
    printf("leaving\n");
    fflush(stdout);
    syscall(SYS_exit_group, 6);
}
