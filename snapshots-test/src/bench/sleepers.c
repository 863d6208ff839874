/* So many threads, asleep for ever. usage: sleepers number; a line tells that all of them sleep, or are about to. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *sleeper(void *ready) {
    pthread_barrier_wait(ready);
    for (;;) pause();
}

int main(int count, char **arguments) {
    int n = count > 1 ? atoi(arguments[1]) : 500;
    pthread_barrier_t ready;
    pthread_barrier_init(&ready, NULL, n + 1);
    for (int i = 0; i < n; i++) {
        pthread_t t;
        if (pthread_create(&t, NULL, sleeper, &ready) != 0) {
            fprintf(stderr, "pthread_create failed after %d\n", i);
            return 1;
        }
    }
    pthread_barrier_wait(&ready);
    printf("%d threads\n", n);
    fflush(stdout);
    pause();
    return 0;
}
