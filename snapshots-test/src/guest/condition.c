/* 64 threads on one condition variable: each gets its turn. storm: 60 */
#include "guest.h"
#include <pthread.h>

#define THREADS 64
#define ROUNDS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;
static long sum;

static void *run(void *arg) {
    long me = (long) arg;
    for (int r = 0; r < ROUNDS; r++) {
        pthread_mutex_lock(&lock);
        while (turn != me) pthread_cond_wait(&changed, &lock);
        sum += me * (r + 1);
        turn = (turn + 1) % THREADS;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

int main(void) {
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, run, (void *) i) == 0);
    for (long i = 0; i < THREADS; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0 && result == (void *) i);
    }
    printf("sum %ld\n", sum);
    return 0;
}
