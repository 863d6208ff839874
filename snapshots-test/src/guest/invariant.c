/*
 * Four threads keep an invariant over much memory, each over a part of its own and all over a common one: whoever
 * sees a page as it was earlier or later than another one, or than a thread's registers, finds a wrong sum.
 * storm: 3
 */
#include "guest.h"
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define THREADS 4
#define PAGES 1024
#define WORDS (PAGES * 512)
#define ROUNDS 40
#define STEPS 60000

static uint64_t *own[THREADS], *common;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t next(uint64_t *x) {
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static void move(uint64_t *words, uint64_t *random) {
    uint64_t amount = next(random);
    uint64_t *from = words + next(random) % WORDS, *to = words + next(random) % WORDS;
    *from -= amount;
    *to += amount;
}

static uint64_t sum(uint64_t *words) {
    uint64_t s = 0;
    for (int i = 0; i < WORDS; i++) s += words[i];
    return s;
}

static void *works(void *arg) {
    long me = (long) arg;
    uint64_t random = 88172645463325252 + me;
    long bad = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < STEPS; i++) move(own[me], &random);
        pthread_mutex_lock(&lock);
        for (int i = 0; i < STEPS / 10; i++) move(common, &random);
        pthread_mutex_unlock(&lock);
        if (round % 10 == 9 && sum(own[me]) != 0) bad++;
        sched_yield();
    }
    return (void *) bad;
}

int main(void) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        own[i] = mmap(0, WORDS * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    common = mmap(0, WORDS * 8, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (long i = 0; i < THREADS; i++) pthread_create(&threads[i], 0, works, (void *) i);
    long bad = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        bad += (long) result;
    }
    printf("bad sums: %ld\n", bad);
    for (int i = 0; i < THREADS; i++) printf("own: %lu\n", sum(own[i]));
    printf("common: %lu\n", sum(common));
    return 0;
}
